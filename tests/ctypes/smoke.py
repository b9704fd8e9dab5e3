# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The library, bound without a compiler: everything below knows the headers and the shared object.

usage: SPAY_LIBRARY=build/lib/libsessionpay.so build/bin/sessionpay-sandbox -- python3 smoke.py
"""

import ctypes
import http.client
import json
import os
import re
import ssl
import sys
import time
import traceback
import urllib.parse
from ctypes import (CFUNCTYPE, POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_uint32,
                    c_void_p, sizeof)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tap import Tap, skip_all  # noqa: E402

if "SPAY_SANDBOX_URL" not in os.environ or "SPAY_LIBRARY" not in os.environ:
    skip_all("run it under sessionpay-sandbox, with SPAY_LIBRARY")


tap = Tap()


# ---- What the headers say ------------------------------------------------------------------------

OK = 0
E_INVALID_ARGUMENT, E_STATE = -1, -2
E_REJECTED = -20
E_CONNECT, E_NETWORK, E_TIMEOUT, E_THROTTLED, E_PROVIDER, E_CANCELED = -30, -31, -32, -33, -34, -35
NOT_SENT, REJECTED, UNKNOWN = 1, 2, 3
STAGE_INPUT, STAGE_REQUEST, STAGE_REPLY = 1, 3, 4
WEPAY, HOSTED_FIELDS, CONNECT_SERVER, CONNECT_CLIENT = 1, 2, 3, 4
SEND, WAIT, DONE = 1, 2, 3
YES, NO = 1, 2
ENV_TEST = 1
LOG_TRACE = 4
INT64_MAX = 2 ** 63 - 1

LogHook = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
DestroyHook = CFUNCTYPE(None, c_void_p)
PerformHook = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)
ClockHook = CFUNCTYPE(c_int64, c_void_p)
SleepHook = CFUNCTYPE(None, c_void_p, c_int64)
RandomHook = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)


def struct(name, *fields):
    return type(name, (ctypes.Structure,), {"_fields_": list(fields)})


def sized(name, *fields):
    return struct(name, ("struct_size", c_size_t), *fields)


def text(*names):
    return [(name, c_char_p) for name in names]


Transport = sized("Transport", ("ctx", c_void_p), ("perform", PerformHook),
                  ("drop_connections", DestroyHook), ("destroy", DestroyHook))
Platform = sized("Platform", ("ctx", c_void_p), ("monotonic_ms", ClockHook), ("wall_ms", ClockHook),
                 ("sleep_ms", SleepHook), ("random_bytes", RandomHook), ("destroy", DestroyHook))
CallOptions = sized("CallOptions", *text("idempotency_key", "intent"), ("timeout_ms", c_int64),
                    ("attempt_timeout_ms", c_int64), ("max_attempts", c_int32),
                    ("call_ctx", c_void_p))
ClientOptions = sized(
    "ClientOptions", ("timeout_ms", c_int64), ("attempt_timeout_ms", c_int64),
    ("connect_timeout_ms", c_int64), ("max_attempts", c_int32), ("max_idle_connections", c_int32),
    ("user_agent", c_char_p), ("key_secret", c_char_p), ("key_secret_length", c_size_t),
    *text("ca_file", "ca_pem", "client_certificate_file", "client_key_file", "client_key_password",
          "pinned_public_keys", "proxy", "proxy_credentials"),
    ("transport", c_void_p), ("platform", c_void_p),
    ("log", LogHook), ("log_ctx", c_void_p), ("log_destroy", DestroyHook), ("log_level", c_int32),
    ("recorded_attempts", c_int32),
    ("event", c_void_p), ("event_ctx", c_void_p), ("event_destroy", c_void_p),
    ("before_send", c_void_p), ("before_send_ctx", c_void_p), ("before_send_destroy", c_void_p),
    ("store", c_void_p), ("store_timeout_ms", c_int64))

WepayOptions = sized("WepayOptions", ("environment", c_int32),
                     *text("base_url", "app_id", "app_token", "api_version"))
WepayRequest = sized("WepayRequest", *text("type", "account_id"), ("time_to_live", c_int64),
                     *text("risk_token", "client_ip", "extra_json"))

HostedFieldsOptions = sized("HostedFieldsOptions", ("environment", c_int32),
                            *text("base_url", "identity_url", "api_key", "bearer_token"))
HostedFieldsRequest = sized("HostedFieldsRequest",
                            *text("processing_terminal_id", "lib_version", "scenario",
                                  "secure_token_id", "extra_json"))

ServerOptions = sized(
    "ServerOptions", ("environment", c_int32),
    *text("base_url", "merchant_id", "api_key_id", "secret_api_key", "integrator",
          "platform_identifier", "extension_creator", "extension_name", "extension_version",
          "extension_id"),
    ("idempotence", c_int32))
Filter = sized("Filter", ("groups", POINTER(c_char_p)), ("group_count", c_size_t),
               ("products", POINTER(c_int32)), ("product_count", c_size_t))
ServerRequest = sized("ServerRequest", ("exclude", POINTER(Filter)), ("restrict_to", POINTER(Filter)),
                      ("tokens", POINTER(c_char_p)), ("token_count", c_size_t),
                      *text("client_meta_info", "extra_json"))

ConsumerOptions = sized(
    "ConsumerOptions", ("environment", c_int32),
    *text("client_session_id", "customer_id", "client_api_url"),
    ("allowed_hosts", POINTER(c_char_p)), ("allowed_host_count", c_size_t),
    ("allow_apple_pods", c_int32), ("platform_identifier", c_char_p),
    *text("screen_size", "meta_info_json"))
ConsumerRequest = sized("ConsumerRequest", ("product_id", c_int32),
                        *text("display_name", "domain_name", "validation_url", "extra_json"))

Info = struct("Info", ("provider", c_int32), ("warnings", c_uint32), *text("value", "id"),
              ("expires_at_ms", c_int64), *text("idempotency_key", "request_id"),
              ("http_status", c_int32), ("attempts", c_int32), ("requests_sent", c_int32),
              ("token_requests", c_int32), ("elapsed_ms", c_int64), ("raw_json", c_char_p),
              ("raw_json_length", c_size_t), ("clock_offset_ms", c_int64), ("shared", c_int32))
WepayOwner = struct("WepayOwner", *text("id", "path", "resource"))
WepayMobile = struct("WepayMobile", ("time_to_live", c_int64), ("account_id", c_char_p))
WepaySession = struct(
    "WepaySession", ("info", POINTER(Info)), *text("id", "session_token"), ("expire_time", c_int64),
    ("create_time", c_int64), *text("path", "resource"), ("owner", POINTER(WepayOwner)),
    ("api_version", c_char_p), ("state", c_int32), ("type", c_int32),
    *text("state_text", "type_text"), ("mobile_session", POINTER(WepayMobile)))
HostedFieldsSession = struct("HostedFieldsSession", ("info", POINTER(Info)),
                             *text("token", "processing_terminal_id", "expires_at"),
                             ("expires_at_ms", c_int64))
ServerSession = struct("ServerSession", ("info", POINTER(Info)),
                       *text("client_session_id", "customer_id", "client_api_url", "asset_url",
                             "region"),
                       ("invalid_tokens", POINTER(c_char_p)), ("invalid_token_count", c_size_t))
ConsumerSession = struct("ConsumerSession", ("info", POINTER(Info)), ("session_object", c_char_p),
                         ("session_object_length", c_size_t), ("product_id", c_int32))

lib = ctypes.CDLL(os.environ["SPAY_LIBRARY"])


def declare(result, names, *arguments):
    for name in names.split():
        function = getattr(lib, "spay_" + name)
        function.restype = result
        function.argtypes = arguments


OUT = POINTER(c_void_p)

declare(c_char_p, "version")
declare(c_char_p, "status_name status_text outcome_name provider_name", c_int32)
declare(None, "free client_free client_drop_connections wepay_free hosted_fields_free "
              "connect_server_free connect_client_free wepay_session_free "
              "hosted_fields_session_free connect_server_session_free connect_client_session_free "
              "call_free call_cancel error_free mock_free", c_void_p)

declare(c_void_p, "error_new", c_int32, c_int32, c_char_p)
declare(c_int32, "error_status error_stage error_provider error_http_status error_attempts "
                 "error_requests_sent error_retryable error_outcome", c_void_p)
declare(c_int64, "error_elapsed_ms error_retry_after_ms", c_void_p)
declare(c_char_p, "error_name error_message error_reason error_provider_code error_request_id "
                  "error_idempotency_key", c_void_p)
declare(c_size_t, "error_field_count", c_void_p)
declare(c_char_p, "error_field_path error_field_code error_field_message", c_void_p, c_size_t)
declare(c_void_p, "error_body", c_void_p, POINTER(c_size_t))

INITS = {
    "transport": Transport, "platform": Platform, "call_options": CallOptions,
    "client_options": ClientOptions, "wepay_options": WepayOptions,
    "wepay_session_request": WepayRequest, "hosted_fields_options": HostedFieldsOptions,
    "hosted_fields_session_request": HostedFieldsRequest, "connect_server_options": ServerOptions,
    "connect_server_filter": Filter, "connect_server_session_request": ServerRequest,
    "connect_client_options": ConsumerOptions, "connect_client_session_request": ConsumerRequest,
}
declare(None, " ".join(name + "_init" for name in INITS), c_void_p, c_size_t)

declare(c_int32, "client_new", c_void_p, OUT, OUT)
declare(c_int32, "wepay_new hosted_fields_new connect_server_new connect_client_new",
        c_void_p, c_void_p, OUT, OUT)
declare(c_int32, "wepay_session_create hosted_fields_session_create connect_server_session_create "
                 "connect_client_session_create wepay_session_call_new "
                 "hosted_fields_session_call_new connect_server_session_call_new "
                 "connect_client_session_call_new", c_void_p, c_void_p, c_void_p, OUT, OUT)
declare(c_int32, "wepay_session_from_call hosted_fields_session_from_call "
                 "connect_server_session_from_call connect_client_session_from_call",
        c_void_p, OUT, OUT)
declare(c_int32, "connect_client_from_session", c_void_p, c_void_p, OUT, OUT)
declare(c_int32, "connect_apple_pay_session_create", c_void_p, c_void_p, c_void_p, c_void_p, OUT,
        OUT, OUT)
declare(c_int32, "hosted_fields_set_bearer_token", c_void_p, c_char_p, OUT)
declare(c_int64, "session_expires_in_ms", c_void_p, c_int64, c_int64)

declare(c_int32, "call_step call_status call_attempts", c_void_p)
declare(c_void_p, "call_request call_response call_error", c_void_p)
declare(c_int32, "call_respond", c_void_p, c_int32)
declare(c_int64, "call_wait_ms", c_void_p)
declare(c_int32, "call_perform", c_void_p, OUT)
declare(c_char_p, "call_idempotency_key", c_void_p)

declare(c_char_p, "http_request_method http_request_url", c_void_p)
declare(c_size_t, "http_request_header_count", c_void_p)
declare(c_char_p, "http_request_header_name http_request_header_value", c_void_p, c_size_t)
declare(c_int32, "http_request_header_is_secret", c_void_p, c_size_t)
declare(c_void_p, "http_request_body http_response_body", c_void_p, POINTER(c_size_t))
declare(c_int64, "http_request_timeout_ms http_request_connect_timeout_ms", c_void_p)
declare(c_int32, "http_request_is_canceled http_response_status", c_void_p)
declare(None, "http_response_mark_sent", c_void_p)
declare(c_int32, "http_response_set_status", c_void_p, c_int32)
declare(c_int32, "http_response_add_header", c_void_p, c_char_p, c_char_p)
declare(c_int32, "http_response_append_body", c_void_p, c_char_p, c_size_t)
declare(None, "http_response_set_failure", c_void_p, c_char_p, c_char_p)
declare(c_char_p, "http_response_header", c_void_p, c_char_p)

declare(c_int32, "mock_new", OUT, OUT)
declare(c_void_p, "mock_transport mock_platform", c_void_p)
declare(c_int32, "mock_reply", c_void_p, c_int32, c_char_p, c_char_p, c_size_t)
declare(c_int32, "mock_fail", c_void_p, c_int32, c_int32)
declare(None, "mock_set_latency mock_advance mock_set_wall", c_void_p, c_int64)
declare(c_int64, "mock_now_ms", c_void_p)
declare(c_size_t, "mock_request_count", c_void_p)
declare(c_char_p, "mock_request_method mock_request_url mock_request_headers", c_void_p, c_size_t)
declare(c_char_p, "mock_request_header", c_void_p, c_size_t, c_char_p)
declare(c_void_p, "mock_request_body", c_void_p, c_size_t, POINTER(c_size_t))
declare(c_int64, "mock_request_at_ms", c_void_p, c_size_t)


# ---- A thin layer, as a binding would have it ----------------------------------------------------

SETTINGS = {name[5:].lower(): value for name, value in os.environ.items()
            if name.startswith("SPAY_")}
INIT_OF = {kind: getattr(lib, "spay_%s_init" % name) for name, kind in INITS.items()}


def encoded(value):
    return value.encode("utf-8") if isinstance(value, str) else value


def new(kind, **members):
    """A sized struct, started by the library, with some members set. It keeps what it points to."""
    made = kind()
    INIT_OF[kind](byref(made), sizeof(made))
    for name, value in members.items():
        setattr(made, name, encoded(value))
    return made


def strings(*values):
    return (c_char_p * len(values))(*[encoded(value) for value in values])


def call(name, *arguments):
    """Calls a function whose last two parameters are out and error: (status, out, error)."""
    out, error = c_void_p(0xdead), c_void_p(0xdead)
    passed = [byref(one) if isinstance(one, ctypes.Structure) else one for one in arguments]
    status = getattr(lib, "spay_" + name)(*passed, byref(out), byref(error))
    return status, out.value, error.value


def make(name, *arguments):
    """The same, for what has to work."""
    status, out, error = call(name, *arguments)
    if status != OK:
        raise RuntimeError("%s: %s" % (name, lib.spay_error_message(error)))
    return out


def read(kind, pointer):
    return ctypes.cast(pointer, POINTER(kind)).contents


def counted(function, *arguments):
    """Bytes and their length, from a getter with a length parameter."""
    length = c_size_t(0xdead)
    return ctypes.string_at(function(*arguments, byref(length)), length.value)


def fields_of(error):
    return [(lib.spay_error_field_path(error, i).decode(), lib.spay_error_field_code(error, i).decode())
            for i in range(lib.spay_error_field_count(error))]


WEPAY_REPLY = json.dumps({
    "id": "9c1d", "session_token": "stage_tök€n", "expire_time": 4102444800, "state": "dormant",
    "type": "mobile_session", "path": None}, ensure_ascii=False).encode("utf-8")


def wepay_request(**members):
    return new(WepayRequest, **{"type": "mobile_session", "account_id": SETTINGS["wepay_account_id"],
                                **members})


def wepay_account(client, **members):
    return make("wepay_new", client, new(WepayOptions, **{
        "base_url": SETTINGS["wepay_base_url"], "app_id": SETTINGS["wepay_app_id"],
        "app_token": SETTINGS["wepay_app_token"], **members}))


class Mock:
    """A mock, its client and a WePay account on it."""

    def __init__(self, **options):
        self.mock = make("mock_new")
        self.client = make("client_new", new(
            ClientOptions, transport=lib.spay_mock_transport(self.mock),
            platform=lib.spay_mock_platform(self.mock), **options))
        self.wepay = wepay_account(self.client)

    def reply(self, status, headers, body):
        return lib.spay_mock_reply(self.mock, status, headers, body, len(body))

    def create(self, options=None, **members):
        return call("wepay_session_create", self.wepay, wepay_request(**members), options)

    def header(self, index, name):
        return lib.spay_mock_request_header(self.mock, index, name)

    def body(self, index):
        return counted(lib.spay_mock_request_body, self.mock, index)

    def free(self):
        lib.spay_wepay_free(self.wepay)
        lib.spay_client_free(self.client)
        lib.spay_mock_free(self.mock)


# ---- The network, in Python ----------------------------------------------------------------------

TLS = ssl.create_default_context(cafile=SETTINGS["ca_file"])


def connection_to(url, timeout):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        link = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=TLS)
    else:
        link = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    return link, parts.path or "/"


def script_fault(**fault):
    """Let the sandbox misbehave."""
    link, path = connection_to(SETTINGS["sandbox_url"] + "/_sandbox/faults", 10)
    link.request("POST", path, json.dumps(fault), {"Content-Type": "application/json"})
    status = link.getresponse().status
    link.close()
    return status


def transfer(request, response):
    """Sends one request and fills in its response, like a transport's perform function."""
    url = lib.spay_http_request_url(request).decode()
    link, path = connection_to(url, lib.spay_http_request_timeout_ms(request) / 1000)
    try:
        link.connect()
    except OSError:
        return E_CONNECT
    try:
        lib.spay_http_response_mark_sent(response)
        link.putrequest(lib.spay_http_request_method(request).decode(), path,
                        skip_accept_encoding=True)
        body = counted(lib.spay_http_request_body, request)
        link.putheader("Content-Length", str(len(body)))
        for i in range(lib.spay_http_request_header_count(request)):
            link.putheader(lib.spay_http_request_header_name(request, i).decode(),
                           lib.spay_http_request_header_value(request, i))
        link.endheaders(body)
        reply = link.getresponse()
        lib.spay_http_response_set_status(response, reply.status)
        for name, value in reply.getheaders():
            lib.spay_http_response_add_header(response, name.encode(), value.encode())
        received = reply.read()
        return lib.spay_http_response_append_body(response, received, len(received))
    except (OSError, http.client.HTTPException):
        return E_NETWORK
    finally:
        link.close()


def drive(running):
    """Runs a call to its end; returns the URLs that were sent to."""
    urls = []
    while True:
        wanted = lib.spay_call_step(running)
        if wanted == SEND:
            request = lib.spay_call_request(running)
            urls.append(lib.spay_http_request_url(request).decode())
            lib.spay_call_respond(running, transfer(request, lib.spay_call_response(running)))
        elif wanted == WAIT:
            time.sleep(lib.spay_call_wait_ms(running) / 1000)
        else:
            return urls


# ---- Tests ---------------------------------------------------------------------------------------

def test_names():
    tap.ok(re.fullmatch(r"\d+\.\d+\.\d+", lib.spay_version().decode()), "the version has three parts")
    tap.equal(lib.spay_status_name(E_THROTTLED), b"SPAY_E_THROTTLED", "a status has its name")
    tap.equal(lib.spay_status_name(-4711), b"SPAY_E_?", "a status from the future has a name too")
    tap.ok(lib.spay_status_text(-4711), "and a text")
    tap.equal([lib.spay_outcome_name(i) for i in (0, NOT_SENT, REJECTED, UNKNOWN, 9)],
              [b"none", b"not_sent", b"rejected", b"unknown", b"none"], "outcomes have names")
    tap.equal([lib.spay_provider_name(i) for i in (0, WEPAY, HOSTED_FIELDS, CONNECT_SERVER,
                                                   CONNECT_CLIENT, 1000)],
              [b"none", b"wepay", b"hosted_fields", b"connect_server", b"connect_client", b"none"],
              "providers have names")


def test_init_functions():
    for name, kind in INITS.items():
        made = kind()
        ctypes.memset(byref(made), 0xff, sizeof(made))
        INIT_OF[kind](byref(made), sizeof(made))
        zeros = bytes(made)[sizeof(c_size_t):]
        tap.ok(made.struct_size == sizeof(kind) and not any(zeros),
               "spay_%s_init sets the size and clears the rest" % name)


def check_info(info, provider, value):
    name = lib.spay_provider_name(provider).decode()
    now = int(time.time() * 1000)
    left = lib.spay_session_expires_in_ms(byref(info), now, 0)

    tap.equal(info.provider, provider, "%s: the provider" % name)
    tap.equal(info.value, value, "%s: info.value is what the front end needs" % name)
    tap.ok(info.id is not None and info.request_id is not None, "%s: id and request id" % name)
    tap.ok(0 < left <= 86400000 and abs(info.expires_at_ms - now - left) < 2000,
           "%s: the expiry" % name, "%d ms left" % left)
    tap.ok(info.http_status in (200, 201), "%s: the HTTP status" % name, info.http_status)
    tap.equal((info.attempts, info.requests_sent), (1, 1), "%s: one attempt, one request" % name)
    tap.ok(0 <= info.elapsed_ms < 25000, "%s: the time it took" % name)
    tap.ok(len(info.raw_json) == info.raw_json_length and json.loads(info.raw_json.decode()),
           "%s: the raw reply" % name)


def test_wepay(client):
    account = wepay_account(client)
    pointer = make("wepay_session_create", account, wepay_request(), None)
    session = read(WepaySession, pointer)
    raw = json.loads(session.info.contents.raw_json.decode())
    owner, mobile = session.owner.contents, session.mobile_session.contents

    check_info(session.info.contents, WEPAY, session.session_token)
    tap.ok(re.fullmatch(rb"[0-9a-f-]{36}", session.info.contents.idempotency_key),
           "wepay: the key is a UUID")
    for member in ("id", "session_token", "path", "resource", "api_version"):
        tap.equal(getattr(session, member).decode(), raw[member], "wepay: " + member)
    tap.equal((session.expire_time, session.create_time), (raw["expire_time"], raw["create_time"]),
              "wepay: the times, as received")
    tap.equal((session.state, session.state_text), (1, b"active"), "wepay: the state and its text")
    tap.equal((session.type, session.type_text), (1, b"mobile_session"), "wepay: the type and its text")
    tap.equal([owner.id.decode(), owner.path.decode(), owner.resource.decode()],
              [raw["owner"][name] for name in ("id", "path", "resource")], "wepay: the owner")
    tap.equal((mobile.account_id.decode(), mobile.time_to_live),
              (raw["mobile_session"]["account_id"], raw["mobile_session"]["time_to_live"]),
              "wepay: the mobile session")
    tap.equal(session.info.contents.warnings, 0, "wepay: nothing to warn about")
    lib.spay_wepay_session_free(pointer)
    lib.spay_wepay_free(account)


def hosted_fields_account(client):
    return make("hosted_fields_new", client, new(
        HostedFieldsOptions, base_url=SETTINGS["hosted_fields_base_url"],
        identity_url=SETTINGS["hosted_fields_identity_url"],
        api_key=SETTINGS["hosted_fields_api_key"]))


def hosted_fields_request(**members):
    return new(HostedFieldsRequest, **{
        "processing_terminal_id": SETTINGS["hosted_fields_terminal_id"],
        "lib_version": SETTINGS["hosted_fields_lib_version"], "scenario": "payment", **members})


def test_hosted_fields(client):
    account = hosted_fields_account(client)
    pointer = make("hosted_fields_session_create", account, hosted_fields_request(), None)
    session = read(HostedFieldsSession, pointer)
    raw = json.loads(session.info.contents.raw_json.decode())

    check_info(session.info.contents, HOSTED_FIELDS, session.token)
    tap.equal(session.info.contents.token_requests, 1, "hosted_fields: one bearer token was fetched")
    tap.equal(session.processing_terminal_id.decode(), SETTINGS["hosted_fields_terminal_id"],
              "hosted_fields: the terminal")
    tap.equal(session.expires_at.decode(), raw["expiresAt"], "hosted_fields: expiresAt, verbatim")
    tap.equal(session.expires_at_ms, session.info.contents.expires_at_ms,
              "hosted_fields: the expiry is the same in both places")

    again = make("hosted_fields_session_create", account, hosted_fields_request(), None)
    tap.equal(read(HostedFieldsSession, again).info.contents.token_requests, 0,
              "hosted_fields: the second session uses the kept token")
    out = c_void_p()
    tap.equal(lib.spay_hosted_fields_set_bearer_token(account, b"token", byref(out)), E_STATE,
              "hosted_fields: an account with a key takes no token")
    lib.spay_error_free(out)
    lib.spay_hosted_fields_session_free(again)
    lib.spay_hosted_fields_session_free(pointer)
    lib.spay_hosted_fields_free(account)


def connect_account(client, **members):
    return make("connect_server_new", client, new(ServerOptions, **{
        "environment": ENV_TEST, "base_url": SETTINGS["connect_base_url"],
        "merchant_id": SETTINGS["connect_merchant_id"],
        "api_key_id": SETTINGS["connect_api_key_id"],
        "secret_api_key": SETTINGS["connect_secret_api_key"], **members}))


def apple_pay_request(**members):
    return new(ConsumerRequest, **{"display_name": "Café Zürich",
                                   "domain_name": SETTINGS["apple_pay_domain_name"],
                                   "validation_url": SETTINGS["apple_pay_validation_url"], **members})


def test_connect(client):
    account = connect_account(client, idempotence=YES)
    only = new(Filter, groups=strings("cards"), group_count=1,
               products=(c_int32 * 2)(1, 302), product_count=2)
    request = new(ServerRequest, restrict_to=ctypes.pointer(only),
                  tokens=strings("good-1", "invalid-2"), token_count=2)
    pointer = make("connect_server_session_create", account, request, None)
    session = read(ServerSession, pointer)
    raw = json.loads(session.info.contents.raw_json.decode())

    check_info(session.info.contents, CONNECT_SERVER, session.client_session_id)
    tap.ok(session.info.contents.idempotency_key, "connect_server: a key, because it was asked for")
    for member, name in (("client_session_id", "clientSessionId"), ("customer_id", "customerId"),
                         ("client_api_url", "clientApiUrl"), ("asset_url", "assetUrl"),
                         ("region", "region")):
        tap.equal(getattr(session, member).decode(), raw[name], "connect_server: " + name)
    tap.equal([session.invalid_tokens[i] for i in range(session.invalid_token_count)],
              [b"invalid-2"], "connect_server: the token that is no longer good")
    tap.equal(session.info.contents.warnings & 4, 4, "connect_server: with a warning")

    consumer = make("connect_client_from_session", account, pointer)
    lib.spay_connect_server_session_free(pointer)
    check_connect_client(consumer)
    check_apple_pay_in_one_call(account)
    lib.spay_connect_server_free(account)


def check_connect_client(consumer):
    pointer = make("connect_client_session_create", consumer, apple_pay_request(), None)
    session = read(ConsumerSession, pointer)

    check_info(session.info.contents, CONNECT_CLIENT, session.session_object)
    tap.equal(len(session.session_object), session.session_object_length,
              "connect_client: the session object's length")
    tap.ok(isinstance(json.loads(session.session_object.decode()), dict),
           "connect_client: the session object is an object")
    received = json.loads(session.info.contents.raw_json.decode())
    received = received["paymentProductSession302SpecificOutput"]["sessionObject"]
    tap.equal(session.session_object.decode("utf-8"), received,
              "connect_client: byte for byte as received")
    tap.equal(session.product_id, 302, "connect_client: the product")
    lib.spay_connect_client_session_free(pointer)
    lib.spay_connect_client_free(consumer)


def check_apple_pay_in_one_call(account):
    server_session = c_void_p()
    status, pointer, error = call("connect_apple_pay_session_create", account, None,
                                  apple_pay_request(), None, byref(server_session))
    tap.ok(status == OK and pointer and not error and server_session.value,
           "both steps in one call give both sessions")
    lib.spay_connect_client_session_free(pointer)
    lib.spay_connect_server_session_free(server_session)


def test_declined_request(client):
    account = wepay_account(client)
    status, session, error = call("wepay_session_create", account,
                                  wepay_request(type="no_such_session"), None)

    tap.equal((status, session), (E_REJECTED, None), "a request that WePay declines gives no session")
    tap.equal(lib.spay_error_status(error), E_REJECTED, "declined: status")
    tap.equal(lib.spay_error_name(error), b"SPAY_E_REJECTED", "declined: name")
    tap.ok(lib.spay_error_message(error).decode("utf-8"), "declined: message")
    tap.equal(lib.spay_error_provider(error), WEPAY, "declined: provider")
    tap.equal(lib.spay_error_provider_code(error), b"INVALID_PARAMS", "declined: provider's code")
    tap.equal(lib.spay_error_http_status(error), 400, "declined: HTTP status")
    tap.ok(lib.spay_error_request_id(error), "declined: request id")
    tap.equal(lib.spay_error_outcome(error), REJECTED, "declined: outcome")
    tap.equal((lib.spay_error_attempts(error), lib.spay_error_requests_sent(error)), (1, 1),
              "declined: not repeated")
    tap.equal(lib.spay_error_retryable(error), 0, "declined: no use in repeating it")
    tap.equal(lib.spay_error_retry_after_ms(error), -1, "declined: no time to wait")
    tap.ok(lib.spay_error_elapsed_ms(error) >= 0, "declined: the time it took")
    tap.ok(lib.spay_error_stage(error) in (STAGE_REQUEST, STAGE_REPLY), "declined: stage",
           lib.spay_error_stage(error))
    tap.ok(lib.spay_error_idempotency_key(error), "declined: the key")
    tap.ok("type" in [path for path, _ in fields_of(error)], "declined: the field", fields_of(error))
    tap.ok(all(code for _, code in fields_of(error)), "declined: with the provider's word for it")
    tap.ok(lib.spay_error_field_message(error, 0) is not None, "declined: a field's message")
    tap.equal(json.loads(counted(lib.spay_error_body, error).decode())["error_code"],
              "INVALID_PARAMS", "declined: the body, as received")
    lib.spay_error_free(error)
    lib.spay_wepay_free(account)


def test_bad_input(client):
    account = wepay_account(client)
    status, session, error = call("wepay_session_create", account, wepay_request(account_id=None),
                                  None)
    tap.equal((status, session), (E_INVALID_ARGUMENT, None), "a missing field is refused")
    tap.equal(fields_of(error), [("account_id", "missing")], "bad input: field and rule")
    tap.equal(lib.spay_error_stage(error), STAGE_INPUT, "bad input: stage")
    tap.equal((lib.spay_error_outcome(error), lib.spay_error_requests_sent(error)), (NOT_SENT, 0),
              "bad input: nothing was sent")
    tap.equal([lib.spay_error_field_path(error, 7), lib.spay_error_field_code(error, 7),
               lib.spay_error_field_message(error, 7)], [b"", b"", b""],
              "a field error that does not exist has empty text")
    lib.spay_error_free(error)

    status, session, error = call("wepay_session_create", account,
                                  wepay_request(account_id=b"not \xff UTF-8"), None)
    tap.equal(status, E_INVALID_ARGUMENT, "text that is not UTF-8 is refused")
    lib.spay_error_free(error)

    status, session, error = call("wepay_session_create", account, None, None)
    tap.equal((status, session), (E_INVALID_ARGUMENT, None), "no request at all is refused")
    lib.spay_error_free(error)
    lib.spay_wepay_free(account)

    tap.equal(lib.spay_wepay_session_create(None, None, None, None, None), E_INVALID_ARGUMENT,
              "all NULL is refused, not crashed upon")


def test_unknown_outcome(client):
    account = wepay_account(client)
    once = new(CallOptions, max_attempts=1)
    tap.equal(script_fault(path="/session_tokens", count=1, close="after_processing"), 200,
              "the sandbox will process a request and hang up")
    status, session, error = call("wepay_session_create", account, wepay_request(), once)
    tap.equal((status, lib.spay_error_outcome(error)), (E_NETWORK, UNKNOWN),
              "a reply that never came leaves the outcome unknown")

    again = new(CallOptions, idempotency_key=lib.spay_error_idempotency_key(error))
    pointer = make("wepay_session_create", account, wepay_request(), again)
    tap.equal(read(WepaySession, pointer).info.contents.idempotency_key,
              lib.spay_error_idempotency_key(error), "the same key repeats it")
    lib.spay_wepay_session_free(pointer)
    lib.spay_error_free(error)
    lib.spay_wepay_free(account)


def test_call_driven_from_python(client):
    account = wepay_account(client)
    running = make("wepay_session_call_new", account, wepay_request(), None)
    key = lib.spay_call_idempotency_key(running)

    tap.equal(lib.spay_call_request(running), None, "a call that was not stepped has no request")
    tap.equal(lib.spay_call_status(running), E_STATE, "and is not done")
    tap.equal(lib.spay_call_respond(running, OK), E_STATE, "and takes no response")
    tap.equal(lib.spay_call_step(running), SEND, "the first step asks to send")
    request = lib.spay_call_request(running)
    headers = {lib.spay_http_request_header_name(request, i).decode():
               (lib.spay_http_request_header_value(request, i),
                lib.spay_http_request_header_is_secret(request, i))
               for i in range(lib.spay_http_request_header_count(request))}
    tap.equal(lib.spay_http_request_method(request), b"POST", "request: method")
    tap.equal(lib.spay_http_request_url(request).decode(),
              SETTINGS["wepay_base_url"] + "/session_tokens", "request: URL")
    tap.equal(headers["Unique-Key"], (key, 0), "request: the key, in the open")
    tap.equal(headers["App-Token"], (SETTINGS["wepay_app_token"].encode(), 1),
              "request: the token, marked as a secret")
    tap.equal(json.loads(counted(lib.spay_http_request_body, request).decode())["type"],
              "mobile_session", "request: body")
    tap.ok(0 < lib.spay_http_request_connect_timeout_ms(request)
           <= lib.spay_http_request_timeout_ms(request), "request: timeouts")
    tap.equal(lib.spay_http_request_is_canceled(request), 0, "request: not canceled")

    urls = drive(running)
    tap.equal(len(urls), 1, "one request makes the session")
    tap.equal((lib.spay_call_status(running), lib.spay_call_error(running),
               lib.spay_call_attempts(running)), (OK, None, 1), "the call is done")
    status, pointer, error = call("wepay_session_from_call", running)
    session = read(WepaySession, pointer)
    tap.equal(session.info.contents.idempotency_key, key, "the session tells the call's key")
    status, again, error = call("wepay_session_from_call", running)
    tap.equal((status, again), (E_STATE, None), "it can be taken once")
    lib.spay_error_free(error)
    lib.spay_call_free(running)
    tap.ok(session.session_token, "and outlives the call")
    lib.spay_wepay_session_free(pointer)
    lib.spay_wepay_free(account)


def test_token_call_driven_from_python(client):
    account = hosted_fields_account(client)
    running = make("hosted_fields_session_call_new", account, hosted_fields_request(), None)
    lib.spay_hosted_fields_free(account)
    urls = drive(running)
    tap.equal([urllib.parse.urlsplit(url).path.rsplit("/", 1)[1] for url in urls],
              ["authorize", "hosted-fields-sessions"], "first the bearer token, then the session")
    status, pointer, error = call("connect_server_session_from_call", running)
    tap.equal((status, pointer), (E_INVALID_ARGUMENT, None), "no provider takes another's call")
    lib.spay_error_free(error)
    pointer = make("hosted_fields_session_from_call", running)
    tap.equal(read(HostedFieldsSession, pointer).info.contents.token_requests, 1,
              "the session tells of the token request")
    lib.spay_hosted_fields_session_free(pointer)
    lib.spay_call_free(running)


def test_failing_call_driven_from_python(client):
    account = wepay_account(client)
    running = make("wepay_session_call_new", account, wepay_request(),
                   new(CallOptions, max_attempts=2))
    sends = 0
    while True:
        wanted = lib.spay_call_step(running)
        if wanted == SEND:
            sends += 1
            lib.spay_http_response_set_failure(lib.spay_call_response(running), b"cable_cut",
                                               b"somebody cut the cable")
            lib.spay_call_respond(running, E_CONNECT)
        elif wanted == WAIT:
            time.sleep(lib.spay_call_wait_ms(running) / 1000)
        else:
            break
    error = lib.spay_call_error(running)
    tap.equal(sends, 2, "what was not sent is sent again")
    tap.equal((lib.spay_call_status(running), lib.spay_error_outcome(error),
               lib.spay_error_attempts(error), lib.spay_error_requests_sent(error)),
              (E_CONNECT, NOT_SENT, 2, 0), "two attempts, no request on the wire")
    tap.equal(lib.spay_error_reason(error), b"cable_cut", "the transport's reason comes through")
    lib.spay_call_free(running)

    running = make("wepay_session_call_new", account, wepay_request(), None)
    lib.spay_call_step(running)
    lib.spay_call_cancel(running)
    tap.equal(lib.spay_http_request_is_canceled(lib.spay_call_request(running)), 1,
              "a transport can see that the call is canceled")
    lib.spay_call_respond(running, E_CANCELED)
    tap.equal((lib.spay_call_step(running), lib.spay_call_status(running)), (DONE, E_CANCELED),
              "a canceled call is done")
    lib.spay_call_free(running)
    lib.spay_wepay_free(account)


def test_mock():
    mock = Mock()
    account_id = "Zürich-東京"
    tap.equal(mock.reply(503, b"Retry-After: 2", b"busy"), OK, "the mock takes a reply")
    mock.reply(201, None, WEPAY_REPLY)
    lib.spay_mock_set_latency(mock.mock, 70)
    started = time.monotonic()
    status, pointer, error = mock.create(account_id=account_id)
    tap.equal((status, error), (OK, None), "mock: busy, then good")
    session = read(WepaySession, pointer)
    tap.equal((session.info.contents.attempts, lib.spay_mock_request_count(mock.mock)), (2, 2),
              "mock: two attempts, two requests")
    tap.equal(mock.header(0, b"unique-key"), mock.header(1, b"Unique-Key"), "mock: the same key")
    tap.equal(mock.header(1, b"Unique-Key"), session.info.contents.idempotency_key,
              "mock: the one that the session tells")
    tap.equal(mock.body(0), mock.body(1), "mock: the same bytes")
    tap.ok(lib.spay_mock_request_at_ms(mock.mock, 1) >= 2000 and time.monotonic() - started < 1,
           "mock: two virtual seconds in no time")
    tap.equal(lib.spay_mock_now_ms(mock.mock), lib.spay_mock_request_at_ms(mock.mock, 1) + 70,
              "mock: the latency is virtual too")
    tap.equal(lib.spay_mock_request_method(mock.mock, 0), b"POST", "mock: the method")
    tap.ok(b"Unique-Key: " in lib.spay_mock_request_headers(mock.mock, 0), "mock: all headers")
    tap.equal(json.loads(mock.body(0).decode("utf-8"))["mobile_session"]["account_id"], account_id,
              "UTF-8 goes out as it came in")
    tap.equal(session.session_token.decode("utf-8"), "stage_tök€n", "and comes in as it is")
    tap.equal((session.state, session.state_text, session.info.contents.warnings & 2),
              (0, b"dormant", 2), "a state from the future fails nothing")
    tap.equal((session.path, bool(session.owner), session.create_time), (None, False, -1),
              "what a reply lacks is NULL, or -1")
    lib.spay_wepay_session_free(pointer)
    mock.free()


def test_mock_failures():
    mock = Mock(max_attempts=1)
    lib.spay_mock_fail(mock.mock, E_TIMEOUT, YES)
    status, pointer, error = mock.create()
    tap.equal((status, lib.spay_error_outcome(error)), (E_TIMEOUT, UNKNOWN), "a timeout after sending")
    lib.spay_error_free(error)
    lib.spay_mock_fail(mock.mock, E_CONNECT, NO)
    status, pointer, error = mock.create()
    tap.equal((status, lib.spay_error_outcome(error)), (E_CONNECT, NOT_SENT), "no connection")
    lib.spay_error_free(error)
    mock.reply(429, b"Retry-After: 90", b"<html>slow down</html>")
    status, pointer, error = mock.create()
    tap.equal((status, lib.spay_error_retry_after_ms(error)), (E_THROTTLED, 90000),
              "a wait that is too long is told")
    tap.equal(counted(lib.spay_error_body, error), b"<html>slow down</html>",
              "a body that is no JSON is kept")
    lib.spay_error_free(error)
    mock.free()


def test_intent():
    mock = Mock(key_secret=b"0123456789abcdef", key_secret_length=16)
    for order in ("order-1", "order-1", "order-2"):
        mock.reply(201, None, WEPAY_REPLY)
        status, pointer, error = mock.create(new(CallOptions, intent=order))
        lib.spay_wepay_session_free(pointer)
        lib.spay_error_free(error)
    keys = [mock.header(i, b"Unique-Key") for i in range(3)]
    tap.ok(keys[0] and keys[0] == keys[1] != keys[2], "the same intent gives the same key", keys)
    mock.free()


def test_transport_in_python():
    seen = []
    destroyed = []

    def perform(ctx, request, response):
        seen.append((ctx, lib.spay_http_request_url(request)))
        lib.spay_http_response_mark_sent(response)
        lib.spay_http_response_set_status(response, 100)
        lib.spay_http_response_set_status(response, 201)
        lib.spay_http_response_add_header(response, b"X-Correlation-Id", b"python-1")
        for i in range(0, len(WEPAY_REPLY), 10):
            lib.spay_http_response_append_body(response, WEPAY_REPLY[i:i + 10],
                                               len(WEPAY_REPLY[i:i + 10]))
        seen.append((lib.spay_http_response_status(response),
                     lib.spay_http_response_header(response, b"x-correlation-id"),
                     counted(lib.spay_http_response_body, response)))
        return OK

    table = new(Transport, ctx=4711, perform=PerformHook(perform),
                destroy=DestroyHook(destroyed.append))
    client = make("client_new", new(ClientOptions, transport=ctypes.addressof(table)))
    account = wepay_account(client)
    lib.spay_client_drop_connections(client)
    pointer = make("wepay_session_create", account, wepay_request(), None)
    tap.equal(seen[0][0], 4711, "a transport gets its context")
    tap.equal(seen[1], (201, b"python-1", WEPAY_REPLY), "and can read back what it has set")
    tap.equal(read(WepaySession, pointer).info.contents.request_id, b"python-1",
              "the library picks the header that matters")
    lib.spay_wepay_session_free(pointer)
    lib.spay_client_free(client)
    tap.equal(destroyed, [], "the client lives while an account does")
    lib.spay_wepay_free(account)
    tap.equal(destroyed, [4711], "then the transport is told once")

    table = new(Transport)
    status, client, error = call("client_new", new(ClientOptions,
                                                   transport=ctypes.addressof(table)))
    tap.equal((status, client), (E_INVALID_ARGUMENT, None), "a transport needs a perform function")
    lib.spay_error_free(error)


def test_log_hook():
    lines = []
    gone = []
    options = new(ClientOptions, ca_file=SETTINGS["ca_file"], log_ctx=815, log_level=LOG_TRACE,
                  log=LogHook(lambda ctx, level, line: lines.append((ctx, level, line))),
                  log_destroy=DestroyHook(gone.append))
    client = make("client_new", options)
    account = wepay_account(client)
    pointer = make("wepay_session_create", account, wepay_request(), None)
    token = read(WepaySession, pointer).session_token
    everything = b"\n".join(line for _, _, line in lines)

    tap.ok(lines and all(ctx == 815 and 1 <= level <= 4 for ctx, level, _ in lines),
           "the log hook is called with its context and a level", lines[:3])
    tap.ok(token not in everything and SETTINGS["wepay_app_token"].encode() not in everything,
           "and told no secret")
    tap.ok(not any(b"\n" in line for _, _, line in lines), "one line at a time")
    lib.spay_wepay_session_free(pointer)
    lib.spay_wepay_free(account)
    lib.spay_client_free(client)
    tap.equal(gone, [815], "its context is given back once")


def test_platform_hooks():
    asked = []

    def random_bytes(_, buffer, length):
        ctypes.memset(buffer, 0xab, length)
        asked.append(length)
        return 1

    table = new(Platform, random_bytes=RandomHook(random_bytes),
                wall_ms=ClockHook(lambda _: 1767225600000))
    client = make("client_new", new(ClientOptions, platform=ctypes.addressof(table)))
    account = wepay_account(client)
    running = make("wepay_session_call_new", account, wepay_request(), None)
    tap.ok(asked and lib.spay_call_idempotency_key(running).startswith(b"abababab-abab-4bab-"),
           "keys come from the caller's random bytes", lib.spay_call_idempotency_key(running))
    lib.spay_call_free(running)
    lib.spay_wepay_free(account)
    lib.spay_client_free(client)


def test_struct_size(client):
    options = dict(base_url=SETTINGS["wepay_base_url"], app_id="1", app_token="2")

    short = new(WepayOptions, **options)
    short.struct_size = sizeof(WepayOptions) - sizeof(c_void_p)
    status, account, error = call("wepay_new", client, short)
    tap.equal((status, account), (E_INVALID_ARGUMENT, None),
              "a struct that is smaller than in the first release is refused")
    tap.ok(lib.spay_error_message(error), "with an explanation")
    lib.spay_error_free(error)

    empty = new(WepayOptions, **options)
    empty.struct_size = 0
    status, account, error = call("wepay_new", client, empty)
    tap.equal(status, E_INVALID_ARGUMENT, "a struct that was never started is refused")
    lib.spay_error_free(error)

    class Later(ctypes.Structure):
        _fields_ = WepayOptions._fields_ + [("added", c_int64), ("later", c_int64)]

    later = Later()
    lib.spay_wepay_options_init(byref(later), sizeof(later))
    tap.equal((later.struct_size, later.later), (sizeof(Later), 0), "a struct of a later version")
    for name, value in options.items():
        setattr(later, name, encoded(value))
    status, account, error = call("wepay_new", client, later)
    tap.equal((status, error), (OK, None), "is accepted if what it adds is zero")
    lib.spay_wepay_free(account)

    later.later = 1 << 56
    status, account, error = call("wepay_new", client, later)
    tap.equal((status, account), (E_INVALID_ARGUMENT, None), "and refused if it is not")
    lib.spay_error_free(error)

    account = wepay_account(client)
    small = wepay_request()
    small.struct_size -= 1
    status, pointer, error = call("wepay_session_create", account, small, None)
    tap.equal(status, E_INVALID_ARGUMENT, "requests follow the same rule")
    lib.spay_error_free(error)
    bad = new(CallOptions)
    bad.struct_size = 4
    status, pointer, error = call("wepay_session_create", account, wepay_request(), bad)
    tap.equal(status, E_INVALID_ARGUMENT, "and so do call options")
    lib.spay_error_free(error)
    lib.spay_wepay_free(account)


def test_null_is_tolerated():
    for name in ("free client_free client_drop_connections wepay_free hosted_fields_free "
                 "connect_server_free connect_client_free wepay_session_free "
                 "hosted_fields_session_free connect_server_session_free "
                 "connect_client_session_free call_free call_cancel error_free mock_free "
                 "http_response_mark_sent").split():
        getattr(lib, "spay_" + name)(None)
    lib.spay_http_response_set_failure(None, None, None)
    tap.ok(True, "freeing NULL does nothing")

    empty = "name message reason provider_code request_id idempotency_key".split()
    tap.ok(all(getattr(lib, "spay_error_" + name)(None) is not None for name in empty),
           "the text of no error is text")
    tap.equal([getattr(lib, "spay_error_" + name)(None) for name in empty[2:]], [b""] * 4,
              "and empty where nothing is known")
    tap.equal([getattr(lib, "spay_error_" + name)(None) for name in
               ("status", "stage", "provider", "http_status", "attempts", "requests_sent",
                "outcome", "field_count")], [0] * 8, "the numbers of no error are zero")
    tap.equal(counted(lib.spay_error_body, None), b"", "the body of no error is empty")
    tap.equal([lib.spay_http_request_method(None), lib.spay_http_request_url(None),
               lib.spay_http_request_header_name(None, 0), counted(lib.spay_http_request_body, None)],
              [b""] * 4, "no request has empty text")
    tap.equal((lib.spay_http_request_timeout_ms(None), lib.spay_http_response_status(None),
               lib.spay_http_response_set_status(None, 200)), (0, 0, E_INVALID_ARGUMENT),
              "no response takes nothing")
    tap.equal((lib.spay_call_step(None), lib.spay_call_request(None), lib.spay_call_wait_ms(None)),
              (DONE, None, 0), "no call is done")
    tap.equal(lib.spay_call_respond(None, OK), E_INVALID_ARGUMENT, "and takes no response")
    tap.equal(lib.spay_session_expires_in_ms(None, 0, 0), 0, "no session has no time left")


def test_errors_made_by_the_application():
    error = lib.spay_error_new(E_THROTTLED, REJECTED, "zu schnell: 東京".encode())
    tap.equal((lib.spay_error_status(error), lib.spay_error_outcome(error),
               lib.spay_error_message(error).decode("utf-8")),
              (E_THROTTLED, REJECTED, "zu schnell: 東京"), "an application can make an error")
    lib.spay_error_free(error)
    error = lib.spay_error_new(E_PROVIDER, UNKNOWN, None)
    tap.equal(lib.spay_error_message(error), lib.spay_status_text(E_PROVIDER),
              "without a message it has the status's text")
    lib.spay_error_free(error)


def test_expiry():
    info = Info(expires_at_ms=100000)
    tap.equal([lib.spay_session_expires_in_ms(byref(info), now, margin)
               for now, margin in ((40000, 0), (40000, 10000), (95000, 10000), (200000, 0))],
              [60000, 50000, 0, 0], "the time left, less the margin, never below zero")
    info.expires_at_ms = -1
    tap.equal(lib.spay_session_expires_in_ms(byref(info), 0, 0), INT64_MAX,
              "an unknown expiry is far away")


def main():
    client = make("client_new", new(ClientOptions, ca_file=SETTINGS["ca_file"], user_agent="Smoke/1"))
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            try:
                test(*([client] if test.__code__.co_argcount else []))
            except Exception:  # pylint: disable=broad-except
                tap.ok(False, name, traceback.format_exc().replace("\n", "\n# "))
    lib.spay_client_drop_connections(client)
    lib.spay_client_free(client)
    tap.done()


main()
