// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Plays the conformance cases; ../../conformance/README.md has their format.
//
// usage: sessionpay-sandbox -- node conformance.js JOURNAL defaults.json cases.json...
'use strict';

const fs = require('node:fs');
const { isDeepStrictEqual } = require('node:util');
const sessionpay = require('sessionpay');
const { agent, done, ok, sandbox } = require('./tap.js');

const CLASSES = { wepay: 'WePay', hosted_fields: 'HostedFields', connect_server: 'ConnectServer', connect_client: 'ConnectClient' };

// ---- Values --------------------------------------------------------------------------------------

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(base, patch) {
  const made = { ...base };
  for (const [name, value] of Object.entries(patch ?? {})) {
    if (isObject(made[name]) && isObject(value)) made[name] = merged(made[name], value);
    else if (value === null) delete made[name];
    else made[name] = value;
  }
  return made;
}

// Names as the package has them.
function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) =>
    [name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()), camel(one)]));
}

function matches(expected, got, before) {
  if (expected === '$SAME') return isDeepStrictEqual(got, before);
  if (expected === '$SOME') return typeof got === 'string' && got !== '';
  if (Array.isArray(expected)) return expected.length === got?.length && expected.every((one, i) => matches(one, got[i]));
  if (!isObject(expected)) return expected === got;
  return typeof got === 'object' && got !== null &&
    Object.entries(expected).every(([name, one]) => matches(one, got[name], before?.[name]));
}

// An error as the cases have it.
function plain(error) {
  return {
    ...error, status: error.code, message: error.message, fields: error.fieldErrors, body: error.body.toString(),
    retryAfterMs: error.retryAfterMs ?? -1,
  };
}

// ---- A case --------------------------------------------------------------------------------------

class Play {
  constructor(defaults, described) {
    this.defaults = defaults;
    this.case = described;
    this.accounts = {};
    this.result = {};
    const options = this.described('client', 'options', described.client);
    if (options.keySecret !== undefined) options.keySecret = Buffer.from(options.keySecret);
    this.client = new sessionpay.Client(options);
  }

  described(provider, kind, patch) {
    return camel(this.resolved(merged(this.defaults[provider]?.[kind], patch)));
  }

  resolved(value) {
    if (Array.isArray(value)) return value.map((one) => this.resolved(one));
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.resolved(one)]));
    if (typeof value !== 'string' || !value.startsWith('$')) return value;
    if (value.startsWith('$SPAY_')) return process.env[value.slice(1)];
    const name = Object.keys(camel({ [value.slice(1)]: 0 }))[0];
    const known = this.result.session ?? this.result.error;
    return known[name] ?? known.info[name];
  }

  account(provider) {
    const Class = sessionpay[CLASSES[provider]];
    const patch = this.case.options?.[provider];
    this.accounts[provider] ??= provider === 'connect_client' && patch === undefined
      ? Class.fromSession(this.accounts.connect_server, this.serverSession)
      : new Class(this.client, this.described(provider, 'options', patch));
    return this.accounts[provider];
  }

  async created(provider, step, signal) {
    const options = { ...this.described('call', 'options', step.call), signal };
    if (provider !== 'apple_pay') {
      const account = this.account(provider);
      const session = await account.createSession(this.described(provider, 'request', step.request), options);
      if (provider === 'connect_server') this.serverSession = session;
      return session;
    }
    options.serverRequest = this.described('connect_server', 'request', step.server_request);
    const request = this.described('connect_client', 'request', step.request);
    const both = await this.account('connect_server').createApplePaySession(request, options);
    this.serverSession = both.serverSession;
    return both.session;
  }

  async step(step) {
    if (step.faults) await sandbox('faults', step.faults);
    if (step.expire) await sandbox('expire');
    if (step.release) await sandbox('release');
    const before = this.result;
    const canceling = new AbortController();
    if (step.cancel === 0) canceling.abort();
    const call = this.created(step.provider ?? this.case.provider, step, canceling.signal)
      .then((session) => ({ session }), (error) => ({ error }));
    if (step.cancel > 0) {
      while ((await sandbox('requests', undefined, 'GET')).requests.length < step.cancel);
      canceling.abort();
    }
    this.result = await call;
    const { error } = this.result;
    this.serverSession = error?.serverSession ?? this.serverSession;
    if (error instanceof sessionpay.SessionPayError) this.result.error = plain(error);
    return matches(camel(step.expect), this.result, before);
  }

  async run() {
    for (const step of this.case.steps) if (!await this.step(step)) return false;
    await this.client.close();
    return true;
  }
}

async function main([journalPath, defaultsPath, ...paths]) {
  const read = (path) => JSON.parse(fs.readFileSync(path, 'utf8'));
  const journal = fs.openSync(journalPath, 'w');
  for (const described of paths.flatMap(read)) {
    await sandbox('reset');
    const play = new Play(read(defaultsPath), described);
    ok(await play.run(), described.name, JSON.stringify(play.result, null, 1) + (play.result.error?.stack ?? ''));
    const { requests } = await sandbox('requests', undefined, 'GET');
    fs.writeSync(journal, `${JSON.stringify({ case: described.name, requests })}\n`);
  }
  done();
  agent.destroy();
}

main(process.argv.slice(2));
