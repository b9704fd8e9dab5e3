// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// The Test Anything Protocol, and the sandbox's own requests.
'use strict';

const fs = require('node:fs');
const https = require('node:https');
const { isDeepStrictEqual, inspect } = require('node:util');

let count = 0;
let failed = 0;

function ok(passed, name, why = '') {
  count++;
  console.log(`${passed ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (passed) return;
  failed++;
  for (const line of String(why).split('\n').filter(Boolean)) console.log(`# ${line}`);
}

function equal(got, wanted, name) {
  ok(isDeepStrictEqual(got, wanted), name, `got ${inspect(got)}\nwanted ${inspect(wanted)}`);
}

function skip(name, why) {
  count++;
  console.log(`ok ${count} - ${name} # SKIP ${why}`);
}

function done() {
  console.log(`1..${count}`);
  process.exitCode = failed ? 1 : 0;
}

// The error with which it ends, if that is of the class.
async function raised(Class, action) {
  try {
    await action();
  } catch (error) {
    if (error instanceof Class) return error;
  }
  return undefined;
}

const agent = new https.Agent({ keepAlive: true, ca: fs.readFileSync(process.env.SPAY_CA_FILE) });

function sandbox(what, body, method = 'POST') {
  return new Promise((resolve, reject) => {
    const request = https.request(`${process.env.SPAY_SANDBOX_URL}/_sandbox/${what}`, { agent, method }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode >= 300) reject(new Error(`${what}: ${response.statusCode} ${text}`));
        else resolve(text ? JSON.parse(text) : null);
      });
    });
    request.on('error', reject);
    request.end(body === undefined ? '' : JSON.stringify(body));
  });
}

module.exports = { agent, done, equal, ok, raised, sandbox, skip };
