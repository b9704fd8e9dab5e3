// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Node's HTTP client for differential.py: see frames.h. The connection is a stream that says
// everything and ends.
'use strict';

const fs = require('fs');
const http = require('http');
const { Duplex } = require('stream');

function* frames(input) {
  for (let at = 0; at < input.length;) {
    const end = input.indexOf('\n', at);
    const length = Number(input.subarray(at, end).toString('latin1').split(' ')[0]);
    yield input.subarray(end + 1, end + 1 + length);
    at = end + 1 + length;
  }
}

function connection(reply) {
  return new Duplex({
    read() {
      if (reply && reply.length) this.push(reply);
      this.push(null);
      reply = null;
    },
    write(chunk, encoding, done) { done(); },
  });
}

const hex = (buffer) => (buffer.length ? buffer.toString('hex') : '-');

function fields(response) {
  return Buffer.concat(response.rawHeaders.map((text) => Buffer.from(text + '\0', 'latin1')));
}

function exchange(reply) {
  return new Promise((resolve) => {
    let answer = ['nothing', 0, '-', '-'];
    const agent = new http.Agent({ keepAlive: true });
    agent.createConnection = () => connection(reply);
    const request = http.request({ method: 'POST', agent, headers: { 'Content-Length': 0 } });
    const finish = (verdict) => {
      resolve([verdict].concat(answer.slice(1)).join(' '));
      agent.destroy();
      request.destroy();
    };
    request.on('error', (error) => finish(error.code || 'error'));
    request.on('upgrade', () => finish('upgrade'));
    request.on('response', (response) => {
      const body = [];
      const done = (verdict) => {
        answer = ['', response.statusCode, hex(fields(response)), hex(Buffer.concat(body))];
        finish(verdict);
      };
      response.on('data', (chunk) => body.push(chunk));
      response.on('error', (error) => done(error.code || 'error'));
      response.on('aborted', () => done('aborted'));
      response.on('end', () => done(request.shouldKeepAlive ? 'keep' : 'close'));
    });
    request.end();
  });
}

(async () => {
  const lines = [];
  for (const reply of frames(fs.readFileSync(0))) lines.push(await exchange(reply));
  process.stdout.write(lines.join('\n') + '\n');
})();
