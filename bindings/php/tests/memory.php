<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * The memory of a process does not grow with the sessions that it creates, nor with errors, nor with clients that are
 * kept.
 *
 * usage: sessionpay-sandbox -- php memory.php [SESSIONS [ERRORS]]
 */

declare(strict_types=1);

use SessionPay\{Client, Exception, WePay};

require __DIR__ . '/support.php';

/** What the process has of the machine, in kB. */
function resident(): int
{
    return (int)explode(' ', file_get_contents('/proc/self/statm'))[1] * 4;
}

/** How much memory so many repetitions need, when a fifth of them has come before. */
function growth(int $count, Closure $function): int
{
    for ($i = 0; $i < $count / 5; $i++) {
        $function($i);
    }
    $before = resident();
    for ($i = 0; $i < $count; $i++) {
        $function($i);
    }
    return resident() - $before;
}

$sessions = (int)($argv[1] ?? 3000);
$errors = (int)($argv[2] ?? 1000);
$client = new Client(ca_file: getenv('SPAY_CA_FILE'));
$options = ['base_url' => getenv('SPAY_WEPAY_BASE_URL'), 'app_id' => getenv('SPAY_WEPAY_APP_ID')];
$request = ['type' => 'mobile_session', 'account_id' => getenv('SPAY_WEPAY_ACCOUNT_ID')];
$wepay = new WePay($client, ...$options, app_token: getenv('SPAY_WEPAY_APP_TOKEN'));
$refused = new WePay($client, ...$options, app_token: 'wrong');
$failed = 0;

$tap = new Tap();
foreach ([
    "$sessions sessions" => [$sessions, fn () => $wepay->createSession(...$request)],
    "$errors errors" => [$errors, function (int $i) use ($refused, $request, &$failed) {
        try {
            $refused->createSession(...($i % 2 ? ['type' => ''] : $request));
        } catch (Exception) {
            $failed++;
        }
    }],
    "$errors clients that are kept" => [$errors, fn (int $i) => new WePay(
        Client::persistent(timeout_ms: 1000 + $i), ...$options, app_token: "$i")],
] as $name => [$count, $function]) {
    $grown = growth($count, $function);
    $tap->ok($grown <= 256, $name, "$grown kB more");
}
$tap->ok($failed === (int)ceil($errors / 5) + $errors, 'all the errors are errors', $failed);
$tap->done();
