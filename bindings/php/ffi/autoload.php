<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * The classes of SessionPay by PHP's FFI, for where the extension is not installed.
 */

if (!extension_loaded('sessionpay')) {
    require __DIR__ . '/native.php';
    require __DIR__ . '/objects.php';
    require __DIR__ . '/generated.php';
}
