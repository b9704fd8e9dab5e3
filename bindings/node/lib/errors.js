// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

// By status: the class; filled by generated.js.
const ERRORS = {};

// A part of the request, or of the reply, that is wrong.
class FieldError {
  constructor(path, code, message) {
    this.path = path;
    this.code = code;
    this.message = message;
    Object.freeze(this);
  }
}

const DEFAULTS = {
  reason: '', stage: 0, provider: 'none', providerCode: '', httpStatus: 0, requestId: '', attempts: 0,
  requestsSent: 0, elapsedMs: 0, retryable: false, retryAfterMs: null, outcome: 'not_sent',
  idempotencyKey: '', fieldErrors: Object.freeze([]),
};

// A call failed, or an argument is not accepted. What it holds is explained in index.d.ts.
class SessionPayError extends Error {
  static status = -42;
  static code = 'SPAY_E_INTERNAL';
  #body = Buffer.alloc(0);

  constructor(message, members = {}) {
    const { cause, body, ...others } = members;
    super(message, cause === undefined ? undefined : { cause });
    this.code = new.target.code;
    this.status = new.target.status;
    Object.assign(this, DEFAULTS, others);
    if (body !== undefined) this.#body = body;
  }

  // It may repeat parts of the request, and hold a session: it is not shown with the error.
  get body() {
    return this.#body;
  }
}

function named(Class) {
  Object.defineProperty(Class.prototype, 'name', { value: Class.name, configurable: true, writable: true });
}
named(SessionPayError);

function fieldErrors(texts) {
  const made = [];
  for (let i = 0; i < texts.length; i += 3) made.push(new FieldError(texts[i], texts[i + 1], texts[i + 2]));
  return Object.freeze(made);
}

// The error of the values that show_error() of the addon makes.
function errorOf(values, cause) {
  const [code, message, reason, provider, providerCode, requestId, outcome, idempotencyKey, status, stage,
    httpStatus, attempts, requestsSent, elapsedMs, wait, retryable, fields, body] = values;
  return new (ERRORS[status] ?? SessionPayError)(message, {
    cause, code, status, reason, stage, provider, providerCode, httpStatus, requestId, attempts, requestsSent,
    elapsedMs, retryable: retryable === 1, retryAfterMs: wait < 0 ? null : wait, outcome, idempotencyKey,
    fieldErrors: fieldErrors(fields), body,
  });
}

// What the addon made, unless it is an error.
function made(value) {
  if (Array.isArray(value)) throw errorOf(value);
  return value;
}

module.exports = { ERRORS, FieldError, SessionPayError, errorOf, made, named };
