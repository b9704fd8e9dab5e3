<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * What the conformance cases do not say: types, secrets, hooks, objects, processes. Of the extension if
 * it is loaded, otherwise of the classes for FFI.
 *
 * usage: sessionpay-sandbox -- php binding.php
 */

declare(strict_types=1);

namespace SessionPay\Tests;

use SessionPay\{Cancel, CanceledException, Client, ConnectClient, ConnectEnvironment, ConnectServer,
                ConnectServerFilter, ConnectServerSession, ConnectServerSessionRequest, Decision, Exception,
                HostedFields, InvalidArgumentException, LaterException, LogLevel, Mock, ProviderException, SendRecord,
                SessionInfo, Status, Store, ThrottledException, WePay, WePaySession};

require __DIR__ . '/support.php';
require __DIR__ . '/signatures.php';

$tap = new \Tap();
$is_extension = extension_loaded('sessionpay');
$wepay_options = ['base_url' => getenv('SPAY_WEPAY_BASE_URL'), 'app_id' => getenv('SPAY_WEPAY_APP_ID'),
                  'app_token' => getenv('SPAY_WEPAY_APP_TOKEN')];
$mobile = ['type' => 'mobile_session', 'account_id' => getenv('SPAY_WEPAY_ACCOUNT_ID')];
$late = '{"path": "/session_tokens", "delay_ms": 60000}';

const REPLY = '{"id": "i-1", "session_token": "TOP-SECRET", "expire_time": 1900000000}';
const FAKE = ['base_url' => 'https://wepay.example', 'app_id' => '1', 'app_token' => 'TOP-SECRET'];

/** What a function throws, if it is of that class. */
function thrown(string $class, \Closure $function): ?\Throwable
{
    try {
        $function();
    } catch (\Throwable $error) {
        return $error instanceof $class ? $error : throw $error;
    }
    return null;
}

/** @return array{Mock, Client, WePay} */
function mocked(array $replies, mixed ...$options): array
{
    $mock = new Mock();
    foreach ($replies as $reply) {
        $mock->reply(...$reply);
    }
    $client = new Client(...$options, transport: $mock);
    return [$mock, $client, new WePay($client, ...FAKE)];
}

/** Another PHP, with the same classes: what it prints, and how it ends. */
function program(string $code): array
{
    $path = tempnam(sys_get_temp_dir(), 'sessionpay');
    file_put_contents($path, "<?php require '" . __DIR__ . "/support.php';\n" . $code);
    exec((getenv('SESSIONPAY_PHP') ?: PHP_BINARY) . ' ' . escapeshellarg($path) . ' 2>&1', $lines, $status);
    unlink($path);
    return [implode("\n", $lines), $status];
}

// ---- Arguments ------------------------------------------------------------------------------------

[, $client, $wepay] = mocked([]);
foreach ([
    [\TypeError::class, '$type', ['type' => 7]], [\TypeError::class, '$type', ['type' => null]],
    [\TypeError::class, '$time_to_live', ['type' => 't', 'time_to_live' => '7']],
    [\TypeError::class, '$max_attempts', ['type' => 't', 'max_attempts' => 1.5]],
    [\TypeError::class, '$cancel', ['type' => 't', 'cancel' => new \stdClass()]],
    [\ValueError::class, '$type', ['type' => "a\0b"]],
    [\ValueError::class, '$max_attempts', ['type' => 't', 'max_attempts' => 1 << 40]],
    [\Error::class, '$colour', ['type' => 't', 'colour' => 'red']],
    [\ArgumentCountError::class, '', []],
] as [$class, $named, $arguments]) {
    $error = thrown($class, fn () => $wepay->createSession(...$arguments));
    $tap->ok($error && str_contains($error->getMessage(), $named), "$class: " . json_encode($arguments), $error?->getMessage());
}
$server = new ConnectServer($client, environment: ConnectEnvironment::SANDBOX, merchant_id: '1', api_key_id: 'k',
                            secret_api_key: 's');
foreach ([['tokens', ['tokens' => 'abc']], ['tokens', ['tokens' => [1]]], ['exclude', ['exclude' => []]]] as [$named, $arguments]) {
    $error = thrown(\TypeError::class, fn () => $server->createSession(...$arguments));
    $tap->ok($error && str_contains($error->getMessage(), '$' . $named), 'a wrong type: ' . json_encode($arguments));
}
$tap->ok(thrown(\TypeError::class, fn () => new ConnectServerFilter(products: ['1'])) !== null, 'of an element');
$tap->ok(thrown(\TypeError::class, fn () => new Client(log: 'no_such_function')) !== null &&
         thrown(\TypeError::class, fn () => new Client(transport: new \stdClass())) !== null, 'wrong types for a client');
$error = thrown(InvalidArgumentException::class, fn () => new Client(timeout_ms: -1));
$tap->equal($error?->field_errors[0]->path, 'timeout_ms', 'what the library refuses is its error');
$numbers = new ConnectServerFilter(groups: ['cards'], products: [1, 302]);
$tap->ok($numbers->products === [1, 302] && (new ConnectServerFilter())->groups === null, 'an input object has what it was given');

// ---- Secrets --------------------------------------------------------------------------------------

[$mock, $client, $wepay] = mocked([[201, REPLY], [500, '{"secret":"TOP-SECRET"}']]);
$session = $wepay->createSession(...$mobile, risk_token: 'TOP-SECRET');
$tap->equal($session->session_token, 'TOP-SECRET', 'a session has its token');
$error = thrown(ProviderException::class, fn () => $wepay->createSession(...$mobile, max_attempts: 1));
$tap->equal($error?->body, '{"secret":"TOP-SECRET"}', 'an error has the body of the reply');
ini_set('zend.exception_ignore_args', '0');
$shown = [$session, $session->info, $error, $mock->requests(), $wepay, $client,
          thrown(InvalidArgumentException::class, fn () => new WePay($client, app_id: '', app_token: 'TOP-SECRET')),
          thrown(\TypeError::class, fn () => new WePay($client, app_id: 'x', app_token: 'TOP-SECRET', base_url: []))];
ob_start();
var_dump($shown);
print_r($shown);
echo json_encode($shown), (string)$shown[6], (string)$shown[7];
if ($is_extension) {
    var_export([$session, $error->field_errors]);
    print_r((array)$session);
}
$printed = ob_get_clean();
$tap->ok(!str_contains($printed, 'TOP-SECRET'), 'nothing that prints them shows a secret', $printed);
$tap->ok(str_contains($printed, 'i-1') && str_contains($printed, 'SPAY_E_PROVIDER'), 'but what is none');
$refused = 0;
foreach ([$session, $error, $client, $wepay, $mock, new Cancel(), $numbers] as $one) {
    $refused += (int)(thrown(\Exception::class, fn () => serialize($one)) !== null);
}
$tap->equal($refused, 7, 'none of them can be serialized');
$tap->ok(thrown(\Error::class, function () use ($session) { $session->id = 'x'; }) !== null, 'a session cannot be changed');
$tap->ok(thrown(\Error::class, fn () => clone $client) && thrown(\Error::class, fn () => new WePaySession()),
         'nor a client cloned, nor a session made');

// ---- Errors ---------------------------------------------------------------------------------------

$error = new ThrottledException('slowly', outcome: 'rejected', retry_after_ms: 7, previous: new \RuntimeException('why'));
$tap->ok($error->retry_after_ms === 7 && $error->getMessage() === 'slowly' && $error->status === Status::THROTTLED &&
         $error->name === 'SPAY_E_THROTTLED' && $error->getPrevious()?->getMessage() === 'why' && $error->field_errors === [] &&
         $error->provider === 'none', 'an error can be made for tests');
$tap->ok(thrown(\TypeError::class, fn () => new ThrottledException(attempts: 'x')) !== null, 'of the right types');
[, , $wepay] = mocked([[429, '{}', ['Retry-After' => '7']]]);
$found = thrown(LaterException::class, fn () => $wepay->createSession(...$mobile, max_attempts: 1));
$tap->ok($found instanceof ThrottledException && $found->retry_after_ms === 7000 && $found->getCode() === Status::THROTTLED,
         'errors are classes, in groups');

// ---- Hooks ----------------------------------------------------------------------------------------

$lines = $events = $records = [];
$mine = new \stdClass();
[, $client, $wepay] = mocked([[503], [201, REPLY]], log_level: LogLevel::DEBUG,
    log: function (int $level, string $line) use (&$lines) { $lines[] = $line; },
    event: function ($event) use (&$events) { $events[] = $event; },
    before_send: function (SendRecord $record) use (&$records) { $records[] = $record; });
$session = $wepay->createSession(...$mobile, call_ctx: $mine);
$tap->equal(array_column($records, 'attempt'), [1, 2], 'before_send is called before each attempt');
$tap->ok(array_unique(array_column([...$records, ...$events], 'call_ctx'), SORT_REGULAR) === [$mine], 'call_ctx is handed back');
$tap->equal(array_values(array_unique(array_column([...$records, ...$events], 'idempotency_key'))),
            [$session->info->idempotency_key], 'and the key');
$tap->equal(array_column($events, 'decision'), [Decision::RETRY, Decision::SUCCEED, Decision::SUCCEED], 'events');
$tap->ok(str_contains($lines[0] ?? '', 'wepay'), 'log lines', $lines);
$tap->equal(count(json_decode($client->flightRecord())->attempts), 2, 'the flight record');

[$mock, , $wepay] = mocked([[201, REPLY]], before_send: fn () => false);
$error = thrown(CanceledException::class, fn () => $wepay->createSession(...$mobile));
$tap->ok($error?->outcome === 'not_sent' && $mock->requests() === [], 'before_send can refuse');

[$mock, , $wepay] = mocked([[201, REPLY]], before_send: fn () => throw new \DomainException('journal'));
$error = thrown(\DomainException::class, fn () => $wepay->createSession(...$mobile));
$tap->ok($error?->getPrevious() instanceof CanceledException && $error->getPrevious()->outcome === 'not_sent' &&
         $mock->requests() === [], 'what it throws is thrown on, and tells what became of the call');

$count = 0;
[$mock, , $wepay] = mocked([[201, REPLY]], event: function () use (&$count) { throw new \DomainException((string)++$count); });
$error = thrown(\DomainException::class, fn () => $wepay->createSession(...$mobile));
$tap->ok($error?->getMessage() === '2' && $error->getPrevious()?->getMessage() === '1' && count($mock->requests()) === 1,
         'what event throws does not end the call, and is thrown after it');

$holder = [];
[$mock, $holder[], $wepay] = mocked([[201, REPLY]], before_send: function () use (&$holder, &$wepay, $mobile) {
    foreach ([fn () => $holder[0]->flightRecord(), fn () => $holder[0]->close(), fn () => $wepay->createSession(...$mobile),
              fn () => new Client()] as $function) {
        $holder[] = thrown(\Error::class, $function)?->getMessage();
    }
});
$tap->ok($wepay->createSession(...$mobile)->id === 'i-1' && count(array_filter($holder)) === 5, 'a hook cannot use the library');
$holder = null;

$start = '$mock = new SessionPay\Mock(); $mock->reply(201, "{}"); $wepay = new SessionPay\WePay(new SessionPay\Client(
    transport: $mock, before_send: function () { %s }), base_url: "https://a.example", app_id: "1", app_token: "t");
    register_shutdown_function(fn () => print(" sent " . count($mock->requests())));
    try { $wepay->createSession(type: "mobile_session", account_id: "1"); } finally { echo "not reached"; }';
if ($is_extension) { // FFI does not let them through
    $tap->equal(program(sprintf($start, 'exit(7);')), [' sent 0', 7], 'exit() in a hook');
    [$printed, $status] = program(sprintf($start, 'trigger_error("enough", E_USER_ERROR);'));
    $tap->ok($status === 255 && str_contains($printed, 'enough') && str_ends_with($printed, ' sent 0'), 'a fatal error in a hook', $printed);
    if (getenv('USE_ZEND_ALLOC') !== '0') { // as under valgrind: no limit
        [$printed, $status] = program('ini_set("memory_limit", "4M");' . sprintf($start, '$a = str_repeat("x", 1 << 24);'));
        $tap->ok($status === 255 && str_contains($printed, 'Allowed memory') && str_ends_with($printed, ' sent 0'), 'the end of its memory', $printed);
    }
}

// ---- Mock -----------------------------------------------------------------------------------------

[$mock, , $wepay] = mocked([]);
$mock->setLatency(20);
$mock->fail(Status::TIMEOUT, sent: true);
$mock->reply(201, REPLY, ['Content-Type' => 'application/json', 'X-Correlation-Id' => 'c-7']);
$session = $wepay->createSession(type: 'mobile_session', account_id: 'ä');
$tap->equal([$session->info->request_id, $session->info->attempts], ['c-7', 2], 'a mock fails and replies');
[$first, $second] = $mock->requests();
$tap->ok($first->body === $second->body && str_contains($first->body, 'ä') && in_array(['App-Id', '1'], $first->headers, true),
         'it records what is sent');
$tap->ok($mock->nowMs() >= $second->at_ms && $second->at_ms >= 20 && $first->method === 'POST', 'in virtual time');
$tap->ok(thrown(\ValueError::class, fn () => $mock->reply(7)) && thrown(\TypeError::class, fn () => $mock->reply(200, '', ['a' => 1])),
         'what it does not accept');
$mock->setWall(1);
$tap->ok($session->info->expiresInMs() > 0 && $session->info->expiresInMs(PHP_INT_MAX >> 1) === 0, 'how long a session lives');

// ---- Objects --------------------------------------------------------------------------------------

$wepay = mocked([[201, REPLY]])[2];
$tap->equal($wepay->createSession(...$mobile)->id, 'i-1', 'an account holds its client, and that its mock');
[, $client, $wepay] = mocked([[201, REPLY]]);
$client->close();
$client->close();
foreach ([fn () => $client->flightRecord(), fn () => $client->dropConnections(), fn () => $wepay->createSession(...$mobile),
          fn () => new WePay($client, ...FAKE)] as $function) {
    $tap->equal(thrown(\Error::class, $function)?->getMessage(), 'The client is closed', 'a client that is closed');
}
$tap->ok(thrown(\Error::class, fn () => $wepay->__construct($client, ...FAKE)) !== null, 'no object is made twice');
$hosted = new HostedFields(mocked([])[1], base_url: 'https://a.example', bearer_token: 'one');
$hosted->setBearerToken('two');
$tap->ok(thrown(\TypeError::class, fn () => $hosted->setBearerToken(2)) &&
         thrown(InvalidArgumentException::class, fn () => $hosted->setBearerToken('')), 'another bearer token');

/** Objects in all orders, cycles through hooks, and errors. */
function churn(int $count, array $mobile): void
{
    for ($i = 0; $i < $count; $i++) {
        foreach ([[0, 1, 2], [2, 1, 0], [1, 0, 2]] as $order) {
            $objects = mocked([[201, REPLY]], event: fn () => null);
            foreach ($order as $index) {
                $objects[$index] = null;
            }
        }
        $holder = new \ArrayObject();
        $holder['all'] = mocked([[201, REPLY]], event: fn () => $holder);
        $holder['all'][2]->createSession(...$mobile, call_ctx: $holder);
        unset($holder);
        thrown(Exception::class, fn () => mocked([])[2]->createSession(...$mobile));
        thrown(\DomainException::class, fn () => mocked([[201, REPLY]], before_send: fn () => throw new \DomainException())[2]
            ->createSession(...$mobile));
        gc_collect_cycles();
    }
}
churn(3, $mobile);
$before = memory_get_usage();
churn(20, $mobile);
$tap->ok(memory_get_usage() - $before < 2000, 'nothing of PHP is lost', memory_get_usage() - $before);

// ---- Calls that are canceled ----------------------------------------------------------------------

pcntl_async_signals(true);
$cancel = new Cancel();
$client = new Client(ca_file: getenv('SPAY_CA_FILE'), before_send: fn () => $cancel->cancel());
$error = thrown(CanceledException::class, fn () => (new WePay($client, ...$wepay_options))->createSession(...$mobile, cancel: $cancel));
$tap->ok($error && $error->outcome !== 'rejected', 'a hook cancels a call', (string)$error);
sandbox('faults', $late);
pcntl_signal(SIGALRM, fn () => throw new \DomainException('alarm'));
$client = new Client(ca_file: getenv('SPAY_CA_FILE'), before_send: fn () => pcntl_alarm(1));
$error = thrown(\DomainException::class, fn () => (new WePay($client, ...$wepay_options))->createSession(...$mobile, cancel: new Cancel()));
$tap->ok($error?->getPrevious() instanceof CanceledException && $error->getPrevious()->outcome !== 'rejected',
         'what the handler of a signal throws ends a call', (string)$error);
sandbox('reset');

// ---- Processes ------------------------------------------------------------------------------------

$connects = [];
$wepay = new WePay(new Client(ca_file: getenv('SPAY_CA_FILE'), event: function ($event) use (&$connects) {
    $connects[] = $event->connect_us;
}), ...$wepay_options);
$wepay->createSession(...$mobile, cancel: new Cancel());
$child = pcntl_fork();
if ($child === 0) {
    $same = [$wepay->createSession(...$mobile)->id, $wepay->createSession(...$mobile, cancel: new Cancel())->id];
    unset($wepay); // the driver is the parent's, and stays as it is
    posix_kill(getmypid(), $same[0] && $same[1] ? SIGUSR2 : SIGKILL); // nothing of the parent's test ends here
}
pcntl_waitpid($child, $status);
$tap->ok(pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGUSR2, 'a forked process uses the client', $status);
$connects = [];
$tap->equal($wepay->createSession(...$mobile, cancel: new Cancel())->info->attempts, 1, 'and so does its parent');
$tap->equal(array_unique($connects), [0], 'over the connection that it had');
$tap->equal($wepay->createSession(...$mobile)->info->attempts, 1, 'also without a driver');

// ---- Stores ---------------------------------------------------------------------------------------

$fields = ['base_url' => getenv('SPAY_HOSTED_FIELDS_BASE_URL'), 'identity_url' => getenv('SPAY_HOSTED_FIELDS_IDENTITY_URL'),
           'api_key' => getenv('SPAY_HOSTED_FIELDS_API_KEY')];
$payment = ['processing_terminal_id' => getenv('SPAY_HOSTED_FIELDS_TERMINAL_ID'), 'scenario' => 'payment',
            'lib_version' => getenv('SPAY_HOSTED_FIELDS_LIB_VERSION')];
$connect_options = ['base_url' => getenv('SPAY_CONNECT_BASE_URL'), 'merchant_id' => getenv('SPAY_CONNECT_MERCHANT_ID'),
                    'api_key_id' => getenv('SPAY_CONNECT_API_KEY_ID'), 'secret_api_key' => getenv('SPAY_CONNECT_SECRET_API_KEY')];
$apple = ['display_name' => 'Example Bikes', 'domain_name' => getenv('SPAY_APPLE_PAY_DOMAIN_NAME'),
          'validation_url' => getenv('SPAY_APPLE_PAY_VALIDATION_URL')];
$directory = sys_get_temp_dir() . '/sessionpay-store-' . getmypid();
$stores = ['a directory' => Store::file($directory)];
if (getenv('SPAY_REDIS_URL')) {
    $stores['Redis'] = Store::redis(getenv('SPAY_REDIS_URL'), key_prefix: 'shop:', command_timeout_ms: 5000);
} else {
    $tap->skip('Redis', 'there is no server; ./bootstrap redis installs it');
}
foreach ($stores as $what => $store) {
    sandbox('reset');
    $tokens = $servers = $sent = [];
    foreach ([1, 2] as $machine) {
        $client = new Client(ca_file: getenv('SPAY_CA_FILE'), key_secret: str_repeat('7', 32), store: $store);
        $tokens[] = (new HostedFields($client, ...$fields))->createSession(...$payment)->info->token_requests;
        $servers[] = new ConnectServer($client, ...$connect_options);
    }
    $tap->equal($tokens, [1, 0], "a token is shared: $what");
    $shopper = $servers[0]->createSession();
    foreach ($servers as $server) {
        $sent[] = ConnectClient::fromSession($server, $shopper)->createSession(...$apple, intent: 'order 7')->info->requests_sent;
    }
    $tap->equal($sent, [1, 0], "and what was made for an order, which is not asked for twice: $what");
}
array_map('unlink', glob("$directory/*/*"));
array_map('rmdir', [...glob("$directory/*"), $directory]);
$store = Store::redis('redis://:TOP-SECRET@h');
ob_start();
var_dump($store);
$tap->ok(!str_contains(ob_get_clean() . print_r($store, true) . json_encode($store), 'TOP-SECRET'), "a store's password is not shown");
$tap->ok(thrown(InvalidArgumentException::class, fn () => new Client(store: Store::file('relative'))) &&
         thrown(InvalidArgumentException::class, fn () => new Client(store: $store, timeout_ms: -1)) &&
         thrown(\TypeError::class, fn () => new Client(store: 'redis://h')) &&
         thrown(\ValueError::class, fn () => Store::file("/a\0b")) && thrown(\Error::class, fn () => new Store()), 'what is no store');

// ---- Clients that are kept ------------------------------------------------------------------------

$tokens = [];
foreach ([[], [], ['timeout_ms' => 20000], ['event' => function ($event) use (&$events) { $events[] = $event; }], []] as $more) {
    $client = Client::persistent(...$more, ca_file: getenv('SPAY_CA_FILE'));
    $tokens[] = (new HostedFields($client, ...$fields))->createSession(...$payment)->info->token_requests;
    $client->close();
    unset($client);
}
$tap->equal($tokens, [1, 0, 1, 1, 0], 'a client that is kept has its accounts and their bearer tokens, one for each set of options');
$events = [];
$other = Client::persistent(ca_file: getenv('SPAY_CA_FILE'), event: function () use (&$tokens) { $tokens = 'mine'; });
(new HostedFields($other, ...$fields))->createSession(...$payment);
$tap->ok($events === [] && $tokens === 'mine', 'hooks are those of the object that makes the call');

// ---- The package ----------------------------------------------------------------------------------

$stub = json_decode(shell_exec(PHP_BINARY . ' -n ' . escapeshellarg(__DIR__ . '/signatures.php') . ' ' .
                               escapeshellarg(__DIR__ . '/../sessionpay.stub.php')), true);
$different = [];
foreach ($stub as $class => $declared) {
    $found = json_decode(json_encode(signatures_of($class)), true);
    if (!$is_extension) { // there are more that are internal
        $found['methods'] = array_intersect_key($found['methods'], $declared['methods']);
    }
    $different += $found == $declared ? [] : [$class => [$found, $declared]];
}
$tap->ok($different === [] && count($stub) > 40, 'the stub declares what there is', $different);
$tap->ok(preg_match('/^\d+\.\d+\.\d+$/', \SessionPay\libraryVersion()) === 1, 'the version of the library');
if ($is_extension) {
    $tap->equal(phpversion('sessionpay'), \SessionPay\libraryVersion(), 'is that of the extension');
}
$root = dirname(__DIR__, 3);
foreach (is_dir("$root/share") ? ['stub' => 'sessionpay.stub.php', 'header' => 'src/generated.h', 'source' => 'src/generated.c', 'ffi' => 'ffi/generated.php'] : [] as $form => $file) {
    $made = shell_exec("python3 -B $root/bindings/php/generate.py $root/share/sessionpay.api.json $form");
    $tap->ok($made === file_get_contents(__DIR__ . '/../' . $file), "$file is what generate.py makes");
}
$tap->done();
