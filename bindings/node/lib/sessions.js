// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

const { wrongType } = require('./values.js');

// What SessionInfo can do.
class Expiring {
  // How long the session can still be used; null if that is not known.
  expiresInMs(marginMs = 0) {
    return this.expiresAtMs === -1 ? null : Math.max(0, this.expiresAtMs - Date.now() - marginMs);
  }
}

// The library's own session of connect_server, of which accounts of connect_client are made.
const nativeSessions = new WeakMap();

function setNativeSession(session, native) {
  nativeSessions.set(session, native);
}

function nativeSession(session) {
  const native = nativeSessions.get(session);
  if (native === undefined) throw wrongType('session', 'one that createSession() has made', session);
  return native;
}

module.exports = { Expiring, nativeSession, setNativeSession };
