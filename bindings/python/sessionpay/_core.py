# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Structs of the library from Python's values and back, by the tables of _generated; errors."""

from __future__ import annotations

import itertools
import time
import weakref
from dataclasses import dataclass, field, is_dataclass
from typing import Any, Dict, List, Mapping, MutableMapping, Optional, Tuple

from ._native import ffi, lib

MEMBERS: Dict[str, Any] = {}
CLASSES: Dict[str, Any] = {}
ERRORS: Dict[Any, Any] = {}

# What the library hands back in callbacks is a number: one that is no longer known is ignored, in
# whatever order Python frees objects.
_numbers = itertools.count(1)
known: MutableMapping[int, Any] = weakref.WeakValueDictionary()


def register(value: Any) -> Any:
    """The `ctx` that leads to this object, as long as that lives."""
    number = next(_numbers)
    known[number] = value
    return ffi.cast("void *", number)


def registered(ctx: Any) -> Any:
    return known.get(int(ffi.cast("uintptr_t", ctx)))


class Context:
    """What one call is told apart by: the caller's call_ctx, and what a hook has raised."""

    __slots__ = "value", "failure", "__weakref__"

    def __init__(self, value: object) -> None:
        self.value = value
        self.failure: Optional[BaseException] = None


def pointer(made: Any, free: Any, *keep: Any) -> Any:
    """Owns a C object. What it needs is kept until after it has been freed."""
    def release(old: Any, _keep: Tuple[Any, ...] = keep) -> None:
        free(old)
    return ffi.gc(made, release)


def text(value: Any) -> str:
    return str(ffi.string(value).decode("utf-8", "replace"))


# ---- Into C --------------------------------------------------------------------------------------

def _wrong(name: str, wanted: str, value: object) -> TypeError:
    return TypeError("%s must be %s, not %s" % (name, wanted, type(value).__name__))


def _text(name: str, value: object, keep: List[Any]) -> Any:
    if not isinstance(value, str):
        raise _wrong(name, "str", value)
    if "\0" in value:
        raise ValueError("%s must not contain a NUL" % name)
    keep.append(ffi.new("char[]", value.encode("utf-8")))
    return keep[-1]


def _int(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(name, "int", value)
    return int(value)


def _elements(name: str, value: Any, kind: str, keep: List[Any]) -> Any:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise _wrong(name, "a sequence", value)
    if kind == "texts":
        array = ffi.new("char *[]", [_text(name, one, keep) for one in value])
    else:
        array = ffi.new("int32_t[]", [_int(name, one) for one in value])
    keep.append(array)
    return array


def _converted(name: str, kind: str, value: Any, keep: List[Any]) -> Any:
    if kind == "text":
        return _text(name, value, keep)
    if kind == "int":
        return _int(name, value)
    if kind == "choice":
        if not isinstance(value, bool):
            raise _wrong(name, "bool", value)
        return lib.SPAY_YES if value else lib.SPAY_NO
    if kind == "bytes":
        if not isinstance(value, (bytes, bytearray)):
            raise _wrong(name, "bytes", value)
        keep.append(ffi.new("char[]", bytes(value)))
        return keep[-1]
    if kind in ("texts", "ints"):
        return _elements(name, value, kind, keep)
    if not is_dataclass(value):
        raise _wrong(name, "an object of this package", value)
    return fill(kind, vars(value), keep)


def fill(struct: str, values: Mapping[str, Any], keep: List[Any]) -> Any:
    """A struct that the caller fills. None is what is not set."""
    made = ffi.new(struct + " *")
    keep.append(made)
    getattr(lib, struct + "_init")(made, ffi.sizeof(struct))
    for name, kind, count, _ in MEMBERS[struct]:
        value = values.get(name)
        if value is None or kind == "object":
            continue
        try:
            setattr(made, name, _converted(name, kind, value, keep))
        except OverflowError:
            raise OverflowError("%s does not fit" % name) from None
        if count:
            setattr(made, count, len(value))
    return made


# ---- Out of C ------------------------------------------------------------------------------------

class _Known(Dict[int, Any]):
    """An enumeration's members by value; a value that it does not have is shown as it is."""

    def __init__(self, enumeration: Any) -> None:
        super().__init__()
        self.enumeration = enumeration

    def __missing__(self, value: int) -> Any:
        try:
            self[value] = self.enumeration(value)
        except ValueError:
            return value
        return self[value]


def _object(ctx: Any) -> Any:
    context = registered(ctx)
    return context.value if context else None


def _texts(array: Any, count: int) -> Tuple[str, ...]:
    return tuple(text(array[index]) for index in range(count))


# How a member, made.{name}, is written in the function that shows its struct.
_EXPRESSIONS = {
    "text": '(string(value).decode("utf-8", "replace") if (value := made.{name}) else None)',
    "int": "made.{name}",
    "choice": "made.{name} == YES",
    "object": "an_object(made.{name})",
    "texts": "texts(made.{name}, made.{count})",
}
_ENUMERATED = "known_{name}[made.{name}]"
_STRUCT = '(show("{kind}", value) if (value := made.{name}) else None)'


def _writer(struct: str) -> Any:
    """The function that shows a struct. Made once: a loop over its members takes three times as long."""
    names: Dict[str, Any] = {"string": ffi.string, "YES": lib.SPAY_YES, "an_object": _object, "texts": _texts,
                             "show": show}
    written = []
    for name, kind, count, enumeration in MEMBERS[struct]:
        expression = _EXPRESSIONS.get(kind, _STRUCT)
        if enumeration:
            names["known_" + name], expression = _Known(enumeration), _ENUMERATED
        written.append('"%s": %s' % (name, expression.format(name=name, kind=kind, count=count)))
    return eval("lambda made: {%s}" % ", ".join(written), names)


_writers: Dict[str, Any] = {}


def show(struct: str, made: Any) -> Any:
    """A struct of the library as a dataclass of its own, which does not need it any more."""
    if struct not in _writers:
        _writers[struct] = _writer(struct)
    shown = object.__new__(CLASSES[struct])
    # Its __init__ would set each member on its own, slowly, since it is frozen.
    shown.__dict__.update(_writers[struct](made))
    return shown


class Expiring:
    """What SessionInfo can do."""

    expires_at_ms: int

    def expires_in_ms(self, margin_ms: int = 0) -> Optional[int]:
        """How long the session can still be used; None if that is not known."""
        if self.expires_at_ms == -1:
            return None
        return max(0, self.expires_at_ms - int(time.time() * 1000) - margin_ms)


# ---- Errors --------------------------------------------------------------------------------------

@dataclass(frozen=True)
class FieldError:
    """A part of the request, or of the reply, that is wrong."""

    path: str
    code: str
    message: str


@dataclass(frozen=True)
class Details:
    """What is known of an error; the members are explained in error.h."""

    name: str = ""
    message: str = ""
    reason: str = ""
    status: int = -42
    stage: int = 0
    provider: str = "none"
    provider_code: str = ""
    http_status: int = 0
    request_id: str = ""
    attempts: int = 0
    requests_sent: int = 0
    elapsed_ms: int = 0
    retryable: bool = False
    retry_after_ms: Optional[int] = None
    outcome: str = "not_sent"
    idempotency_key: str = ""
    field_errors: Tuple[FieldError, ...] = ()
    body: bytes = field(default=b"", repr=False)


class Error(Exception):
    """A call failed, or an argument is not accepted.

    `outcome` is "not_sent", "rejected" or "unknown": with the last, repeat the call with
    `idempotency_key`. Make one with Error(message="...", outcome="unknown") to test what handles it.
    """

    # Of an Apple Pay call whose second step failed: the session that the first one made.
    server_session: Any = None

    # Those of Details.
    name: str
    message: str
    reason: str
    status: int
    stage: int
    provider: str
    provider_code: str
    http_status: int
    request_id: str
    attempts: int
    requests_sent: int
    elapsed_ms: int
    retryable: bool
    retry_after_ms: Optional[int]
    outcome: str
    idempotency_key: str
    field_errors: Tuple[FieldError, ...]
    body: bytes

    def __init__(self, details: Optional[Details] = None, **members: Any) -> None:
        for status, kind in ERRORS.items():
            if details is None and kind is type(self):
                members = {"status": status, "name": "SPAY_E_" + status.name, **members}
        self.details = details if details is not None else Details(**members)
        super().__init__(self.details)

    def __str__(self) -> str:
        return self.details.message

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, self.details.message)

    def __getattr__(self, name: str) -> Any:
        if name == "details" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.details, name)


def _field_errors(error: Any) -> Tuple[FieldError, ...]:
    return tuple(FieldError(text(lib.spay_error_field_path(error, index)),
                            text(lib.spay_error_field_code(error, index)),
                            text(lib.spay_error_field_message(error, index)))
                 for index in range(lib.spay_error_field_count(error)))


def _details(error: Any) -> Details:
    length = ffi.new("size_t *")
    body = lib.spay_error_body(error, length)
    members: Dict[str, Any] = {"body": bytes(ffi.buffer(body, length[0])),
                               "field_errors": _field_errors(error)}
    for name in ("name", "message", "reason", "provider_code", "request_id", "idempotency_key"):
        members[name] = text(getattr(lib, "spay_error_" + name)(error))
    for name in ("status", "stage", "http_status", "attempts", "requests_sent", "elapsed_ms"):
        members[name] = getattr(lib, "spay_error_" + name)(error)
    wait = lib.spay_error_retry_after_ms(error)
    return Details(provider=text(lib.spay_provider_name(lib.spay_error_provider(error))),
                   outcome=text(lib.spay_outcome_name(lib.spay_error_outcome(error))),
                   retryable=bool(lib.spay_error_retryable(error)),
                   retry_after_ms=None if wait < 0 else wait, **members)


def failure(error: Any, context: Optional[Context] = None) -> Error:
    """The exception for the `spay_error *` in an out parameter, which is freed."""
    owned = ffi.gc(error[0], lib.spay_error_free)
    details = _details(owned)
    raised: Error = ERRORS.get(details.status, Error)(details)
    raised.__cause__ = context.failure if context else None
    return raised


def made_by(function: Any, kind: str, *arguments: Any) -> Any:
    """What a function of the library makes; raises its error."""
    made, error = ffi.new(kind + " **"), ffi.new("spay_error **")
    if function(*arguments, made, error) != lib.SPAY_OK:
        raise failure(error)
    return made[0]
