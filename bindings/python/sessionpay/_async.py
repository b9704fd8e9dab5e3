# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Clients and accounts for asyncio: sockets and timer of the driver are the loop's. No thread."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
from typing import Any, Callable, Deque, Dict, List, Mapping, Optional

from ._client import BaseAccount, BaseClient, Cancel
from ._core import Context, Error, fill, made_by, pointer, register, registered
from ._native import ffi, lib


def _free_in(process: int) -> Any:
    """In a forked process the driver is the parent's."""
    return lambda multi: os.getpid() == process and lib.spay_multi_free(multi)


class _Turns:
    """Many tasks that begin at once take turns, so that they do not hold up the loop."""

    AT_ONCE = 8

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.taken = 0
        self.waiting: Deque[Any] = collections.deque()

    async def take(self) -> None:
        if self.taken == 0:
            self.loop.call_soon(self.next)
        self.taken += 1
        if self.taken > self.AT_ONCE:
            turn = self.loop.create_future()
            self.waiting.append(turn)
            await turn

    def next(self) -> None:
        self.taken = len(self.waiting)
        for _ in range(min(self.AT_ONCE, len(self.waiting))):
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
        if self.taken:
            self.loop.call_soon(self.next)


class _Driver:
    """A spay_multi in the loop in which it was made."""

    def __init__(self, client: Any, options: Mapping[str, Any]) -> None:
        keep: List[Any] = []
        self.loop = asyncio.get_running_loop()
        self.turns = _Turns(self.loop)
        self.process = os.getpid()
        self.timer: Optional[asyncio.Handle] = None
        self.watched: Dict[int, int] = {}
        self.waiting: Dict[Any, Any] = {}
        made = fill("spay_multi_options", options, keep)
        made.watch, made.wake_in = lib.sessionpay_py_watch, lib.sessionpay_py_wake_in
        made.loop_ctx = register(self)
        self.pointer = pointer(made_by(lib.spay_multi_new, "spay_multi", client, made),
                               _free_in(self.process), client)

    def check(self) -> None:
        if os.getpid() != self.process:
            raise RuntimeError("the client belongs to the parent process; make one after fork()")
        if asyncio.get_running_loop() is not self.loop:
            raise RuntimeError("the client belongs to another event loop")

    def watch(self, socket: int, events: int) -> None:
        before = self.watched.pop(socket, 0)
        if events:
            self.watched[socket] = events
        for bit, add, remove in ((lib.SPAY_SOCKET_READ, self.loop.add_reader, self.loop.remove_reader),
                                 (lib.SPAY_SOCKET_WRITE, self.loop.add_writer, self.loop.remove_writer)):
            if events & bit and not before & bit:
                add(socket, self.on_socket, socket, bit)
            elif before & bit and not events & bit:
                remove(socket)

    def wake_in(self, delay_ms: int) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = None if delay_ms < 0 else self.loop.call_later(delay_ms / 1000, self.on_timer)

    def on_socket(self, socket: int, events: int) -> None:
        if self.watched.get(socket, 0) & events:
            lib.spay_multi_on_socket(self.pointer, socket, events)
            self.collect()

    def on_timer(self) -> None:
        if self.pointer is not None:
            lib.spay_multi_on_timer(self.pointer)
            self.collect()

    def wake(self) -> None:
        """Look for canceled calls. Any thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.on_timer)

    def collect(self) -> None:
        """Wake up those whose calls are done."""
        while True:
            call = lib.spay_multi_next(self.pointer)
            if call == ffi.NULL:
                return
            _, done = self.waiting.pop(call)
            if not done.done():
                done.set_result(None)

    async def run(self, call: Any) -> None:
        self.check()
        done = self.loop.create_future()
        if lib.spay_multi_add(self.pointer, call, ffi.NULL, ffi.NULL) != lib.SPAY_OK:
            raise MemoryError
        self.waiting[call] = call, done
        self.collect()
        try:
            await done
        except asyncio.CancelledError:
            lib.spay_call_cancel(call)
            self.on_timer()
            raise

    def close(self) -> None:
        """Cancel what runs, and wake up who waits for it."""
        for call, _ in list(self.waiting.values()):
            lib.spay_call_cancel(call)
        self.on_timer()
        if self.timer:
            self.timer.cancel()
        self.pointer = None
        for socket in list(self.watched):
            self.watch(socket, 0)


@ffi.def_extern()  # type: ignore[misc]
def sessionpay_py_watch(ctx: Any, socket: int, events: int) -> None:
    driver = registered(ctx)
    if driver and not driver.loop.is_closed():
        driver.watch(socket, events)


@ffi.def_extern()  # type: ignore[misc]
def sessionpay_py_wake_in(ctx: Any, delay_ms: int) -> None:
    driver = registered(ctx)
    if driver and not driver.loop.is_closed():
        driver.wake_in(delay_ms)


class AsyncBaseClient(BaseClient):
    """A client whose calls are awaited. It belongs to one loop and one process."""

    def __init__(self, options: Dict[str, Any], driver: Dict[str, Any], *hooks: Any) -> None:
        super().__init__(options, *hooks)
        fill("spay_multi_options", driver, [])  # so that mistakes are told here
        self._options = driver
        self._driver: Optional[_Driver] = None

    async def _ready(self) -> Optional[_Driver]:
        """The driver, when the next call may begin. None with a mock, which never waits."""
        if self._mock is not None:
            return None
        if self._driver is None:
            self._driver = _Driver(self._opened(), self._options)
        driver = self._driver
        driver.check()
        await driver.turns.take()
        return driver

    async def close(self) -> None:
        """Calls that run end with CanceledError; nothing can be done with the client any more."""
        driver, self._driver, self._pointer = self._driver, None, None
        if driver is not None:
            driver.check()
            driver.close()

    async def __aenter__(self: Any) -> Any:
        self._opened()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _error_of(take: Callable[[], Any]) -> Optional[Error]:
    try:
        take()
    except Error as error:
        return error
    return None


class AsyncAccount(BaseAccount):
    """An account whose calls are awaited.

    Canceling the task cancels the call. The library's error is then the `__cause__` of the
    CancelledError, unless the call had not begun, or had just succeeded.
    """

    async def _run(self, driver: Optional[_Driver], call: Any, cancel: Optional[Cancel],
                   take: Callable[[], Any]) -> Any:
        with cancel._of(call, driver.wake if driver else None) if cancel else contextlib.nullcontext():
            if driver is None:
                lib.spay_call_perform(call, ffi.NULL)
                return take()
            try:
                await driver.run(call)
            except asyncio.CancelledError as canceled:
                raise canceled from _error_of(take)
        return take()

    async def _create(self, request: Mapping[str, Any], options: Mapping[str, Any],
                      cancel: Optional[Cancel]) -> Any:
        context = Context(options.get("call_ctx"))
        driver = await self._client._ready()
        call = self._call(request, options, context)
        return await self._run(driver, call, cancel, lambda: self._take(call, context))

    async def _create_apple_pay(self, request: Mapping[str, Any], options: Mapping[str, Any],
                                cancel: Optional[Cancel], server_request: Any) -> Any:
        context = Context(options.get("call_ctx"))
        driver = await self._client._ready()
        call = self._apple_pay_call(request, options, context, server_request)
        return await self._run(driver, call, cancel, lambda: self._take_both(call, context))
