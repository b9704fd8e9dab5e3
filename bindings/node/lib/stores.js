// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// What processes and machines share. Each client gets a store of the library's own, made of these values.
'use strict';

const native = require('./native.js');
const { ERRORS } = require('./errors.js');
const { valuesOf, wrongType } = require('./values.js');

const UNSUPPORTED = -3; // SPAY_E_UNSUPPORTED

let nativeStore;

class Store {
  #native;

  constructor(adapter, options) {
    if (!native.storeIsThere(adapter)) {
      throw new ERRORS[UNSUPPORTED](`the package was built without libsessionpay-${adapter}`);
    }
    this.#native = [adapter, valuesOf(`spay_${adapter}_options`, options, 'options')];
  }

  static {
    nativeStore = (store) => {
      if (!(store instanceof Store)) throw wrongType('store', 'a FileStore or RedisStore', store);
      return store.#native;
    };
  }
}

class FileStore extends Store {
  constructor(directory) {
    super('file', { directory });
  }
}

class RedisStore extends Store {
  constructor(url, options = {}) {
    super('redis', { ...options, url });
  }
}

module.exports = { FileStore, RedisStore, nativeStore };
