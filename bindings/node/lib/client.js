// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

const native = require('./native.js');
const { allDelivered, hooksById } = require('./calls.js');
const { ERRORS, made } = require('./errors.js');
const { nativeMock } = require('./mock.js');
const { nativeStore } = require('./stores.js');
const { MEMBERS, valuesOf, wrongType } = require('./values.js');

const HOOKS = ['log', 'event', 'beforeSend'];
const STATE = -2; // SPAY_E_STATE

// The addon knows them by a number, so that a client can go while its hooks refer to it.
class Hooks {
  constructor(options) {
    this.wanted = 0;
    HOOKS.forEach((name, bit) => {
      const hook = options[name] ?? undefined;
      if (hook !== undefined && typeof hook !== 'function') throw wrongType(name, 'a function', hook);
      this[name] = hook;
      if (hook) this.wanted |= 1 << bit;
    });
  }
}

const registry = new FinalizationRegistry((id) => hooksById.delete(id));

// The options of the library's client, and those of its driver.
function partsOf(options) {
  const names = (struct) => [...MEMBERS[struct].keys(), ...HOOKS, 'transport', 'store'];
  return [
    valuesOf('spay_client_options', options, 'options', new Set(names('spay_multi_options'))),
    valuesOf('spay_multi_options', options, 'options', new Set(names('spay_client_options'))),
  ];
}

let lastId = 0;
let nativeClient;

// What all accounts share.
class Client {
  #id = ++lastId;
  #hooks;
  #native;
  #closed;

  constructor(options = {}) {
    const parts = partsOf(options);
    this.#hooks = new Hooks(options);
    const mock = options.transport === undefined ? undefined : nativeMock(options.transport);
    const store = options.store === undefined ? undefined : nativeStore(options.store);
    this.#native = made(native.clientNew(...parts, this.#id, this.#hooks.wanted, mock, store));
    if (this.#hooks.wanted) {
      hooksById.set(this.#id, new WeakRef(this.#hooks));
      registry.register(this, this.#id);
    }
  }

  static {
    nativeClient = (client) => {
      if (!(client instanceof Client)) throw wrongType('client', 'a Client', client);
      if (client.#native === undefined) throw new ERRORS[STATE]('the client is closed');
      return client.#native;
    };
  }

  flightRecord() {
    return native.clientFlightRecord(nativeClient(this));
  }

  close() {
    if (this.#native !== undefined) {
      native.clientClose(this.#native);
      this.#native = undefined;
      this.#closed = allDelivered();
    }
    return this.#closed;
  }
}

module.exports = { Client, nativeClient };
