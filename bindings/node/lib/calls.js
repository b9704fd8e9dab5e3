// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Calls in flight, their results, and what hooks are told. Neither the beginning of many calls nor their
// results hold up the loop: some have a turn, then the loop has.
'use strict';

const native = require('./native.js');
const { errorOf } = require('./errors.js');

const AT_ONCE = 16; // calls that begin in one turn

// ---- Calls in flight -----------------------------------------------------------------------------

const operations = []; // by id
const freeIds = [];

class Operation {
  constructor(client, callCtx, signal) {
    this.client = client; // alive until the result is here
    this.callCtx = callCtx;
    this.signal = signal;
    this.id = undefined;
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

function begin(operation, account, input) {
  const { signal } = operation;
  const isCanceled = signal !== undefined && signal.aborted;
  if (isCanceled) operation.cause = signal.reason;
  operation.id = freeIds.pop() ?? operations.length;
  operations[operation.id] = operation;
  if (signal !== undefined) (canceledBy.get(signal) ?? listen(signal)).add(operation); // a hook may abort it
  const refused = native.callStart(account, operation.id, isCanceled, ...input);
  if (refused !== undefined) {
    end(operation);
    throw errorOf(refused, operation.cause);
  }
}

function end(operation) {
  operations[operation.id] = undefined;
  freeIds.push(operation.id);
  if (operation.signal !== undefined) canceledBy.get(operation.signal)?.delete(operation);
}

const canceledBy = new WeakMap(); // signals: the operations that one cancels

// One listener for each signal: Node warns of many.
function listen(signal) {
  const canceled = new Set();
  canceledBy.set(signal, canceled);
  signal.addEventListener('abort', () => {
    for (const operation of canceled) {
      operation.cause = signal.reason;
      native.callCancel(operation.id);
    }
  }, { once: true });
  return canceled;
}

function failure(operation) {
  const error = errorOf(operation.error, operation.cause);
  if (operation.session?.[0]) error.serverSession = operation.session[0]; // of both Apple Pay steps in one
  return error;
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

function log(id, level, line) {
  tell(hooksOf(id)?.log, level, line);
}

function event(id, made) {
  tell(hooksOf(id)?.event, made);
}

function beforeSend(id, record, operationId) {
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

// ---- Results -------------------------------------------------------------------------------------

let isAwaited = false; // deliver() is going to be called
const closing = []; // what close() waits for

function finish(id, session, error) {
  const operation = operations[id];
  end(operation);
  if (waiting.length === 0) begun = 0;
  operation.session = session;
  operation.error = error;
  operation.resolve();
}

// Results that are there while JavaScript runs come in the loop's next turn.
function schedule() {
  if (!isAwaited) setImmediate(deliver);
  isAwaited = true;
}

function deliver() {
  isAwaited = false;
  if (native.deliver()) schedule();
  else for (const resolve of closing.splice(0)) resolve();
}

// The results of calls that were canceled by close() come first.
function allDelivered() {
  schedule();
  return new Promise((resolve) => { closing.push(resolve); });
}

const FUNCTIONS = [finish, schedule, log, event, beforeSend]; // in the order of binding.h

module.exports = { FUNCTIONS, Operation, allDelivered, begin, contextOf, failure, hooksById, isTurnOver, nextTurn };
