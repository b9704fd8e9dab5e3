# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Clients and accounts for asyncio: sockets and timer of the driver are the loop's. No thread."""

from __future__ import annotations

import asyncio
import collections
import itertools
import os
import time
from typing import Any, Awaitable, Callable, Deque, Dict, List, Mapping, Optional, Set

from ._client import BaseAccount, BaseClient, Cancel, _perform
from ._core import Context, Error, fill, made_by, pointer, register, registered
from ._native import ffi, lib


# Calls that a driver has, by the driver's number: whatever order Python frees objects in, they live
# until the driver is freed.
_added: Dict[int, Set[Any]] = {}
_numbers = itertools.count(1)


def _free_driver(number: int) -> Callable[[Any], None]:
    """In a forked process the driver is the parent's."""
    def free(multi: Any, process: int = os.getpid(), getpid: Callable[[], int] = os.getpid,
             multi_free: Any = lib.spay_multi_free, added: Dict[int, Set[Any]] = _added) -> None:
        if getpid() == process:
            multi_free(multi)
        added.pop(number, None)
    return free


class _Job:
    """A call that is to be made when it is its turn, and that the driver then runs."""

    __slots__ = "make", "cancel", "done", "call"

    def __init__(self, make: Callable[[], Any], cancel: Optional[Cancel], done: asyncio.Future[None]) -> None:
        self.make, self.cancel, self.done = make, cancel, done
        self.call: Any = None


def _error_of(take: Callable[[Any], Any], call: Any) -> Optional[Error]:
    try:
        take(call)
    except Error as error:
        return error
    return None


class _Driver:
    """A spay_multi in the loop in which it was made.

    Sockets and calls share the loop with what else the program does, so they leave some to its next
    turn when they have taken their time: a socket is reported again, and a call waits in a queue.
    """

    LONGEST_TURN = 0.0005

    def __init__(self, client: Any, options: Mapping[str, Any]) -> None:
        keep: List[Any] = []
        self.loop = asyncio.get_running_loop()
        self.queue: Deque[_Job] = collections.deque()
        self.turn_began: Optional[float] = None
        self.process = os.getpid()
        self.timer: Optional[asyncio.Handle] = None
        self.watched: Dict[int, int] = {}
        self.running: Dict[Any, _Job] = {}
        number = next(_numbers)
        self.added: Set[Any] = set()
        made = fill("spay_multi_options", options, keep)
        made.watch, made.wake_in = lib.sessionpay_py_watch, lib.sessionpay_py_wake_in
        made.loop_ctx = register(self)
        self.pointer = pointer(made_by(lib.spay_multi_new, "spay_multi", client, made),
                               _free_driver(number), client)
        _added[number] = self.added

    def check(self) -> None:
        if os.getpid() != self.process:
            raise RuntimeError("the client belongs to the parent process; make one after fork()")
        if asyncio.get_running_loop() is not self.loop:
            raise RuntimeError("the client belongs to another event loop")

    def is_late(self) -> bool:
        """Whether this turn of the loop has lasted long enough. The first to ask may do something."""
        now = time.perf_counter()
        if self.turn_began is None:
            self.turn_began = now
            self.loop.call_soon(self.next_turn)
        return now - self.turn_began > self.LONGEST_TURN

    def next_turn(self) -> None:
        self.turn_began = None
        while self.queue and not self.is_late():
            self.start(self.queue.popleft())

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
        if self.watched.get(socket, 0) & events and not self.is_late():
            lib.spay_multi_on_socket(self.pointer, socket, events)
            self.collect()

    def on_timer(self) -> None:
        if self.pointer is not None:
            self.is_late()
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
            job = self.running.pop(call)
            self.added.discard(call)
            if not job.done.done():
                job.done.set_result(None)

    def start(self, job: _Job) -> None:
        if job.done.done():  # its task was canceled
            return
        try:
            job.call = job.make()
            if job.cancel:
                job.cancel._add(job.call, self.wake)
            if lib.spay_multi_add(self.pointer, job.call, ffi.NULL, ffi.NULL) != lib.SPAY_OK:
                raise MemoryError
        except BaseException as error:
            job.done.set_exception(error)
        else:
            self.running[job.call] = job
            self.added.add(job.call)
            self.collect()

    async def run(self, make: Callable[[], Any], cancel: Optional[Cancel],
                  take: Callable[[Any], Any]) -> Any:
        """What becomes of a call."""
        self.check()
        job = _Job(make, cancel, self.loop.create_future())
        if self.queue or self.is_late():
            self.queue.append(job)
        else:
            self.start(job)
        try:
            await job.done
        except asyncio.CancelledError as canceled:
            if job.call is None:
                raise
            lib.spay_call_cancel(job.call)
            self.on_timer()
            raise canceled from _error_of(take, job.call)
        finally:
            if cancel:
                cancel._remove(job.call)
        return take(job.call)

    def close(self) -> None:
        """Cancel what runs, and wake up who waits for it."""
        for call in list(self.running):
            lib.spay_call_cancel(call)
        self.on_timer()
        while self.queue:  # the client is closed: they fail
            self.start(self.queue.popleft())
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

    def _used(self) -> Optional[_Driver]:
        """The driver; None with a mock, which never waits."""
        if self._mock is not None:
            return None
        if self._driver is None:
            self._driver = _Driver(self._opened(), self._options)
        return self._driver

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


async def _run_mock(make: Callable[[], Any], cancel: Optional[Cancel], take: Callable[[Any], Any]) -> Any:
    call = make()
    _perform(call, cancel)
    return take(call)


class AsyncAccount(BaseAccount):
    """An account whose calls are awaited.

    Canceling the task cancels the call. The library's error is then the `__cause__` of the
    CancelledError, unless the call had not begun, or had just succeeded.
    """

    # Not coroutines, but what makes one: a thousand calls wait in a thousand of each.

    def _run(self, make: Callable[[], Any], cancel: Optional[Cancel],
             take: Callable[[Any], Any]) -> Awaitable[Any]:
        driver: Optional[_Driver] = self._client._used()
        return driver.run(make, cancel, take) if driver is not None else _run_mock(make, cancel, take)

    def _create(self, request: Mapping[str, Any], options: Mapping[str, Any],
                cancel: Optional[Cancel]) -> Awaitable[Any]:
        context = Context(options.get("call_ctx"))
        return self._run(lambda: self._call(request, options, context), cancel,
                         lambda call: self._take(call, context))

    def _create_apple_pay(self, request: Mapping[str, Any], options: Mapping[str, Any],
                          cancel: Optional[Cancel], server_request: Any) -> Awaitable[Any]:
        context = Context(options.get("call_ctx"))
        return self._run(lambda: self._apple_pay_call(request, options, context, server_request),
                         cancel, lambda call: self._take_both(call, context))
