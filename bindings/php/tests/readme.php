<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * The programs of the README work.
 *
 * usage: sessionpay-sandbox -- php readme.php PHP...    with the options that load the extension or FFI's classes
 */

declare(strict_types=1);

require __DIR__ . '/support.php';

$tap = new Tap();
preg_match_all('/^```php\n(.*?)^```/ms', file_get_contents(__DIR__ . '/../README.md'), $programs);
foreach ([['/^session [0-9a-f-]{36}\n$/', 0], ['/^token 1\n$/', 1]] as [$wanted, $index]) {
    $path = tempnam(sys_get_temp_dir(), 'sessionpay');
    file_put_contents($path, $programs[1][$index]);
    $printed = shell_exec(implode(' ', array_map(escapeshellarg(...), [...array_slice($argv, 1), $path])) . ' 2>&1');
    unlink($path);
    $tap->ok(preg_match($wanted, (string)$printed) === 1, "prints $wanted", $printed);
}
$tap->equal(count($programs[1]), 2, 'there are two');
$tap->done();
