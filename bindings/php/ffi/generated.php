<?php

// Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT

namespace SessionPay;

/** The statuses. */
abstract class Status
{
    public const OK = 0;
    public const INVALID_ARGUMENT = -1;
    public const STATE = -2;
    public const UNSUPPORTED = -3;
    public const NO_MEMORY = -4;
    public const AUTH = -10;
    public const FORBIDDEN = -11;
    public const CLOCK = -12;
    public const TLS = -13;
    public const PROXY = -14;
    public const REJECTED = -20;
    public const NOT_FOUND = -21;
    public const CONFLICT = -22;
    public const EXPIRED = -23;
    public const CONNECT = -30;
    public const NETWORK = -31;
    public const TIMEOUT = -32;
    public const THROTTLED = -33;
    public const PROVIDER = -34;
    public const CANCELED = -35;
    public const BUSY = -36;
    public const PROTOCOL = -40;
    public const LIMIT = -41;
    public const INTERNAL = -42;
}

/** What the caller does next: the groups of statuses above. */
abstract class Group
{
    public const NONE = 0;
    public const PROGRAM = 1;
    public const SETUP = 2;
    public const REQUEST = 3;
    public const LATER = 4;
    public const SUPPORT = 5;
}

/**
 * What a failed call means at the provider. It is about the whole call: if any attempt may have
 * taken effect, so may the call.
 */
abstract class Outcome
{
    public const NOT_SENT = 1;
    public const REJECTED = 2;
    public const UNKNOWN = 3;
}

/** The step in which a call failed. */
abstract class Stage
{
    public const INPUT = 1;
    public const TOKEN = 2;
    public const REQUEST = 3;
    public const REPLY = 4;
}

/** The providers, as they appear in errors and sessions. */
abstract class Provider
{
    public const NONE = 0;
    public const WEPAY = 1;
    public const HOSTED_FIELDS = 2;
    public const CONNECT_SERVER = 3;
    public const CONNECT_CLIENT = 4;
}

/** What an event is about. */
abstract class EventType
{
    public const ATTEMPT = 1;
    public const CALL = 2;
    public const STORE = 3;
}

/** What the library does after an attempt. */
abstract class Decision
{
    public const SUCCEED = 1;
    public const GIVE_UP = 2;
    public const RETRY = 3;
    public const RESEND = 4;
    public const RENEW_TOKEN = 5;
    public const CORRECT_CLOCK = 6;
}

/** Which of a provider's systems an account talks to. Some providers add values of their own. */
abstract class Environment
{
    public const TEST = 1;
    public const PRODUCTION = 2;
}

/** What is logged. Each level includes those before it. */
abstract class LogLevel
{
    public const DEFAULT = 0;
    public const ERROR = 1;
    public const INFO = 2;
    public const DEBUG = 3;
    public const TRACE = 4;
}

/** Remarks about a session that is valid nevertheless; bits of `warnings`. */
abstract class SessionWarning
{
    public const ACCOUNT_DIFFERS = 1;
    public const STATE = 2;
    public const INVALID_TOKENS = 4;
    public const EXPIRY_ASSUMED = 8;
    public const MEMBER_IGNORED = 16;
    public const CLOCK_CORRECTED = 32;
}

/**
 * Environments beyond Environment::TEST, which is PREPROD_WORLD, and Environment::PRODUCTION,
 * which is PRODUCTION_WORLD. {connect} stands for connect.worldline-solutions.com.
 */
abstract class ConnectEnvironment
{
    public const PRODUCTION_WORLD = 101;
    public const PRODUCTION_EUROPE = 102;
    public const PRODUCTION_INDIA = 103;
    public const PREPROD_WORLD = 111;
    public const PREPROD_EUROPE = 112;
    public const PREPROD_INDIA = 113;
    public const SANDBOX = 121;
}

/** The payment product of Apple Pay. */
abstract class ConnectProduct
{
    public const APPLE_PAY = 302;
}

/** JSON `state`. */
abstract class WePayState
{
    public const UNKNOWN = 0;
    public const ACTIVE = 1;
    public const DELETED = 2;
}

/** JSON `type`. */
abstract class WePayType
{
    public const UNKNOWN = 0;
    public const MOBILE_SESSION = 1;
}

/**
 * A call failed, or an argument is not accepted. `outcome` is "not_sent", "rejected" or
 * "unknown": with the last, repeat the call with `idempotency_key`. The members are explained in
 * error.h. Make one with new ThrottledException(outcome: 'unknown') to test what handles it.
 */
class Exception extends \RuntimeException implements \JsonSerializable
{
    public const STATUS = -42;
    /** Of the status. */
    public readonly string $name;
    /** One of Status. */
    public readonly int $status;
    public readonly string $reason;
    public readonly int $stage;
    public readonly string $provider;
    public readonly string $provider_code;
    public readonly int $http_status;
    public readonly string $request_id;
    public readonly int $attempts;
    public readonly int $requests_sent;
    public readonly int $elapsed_ms;
    public readonly bool $retryable;
    public readonly ?int $retry_after_ms;
    public readonly string $outcome;
    public readonly string $idempotency_key;
    /** @var list<FieldError> */
    public readonly array $field_errors;
    public readonly string $body;
    public readonly ?ConnectServerSession $server_session;
    use Native\Failure;

    public function __construct(
        string $message = '',
        string $reason = '',
        int $stage = 0,
        string $provider = 'none',
        string $provider_code = '',
        int $http_status = 0,
        string $request_id = '',
        int $attempts = 0,
        int $requests_sent = 0,
        int $elapsed_ms = 0,
        bool $retryable = false,
        ?int $retry_after_ms = null,
        string $outcome = 'not_sent',
        string $idempotency_key = '',
        array $field_errors = [],
        #[\SensitiveParameter] string $body = '',
        ?ConnectServerSession $server_session = null,
        ?\Throwable $previous = null,
    ) {
        $this->make($message, [
                'reason' => $reason,
                'stage' => $stage,
                'provider' => $provider,
                'provider_code' => $provider_code,
                'http_status' => $http_status,
                'request_id' => $request_id,
                'attempts' => $attempts,
                'requests_sent' => $requests_sent,
                'elapsed_ms' => $elapsed_ms,
                'retryable' => $retryable,
                'retry_after_ms' => $retry_after_ms,
                'outcome' => $outcome,
                'idempotency_key' => $idempotency_key,
                'field_errors' => $field_errors,
                'body' => $body,
                'server_session' => $server_session,
            ], $previous);
    }
}

/** Errors of one group: what the caller does next. */
class ProgramException extends Exception
{
}

/** Errors of one group: what the caller does next. */
class SetupException extends Exception
{
}

/** Errors of one group: what the caller does next. */
class RequestException extends Exception
{
}

/** Errors of one group: what the caller does next. */
class LaterException extends Exception
{
}

/** Errors of one group: what the caller does next. */
class SupportException extends Exception
{
}

/** SPAY_E_INVALID_ARGUMENT. */
class InvalidArgumentException extends ProgramException
{
    public const STATUS = -1;
}

/** SPAY_E_STATE. */
class StateException extends ProgramException
{
    public const STATUS = -2;
}

/** SPAY_E_UNSUPPORTED. */
class UnsupportedException extends ProgramException
{
    public const STATUS = -3;
}

/** SPAY_E_NO_MEMORY. */
class NoMemoryException extends ProgramException
{
    public const STATUS = -4;
}

/** SPAY_E_AUTH. */
class AuthException extends SetupException
{
    public const STATUS = -10;
}

/** SPAY_E_FORBIDDEN. */
class ForbiddenException extends SetupException
{
    public const STATUS = -11;
}

/** SPAY_E_CLOCK. */
class ClockException extends SetupException
{
    public const STATUS = -12;
}

/** SPAY_E_TLS. */
class TlsException extends SetupException
{
    public const STATUS = -13;
}

/** SPAY_E_PROXY. */
class ProxyException extends SetupException
{
    public const STATUS = -14;
}

/** SPAY_E_REJECTED. */
class RejectedException extends RequestException
{
    public const STATUS = -20;
}

/** SPAY_E_NOT_FOUND. */
class NotFoundException extends RequestException
{
    public const STATUS = -21;
}

/** SPAY_E_CONFLICT. */
class ConflictException extends RequestException
{
    public const STATUS = -22;
}

/** SPAY_E_EXPIRED. */
class ExpiredException extends RequestException
{
    public const STATUS = -23;
}

/** SPAY_E_CONNECT. */
class ConnectException extends LaterException
{
    public const STATUS = -30;
}

/** SPAY_E_NETWORK. */
class NetworkException extends LaterException
{
    public const STATUS = -31;
}

/** SPAY_E_TIMEOUT. */
class TimeoutException extends LaterException
{
    public const STATUS = -32;
}

/** SPAY_E_THROTTLED. */
class ThrottledException extends LaterException
{
    public const STATUS = -33;
}

/** SPAY_E_PROVIDER. */
class ProviderException extends LaterException
{
    public const STATUS = -34;
}

/** SPAY_E_CANCELED. */
class CanceledException extends LaterException
{
    public const STATUS = -35;
}

/** SPAY_E_BUSY. */
class BusyException extends LaterException
{
    public const STATUS = -36;
}

/** SPAY_E_PROTOCOL. */
class ProtocolException extends SupportException
{
    public const STATUS = -40;
}

/** SPAY_E_LIMIT. */
class LimitException extends SupportException
{
    public const STATUS = -41;
}

/** SPAY_E_INTERNAL. */
class InternalException extends SupportException
{
    public const STATUS = -42;
}

/** Payment products and groups. Borrowed, as is the request that points to it. */
final readonly class ConnectServerFilter
{
    /** @var list<string>|null */
    public ?array $groups;
    /** @var list<int>|null */
    public ?array $products;
    use Native\Unserializable;

    /**
     * @param list<string>|null $groups JSON `groups`: no duplicates; the only group today is "cards".
     * @param list<int>|null $products JSON `products`: payment product ids, such as 302 for Apple Pay; > 0, no duplicates.
     */
    public function __construct(?array $groups = null, ?array $products = null)
    {
        $this->groups = Native\Values::elements('groups', 'string', $groups);
        $this->products = Native\Values::elements('products', 'int', $products);
    }
}

/** What to create; everything is optional. Borrowed until the function that takes it returns. */
final readonly class ConnectServerSessionRequest
{
    public ?ConnectServerFilter $exclude;
    public ?ConnectServerFilter $restrict_to;
    /** @var list<string>|null */
    public ?array $tokens;
    public ?string $client_meta_info;
    public ?string $extra_json;
    use Native\Unserializable;

    /**
     * @param null|ConnectServerFilter $exclude JSON `paymentProductFilters.exclude`: never offer these. null or empty leaves it out.
     * @param null|ConnectServerFilter $restrict_to JSON `paymentProductFilters.restrictTo`: offer at most these. null or empty leaves it out.
     * @param list<string>|null $tokens JSON `tokens`: the consumer's stored tokens, each 1-255 bytes without control characters.
     * @param null|string $client_meta_info Header `X-GCS-ClientMetaInfo`: a JSON object about the consumer's device, as the page gave it; the library encodes it. null leaves it out; at most 4096 bytes.
     * @param null|string $extra_json A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. null for none.
     */
    public function __construct(
        ?ConnectServerFilter $exclude = null,
        ?ConnectServerFilter $restrict_to = null,
        ?array $tokens = null,
        ?string $client_meta_info = null,
        ?string $extra_json = null,
    ) {
        $this->exclude = $exclude;
        $this->restrict_to = $restrict_to;
        $this->tokens = Native\Values::elements('tokens', 'string', $tokens);
        $this->client_meta_info = $client_meta_info;
        $this->extra_json = $extra_json;
    }
}

/**
 * An attempt or a call that has ended. Made by the library, valid only during the hook; new
 * members are added at the end. Times that are not known are -1.
 */
final readonly class Event implements \JsonSerializable
{
    /** EventType::... */
    public int $type;
    /** Provider::... */
    public int $provider;
    /** "session_create", or "token" for a request to the token endpoint. */
    public string $operation;
    /** Method and path template, without ids: "POST /v1/{merchantId}/sessions". */
    public string $route;
    /** Which attempt of its call, from 1; in a call's event, how many there were. */
    public int $attempt;
    /** How many attempts so far put bytes on the wire; for "token", how many token requests did. */
    public int $requests_sent;
    /** Status::OK or why it failed. */
    public int $status;
    /** Outcome::...; 0 for a success. */
    public int $outcome;
    /** Decision::...: what follows. */
    public int $decision;
    /** The HTTP status; 0 if there was no reply. */
    public int $http_status;
    /** How long the library waits before the next attempt, in ms. */
    public int $delay_ms;
    /** The wall clock at the end, UNIX time in ms. */
    public int $at_ms;
    /** How long the attempt, or the call, took, in ms. */
    public int $elapsed_ms;
    /** Until the host's name was resolved, in microseconds from the attempt's start. */
    public int $name_lookup_us;
    /** Until the connection was established; 0 if one was reused, -1 if it never stood. */
    public int $connect_us;
    /** Until TLS was ready; 0 if a connection was reused or has no TLS, -1 if it never was. */
    public int $tls_us;
    /** Until the first byte of the reply came. */
    public int $first_byte_us;
    /** Until the end of the reply. */
    public int $total_us;
    /** The idempotency key; "" if the call has none. */
    public string $idempotency_key;
    /** The provider's reference for support; "" if the reply had none. */
    public string $request_id;
    /**
     * How many bytes of the request were passed to the connection, before encryption; -1 if the
     * transport does not tell, or over HTTP/2, where requests share the connection.
     */
    public int $bytes_sent;
    /** How many bytes of the reply came, its header and framing included; -1 as above. */
    public int $bytes_received;
    /** What the error's reason says, see spay_error_reason(); "" for a success. */
    public string $reason;
    /** Stage::...; 0 for a success. */
    public int $stage;
    /** Host and port of the request, as in its URL. */
    public string $host;
    /**
     * How far a failed attempt got: "name_lookup", "connect", "proxy", "tls", "send", "wait"
     * (for the reply), "receive" or "reply" (it is complete); "" for a success.
     */
    public string $phase;
    /** The provider's own code, see spay_error_provider_code(); "" if there is none. */
    public string $provider_code;
    /** One line about the failure, see spay_error_message(); "" for a success. */
    public string $message;
    /** The host of `host` alone: a name, an IPv4 address, or an IPv6 address without brackets. */
    public string $server_host;
    /** The port, that of the scheme if the URL has none; 0 if there is no host. */
    public int $server_port;
    /** The version of HTTP that the reply came in: "1.0", "1.1", "2"; "" if it is not known. */
    public string $protocol_version;
    /** call_ctx of the call's options; null if it is not set, or there is no call yet. */
    public mixed $call_ctx;
    use Native\Value;

    private const SECRET = [];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/**
 * A request that is about to be sent. Made by the library, valid only during the hook; new
 * members are added at the end.
 */
final readonly class SendRecord implements \JsonSerializable
{
    /** Provider::... */
    public int $provider;
    /** Which attempt of its call, from 1. */
    public int $attempt;
    /** Method and path template, without ids. */
    public string $route;
    /** The idempotency key; "" if the call has none. */
    public string $idempotency_key;
    /** SHA-256 of the body, 64 lower-case hexadecimal digits: the same on every attempt. */
    public string $body_sha256;
    /** Length of the body in bytes. */
    public int $body_length;
    /** The wall clock, UNIX time in ms. */
    public int $at_ms;
    /** call_ctx of the call's options; null if it is not set. */
    public mixed $call_ctx;
    use Native\Value;

    private const SECRET = [];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/**
 * The provider-agnostic view of a session: the first member of every typed session. Made by the
 * library alone, read-only, valid as long as its session. New members are added at the end.
 */
final readonly class SessionInfo implements \JsonSerializable
{
    /** Who made the session: Provider::... */
    public int $provider;
    /** SessionWarning::... bits; 0 for none. */
    public int $warnings;
    /**
     * What the front end needs: wepay `session_token`, hosted_fields `token`, connect_server
     * `clientSessionId`, connect_client the merchant session object. A secret: never log it.
     */
    public string $value;
    /**
     * The session's identifier at the provider: wepay `id`, connect_server `customerId`; else
     * "".
     */
    public string $id;
    /**
     * When the session expires, UNIX time in milliseconds; -1 if unknown. Like all times that
     * the library computes, it is in this machine's clock, to be compared with it: what the
     * provider told is corrected by clock_offset_ms.
     */
    public int $expires_at_ms;
    /** The idempotency key that every attempt carried; "" if none was sent. */
    public string $idempotency_key;
    /** The provider's reference for support; "" if the reply had none. */
    public string $request_id;
    /** The HTTP status of the reply. */
    public int $http_status;
    /** How many attempts the call made, the successful one included. */
    public int $attempts;
    /** How many of them put bytes on the wire. */
    public int $requests_sent;
    /**
     * How many token requests the call made itself (hosted_fields); 0 if a cached token was
     * used.
     */
    public int $token_requests;
    /** Milliseconds from the start of the call to the session. */
    public int $elapsed_ms;
    /** The whole reply, byte for byte, NUL-terminated. It holds the secret. */
    public string $raw_json;
    /**
     * How much the provider's clock is ahead of this machine's, in milliseconds; negative if it
     * is behind. 0 if the difference is not known, or not more than a minute.
     */
    public int $clock_offset_ms;
    /**
     * true if another call with the same intent made the session, in this process or another,
     * and this one sent nothing; otherwise 0. Needs a store, see spay_client_options.
     */
    public bool $shared;
    use Native\Expiring;
    use Native\Value;

    private const SECRET = ['value', 'raw_json'];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** JSON `owner`. A member that the reply lacks or has as null is null. */
final readonly class WePayOwner implements \JsonSerializable
{
    /** JSON `owner.id`: for a mobile session, the merchant account. */
    public ?string $id;
    /** JSON `owner.path`, such as "/accounts/{id}". */
    public ?string $path;
    /** JSON `owner.resource`, such as "accounts". */
    public ?string $resource;
    use Native\Value;

    private const SECRET = [];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** A session token as WePay answered it. Text that the reply lacks or has as null is null. */
final readonly class WePaySession implements \JsonSerializable
{
    /** The provider-agnostic view; info->value is session_token. Never null. */
    public SessionInfo $info;
    /** JSON `id`: the session token's id as a resource. Never null or empty. */
    public string $id;
    /** JSON `session_token`: give it to the Card Present SDK. Never null or empty. */
    public string $session_token;
    /** JSON `expire_time`: UNIX time in seconds, as received. */
    public int $expire_time;
    /** JSON `create_time`: UNIX time in seconds, as received; -1 if absent. */
    public int $create_time;
    /** JSON `path`, relative to the base URL. */
    public ?string $path;
    /** JSON `resource`, "session_tokens". */
    public ?string $resource;
    /** JSON `owner`; null if absent. */
    public ?WePayOwner $owner;
    /** JSON `api_version`. */
    public ?string $api_version;
    /** JSON `state` as WePayState::... */
    public int $state;
    /** JSON `type` as WePayType::... */
    public int $type;
    /** JSON `state`, verbatim. */
    public ?string $state_text;
    /** JSON `type`, verbatim. */
    public ?string $type_text;
    /** JSON `mobile_session`; null if absent. */
    public ?WePayMobileSession $mobile_session;
    use Native\Value;

    private const SECRET = ['session_token'];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** A client session as Worldline answered it. Text that the reply lacks or has as null is null. */
final readonly class ConnectServerSession implements \JsonSerializable
{
    /**
     * The provider-agnostic view; info->value is client_session_id. info->expires_at_ms is two
     * hours, the documented lifetime, after the request began; for a key that is repeated, after
     * the first request with it. Never null.
     */
    public SessionInfo $info;
    /** JSON `clientSessionId`: authorizes the client API. Never null or empty. */
    public string $client_session_id;
    /** JSON `customerId`. Never null or empty. */
    public string $customer_id;
    /** JSON `clientApiUrl`: where the client API of this session lives. Never null or empty. */
    public string $client_api_url;
    /** JSON `assetUrl`: base of images and other assets. */
    public ?string $asset_url;
    /** JSON `region`, deprecated by Worldline. */
    public ?string $region;
    /**
     * JSON `invalidTokens`: those of the tokens that should be removed. null if there are none.
     * @var list<string>
     */
    public array $invalid_tokens;
    use Native\Value;

    private const SECRET = ['client_session_id'];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** Apple's merchant session, as Worldline answered it. */
final readonly class ConnectClientSession implements \JsonSerializable
{
    /**
     * The provider-agnostic view; info->value is session_object. info->expires_at_ms is five
     * minutes after the request began, the lifetime that Apple documents. Never null.
     */
    public SessionInfo $info;
    /**
     * JSON `paymentProductSession302SpecificOutput.sessionObject`: the text of a JSON object,
     * byte for byte, NUL-terminated. Send it to the page as it is, with content type
     * application/json; there, give the parsed object to completeMerchantValidation(). Use it
     * once.
     */
    public string $session_object;
    /** The payment product that was asked for. */
    public int $product_id;
    use Native\Value;

    private const SECRET = ['session_object'];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** A session as Payroc answered it. Text that the reply lacks or has as null is null. */
final readonly class HostedFieldsSession implements \JsonSerializable
{
    /** The provider-agnostic view; info->value is token. Never null. */
    public SessionInfo $info;
    /** JSON `token`: give it to the page, for one page load. Never null or empty. */
    public string $token;
    /** JSON `processingTerminalId`. */
    public ?string $processing_terminal_id;
    /** JSON `expiresAt`, ISO 8601 text as received. */
    public ?string $expires_at;
    /**
     * When the token expires, UNIX time in milliseconds of this machine's clock, as
     * info->expires_at_ms: `expiresAt`, or 10 minutes after receipt if the reply has none that
     * can be read (then info->warnings says so).
     */
    public int $expires_at_ms;
    use Native\Value;

    private const SECRET = ['token'];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** JSON `mobile_session`. */
final readonly class WePayMobileSession implements \JsonSerializable
{
    /**
     * JSON `mobile_session.time_to_live`, seconds; -1 if absent. Expiry is expire_time, not
     * this.
     */
    public int $time_to_live;
    /** JSON `mobile_session.account_id`; null if absent. */
    public ?string $account_id;
    use Native\Value;

    private const SECRET = [];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** A part of the request, or of the reply, that is wrong. */
final readonly class FieldError implements \JsonSerializable
{
    public string $path;
    public string $code;
    public string $message;
    use Native\Value;

    private const SECRET = [];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** A request that a mock was sent. */
final readonly class MockRequest implements \JsonSerializable
{
    public string $method;
    public string $url;
    /**
     * Pairs of name and value.
     * @var list<array{string, string}>
     */
    public array $headers;
    public string $body;
    public int $at_ms;
    use Native\Value;

    private const SECRET = ['headers', 'body'];

    private function __construct(#[\SensitiveParameter] array $values)
    {
        $this->set($values);
    }
}

/** What all accounts share: connections, timeouts, hooks. */
final class Client
{
    use Native\ClientMethods;

    /**
     * @param null|int $timeout_ms How long a call may take in all, waits and retries included, in ms. Default 25000.
     * @param null|int $attempt_timeout_ms How long one attempt may take, in ms. Default 10000.
     * @param null|int $connect_timeout_ms How long a new connection may take, TLS included, in ms. Default 5000.
     * @param null|int $max_attempts How many attempts a call may make, 1 to 10. Default 3. These are not counted: one resend when no byte had been sent, one after a token renewal and one after a clock correction. 1 turns them off too.
     * @param null|int $max_idle_connections Idle connections kept for reuse, 1 to 1024. Default 64.
     * @param null|string $user_agent Precedes the library's own `User-Agent`, such as "MyShop/1.2"; ASCII, 1-256 bytes.
     * @param null|string $key_secret A secret of at least 16 bytes from which idempotency keys are derived for calls that name their `intent` (see spay_call_options). Wiped when the client is freed.
     * @param null|string $ca_file Certificate authorities to trust instead of the system's: a PEM file. For a company proxy or the sandbox; a proxy with TLS is verified by them, too. Only one of ca_file and ca_pem may be set. The file is read when the client is made, and again for the first connection after a day: keep it there. Without either, the system's authorities are read as connections need them, and read anew after a day.
     * @param null|string $ca_pem The same as PEM text in memory.
     * @param null|string $client_certificate_file The client's own certificate, a PEM file, with its key file and the key's password.
     * @param null|string $client_key_file PEM file with the private key; required with client_certificate_file.
     * @param null|string $client_key_password Password of the private key; null if it has none. Wiped when the client is freed.
     * @param null|string $pinned_public_keys Public keys to accept, beyond the verification that always happens: "sha256//BASE64", several separated by ";". null accepts any key with a valid certificate.
     * @param null|string $proxy A proxy, such as "http://proxy.example:3128", also https or socks5h, without a user; null for none. It is asked for a tunnel. To one with https the same versions of TLS and authorities apply as to the provider, but neither client certificate nor pinned_public_keys. Plain http, which is for loopback alone, does not go through it. Proxies named in environment variables are never used.
     * @param null|string $proxy_credentials "user:password" for the proxy; null for none. Wiped when the client is freed.
     * @param null|int $log_level LogLevel::...; default LogLevel::INFO if log is set.
     * @param null|int $recorded_attempts How many attempts the flight recorder keeps, 1 to 1000. Default 32.
     * @param null|int $store_timeout_ms How long to wait for an answer of the store, in ms, 1 to 60000. Default 500.
     * @param null|callable $log function (int $level, string $line)
     * @param null|callable $event function (Event $event)
     * @param null|callable $before_send function (SendRecord $record): false ends the call
     * @param null|Store $store shares bearer tokens, and sessions of providers without idempotency keys
     */
    public function __construct(
        ?int $timeout_ms = null,
        ?int $attempt_timeout_ms = null,
        ?int $connect_timeout_ms = null,
        ?int $max_attempts = null,
        ?int $max_idle_connections = null,
        ?string $user_agent = null,
        #[\SensitiveParameter] ?string $key_secret = null,
        ?string $ca_file = null,
        ?string $ca_pem = null,
        ?string $client_certificate_file = null,
        ?string $client_key_file = null,
        #[\SensitiveParameter] ?string $client_key_password = null,
        ?string $pinned_public_keys = null,
        ?string $proxy = null,
        #[\SensitiveParameter] ?string $proxy_credentials = null,
        ?int $log_level = null,
        ?int $recorded_attempts = null,
        ?int $store_timeout_ms = null,
        ?callable $log = null,
        ?callable $event = null,
        ?callable $before_send = null,
        ?Mock $transport = null,
        ?Store $store = null,
    ) {
        $this->open([
                'timeout_ms' => $timeout_ms,
                'attempt_timeout_ms' => $attempt_timeout_ms,
                'connect_timeout_ms' => $connect_timeout_ms,
                'max_attempts' => $max_attempts,
                'max_idle_connections' => $max_idle_connections,
                'user_agent' => $user_agent,
                'key_secret' => $key_secret,
                'ca_file' => $ca_file,
                'ca_pem' => $ca_pem,
                'client_certificate_file' => $client_certificate_file,
                'client_key_file' => $client_key_file,
                'client_key_password' => $client_key_password,
                'pinned_public_keys' => $pinned_public_keys,
                'proxy' => $proxy,
                'proxy_credentials' => $proxy_credentials,
                'log_level' => $log_level,
                'recorded_attempts' => $recorded_attempts,
                'store_timeout_ms' => $store_timeout_ms,
            ], $log, $event, $before_send, $transport, $store);
    }

    /**
     * The client with these options that this process keeps between requests, with its
     * connections, accounts and their bearer tokens; it is made the first time.
     * @param null|int $timeout_ms How long a call may take in all, waits and retries included, in ms. Default 25000.
     * @param null|int $attempt_timeout_ms How long one attempt may take, in ms. Default 10000.
     * @param null|int $connect_timeout_ms How long a new connection may take, TLS included, in ms. Default 5000.
     * @param null|int $max_attempts How many attempts a call may make, 1 to 10. Default 3. These are not counted: one resend when no byte had been sent, one after a token renewal and one after a clock correction. 1 turns them off too.
     * @param null|int $max_idle_connections Idle connections kept for reuse, 1 to 1024. Default 64.
     * @param null|string $user_agent Precedes the library's own `User-Agent`, such as "MyShop/1.2"; ASCII, 1-256 bytes.
     * @param null|string $key_secret A secret of at least 16 bytes from which idempotency keys are derived for calls that name their `intent` (see spay_call_options). Wiped when the client is freed.
     * @param null|string $ca_file Certificate authorities to trust instead of the system's: a PEM file. For a company proxy or the sandbox; a proxy with TLS is verified by them, too. Only one of ca_file and ca_pem may be set. The file is read when the client is made, and again for the first connection after a day: keep it there. Without either, the system's authorities are read as connections need them, and read anew after a day.
     * @param null|string $ca_pem The same as PEM text in memory.
     * @param null|string $client_certificate_file The client's own certificate, a PEM file, with its key file and the key's password.
     * @param null|string $client_key_file PEM file with the private key; required with client_certificate_file.
     * @param null|string $client_key_password Password of the private key; null if it has none. Wiped when the client is freed.
     * @param null|string $pinned_public_keys Public keys to accept, beyond the verification that always happens: "sha256//BASE64", several separated by ";". null accepts any key with a valid certificate.
     * @param null|string $proxy A proxy, such as "http://proxy.example:3128", also https or socks5h, without a user; null for none. It is asked for a tunnel. To one with https the same versions of TLS and authorities apply as to the provider, but neither client certificate nor pinned_public_keys. Plain http, which is for loopback alone, does not go through it. Proxies named in environment variables are never used.
     * @param null|string $proxy_credentials "user:password" for the proxy; null for none. Wiped when the client is freed.
     * @param null|int $log_level LogLevel::...; default LogLevel::INFO if log is set.
     * @param null|int $recorded_attempts How many attempts the flight recorder keeps, 1 to 1000. Default 32.
     * @param null|int $store_timeout_ms How long to wait for an answer of the store, in ms, 1 to 60000. Default 500.
     * @param null|callable $log function (int $level, string $line)
     * @param null|callable $event function (Event $event)
     * @param null|callable $before_send function (SendRecord $record): false ends the call
     * @param null|Store $store shares bearer tokens, and sessions of providers without idempotency keys
     */
    public static function persistent(
        ?int $timeout_ms = null,
        ?int $attempt_timeout_ms = null,
        ?int $connect_timeout_ms = null,
        ?int $max_attempts = null,
        ?int $max_idle_connections = null,
        ?string $user_agent = null,
        #[\SensitiveParameter] ?string $key_secret = null,
        ?string $ca_file = null,
        ?string $ca_pem = null,
        ?string $client_certificate_file = null,
        ?string $client_key_file = null,
        #[\SensitiveParameter] ?string $client_key_password = null,
        ?string $pinned_public_keys = null,
        ?string $proxy = null,
        #[\SensitiveParameter] ?string $proxy_credentials = null,
        ?int $log_level = null,
        ?int $recorded_attempts = null,
        ?int $store_timeout_ms = null,
        ?callable $log = null,
        ?callable $event = null,
        ?callable $before_send = null,
        ?Store $store = null,
    ): Client {
        return self::kept([
                'timeout_ms' => $timeout_ms,
                'attempt_timeout_ms' => $attempt_timeout_ms,
                'connect_timeout_ms' => $connect_timeout_ms,
                'max_attempts' => $max_attempts,
                'max_idle_connections' => $max_idle_connections,
                'user_agent' => $user_agent,
                'key_secret' => $key_secret,
                'ca_file' => $ca_file,
                'ca_pem' => $ca_pem,
                'client_certificate_file' => $client_certificate_file,
                'client_key_file' => $client_key_file,
                'client_key_password' => $client_key_password,
                'pinned_public_keys' => $pinned_public_keys,
                'proxy' => $proxy,
                'proxy_credentials' => $proxy_credentials,
                'log_level' => $log_level,
                'recorded_attempts' => $recorded_attempts,
                'store_timeout_ms' => $store_timeout_ms,
            ], $log, $event, $before_send, $store);
    }
}

/** A session token as WePay answered it. Text that the reply lacks or has as null is null. */
final class WePay
{
    use Native\AccountMethods;

    private const PROVIDER = 'wepay';

    /**
     * @param string $app_id The application's id, header `App-Id`: visible ASCII, 1-255 bytes.
     * @param string $app_token The application's secret token, header `App-Token`: visible ASCII, 1-4096 bytes.
     * @param null|int $environment Environment::TEST (https://stage-api.wepay.com) or Environment::PRODUCTION (https://api.wepay.com). Required unless base_url is set.
     * @param null|string $base_url Another base URL, such as the sandbox's; wins over environment. https, or loopback http.
     * @param null|string $api_version Header `Api-Version`. Default "3.0"; any visible ASCII of 1-64 bytes is sent as it is.
     */
    public function __construct(
        Client $client,
        string $app_id,
        #[\SensitiveParameter] string $app_token,
        ?int $environment = null,
        ?string $base_url = null,
        ?string $api_version = null,
    ) {
        $this->open($client, [
                'app_id' => $app_id,
                'app_token' => $app_token,
                'environment' => $environment,
                'base_url' => $base_url,
                'api_version' => $api_version,
            ]);
    }

    /**
     * Create a session.
     * @param string $type JSON `type`. Required: "mobile_session", or any other type that WePay has given you; 1-64 bytes of visible ASCII. It is also the name of the JSON object that holds the members below.
     * @param null|string $account_id JSON `{type}.account_id`: the merchant's account, case-sensitive. 1-255 bytes of UTF-8 without control characters. Required for "mobile_session", otherwise optional.
     * @param null|int $time_to_live JSON `{type}.time_to_live`, seconds. 1 to 2147483647; 0 leaves it out, which is what WePay documents.
     * @param null|string $risk_token Header `WePay-Risk-Token`; not needed for this call. null leaves it out; visible ASCII, 1-255 bytes.
     * @param null|string $client_ip Header `Client-IP`; not needed for this call. null leaves it out; an IPv4 or IPv6 address.
     * @param null|string $extra_json A JSON object with further members for the body that this struct does not have. A member named as `type` says must be an object; its members join those above. A member that is set already is refused. null for none.
     * @param null|string $idempotency_key The idempotency key, to repeat an earlier call whose outcome is unknown: the one in its error. null: a new one is made. wepay: 1-255 visible ASCII bytes; hosted_fields: a UUIDv4; connect_server: 1-40 visible ASCII bytes; connect_client has no keys and refuses one.
     * @param null|string $intent What the call is for, such as an order number and a try number: 1-255 bytes of UTF-8. The key is then derived from it, the account that the request names and the client's key_secret, so that the same intent gives the same key after a crash, in another process, on another machine. Not together with idempotency_key.
     * @param null|int $timeout_ms Milliseconds for the whole call; at most 3600000.
     * @param null|int $attempt_timeout_ms Milliseconds for one attempt; at most 3600000.
     * @param null|int $max_attempts How many attempts, 1 to 10; see spay_client_options::max_attempts.
     * @param null|Cancel $cancel lets a hook or a signal handler end the call
     */
    public function createSession(
        string $type,
        ?string $account_id = null,
        ?int $time_to_live = null,
        #[\SensitiveParameter] ?string $risk_token = null,
        ?string $client_ip = null,
        ?string $extra_json = null,
        ?string $idempotency_key = null,
        ?string $intent = null,
        ?int $timeout_ms = null,
        ?int $attempt_timeout_ms = null,
        ?int $max_attempts = null,
        mixed $call_ctx = null,
        ?Cancel $cancel = null,
    ): WePaySession {
        return $this->create([
                'type' => $type,
                'account_id' => $account_id,
                'time_to_live' => $time_to_live,
                'risk_token' => $risk_token,
                'client_ip' => $client_ip,
                'extra_json' => $extra_json,
            ], [
                'idempotency_key' => $idempotency_key,
                'intent' => $intent,
                'timeout_ms' => $timeout_ms,
                'attempt_timeout_ms' => $attempt_timeout_ms,
                'max_attempts' => $max_attempts,
            ], $call_ctx, $cancel);
    }
}

/** A session as Payroc answered it. Text that the reply lacks or has as null is null. */
final class HostedFields
{
    use Native\AccountMethods;
    use Native\BearerToken;

    private const PROVIDER = 'hosted_fields';

    /**
     * @param null|int $environment Environment::TEST (https://api.uat.payroc.com/v1, https://identity.uat.payroc.com) or Environment::PRODUCTION (https://api.payroc.com/v1, https://identity.payroc.com). Required unless base_url is set.
     * @param null|string $base_url Another API base URL, its version included (".../v1"). https, or loopback http.
     * @param null|string $identity_url Another identity base URL; required with base_url and api_key. https, or loopback http.
     * @param null|string $api_key The API key, header `x-api-key`, sent to the identity host alone. 1-4096 bytes without control characters. Either this or bearer_token is required.
     * @param null|string $bearer_token A bearer token that the caller got elsewhere; it is used as it is and never renewed. 1-16384 bytes of visible ASCII. Not together with api_key.
     */
    public function __construct(
        Client $client,
        ?int $environment = null,
        ?string $base_url = null,
        ?string $identity_url = null,
        #[\SensitiveParameter] ?string $api_key = null,
        #[\SensitiveParameter] ?string $bearer_token = null,
    ) {
        $this->open($client, [
                'environment' => $environment,
                'base_url' => $base_url,
                'identity_url' => $identity_url,
                'api_key' => $api_key,
                'bearer_token' => $bearer_token,
            ]);
    }

    /**
     * Create a session.
     * @param string $processing_terminal_id Path `processingTerminalId`: 4-50 characters, no "/", "?", "#" or control byte.
     * @param string $lib_version JSON `libVersion`: the version of the Hosted Fields JavaScript library that the page loads. Must match ^\d{1,2}.\d{1,2}.\d{1,2}(?:-beta)?.\d+$ as Payroc publishes it, where a dot stands for any character.
     * @param string $scenario JSON `scenario`: "payment" or "tokenization".
     * @param null|string $secure_token_id JSON `secureTokenId`: saved details to update. null leaves it out; 1-200 characters.
     * @param null|string $extra_json A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. null for none.
     * @param null|string $idempotency_key The idempotency key, to repeat an earlier call whose outcome is unknown: the one in its error. null: a new one is made. wepay: 1-255 visible ASCII bytes; hosted_fields: a UUIDv4; connect_server: 1-40 visible ASCII bytes; connect_client has no keys and refuses one.
     * @param null|string $intent What the call is for, such as an order number and a try number: 1-255 bytes of UTF-8. The key is then derived from it, the account that the request names and the client's key_secret, so that the same intent gives the same key after a crash, in another process, on another machine. Not together with idempotency_key.
     * @param null|int $timeout_ms Milliseconds for the whole call; at most 3600000.
     * @param null|int $attempt_timeout_ms Milliseconds for one attempt; at most 3600000.
     * @param null|int $max_attempts How many attempts, 1 to 10; see spay_client_options::max_attempts.
     * @param null|Cancel $cancel lets a hook or a signal handler end the call
     */
    public function createSession(
        string $processing_terminal_id,
        string $lib_version,
        string $scenario,
        ?string $secure_token_id = null,
        ?string $extra_json = null,
        ?string $idempotency_key = null,
        ?string $intent = null,
        ?int $timeout_ms = null,
        ?int $attempt_timeout_ms = null,
        ?int $max_attempts = null,
        mixed $call_ctx = null,
        ?Cancel $cancel = null,
    ): HostedFieldsSession {
        return $this->create([
                'processing_terminal_id' => $processing_terminal_id,
                'lib_version' => $lib_version,
                'scenario' => $scenario,
                'secure_token_id' => $secure_token_id,
                'extra_json' => $extra_json,
            ], [
                'idempotency_key' => $idempotency_key,
                'intent' => $intent,
                'timeout_ms' => $timeout_ms,
                'attempt_timeout_ms' => $attempt_timeout_ms,
                'max_attempts' => $max_attempts,
            ], $call_ctx, $cancel);
    }
}

/** A client session as Worldline answered it. Text that the reply lacks or has as null is null. */
final class ConnectServer
{
    use Native\AccountMethods;
    use Native\ApplePay;

    private const PROVIDER = 'connect_server';

    /**
     * @param string $merchant_id Path `merchantId`: 1-64 characters, no "/", "?", "#" or control byte, nor "..".
     * @param string $api_key_id The key pair's id: visible ASCII without ":", 1-255 bytes.
     * @param string $secret_api_key The key pair's secret, as text, exactly as issued. 1-4096 bytes.
     * @param null|int $environment Environment::... or ConnectEnvironment::...; required unless base_url is set. It also decides which of Apple's hosts Apple Pay may use; with base_url alone these are the production hosts, and on loopback those of Apple's sandbox too.
     * @param null|string $base_url Another base URL, without a path; wins over environment. https, or loopback http.
     * @param null|string $integrator Who integrated: JSON `integrator` in the header `X-GCS-ServerMetaInfo`, which is always sent. Default "libsessionpay user"; UTF-8, 1-255 bytes.
     * @param null|string $platform_identifier JSON `platformIdentifier` in the header `X-GCS-ServerMetaInfo`. Default: the system's name; UTF-8, 1-255 bytes.
     * @param null|string $extension_creator JSON `shoppingCartExtension.creator` in the header `X-GCS-ServerMetaInfo`; needed if any of the next three is set.
     * @param null|string $extension_name JSON `shoppingCartExtension.name` in the header `X-GCS-ServerMetaInfo`.
     * @param null|string $extension_version JSON `shoppingCartExtension.version` in the header `X-GCS-ServerMetaInfo`.
     * @param null|string $extension_id JSON `shoppingCartExtension.extensionId` in the header `X-GCS-ServerMetaInfo`; optional even then.
     * @param null|bool $idempotence true: make an `X-GCS-Idempotence-Key` for every call. Default no, because Worldline does not say whether sessions support it. A call that brings a key or an intent always sends it.
     */
    public function __construct(
        Client $client,
        string $merchant_id,
        string $api_key_id,
        #[\SensitiveParameter] string $secret_api_key,
        ?int $environment = null,
        ?string $base_url = null,
        ?string $integrator = null,
        ?string $platform_identifier = null,
        ?string $extension_creator = null,
        ?string $extension_name = null,
        ?string $extension_version = null,
        ?string $extension_id = null,
        ?bool $idempotence = null,
    ) {
        $this->open($client, [
                'merchant_id' => $merchant_id,
                'api_key_id' => $api_key_id,
                'secret_api_key' => $secret_api_key,
                'environment' => $environment,
                'base_url' => $base_url,
                'integrator' => $integrator,
                'platform_identifier' => $platform_identifier,
                'extension_creator' => $extension_creator,
                'extension_name' => $extension_name,
                'extension_version' => $extension_version,
                'extension_id' => $extension_id,
                'idempotence' => $idempotence,
            ]);
    }

    /**
     * Create a session.
     * @param null|ConnectServerFilter $exclude JSON `paymentProductFilters.exclude`: never offer these. null or empty leaves it out.
     * @param null|ConnectServerFilter $restrict_to JSON `paymentProductFilters.restrictTo`: offer at most these. null or empty leaves it out.
     * @param list<string>|null $tokens JSON `tokens`: the consumer's stored tokens, each 1-255 bytes without control characters.
     * @param null|string $client_meta_info Header `X-GCS-ClientMetaInfo`: a JSON object about the consumer's device, as the page gave it; the library encodes it. null leaves it out; at most 4096 bytes.
     * @param null|string $extra_json A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. null for none.
     * @param null|string $idempotency_key The idempotency key, to repeat an earlier call whose outcome is unknown: the one in its error. null: a new one is made. wepay: 1-255 visible ASCII bytes; hosted_fields: a UUIDv4; connect_server: 1-40 visible ASCII bytes; connect_client has no keys and refuses one.
     * @param null|string $intent What the call is for, such as an order number and a try number: 1-255 bytes of UTF-8. The key is then derived from it, the account that the request names and the client's key_secret, so that the same intent gives the same key after a crash, in another process, on another machine. Not together with idempotency_key.
     * @param null|int $timeout_ms Milliseconds for the whole call; at most 3600000.
     * @param null|int $attempt_timeout_ms Milliseconds for one attempt; at most 3600000.
     * @param null|int $max_attempts How many attempts, 1 to 10; see spay_client_options::max_attempts.
     * @param null|Cancel $cancel lets a hook or a signal handler end the call
     */
    public function createSession(
        ?ConnectServerFilter $exclude = null,
        ?ConnectServerFilter $restrict_to = null,
        ?array $tokens = null,
        ?string $client_meta_info = null,
        ?string $extra_json = null,
        ?string $idempotency_key = null,
        ?string $intent = null,
        ?int $timeout_ms = null,
        ?int $attempt_timeout_ms = null,
        ?int $max_attempts = null,
        mixed $call_ctx = null,
        ?Cancel $cancel = null,
    ): ConnectServerSession {
        return $this->create([
                'exclude' => $exclude,
                'restrict_to' => $restrict_to,
                'tokens' => $tokens,
                'client_meta_info' => $client_meta_info,
                'extra_json' => $extra_json,
            ], [
                'idempotency_key' => $idempotency_key,
                'intent' => $intent,
                'timeout_ms' => $timeout_ms,
                'attempt_timeout_ms' => $attempt_timeout_ms,
                'max_attempts' => $max_attempts,
            ], $call_ctx, $cancel);
    }

    /**
     * Both calls that Apple Pay needs: the client session, and the merchant session made with
     * it.
     * @param string $domain_name JSON `domainName`: the domain of the page that shows the button. Letters, digits, hyphens and at least one dot, IDN as punycode.
     * @param string $validation_url JSON `validationUrl`: `event.validationURL` from the page, unchanged. It comes from a browser, so it must be https, on one of Apple's own gateways, with one of Apple's two paths.
     * @param null|int $product_id Path `paymentProductId`. 0 means ConnectProduct::APPLE_PAY.
     * @param null|string $display_name JSON `displayName`: the company's name as the Apple Pay sheet shows it. null leaves it out; 1-64 characters of UTF-8 without control characters.
     * @param null|string $extra_json A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. null for none.
     * @param null|string $idempotency_key The idempotency key, to repeat an earlier call whose outcome is unknown: the one in its error. null: a new one is made. wepay: 1-255 visible ASCII bytes; hosted_fields: a UUIDv4; connect_server: 1-40 visible ASCII bytes; connect_client has no keys and refuses one.
     * @param null|string $intent What the call is for, such as an order number and a try number: 1-255 bytes of UTF-8. The key is then derived from it, the account that the request names and the client's key_secret, so that the same intent gives the same key after a crash, in another process, on another machine. Not together with idempotency_key.
     * @param null|int $timeout_ms Milliseconds for the whole call; at most 3600000.
     * @param null|int $attempt_timeout_ms Milliseconds for one attempt; at most 3600000.
     * @param null|int $max_attempts How many attempts, 1 to 10; see spay_client_options::max_attempts.
     * @param null|Cancel $cancel lets a hook or a signal handler end the call
     * @return array{ConnectServerSession, ConnectClientSession}
     */
    public function createApplePaySession(
        string $domain_name,
        string $validation_url,
        ?int $product_id = null,
        ?string $display_name = null,
        ?string $extra_json = null,
        ?ConnectServerSessionRequest $server_request = null,
        ?string $idempotency_key = null,
        ?string $intent = null,
        ?int $timeout_ms = null,
        ?int $attempt_timeout_ms = null,
        ?int $max_attempts = null,
        mixed $call_ctx = null,
        ?Cancel $cancel = null,
    ): array {
        return $this->createBoth([
                'domain_name' => $domain_name,
                'validation_url' => $validation_url,
                'product_id' => $product_id,
                'display_name' => $display_name,
                'extra_json' => $extra_json,
            ], $server_request, [
                'idempotency_key' => $idempotency_key,
                'intent' => $intent,
                'timeout_ms' => $timeout_ms,
                'attempt_timeout_ms' => $attempt_timeout_ms,
                'max_attempts' => $max_attempts,
            ], $call_ctx, $cancel);
    }
}

/** Apple's merchant session, as Worldline answered it. */
final class ConnectClient
{
    use Native\AccountMethods;
    use Native\FromSession;

    private const PROVIDER = 'connect_client';

    /**
     * @param string $client_session_id JSON `clientSessionId` of the server session: visible ASCII, 1-255 bytes.
     * @param string $customer_id JSON `customerId` of the server session: 1-255 bytes, no control byte.
     * @param string $client_api_url JSON `clientApiUrl` of the server session: https on a host under .api-ingenico.com, .api-worldline.com or .worldline-solutions.com, or one of allowed_hosts (then loopback http too). Its path may be empty, "/client" or "/client/v1".
     * @param null|int $environment Which of Apple's hosts a validation URL may name. Environment::PRODUCTION, the default: Apple's production gateways. Environment::TEST: those of Apple's sandbox too.
     * @param list<string>|null $allowed_hosts Further hosts for client_api_url, exactly, in lower case, without port: "127.0.0.1".
     * @param null|bool $allow_apple_pods true: a validation URL may also name the pod hosts of Apple's older list. Default no.
     * @param null|string $platform_identifier JSON `platformIdentifier` in the header `X-GCS-ClientMetaInfo`, which is always sent, such as the consumer's user agent. Default: the library's platform. UTF-8, 1-1024 bytes.
     * @param null|string $screen_size JSON `screenSize` in the header `X-GCS-ClientMetaInfo`, such as "1280x800". null leaves it out; UTF-8, 1-64 bytes.
     * @param null|string $meta_info_json A JSON object with further members for that header, such as `appIdentifier`, `deviceBrand`, `deviceType` or `ipAddress`. A member that is set already, or occurs twice, is refused. null for none; 1-4096 bytes.
     */
    public function __construct(
        Client $client,
        #[\SensitiveParameter] string $client_session_id,
        string $customer_id,
        string $client_api_url,
        ?int $environment = null,
        ?array $allowed_hosts = null,
        ?bool $allow_apple_pods = null,
        ?string $platform_identifier = null,
        ?string $screen_size = null,
        ?string $meta_info_json = null,
    ) {
        $this->open($client, [
                'client_session_id' => $client_session_id,
                'customer_id' => $customer_id,
                'client_api_url' => $client_api_url,
                'environment' => $environment,
                'allowed_hosts' => $allowed_hosts,
                'allow_apple_pods' => $allow_apple_pods,
                'platform_identifier' => $platform_identifier,
                'screen_size' => $screen_size,
                'meta_info_json' => $meta_info_json,
            ]);
    }

    /**
     * Create a session.
     * @param string $domain_name JSON `domainName`: the domain of the page that shows the button. Letters, digits, hyphens and at least one dot, IDN as punycode.
     * @param string $validation_url JSON `validationUrl`: `event.validationURL` from the page, unchanged. It comes from a browser, so it must be https, on one of Apple's own gateways, with one of Apple's two paths.
     * @param null|int $product_id Path `paymentProductId`. 0 means ConnectProduct::APPLE_PAY.
     * @param null|string $display_name JSON `displayName`: the company's name as the Apple Pay sheet shows it. null leaves it out; 1-64 characters of UTF-8 without control characters.
     * @param null|string $extra_json A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. null for none.
     * @param null|string $idempotency_key The idempotency key, to repeat an earlier call whose outcome is unknown: the one in its error. null: a new one is made. wepay: 1-255 visible ASCII bytes; hosted_fields: a UUIDv4; connect_server: 1-40 visible ASCII bytes; connect_client has no keys and refuses one.
     * @param null|string $intent What the call is for, such as an order number and a try number: 1-255 bytes of UTF-8. The key is then derived from it, the account that the request names and the client's key_secret, so that the same intent gives the same key after a crash, in another process, on another machine. Not together with idempotency_key.
     * @param null|int $timeout_ms Milliseconds for the whole call; at most 3600000.
     * @param null|int $attempt_timeout_ms Milliseconds for one attempt; at most 3600000.
     * @param null|int $max_attempts How many attempts, 1 to 10; see spay_client_options::max_attempts.
     * @param null|Cancel $cancel lets a hook or a signal handler end the call
     */
    public function createSession(
        string $domain_name,
        string $validation_url,
        ?int $product_id = null,
        ?string $display_name = null,
        ?string $extra_json = null,
        ?string $idempotency_key = null,
        ?string $intent = null,
        ?int $timeout_ms = null,
        ?int $attempt_timeout_ms = null,
        ?int $max_attempts = null,
        mixed $call_ctx = null,
        ?Cancel $cancel = null,
    ): ConnectClientSession {
        return $this->create([
                'domain_name' => $domain_name,
                'validation_url' => $validation_url,
                'product_id' => $product_id,
                'display_name' => $display_name,
                'extra_json' => $extra_json,
            ], [
                'idempotency_key' => $idempotency_key,
                'intent' => $intent,
                'timeout_ms' => $timeout_ms,
                'attempt_timeout_ms' => $attempt_timeout_ms,
                'max_attempts' => $max_attempts,
            ], $call_ctx, $cancel);
    }
}

/**
 * Ends calls that run: pass it to them as `cancel`. While such a call waits, PHP's signal
 * handlers run (pcntl_async_signals()).
 */
final class Cancel
{
    use Native\CancelMethods;
}

/** What processes and machines share: new Client(store: Store::file('/run/shop/sessions')). */
final class Store
{
    use Native\StoreMethods;

    private function __construct()
    {
    }

    /**
     * Settings of a store in a directory. All text is copied. Needs libsessionpay-file.
     * @param string $directory An absolute path on a local file system; best is one in memory, such as "/run/shop/sessions". The directory is made, with mode 0700, if only its last part is missing. It must belong to the effective user, nobody else may have any right to it, and it must not be a symbolic link. This is checked again in each operation, which ends with SPAY_STORE_ERROR if it does not hold.
     */
    public static function file(string $directory): Store
    {
        return self::of('file', [
                'directory' => $directory,
            ]);
    }

    /**
     * Settings of a store on Redis. All text is copied. Needs libsessionpay-redis.
     * @param string $url Where it is, and who we are there: redis://[[user]:password@]host[:port][/database] rediss://..., the same with TLS, where the library was built with a libhiredis that has it unix://[[user]:password@]/path/of/socket[?db=database] User and password may have any byte except NUL as %XX. The port is 6379 and the database 0 if not given. Wiped when the store goes.
     * @param null|string $key_prefix What all keys begin with: up to 64 bytes of visible ASCII without blanks and braces. null: "sessionpay:".
     * @param null|string $ca_file Certificate authorities to trust instead of the system's, a PEM file; only for rediss://. The certificate must be for the host in the URL.
     * @param null|int $connect_timeout_ms How long a connection may take, 1 to 60000 ms. Default 500. The host's name comes on top.
     * @param null|int $command_timeout_ms How long a log-in, or a command, may take, 1 to 60000 ms. Default 500.
     */
    public static function redis(
        #[\SensitiveParameter] string $url,
        ?string $key_prefix = null,
        ?string $ca_file = null,
        ?int $connect_timeout_ms = null,
        ?int $command_timeout_ms = null,
    ): Store {
        return self::of('redis', [
                'url' => $url,
                'key_prefix' => $key_prefix,
                'ca_file' => $ca_file,
                'connect_timeout_ms' => $connect_timeout_ms,
                'command_timeout_ms' => $command_timeout_ms,
            ]);
    }
}

/** A scripted transport with virtual time: new Client(transport: $mock). */
final class Mock
{
    use Native\MockMethods;
}

/** The version of libsessionpay in this process. */
function libraryVersion(): string
{
    return Native\Library::text('spay_version');
}

namespace SessionPay\Native;

/** The public structs: members as (name, kind, member with their number). */
abstract class Structs
{
    public const MEMBERS = [
        'spay_event' => [
            ['type', 'int32', ''],
            ['provider', 'int32', ''],
            ['operation', 'text', ''],
            ['route', 'text', ''],
            ['attempt', 'int32', ''],
            ['requests_sent', 'int32', ''],
            ['status', 'int32', ''],
            ['outcome', 'int32', ''],
            ['decision', 'int32', ''],
            ['http_status', 'int32', ''],
            ['delay_ms', 'int64', ''],
            ['at_ms', 'int64', ''],
            ['elapsed_ms', 'int64', ''],
            ['name_lookup_us', 'int64', ''],
            ['connect_us', 'int64', ''],
            ['tls_us', 'int64', ''],
            ['first_byte_us', 'int64', ''],
            ['total_us', 'int64', ''],
            ['idempotency_key', 'text', ''],
            ['request_id', 'text', ''],
            ['bytes_sent', 'int64', ''],
            ['bytes_received', 'int64', ''],
            ['reason', 'text', ''],
            ['stage', 'int32', ''],
            ['host', 'text', ''],
            ['phase', 'text', ''],
            ['provider_code', 'text', ''],
            ['message', 'text', ''],
            ['call_ctx', 'object', ''],
            ['server_host', 'text', ''],
            ['server_port', 'int32', ''],
            ['protocol_version', 'text', ''],
        ],
        'spay_send_record' => [
            ['provider', 'int32', ''],
            ['attempt', 'int32', ''],
            ['route', 'text', ''],
            ['idempotency_key', 'text', ''],
            ['body_sha256', 'text', ''],
            ['body_length', 'size', ''],
            ['at_ms', 'int64', ''],
            ['call_ctx', 'object', ''],
        ],
        'spay_client_options' => [
            ['timeout_ms', 'int64', ''],
            ['attempt_timeout_ms', 'int64', ''],
            ['connect_timeout_ms', 'int64', ''],
            ['max_attempts', 'int32', ''],
            ['max_idle_connections', 'int32', ''],
            ['user_agent', 'text', ''],
            ['key_secret', 'bytes', 'key_secret_length'],
            ['ca_file', 'text', ''],
            ['ca_pem', 'text', ''],
            ['client_certificate_file', 'text', ''],
            ['client_key_file', 'text', ''],
            ['client_key_password', 'text', ''],
            ['pinned_public_keys', 'text', ''],
            ['proxy', 'text', ''],
            ['proxy_credentials', 'text', ''],
            ['log_level', 'int32', ''],
            ['recorded_attempts', 'int32', ''],
            ['store_timeout_ms', 'int64', ''],
        ],
        'spay_call_options' => [
            ['idempotency_key', 'text', ''],
            ['intent', 'text', ''],
            ['timeout_ms', 'int64', ''],
            ['attempt_timeout_ms', 'int64', ''],
            ['max_attempts', 'int32', ''],
            ['call_ctx', 'object', ''],
        ],
        'spay_session_info' => [
            ['provider', 'int32', ''],
            ['warnings', 'uint32', ''],
            ['value', 'text', ''],
            ['id', 'text', ''],
            ['expires_at_ms', 'int64', ''],
            ['idempotency_key', 'text', ''],
            ['request_id', 'text', ''],
            ['http_status', 'int32', ''],
            ['attempts', 'int32', ''],
            ['requests_sent', 'int32', ''],
            ['token_requests', 'int32', ''],
            ['elapsed_ms', 'int64', ''],
            ['raw_json', 'text', 'raw_json_length'],
            ['clock_offset_ms', 'int64', ''],
            ['shared', 'choice', ''],
        ],
        'spay_connect_server_options' => [
            ['environment', 'int32', ''],
            ['base_url', 'text', ''],
            ['merchant_id', 'text', ''],
            ['api_key_id', 'text', ''],
            ['secret_api_key', 'text', ''],
            ['integrator', 'text', ''],
            ['platform_identifier', 'text', ''],
            ['extension_creator', 'text', ''],
            ['extension_name', 'text', ''],
            ['extension_version', 'text', ''],
            ['extension_id', 'text', ''],
            ['idempotence', 'choice', ''],
        ],
        'spay_connect_server_filter' => [
            ['groups', 'texts', 'group_count'],
            ['products', 'ints', 'product_count'],
        ],
        'spay_connect_server_session_request' => [
            ['exclude', 'spay_connect_server_filter', ''],
            ['restrict_to', 'spay_connect_server_filter', ''],
            ['tokens', 'texts', 'token_count'],
            ['client_meta_info', 'text', ''],
            ['extra_json', 'text', ''],
        ],
        'spay_connect_server_session' => [
            ['info', 'spay_session_info', ''],
            ['client_session_id', 'text', ''],
            ['customer_id', 'text', ''],
            ['client_api_url', 'text', ''],
            ['asset_url', 'text', ''],
            ['region', 'text', ''],
            ['invalid_tokens', 'texts', 'invalid_token_count'],
        ],
        'spay_connect_client_options' => [
            ['environment', 'int32', ''],
            ['client_session_id', 'text', ''],
            ['customer_id', 'text', ''],
            ['client_api_url', 'text', ''],
            ['allowed_hosts', 'texts', 'allowed_host_count'],
            ['allow_apple_pods', 'choice', ''],
            ['platform_identifier', 'text', ''],
            ['screen_size', 'text', ''],
            ['meta_info_json', 'text', ''],
        ],
        'spay_connect_client_session_request' => [
            ['product_id', 'int32', ''],
            ['display_name', 'text', ''],
            ['domain_name', 'text', ''],
            ['validation_url', 'text', ''],
            ['extra_json', 'text', ''],
        ],
        'spay_connect_client_session' => [
            ['info', 'spay_session_info', ''],
            ['session_object', 'text', 'session_object_length'],
            ['product_id', 'int32', ''],
        ],
        'spay_hosted_fields_options' => [
            ['environment', 'int32', ''],
            ['base_url', 'text', ''],
            ['identity_url', 'text', ''],
            ['api_key', 'text', ''],
            ['bearer_token', 'text', ''],
        ],
        'spay_hosted_fields_session_request' => [
            ['processing_terminal_id', 'text', ''],
            ['lib_version', 'text', ''],
            ['scenario', 'text', ''],
            ['secure_token_id', 'text', ''],
            ['extra_json', 'text', ''],
        ],
        'spay_hosted_fields_session' => [
            ['info', 'spay_session_info', ''],
            ['token', 'text', ''],
            ['processing_terminal_id', 'text', ''],
            ['expires_at', 'text', ''],
            ['expires_at_ms', 'int64', ''],
        ],
        'spay_multi_options' => [
            ['max_connections', 'int32', ''],
            ['http2', 'choice', ''],
            ['max_requests', 'int32', ''],
            ['submit', 'choice', ''],
        ],
        'spay_wepay_options' => [
            ['environment', 'int32', ''],
            ['base_url', 'text', ''],
            ['app_id', 'text', ''],
            ['app_token', 'text', ''],
            ['api_version', 'text', ''],
        ],
        'spay_wepay_session_request' => [
            ['type', 'text', ''],
            ['account_id', 'text', ''],
            ['time_to_live', 'int64', ''],
            ['risk_token', 'text', ''],
            ['client_ip', 'text', ''],
            ['extra_json', 'text', ''],
        ],
        'spay_wepay_owner' => [
            ['id', 'text', ''],
            ['path', 'text', ''],
            ['resource', 'text', ''],
        ],
        'spay_wepay_mobile_session' => [
            ['time_to_live', 'int64', ''],
            ['account_id', 'text', ''],
        ],
        'spay_wepay_session' => [
            ['info', 'spay_session_info', ''],
            ['id', 'text', ''],
            ['session_token', 'text', ''],
            ['expire_time', 'int64', ''],
            ['create_time', 'int64', ''],
            ['path', 'text', ''],
            ['resource', 'text', ''],
            ['owner', 'spay_wepay_owner', ''],
            ['api_version', 'text', ''],
            ['state', 'int32', ''],
            ['type', 'int32', ''],
            ['state_text', 'text', ''],
            ['type_text', 'text', ''],
            ['mobile_session', 'spay_wepay_mobile_session', ''],
        ],
        'spay_file_options' => [
            ['directory', 'text', ''],
        ],
        'spay_redis_options' => [
            ['url', 'text', ''],
            ['key_prefix', 'text', ''],
            ['ca_file', 'text', ''],
            ['connect_timeout_ms', 'int32', ''],
            ['command_timeout_ms', 'int32', ''],
        ],
    ];

    public const CLASSES = [
        'spay_connect_server_filter' => \SessionPay\ConnectServerFilter::class,
        'spay_connect_server_session_request' => \SessionPay\ConnectServerSessionRequest::class,
        'spay_event' => \SessionPay\Event::class,
        'spay_send_record' => \SessionPay\SendRecord::class,
        'spay_session_info' => \SessionPay\SessionInfo::class,
        'spay_wepay_owner' => \SessionPay\WePayOwner::class,
        'spay_wepay_session' => \SessionPay\WePaySession::class,
        'spay_connect_server_session' => \SessionPay\ConnectServerSession::class,
        'spay_connect_client_session' => \SessionPay\ConnectClientSession::class,
        'spay_hosted_fields_session' => \SessionPay\HostedFieldsSession::class,
        'spay_wepay_mobile_session' => \SessionPay\WePayMobileSession::class,
    ];

    public const ERRORS = [
        -1 => \SessionPay\InvalidArgumentException::class,
        -2 => \SessionPay\StateException::class,
        -3 => \SessionPay\UnsupportedException::class,
        -4 => \SessionPay\NoMemoryException::class,
        -10 => \SessionPay\AuthException::class,
        -11 => \SessionPay\ForbiddenException::class,
        -12 => \SessionPay\ClockException::class,
        -13 => \SessionPay\TlsException::class,
        -14 => \SessionPay\ProxyException::class,
        -20 => \SessionPay\RejectedException::class,
        -21 => \SessionPay\NotFoundException::class,
        -22 => \SessionPay\ConflictException::class,
        -23 => \SessionPay\ExpiredException::class,
        -30 => \SessionPay\ConnectException::class,
        -31 => \SessionPay\NetworkException::class,
        -32 => \SessionPay\TimeoutException::class,
        -33 => \SessionPay\ThrottledException::class,
        -34 => \SessionPay\ProviderException::class,
        -35 => \SessionPay\CanceledException::class,
        -36 => \SessionPay\BusyException::class,
        -40 => \SessionPay\ProtocolException::class,
        -41 => \SessionPay\LimitException::class,
        -42 => \SessionPay\InternalException::class,
    ];
}
