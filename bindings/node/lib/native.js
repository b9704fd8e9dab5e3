// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

const { constants: { dlopen: flags } } = require('node:os');
const path = require('node:path');

// Node exports an OpenSSL of its own. RTLD_DEEPBIND keeps libcurl and the library on the one that they were
// built with, instead of on some functions of each.
process.dlopen(module, path.join(__dirname, '..', 'build', 'Release', 'sessionpay.node'),
  flags.RTLD_LAZY | (flags.RTLD_DEEPBIND ?? 0));
