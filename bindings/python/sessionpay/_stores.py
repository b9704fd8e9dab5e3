# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Stores: what processes and machines share. Those of the library, and those written in Python."""

from __future__ import annotations

import importlib
from typing import Any, List, Optional

from ._client import _unraisable
from ._core import _converted, failure, register, registered, text
from ._native import ffi, lib


class StoreOperation:
    """What a store was asked for. It is ended once, at once or later, from any thread."""

    def __init__(self, pointer: Any) -> None:
        self._pointer = pointer

    def _end(self, function: Any, *result: Any) -> None:
        pointer, self._pointer = self._pointer, None
        if pointer is None:
            raise ValueError("the operation has been ended")
        function(pointer, *result)

    def found(self, value: bytes, ttl_left_ms: int) -> None:
        """get: the value, and how long it is still to live."""
        if not isinstance(value, (bytes, bytearray)):
            raise TypeError("value must be bytes, not " + type(value).__name__)
        self._end(lib.spay_store_found, ffi.from_buffer(value), len(value), ttl_left_ms)

    def acquired(self, fence: int) -> None:
        """acquire: the lease is given out, with a fence that is larger than those before it."""
        self._end(lib.spay_store_acquired, fence)

    def done(self) -> None:
        """put, release: done."""
        self._end(lib.spay_store_end, lib.SPAY_STORE_DONE)

    def miss(self) -> None:
        """get: there is nothing of that name, or no longer."""
        self._end(lib.spay_store_end, lib.SPAY_STORE_MISS)

    def held(self) -> None:
        """acquire: somebody else has the lease."""
        self._end(lib.spay_store_end, lib.SPAY_STORE_HELD)

    def stale(self) -> None:
        """put, release: a later lease was given out."""
        self._end(lib.spay_store_end, lib.SPAY_STORE_STALE)

    def error(self) -> None:
        """The store could not be asked."""
        self._end(lib.spay_store_end, lib.SPAY_STORE_ERROR)

    def __del__(self) -> None:
        if self._pointer is not None:
            self.error()


class Store:
    """Base class of stores written in Python; store.h says what each function has to do.

    They are called on the threads that use the client, by several at once, and must not block: start
    what takes longer, and end the operation later. A call never fails because of its store.
    """

    def get(self, name: str, operation: StoreOperation) -> None:
        raise NotImplementedError

    def put(self, name: str, value: bytes, ttl_ms: int, fence: int, operation: StoreOperation) -> None:
        raise NotImplementedError

    def acquire(self, name: str, ttl_ms: int, operation: StoreOperation) -> None:
        raise NotImplementedError

    def release(self, name: str, fence: int, operation: StoreOperation) -> None:
        raise NotImplementedError

    def _table(self) -> Any:
        """A table for a new client, which takes it over."""
        table = ffi.new("spay_store *")
        lib.spay_store_init(table, ffi.sizeof("spay_store"))
        table.ctx = register(self)
        for name in "get", "put", "acquire", "release":
            setattr(table, name, getattr(lib, "sessionpay_py_store_" + name))
        return table


class _Adapter(Store):
    """A store of a library of its own."""

    _name = ""

    def __init__(self, **options: Any) -> None:
        self._options = options
        try:
            self._module = importlib.import_module("sessionpay._" + self._name)
        except ImportError as error:
            raise ImportError("the package was built without libsessionpay-" + self._name) from error
        self._filled([])  # so that mistakes are told here

    def _filled(self, keep: List[Any]) -> Any:
        struct = "spay_%s_options" % self._name
        made = self._module.ffi.new(struct + " *")
        getattr(self._module.lib, struct + "_init")(made, self._module.ffi.sizeof(struct))
        for name, value in self._options.items():
            if value is not None:
                setattr(made, name, _converted(name, "int" if name.endswith("_ms") else "text", value, keep))
        return made

    def _table(self) -> Any:
        keep: List[Any] = []
        table, error = ffi.new("spay_store *"), ffi.new("spay_error **")
        lib.spay_store_init(table, ffi.sizeof("spay_store"))
        new = getattr(self._module.lib, "spay_%s_store_new" % self._name)
        if new(self._filled(keep), table, error) != lib.SPAY_OK:
            raise failure(error)
        return table


class FileStore(_Adapter):
    """A store in a directory of this machine, best one in memory; see file.h."""

    _name = "file"

    def __init__(self, directory: str) -> None:
        super().__init__(directory=directory)


class RedisStore(_Adapter):
    """A store in Redis or Valkey; see redis.h."""

    _name = "redis"

    def __init__(self, url: str, *, key_prefix: Optional[str] = None, ca_file: Optional[str] = None,
                 connect_timeout_ms: Optional[int] = None, command_timeout_ms: Optional[int] = None) -> None:
        super().__init__(url=url, key_prefix=key_prefix, ca_file=ca_file,
                         connect_timeout_ms=connect_timeout_ms, command_timeout_ms=command_timeout_ms)


# ---- Called by the library -----------------------------------------------------------------------

def _ask(ctx: Any, what: str, operation: Any, *arguments: Any) -> None:
    store, started = registered(ctx), StoreOperation(operation)
    try:
        if store is not None:
            getattr(store, what)(*arguments, started)
    except BaseException:
        if started._pointer is not None:
            started.error()
        raise


@ffi.def_extern(onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_store_get(ctx: Any, name: Any, operation: Any) -> None:
    _ask(ctx, "get", operation, text(name))


@ffi.def_extern(onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_store_put(ctx: Any, name: Any, value: Any, length: int, ttl_ms: int, fence: int,
                            operation: Any) -> None:
    _ask(ctx, "put", operation, text(name), bytes(ffi.buffer(value, length)), ttl_ms, fence)


@ffi.def_extern(onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_store_acquire(ctx: Any, name: Any, ttl_ms: int, operation: Any) -> None:
    _ask(ctx, "acquire", operation, text(name), ttl_ms)


@ffi.def_extern(onerror=_unraisable)  # type: ignore[misc]
def sessionpay_py_store_release(ctx: Any, name: Any, fence: int, operation: Any) -> None:
    _ask(ctx, "release", operation, text(name), fence)
