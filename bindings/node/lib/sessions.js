// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
'use strict';

// What SessionInfo can do.
class Expiring {
  // How long the session can still be used; null if that is not known.
  expiresInMs(marginMs = 0) {
    return this.expiresAtMs === -1 ? null : Math.max(0, this.expiresAtMs - Date.now() - marginMs);
  }
}

// The library's own session of connect_server, of which accounts of connect_client are made. How to get it
// is known to its class alone.
let getNative;

function setNativeSession(get) {
  getNative = get;
}

function nativeSession(session) {
  return getNative(session);
}

module.exports = { Expiring, nativeSession, setNativeSession };
