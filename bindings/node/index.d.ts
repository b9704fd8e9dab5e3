// Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT

import { Account, CallExtras, Client, ClientExtras, Expiring, SessionPayError } from './lib/base.js';
export * from './lib/base.js';

/** The statuses. */
export declare const Status: {
  readonly OK: 0;
  readonly INVALID_ARGUMENT: -1;
  readonly STATE: -2;
  readonly UNSUPPORTED: -3;
  readonly NO_MEMORY: -4;
  readonly AUTH: -10;
  readonly FORBIDDEN: -11;
  readonly CLOCK: -12;
  readonly TLS: -13;
  readonly PROXY: -14;
  readonly REJECTED: -20;
  readonly NOT_FOUND: -21;
  readonly CONFLICT: -22;
  readonly EXPIRED: -23;
  readonly CONNECT: -30;
  readonly NETWORK: -31;
  readonly TIMEOUT: -32;
  readonly THROTTLED: -33;
  readonly PROVIDER: -34;
  readonly CANCELED: -35;
  readonly BUSY: -36;
  readonly PROTOCOL: -40;
  readonly LIMIT: -41;
  readonly INTERNAL: -42;
};
export type Status = (typeof Status)[keyof typeof Status];

/** What the caller does next: the groups of statuses above. */
export declare const Group: {
  readonly NONE: 0;
  readonly PROGRAM: 1;
  readonly SETUP: 2;
  readonly REQUEST: 3;
  readonly LATER: 4;
  readonly SUPPORT: 5;
};
export type Group = (typeof Group)[keyof typeof Group];

/** What a failed call means at the provider. It is about the whole call: if any attempt may have taken effect, so may the call. */
export declare const Outcome: {
  readonly NOT_SENT: 1;
  readonly REJECTED: 2;
  readonly UNKNOWN: 3;
};
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** The step in which a call failed. */
export declare const Stage: {
  readonly INPUT: 1;
  readonly TOKEN: 2;
  readonly REQUEST: 3;
  readonly REPLY: 4;
};
export type Stage = (typeof Stage)[keyof typeof Stage];

/** The providers, as they appear in errors and sessions. */
export declare const Provider: {
  readonly NONE: 0;
  readonly WEPAY: 1;
  readonly HOSTED_FIELDS: 2;
  readonly CONNECT_SERVER: 3;
  readonly CONNECT_CLIENT: 4;
};
export type Provider = (typeof Provider)[keyof typeof Provider];

/** What an event is about. */
export declare const EventType: {
  readonly ATTEMPT: 1;
  readonly CALL: 2;
  readonly STORE: 3;
};
export type EventType = (typeof EventType)[keyof typeof EventType];

/** What the library does after an attempt. */
export declare const Decision: {
  readonly SUCCEED: 1;
  readonly GIVE_UP: 2;
  readonly RETRY: 3;
  readonly RESEND: 4;
  readonly RENEW_TOKEN: 5;
  readonly CORRECT_CLOCK: 6;
};
export type Decision = (typeof Decision)[keyof typeof Decision];

/** Which of a provider's systems an account talks to. Some providers add values of their own. */
export declare const Environment: {
  readonly TEST: 1;
  readonly PRODUCTION: 2;
};
export type Environment = (typeof Environment)[keyof typeof Environment];

/** What is logged. Each level includes those before it. */
export declare const LogLevel: {
  readonly DEFAULT: 0;
  readonly ERROR: 1;
  readonly INFO: 2;
  readonly DEBUG: 3;
  readonly TRACE: 4;
};
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** Remarks about a session that is valid nevertheless; bits of `warnings`. */
export declare const SessionWarning: {
  readonly ACCOUNT_DIFFERS: 1;
  readonly STATE: 2;
  readonly INVALID_TOKENS: 4;
  readonly EXPIRY_ASSUMED: 8;
  readonly MEMBER_IGNORED: 16;
  readonly CLOCK_CORRECTED: 32;
};

/** Environments beyond SPAY_ENV_TEST, which is PREPROD_WORLD, and SPAY_ENV_PRODUCTION, which is PRODUCTION_WORLD. {connect} stands for connect.worldline-solutions.com. */
export declare const ConnectEnvironment: {
  readonly PRODUCTION_WORLD: 101;
  readonly PRODUCTION_EUROPE: 102;
  readonly PRODUCTION_INDIA: 103;
  readonly PREPROD_WORLD: 111;
  readonly PREPROD_EUROPE: 112;
  readonly PREPROD_INDIA: 113;
  readonly SANDBOX: 121;
};
export type ConnectEnvironment = (typeof ConnectEnvironment)[keyof typeof ConnectEnvironment];

/** The payment product of Apple Pay. */
export declare const ConnectProduct: {
  readonly APPLE_PAY: 302;
};
export type ConnectProduct = (typeof ConnectProduct)[keyof typeof ConnectProduct];

/** JSON `state`. */
export declare const WePayState: {
  readonly UNKNOWN: 0;
  readonly ACTIVE: 1;
  readonly DELETED: 2;
};
export type WePayState = (typeof WePayState)[keyof typeof WePayState];

/** JSON `type`. */
export declare const WePayType: {
  readonly UNKNOWN: 0;
  readonly MOBILE_SESSION: 1;
};
export type WePayType = (typeof WePayType)[keyof typeof WePayType];

/** Errors of one group: what the caller does next. */
export declare class ProgramError extends SessionPayError {}

/** Errors of one group: what the caller does next. */
export declare class SetupError extends SessionPayError {}

/** Errors of one group: what the caller does next. */
export declare class RequestError extends SessionPayError {}

/** Errors of one group: what the caller does next. */
export declare class LaterError extends SessionPayError {}

/** Errors of one group: what the caller does next. */
export declare class SupportError extends SessionPayError {}

/** SPAY_E_INVALID_ARGUMENT */
export declare class InvalidArgumentError extends ProgramError {}

/** SPAY_E_STATE */
export declare class StateError extends ProgramError {}

/** SPAY_E_UNSUPPORTED */
export declare class UnsupportedError extends ProgramError {}

/** SPAY_E_NO_MEMORY */
export declare class NoMemoryError extends ProgramError {}

/** SPAY_E_AUTH */
export declare class AuthError extends SetupError {}

/** SPAY_E_FORBIDDEN */
export declare class ForbiddenError extends SetupError {}

/** SPAY_E_CLOCK */
export declare class ClockError extends SetupError {}

/** SPAY_E_TLS */
export declare class TlsError extends SetupError {}

/** SPAY_E_PROXY */
export declare class ProxyError extends SetupError {}

/** SPAY_E_REJECTED */
export declare class RejectedError extends RequestError {}

/** SPAY_E_NOT_FOUND */
export declare class NotFoundError extends RequestError {}

/** SPAY_E_CONFLICT */
export declare class ConflictError extends RequestError {}

/** SPAY_E_EXPIRED */
export declare class ExpiredError extends RequestError {}

/** SPAY_E_CONNECT */
export declare class ConnectError extends LaterError {}

/** SPAY_E_NETWORK */
export declare class NetworkError extends LaterError {}

/** SPAY_E_TIMEOUT */
export declare class TimeoutError extends LaterError {}

/** SPAY_E_THROTTLED */
export declare class ThrottledError extends LaterError {}

/** SPAY_E_PROVIDER */
export declare class ProviderError extends LaterError {}

/** SPAY_E_CANCELED */
export declare class CanceledError extends LaterError {}

/** SPAY_E_BUSY */
export declare class BusyError extends LaterError {}

/** SPAY_E_PROTOCOL */
export declare class ProtocolError extends SupportError {}

/** SPAY_E_LIMIT */
export declare class LimitError extends SupportError {}

/** SPAY_E_INTERNAL */
export declare class InternalError extends SupportError {}

/** An attempt or a call that has ended. Made by the library, valid only during the hook; new members are added at the end. Times that are not known are -1. */
export declare class Event {
  private constructor();
  /** SPAY_EVENT_... */
  readonly type: EventType;
  /** SPAY_PROVIDER_... */
  readonly provider: Provider;
  /** "session_create", or "token" for a request to the token endpoint. */
  readonly operation: string;
  /** Method and path template, without ids: "POST /v1/{merchantId}/sessions". */
  readonly route: string;
  /** Which attempt of its call, from 1; in a call's event, how many there were. */
  readonly attempt: number;
  /** How many attempts so far put bytes on the wire; for "token", how many token requests did. */
  readonly requestsSent: number;
  /** SPAY_OK or why it failed. */
  readonly status: Status;
  /** SPAY_OUTCOME_...; 0 for a success. */
  readonly outcome: Outcome;
  /** SPAY_DECISION_...: what follows. */
  readonly decision: Decision;
  /** The HTTP status; 0 if there was no reply. */
  readonly httpStatus: number;
  /** How long the library waits before the next attempt, in ms. */
  readonly delayMs: number;
  /** The wall clock at the end, UNIX time in ms. */
  readonly atMs: number;
  /** How long the attempt, or the call, took, in ms. */
  readonly elapsedMs: number;
  /** Until the host's name was resolved, in microseconds from the attempt's start. */
  readonly nameLookupUs: number;
  /** Until the connection was established; 0 if one was reused, -1 if it never stood. */
  readonly connectUs: number;
  /** Until TLS was ready; 0 if a connection was reused or has no TLS, -1 if it never was. */
  readonly tlsUs: number;
  /** Until the first byte of the reply came. */
  readonly firstByteUs: number;
  /** Until the end of the reply. */
  readonly totalUs: number;
  /** The idempotency key; "" if the call has none. */
  readonly idempotencyKey: string;
  /** The provider's reference for support; "" if the reply had none. */
  readonly requestId: string;
  /** How many bytes of the request were passed to the connection, before encryption; -1 if the transport does not tell, or over HTTP/2, where requests share the connection. */
  readonly bytesSent: number;
  /** How many bytes of the reply came, its header and framing included; -1 as above. */
  readonly bytesReceived: number;
  /** What the error's reason says, see spay_error_reason(); "" for a success. */
  readonly reason: string;
  /** SPAY_STAGE_...; 0 for a success. */
  readonly stage: Stage;
  /** Host and port of the request, as in its URL. */
  readonly host: string;
  /** How far a failed attempt got: "name_lookup", "connect", "proxy", "tls", "send", "wait" (for the reply), "receive" or "reply" (it is complete); "" for a success. */
  readonly phase: string;
  /** The provider's own code, see spay_error_provider_code(); "" if there is none. */
  readonly providerCode: string;
  /** One line about the failure, see spay_error_message(); "" for a success. */
  readonly message: string;
  /** call_ctx of the call's options; NULL if it is not set, or there is no call yet. */
  readonly callCtx: unknown;
  /** The host of `host` alone: a name, an IPv4 address, or an IPv6 address without brackets. */
  readonly serverHost: string;
  /** The port, that of the scheme if the URL has none; 0 if there is no host. */
  readonly serverPort: number;
  /** The version of HTTP that the reply came in: "1.0", "1.1", "2"; "" if it is not known. */
  readonly protocolVersion: string;
}

/** A request that is about to be sent. Made by the library, valid only during the hook; new members are added at the end. */
export declare class SendRecord {
  private constructor();
  /** SPAY_PROVIDER_... */
  readonly provider: Provider;
  /** Which attempt of its call, from 1. */
  readonly attempt: number;
  /** Method and path template, without ids. */
  readonly route: string;
  /** The idempotency key; "" if the call has none. */
  readonly idempotencyKey: string;
  /** SHA-256 of the body, 64 lower-case hexadecimal digits: the same on every attempt. */
  readonly bodySha256: string;
  /** Length of the body in bytes. */
  readonly bodyLength: number;
  /** The wall clock, UNIX time in ms. */
  readonly atMs: number;
  /** call_ctx of the call's options; NULL if it is not set. */
  readonly callCtx: unknown;
}

/** Settings of a client. Everything is optional: zero means "the default", never "without limit". All text is copied. */
export interface ClientOptions extends MultiOptions, ClientExtras {
  /** How long a call may take in all, waits and retries included, in ms. Default 25000. */
  timeoutMs?: number | null | undefined;
  /** How long one attempt may take, in ms. Default 10000. */
  attemptTimeoutMs?: number | null | undefined;
  /** How long a new connection may take, TLS included, in ms. Default 5000. */
  connectTimeoutMs?: number | null | undefined;
  /** How many attempts a call may make, 1 to 10. Default 3. These are not counted: one resend when no byte had been sent, one after a token renewal and one after a clock correction. 1 turns them off too. */
  maxAttempts?: number | null | undefined;
  /** Idle connections kept for reuse, 1 to 1024. Default 64. */
  maxIdleConnections?: number | null | undefined;
  /** Precedes the library's own `User-Agent`, such as "MyShop/1.2"; ASCII, 1-256 bytes. */
  userAgent?: string | null | undefined;
  /** A secret of at least 16 bytes from which idempotency keys are derived for calls that name their `intent` (see spay_call_options). Wiped when the client is freed. */
  keySecret?: Uint8Array | null | undefined;
  /** Certificate authorities to trust instead of the system's: a PEM file. For a company proxy or the sandbox; a proxy with TLS is verified by them, too. Only one of ca_file and ca_pem may be set. The file is read when the client is made, and again for the first connection after a day: keep it there. Without either, the system's authorities are read as connections need them, and read anew after a day. */
  caFile?: string | null | undefined;
  /** The same as PEM text in memory. */
  caPem?: string | null | undefined;
  /** The client's own certificate, a PEM file, with its key file and the key's password. */
  clientCertificateFile?: string | null | undefined;
  /** PEM file with the private key; required with client_certificate_file. */
  clientKeyFile?: string | null | undefined;
  /** Password of the private key; NULL if it has none. Wiped when the client is freed. */
  clientKeyPassword?: string | null | undefined;
  /** Public keys to accept, beyond the verification that always happens: "sha256//BASE64", several separated by ";". NULL accepts any key with a valid certificate. */
  pinnedPublicKeys?: string | null | undefined;
  /** A proxy, such as "http://proxy.example:3128", also https or socks5h, without a user; NULL for none. It is asked for a tunnel. To one with https the same versions of TLS and authorities apply as to the provider, but neither client certificate nor pinned_public_keys. Plain http, which is for loopback alone, does not go through it. Proxies named in environment variables are never used. */
  proxy?: string | null | undefined;
  /** "user:password" for the proxy; NULL for none. Wiped when the client is freed. */
  proxyCredentials?: string | null | undefined;
  /** SPAY_LOG_...; default SPAY_LOG_INFO if log is set. */
  logLevel?: LogLevel | null | undefined;
  /** How many attempts the flight recorder keeps, 1 to 1000. Default 32. */
  recordedAttempts?: number | null | undefined;
  /** How long to wait for an answer of the store, in ms, 1 to 60000. Default 500. */
  storeTimeoutMs?: number | null | undefined;
}

/** Settings of one call. All optional; zero means the client's setting. */
export interface CallOptions extends CallExtras {
  /** The idempotency key, to repeat an earlier call whose outcome is unknown: the one in its error. NULL: a new one is made. wepay: 1-255 visible ASCII bytes; hosted_fields: a UUIDv4; connect_server: 1-40 visible ASCII bytes; connect_client has no keys and refuses one. */
  idempotencyKey?: string | null | undefined;
  /** What the call is for, such as an order number and a try number: 1-255 bytes of UTF-8. The key is then derived from it, the account that the request names and the client's key_secret, so that the same intent gives the same key after a crash, in another process, on another machine. Not together with idempotency_key. */
  intent?: string | null | undefined;
  /** Milliseconds for the whole call; at most 3600000. */
  timeoutMs?: number | null | undefined;
  /** Milliseconds for one attempt; at most 3600000. */
  attemptTimeoutMs?: number | null | undefined;
  /** How many attempts, 1 to 10; see spay_client_options::max_attempts. */
  maxAttempts?: number | null | undefined;
}

/** The provider-agnostic view of a session: the first member of every typed session. Made by the library alone, read-only, valid as long as its session. New members are added at the end. */
export declare class SessionInfo extends Expiring {
  private constructor();
  /** Who made the session: SPAY_PROVIDER_... */
  readonly provider: Provider;
  /** SPAY_SESSION_WARNING_... bits; 0 for none. */
  readonly warnings: number;
  /** What the front end needs: wepay `session_token`, hosted_fields `token`, connect_server `clientSessionId`, connect_client the merchant session object. A secret: never log it. */
  get value(): string;
  /** The session's identifier at the provider: wepay `id`, connect_server `customerId`; else "". */
  readonly id: string;
  /** When the session expires, UNIX time in milliseconds; -1 if unknown. Like all times that the library computes, it is in this machine's clock, to be compared with it: what the provider told is corrected by clock_offset_ms. */
  readonly expiresAtMs: number;
  /** The idempotency key that every attempt carried; "" if none was sent. */
  readonly idempotencyKey: string;
  /** The provider's reference for support; "" if the reply had none. */
  readonly requestId: string;
  /** The HTTP status of the reply. */
  readonly httpStatus: number;
  /** How many attempts the call made, the successful one included. */
  readonly attempts: number;
  /** How many of them put bytes on the wire. */
  readonly requestsSent: number;
  /** How many token requests the call made itself (hosted_fields); 0 if a cached token was used. */
  readonly tokenRequests: number;
  /** Milliseconds from the start of the call to the session. */
  readonly elapsedMs: number;
  /** The whole reply, byte for byte, NUL-terminated. It holds the secret. */
  get rawJson(): string;
  /** How much the provider's clock is ahead of this machine's, in milliseconds; negative if it is behind. 0 if the difference is not known, or not more than a minute. */
  readonly clockOffsetMs: number;
  /** SPAY_YES if another call with the same intent made the session, in this process or another, and this one sent nothing; otherwise 0. Needs a store, see spay_client_options. */
  readonly shared: boolean;
}

/** Settings of a spay_connect_server. All text is copied. */
export interface ConnectServerOptions {
  /** SPAY_ENV_... or SPAY_CONNECT_ENV_...; required unless base_url is set. It also decides which of Apple's hosts Apple Pay may use; with base_url alone these are the production hosts, and on loopback those of Apple's sandbox too. */
  environment?: number | null | undefined;
  /** Another base URL, without a path; wins over environment. https, or loopback http. */
  baseUrl?: string | null | undefined;
  /** Path `merchantId`: 1-64 characters, no "/", "?", "#" or control byte, nor "..". */
  merchantId: string;
  /** The key pair's id: visible ASCII without ":", 1-255 bytes. */
  apiKeyId: string;
  /** The key pair's secret, as text, exactly as issued. 1-4096 bytes. */
  secretApiKey: string;
  /** Who integrated: JSON `integrator` in the header `X-GCS-ServerMetaInfo`, which is always sent. Default "libsessionpay user"; UTF-8, 1-255 bytes. */
  integrator?: string | null | undefined;
  /** JSON `platformIdentifier` in the header `X-GCS-ServerMetaInfo`. Default: the system's name; UTF-8, 1-255 bytes. */
  platformIdentifier?: string | null | undefined;
  /** JSON `shoppingCartExtension.creator` in the header `X-GCS-ServerMetaInfo`; needed if any of the next three is set. */
  extensionCreator?: string | null | undefined;
  /** JSON `shoppingCartExtension.name` in the header `X-GCS-ServerMetaInfo`. */
  extensionName?: string | null | undefined;
  /** JSON `shoppingCartExtension.version` in the header `X-GCS-ServerMetaInfo`. */
  extensionVersion?: string | null | undefined;
  /** JSON `shoppingCartExtension.extensionId` in the header `X-GCS-ServerMetaInfo`; optional even then. */
  extensionId?: string | null | undefined;
  /** SPAY_YES: make an `X-GCS-Idempotence-Key` for every call. Default no, because Worldline does not say whether sessions support it. A call that brings a key or an intent always sends it. */
  idempotence?: boolean | null | undefined;
}

/** Payment products and groups. Borrowed, as is the request that points to it. */
export interface ConnectServerFilter {
  /** JSON `groups`: no duplicates; the only group today is "cards". */
  groups?: readonly string[] | null | undefined;
  /** JSON `products`: payment product ids, such as 302 for Apple Pay; > 0, no duplicates. */
  products?: readonly number[] | null | undefined;
}

/** What to create; everything is optional. Borrowed until the function that takes it returns. */
export interface ConnectServerSessionRequest {
  /** JSON `paymentProductFilters.exclude`: never offer these. NULL or empty leaves it out. */
  exclude?: ConnectServerFilter | null | undefined;
  /** JSON `paymentProductFilters.restrictTo`: offer at most these. NULL or empty leaves it out. */
  restrictTo?: ConnectServerFilter | null | undefined;
  /** JSON `tokens`: the consumer's stored tokens, each 1-255 bytes without control characters. */
  tokens?: readonly string[] | null | undefined;
  /** Header `X-GCS-ClientMetaInfo`: a JSON object about the consumer's device, as the page gave it; the library encodes it. NULL leaves it out; at most 4096 bytes. */
  clientMetaInfo?: string | null | undefined;
  /** A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. NULL for none. */
  extraJson?: string | null | undefined;
}

/** A client session as Worldline answered it. Text that the reply lacks or has as null is NULL. */
export declare class ConnectServerSession {
  private constructor();
  /** The provider-agnostic view; info->value is client_session_id. info->expires_at_ms is two hours, the documented lifetime, after the request began; for a key that is repeated, after the first request with it. Never NULL. */
  readonly info: SessionInfo;
  /** JSON `clientSessionId`: authorizes the client API. Never NULL or empty. */
  get clientSessionId(): string;
  /** JSON `customerId`. Never NULL or empty. */
  readonly customerId: string;
  /** JSON `clientApiUrl`: where the client API of this session lives. Never NULL or empty. */
  readonly clientApiUrl: string;
  /** JSON `assetUrl`: base of images and other assets. */
  readonly assetUrl: string | null;
  /** JSON `region`, deprecated by Worldline. */
  readonly region: string | null;
  /** JSON `invalidTokens`: those of the tokens that should be removed. NULL if there are none. */
  readonly invalidTokens: readonly string[];
}

/** Settings of a spay_connect_client: what the server session says. All text is copied. */
export interface ConnectClientOptions {
  /** Which of Apple's hosts a validation URL may name. SPAY_ENV_PRODUCTION, the default: Apple's production gateways. SPAY_ENV_TEST: those of Apple's sandbox too. */
  environment?: Environment | null | undefined;
  /** JSON `clientSessionId` of the server session: visible ASCII, 1-255 bytes. */
  clientSessionId: string;
  /** JSON `customerId` of the server session: 1-255 bytes, no control byte. */
  customerId: string;
  /** JSON `clientApiUrl` of the server session: https on a host under .api-ingenico.com, .api-worldline.com or .worldline-solutions.com, or one of allowed_hosts (then loopback http too). Its path may be empty, "/client" or "/client/v1". */
  clientApiUrl: string;
  /** Further hosts for client_api_url, exactly, in lower case, without port: "127.0.0.1". */
  allowedHosts?: readonly string[] | null | undefined;
  /** SPAY_YES: a validation URL may also name the pod hosts of Apple's older list. Default no. */
  allowApplePods?: boolean | null | undefined;
  /** JSON `platformIdentifier` in the header `X-GCS-ClientMetaInfo`, which is always sent, such as the consumer's user agent. Default: the library's platform. UTF-8, 1-1024 bytes. */
  platformIdentifier?: string | null | undefined;
  /** JSON `screenSize` in the header `X-GCS-ClientMetaInfo`, such as "1280x800". NULL leaves it out; UTF-8, 1-64 bytes. */
  screenSize?: string | null | undefined;
  /** A JSON object with further members for that header, such as `appIdentifier`, `deviceBrand`, `deviceType` or `ipAddress`. A member that is set already, or occurs twice, is refused. NULL for none; 1-4096 bytes. */
  metaInfoJson?: string | null | undefined;
}

/** What to create. Borrowed until the function that takes it returns. */
export interface ConnectClientSessionRequest {
  /** Path `paymentProductId`. 0 means SPAY_CONNECT_PRODUCT_APPLE_PAY. */
  productId?: ConnectProduct | null | undefined;
  /** JSON `displayName`: the company's name as the Apple Pay sheet shows it. NULL leaves it out; 1-64 characters of UTF-8 without control characters. */
  displayName?: string | null | undefined;
  /** JSON `domainName`: the domain of the page that shows the button. Letters, digits, hyphens and at least one dot, IDN as punycode. */
  domainName: string;
  /** JSON `validationUrl`: `event.validationURL` from the page, unchanged. It comes from a browser, so it must be https, on one of Apple's own gateways, with one of Apple's two paths. */
  validationUrl: string;
  /** A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. NULL for none. */
  extraJson?: string | null | undefined;
}

/** Apple's merchant session, as Worldline answered it. */
export declare class ConnectClientSession {
  private constructor();
  /** The provider-agnostic view; info->value is session_object. info->expires_at_ms is five minutes after the request began, the lifetime that Apple documents. Never NULL. */
  readonly info: SessionInfo;
  /** JSON `paymentProductSession302SpecificOutput.sessionObject`: the text of a JSON object, byte for byte, NUL-terminated. Send it to the page as it is, with content type application/json; there, give the parsed object to completeMerchantValidation(). Use it once. */
  get sessionObject(): string;
  /** The payment product that was asked for. */
  readonly productId: number;
}

/** Settings of a spay_hosted_fields. All text is copied. */
export interface HostedFieldsOptions {
  /** SPAY_ENV_TEST (https://api.uat.payroc.com/v1, https://identity.uat.payroc.com) or SPAY_ENV_PRODUCTION (https://api.payroc.com/v1, https://identity.payroc.com). Required unless base_url is set. */
  environment?: Environment | null | undefined;
  /** Another API base URL, its version included (".../v1"). https, or loopback http. */
  baseUrl?: string | null | undefined;
  /** Another identity base URL; required with base_url and api_key. https, or loopback http. */
  identityUrl?: string | null | undefined;
  /** The API key, header `x-api-key`, sent to the identity host alone. 1-4096 bytes without control characters. Either this or bearer_token is required. */
  apiKey?: string | null | undefined;
  /** A bearer token that the caller got elsewhere; it is used as it is and never renewed. 1-16384 bytes of visible ASCII. Not together with api_key. */
  bearerToken?: string | null | undefined;
}

/** What to create. All text is borrowed until the function that takes it returns. */
export interface HostedFieldsSessionRequest {
  /** Path `processingTerminalId`: 4-50 characters, no "/", "?", "#" or control byte. */
  processingTerminalId: string;
  /** JSON `libVersion`: the version of the Hosted Fields JavaScript library that the page loads. Must match ^\d{1,2}.\d{1,2}.\d{1,2}(?:-beta)?.\d+$ as Payroc publishes it, where a dot stands for any character. */
  libVersion: string;
  /** JSON `scenario`: "payment" or "tokenization". */
  scenario: string;
  /** JSON `secureTokenId`: saved details to update. NULL leaves it out; 1-200 characters. */
  secureTokenId?: string | null | undefined;
  /** A JSON object with further members for the body that this struct does not have. A member that is set already, or occurs twice, is refused. NULL for none. */
  extraJson?: string | null | undefined;
}

/** A session as Payroc answered it. Text that the reply lacks or has as null is NULL. */
export declare class HostedFieldsSession {
  private constructor();
  /** The provider-agnostic view; info->value is token. Never NULL. */
  readonly info: SessionInfo;
  /** JSON `token`: give it to the page, for one page load. Never NULL or empty. */
  get token(): string;
  /** JSON `processingTerminalId`. */
  readonly processingTerminalId: string | null;
  /** JSON `expiresAt`, ISO 8601 text as received. */
  readonly expiresAt: string | null;
  /** When the token expires, UNIX time in milliseconds of this machine's clock, as info->expires_at_ms: `expiresAt`, or 10 minutes after receipt if the reply has none that can be read (then info->warnings says so). */
  readonly expiresAtMs: number;
}

/** Settings of a driver. Everything is optional. */
export interface MultiOptions {
  /** How many connections there are to one host at most, 1 to 1024. Default 64. Over HTTP/1.1 each carries one request at a time. Further calls wait in a queue, in the order in which they were added, and use memory only. */
  maxConnections?: number | null | undefined;
  /** SPAY_YES: speak HTTP/2 with hosts that can: many requests over a connection, and another connection only when the host allows no more on the existing ones. Default no. Needs a library built with nghttp2; another refuses it with SPAY_E_UNSUPPORTED. */
  http2?: boolean | null | undefined;
  /** How many requests run at once at one host that speaks HTTP/2, 1 to 1024. Default 64, or max_connections if that is more. Until the host has spoken it, max_connections holds. Most hosts allow 100 or more on a connection; requests beyond what all connections allow wait, and their deadlines run. Needs http2. */
  maxRequests?: number | null | undefined;
}

/** Settings of a spay_wepay. All text is copied. */
export interface WePayOptions {
  /** SPAY_ENV_TEST (https://stage-api.wepay.com) or SPAY_ENV_PRODUCTION (https://api.wepay.com). Required unless base_url is set. */
  environment?: Environment | null | undefined;
  /** Another base URL, such as the sandbox's; wins over environment. https, or loopback http. */
  baseUrl?: string | null | undefined;
  /** The application's id, header `App-Id`: visible ASCII, 1-255 bytes. */
  appId: string;
  /** The application's secret token, header `App-Token`: visible ASCII, 1-4096 bytes. */
  appToken: string;
  /** Header `Api-Version`. Default "3.0"; any visible ASCII of 1-64 bytes is sent as it is. */
  apiVersion?: string | null | undefined;
}

/** What to create. All text is borrowed until the function that takes it returns. */
export interface WePaySessionRequest {
  /** JSON `type`. Required: "mobile_session", or any other type that WePay has given you; 1-64 bytes of visible ASCII. It is also the name of the JSON object that holds the members below. */
  type: string;
  /** JSON `{type}.account_id`: the merchant's account, case-sensitive. 1-255 bytes of UTF-8 without control characters. Required for "mobile_session", otherwise optional. */
  accountId?: string | null | undefined;
  /** JSON `{type}.time_to_live`, seconds. 1 to 2147483647; 0 leaves it out, which is what WePay documents. */
  timeToLive?: number | null | undefined;
  /** Header `WePay-Risk-Token`; not needed for this call. NULL leaves it out; visible ASCII, 1-255 bytes. */
  riskToken?: string | null | undefined;
  /** Header `Client-IP`; not needed for this call. NULL leaves it out; an IPv4 or IPv6 address. */
  clientIp?: string | null | undefined;
  /** A JSON object with further members for the body that this struct does not have. A member named as `type` says must be an object; its members join those above. A member that is set already is refused. NULL for none. */
  extraJson?: string | null | undefined;
}

/** JSON `owner`. A member that the reply lacks or has as null is NULL. */
export declare class WePayOwner {
  private constructor();
  /** JSON `owner.id`: for a mobile session, the merchant account. */
  readonly id: string | null;
  /** JSON `owner.path`, such as "/accounts/{id}". */
  readonly path: string | null;
  /** JSON `owner.resource`, such as "accounts". */
  readonly resource: string | null;
}

/** JSON `mobile_session`. */
export declare class WePayMobileSession {
  private constructor();
  /** JSON `mobile_session.time_to_live`, seconds; -1 if absent. Expiry is expire_time, not this. */
  readonly timeToLive: number;
  /** JSON `mobile_session.account_id`; NULL if absent. */
  readonly accountId: string | null;
}

/** A session token as WePay answered it. Text that the reply lacks or has as null is NULL. */
export declare class WePaySession {
  private constructor();
  /** The provider-agnostic view; info->value is session_token. Never NULL. */
  readonly info: SessionInfo;
  /** JSON `id`: the session token's id as a resource. Never NULL or empty. */
  readonly id: string;
  /** JSON `session_token`: give it to the Card Present SDK. Never NULL or empty. */
  get sessionToken(): string;
  /** JSON `expire_time`: UNIX time in seconds, as received. */
  readonly expireTime: number;
  /** JSON `create_time`: UNIX time in seconds, as received; -1 if absent. */
  readonly createTime: number;
  /** JSON `path`, relative to the base URL. */
  readonly path: string | null;
  /** JSON `resource`, "session_tokens". */
  readonly resource: string | null;
  /** JSON `owner`; NULL if absent. */
  readonly owner: WePayOwner | null;
  /** JSON `api_version`. */
  readonly apiVersion: string | null;
  /** JSON `state` as SPAY_WEPAY_STATE_... */
  readonly state: WePayState;
  /** JSON `type` as SPAY_WEPAY_TYPE_... */
  readonly type: WePayType;
  /** JSON `state`, verbatim. */
  readonly stateText: string | null;
  /** JSON `type`, verbatim. */
  readonly typeText: string | null;
  /** JSON `mobile_session`; NULL if absent. */
  readonly mobileSession: WePayMobileSession | null;
}

/** Settings of a store in a directory. All text is copied. */
export interface FileOptions {
  /** An absolute path on a local file system; best is one in memory, such as "/run/shop/sessions". The directory is made, with mode 0700, if only its last part is missing. It must belong to the effective user, nobody else may have any right to it, and it must not be a symbolic link. This is checked again in each operation, which ends with SPAY_STORE_ERROR if it does not hold. */
  directory: string;
}

/** Settings of a store on Redis. All text is copied. */
export interface RedisOptions {
  /** Where it is, and who we are there: redis://[[user]:password@]host[:port][/database] rediss://..., the same with TLS, where the library was built with a libhiredis that has it unix://[[user]:password@]/path/of/socket[?db=database] User and password may have any byte except NUL as %XX. The port is 6379 and the database 0 if not given. Wiped when the store goes. */
  url: string;
  /** What all keys begin with: up to 64 bytes of visible ASCII without blanks and braces. NULL: "sessionpay:". */
  keyPrefix?: string | null | undefined;
  /** Certificate authorities to trust instead of the system's, a PEM file; only for rediss://. The certificate must be for the host in the URL. */
  caFile?: string | null | undefined;
  /** How long a connection may take, 1 to 60000 ms. Default 500. The host's name comes on top. */
  connectTimeoutMs?: number | null | undefined;
  /** How long a log-in, or a command, may take, 1 to 60000 ms. Default 500. */
  commandTimeoutMs?: number | null | undefined;
}

/** A session token as WePay answered it. Text that the reply lacks or has as null is NULL. */
export declare class WePay extends Account {
  constructor(client: Client, options: WePayOptions);
  /** What to create. All text is borrowed until the function that takes it returns. */
  createSession(request: WePaySessionRequest, options?: CallOptions): Promise<WePaySession>;
}

/** A session as Payroc answered it. Text that the reply lacks or has as null is NULL. */
export declare class HostedFields extends Account {
  constructor(client: Client, options: HostedFieldsOptions);
  /** What to create. All text is borrowed until the function that takes it returns. */
  createSession(request: HostedFieldsSessionRequest, options?: CallOptions): Promise<HostedFieldsSession>;
  /** Replace the bearer token of an account that was made with one. */
  setBearerToken(bearerToken: string): void;
}

/** A client session as Worldline answered it. Text that the reply lacks or has as null is NULL. */
export declare class ConnectServer extends Account {
  constructor(client: Client, options: ConnectServerOptions);
  /** What to create; everything is optional. Borrowed until the function that takes it returns. */
  createSession(request?: ConnectServerSessionRequest, options?: CallOptions): Promise<ConnectServerSession>;
  /** Both steps in one call: a client session, and the Apple Pay merchant session with it. */
  createApplePaySession(
    request: ConnectClientSessionRequest,
    options?: CallOptions & { serverRequest?: ConnectServerSessionRequest },
  ): Promise<{ serverSession: ConnectServerSession; session: ConnectClientSession }>;
}

/** Apple's merchant session, as Worldline answered it. */
export declare class ConnectClient extends Account {
  constructor(client: Client, options: ConnectClientOptions);
  /** What to create. Borrowed until the function that takes it returns. */
  createSession(request: ConnectClientSessionRequest, options?: CallOptions): Promise<ConnectClientSession>;
  /** The account of a client session that the server API has made. */
  static fromSession(server: ConnectServer, session: ConnectServerSession): ConnectClient;
}
