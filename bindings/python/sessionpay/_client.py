# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Clients and accounts whose calls block, their hooks, and what tests use."""

from __future__ import annotations

import sys
import threading
import types
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from ._core import Context, failure, fill, made_by, pointer, register, registered, show, text
from ._native import ffi, lib


# ---- Hooks ---------------------------------------------------------------------------------------

class Hooks:
    """The functions that a client calls."""

    def __init__(self, log: Any, event: Any, before_send: Any) -> None:
        for name, hook in ("log", log), ("event", event), ("before_send", before_send):
            if hook is not None and not callable(hook):
                raise TypeError("%s must be callable, not %s" % (name, type(hook).__name__))
        self.log, self.event, self.before_send = log, event, before_send

    def set_in(self, options: Any) -> None:
        ctx = register(self)
        for name in "log", "event", "before_send":
            if getattr(self, name) is not None:
                setattr(options, name, getattr(lib, "sessionpay_py_" + name))
                setattr(options, name + "_ctx", ctx)


def _unraisable(kind: Any, value: Any, traceback: Any) -> None:
    what: Any = types.SimpleNamespace(
        exc_type=kind, exc_value=value, exc_traceback=traceback,
        err_msg="Exception ignored in a hook of sessionpay", object=None)
    sys.unraisablehook(what)


@ffi.def_extern(onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_log(ctx: Any, level: int, line: Any) -> None:
    hooks = registered(ctx)
    if hooks:
        hooks.log(level, text(line))


@ffi.def_extern(onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_event(ctx: Any, event: Any) -> None:
    hooks = registered(ctx)
    if hooks:
        hooks.event(show("spay_event", event))


@ffi.def_extern(error=-42, onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_before_send(ctx: Any, record: Any) -> int:
    hooks = registered(ctx)
    if not hooks:
        return 0
    try:
        return int(lib.SPAY_E_CANCELED) if hooks.before_send(show("spay_send_record", record)) is False else 0
    except BaseException as raised:  # it becomes the cause of the call's error
        context = registered(record.call_ctx)
        if context is None:
            raise
        context.failure = raised
        return int(lib.SPAY_E_CANCELED)


# ---- Clients -------------------------------------------------------------------------------------

def _made_with_store(options: Any, store: Any) -> Any:
    """A new client, which takes the store's table over."""
    if store is None:
        return made_by(lib.spay_client_new, "spay_client", options)
    if not hasattr(store, "_table"):
        raise TypeError("store must be a Store, not " + type(store).__name__)
    options.store = table = store._table()
    try:
        return made_by(lib.spay_client_new, "spay_client", options)
    except BaseException:
        if table.destroy != ffi.NULL:
            table.destroy(table.ctx)
        raise


class BaseClient:
    """What the clients have in common."""

    def __init__(self, options: Dict[str, Any], log: Any, event: Any, before_send: Any,
                 transport: Any, store: Any) -> None:
        keep: List[Any] = []
        self._pointer: Any = None
        made = fill("spay_client_options", options, keep)
        hooks = Hooks(log, event, before_send)
        hooks.set_in(made)
        mock = transport if isinstance(transport, Mock) else None
        if mock is not None:
            made.transport = lib.spay_mock_transport(mock._pointer)
            made.platform = lib.spay_mock_platform(mock._pointer)
        elif transport is not None:
            if not hasattr(transport, "_table"):
                raise TypeError("transport must be Transport or Mock, not " + type(transport).__name__)
            keep.append(transport._table())
            made.transport = keep[-1]
        self._mock = mock
        self._pointer = pointer(_made_with_store(made, store), lib.spay_client_free, hooks, store,
                                transport, mock and mock._pointer)

    def _opened(self) -> Any:
        if self._pointer is None:
            raise ValueError("the client is closed")
        return self._pointer

    def flight_record(self) -> str:
        """The last attempts as JSON, for a support ticket: no secret, no body."""
        found = lib.spay_client_flight_record(self._opened())
        if found == ffi.NULL:
            raise MemoryError
        return text(ffi.gc(found, lib.spay_free))

    def drop_connections(self) -> None:
        """Close all idle connections, for instance after a change of network."""
        lib.spay_client_drop_connections(self._opened())


class SyncClient(BaseClient):
    """A client whose calls block. Any thread; after a fork, parent and child may both use it."""

    def close(self) -> None:
        """Nothing can be done with the client and its accounts any more; running calls go on."""
        self._pointer = None

    def __enter__(self: Any) -> Any:
        self._opened()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Cancel:
    """Cancels calls from any thread: pass it to them as `cancel`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Dict[Any, Optional[Callable[[], object]]] = {}
        self._canceled = False

    def cancel(self) -> None:
        """Those that run, and those that will begin, end with CanceledError."""
        with self._lock:
            self._canceled = True
            for call, wake in self._calls.items():
                lib.spay_call_cancel(call)
                if wake is not None:
                    wake()

    def _add(self, call: Any, wake: Optional[Callable[[], object]] = None) -> None:
        with self._lock:
            self._calls[call] = wake
            if self._canceled:
                lib.spay_call_cancel(call)

    def _remove(self, call: Any) -> None:
        with self._lock:
            self._calls.pop(call, None)


# ---- Accounts ------------------------------------------------------------------------------------

def _session(kind: str, made: Any) -> Any:
    session = show(kind, made)
    if kind == "spay_connect_server_session":  # for from_session()
        object.__setattr__(session, "_made", made)
    return session


class BaseAccount:
    """What all accounts have in common."""

    _provider = ""
    _client: Any
    _pointer: Any

    def __init__(self, client: Any, options: Mapping[str, Any]) -> None:
        keep: List[Any] = []
        made = fill("spay_%s_options" % self._provider, options, keep)
        self._own(client, made_by(self._function("new"), "spay_" + self._provider, client._opened(), made))

    def _own(self, client: Any, made: Any) -> None:
        self._client = client
        self._pointer = pointer(made, self._function("free"), client._opened())

    @classmethod
    def _function(cls, name: str) -> Any:
        return getattr(lib, "spay_%s_%s" % (cls._provider, name))

    @classmethod
    def _from_session(cls, server: Any, session: Any) -> Any:
        made = getattr(session, "_made", None)
        if made is None:
            raise TypeError("session must be one that create_session() returned")
        account = cls.__new__(cls)
        account._own(server._client, made_by(lib.spay_connect_client_from_session,
                                             "spay_connect_client", server._pointer, made))
        return account

    def _set_bearer_token(self, token: str) -> None:
        if not isinstance(token, str):
            raise TypeError("bearer_token must be str, not " + type(token).__name__)
        error = ffi.new("spay_error **")
        if lib.spay_hosted_fields_set_bearer_token(self._pointer, token.encode("utf-8"), error):
            raise failure(error)

    def _call(self, request: Mapping[str, Any], options: Mapping[str, Any], context: Context) -> Any:
        keep: List[Any] = []
        self._client._opened()
        made = fill("spay_%s_session_request" % self._provider, request, keep)
        limits = fill("spay_call_options", options, keep)
        limits.call_ctx = register(context)
        return pointer(made_by(self._function("session_call_new"), "spay_call", self._pointer, made, limits),
                       lib.spay_call_free, self._pointer, context)

    def _take(self, call: Any, context: Context) -> Any:
        """The session of a call that is done."""
        kind = "spay_%s_session" % self._provider
        made, error = ffi.new(kind + " **"), ffi.new("spay_error **")
        if self._function("session_from_call")(call, made, error) != lib.SPAY_OK:
            raise failure(error, context)
        return _session(kind, ffi.gc(made[0], self._function("session_free")))

    def _apple_pay_call(self, request: Mapping[str, Any], options: Mapping[str, Any], context: Context,
                        server_request: Any) -> Any:
        keep: List[Any] = []
        self._client._opened()
        first = fill("spay_connect_server_session_request", vars(server_request) if server_request else {}, keep)
        second = fill("spay_connect_client_session_request", request, keep)
        limits = fill("spay_call_options", options, keep)
        limits.call_ctx = register(context)
        return pointer(made_by(lib.spay_connect_apple_pay_session_call_new, "spay_call", self._pointer,
                               first, second, limits), lib.spay_call_free, self._pointer, context)

    def _take_both(self, call: Any, context: Context) -> Any:
        """The sessions of an Apple Pay call that is done."""
        server_made = ffi.new("spay_connect_server_session **")
        made, error = ffi.new("spay_connect_client_session **"), ffi.new("spay_error **")
        status = lib.spay_connect_apple_pay_session_from_call(call, server_made, made, error)
        first = None
        if server_made[0] != ffi.NULL:
            first = _session("spay_connect_server_session",
                             ffi.gc(server_made[0], lib.spay_connect_server_session_free))
        if status != lib.SPAY_OK:
            raised = failure(error, context)
            raised.server_session = first
            raise raised
        return first, show("spay_connect_client_session",
                           ffi.gc(made[0], lib.spay_connect_client_session_free))


def _perform(call: Any, cancel: Optional[Cancel]) -> None:
    if cancel is None:
        lib.spay_call_perform(call, ffi.NULL)
        return
    cancel._add(call)
    try:
        lib.spay_call_perform(call, ffi.NULL)
    finally:
        cancel._remove(call)


class Account(BaseAccount):
    """An account whose calls block. Any thread."""

    def _create(self, request: Mapping[str, Any], options: Mapping[str, Any],
                cancel: Optional[Cancel]) -> Any:
        context = Context(options.get("call_ctx"))
        call = self._call(request, options, context)
        _perform(call, cancel)
        return self._take(call, context)

    def _create_apple_pay(self, request: Mapping[str, Any], options: Mapping[str, Any],
                          cancel: Optional[Cancel], server_request: Any) -> Any:
        context = Context(options.get("call_ctx"))
        call = self._apple_pay_call(request, options, context, server_request)
        _perform(call, cancel)
        return self._take_both(call, context)


# ---- Tests of programs that use the package ------------------------------------------------------

@dataclass(frozen=True)
class MockRequest:
    """A request that a mock was sent."""

    method: str
    url: str
    headers: Tuple[Tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    at_ms: int


class Mock:
    """A scripted transport with virtual time: Client(transport=mock)."""

    def __init__(self) -> None:
        made, error = ffi.new("spay_mock **"), ffi.new("spay_error **")
        if lib.spay_mock_new(made, error) != lib.SPAY_OK:
            raise failure(error)
        self._pointer = pointer(made[0], lib.spay_mock_free)

    @staticmethod
    def _check(status: int, what: str) -> None:
        if status != lib.SPAY_OK:
            raise ValueError(what + " is not accepted: " + text(lib.spay_status_text(status)))

    def reply(self, http_status: int, body: bytes = b"",
              headers: Optional[Mapping[str, str]] = None) -> None:
        """Queue a reply; without headers, its type is application/json."""
        lines = ffi.NULL
        if headers is not None:
            lines = ffi.new("char[]", "\n".join("%s: %s" % pair for pair in headers.items()).encode())
        self._check(lib.spay_mock_reply(self._pointer, http_status, lines, bytes(body), len(body)), "reply")

    def fail(self, status: int, *, sent: bool) -> None:
        """Queue a failure of the network, such as Status.TIMEOUT."""
        self._check(lib.spay_mock_fail(self._pointer, status, lib.SPAY_YES if sent else lib.SPAY_NO), "failure")

    def set_latency(self, duration_ms: int) -> None:
        """Later requests take so much virtual time."""
        lib.spay_mock_set_latency(self._pointer, duration_ms)

    def advance(self, duration_ms: int) -> None:
        """Move the clocks forward."""
        lib.spay_mock_advance(self._pointer, duration_ms)

    def set_wall(self, unix_ms: int) -> None:
        """Set the wall clock."""
        lib.spay_mock_set_wall(self._pointer, unix_ms)

    @property
    def now_ms(self) -> int:
        """Virtual milliseconds since the mock was made."""
        return int(lib.spay_mock_now_ms(self._pointer))

    def _request(self, index: int) -> MockRequest:
        length = ffi.new("size_t *")
        body = lib.spay_mock_request_body(self._pointer, index, length)
        headers = text(lib.spay_mock_request_headers(self._pointer, index)).splitlines()
        return MockRequest(
            text(lib.spay_mock_request_method(self._pointer, index)),
            text(lib.spay_mock_request_url(self._pointer, index)),
            tuple((name, value) for name, _, value in (line.partition(": ") for line in headers)),
            bytes(ffi.buffer(body, length[0])), lib.spay_mock_request_at_ms(self._pointer, index))

    @property
    def requests(self) -> List[MockRequest]:
        """What has been sent."""
        return [self._request(index) for index in range(lib.spay_mock_request_count(self._pointer))]
