// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Calls in flight, and what the addon's queue has for them: results, and what hooks are told. Neither
// the beginning of many calls nor their results hold up the loop: some have a turn, then the loop has.
'use strict';

const native = require('./native.js');
const { errorOf } = require('./errors.js');

const AT_ONCE = 16; // calls that begin in one turn
const ITEM = { RESULT: 0, LOG: 1, EVENT: 2, ASK: 3, CLOSED: 4 };
const ITEM_VALUES = 4;
const FULL = 32 * ITEM_VALUES;

// ---- Calls in flight -----------------------------------------------------------------------------

const operations = []; // by id
const freeIds = [];

class Operation {
  constructor(client, callCtx) {
    this.client = client; // alive until the result is here
    this.callCtx = callCtx;
    this.session = undefined;
    this.error = undefined;
    this.cause = undefined; // what a hook has thrown, or why the signal was aborted
    this.resolve = undefined;
  }
}

// The callCtx of an event or a record.
function contextOf(id) {
  return operations[id]?.callCtx ?? null;
}

function begin(operation, account, isCanceled, input) {
  const id = freeIds.pop() ?? operations.length;
  operations[id] = operation;
  const refused = native.callStart(account, id, isCanceled, ...input);
  if (refused !== undefined) {
    end(id);
    flush();
    throw errorOf(refused, operation.cause);
  }
  return id;
}

function end(id) {
  operations[id] = undefined;
  freeIds.push(id);
}

const canceledBy = new WeakMap(); // signals: the calls that one cancels, by id

// One listener for each signal: Node warns of many.
function listen(signal) {
  const calls = new Map();
  canceledBy.set(signal, calls);
  signal.addEventListener('abort', () => {
    for (const [id, operation] of calls) {
      operation.cause = signal.reason;
      native.callCancel(id);
    }
  }, { once: true });
  return calls;
}

function failure(operation) {
  const error = errorOf(operation.error, operation.cause);
  if (operation.session?.[0]) error.serverSession = operation.session[0]; // of both Apple Pay steps in one
  return error;
}

// Runs a call to its end. Errors are made in here, so that their stack leads to the caller.
async function run(client, account, input, { callCtx, signal }) {
  const operation = new Operation(client, callCtx);
  if (isTurnOver()) await nextTurn();
  const isCanceled = signal?.aborted ?? false;
  if (isCanceled) operation.cause = signal.reason;
  const id = begin(operation, account(), isCanceled, input);
  const canceled = signal && (canceledBy.get(signal) ?? listen(signal)).set(id, operation);
  await new Promise((resolve) => { operation.resolve = resolve; });
  canceled?.delete(id);
  if (operation.error !== undefined) throw failure(operation);
  return operation.session;
}

// ---- Turns ---------------------------------------------------------------------------------------

let begun = 0;
let isScheduled = false;
const waiting = [];

function isTurnOver() {
  begun++;
  if (begun > AT_ONCE / 2 && !isScheduled) {
    isScheduled = true;
    setImmediate(turn);
  }
  return begun > AT_ONCE || waiting.length > 0;
}

function nextTurn() {
  return new Promise((resolve) => { waiting.push(resolve); });
}

function turn() {
  const next = waiting.splice(0, AT_ONCE);
  begun = next.length;
  isScheduled = waiting.length > 0;
  if (isScheduled) setImmediate(turn);
  for (const resolve of next) resolve();
}

// ---- Hooks ---------------------------------------------------------------------------------------

const hooksById = new Map(); // of clients that have some
const closing = new Map(); // what close() waits for, by id

function hooksOf(id) {
  return hooksById.get(id)?.deref();
}

function tell(hook, ...values) {
  try {
    hook?.(...values);
  } catch (error) {
    process.emitWarning(`a hook has thrown: ${error?.stack ?? error}`, 'SessionPayWarning');
  }
}

function mayBeSent(id, record, operationId) {
  try {
    const answer = hooksOf(id)?.beforeSend(record);
    if (typeof answer?.then !== 'function') return answer !== false;
    answer.then(undefined, () => {});
    throw new TypeError('beforeSend must not return a promise: the request waits for it');
  } catch (error) {
    if (operations[operationId]) operations[operationId].cause = error;
    return false;
  }
}

// beforeSend with a mock, within callStart().
function ask(id, record, operationId) {
  flush();
  return mayBeSent(id, record, operationId);
}

// ---- The queue -----------------------------------------------------------------------------------

function finish(id, session, error) {
  const operation = operations[id];
  end(id);
  operation.session = session;
  operation.error = error;
  operation.resolve();
}

function handle(kind, id, value, other) {
  switch (kind) {
    case ITEM.RESULT:
      return finish(id, value, other);
    case ITEM.LOG:
      return tell(hooksOf(id)?.log, other, value);
    case ITEM.EVENT:
      return tell(hooksOf(id)?.event, value);
    case ITEM.ASK:
      return native.callAnswer(other, mayBeSent(id, value, other));
    default:
      closing.get(id)?.();
      return closing.delete(id);
  }
}

function handleAll(items) {
  if (waiting.length === 0) begun = 0;
  for (let i = 0; i < items.length; i += ITEM_VALUES) handle(items[i], items[i + 1], items[i + 2], items[i + 3]);
  return items.length === FULL;
}

function deliver(items) {
  if (handleAll(items)) setImmediate(() => deliver(native.take()));
}

function flush() {
  while (handleAll(native.take()));
}

module.exports = { ask, closing, contextOf, deliver, hooksById, run };
