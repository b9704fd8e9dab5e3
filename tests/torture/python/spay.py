# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The library for tests in Python: structs and functions are those that share/ describes.

SPAY_LIBRARY is the shared library.
"""

import ctypes
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
from tap import Tap, skip_all  # noqa: E402, F401

SRCDIR = os.path.normpath(os.path.join(HERE, "..", "..", ".."))

TYPES = {"size_t": ctypes.c_size_t, "int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32,
         "int64_t": ctypes.c_int64, "spay_status": ctypes.c_int32}

LOG = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)


def type_of(text):
    """The ctypes type of a member or of what a function returns."""
    if text == "const char *":
        return ctypes.c_char_p
    if text == "const char *const *":
        return ctypes.POINTER(ctypes.c_char_p)
    return ctypes.c_void_p if "*" in text else TYPES.get(text, ctypes.c_int32)


def declare(library):
    """Functions return what they return; arguments are as the caller says."""
    for function in DESCRIPTION["functions"]:
        if hasattr(library, function["name"]):
            kind = function["returns"]["type"]
            getattr(library, function["name"]).restype = None if kind == "void" else type_of(kind)


with open(os.path.join(SRCDIR, "share", "sessionpay.api.json"), encoding="utf-8") as api:
    DESCRIPTION = json.load(api)
STRUCTS = {struct["name"]: type(struct["name"], (ctypes.Structure,), {"_fields_": [
    (member["name"], type_of(member["type"])) for member in struct["members"]]})
    for struct in DESCRIPTION["structs"]}
CONSTANTS = {constant["name"]: constant["value"] for constant in DESCRIPTION["constants"]}
LIB = ctypes.CDLL(os.environ["SPAY_LIBRARY"]) if os.environ.get("SPAY_LIBRARY") else None
if LIB:
    declare(LIB)

NAMES = {value: name for name, value in CONSTANTS.items() if name.startswith("SPAY_E_")}
OUTCOMES = {1: "not_sent", 2: "rejected", 3: "unknown", 0: ""}


def make(name, **members):
    """A caller's struct. Text may be str or bytes."""
    made = STRUCTS[name]()
    made.struct_size = ctypes.sizeof(made)
    for member, value in members.items():
        setattr(made, member, value.encode() if isinstance(value, str) else value)
    return made


class Result:
    """What a call came to."""

    def __init__(self, status, error, elapsed_ms):
        text = ctypes.c_void_p(error)
        self.status = NAMES.get(status, "SPAY_OK" if status == 0 else str(status))
        self.reason = LIB.spay_error_reason(text).decode()
        self.message = LIB.spay_error_message(text).decode()
        self.outcome = OUTCOMES[LIB.spay_error_outcome(text)]
        self.http_status = LIB.spay_error_http_status(text)
        self.attempts = LIB.spay_error_attempts(text)
        self.sent = LIB.spay_error_requests_sent(text)
        self.retryable = LIB.spay_error_retryable(text)
        self.elapsed_ms = elapsed_ms
        self.fields = [(LIB.spay_error_field_path(text, ctypes.c_size_t(i)).decode(),
                        LIB.spay_error_field_code(text, ctypes.c_size_t(i)).decode())
                       for i in range(LIB.spay_error_field_count(text))]
        LIB.spay_error_free(text)

    def __str__(self):
        return "%s %s, %s, HTTP %d, %d attempts, %d sent, %d ms: %s" % (
            self.status, self.reason, self.outcome, self.http_status, self.attempts, self.sent,
            self.elapsed_ms, self.message)


class Client:
    """A client with its log, and WePay calls on it."""

    def __init__(self, **members):
        self.lines = []
        self.hook = LOG(lambda ctx, level, line: self.lines.append(line))
        self.keep = make("spay_client_options", log_level=CONSTANTS["SPAY_LOG_TRACE"], **members)
        self.keep.log = ctypes.cast(self.hook, ctypes.c_void_p)
        self.handle = ctypes.c_void_p()
        error = ctypes.c_void_p()
        status = LIB.spay_client_new(ctypes.byref(self.keep), ctypes.byref(self.handle),
                                     ctypes.byref(error))
        self.refused = Result(status, error.value, 0) if status else None

    def call(self, base_url, **limits):
        """Create a WePay session at base_url. Of a success the requests sent are told too."""
        if self.refused:
            return self.refused
        account, session, error = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        options = make("spay_wepay_options", base_url=base_url, app_id="700123",
                       app_token=os.environ.get("SPAY_WEPAY_APP_TOKEN", "stage_not-real"))
        request = make("spay_wepay_session_request", type="mobile_session",
                       account_id="2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852")
        call = make("spay_call_options", **limits)
        began = time.monotonic()
        status = LIB.spay_wepay_new(self.handle, ctypes.byref(options), ctypes.byref(account),
                                    ctypes.byref(error))
        if status == 0:
            status = LIB.spay_wepay_session_create(account, ctypes.byref(request),
                                                   ctypes.byref(call), ctypes.byref(session),
                                                   ctypes.byref(error))
        result = Result(status, error.value, int((time.monotonic() - began) * 1000))
        if session:
            info = ctypes.cast(session, ctypes.POINTER(ctypes.c_void_p))[0]
            result.sent = STRUCTS["spay_session_info"].from_address(info).requests_sent
        LIB.spay_wepay_session_free(session)
        LIB.spay_wepay_free(account)
        return result

    def attempts(self):
        """The flight record's."""
        text = ctypes.c_void_p(LIB.spay_client_flight_record(self.handle))
        record = json.loads(ctypes.string_at(text).decode())
        LIB.spay_free(text)
        return record["attempts"]

    def close(self):
        LIB.spay_client_free(self.handle)
        self.handle = ctypes.c_void_p()


def call(base_url, limits=None, **members):
    """One call on a client of its own."""
    client = Client(**members)
    result = client.call(base_url, **(limits or {}))
    client.close()
    return result
