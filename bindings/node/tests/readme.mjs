// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// The program of the README works, and the example.
//
// usage: sessionpay-sandbox -- node readme.mjs DIRECTORY, in whose node_modules the package is
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import tap from './tap.js';

const { done, equal, ok } = tap;
const here = new URL('..', import.meta.url).pathname;
const cwd = process.argv[2];
const programs = [...readFileSync(join(here, 'README.md'), 'utf8').matchAll(/^```js\n(.*?)^```/gms)];
for (const [, program] of programs) {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd, encoding: 'utf8' });
  ok(/^session [0-9a-f-]{36}\n$/.test(stdout), 'the program of the README', stdout + stderr);
}
equal(programs.length, 1, 'there is one');

const copy = join(cwd, 'example');
mkdirSync(copy, { recursive: true });
copyFileSync(join(here, 'examples', 'server.mjs'), join(copy, 'server.mjs'));
const server = spawn(process.execPath, [join(copy, 'server.mjs'), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const base = await new Promise((resolve) => { createInterface(server.stdout).once('line', resolve); });

async function asked(path, body) {
  const response = await fetch(base + path, body === undefined ? {} : { method: 'POST', body });
  return [response.status, await response.text()];
}

ok(/^200,\{"token":".+","expiresAt":".+"\}$/.test(await asked('/hosted-fields')), 'the example: a Hosted Fields session');
const page = JSON.stringify({ validationURL: process.env.SPAY_APPLE_PAY_VALIDATION_URL });
const [status, apple] = await asked('/apple-pay', page);
ok(status === 200 && apple.includes('merchantSessionIdentifier'), 'an Apple Pay session', apple);
equal(await asked('/apple-pay', '{"validationURL":"https://evil.example/"}'), [400, '{}'], "an address not Apple's");
equal(await asked('/apple-pay', 'null'), [400, '{}'], 'a body that is none');
equal(await asked('/other'), [404, '{}'], 'another page');
server.kill();
tap.agent.destroy();
done();
