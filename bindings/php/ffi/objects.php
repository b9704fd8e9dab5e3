<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * What the classes of generated.php do.
 */

declare(strict_types=1);

namespace SessionPay\Native;

use FFI;
use FFI\CData;
use SessionPay\Cancel;
use SessionPay\Client;
use SessionPay\ConnectServer;
use SessionPay\ConnectServerSession;
use SessionPay\Mock;
use SessionPay\Store;

trait Unserializable
{
    public function __serialize(): array
    {
        throw new \Exception("Serialization of '" . static::class . "' is not allowed");
    }

    public function __unserialize(array $data): void
    {
        throw new \Exception("Unserialization of '" . static::class . "' is not allowed");
    }
}

/** A session, an event: what the library has made. */
trait Value
{
    use Unserializable;

    private function __clone()
    {
    }

    private function set(#[\SensitiveParameter] array $values): void
    {
        foreach ($values as $name => $value) {
            $this->$name = $value;
        }
    }

    public function __debugInfo(): array
    {
        return array_diff_key(get_object_vars($this), array_flip(self::SECRET));
    }

    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}

trait Expiring
{
    public function expiresInMs(int $margin_ms = 0): ?int
    {
        $now = (int)(microtime(true) * 1000);
        return $this->expires_at_ms === -1 ? null : max(0, $this->expires_at_ms - $now - $margin_ms);
    }
}

trait Failure
{
    use Unserializable;

    private function make(string $message, #[\SensitiveParameter] array $members, ?\Throwable $previous): void
    {
        parent::__construct($message, static::STATUS, $previous);
        $this->set(['name' => Library::text('spay_status_name', static::STATUS), 'status' => static::STATUS] + $members);
    }

    /** @internal */
    public function fromNative(string $message, #[\SensitiveParameter] array $members): void
    {
        parent::__construct($message, $members['status']);
        $this->set($members);
    }

    private function set(#[\SensitiveParameter] array $members): void
    {
        foreach ($members as $name => $value) {
            $this->$name = $value;
        }
    }

    public function __debugInfo(): array
    {
        return array_diff_key(get_object_vars($this), ['body' => 1]);
    }

    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}

/** An object that holds something of the library. */
trait Holder
{
    use Unserializable;

    private function __clone()
    {
    }

    public function __debugInfo(): array
    {
        return [];
    }
}

// ---- A call that is running -----------------------------------------------------------------------

/** Nothing that a hook throws may leave through the library: it waits here until the call has ended. */
final class Frame
{
    private const TURN_MS = 50;

    public static ?Frame $current = null;
    private static ?CData $functions = null;
    public ?\Throwable $thrown = null;

    /** @param array<string, ?callable> $hooks */
    public function __construct(private Engine $engine, private array $hooks, private mixed $call_ctx)
    {
    }

    /** The hooks that are set, as functions of C: made once, since PHP frees them at the end of the request only. */
    public static function setHooks(CData $options, array $hooks): void
    {
        if (self::$functions === null) {
            $made = Library::ffi()->new('spay_client_options');
            $made->log = static function ($ctx, $level, $line): void {
                self::hook('log', fn () => [$level, $line]);
            };
            $made->event = static function ($ctx, $event): void {
                self::hook('event', fn (Frame $frame) => [Values::show('spay_event', $event, $frame->call_ctx)]);
            };
            $made->before_send = static fn ($ctx, $record): int => self::hook('before_send',
                fn (Frame $frame) => [Values::show('spay_send_record', $record, $frame->call_ctx)])
                ? 0 : Library::ffi()->SPAY_E_CANCELED;
            self::$functions = $made;
        }
        foreach (array_keys(array_filter($hooks)) as $name) {
            $options->$name = self::$functions->$name;
        }
    }

    /** false: the call had better end. */
    private static function hook(string $name, \Closure $arguments): bool
    {
        $frame = self::$current;
        if (!isset($frame->hooks[$name])) {
            return true;
        }
        try {
            $refused = ($frame->hooks[$name])(...$arguments($frame)) === false;
        } catch (\Throwable $thrown) {
            $frame->keep($thrown);
        }
        return $frame->thrown === null && !$refused;
    }

    private function keep(\Throwable $thrown): void
    {
        $this->thrown = self::chained($thrown, $this->thrown);
    }

    /** The first of the previous exceptions becomes another. */
    public static function chained(\Throwable $thrown, ?\Throwable $first): \Throwable
    {
        for ($last = $thrown; $first !== null && $last->getPrevious() !== null; $last = $last->getPrevious()) {
        }
        if ($first !== null && $last !== $first) {
            $class = $last instanceof \Exception ? \Exception::class : \Error::class;
            (new \ReflectionProperty($class, 'previous'))->setValue($last, $first);
        }
        return $thrown;
    }

    /** Runs what calls hooks; then throws what they threw, in place of the result. */
    public function run(\Closure $function): mixed
    {
        self::$current = $this;
        try {
            $result = $function($this);
        } catch (\SessionPay\Exception $error) {
        } finally {
            self::$current = null;
        }
        if ($this->thrown !== null) {
            throw self::chained($this->thrown, $error ?? null);
        }
        return isset($error) ? throw $error : $result;
    }

    /** The handlers of signals run between two turns. */
    public function perform(CData $call, ?Cancel $cancel): void
    {
        $ffi = Library::ffi();
        $multi = $cancel ? $this->engine->multi() : null;
        $cancel?->begin($call);
        if ($multi === null || $ffi->spay_multi_add($multi, $call, null, null) !== 0) {
            $this->block(static fn () => $ffi->spay_call_perform($call, null));
        }
        while ($multi !== null && $ffi->spay_multi_pending($multi) > 0) {
            $this->block(static fn () => $ffi->spay_multi_poll($multi, self::TURN_MS));
            if ($this->thrown !== null) {
                $ffi->spay_call_cancel($call);
            }
        }
        if ($multi !== null) {
            $ffi->spay_multi_next($multi);
        }
        $cancel?->end();
    }

    /** The handlers of signals run after it: PHP 8.4 would run them within, and crash. */
    private function block(\Closure $function): void
    {
        $is_async = function_exists('pcntl_async_signals') && pcntl_async_signals(false);
        $function();
        if ($is_async) {
            pcntl_async_signals(true);
            try {
                pcntl_signal_dispatch();
            } catch (\Throwable $thrown) {
                $this->keep($thrown);
            }
        }
    }
}

/** Client sessions, for ConnectClient::fromSession(). */
abstract class Sessions
{
    /** @var ?\WeakMap<ConnectServerSession, Owned> */
    private static ?\WeakMap $made = null;

    public static function show(string $provider, CData $made): object
    {
        $struct = "spay_{$provider}_session";
        $owned = new Owned($made, $struct . '_free');
        $session = Values::show($struct, $made);
        if ($session instanceof ConnectServerSession) {
            self::$made ??= new \WeakMap();
            self::$made[$session] = $owned;
        }
        return $session;
    }

    public static function pointer(ConnectServerSession $session): CData
    {
        return self::$made[$session]->pointer;
    }
}

// ---- Clients and accounts -------------------------------------------------------------------------

/** A client of the library, with what belongs to it, shared by the objects that use it. */
final class Engine
{
    /** Beyond that the oldest goes, as soon as no object uses it. */
    private const KEPT_ENGINES = 16;
    private const KEPT_ACCOUNTS = 1024;

    /** @var array<string, Engine> those that are kept */
    private static array $kept = [];
    public readonly Owned $client;
    private ?Owned $multi = null;
    private int $multi_owner = 0;
    /** @var ?array<string, Owned> accounts that are kept with it */
    private ?array $accounts = null;

    public function __construct(#[\SensitiveParameter] array $options, array $hooks, private ?Owned $mock, ?Store $store)
    {
        $filled = new Filled('spay_client_options', $options);
        Frame::setHooks($filled->struct, $hooks);
        if ($mock !== null) {
            $filled->struct->transport = Library::ffi()->spay_mock_transport($mock->pointer);
            $filled->struct->platform = Library::ffi()->spay_mock_platform($mock->pointer);
        }
        $this->client = new Owned(self::client($filled, $store?->table()), 'spay_client_free', $mock);
    }

    /** It takes over the store, unless it cannot be made. */
    private static function client(Filled $filled, ?CData $table): CData
    {
        $filled->struct->store = $table === null ? null : FFI::addr($table);
        try {
            return Library::made('spay_client_new', 'spay_client', FFI::addr($filled->struct));
        } catch (\SessionPay\Exception $failure) {
            if ($table !== null) {
                ($table->destroy)($table->ctx);
            }
            throw $failure;
        }
    }

    /** The same for all who ask with the same options and hooks, until the request ends. */
    public static function kept(#[\SensitiveParameter] array $options, array $hooks, ?Store $store): self
    {
        $key = hash('sha256', serialize([$options, array_keys(array_filter($hooks)), $store?->values()]));
        if (!isset(self::$kept[$key])) {
            self::$kept = array_slice(self::$kept, 1 - self::KEPT_ENGINES, null, true);
            self::$kept[$key] = new self($options, $hooks, null, $store);
            self::$kept[$key]->accounts = [];
        }
        return self::$kept[$key];
    }

    public function account(string $provider, #[\SensitiveParameter] array $options): Owned
    {
        if ($this->accounts === null || $provider === 'connect_client' || isset($options['bearer_token'])) {
            return $this->make($provider, $options);
        }
        $key = hash('sha256', serialize([$provider, $options]));
        if (!isset($this->accounts[$key])) {
            $made = $this->make($provider, $options);
            $this->accounts = array_slice($this->accounts, 1 - self::KEPT_ACCOUNTS, null, true) + [$key => $made];
        }
        return $this->accounts[$key];
    }

    private function make(string $provider, #[\SensitiveParameter] array $options): Owned
    {
        $filled = new Filled("spay_{$provider}_options", $options);
        return new Owned(Library::made("spay_{$provider}_new", "spay_$provider", $this->client->pointer,
                                       FFI::addr($filled->struct)), "spay_{$provider}_free", $this->client);
    }

    /** Its driver; null if it cannot have one. The parent's belongs to the parent. */
    public function multi(): ?CData
    {
        if ($this->mock === null && ($this->multi === null || $this->multi_owner !== getmypid())) {
            static $others = [];
            $others[] = $this->multi;
            $this->multi = new Owned(Library::made('spay_multi_new', 'spay_multi', $this->client->pointer, null),
                                     'spay_multi_free', $this->client);
            $this->multi_owner = getmypid();
        }
        return $this->multi?->pointer;
    }
}

trait ClientMethods
{
    use Holder;

    private ?Engine $engine = null;
    private bool $is_closed = false;
    /** @var array<string, ?callable> */
    private array $hooks = [];

    private function open(#[\SensitiveParameter] array $options, ?callable $log, ?callable $event,
                          ?callable $before_send, ?Mock $transport, ?Store $store): void
    {
        self::check();
        if ($this->engine !== null || $this->is_closed) {
            throw new \Error('The client has been constructed already');
        }
        $this->hooks = ['log' => $log, 'event' => $event, 'before_send' => $before_send];
        $this->engine = new Engine($options, $this->hooks, $transport?->native(), $store);
    }

    private static function check(): void
    {
        if (Frame::$current !== null) {
            throw new \Error('A hook cannot make a client');
        }
    }

    private static function kept(#[\SensitiveParameter] array $options, ?callable $log, ?callable $event,
                                 ?callable $before_send, ?Store $store): Client
    {
        self::check();
        $client = (new \ReflectionClass(Client::class))->newInstanceWithoutConstructor();
        $client->hooks = ['log' => $log, 'event' => $event, 'before_send' => $before_send];
        $client->engine = Engine::kept($options, $client->hooks, $store);
        return $client;
    }

    /** @internal */
    public function engine(): Engine
    {
        if (Frame::$current !== null) {
            throw new \Error('A hook cannot use the client that calls it, nor another');
        }
        return $this->engine ?? throw new \Error($this->is_closed ? 'The client is closed'
                                                                  : 'The client has not been constructed');
    }

    /** @internal */
    public function frame(mixed $call_ctx): Frame
    {
        return new Frame($this->engine(), $this->hooks, $call_ctx);
    }

    public function flightRecord(): string
    {
        $record = Library::ffi()->spay_client_flight_record($this->engine()->client->pointer);
        $text = FFI::string($record);
        Library::ffi()->spay_free($record);
        return $text;
    }

    public function dropConnections(): void
    {
        Library::ffi()->spay_client_drop_connections($this->engine()->client->pointer);
    }

    public function close(): void
    {
        if (!$this->is_closed) {
            $this->engine();
            $this->is_closed = true;
            $this->engine = null;
            $this->hooks = [];
        }
    }
}

trait AccountMethods
{
    use Holder;

    private ?Client $client = null;
    private ?Owned $account = null;

    private function open(Client $client, #[\SensitiveParameter] array $options): void
    {
        if ($this->account !== null) {
            throw new \Error('The account has been constructed already');
        }
        $this->account = $client->engine()->account(self::PROVIDER, $options);
        $this->client = $client;
    }

    /** @internal */
    public function client(): ?Client
    {
        return $this->client;
    }

    /** @internal */
    public function native(): Owned
    {
        ($this->client ?? throw new \Error('The account has not been constructed'))->engine();
        return $this->account;
    }

    private function create(#[\SensitiveParameter] array $request, array $options, mixed $call_ctx, ?Cancel $cancel): object
    {
        $account = $this->native()->pointer;
        $name = 'spay_' . self::PROVIDER . '_session';
        $filled = [new Filled($name . '_request', $request), new Filled('spay_call_options', $options)];
        return $this->client->frame($call_ctx)->run(function (Frame $frame) use ($account, $name, $filled, $cancel) {
            $call = new Owned(Library::made($name . '_call_new', 'spay_call', $account, FFI::addr($filled[0]->struct),
                                            FFI::addr($filled[1]->struct)), 'spay_call_free');
            $frame->perform($call->pointer, $cancel);
            return Sessions::show(self::PROVIDER, Library::made($name . '_from_call', $name, $call->pointer));
        });
    }

}

trait ApplePay
{
    private function createBoth(#[\SensitiveParameter] array $request, ?object $server_request, array $options,
                                mixed $call_ctx, ?Cancel $cancel): array
    {
        $account = $this->native()->pointer;
        $filled = [new Filled('spay_connect_server_session_request', $server_request ? get_object_vars($server_request) : []),
                   new Filled('spay_connect_client_session_request', $request), new Filled('spay_call_options', $options)];
        return $this->client->frame($call_ctx)->run(function (Frame $frame) use ($account, $filled, $cancel) {
            $structs = array_map(static fn (Filled $one) => FFI::addr($one->struct), $filled);
            $call = new Owned(Library::made('spay_connect_apple_pay_session_call_new', 'spay_call', $account, ...$structs),
                              'spay_call_free');
            $frame->perform($call->pointer, $cancel);
            return self::takeBoth($call->pointer);
        });
    }

    private static function takeBoth(CData $call): array
    {
        $ffi = Library::ffi();
        $first = $ffi->new('spay_connect_server_session *');
        $second = $ffi->new('spay_connect_client_session *');
        $error = $ffi->new('spay_error *');
        $status = $ffi->spay_connect_apple_pay_session_from_call($call, FFI::addr($first), FFI::addr($second), FFI::addr($error));
        $server = FFI::isNull($first) ? null : Sessions::show('connect_server', $first);
        if ($status !== 0) {
            throw Failures::of($error, $server);
        }
        return [$server, Sessions::show('connect_client', $second)];
    }
}

trait FromSession
{
    public static function fromSession(ConnectServer $server, ConnectServerSession $session): \SessionPay\ConnectClient
    {
        $account = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $owner = $server->native();
        $account->client = $server->client();
        $account->account = new Owned(Library::made('spay_connect_client_from_session', 'spay_connect_client',
                                                    $owner->pointer, Sessions::pointer($session)),
                                      'spay_connect_client_free', $owner);
        return $account;
    }
}

trait BearerToken
{
    public function setBearerToken(#[\SensitiveParameter] string $bearer_token): void
    {
        $error = Library::ffi()->new('spay_error *');
        if (Library::ffi()->spay_hosted_fields_set_bearer_token($this->native()->pointer, $bearer_token, FFI::addr($error)) !== 0) {
            throw Failures::of($error);
        }
    }
}

// ---- Cancel and Mock ------------------------------------------------------------------------------

trait StoreMethods
{
    use Holder;

    /** A name and options; a closure, so that nothing shows them. */
    private \Closure $values;

    private static function of(string $adapter, #[\SensitiveParameter] array $options): self
    {
        Library::adapter($adapter); // so that it is told here if it is missing
        foreach ($options as $name => $value) {
            if (is_string($value) && str_contains($value, "\0")) {
                throw new \ValueError("Argument (\$$name) must not contain any null bytes");
            }
        }
        $made = new self();
        $made->values = static fn (): array => [$adapter, $options];
        return $made;
    }

    /** @internal */
    public function values(): array
    {
        return ($this->values)();
    }

    /** @internal a spay_store, to be taken over by a client */
    public function table(): CData
    {
        [$adapter, $options] = $this->values();
        $filled = new Filled("spay_{$adapter}_options", $options, Library::adapter($adapter));
        $table = Library::ffi()->new('spay_store');
        $error = Library::ffi()->new('spay_error *');
        Library::ffi()->spay_store_init(FFI::addr($table), FFI::sizeof($table));
        $ffi = Library::adapter($adapter);
        if ($ffi->{"spay_{$adapter}_store_new"}(FFI::addr($filled->struct), $ffi->cast('spay_store *', FFI::addr($table)),
                                                $ffi->cast('spay_error **', FFI::addr($error))) !== 0) {
            throw Failures::of($error);
        }
        return $table;
    }
}

trait CancelMethods
{
    use Holder;

    private bool $is_canceled = false;
    private ?CData $call = null;

    public function __construct()
    {
    }

    public function cancel(): void
    {
        $this->is_canceled = true;
        Library::ffi()->spay_call_cancel($this->call);
    }

    /** @internal */
    public function begin(CData $call): void
    {
        $this->call = $call;
        if ($this->is_canceled) {
            Library::ffi()->spay_call_cancel($call);
        }
    }

    /** @internal */
    public function end(): void
    {
        $this->call = null;
    }
}

trait MockMethods
{
    use Holder;

    private Owned $mock;

    public function __construct()
    {
        if (isset($this->mock)) {
            throw new \Error('The mock has been constructed already');
        }
        $this->mock = new Owned(Library::made('spay_mock_new', 'spay_mock'), 'spay_mock_free');
    }

    /** @internal */
    public function native(): Owned
    {
        return $this->mock;
    }

    private static function accepted(int $status, string $what): void
    {
        if ($status !== 0) {
            throw new \ValueError("$what is not accepted: " . Library::text('spay_status_text', $status));
        }
    }

    public function reply(int $http_status, string $body = '', ?array $headers = null): void
    {
        $lines = null;
        foreach (Values::elements('headers', 'string', $headers) ?? [] as $name => $value) {
            $lines .= "$name: $value\n";
        }
        self::accepted(Library::ffi()->spay_mock_reply($this->mock->pointer, $http_status, $lines, $body, strlen($body)), 'reply');
    }

    public function fail(int $status, bool $sent): void
    {
        $ffi = Library::ffi();
        self::accepted($ffi->spay_mock_fail($this->mock->pointer, $status, $sent ? $ffi->SPAY_YES : $ffi->SPAY_NO), 'failure');
    }

    public function setLatency(int $duration_ms): void
    {
        Library::ffi()->spay_mock_set_latency($this->mock->pointer, $duration_ms);
    }

    public function advance(int $duration_ms): void
    {
        Library::ffi()->spay_mock_advance($this->mock->pointer, $duration_ms);
    }

    public function setWall(int $unix_ms): void
    {
        Library::ffi()->spay_mock_set_wall($this->mock->pointer, $unix_ms);
    }

    public function nowMs(): int
    {
        return Library::ffi()->spay_mock_now_ms($this->mock->pointer);
    }

    public function requests(): array
    {
        $count = Library::ffi()->spay_mock_request_count($this->mock->pointer);
        return array_map($this->request(...), $count ? range(0, $count - 1) : []);
    }

    private function request(int $index): \SessionPay\MockRequest
    {
        $ffi = Library::ffi();
        $mock = $this->mock->pointer;
        $length = $ffi->new('size_t');
        $body = $ffi->spay_mock_request_body($mock, $index, FFI::addr($length));
        $lines = explode("\n", rtrim(Library::text('spay_mock_request_headers', $mock, $index), "\n"));
        return Values::make(\SessionPay\MockRequest::class, [
            'method' => Library::text('spay_mock_request_method', $mock, $index),
            'url' => Library::text('spay_mock_request_url', $mock, $index),
            'headers' => array_map(static fn (string $line) => explode(': ', $line, 2), $lines),
            'body' => FFI::string($body, $length->cdata), 'at_ms' => $ffi->spay_mock_request_at_ms($mock, $index)]);
    }
}
