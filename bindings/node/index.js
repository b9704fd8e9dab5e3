// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

const { FUNCTIONS } = require('./lib/calls.js');
const { Client } = require('./lib/client.js');
const { FieldError, SessionPayError } = require('./lib/errors.js');
const { Mock, MockRequest } = require('./lib/mock.js');
const native = require('./lib/native.js');
const { FileStore, RedisStore } = require('./lib/stores.js');
const { CLASSES } = require('./lib/values.js');

const libraryVersion = native.version();

// In this form, so that ES modules can import by name.
module.exports = {
  ...require('./lib/generated.js'), Client, FieldError, FileStore, Mock, MockRequest, RedisStore, SessionPayError, libraryVersion,
};

native.setup(CLASSES, ...FUNCTIONS);
