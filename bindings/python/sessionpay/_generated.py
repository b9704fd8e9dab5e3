# Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT
"""What the description of the interface says: constants, sessions, errors, accounts."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Sequence, Tuple, Union

from ._async import AsyncAccount, AsyncBaseClient
from ._client import Account, Cancel, Mock, SyncClient
from ._core import CLASSES, ERRORS, MEMBERS, Error, Expiring
from ._stores import Store
from ._transport import Transport


class Status(enum.IntEnum):
    """The statuses."""

    OK = 0
    INVALID_ARGUMENT = -1
    STATE = -2
    UNSUPPORTED = -3
    NO_MEMORY = -4
    AUTH = -10
    FORBIDDEN = -11
    CLOCK = -12
    TLS = -13
    PROXY = -14
    REJECTED = -20
    NOT_FOUND = -21
    CONFLICT = -22
    EXPIRED = -23
    CONNECT = -30
    NETWORK = -31
    TIMEOUT = -32
    THROTTLED = -33
    PROVIDER = -34
    CANCELED = -35
    BUSY = -36
    PROTOCOL = -40
    LIMIT = -41
    INTERNAL = -42


class Group(enum.IntEnum):
    """What the caller does next: the groups of statuses above."""

    NONE = 0
    PROGRAM = 1
    SETUP = 2
    REQUEST = 3
    LATER = 4
    SUPPORT = 5


class Outcome(enum.IntEnum):
    """What a failed call means at the provider. It is about the whole call: if any attempt may
    have taken effect, so may the call."""

    NOT_SENT = 1
    REJECTED = 2
    UNKNOWN = 3


class Stage(enum.IntEnum):
    """The step in which a call failed."""

    INPUT = 1
    TOKEN = 2
    REQUEST = 3
    REPLY = 4


class Provider(enum.IntEnum):
    """The providers, as they appear in errors and sessions."""

    NONE = 0
    WEPAY = 1
    HOSTED_FIELDS = 2
    CONNECT_SERVER = 3
    CONNECT_CLIENT = 4


class EventType(enum.IntEnum):
    """What an event is about."""

    ATTEMPT = 1
    CALL = 2
    STORE = 3


class Decision(enum.IntEnum):
    """What the library does after an attempt."""

    SUCCEED = 1
    GIVE_UP = 2
    RETRY = 3
    RESEND = 4
    RENEW_TOKEN = 5
    CORRECT_CLOCK = 6


class Environment(enum.IntEnum):
    """Which of a provider's systems an account talks to. Some providers add values of their own."""

    TEST = 1
    PRODUCTION = 2


class LogLevel(enum.IntEnum):
    """What is logged. Each level includes those before it."""

    DEFAULT = 0
    ERROR = 1
    INFO = 2
    DEBUG = 3
    TRACE = 4


class SessionWarning(enum.IntFlag):
    """Remarks about a session that is valid nevertheless; bits of `warnings`."""

    ACCOUNT_DIFFERS = 1
    STATE = 2
    INVALID_TOKENS = 4
    EXPIRY_ASSUMED = 8
    MEMBER_IGNORED = 16
    CLOCK_CORRECTED = 32


class ConnectEnvironment(enum.IntEnum):
    """Environments beyond SPAY_ENV_TEST, which is PREPROD_WORLD, and SPAY_ENV_PRODUCTION, which is
    PRODUCTION_WORLD. {connect} stands for connect.worldline-solutions.com."""

    PRODUCTION_WORLD = 101
    PRODUCTION_EUROPE = 102
    PRODUCTION_INDIA = 103
    PREPROD_WORLD = 111
    PREPROD_EUROPE = 112
    PREPROD_INDIA = 113
    SANDBOX = 121


class ConnectProduct(enum.IntEnum):
    """The payment product of Apple Pay."""

    APPLE_PAY = 302


class WePayState(enum.IntEnum):
    """JSON `state`."""

    UNKNOWN = 0
    ACTIVE = 1
    DELETED = 2


class WePayType(enum.IntEnum):
    """JSON `type`."""

    UNKNOWN = 0
    MOBILE_SESSION = 1


class ProgramError(Error):
    """Errors of one group: what the caller does next."""


class SetupError(Error):
    """Errors of one group: what the caller does next."""


class RequestError(Error):
    """Errors of one group: what the caller does next."""


class LaterError(Error):
    """Errors of one group: what the caller does next."""


class SupportError(Error):
    """Errors of one group: what the caller does next."""


class InvalidArgumentError(ProgramError):
    """SPAY_E_INVALID_ARGUMENT"""


class StateError(ProgramError):
    """SPAY_E_STATE"""


class UnsupportedError(ProgramError):
    """SPAY_E_UNSUPPORTED"""


class NoMemoryError(ProgramError):
    """SPAY_E_NO_MEMORY"""


class AuthError(SetupError):
    """SPAY_E_AUTH"""


class ForbiddenError(SetupError):
    """SPAY_E_FORBIDDEN"""


class ClockError(SetupError):
    """SPAY_E_CLOCK"""


class TlsError(SetupError):
    """SPAY_E_TLS"""


class ProxyError(SetupError):
    """SPAY_E_PROXY"""


class RejectedError(RequestError):
    """SPAY_E_REJECTED"""


class NotFoundError(RequestError):
    """SPAY_E_NOT_FOUND"""


class ConflictError(RequestError):
    """SPAY_E_CONFLICT"""


class ExpiredError(RequestError):
    """SPAY_E_EXPIRED"""


class ConnectError(LaterError):
    """SPAY_E_CONNECT"""


class NetworkError(LaterError):
    """SPAY_E_NETWORK"""


class TimeoutError(LaterError):
    """SPAY_E_TIMEOUT"""


class ThrottledError(LaterError):
    """SPAY_E_THROTTLED"""


class ProviderError(LaterError):
    """SPAY_E_PROVIDER"""


class CanceledError(LaterError):
    """SPAY_E_CANCELED"""


class BusyError(LaterError):
    """SPAY_E_BUSY"""


class ProtocolError(SupportError):
    """SPAY_E_PROTOCOL"""


class LimitError(SupportError):
    """SPAY_E_LIMIT"""


class InternalError(SupportError):
    """SPAY_E_INTERNAL"""


@dataclass(frozen=True)
class ConnectServerFilter:
    """Payment products and groups. Borrowed, as is the request that points to it."""

    groups: Optional[Sequence[str]] = None
    products: Optional[Sequence[int]] = None


@dataclass(frozen=True)
class ConnectServerSessionRequest:
    """What to create; everything is optional. Borrowed until the function that takes it returns."""

    exclude: Optional[ConnectServerFilter] = None
    restrict_to: Optional[ConnectServerFilter] = None
    tokens: Optional[Sequence[str]] = None
    client_meta_info: Optional[str] = None
    extra_json: Optional[str] = None


@dataclass(frozen=True)
class Event:
    """An attempt or a call that has ended. Made by the library, valid only during the hook; new
    members are added at the end. Times that are not known are -1."""

    type: int
    provider: int
    operation: str
    route: str
    attempt: int
    requests_sent: int
    status: int
    outcome: int
    decision: int
    http_status: int
    delay_ms: int
    at_ms: int
    elapsed_ms: int
    name_lookup_us: int
    connect_us: int
    tls_us: int
    first_byte_us: int
    total_us: int
    idempotency_key: str
    request_id: str
    bytes_sent: int
    bytes_received: int
    reason: str
    stage: int
    host: str
    phase: str
    provider_code: str
    message: str
    call_ctx: object
    server_host: str
    server_port: int
    protocol_version: str


@dataclass(frozen=True)
class SendRecord:
    """A request that is about to be sent. Made by the library, valid only during the hook; new
    members are added at the end."""

    provider: int
    attempt: int
    route: str
    idempotency_key: str
    body_sha256: str
    body_length: int
    at_ms: int
    call_ctx: object


@dataclass(frozen=True)
class SessionInfo(Expiring):
    """The provider-agnostic view of a session: the first member of every typed session. Made by
    the library alone, read-only, valid as long as its session. New members are added at the
    end."""

    provider: int
    warnings: int
    value: str = field(repr=False)
    id: str
    expires_at_ms: int
    idempotency_key: str
    request_id: str
    http_status: int
    attempts: int
    requests_sent: int
    token_requests: int
    elapsed_ms: int
    raw_json: str = field(repr=False)
    clock_offset_ms: int
    shared: bool


@dataclass(frozen=True)
class WePayOwner:
    """JSON `owner`. A member that the reply lacks or has as null is NULL."""

    id: Optional[str]
    path: Optional[str]
    resource: Optional[str]


@dataclass(frozen=True)
class WePaySession:
    """A session token as WePay answered it. Text that the reply lacks or has as null is NULL."""

    info: SessionInfo
    id: str
    session_token: str = field(repr=False)
    expire_time: int
    create_time: int
    path: Optional[str]
    resource: Optional[str]
    owner: Optional[WePayOwner]
    api_version: Optional[str]
    state: int
    type: int
    state_text: Optional[str]
    type_text: Optional[str]
    mobile_session: Optional[WePayMobileSession]


@dataclass(frozen=True)
class ConnectServerSession:
    """A client session as Worldline answered it. Text that the reply lacks or has as null is NULL."""

    info: SessionInfo
    client_session_id: str = field(repr=False)
    customer_id: str
    client_api_url: str
    asset_url: Optional[str]
    region: Optional[str]
    invalid_tokens: Tuple[str, ...]


@dataclass(frozen=True)
class ConnectClientSession:
    """Apple's merchant session, as Worldline answered it."""

    info: SessionInfo
    session_object: str = field(repr=False)
    product_id: int


@dataclass(frozen=True)
class HostedFieldsSession:
    """A session as Payroc answered it. Text that the reply lacks or has as null is NULL."""

    info: SessionInfo
    token: str = field(repr=False)
    processing_terminal_id: Optional[str]
    expires_at: Optional[str]
    expires_at_ms: int


@dataclass(frozen=True)
class WePayMobileSession:
    """JSON `mobile_session`."""

    time_to_live: int
    account_id: Optional[str]


class Client(SyncClient):
    """What all accounts share: connections, timeouts, hooks. A program needs one."""

    def __init__(
        self, *,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        connect_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        max_idle_connections: Optional[int] = None,
        user_agent: Optional[str] = None,
        key_secret: Optional[bytes] = None,
        ca_file: Optional[str] = None,
        ca_pem: Optional[str] = None,
        client_certificate_file: Optional[str] = None,
        client_key_file: Optional[str] = None,
        client_key_password: Optional[str] = None,
        pinned_public_keys: Optional[str] = None,
        proxy: Optional[str] = None,
        proxy_credentials: Optional[str] = None,
        log_level: Optional[int] = None,
        recorded_attempts: Optional[int] = None,
        store_timeout_ms: Optional[int] = None,
        log: Optional[Callable[[int, str], object]] = None,
        event: Optional[Callable[[Event], object]] = None,
        before_send: Optional[Callable[[SendRecord], object]] = None,
        transport: Optional[Union[Mock, Transport]] = None,
        store: Optional[Store] = None,
    ) -> None:
        super().__init__({"timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "connect_timeout_ms": connect_timeout_ms, "max_attempts": max_attempts, "max_idle_connections": max_idle_connections, "user_agent": user_agent, "key_secret": key_secret, "ca_file": ca_file, "ca_pem": ca_pem, "client_certificate_file": client_certificate_file, "client_key_file": client_key_file, "client_key_password": client_key_password, "pinned_public_keys": pinned_public_keys, "proxy": proxy, "proxy_credentials": proxy_credentials, "log_level": log_level, "recorded_attempts": recorded_attempts, "store_timeout_ms": store_timeout_ms}, log, event, before_send, transport, store)


class WePay(Account):
    """A session token as WePay answered it. Text that the reply lacks or has as null is NULL."""

    _provider = "wepay"

    def __init__(
        self, client: Client, *,
        app_id: str,
        app_token: str,
        environment: Optional[int] = None,
        base_url: Optional[str] = None,
        api_version: Optional[str] = None,
    ) -> None:
        super().__init__(client, {"app_id": app_id, "app_token": app_token, "environment": environment, "base_url": base_url, "api_version": api_version})

    def create_session(
        self, *,
        type: str,
        account_id: Optional[str] = None,
        time_to_live: Optional[int] = None,
        risk_token: Optional[str] = None,
        client_ip: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> WePaySession:
        """What to create."""
        session: WePaySession = self._create(
            {"type": type, "account_id": account_id, "time_to_live": time_to_live, "risk_token": risk_token, "client_ip": client_ip, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session


class HostedFields(Account):
    """A session as Payroc answered it. Text that the reply lacks or has as null is NULL."""

    _provider = "hosted_fields"

    def __init__(
        self, client: Client, *,
        environment: Optional[int] = None,
        base_url: Optional[str] = None,
        identity_url: Optional[str] = None,
        api_key: Optional[str] = None,
        bearer_token: Optional[str] = None,
    ) -> None:
        super().__init__(client, {"environment": environment, "base_url": base_url, "identity_url": identity_url, "api_key": api_key, "bearer_token": bearer_token})

    def create_session(
        self, *,
        processing_terminal_id: str,
        lib_version: str,
        scenario: str,
        secure_token_id: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> HostedFieldsSession:
        """What to create."""
        session: HostedFieldsSession = self._create(
            {"processing_terminal_id": processing_terminal_id, "lib_version": lib_version, "scenario": scenario, "secure_token_id": secure_token_id, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session

    def set_bearer_token(self, bearer_token: str) -> None:
        """Replace the bearer token of an account that was made with one."""
        self._set_bearer_token(bearer_token)


class ConnectServer(Account):
    """A client session as Worldline answered it. Text that the reply lacks or has as null is NULL."""

    _provider = "connect_server"

    def __init__(
        self, client: Client, *,
        merchant_id: str,
        api_key_id: str,
        secret_api_key: str,
        environment: Optional[int] = None,
        base_url: Optional[str] = None,
        integrator: Optional[str] = None,
        platform_identifier: Optional[str] = None,
        extension_creator: Optional[str] = None,
        extension_name: Optional[str] = None,
        extension_version: Optional[str] = None,
        extension_id: Optional[str] = None,
        idempotence: Optional[bool] = None,
    ) -> None:
        super().__init__(client, {"merchant_id": merchant_id, "api_key_id": api_key_id, "secret_api_key": secret_api_key, "environment": environment, "base_url": base_url, "integrator": integrator, "platform_identifier": platform_identifier, "extension_creator": extension_creator, "extension_name": extension_name, "extension_version": extension_version, "extension_id": extension_id, "idempotence": idempotence})

    def create_session(
        self, *,
        exclude: Optional[ConnectServerFilter] = None,
        restrict_to: Optional[ConnectServerFilter] = None,
        tokens: Optional[Sequence[str]] = None,
        client_meta_info: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> ConnectServerSession:
        """What to create; everything is optional. Borrowed until the function that takes it
        returns."""
        session: ConnectServerSession = self._create(
            {"exclude": exclude, "restrict_to": restrict_to, "tokens": tokens, "client_meta_info": client_meta_info, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session

    def create_apple_pay_session(
        self, *,
        domain_name: str,
        validation_url: str,
        product_id: Optional[int] = None,
        display_name: Optional[str] = None,
        extra_json: Optional[str] = None,
        server_request: Optional[ConnectServerSessionRequest] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> Tuple[ConnectServerSession, ConnectClientSession]:
        """What to create. Borrowed until the function that takes it returns."""
        session: Tuple[ConnectServerSession, ConnectClientSession] = self._create_apple_pay(
            {"domain_name": domain_name, "validation_url": validation_url, "product_id": product_id, "display_name": display_name, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel, server_request)
        return session


class ConnectClient(Account):
    """Apple's merchant session, as Worldline answered it."""

    _provider = "connect_client"

    def __init__(
        self, client: Client, *,
        client_session_id: str,
        customer_id: str,
        client_api_url: str,
        environment: Optional[int] = None,
        allowed_hosts: Optional[Sequence[str]] = None,
        allow_apple_pods: Optional[bool] = None,
        platform_identifier: Optional[str] = None,
        screen_size: Optional[str] = None,
        meta_info_json: Optional[str] = None,
    ) -> None:
        super().__init__(client, {"client_session_id": client_session_id, "customer_id": customer_id, "client_api_url": client_api_url, "environment": environment, "allowed_hosts": allowed_hosts, "allow_apple_pods": allow_apple_pods, "platform_identifier": platform_identifier, "screen_size": screen_size, "meta_info_json": meta_info_json})

    def create_session(
        self, *,
        domain_name: str,
        validation_url: str,
        product_id: Optional[int] = None,
        display_name: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> ConnectClientSession:
        """What to create. Borrowed until the function that takes it returns."""
        session: ConnectClientSession = self._create(
            {"domain_name": domain_name, "validation_url": validation_url, "product_id": product_id, "display_name": display_name, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session

    @classmethod
    def from_session(cls, server: ConnectServer, session: ConnectServerSession) -> ConnectClient:
        """The account of a client session that the server API has made."""
        account: ConnectClient = cls._from_session(server, session)
        return account


class AsyncClient(AsyncBaseClient):
    """What all accounts share: connections, timeouts, hooks. For one asyncio loop."""

    def __init__(
        self, *,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        connect_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        max_idle_connections: Optional[int] = None,
        user_agent: Optional[str] = None,
        key_secret: Optional[bytes] = None,
        ca_file: Optional[str] = None,
        ca_pem: Optional[str] = None,
        client_certificate_file: Optional[str] = None,
        client_key_file: Optional[str] = None,
        client_key_password: Optional[str] = None,
        pinned_public_keys: Optional[str] = None,
        proxy: Optional[str] = None,
        proxy_credentials: Optional[str] = None,
        log_level: Optional[int] = None,
        recorded_attempts: Optional[int] = None,
        store_timeout_ms: Optional[int] = None,
        max_connections: Optional[int] = None,
        http2: Optional[bool] = None,
        max_requests: Optional[int] = None,
        log: Optional[Callable[[int, str], object]] = None,
        event: Optional[Callable[[Event], object]] = None,
        before_send: Optional[Callable[[SendRecord], object]] = None,
        transport: Optional[Mock] = None,
        store: Optional[Store] = None,
    ) -> None:
        super().__init__({"timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "connect_timeout_ms": connect_timeout_ms, "max_attempts": max_attempts, "max_idle_connections": max_idle_connections, "user_agent": user_agent, "key_secret": key_secret, "ca_file": ca_file, "ca_pem": ca_pem, "client_certificate_file": client_certificate_file, "client_key_file": client_key_file, "client_key_password": client_key_password, "pinned_public_keys": pinned_public_keys, "proxy": proxy, "proxy_credentials": proxy_credentials, "log_level": log_level, "recorded_attempts": recorded_attempts, "store_timeout_ms": store_timeout_ms}, {"max_connections": max_connections, "http2": http2, "max_requests": max_requests}, log, event, before_send, transport, store)


class AsyncWePay(AsyncAccount):
    """A session token as WePay answered it. Text that the reply lacks or has as null is NULL."""

    _provider = "wepay"

    def __init__(
        self, client: AsyncClient, *,
        app_id: str,
        app_token: str,
        environment: Optional[int] = None,
        base_url: Optional[str] = None,
        api_version: Optional[str] = None,
    ) -> None:
        super().__init__(client, {"app_id": app_id, "app_token": app_token, "environment": environment, "base_url": base_url, "api_version": api_version})

    async def create_session(
        self, *,
        type: str,
        account_id: Optional[str] = None,
        time_to_live: Optional[int] = None,
        risk_token: Optional[str] = None,
        client_ip: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> WePaySession:
        """What to create."""
        session: WePaySession = await self._create(
            {"type": type, "account_id": account_id, "time_to_live": time_to_live, "risk_token": risk_token, "client_ip": client_ip, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session


class AsyncHostedFields(AsyncAccount):
    """A session as Payroc answered it. Text that the reply lacks or has as null is NULL."""

    _provider = "hosted_fields"

    def __init__(
        self, client: AsyncClient, *,
        environment: Optional[int] = None,
        base_url: Optional[str] = None,
        identity_url: Optional[str] = None,
        api_key: Optional[str] = None,
        bearer_token: Optional[str] = None,
    ) -> None:
        super().__init__(client, {"environment": environment, "base_url": base_url, "identity_url": identity_url, "api_key": api_key, "bearer_token": bearer_token})

    async def create_session(
        self, *,
        processing_terminal_id: str,
        lib_version: str,
        scenario: str,
        secure_token_id: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> HostedFieldsSession:
        """What to create."""
        session: HostedFieldsSession = await self._create(
            {"processing_terminal_id": processing_terminal_id, "lib_version": lib_version, "scenario": scenario, "secure_token_id": secure_token_id, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session

    def set_bearer_token(self, bearer_token: str) -> None:
        """Replace the bearer token of an account that was made with one."""
        self._set_bearer_token(bearer_token)


class AsyncConnectServer(AsyncAccount):
    """A client session as Worldline answered it. Text that the reply lacks or has as null is NULL."""

    _provider = "connect_server"

    def __init__(
        self, client: AsyncClient, *,
        merchant_id: str,
        api_key_id: str,
        secret_api_key: str,
        environment: Optional[int] = None,
        base_url: Optional[str] = None,
        integrator: Optional[str] = None,
        platform_identifier: Optional[str] = None,
        extension_creator: Optional[str] = None,
        extension_name: Optional[str] = None,
        extension_version: Optional[str] = None,
        extension_id: Optional[str] = None,
        idempotence: Optional[bool] = None,
    ) -> None:
        super().__init__(client, {"merchant_id": merchant_id, "api_key_id": api_key_id, "secret_api_key": secret_api_key, "environment": environment, "base_url": base_url, "integrator": integrator, "platform_identifier": platform_identifier, "extension_creator": extension_creator, "extension_name": extension_name, "extension_version": extension_version, "extension_id": extension_id, "idempotence": idempotence})

    async def create_session(
        self, *,
        exclude: Optional[ConnectServerFilter] = None,
        restrict_to: Optional[ConnectServerFilter] = None,
        tokens: Optional[Sequence[str]] = None,
        client_meta_info: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> ConnectServerSession:
        """What to create; everything is optional. Borrowed until the function that takes it
        returns."""
        session: ConnectServerSession = await self._create(
            {"exclude": exclude, "restrict_to": restrict_to, "tokens": tokens, "client_meta_info": client_meta_info, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session

    async def create_apple_pay_session(
        self, *,
        domain_name: str,
        validation_url: str,
        product_id: Optional[int] = None,
        display_name: Optional[str] = None,
        extra_json: Optional[str] = None,
        server_request: Optional[ConnectServerSessionRequest] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> Tuple[ConnectServerSession, ConnectClientSession]:
        """What to create. Borrowed until the function that takes it returns."""
        session: Tuple[ConnectServerSession, ConnectClientSession] = await self._create_apple_pay(
            {"domain_name": domain_name, "validation_url": validation_url, "product_id": product_id, "display_name": display_name, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel, server_request)
        return session


class AsyncConnectClient(AsyncAccount):
    """Apple's merchant session, as Worldline answered it."""

    _provider = "connect_client"

    def __init__(
        self, client: AsyncClient, *,
        client_session_id: str,
        customer_id: str,
        client_api_url: str,
        environment: Optional[int] = None,
        allowed_hosts: Optional[Sequence[str]] = None,
        allow_apple_pods: Optional[bool] = None,
        platform_identifier: Optional[str] = None,
        screen_size: Optional[str] = None,
        meta_info_json: Optional[str] = None,
    ) -> None:
        super().__init__(client, {"client_session_id": client_session_id, "customer_id": customer_id, "client_api_url": client_api_url, "environment": environment, "allowed_hosts": allowed_hosts, "allow_apple_pods": allow_apple_pods, "platform_identifier": platform_identifier, "screen_size": screen_size, "meta_info_json": meta_info_json})

    async def create_session(
        self, *,
        domain_name: str,
        validation_url: str,
        product_id: Optional[int] = None,
        display_name: Optional[str] = None,
        extra_json: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        intent: Optional[str] = None,
        timeout_ms: Optional[int] = None,
        attempt_timeout_ms: Optional[int] = None,
        max_attempts: Optional[int] = None,
        call_ctx: object = None,
        cancel: Optional[Cancel] = None,
    ) -> ConnectClientSession:
        """What to create. Borrowed until the function that takes it returns."""
        session: ConnectClientSession = await self._create(
            {"domain_name": domain_name, "validation_url": validation_url, "product_id": product_id, "display_name": display_name, "extra_json": extra_json},
            {"idempotency_key": idempotency_key, "intent": intent, "timeout_ms": timeout_ms, "attempt_timeout_ms": attempt_timeout_ms, "max_attempts": max_attempts, "call_ctx": call_ctx}, cancel)
        return session

    @classmethod
    def from_session(cls, server: AsyncConnectServer, session: ConnectServerSession) -> AsyncConnectClient:
        """The account of a client session that the server API has made."""
        account: AsyncConnectClient = cls._from_session(server, session)
        return account


# For _core: members as (name, kind, member with their number, enumeration).
MEMBERS.update({
    "spay_event": (
        ("type", "int", "", EventType),
        ("provider", "int", "", Provider),
        ("operation", "text", "", None),
        ("route", "text", "", None),
        ("attempt", "int", "", None),
        ("requests_sent", "int", "", None),
        ("status", "int", "", Status),
        ("outcome", "int", "", Outcome),
        ("decision", "int", "", Decision),
        ("http_status", "int", "", None),
        ("delay_ms", "int", "", None),
        ("at_ms", "int", "", None),
        ("elapsed_ms", "int", "", None),
        ("name_lookup_us", "int", "", None),
        ("connect_us", "int", "", None),
        ("tls_us", "int", "", None),
        ("first_byte_us", "int", "", None),
        ("total_us", "int", "", None),
        ("idempotency_key", "text", "", None),
        ("request_id", "text", "", None),
        ("bytes_sent", "int", "", None),
        ("bytes_received", "int", "", None),
        ("reason", "text", "", None),
        ("stage", "int", "", Stage),
        ("host", "text", "", None),
        ("phase", "text", "", None),
        ("provider_code", "text", "", None),
        ("message", "text", "", None),
        ("call_ctx", "object", "", None),
        ("server_host", "text", "", None),
        ("server_port", "int", "", None),
        ("protocol_version", "text", "", None),
    ),
    "spay_send_record": (
        ("provider", "int", "", Provider),
        ("attempt", "int", "", None),
        ("route", "text", "", None),
        ("idempotency_key", "text", "", None),
        ("body_sha256", "text", "", None),
        ("body_length", "int", "", None),
        ("at_ms", "int", "", None),
        ("call_ctx", "object", "", None),
    ),
    "spay_client_options": (
        ("timeout_ms", "int", "", None),
        ("attempt_timeout_ms", "int", "", None),
        ("connect_timeout_ms", "int", "", None),
        ("max_attempts", "int", "", None),
        ("max_idle_connections", "int", "", None),
        ("user_agent", "text", "", None),
        ("key_secret", "bytes", "key_secret_length", None),
        ("ca_file", "text", "", None),
        ("ca_pem", "text", "", None),
        ("client_certificate_file", "text", "", None),
        ("client_key_file", "text", "", None),
        ("client_key_password", "text", "", None),
        ("pinned_public_keys", "text", "", None),
        ("proxy", "text", "", None),
        ("proxy_credentials", "text", "", None),
        ("log_level", "int", "", LogLevel),
        ("recorded_attempts", "int", "", None),
        ("store_timeout_ms", "int", "", None),
    ),
    "spay_call_options": (
        ("idempotency_key", "text", "", None),
        ("intent", "text", "", None),
        ("timeout_ms", "int", "", None),
        ("attempt_timeout_ms", "int", "", None),
        ("max_attempts", "int", "", None),
        ("call_ctx", "object", "", None),
    ),
    "spay_session_info": (
        ("provider", "int", "", Provider),
        ("warnings", "int", "", SessionWarning),
        ("value", "text", "", None),
        ("id", "text", "", None),
        ("expires_at_ms", "int", "", None),
        ("idempotency_key", "text", "", None),
        ("request_id", "text", "", None),
        ("http_status", "int", "", None),
        ("attempts", "int", "", None),
        ("requests_sent", "int", "", None),
        ("token_requests", "int", "", None),
        ("elapsed_ms", "int", "", None),
        ("raw_json", "text", "raw_json_length", None),
        ("clock_offset_ms", "int", "", None),
        ("shared", "choice", "", None),
    ),
    "spay_connect_server_options": (
        ("environment", "int", "", None),
        ("base_url", "text", "", None),
        ("merchant_id", "text", "", None),
        ("api_key_id", "text", "", None),
        ("secret_api_key", "text", "", None),
        ("integrator", "text", "", None),
        ("platform_identifier", "text", "", None),
        ("extension_creator", "text", "", None),
        ("extension_name", "text", "", None),
        ("extension_version", "text", "", None),
        ("extension_id", "text", "", None),
        ("idempotence", "choice", "", None),
    ),
    "spay_connect_server_filter": (
        ("groups", "texts", "group_count", None),
        ("products", "ints", "product_count", None),
    ),
    "spay_connect_server_session_request": (
        ("exclude", "spay_connect_server_filter", "", None),
        ("restrict_to", "spay_connect_server_filter", "", None),
        ("tokens", "texts", "token_count", None),
        ("client_meta_info", "text", "", None),
        ("extra_json", "text", "", None),
    ),
    "spay_connect_server_session": (
        ("info", "spay_session_info", "", None),
        ("client_session_id", "text", "", None),
        ("customer_id", "text", "", None),
        ("client_api_url", "text", "", None),
        ("asset_url", "text", "", None),
        ("region", "text", "", None),
        ("invalid_tokens", "texts", "invalid_token_count", None),
    ),
    "spay_connect_client_options": (
        ("environment", "int", "", Environment),
        ("client_session_id", "text", "", None),
        ("customer_id", "text", "", None),
        ("client_api_url", "text", "", None),
        ("allowed_hosts", "texts", "allowed_host_count", None),
        ("allow_apple_pods", "choice", "", None),
        ("platform_identifier", "text", "", None),
        ("screen_size", "text", "", None),
        ("meta_info_json", "text", "", None),
    ),
    "spay_connect_client_session_request": (
        ("product_id", "int", "", ConnectProduct),
        ("display_name", "text", "", None),
        ("domain_name", "text", "", None),
        ("validation_url", "text", "", None),
        ("extra_json", "text", "", None),
    ),
    "spay_connect_client_session": (
        ("info", "spay_session_info", "", None),
        ("session_object", "text", "session_object_length", None),
        ("product_id", "int", "", None),
    ),
    "spay_hosted_fields_options": (
        ("environment", "int", "", Environment),
        ("base_url", "text", "", None),
        ("identity_url", "text", "", None),
        ("api_key", "text", "", None),
        ("bearer_token", "text", "", None),
    ),
    "spay_hosted_fields_session_request": (
        ("processing_terminal_id", "text", "", None),
        ("lib_version", "text", "", None),
        ("scenario", "text", "", None),
        ("secure_token_id", "text", "", None),
        ("extra_json", "text", "", None),
    ),
    "spay_hosted_fields_session": (
        ("info", "spay_session_info", "", None),
        ("token", "text", "", None),
        ("processing_terminal_id", "text", "", None),
        ("expires_at", "text", "", None),
        ("expires_at_ms", "int", "", None),
    ),
    "spay_multi_options": (
        ("max_connections", "int", "", None),
        ("http2", "choice", "", None),
        ("max_requests", "int", "", None),
        ("submit", "choice", "", None),
    ),
    "spay_wepay_options": (
        ("environment", "int", "", Environment),
        ("base_url", "text", "", None),
        ("app_id", "text", "", None),
        ("app_token", "text", "", None),
        ("api_version", "text", "", None),
    ),
    "spay_wepay_session_request": (
        ("type", "text", "", None),
        ("account_id", "text", "", None),
        ("time_to_live", "int", "", None),
        ("risk_token", "text", "", None),
        ("client_ip", "text", "", None),
        ("extra_json", "text", "", None),
    ),
    "spay_wepay_owner": (
        ("id", "text", "", None),
        ("path", "text", "", None),
        ("resource", "text", "", None),
    ),
    "spay_wepay_mobile_session": (
        ("time_to_live", "int", "", None),
        ("account_id", "text", "", None),
    ),
    "spay_wepay_session": (
        ("info", "spay_session_info", "", None),
        ("id", "text", "", None),
        ("session_token", "text", "", None),
        ("expire_time", "int", "", None),
        ("create_time", "int", "", None),
        ("path", "text", "", None),
        ("resource", "text", "", None),
        ("owner", "spay_wepay_owner", "", None),
        ("api_version", "text", "", None),
        ("state", "int", "", WePayState),
        ("type", "int", "", WePayType),
        ("state_text", "text", "", None),
        ("type_text", "text", "", None),
        ("mobile_session", "spay_wepay_mobile_session", "", None),
    ),
})

CLASSES.update({
    "spay_event": Event,
    "spay_send_record": SendRecord,
    "spay_session_info": SessionInfo,
    "spay_connect_server_session": ConnectServerSession,
    "spay_connect_client_session": ConnectClientSession,
    "spay_hosted_fields_session": HostedFieldsSession,
    "spay_wepay_owner": WePayOwner,
    "spay_wepay_mobile_session": WePayMobileSession,
    "spay_wepay_session": WePaySession,
})

ERRORS.update({
    Status.INVALID_ARGUMENT: InvalidArgumentError,
    Status.STATE: StateError,
    Status.UNSUPPORTED: UnsupportedError,
    Status.NO_MEMORY: NoMemoryError,
    Status.AUTH: AuthError,
    Status.FORBIDDEN: ForbiddenError,
    Status.CLOCK: ClockError,
    Status.TLS: TlsError,
    Status.PROXY: ProxyError,
    Status.REJECTED: RejectedError,
    Status.NOT_FOUND: NotFoundError,
    Status.CONFLICT: ConflictError,
    Status.EXPIRED: ExpiredError,
    Status.CONNECT: ConnectError,
    Status.NETWORK: NetworkError,
    Status.TIMEOUT: TimeoutError,
    Status.THROTTLED: ThrottledError,
    Status.PROVIDER: ProviderError,
    Status.CANCELED: CanceledError,
    Status.BUSY: BusyError,
    Status.PROTOCOL: ProtocolError,
    Status.LIMIT: LimitError,
    Status.INTERNAL: InternalError,
})
