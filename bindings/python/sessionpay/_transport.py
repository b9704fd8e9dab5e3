# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Transports written in Python: another way for requests to go out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Tuple

from ._client import _unraisable
from ._core import Error, register, registered, text
from ._native import ffi, lib


class TransportRequest:
    """A request to be sent once, as it is: never repeated, never to another host."""

    def __init__(self, request: Any, response: Any) -> None:
        self._request, self._response = request, response
        length = ffi.new("size_t *")
        body = lib.spay_http_request_body(request, length)
        self.method = text(lib.spay_http_request_method(request))
        self.url = text(lib.spay_http_request_url(request))
        self.headers: Tuple[Tuple[str, str], ...] = tuple(
            (text(lib.spay_http_request_header_name(request, index)),
             text(lib.spay_http_request_header_value(request, index)))
            for index in range(lib.spay_http_request_header_count(request)))
        self.body = bytes(ffi.buffer(body, length[0])) if length[0] else b""
        self.timeout_ms = int(lib.spay_http_request_timeout_ms(request))
        self.connect_timeout_ms = int(lib.spay_http_request_connect_timeout_ms(request))

    def __repr__(self) -> str:
        return "TransportRequest(%r, %r)" % (self.method, self.url)

    def mark_sent(self) -> None:
        """Call it before the first byte can reach the network: what is not marked was not sent."""
        if self._response is not None:
            lib.spay_http_response_mark_sent(self._response)

    @property
    def is_canceled(self) -> bool:
        """Whether the caller has given up; look ten times a second, and raise CanceledError then."""
        return self._request is not None and bool(lib.spay_http_request_is_canceled(self._request))


@dataclass(frozen=True)
class TransportResponse:
    """A complete response, whatever its status."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class Transport:
    """Base class of transports for a Client; AsyncClient has its own. Several threads at once."""

    def perform(self, request: TransportRequest) -> TransportResponse:
        """Send the request, return the response.

        What went wrong is raised as one of the package's errors: ConnectError, TlsError, NetworkError,
        TimeoutError, ...; any other exception counts as InternalError.
        """
        raise NotImplementedError

    def _table(self) -> Any:
        table = ffi.new("spay_transport *")
        lib.spay_transport_init(table, ffi.sizeof("spay_transport"))
        table.ctx = register(self)
        table.perform = lib.sessionpay_py_perform
        return table


def _answer(response: Any, answer: Any) -> int:
    if not isinstance(answer, TransportResponse):
        raise TypeError("perform() must return TransportResponse, not " + type(answer).__name__)
    body = bytes(answer.body)
    status = lib.spay_http_response_set_status(response, answer.status)
    for name, value in answer.headers.items():
        if status == lib.SPAY_OK:
            status = lib.spay_http_response_add_header(response, name.encode(), value.encode())
    if status == lib.SPAY_OK:
        status = lib.spay_http_response_append_body(response, body, len(body))
    return int(status)


@ffi.def_extern(error=-42, onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_perform(ctx: Any, request: Any, response: Any) -> int:
    transport = registered(ctx)
    if transport is None:
        return int(lib.SPAY_E_STATE)
    given = TransportRequest(request, response)
    try:
        return _answer(response, transport.perform(given))
    except Error as error:
        lib.spay_http_response_set_failure(response, error.reason.encode(), error.message.encode())
        return error.status if error.status != lib.SPAY_OK else int(lib.SPAY_E_INTERNAL)
    finally:
        given._request = given._response = None
