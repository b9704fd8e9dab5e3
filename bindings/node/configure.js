// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Prints flags for binding.gyp. The library is the installed one, by pkg-config; without one, that of the
// source tree around this directory, after "make lib". SESSIONPAY_BUILD=DIRECTORY names the build directory of
// a tree to be used instead, for instance where npm has copied this one elsewhere.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const around = path.join(__dirname, '..', '..');

const ADAPTERS = ['file', 'redis']; // stores that are built in if their libraries are there

function pkgConfig(option, library) {
  const run = spawnSync(process.env.PKG_CONFIG || 'pkg-config', [option, library], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : null;
}

// For each library that is there: its flags.
function installed(what) {
  const flags = pkgConfig(`--${what}`, 'libsessionpay');
  return flags === null ? null : [flags, ...ADAPTERS.map((name) => pkgConfig(`--${what}`, `libsessionpay-${name}`))];
}

function ofTree(what) {
  const build = path.resolve(process.env.SESSIONPAY_BUILD || path.join(around, 'build'));
  const libraries = path.join(build, 'lib');
  const tree = [path.dirname(build), around].find((one) => fs.existsSync(path.join(one, 'include', 'sessionpay')));
  if (!fs.existsSync(libraries) || !tree) {
    console.error(`sessionpay: libsessionpay is not installed: pkg-config does not find it, and there is none in ${build}`);
    process.exit(1);
  }
  const files = fs.readdirSync(libraries);
  const adapters = ADAPTERS.map((name) =>
    files.some((file) => file.startsWith(`libsessionpay-${name}.`)) ? `-lsessionpay-${name}` : null);
  if (what === 'cflags') return [`-I${path.join(tree, 'include')}`, ...adapters];
  return [`-L${libraries} -Wl,-rpath,${libraries} -lsessionpay`, ...adapters];
}

const what = process.argv[2];
const [flags, ...adapters] = (process.env.SESSIONPAY_BUILD ? null : installed(what)) ?? ofTree(what);
const found = ADAPTERS.filter((name, index) => adapters[index] !== null);
if (what === 'cflags') console.log(flags, ...found.map((name) => `-DSESSIONPAY_WITH_${name.toUpperCase()}`));
else console.log(flags, ...adapters.filter((one) => one !== null));
