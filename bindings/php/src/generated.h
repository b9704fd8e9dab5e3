/* Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT */
/* clang-format off */
#ifndef SESSIONPAY_GENERATED_H
#define SESSIONPAY_GENERATED_H

#include "tables.h"

enum class_number {
    CLASS_Status,
    CLASS_Group,
    CLASS_Outcome,
    CLASS_Stage,
    CLASS_Provider,
    CLASS_EventType,
    CLASS_Decision,
    CLASS_Environment,
    CLASS_LogLevel,
    CLASS_SessionWarning,
    CLASS_ConnectEnvironment,
    CLASS_ConnectProduct,
    CLASS_WePayState,
    CLASS_WePayType,
    CLASS_Exception,
    CLASS_ProgramException,
    CLASS_SetupException,
    CLASS_RequestException,
    CLASS_LaterException,
    CLASS_SupportException,
    CLASS_InvalidArgumentException,
    CLASS_StateException,
    CLASS_UnsupportedException,
    CLASS_NoMemoryException,
    CLASS_AuthException,
    CLASS_ForbiddenException,
    CLASS_ClockException,
    CLASS_TlsException,
    CLASS_ProxyException,
    CLASS_RejectedException,
    CLASS_NotFoundException,
    CLASS_ConflictException,
    CLASS_ExpiredException,
    CLASS_ConnectException,
    CLASS_NetworkException,
    CLASS_TimeoutException,
    CLASS_ThrottledException,
    CLASS_ProviderException,
    CLASS_CanceledException,
    CLASS_BusyException,
    CLASS_ProtocolException,
    CLASS_LimitException,
    CLASS_InternalException,
    CLASS_ConnectServerFilter,
    CLASS_ConnectServerSessionRequest,
    CLASS_Event,
    CLASS_SendRecord,
    CLASS_SessionInfo,
    CLASS_WePayOwner,
    CLASS_WePaySession,
    CLASS_ConnectServerSession,
    CLASS_ConnectClientSession,
    CLASS_HostedFieldsSession,
    CLASS_WePayMobileSession,
    CLASS_FieldError,
    CLASS_MockRequest,
    CLASS_Client,
    CLASS_WePay,
    CLASS_HostedFields,
    CLASS_ConnectServer,
    CLASS_ConnectClient,
    CLASS_Cancel,
    CLASS_Store,
    CLASS_Mock,
    CLASS_COUNT
};

enum special {
    SPECIAL_BEFORE_SEND,
    SPECIAL_CALL_CTX,
    SPECIAL_CANCEL,
    SPECIAL_CLIENT,
    SPECIAL_EVENT,
    SPECIAL_LOG,
    SPECIAL_SERVER_REQUEST,
    SPECIAL_STORE,
    SPECIAL_TRANSPORT,
    SPECIAL_COUNT
};

/* The members of Exception, after those that PHP's own has. */
enum error_member {
    ERROR_NAME,
    ERROR_STATUS,
    ERROR_REASON,
    ERROR_STAGE,
    ERROR_PROVIDER,
    ERROR_PROVIDER_CODE,
    ERROR_HTTP_STATUS,
    ERROR_REQUEST_ID,
    ERROR_ATTEMPTS,
    ERROR_REQUESTS_SENT,
    ERROR_ELAPSED_MS,
    ERROR_RETRYABLE,
    ERROR_RETRY_AFTER_MS,
    ERROR_OUTCOME,
    ERROR_IDEMPOTENCY_KEY,
    ERROR_FIELD_ERRORS,
    ERROR_BODY,
    ERROR_SERVER_SESSION,
    ERROR_COUNT
};

extern const struct class_table class_tables[CLASS_COUNT];
extern const struct sensitive sensitive_parameters[];

extern const struct reader reader_ConnectServerFilter___construct;
extern const struct reader reader_ConnectServerSessionRequest___construct;
extern const struct reader reader_Client___construct;
extern const struct reader reader_Client_persistent;
extern const struct reader reader_WePay___construct;
extern const struct reader reader_WePay_createSession;
extern const struct reader reader_HostedFields___construct;
extern const struct reader reader_HostedFields_createSession;
extern const struct reader reader_ConnectServer___construct;
extern const struct reader reader_ConnectServer_createSession;
extern const struct reader reader_ConnectServer_createApplePaySession;
extern const struct reader reader_ConnectClient___construct;
extern const struct reader reader_ConnectClient_createSession;

ZEND_METHOD(SessionPay_Exception, __construct);
ZEND_METHOD(SessionPay_ConnectServerFilter, __construct);
ZEND_METHOD(SessionPay_ConnectServerSessionRequest, __construct);
ZEND_METHOD(SessionPay_Event, __construct);
ZEND_METHOD(SessionPay_SendRecord, __construct);
ZEND_METHOD(SessionPay_SessionInfo, __construct);
ZEND_METHOD(SessionPay_SessionInfo, expiresInMs);
ZEND_METHOD(SessionPay_WePayOwner, __construct);
ZEND_METHOD(SessionPay_WePaySession, __construct);
ZEND_METHOD(SessionPay_ConnectServerSession, __construct);
ZEND_METHOD(SessionPay_ConnectClientSession, __construct);
ZEND_METHOD(SessionPay_HostedFieldsSession, __construct);
ZEND_METHOD(SessionPay_WePayMobileSession, __construct);
ZEND_METHOD(SessionPay_FieldError, __construct);
ZEND_METHOD(SessionPay_MockRequest, __construct);
ZEND_METHOD(SessionPay_Client, __construct);
ZEND_METHOD(SessionPay_Client, persistent);
ZEND_METHOD(SessionPay_Client, flightRecord);
ZEND_METHOD(SessionPay_Client, dropConnections);
ZEND_METHOD(SessionPay_Client, close);
ZEND_METHOD(SessionPay_WePay, __construct);
ZEND_METHOD(SessionPay_WePay, createSession);
ZEND_METHOD(SessionPay_HostedFields, __construct);
ZEND_METHOD(SessionPay_HostedFields, createSession);
ZEND_METHOD(SessionPay_HostedFields, setBearerToken);
ZEND_METHOD(SessionPay_ConnectServer, __construct);
ZEND_METHOD(SessionPay_ConnectServer, createSession);
ZEND_METHOD(SessionPay_ConnectServer, createApplePaySession);
ZEND_METHOD(SessionPay_ConnectClient, __construct);
ZEND_METHOD(SessionPay_ConnectClient, createSession);
ZEND_METHOD(SessionPay_ConnectClient, fromSession);
ZEND_METHOD(SessionPay_Cancel, __construct);
ZEND_METHOD(SessionPay_Cancel, cancel);
ZEND_METHOD(SessionPay_Store, __construct);
ZEND_METHOD(SessionPay_Store, file);
ZEND_METHOD(SessionPay_Store, redis);
ZEND_METHOD(SessionPay_Mock, __construct);
ZEND_METHOD(SessionPay_Mock, reply);
ZEND_METHOD(SessionPay_Mock, fail);
ZEND_METHOD(SessionPay_Mock, setLatency);
ZEND_METHOD(SessionPay_Mock, advance);
ZEND_METHOD(SessionPay_Mock, setWall);
ZEND_METHOD(SessionPay_Mock, nowMs);
ZEND_METHOD(SessionPay_Mock, requests);

#endif
