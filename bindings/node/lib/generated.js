// Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT
//
// What the description of the interface says: constants, errors, sessions, accounts.
'use strict';

const { Account, createApplePaySession, fromSession, setBearerToken } = require('./account.js');
const { contextOf } = require('./calls.js');
const { ERRORS, SessionPayError, named } = require('./errors.js');
const { Expiring, setNativeSession } = require('./sessions.js');
const { CLASSES, MEMBERS, wrongType } = require('./values.js');

exports.Status = Object.freeze({
  OK: 0,
  INVALID_ARGUMENT: -1,
  STATE: -2,
  UNSUPPORTED: -3,
  NO_MEMORY: -4,
  AUTH: -10,
  FORBIDDEN: -11,
  CLOCK: -12,
  TLS: -13,
  PROXY: -14,
  REJECTED: -20,
  NOT_FOUND: -21,
  CONFLICT: -22,
  EXPIRED: -23,
  CONNECT: -30,
  NETWORK: -31,
  TIMEOUT: -32,
  THROTTLED: -33,
  PROVIDER: -34,
  CANCELED: -35,
  BUSY: -36,
  PROTOCOL: -40,
  LIMIT: -41,
  INTERNAL: -42,
});

exports.Group = Object.freeze({
  NONE: 0,
  PROGRAM: 1,
  SETUP: 2,
  REQUEST: 3,
  LATER: 4,
  SUPPORT: 5,
});

exports.Outcome = Object.freeze({
  NOT_SENT: 1,
  REJECTED: 2,
  UNKNOWN: 3,
});

exports.Stage = Object.freeze({
  INPUT: 1,
  TOKEN: 2,
  REQUEST: 3,
  REPLY: 4,
});

exports.Provider = Object.freeze({
  NONE: 0,
  WEPAY: 1,
  HOSTED_FIELDS: 2,
  CONNECT_SERVER: 3,
  CONNECT_CLIENT: 4,
});

exports.EventType = Object.freeze({
  ATTEMPT: 1,
  CALL: 2,
  STORE: 3,
});

exports.Decision = Object.freeze({
  SUCCEED: 1,
  GIVE_UP: 2,
  RETRY: 3,
  RESEND: 4,
  RENEW_TOKEN: 5,
  CORRECT_CLOCK: 6,
});

exports.Environment = Object.freeze({
  TEST: 1,
  PRODUCTION: 2,
});

exports.LogLevel = Object.freeze({
  DEFAULT: 0,
  ERROR: 1,
  INFO: 2,
  DEBUG: 3,
  TRACE: 4,
});

exports.SessionWarning = Object.freeze({
  ACCOUNT_DIFFERS: 1,
  STATE: 2,
  INVALID_TOKENS: 4,
  EXPIRY_ASSUMED: 8,
  MEMBER_IGNORED: 16,
  CLOCK_CORRECTED: 32,
});

exports.ConnectEnvironment = Object.freeze({
  PRODUCTION_WORLD: 101,
  PRODUCTION_EUROPE: 102,
  PRODUCTION_INDIA: 103,
  PREPROD_WORLD: 111,
  PREPROD_EUROPE: 112,
  PREPROD_INDIA: 113,
  SANDBOX: 121,
});

exports.ConnectProduct = Object.freeze({
  APPLE_PAY: 302,
});

exports.WePayState = Object.freeze({
  UNKNOWN: 0,
  ACTIVE: 1,
  DELETED: 2,
});

exports.WePayType = Object.freeze({
  UNKNOWN: 0,
  MOBILE_SESSION: 1,
});

class ProgramError extends SessionPayError {
}
named(ProgramError);
exports.ProgramError = ProgramError;

class SetupError extends SessionPayError {
}
named(SetupError);
exports.SetupError = SetupError;

class RequestError extends SessionPayError {
}
named(RequestError);
exports.RequestError = RequestError;

class LaterError extends SessionPayError {
}
named(LaterError);
exports.LaterError = LaterError;

class SupportError extends SessionPayError {
}
named(SupportError);
exports.SupportError = SupportError;

class InvalidArgumentError extends ProgramError {
  static status = -1;
  static code = 'SPAY_E_INVALID_ARGUMENT';
}
named(InvalidArgumentError);
exports.InvalidArgumentError = InvalidArgumentError;
ERRORS[-1] = InvalidArgumentError;

class StateError extends ProgramError {
  static status = -2;
  static code = 'SPAY_E_STATE';
}
named(StateError);
exports.StateError = StateError;
ERRORS[-2] = StateError;

class UnsupportedError extends ProgramError {
  static status = -3;
  static code = 'SPAY_E_UNSUPPORTED';
}
named(UnsupportedError);
exports.UnsupportedError = UnsupportedError;
ERRORS[-3] = UnsupportedError;

class NoMemoryError extends ProgramError {
  static status = -4;
  static code = 'SPAY_E_NO_MEMORY';
}
named(NoMemoryError);
exports.NoMemoryError = NoMemoryError;
ERRORS[-4] = NoMemoryError;

class AuthError extends SetupError {
  static status = -10;
  static code = 'SPAY_E_AUTH';
}
named(AuthError);
exports.AuthError = AuthError;
ERRORS[-10] = AuthError;

class ForbiddenError extends SetupError {
  static status = -11;
  static code = 'SPAY_E_FORBIDDEN';
}
named(ForbiddenError);
exports.ForbiddenError = ForbiddenError;
ERRORS[-11] = ForbiddenError;

class ClockError extends SetupError {
  static status = -12;
  static code = 'SPAY_E_CLOCK';
}
named(ClockError);
exports.ClockError = ClockError;
ERRORS[-12] = ClockError;

class TlsError extends SetupError {
  static status = -13;
  static code = 'SPAY_E_TLS';
}
named(TlsError);
exports.TlsError = TlsError;
ERRORS[-13] = TlsError;

class ProxyError extends SetupError {
  static status = -14;
  static code = 'SPAY_E_PROXY';
}
named(ProxyError);
exports.ProxyError = ProxyError;
ERRORS[-14] = ProxyError;

class RejectedError extends RequestError {
  static status = -20;
  static code = 'SPAY_E_REJECTED';
}
named(RejectedError);
exports.RejectedError = RejectedError;
ERRORS[-20] = RejectedError;

class NotFoundError extends RequestError {
  static status = -21;
  static code = 'SPAY_E_NOT_FOUND';
}
named(NotFoundError);
exports.NotFoundError = NotFoundError;
ERRORS[-21] = NotFoundError;

class ConflictError extends RequestError {
  static status = -22;
  static code = 'SPAY_E_CONFLICT';
}
named(ConflictError);
exports.ConflictError = ConflictError;
ERRORS[-22] = ConflictError;

class ExpiredError extends RequestError {
  static status = -23;
  static code = 'SPAY_E_EXPIRED';
}
named(ExpiredError);
exports.ExpiredError = ExpiredError;
ERRORS[-23] = ExpiredError;

class ConnectError extends LaterError {
  static status = -30;
  static code = 'SPAY_E_CONNECT';
}
named(ConnectError);
exports.ConnectError = ConnectError;
ERRORS[-30] = ConnectError;

class NetworkError extends LaterError {
  static status = -31;
  static code = 'SPAY_E_NETWORK';
}
named(NetworkError);
exports.NetworkError = NetworkError;
ERRORS[-31] = NetworkError;

class TimeoutError extends LaterError {
  static status = -32;
  static code = 'SPAY_E_TIMEOUT';
}
named(TimeoutError);
exports.TimeoutError = TimeoutError;
ERRORS[-32] = TimeoutError;

class ThrottledError extends LaterError {
  static status = -33;
  static code = 'SPAY_E_THROTTLED';
}
named(ThrottledError);
exports.ThrottledError = ThrottledError;
ERRORS[-33] = ThrottledError;

class ProviderError extends LaterError {
  static status = -34;
  static code = 'SPAY_E_PROVIDER';
}
named(ProviderError);
exports.ProviderError = ProviderError;
ERRORS[-34] = ProviderError;

class CanceledError extends LaterError {
  static status = -35;
  static code = 'SPAY_E_CANCELED';
}
named(CanceledError);
exports.CanceledError = CanceledError;
ERRORS[-35] = CanceledError;

class BusyError extends LaterError {
  static status = -36;
  static code = 'SPAY_E_BUSY';
}
named(BusyError);
exports.BusyError = BusyError;
ERRORS[-36] = BusyError;

class ProtocolError extends SupportError {
  static status = -40;
  static code = 'SPAY_E_PROTOCOL';
}
named(ProtocolError);
exports.ProtocolError = ProtocolError;
ERRORS[-40] = ProtocolError;

class LimitError extends SupportError {
  static status = -41;
  static code = 'SPAY_E_LIMIT';
}
named(LimitError);
exports.LimitError = LimitError;
ERRORS[-41] = LimitError;

class InternalError extends SupportError {
  static status = -42;
  static code = 'SPAY_E_INTERNAL';
}
named(InternalError);
exports.InternalError = InternalError;
ERRORS[-42] = InternalError;

class Event {

  constructor(type, provider, operation, route, attempt, requestsSent, status, outcome, decision, httpStatus, delayMs, atMs, elapsedMs, nameLookupUs, connectUs, tlsUs, firstByteUs, totalUs, idempotencyKey, requestId, bytesSent, bytesReceived, reason, stage, host, phase, providerCode, message, serverHost, serverPort, protocolVersion, callCtx) {
    this.type = type;
    this.provider = provider;
    this.operation = operation;
    this.route = route;
    this.attempt = attempt;
    this.requestsSent = requestsSent;
    this.status = status;
    this.outcome = outcome;
    this.decision = decision;
    this.httpStatus = httpStatus;
    this.delayMs = delayMs;
    this.atMs = atMs;
    this.elapsedMs = elapsedMs;
    this.nameLookupUs = nameLookupUs;
    this.connectUs = connectUs;
    this.tlsUs = tlsUs;
    this.firstByteUs = firstByteUs;
    this.totalUs = totalUs;
    this.idempotencyKey = idempotencyKey;
    this.requestId = requestId;
    this.bytesSent = bytesSent;
    this.bytesReceived = bytesReceived;
    this.reason = reason;
    this.stage = stage;
    this.host = host;
    this.phase = phase;
    this.providerCode = providerCode;
    this.message = message;
    this.serverHost = serverHost;
    this.serverPort = serverPort;
    this.protocolVersion = protocolVersion;
    this.callCtx = contextOf(callCtx);
    Object.freeze(this);
  }
}
exports.Event = Event;

class SendRecord {

  constructor(provider, attempt, route, idempotencyKey, bodySha256, bodyLength, atMs, callCtx) {
    this.provider = provider;
    this.attempt = attempt;
    this.route = route;
    this.idempotencyKey = idempotencyKey;
    this.bodySha256 = bodySha256;
    this.bodyLength = bodyLength;
    this.atMs = atMs;
    this.callCtx = contextOf(callCtx);
    Object.freeze(this);
  }
}
exports.SendRecord = SendRecord;

class SessionInfo extends Expiring {
  #value;
  #rawJson;

  constructor(provider, warnings, value, id, expiresAtMs, idempotencyKey, requestId, httpStatus, attempts, requestsSent, tokenRequests, elapsedMs, rawJson, clockOffsetMs, shared) {
    super();
    this.provider = provider;
    this.warnings = warnings;
    this.#value = value;
    this.id = id;
    this.expiresAtMs = expiresAtMs;
    this.idempotencyKey = idempotencyKey;
    this.requestId = requestId;
    this.httpStatus = httpStatus;
    this.attempts = attempts;
    this.requestsSent = requestsSent;
    this.tokenRequests = tokenRequests;
    this.elapsedMs = elapsedMs;
    this.#rawJson = rawJson;
    this.clockOffsetMs = clockOffsetMs;
    this.shared = shared;
    Object.freeze(this);
  }

  get value() {
    return this.#value;
  }

  get rawJson() {
    return this.#rawJson;
  }
}
exports.SessionInfo = SessionInfo;

class WePayOwner {

  constructor(id, path, resource) {
    this.id = id;
    this.path = path;
    this.resource = resource;
    Object.freeze(this);
  }
}
exports.WePayOwner = WePayOwner;

class WePaySession {
  #sessionToken;

  constructor(info, id, sessionToken, expireTime, createTime, path, resource, owner, apiVersion, state, type, stateText, typeText, mobileSession) {
    this.info = info;
    this.id = id;
    this.#sessionToken = sessionToken;
    this.expireTime = expireTime;
    this.createTime = createTime;
    this.path = path;
    this.resource = resource;
    this.owner = owner;
    this.apiVersion = apiVersion;
    this.state = state;
    this.type = type;
    this.stateText = stateText;
    this.typeText = typeText;
    this.mobileSession = mobileSession;
    Object.freeze(this);
  }

  get sessionToken() {
    return this.#sessionToken;
  }
}
exports.WePaySession = WePaySession;

class ConnectServerSession {
  #clientSessionId;
  #native;

  constructor(info, clientSessionId, customerId, clientApiUrl, assetUrl, region, invalidTokens, native) {
    this.info = info;
    this.#clientSessionId = clientSessionId;
    this.customerId = customerId;
    this.clientApiUrl = clientApiUrl;
    this.assetUrl = assetUrl;
    this.region = region;
    this.invalidTokens = Object.freeze(invalidTokens);
    this.#native = native;
    Object.freeze(this);
  }

  static {
    setNativeSession((session) => {
      if (!(session instanceof ConnectServerSession)) throw wrongType('session', 'a ConnectServerSession', session);
      return session.#native;
    });
  }

  get clientSessionId() {
    return this.#clientSessionId;
  }
}
exports.ConnectServerSession = ConnectServerSession;

class ConnectClientSession {
  #sessionObject;

  constructor(info, sessionObject, productId) {
    this.info = info;
    this.#sessionObject = sessionObject;
    this.productId = productId;
    Object.freeze(this);
  }

  get sessionObject() {
    return this.#sessionObject;
  }
}
exports.ConnectClientSession = ConnectClientSession;

class HostedFieldsSession {
  #token;

  constructor(info, token, processingTerminalId, expiresAt, expiresAtMs) {
    this.info = info;
    this.#token = token;
    this.processingTerminalId = processingTerminalId;
    this.expiresAt = expiresAt;
    this.expiresAtMs = expiresAtMs;
    Object.freeze(this);
  }

  get token() {
    return this.#token;
  }
}
exports.HostedFieldsSession = HostedFieldsSession;

class WePayMobileSession {

  constructor(timeToLive, accountId) {
    this.timeToLive = timeToLive;
    this.accountId = accountId;
    Object.freeze(this);
  }
}
exports.WePayMobileSession = WePayMobileSession;

exports.WePay = class WePay extends Account {
  static provider = 'wepay';
};

exports.HostedFields = class HostedFields extends Account {
  static provider = 'hosted_fields';

  setBearerToken(bearerToken) {
    setBearerToken(this, bearerToken);
  }
};

exports.ConnectServer = class ConnectServer extends Account {
  static provider = 'connect_server';

  createApplePaySession(request, options = {}) {
    return createApplePaySession(this, request, options);
  }
};

exports.ConnectClient = class ConnectClient extends Account {
  static provider = 'connect_client';

  static fromSession(server, session) {
    return fromSession(this, server, session);
  }
};

// For values.js: names of members, their place and kind.

MEMBERS.spay_client_options = new Map([
  ['timeoutMs', [0, 'int64']],
  ['attemptTimeoutMs', [1, 'int64']],
  ['connectTimeoutMs', [2, 'int64']],
  ['maxAttempts', [3, 'int32']],
  ['maxIdleConnections', [4, 'int32']],
  ['userAgent', [5, 'text']],
  ['keySecret', [6, 'bytes']],
  ['caFile', [7, 'text']],
  ['caPem', [8, 'text']],
  ['clientCertificateFile', [9, 'text']],
  ['clientKeyFile', [10, 'text']],
  ['clientKeyPassword', [11, 'text']],
  ['pinnedPublicKeys', [12, 'text']],
  ['proxy', [13, 'text']],
  ['proxyCredentials', [14, 'text']],
  ['logLevel', [15, 'int32']],
  ['recordedAttempts', [16, 'int32']],
  ['storeTimeoutMs', [17, 'int64']],
]);

MEMBERS.spay_call_options = new Map([
  ['idempotencyKey', [0, 'text']],
  ['intent', [1, 'text']],
  ['timeoutMs', [2, 'int64']],
  ['attemptTimeoutMs', [3, 'int64']],
  ['maxAttempts', [4, 'int32']],
]);

MEMBERS.spay_connect_server_options = new Map([
  ['environment', [0, 'int32']],
  ['baseUrl', [1, 'text']],
  ['merchantId', [2, 'text']],
  ['apiKeyId', [3, 'text']],
  ['secretApiKey', [4, 'text']],
  ['integrator', [5, 'text']],
  ['platformIdentifier', [6, 'text']],
  ['extensionCreator', [7, 'text']],
  ['extensionName', [8, 'text']],
  ['extensionVersion', [9, 'text']],
  ['extensionId', [10, 'text']],
  ['idempotence', [11, 'choice']],
]);

MEMBERS.spay_connect_server_filter = new Map([
  ['groups', [0, 'texts']],
  ['products', [1, 'ints']],
]);

MEMBERS.spay_connect_server_session_request = new Map([
  ['exclude', [0, 'spay_connect_server_filter']],
  ['restrictTo', [1, 'spay_connect_server_filter']],
  ['tokens', [2, 'texts']],
  ['clientMetaInfo', [3, 'text']],
  ['extraJson', [4, 'text']],
]);

MEMBERS.spay_connect_client_options = new Map([
  ['environment', [0, 'int32']],
  ['clientSessionId', [1, 'text']],
  ['customerId', [2, 'text']],
  ['clientApiUrl', [3, 'text']],
  ['allowedHosts', [4, 'texts']],
  ['allowApplePods', [5, 'choice']],
  ['platformIdentifier', [6, 'text']],
  ['screenSize', [7, 'text']],
  ['metaInfoJson', [8, 'text']],
]);

MEMBERS.spay_connect_client_session_request = new Map([
  ['productId', [0, 'int32']],
  ['displayName', [1, 'text']],
  ['domainName', [2, 'text']],
  ['validationUrl', [3, 'text']],
  ['extraJson', [4, 'text']],
]);

MEMBERS.spay_hosted_fields_options = new Map([
  ['environment', [0, 'int32']],
  ['baseUrl', [1, 'text']],
  ['identityUrl', [2, 'text']],
  ['apiKey', [3, 'text']],
  ['bearerToken', [4, 'text']],
]);

MEMBERS.spay_hosted_fields_session_request = new Map([
  ['processingTerminalId', [0, 'text']],
  ['libVersion', [1, 'text']],
  ['scenario', [2, 'text']],
  ['secureTokenId', [3, 'text']],
  ['extraJson', [4, 'text']],
]);

MEMBERS.spay_multi_options = new Map([
  ['maxConnections', [0, 'int32']],
  ['http2', [1, 'choice']],
  ['maxRequests', [2, 'int32']],
]);

MEMBERS.spay_wepay_options = new Map([
  ['environment', [0, 'int32']],
  ['baseUrl', [1, 'text']],
  ['appId', [2, 'text']],
  ['appToken', [3, 'text']],
  ['apiVersion', [4, 'text']],
]);

MEMBERS.spay_wepay_session_request = new Map([
  ['type', [0, 'text']],
  ['accountId', [1, 'text']],
  ['timeToLive', [2, 'int64']],
  ['riskToken', [3, 'text']],
  ['clientIp', [4, 'text']],
  ['extraJson', [5, 'text']],
]);

MEMBERS.spay_file_options = new Map([
  ['directory', [0, 'text']],
]);

MEMBERS.spay_redis_options = new Map([
  ['url', [0, 'text']],
  ['keyPrefix', [1, 'text']],
  ['caFile', [2, 'text']],
  ['connectTimeoutMs', [3, 'int32']],
  ['commandTimeoutMs', [4, 'int32']],
]);

CLASSES.spay_event = Event;
CLASSES.spay_send_record = SendRecord;
CLASSES.spay_session_info = SessionInfo;
CLASSES.spay_wepay_owner = WePayOwner;
CLASSES.spay_wepay_session = WePaySession;
CLASSES.spay_connect_server_session = ConnectServerSession;
CLASSES.spay_connect_client_session = ConnectClientSession;
CLASSES.spay_hosted_fields_session = HostedFieldsSession;
CLASSES.spay_wepay_mobile_session = WePayMobileSession;
