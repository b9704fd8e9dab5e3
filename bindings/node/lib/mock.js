// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// For tests of programs that use the package.
'use strict';

const native = require('./native.js');
const { CHECKS, wrongType, wrongValue } = require('./values.js');

// A request that a mock was sent.
class MockRequest {
  #headers;
  #body;

  constructor(method, url, headers, body, atMs) {
    this.method = method;
    this.url = url;
    this.atMs = atMs;
    this.#headers = headers.split('\n').filter(Boolean).map((line) => line.split(/: (.*)/s, 2));
    this.#body = body;
  }

  get headers() {
    return this.#headers;
  }

  get body() {
    return this.#body;
  }
}

let nativeMock;

// A scripted transport with virtual time.
class Mock {
  #native = native.mockNew();

  static {
    nativeMock = (mock) => {
      if (!(mock instanceof Mock)) throw wrongType('transport', 'a Mock', mock);
      return mock.#native;
    };
  }

  reply(httpStatus, body = '', headers = undefined) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const lines = headers && Object.entries(headers).map((pair) => pair.join(': ')).join('\n');
    const wrong = native.mockReply(this.#native, CHECKS.int32('httpStatus', httpStatus), lines,
      CHECKS.bytes('body', bytes));
    if (wrong) throw wrongValue('the reply', `is not accepted: ${wrong}`);
  }

  fail(status, { sent }) {
    const wrong = native.mockFail(this.#native, CHECKS.int32('status', status), CHECKS.choice('sent', sent));
    if (wrong) throw wrongValue('the failure', `is not accepted: ${wrong}`);
  }

  setLatency(durationMs) {
    native.mockSet(this.#native, 0, CHECKS.int64('durationMs', durationMs));
  }

  advance(durationMs) {
    native.mockSet(this.#native, 1, CHECKS.int64('durationMs', durationMs));
  }

  setWall(unixMs) {
    native.mockSet(this.#native, 2, CHECKS.int64('unixMs', unixMs));
  }

  get nowMs() {
    return native.mockNowMs(this.#native);
  }

  get requests() {
    const values = native.mockRequests(this.#native);
    const requests = [];
    for (let i = 0; i < values.length; i += 5) requests.push(new MockRequest(...values.slice(i, i + 5)));
    return requests;
  }
}

module.exports = { Mock, MockRequest, nativeMock };
