<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * Plays the conformance cases; ../../conformance/README.md has their format.
 *
 * usage: sessionpay-sandbox -- php conformance.php JOURNAL defaults.json cases.json...
 */

declare(strict_types=1);

require __DIR__ . '/support.php';

const CLASSES = ['wepay' => SessionPay\WePay::class, 'hosted_fields' => SessionPay\HostedFields::class,
                 'connect_server' => SessionPay\ConnectServer::class, 'connect_client' => SessionPay\ConnectClient::class];

// ---- Values ---------------------------------------------------------------------------------------

/** A JSON Merge Patch, of objects as stdClass. */
function merged(?object $base, ?object $patch): object
{
    $made = clone ($base ?? new stdClass());
    foreach ($patch ?? [] as $name => $value) {
        if ($value === null) {
            unset($made->$name);
        } else {
            $made->$name = is_object($value) && is_object($made->$name ?? null) ? merged($made->$name, $value) : $value;
        }
    }
    return $made;
}

function matches(mixed $expected, mixed $got, mixed $before): bool
{
    if ($expected === '$SAME') {
        return $got === $before;
    }
    if ($expected === '$SOME') {
        return is_string($got) && $got !== '';
    }
    if (is_object($expected)) {
        foreach ($expected as $name => $value) {
            if (!is_array($got) || !matches($value, $got[$name] ?? null, is_array($before) ? $before[$name] ?? null : null)) {
                return false;
            }
        }
        return true;
    }
    if (is_array($expected)) {
        foreach ($expected as $index => $value) {
            if (!matches($value, $got[$index] ?? null, null)) {
                return false;
            }
        }
        return count($expected) === count($got);
    }
    return $expected === $got;
}

/** A session or an error as the cases have it. */
function plain(mixed $value): mixed
{
    if ($value instanceof SessionPay\Exception) {
        $shown = ['message' => $value->getMessage()];
        foreach ((new ReflectionClass(SessionPay\Exception::class))->getProperties(ReflectionProperty::IS_PUBLIC) as $one) {
            $shown[$one->name] = plain($value->{$one->name});
        }
        return ['status' => $value->name, 'fields' => $shown['field_errors'], 'retry_after_ms' => $value->retry_after_ms ?? -1] + $shown;
    }
    if (is_object($value)) {
        $shown = [];
        foreach ((new ReflectionObject($value))->getProperties(ReflectionProperty::IS_PUBLIC) as $one) {
            $shown[$one->name] = plain($value->{$one->name});
        }
        return $shown;
    }
    return is_array($value) ? array_map(plain(...), $value) : $value;
}

/**
 * Runs a call, and cancels it when the sandbox has received so many requests: another process sees that, and
 * sends a signal, whose handler runs while the call waits.
 */
function canceled(int $after, Closure $call): object|array
{
    $cancel = new SessionPay\Cancel();
    if ($after === 0) {
        $cancel->cancel();
        return $call($cancel);
    }
    pcntl_signal(SIGUSR1, fn () => $cancel->cancel());
    $child = pcntl_fork();
    if ($child === 0) {
        while (count(sandbox('requests', null)->requests) < $after) {
        }
        posix_kill(posix_getppid(), SIGUSR1);
        posix_kill(getmypid(), SIGKILL);
    }
    try {
        return $call($cancel);
    } finally {
        posix_kill($child, SIGKILL);
        pcntl_waitpid($child, $status);
        pcntl_signal(SIGUSR1, SIG_DFL);
    }
}

// ---- Cases ----------------------------------------------------------------------------------------

final class Play
{
    public array $result = [];
    private array $accounts = [];
    private ?SessionPay\ConnectServerSession $server_session = null;
    private SessionPay\Client $client;

    public function __construct(private object $defaults, private object $case)
    {
        $this->client = new SessionPay\Client(...$this->described('client', 'options', $case->client ?? null));
    }

    private function described(string $provider, string $kind, ?object $patch): array
    {
        return $this->resolved(merged($this->defaults->$provider->$kind ?? null, $patch));
    }

    private function resolved(mixed $value): mixed
    {
        if (is_object($value) || is_array($value)) {
            return array_map($this->resolved(...), (array)$value);
        }
        if (!is_string($value) || !str_starts_with($value, '$')) {
            return $value;
        }
        $name = substr($value, 1);
        if (str_starts_with($name, 'SPAY_')) {
            return getenv($name);
        }
        $known = $this->result['session'] ?? $this->result['error'];
        return $known[$name] ?? $known['info'][$name];
    }

    private function account(string $provider): object
    {
        if (!isset($this->accounts[$provider])) {
            $patch = $this->case->options->$provider ?? null;
            $this->accounts[$provider] = $provider === 'connect_client' && $patch === null
                ? SessionPay\ConnectClient::fromSession($this->accounts['connect_server'], $this->server_session)
                : new (CLASSES[$provider])($this->client, ...$this->described($provider, 'options', $patch));
        }
        return $this->accounts[$provider];
    }

    private function request(string $provider, ?object $patch): array
    {
        $request = $this->described($provider, 'request', $patch);
        foreach (['exclude', 'restrict_to'] as $name) {
            if (isset($request[$name])) {
                $request[$name] = new SessionPay\ConnectServerFilter(...$request[$name]);
            }
        }
        return $request;
    }

    private function created(string $provider, object $step): object
    {
        $call = $this->described('call', 'options', $step->call ?? null);
        $run = fn (Closure $create) => isset($step->cancel) ? canceled($step->cancel, $create) : $create(null);
        if ($provider === 'apple_pay') {
            $server = new SessionPay\ConnectServerSessionRequest(...$this->request('connect_server', $step->server_request ?? null));
            $call += $this->request('connect_client', $step->request ?? null);
            $account = $this->account('connect_server');
            [$this->server_session, $session] = $run(fn ($cancel) => $account->createApplePaySession(
                ...$call, server_request: $server, cancel: $cancel));
            return $session;
        }
        $account = $this->account($provider);
        $call += $this->request($provider, $step->request ?? null);
        $session = $run(fn ($cancel) => $account->createSession(...$call, cancel: $cancel));
        if ($provider === 'connect_server') {
            $this->server_session = $session;
        }
        return $session;
    }

    private function step(object $step): bool
    {
        if (isset($step->faults)) {
            sandbox('faults', json_encode($step->faults));
        }
        foreach (['expire', 'release'] as $what) {
            if ($step->$what ?? false) {
                sandbox($what);
            }
        }
        $before = $this->result;
        try {
            $this->result = ['session' => plain($this->created($step->provider ?? $this->case->provider, $step))];
        } catch (SessionPay\Exception $error) {
            $this->server_session = $error->server_session ?? $this->server_session;
            $this->result = ['error' => plain($error)];
        }
        return matches($step->expect, $this->result, $before);
    }

    public function run(): bool
    {
        foreach ($this->case->steps as $step) {
            if (!$this->step($step)) {
                return false;
            }
        }
        $this->client->close();
        return true;
    }
}

pcntl_async_signals(true);
$tap = new Tap();
[, $journal_path, $defaults_path] = $argv;
$defaults = json_decode(file_get_contents($defaults_path), false, 512, JSON_THROW_ON_ERROR);
$journal = fopen($journal_path, 'wb');
foreach (array_slice($argv, 3) as $path) {
    foreach (json_decode(file_get_contents($path), false, 512, JSON_THROW_ON_ERROR) as $case) {
        sandbox('reset');
        $play = new Play($defaults, $case);
        $tap->ok($play->run(), $case->name, $play->result);
        fwrite($journal, json_encode(['case' => $case->name, 'requests' => sandbox('requests', null)->requests]) . "\n");
    }
}
$tap->done();
