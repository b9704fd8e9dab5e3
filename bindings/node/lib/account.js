// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

const native = require('./native.js');
const { Operation, begin, failure, isTurnOver, nextTurn } = require('./calls.js');
const { nativeClient } = require('./client.js');
const { errorOf, made } = require('./errors.js');
const { nativeSession } = require('./sessions.js');
const { CHECKS, valuesOf, wrongType } = require('./values.js');

const OTHERS = new Set(['signal', 'callCtx', 'serverRequest']);

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

  createSession(request, options) {
    return run(this, this.constructor.provider, request, options);
  }
}

// Errors are made in here, so that their stack leads to the caller.
async function run(account, provider, request, options = {}) {
  const limits = valuesOf('spay_call_options', options, 'options', OTHERS);
  const { signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw wrongType('signal', 'an AbortSignal', signal);
  const input = [requestOf(provider, request), limits];
  if (options.serverRequest !== undefined) input.push(requestOf('connect_server', options.serverRequest));
  const operation = new Operation(clientOf(account), options.callCtx, signal);
  if (isTurnOver()) await nextTurn();
  begin(operation, nativeAccount(account), input);
  await new Promise((resolve) => { operation.resolve = resolve; });
  if (operation.error !== undefined) throw failure(operation);
  return operation.session;
}

async function createApplePaySession(account, request, options) {
  const [serverSession, session] = await run(account, 'connect_client', request, { serverRequest: {}, ...options });
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
