// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// What the conformance cases do not say of the package: types, secrets, hooks, objects, the loop, threads.
//
// usage: sessionpay-sandbox -- node binding.js
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { inspect } = require('node:util');
const v8 = require('node:v8');
const vm = require('node:vm');
const { Worker } = require('node:worker_threads');
const sessionpay = require('sessionpay');
const { agent, done, equal, ok, raised, sandbox, skip } = require('./tap.js');

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

const ROOT = path.join(__dirname, '..', '..', '..');
const { Client, WePay, Status } = sessionpay;
const CA = process.env.SPAY_CA_FILE;
const WEPAY = {
  baseUrl: process.env.SPAY_WEPAY_BASE_URL, appId: process.env.SPAY_WEPAY_APP_ID,
  appToken: process.env.SPAY_WEPAY_APP_TOKEN,
};
const MOBILE = { type: 'mobile_session', accountId: process.env.SPAY_WEPAY_ACCOUNT_ID };
const REPLY = JSON.stringify({ id: 'i-1', session_token: 'TOP-SECRET', expire_time: 1900000000 });
const FAKE = { baseUrl: 'https://wepay.example', appId: '1', appToken: 'TOP-SECRET' };
const LATE = { path: '/session_tokens', delay_ms: 60000, count: 1000 };

function mocked(replies = [], options = {}) {
  const mock = new sessionpay.Mock();
  for (const reply of replies) mock.reply(...reply);
  const client = new Client({ transport: mock, ...options });
  return { mock, client, wepay: new WePay(client, FAKE) };
}

const turn = () => new Promise((resolve) => { setImmediate(resolve); });

// Whether it becomes true, after some turns of the loop.
async function becomes(condition) {
  for (const end = Date.now() + 30000; Date.now() < end; await turn()) {
    collect();
    if (condition()) return true;
  }
  return false;
}

const threads = () => fs.readdirSync('/proc/self/task').length;

// ---- Arguments -----------------------------------------------------------------------------------

async function checkArguments() {
  const { client, wepay } = mocked();
  for (const [request, options, wanted] of [
    [{ type: 7 }, {}, 'type must be a string, not number'],
    [{ type: 't', timeToLive: '7' }, {}, 'timeToLive must be a number, not string'],
    [{ type: 't' }, { maxAttempts: true }, 'maxAttempts must be a number, not boolean'],
    [{ type: Buffer.from('t') }, {}, 'type must be a string, not Buffer'],
    [7, {}, 'request must be an object, not number'],
    [{ type: 't', colour: 'red' }, {}, 'request.colour does not exist'],
    [{ type: 't' }, { idempotencykey: 'k' }, 'options.idempotencykey does not exist'],
    [{ type: 't' }, { signal: {} }, 'signal must be an AbortSignal, not Object'],
  ]) {
    const error = await raised(TypeError, () => wepay.createSession(request, options));
    equal(error?.message, wanted, `a TypeError: ${wanted}`);
  }
  for (const [request, options, wanted] of [
    [{ type: 'a\0b' }, {}, 'type must not contain a NUL or half a character'],
    [{ type: 't' }, { intent: 'order \ud83d' }, 'intent must not contain a NUL or half a character'],
    [{ type: 't', timeToLive: 1.5 }, {}, 'timeToLive must be an integer'],
    [{ type: 't' }, { maxAttempts: 2 ** 40 }, 'maxAttempts does not fit'],
  ]) {
    const error = await raised(RangeError, () => wepay.createSession(request, options));
    equal(error?.message, wanted, `a RangeError: ${wanted}`);
  }
  const server = new sessionpay.ConnectServer(client, {
    environment: sessionpay.ConnectEnvironment.SANDBOX, merchantId: '1', apiKeyId: 'k', secretApiKey: 's',
  });
  for (const request of [{ tokens: 'abc' }, { tokens: [1] }, { exclude: { groups: 'x' } }, { exclude: 5 }]) {
    ok(await raised(TypeError, () => server.createSession(request)), `a wrong type: ${JSON.stringify(request)}`);
  }
  for (const options of [{ log: 1 }, { transport: {} }, { keySecret: 'text' }, { submit: true }, 5, { http2: 1 }]) {
    ok(await raised(TypeError, () => new Client(options)), `a wrong option: ${inspect(options)}`);
  }
  ok(await raised(TypeError, () => new WePay({}, FAKE)), 'an account needs a client');
  for (const options of [{ timeoutMs: -1 }, { maxConnections: -1 }]) {
    const error = await raised(sessionpay.InvalidArgumentError, () => new Client(options));
    ok(error?.fieldErrors.length === 1, 'what the library refuses is its error');
  }
  const error = await raised(sessionpay.InvalidArgumentError, () => wepay.createSession({}));
  equal([error?.fieldErrors[0].path, error?.outcome, error?.stage], ['type', 'not_sent', 1], 'what is missing too');
}

// ---- Secrets -------------------------------------------------------------------------------------

async function checkSecrets() {
  const { mock, client, wepay } = mocked([[201, REPLY], [500, '{"secret":"TOP-SECRET"}']]);
  const session = await wepay.createSession({ ...MOBILE, riskToken: 'TOP-SECRET' });
  equal([session.sessionToken, session.info.value], ['TOP-SECRET', 'TOP-SECRET'], 'a session has its token');
  const error = await raised(sessionpay.ProviderError, () => wepay.createSession(MOBILE, { maxAttempts: 1 }));
  equal(String(error.body), '{"secret":"TOP-SECRET"}', "an error has the reply's body");
  const objects = [session, session.info, error, mock, mock.requests, wepay, client];
  const shown = inspect(objects, { depth: 9, showHidden: true }) + JSON.stringify(objects) + objects.join() +
    inspect({ ...session }) + error.stack;
  ok(!shown.includes('TOP-SECRET'), 'neither inspect() nor JSON show a secret', shown);
  ok(shown.includes('i-1'), 'but what is none');
  ok(await raised(TypeError, () => { session.id = 'x'; }), 'a session cannot be changed');
}

// ---- Errors --------------------------------------------------------------------------------------

async function checkErrors() {
  const cause = new Error('c');
  const error = new sessionpay.ThrottledError('slowly', { outcome: 'rejected', retryAfterMs: 7, cause });
  equal([error.message, error.outcome, error.retryAfterMs, error.code, error.status, error.name, error.cause],
    ['slowly', 'rejected', 7, 'SPAY_E_THROTTLED', Status.THROTTLED, 'ThrottledError', cause], 'an error can be made for tests');
  const { wepay } = mocked([[429, '{}', { 'Retry-After': '7' }]]);
  async function shop() {
    await wepay.createSession(MOBILE, { maxAttempts: 1 });
  }
  const found = await raised(sessionpay.LaterError, shop);
  ok(found instanceof sessionpay.ThrottledError && found instanceof sessionpay.SessionPayError &&
    found.retryAfterMs === 7000, 'errors are classes, in groups', inspect(found));
  ok(/ThrottledError: .*\n(.*\n)*.*async shop /.test(found?.stack), 'its stack leads to the caller', found?.stack);
}

// ---- Hooks ---------------------------------------------------------------------------------------

async function checkHooks() {
  const told = [];
  const mine = {};
  const { client, wepay } = mocked([[503], [201, REPLY]], {
    log: (level, line) => told.push(['log', level, line]), logLevel: sessionpay.LogLevel.DEBUG,
    event: (event) => told.push(['event', event]), beforeSend: (record) => { told.push(['record', record]); },
  });
  const session = await wepay.createSession(MOBILE, { callCtx: mine });
  const records = told.filter(([kind]) => kind === 'record').map(([, record]) => record);
  const events = told.filter(([kind]) => kind === 'event').map(([, event]) => event);
  equal(records.map((record) => record.attempt), [1, 2], 'beforeSend is called before each attempt');
  ok([...records, ...events].every((one) => one.callCtx === mine), 'callCtx is handed back');
  ok([...records, ...events].every((one) => one.idempotencyKey === session.info.idempotencyKey), 'and the key');
  const { RETRY, SUCCEED } = sessionpay.Decision;
  equal(events.map((event) => event.decision), [RETRY, SUCCEED, SUCCEED], 'events');
  equal(told.map(([kind]) => kind).filter((kind) => kind !== 'log'), ['record', 'event', 'record', 'event', 'event'],
    'in their order');
  ok(told.some(([kind, level, line]) => kind === 'log' && level >= 1 && line.includes('wepay')), 'log lines');
  equal(JSON.parse(client.flightRecord()).attempts.length, 2, 'the flight record');
}

// Over a mock, where hooks are called within createSession(), and over the network, where the loop calls them.
async function checkRefusals(name, make) {
  const failure = new RangeError('journal');
  const wait = async () => { throw failure; };
  for (const [what, beforeSend, cause] of [
    ['returns false', () => false, undefined], ['throws', () => { throw failure; }, failure],
  ]) {
    const error = await raised(sessionpay.CanceledError, () => make({ beforeSend }).createSession(MOBILE));
    equal([error?.outcome, error?.cause], ['not_sent', cause], `beforeSend ${what}: ${name}`);
  }
  const error = await raised(sessionpay.CanceledError, () => make({ beforeSend: wait }).createSession(MOBILE));
  ok(error?.cause instanceof TypeError, `beforeSend returns a promise: ${name}`);
  const warned = new Promise((resolve) => { process.once('warning', resolve); });
  const session = await make({ event: () => { throw failure; } }).createSession(MOBILE);
  ok(session.id && (await warned).message.includes('journal'), `what event throws is a warning: ${name}`);
}

async function checkHooksOfLoop() {
  await checkRefusals('network', (hooks) => new WePay(new Client({ caFile: CA, ...hooks }), WEPAY));
  const seen = [];
  const client = new Client({ caFile: CA, beforeSend: (record) => { seen.push(record.callCtx); }, event: (event) => seen.push(event.callCtx) });
  const wepay = new WePay(client, WEPAY);
  await Promise.all([1, 2, 3].map((callCtx) => wepay.createSession(MOBILE, { callCtx })));
  equal(seen.sort(), [1, 1, 1, 2, 2, 2, 3, 3, 3], 'hooks over the network');
  await client.close();
}

// Hooks are called by the driver, which must not be called from there.
async function checkWithinHooks() {
  let inner;
  const client = new Client({ caFile: CA, beforeSend: () => { inner ??= raised(TypeError, () => wepay.createSession(MOBILE)).then(() => 'done'); } });
  const wepay = new WePay(client, WEPAY);
  ok((await wepay.createSession(MOBILE)).id && await inner === 'done', 'a hook may begin a call');
  await client.close();
  const canceling = new AbortController();
  const canceled = new Client({ caFile: CA, beforeSend: () => canceling.abort('no stock') });
  const error = await raised(sessionpay.CanceledError, () => new WePay(canceled, WEPAY).createSession(MOBILE, { signal: canceling.signal }));
  equal(error?.cause, 'no stock', 'and cancel one');
  let closed;
  const closing = new Client({ caFile: CA, beforeSend: () => { closed = closing.close(); } });
  ok(await raised(sessionpay.CanceledError, () => new WePay(closing, WEPAY).createSession(MOBILE)), 'and close its client');
  await closed;
}

// ---- Mock ----------------------------------------------------------------------------------------

async function checkMock() {
  const { mock, wepay } = mocked();
  mock.setLatency(20);
  mock.fail(Status.TIMEOUT, { sent: true });
  mock.reply(201, Buffer.from(REPLY), { 'Content-Type': 'application/json', 'X-Correlation-Id': 'c-7' });
  const session = await wepay.createSession({ type: 'mobile_session', accountId: 'ä' });
  equal([session.info.requestId, session.info.attempts], ['c-7', 2], 'a mock fails and replies');
  const [first, second] = mock.requests;
  ok(first.body.equals(second.body) && first.body.includes('ä'), 'it records what is sent');
  equal(first.headers.find(([name]) => name === 'App-Id'), ['App-Id', '1'], 'and its headers');
  ok(mock.nowMs >= second.atMs && second.atMs >= 20 && first.method === 'POST', 'in virtual time');
  mock.setWall(1800000000000);
  mock.advance(1000);
  mock.reply(201, REPLY);
  const events = [];
  const client = new Client({ transport: mock, event: (event) => events.push(event.atMs) });
  await new WePay(client, FAKE).createSession(MOBILE);
  equal(events.pop(), 1800000001020, 'whose clocks can be set');
  ok(await raised(RangeError, () => mock.reply(7)), 'a status that is none');
  ok(await raised(TypeError, () => mock.reply(200, 7)), 'a body that is none');
  const aborted = await raised(sessionpay.CanceledError, () => wepay.createSession(MOBILE, { signal: AbortSignal.abort(7) }));
  equal([aborted?.cause, mock.requests.length], [7, 3], 'an aborted signal');
}

// ---- Stores --------------------------------------------------------------------------------------

const HOSTED = {
  baseUrl: process.env.SPAY_HOSTED_FIELDS_BASE_URL, identityUrl: process.env.SPAY_HOSTED_FIELDS_IDENTITY_URL,
  apiKey: process.env.SPAY_HOSTED_FIELDS_API_KEY,
};
const PAYMENT = {
  processingTerminalId: process.env.SPAY_HOSTED_FIELDS_TERMINAL_ID, libVersion: process.env.SPAY_HOSTED_FIELDS_LIB_VERSION,
  scenario: 'payment',
};
const CONNECT = {
  baseUrl: process.env.SPAY_CONNECT_BASE_URL, merchantId: process.env.SPAY_CONNECT_MERCHANT_ID,
  apiKeyId: process.env.SPAY_CONNECT_API_KEY_ID, secretApiKey: process.env.SPAY_CONNECT_SECRET_API_KEY,
};
const APPLE = {
  displayName: 'Example Bikes', domainName: process.env.SPAY_APPLE_PAY_DOMAIN_NAME,
  validationUrl: process.env.SPAY_APPLE_PAY_VALIDATION_URL,
};

// Two machines: a session each, and one of the same intent where the provider has no keys.
async function checkStore(name, makeStore) {
  await sandbox('reset');
  const machines = [1, 2].map(() => new Client({ caFile: CA, keySecret: Buffer.alloc(32, 7), store: makeStore() }));
  const fetched = [];
  for (const client of machines) {
    fetched.push((await new sessionpay.HostedFields(client, HOSTED).createSession(PAYMENT)).info.tokenRequests);
  }
  equal(fetched, [1, 0], `a token is shared: ${name}`);
  const servers = machines.map((client) => new sessionpay.ConnectServer(client, CONNECT));
  const shopper = await servers[0].createSession({});
  const sessions = [];
  for (const server of servers) {
    sessions.push(await sessionpay.ConnectClient.fromSession(server, shopper).createSession(APPLE, { intent: 'order 7' }));
  }
  equal(sessions.map((session) => [session.sessionObject === sessions[0].sessionObject, session.info.requestsSent]),
    [[true, 1], [true, 0]], `and what was made for an order, which is not asked for twice: ${name}`);
  await Promise.all(machines.map((client) => client.close()));
}

async function checkStores() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sessionpay-store-'));
  await checkStore('a directory', () => new sessionpay.FileStore(directory));
  fs.rmSync(directory, { recursive: true });
  const url = process.env.SPAY_REDIS_URL;
  if (url) await checkStore('Redis', () => new sessionpay.RedisStore(url, { keyPrefix: 'shop:', commandTimeoutMs: 5000 }));
  else skip('Redis', 'there is no server; ./bootstrap redis installs it');
  const shown = inspect(new sessionpay.RedisStore('redis://:TOP-SECRET@h'), { depth: 9, showHidden: true });
  ok(!shown.includes('TOP-SECRET'), 'its password is not shown', shown);
  for (const [Class, make] of [
    [TypeError, () => new sessionpay.FileStore(1)], [TypeError, () => new sessionpay.RedisStore('redis://h', { port: 1 })],
    [TypeError, () => new Client({ store: {} })],
    [sessionpay.InvalidArgumentError, () => new Client({ store: new sessionpay.FileStore('relative') })],
    [sessionpay.InvalidArgumentError, () => new Client({ timeoutMs: -1, store: new sessionpay.FileStore(os.tmpdir()) })],
  ]) {
    ok(await raised(Class, make), `what is no store: ${make}`);
  }
}

// ---- Objects -------------------------------------------------------------------------------------

async function checkLives() {
  const descriptors = () => fs.readdirSync('/proc/self/fd').length;
  const before = descriptors();
  const gone = [];
  const registry = new FinalizationRegistry((name) => gone.push(name));
  async function use(name, hooks) {
    const holder = {};
    const client = new Client({ caFile: CA, ...hooks(holder) });
    Object.assign(holder, { client, wepay: new WePay(client, WEPAY) });
    registry.register(client, name);
    await holder.wepay.createSession(MOBILE);
  }
  await use('plain', () => ({}));
  await use('cycle', (holder) => ({ event: () => holder, beforeSend: () => { void holder; } }));
  ok(await becomes(() => gone.length === 2), 'a client goes, and so does one to which its hooks refer', gone.join());
  ok(await becomes(() => descriptors() <= before), 'and what it had open');
  for (let i = 0; i < 50; i++) {
    await mocked([[201, REPLY]], { event() {} }).wepay.createSession(MOBILE);
    await raised(sessionpay.ConnectError, () => mocked().wepay.createSession(MOBILE));
    if (i % 10 === 0) collect();
  }
  ok(true, 'objects go in any order');
}

async function checkClosed() {
  const { client, wepay } = mocked();
  await client.close();
  for (const use of [() => client.flightRecord(), () => new WePay(client, FAKE), () => wepay.createSession(MOBILE)]) {
    equal((await raised(sessionpay.StateError, use))?.message, 'the client is closed', 'a client that is closed');
  }
  equal(client.close(), client.close(), 'it can be closed again');
  await checkClosedWhile();
  const hosted = new sessionpay.HostedFields(mocked().client, { baseUrl: 'https://a.example', bearerToken: 'one' });
  equal(hosted.setBearerToken('two'), undefined, 'another bearer token');
  ok(await raised(TypeError, () => hosted.setBearerToken(2)) &&
    await raised(sessionpay.InvalidArgumentError, () => hosted.setBearerToken('')), 'or what is none');
  const { ConnectClient, ConnectServer } = sessionpay;
  const server = new ConnectServer(mocked().client, { baseUrl: 'https://a.example', merchantId: '1', apiKeyId: 'k', secretApiKey: 's' });
  ok(await raised(TypeError, () => ConnectClient.fromSession(hosted, {})) &&
    await raised(TypeError, () => ConnectClient.fromSession(server, {})), 'a session of nobody');
}

async function checkClosedWhile() {
  await sandbox('faults', LATE);
  let sent;
  const isSent = new Promise((resolve) => { sent = resolve; });
  const client = new Client({ caFile: CA, beforeSend: () => { sent(); } });
  const call = raised(sessionpay.CanceledError, () => new WePay(client, WEPAY).createSession(MOBILE));
  await isSent;
  await client.close();
  ok((await call)?.idempotencyKey, 'close() ends calls that run');
  await sandbox('reset');
}

// ---- Cancel --------------------------------------------------------------------------------------

async function checkCancel() {
  await sandbox('faults', { ...LATE, count: 30 });
  const controller = new AbortController();
  let sent = 0;
  const client = new Client({ caFile: CA, beforeSend: () => { if (++sent === 30) setImmediate(() => controller.abort('shop closed')); } });
  const wepay = new WePay(client, WEPAY);
  const calls = Array.from({ length: 30 }, () =>
    raised(sessionpay.CanceledError, () => wepay.createSession(MOBILE, { signal: controller.signal })));
  const errors = await Promise.all(calls);
  ok(errors.every((error) => error?.cause === 'shop closed' && error.idempotencyKey), 'a signal cancels all its calls');
  const error = await raised(sessionpay.CanceledError, () => wepay.createSession(MOBILE, { signal: controller.signal }));
  equal([error?.outcome, error?.requestsSent, sent], ['not_sent', 0, 30], 'and those that come after, before they are sent');
  await sandbox('reset');
  const unused = new AbortController();
  const session = await wepay.createSession(MOBILE, { signal: unused.signal });
  unused.abort();
  ok(session.id, 'a signal that comes later is too late');
  await client.close();
}

// ---- The loop ------------------------------------------------------------------------------------

async function checkLoop() {
  const client = new Client({ caFile: CA, maxConnections: 8 });
  const wepay = new WePay(client, WEPAY);
  const before = threads();
  let settled = 0;
  let most = 0;
  let mostThreads = 0;
  let isDone = false;
  const watch = (async () => {
    for (let last = 0; !isDone; last = settled) {
      await turn();
      most = Math.max(most, settled - last);
      mostThreads = Math.max(mostThreads, threads());
    }
  })();
  const sessions = await Promise.all(Array.from({ length: 1000 }, async () => {
    const session = await wepay.createSession(MOBILE);
    settled++;
    return session.id;
  }));
  isDone = true;
  await watch;
  equal(new Set(sessions).size, 1000, 'many sessions at once');
  ok(most <= 64, 'a few in each turn of the loop', `${most}`);
  equal(mostThreads, before, 'without a thread');
  await client.close();
}

// ---- Environments --------------------------------------------------------------------------------

const PROGRAM = `
const { Client, WePay } = require('sessionpay');
const client = new Client({ caFile: process.env.SPAY_CA_FILE, ...HOOKS });
const wepay = new WePay(client, ${JSON.stringify(WEPAY)});
`;
const CALL = `wepay.createSession(${JSON.stringify(MOBILE)})`;

async function checkWorkers() {
  await sandbox('faults', LATE);
  const start = (code) => new Worker(PROGRAM.replace('HOOKS', '{ beforeSend() { parent.postMessage(0); } }')
    .replace(/^/, "const parent = require('node:worker_threads').parentPort;\n") + code, { eval: true });
  const workers = [1, 2, 3].map(() => start(`${CALL}.catch(() => {});`));
  await Promise.all(workers.map((worker) => new Promise((resolve) => { worker.once('message', resolve); })));
  await Promise.all(workers.map((worker) => worker.terminate()));
  ok(true, 'workers end with calls in flight');
  await sandbox('reset');
  const worker = start(`${CALL}.then((session) => parent.postMessage(session.id));`);
  const ids = [];
  worker.on('message', (id) => id && ids.push(id));
  const code = await new Promise((resolve) => { worker.once('exit', resolve); });
  ok(code === 0 && ids.length === 1, 'a worker ends by itself, once its call is done', `${code} ${ids}`);
  const client = new Client({ caFile: CA });
  ok((await new WePay(client, WEPAY).createSession(MOBILE)).id, 'what others do is not affected');
  await client.close();
}

function run(code, hooks = '{}') {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', PROGRAM.replace('...HOOKS', `...${hooks}`) + code],
    { encoding: 'utf8', timeout: 60000 });
  return { status, signal, stdout, stderr };
}

async function checkExit() {
  const passed = { status: 0, signal: null, stdout: 'begun\n', stderr: '' };
  await sandbox('faults', LATE);
  const many = `for (let i = 0; i < 20; i++) ${CALL}.catch(() => {});`;
  equal(run(many, "{ beforeSend() { console.log('begun'); process.exit(0); } }"), passed, 'exit within beforeSend');
  equal(run(`${many} setTimeout(() => { console.log('begun'); process.exit(0); }, 1);`), passed, 'exit with calls in flight');
  for (let i = 0; i < 5; i++) {
    equal(run(`${CALL}; process.exit(0);`), { ...passed, stdout: '' }, 'exit while it connects');
  }
  equal(run(`process.on('exit', () => { ${CALL}.catch(() => {}); console.log('begun'); });`), passed, 'a call at exit');
  const thrown = run(many, "{ beforeSend() { setImmediate(() => { throw new Error('mine'); }); } }");
  ok(thrown.status === 1 && thrown.stderr.includes('mine'), 'an exception with calls in flight', inspect(thrown));
  await sandbox('reset');
  equal(run(`${CALL}.then(() => console.log('begun'));`), passed, 'the process ends by itself, once its call is done');
  equal(run("console.log('begun');"), passed, 'and without a call');
}

// ---- The package ---------------------------------------------------------------------------------

// A directory in which programs find the package.
function inDirectory(action) {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'sessionpay-'));
  fs.mkdirSync(path.join(work, 'node_modules'));
  fs.symlinkSync(path.dirname(require.resolve('sessionpay/package.json')), path.join(work, 'node_modules', 'sessionpay'));
  try {
    action(work);
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

const MODULE = `
import * as all from 'sessionpay';
import { WePay } from 'sessionpay';
const names = Object.keys(all).filter((name) => !['default', 'module.exports'].includes(name));
console.log(names.sort().join(), WePay.name);
`;

function checkModules() {
  inDirectory((cwd) => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', MODULE], { cwd, encoding: 'utf8' });
    equal(stdout.trim(), `${Object.keys(sessionpay).sort()} WePay`, 'an ES module imports all of it by name');
  });
}

function checkTypes() {
  if (spawnSync('tsc', ['--version']).status !== 0) {
    skip('tsc', 'it is not installed; ./bootstrap node installs it');
    return;
  }
  inDirectory((cwd) => {
    fs.copyFileSync(path.join(__dirname, 'typed.ts'), path.join(cwd, 'typed.ts'));
    for (const [module, resolution] of [['node16', 'node16'], ['commonjs', 'node']]) {
      const { stdout } = spawnSync('tsc', ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--target', 'es2022',
        '--module', module, '--moduleResolution', resolution, 'typed.ts'], { cwd, encoding: 'utf8' });
      equal(stdout, '', `tsc --strict accepts what is right, and nothing else: ${module}`);
    }
  });
}

function checkGenerated() {
  const here = path.join(__dirname, '..');
  const described = path.join(ROOT, 'share', 'sessionpay.api.json');
  const python = (...words) => spawnSync(process.env.PYTHON || 'python3', ['-B', ...words], { encoding: 'utf8' });
  for (const [what, file] of [['js', 'lib/generated.js'], ['types', 'index.d.ts']]) {
    equal(python(path.join(here, 'generate.py'), what, described).stdout === fs.readFileSync(path.join(here, file), 'utf8'),
      true, `${file} is what generate.py makes`);
  }
  inDirectory((work) => {
    const files = ['layouts.h', 'layouts.c'];
    python(path.join(here, '..', 'layouts.py'), described, ...files.map((file) => path.join(work, file)));
    for (const file of files) {
      equal(fs.readFileSync(path.join(work, file), 'utf8') === fs.readFileSync(path.join(here, 'src', file), 'utf8'),
        true, `src/${file} is what layouts.py makes`);
    }
  });
  equal(require('sessionpay/package.json').version, sessionpay.libraryVersion, "the version is the library's");
}

async function main() {
  for (const check of [checkArguments, checkSecrets, checkErrors, checkHooks, checkMock, checkStores, checkLives, checkClosed, checkCancel,
    checkHooksOfLoop, checkWithinHooks, checkLoop, checkWorkers, checkExit, checkModules, checkTypes, checkGenerated]) await check();
  await checkRefusals('mock', (hooks) => mocked([[201, REPLY]], hooks).wepay);
  agent.destroy();
  done();
}

main();
