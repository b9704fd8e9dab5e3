// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

const native = require('./native.js');
const { run } = require('./calls.js');
const { nativeClient } = require('./client.js');
const { errorOf, made } = require('./errors.js');
const { nativeSession } = require('./sessions.js');
const { CHECKS, valuesOf, wrongType } = require('./values.js');

// The limits of a call as the addon takes them, and the rest.
function dividedOptions({ signal, callCtx, ...limits }) {
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw wrongType('signal', 'an AbortSignal', signal);
  return [valuesOf('spay_call_options', limits, 'options'), { signal, callCtx }];
}

function requestOf(provider, request) {
  return valuesOf(`spay_${provider}_session_request`, request, 'request');
}

const MADE = Symbol('made by the addon');
let nativeAccount; // as long as its client is open
let clientOf;

// What the accounts of all providers have in common.
class Account {
  #client;
  #native;

  constructor(client, options) {
    const { provider } = new.target;
    const handle = nativeClient(client);
    this.#client = client;
    this.#native = options?.[MADE] ??
      made(native.accountNew(handle, provider, valuesOf(`spay_${provider}_options`, options, 'options')));
  }

  static {
    clientOf = (account) => account.#client;
    nativeAccount = (account) => {
      nativeClient(account.#client);
      return account.#native;
    };
  }

  async createSession(request, options = {}) {
    const [limits, others] = dividedOptions(options);
    return run(this.#client, () => nativeAccount(this), [requestOf(this.constructor.provider, request), limits], others);
  }
}

async function createApplePaySession(account, request, { serverRequest, ...options }) {
  const [limits, others] = dividedOptions(options);
  const input = [requestOf('connect_client', request), limits, requestOf('connect_server', serverRequest)];
  const [serverSession, session] = await run(clientOf(account), () => nativeAccount(account), input, others);
  return { serverSession, session };
}

function fromSession(Class, server, session) {
  if (server?.constructor?.provider !== 'connect_server') throw wrongType('server', 'a ConnectServer', server);
  const handle = made(native.accountFromSession(nativeAccount(server), nativeSession(session)));
  return new Class(clientOf(server), { [MADE]: handle });
}

function setBearerToken(account, bearerToken) {
  const refused = native.accountSetBearerToken(nativeAccount(account), CHECKS.text('bearerToken', bearerToken));
  if (refused !== undefined) throw errorOf(refused);
}

module.exports = { Account, createApplePaySession, fromSession, setBearerToken };
