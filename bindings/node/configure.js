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

function pkgConfig(what) {
  const run = spawnSync(process.env.PKG_CONFIG || 'pkg-config', [what, 'libsessionpay'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : null;
}

function ofTree(what) {
  const build = path.resolve(process.env.SESSIONPAY_BUILD || path.join(around, 'build'));
  const libraries = path.join(build, 'lib');
  const tree = [path.dirname(build), around].find((one) => fs.existsSync(path.join(one, 'include', 'sessionpay')));
  if (!fs.existsSync(libraries) || !tree) {
    console.error(`sessionpay: libsessionpay is not installed: pkg-config does not find it, and there is none in ${build}`);
    process.exit(1);
  }
  return what === 'cflags' ? `-I${path.join(tree, 'include')}` : `-L${libraries} -Wl,-rpath,${libraries} -lsessionpay`;
}

const what = process.argv[2];
const installed = process.env.SESSIONPAY_BUILD ? null : pkgConfig(`--${what}`);
console.log(installed ?? ofTree(what));
