# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What the conformance cases do not say of the package: types, secrets, hooks, objects, loops.

usage: sessionpay-sandbox -- python3 binding.py
"""

import asyncio
import gc
import importlib.metadata
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import weakref

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from tap import Tap  # noqa: E402

import sessionpay  # noqa: E402
from sessionpay import _async, _core  # noqa: E402

tap = Tap()
CA = os.environ["SPAY_CA_FILE"]
WEPAY = dict(base_url=os.environ["SPAY_WEPAY_BASE_URL"], app_id=os.environ["SPAY_WEPAY_APP_ID"],
             app_token=os.environ["SPAY_WEPAY_APP_TOKEN"])
MOBILE = dict(type="mobile_session", account_id=os.environ["SPAY_WEPAY_ACCOUNT_ID"])
REPLY = json.dumps({"id": "i-1", "session_token": "TOP-SECRET", "expire_time": 1900000000}).encode()
FAKE = dict(base_url="https://wepay.example", app_id="1", app_token="TOP-SECRET")


def raised(kind, function, *arguments, **keywords):
    """The exception, if it is of that kind."""
    try:
        function(*arguments, **keywords)
    except kind as error:
        return error
    return None


def mocked(*replies, **options):
    mock = sessionpay.Mock()
    for reply in replies:
        mock.reply(*reply)
    client = sessionpay.Client(transport=mock, **options)
    return mock, client, sessionpay.WePay(client, **FAKE)


# ---- Arguments -----------------------------------------------------------------------------------

def check_arguments():
    _, client, wepay = mocked()
    for keywords, wanted in (
            (dict(type=7), "type must be str, not int"),
            (dict(type="t", time_to_live="7"), "time_to_live must be int, not str"),
            (dict(type="t", time_to_live=True), "time_to_live must be int, not bool"),
            (dict(type="t", max_attempts=1.0), "max_attempts must be int, not float"),
            (dict(type=b"t"), "type must be str, not bytes")):
        tap.equal(str(raised(TypeError, wepay.create_session, **keywords)), wanted, "a TypeError: " + wanted)
    tap.ok(raised(TypeError, wepay.create_session, type="t", colour="red"), "an argument that does not exist")
    tap.ok(raised(TypeError, wepay.create_session), "an argument that is required")
    tap.equal(str(raised(ValueError, wepay.create_session, type="a\0b")), "type must not contain a NUL", "a NUL")
    tap.equal(str(raised(OverflowError, wepay.create_session, type="t", max_attempts=1 << 40)),
              "max_attempts does not fit", "a number that is too large")
    server = sessionpay.ConnectServer(client, environment=sessionpay.ConnectEnvironment.SANDBOX, merchant_id="1",
                                      api_key_id="k", secret_api_key="s")
    for keywords in dict(tokens="abc"), dict(tokens=[1]), dict(exclude={"groups": []}), dict(tokens=5):
        tap.ok(raised(TypeError, server.create_session, **keywords), "a wrong type: %s" % keywords)
    tap.ok(raised(TypeError, sessionpay.Client, log=1) and raised(TypeError, sessionpay.Client, transport=1) and
           raised(TypeError, sessionpay.Client, key_secret="text"), "wrong types for a client")
    error = raised(sessionpay.InvalidArgumentError, sessionpay.Client, timeout_ms=-1)
    tap.ok(error and error.field_errors[0].path == "timeout_ms", "what the library refuses is its error")


# ---- Secrets -------------------------------------------------------------------------------------

def check_secrets():
    mock, client, wepay = mocked((201, REPLY), (500, b'{"secret":"TOP-SECRET"}'), (500,), (500,))
    session = wepay.create_session(**MOBILE, risk_token="TOP-SECRET")
    tap.equal(session.session_token, "TOP-SECRET", "a session has its token")
    error = raised(sessionpay.ProviderError, wepay.create_session, max_attempts=1, **MOBILE)
    tap.equal(error.body, b'{"secret":"TOP-SECRET"}', "an error has the reply's body")
    shown = repr([session, session.info, error, error.details, mock.requests, wepay, client]) + str(error)
    tap.ok("TOP-SECRET" not in shown, "repr() shows no secret", shown)
    tap.ok("i-1" in repr(session), "but what is none")
    tap.ok(raised(AttributeError, setattr, session, "id", "x"), "a session cannot be changed")


# ---- Enumerations --------------------------------------------------------------------------------

def check_enumerations():
    late = json.dumps({"id": "i", "session_token": "t", "expire_time": 1900000000, "state": "paused",
                       "create_time": "soon"}).encode()
    _, _, wepay = mocked((201, REPLY), (201, late))
    session = wepay.create_session(**MOBILE)
    tap.ok(session.info.provider is sessionpay.Provider.WEPAY and isinstance(session.info.warnings,
                                                                            sessionpay.SessionWarning),
           "members of enumerations, and sets of them")
    tap.ok(wepay.create_session(**MOBILE).state == 0, "a value without a name is a number")


# ---- Errors --------------------------------------------------------------------------------------

def check_errors():
    error = sessionpay.ThrottledError(message="slowly", outcome="rejected", retry_after_ms=7)
    tap.ok(error.retry_after_ms == 7 and str(error) == "slowly" and error.name == "SPAY_E_THROTTLED" and
           error.status == sessionpay.Status.THROTTLED, "an error can be made for tests")
    tap.ok(raised(AttributeError, getattr, error, "colour"), "it has no other members")
    again = pickle.loads(pickle.dumps(error))
    tap.ok(type(again) is type(error) and again.details == error.details, "it can be pickled")
    _, _, wepay = mocked((429, b"{}", {"Retry-After": "7"}))
    found = raised(sessionpay.LaterError, wepay.create_session, max_attempts=1, **MOBILE)
    tap.ok(isinstance(found, sessionpay.ThrottledError) and found.retry_after_ms == 7000 and
           found.status == sessionpay.Status.THROTTLED and found.name == "SPAY_E_THROTTLED",
           "errors are classes, in groups")


# ---- Hooks ---------------------------------------------------------------------------------------

def check_hooks():
    lines, events, records, mine = [], [], [], object()
    _, client, wepay = mocked((503,), (201, REPLY), log=lambda level, line: lines.append((level, line)),
                              log_level=sessionpay.LogLevel.DEBUG, event=events.append,
                              before_send=records.append)
    session = wepay.create_session(call_ctx=mine, **MOBILE)
    tap.equal([record.attempt for record in records], [1, 2], "before_send is called before each attempt")
    tap.ok(all(one.call_ctx is mine for one in records + events), "call_ctx is handed back")
    tap.equal({one.idempotency_key for one in records + events}, {session.info.idempotency_key}, "and the key")
    tap.equal([event.decision for event in events],
              [sessionpay.Decision.RETRY, sessionpay.Decision.SUCCEED, sessionpay.Decision.SUCCEED], "events")
    tap.ok(lines and all(isinstance(line, str) for _, line in lines), "log lines")
    tap.equal(len(json.loads(client.flight_record())["attempts"]), 2, "the flight record")


def check_hooks_that_refuse():
    mock, _, wepay = mocked((201, REPLY), before_send=lambda record: False)
    error = raised(sessionpay.CanceledError, wepay.create_session, **MOBILE)
    tap.ok(error and error.outcome == "not_sent" and not mock.requests, "before_send can refuse")

    def fails(_):
        raise KeyError("journal")
    mock, _, wepay = mocked((201, REPLY), before_send=fails)
    error = raised(sessionpay.CanceledError, wepay.create_session, **MOBILE)
    tap.ok(error and isinstance(error.__cause__, KeyError) and not mock.requests,
           "what it raises is the cause of the error")
    seen, before = [], sys.unraisablehook
    sys.unraisablehook = lambda what: seen.append(what.exc_type)
    _, _, wepay = mocked((201, REPLY), event=fails)
    session = wepay.create_session(**MOBILE)
    sys.unraisablehook = before
    tap.ok(session.id == "i-1" and set(seen) == {KeyError}, "what event raises does not end the call")


# ---- Mock ----------------------------------------------------------------------------------------

def check_mock():
    mock, _, wepay = mocked()
    mock.set_latency(20)
    mock.fail(sessionpay.Status.TIMEOUT, sent=True)
    mock.reply(201, REPLY, {"Content-Type": "application/json", "X-Correlation-Id": "c-7"})
    session = wepay.create_session(type="mobile_session", account_id="ä")
    tap.equal((session.info.request_id, session.info.attempts), ("c-7", 2), "a mock fails and replies")
    first, second = mock.requests
    tap.ok(first.body == second.body and "ä".encode() in first.body and ("App-Id", "1") in first.headers,
           "it records what is sent")
    tap.ok(mock.now_ms >= second.at_ms >= 20 and first.method == "POST", "in virtual time")
    tap.ok(raised(ValueError, mock.reply, 7), "a status that is none")

    async def awaited():
        mock.reply(201, REPLY)
        async with sessionpay.AsyncClient(transport=mock) as client:
            return await sessionpay.AsyncWePay(client, **FAKE).create_session(**MOBILE)
    tap.equal(asyncio.run(awaited()).id, "i-1", "a mock for asyncio")


# ---- Objects -------------------------------------------------------------------------------------

def check_lives():
    gc.collect()
    before = len(_core.known)
    for order in (0, 1, 2), (2, 1, 0), (1, 0, 2):
        objects = list(mocked((201, REPLY), event=print))
        for index in order:
            objects[index] = None
            gc.collect()
    holder = []
    objects = mocked((201, REPLY), event=lambda event: holder)
    holder.append(objects)
    del objects, holder
    for _ in range(200):
        mocked((201, REPLY))[2].create_session(**MOBILE)
        raised(sessionpay.Error, mocked()[2].create_session, **MOBILE)
    gc.collect()
    tap.equal(len(_core.known), before, "objects go in any order, and in cycles")
    _, client, wepay = mocked((201, REPLY))
    with client:
        pass
    for function in (client.flight_record, client.drop_connections, client.__enter__,
                     lambda: wepay.create_session(**MOBILE), lambda: sessionpay.WePay(client, **FAKE)):
        tap.equal(str(raised(ValueError, function)), "the client is closed", "a client that is closed")
    tap.ok(raised(TypeError, pickle.dumps, client), "a client cannot be pickled")
    tap.ok(raised(TypeError, sessionpay.ConnectClient.from_session, wepay, object()), "a session of nobody's")
    hosted = sessionpay.HostedFields(mocked()[1], base_url="https://a.example", bearer_token="one")
    tap.ok(hosted.set_bearer_token("two") is None and raised(TypeError, hosted.set_bearer_token, 2) and
           raised(sessionpay.InvalidArgumentError, hosted.set_bearer_token, ""), "another bearer token")


def sandbox(what, body=None):
    import ssl
    import urllib.request
    request = urllib.request.Request("%s/_sandbox/%s" % (os.environ["SPAY_SANDBOX_URL"], what),
                                     data=json.dumps(body).encode() if body else b"")
    urllib.request.urlopen(request, context=ssl.create_default_context(cafile=CA)).close()


LATE = {"path": "/session_tokens", "delay_ms": 60000}


def check_cancel():
    sandbox("faults", LATE)
    cancel = sessionpay.Cancel()
    client = sessionpay.Client(ca_file=CA, before_send=lambda record: thread.start())
    thread = threading.Thread(target=cancel.cancel)
    wepay = sessionpay.WePay(client, **WEPAY)
    error = raised(sessionpay.CanceledError, wepay.create_session, cancel=cancel, **MOBILE)
    tap.ok(error and error.outcome in ("unknown", "not_sent"), "another thread cancels a call")
    thread.join()
    error = raised(sessionpay.CanceledError, wepay.create_session, cancel=cancel, **MOBILE)
    tap.ok(error and error.outcome == "not_sent", "and those that come after")
    sandbox("reset")


def in_child(function):
    """Whether a forked process finds that function() is true."""
    child = os.fork()
    if child == 0:
        passed = False
        try:
            passed = function()
        finally:
            os._exit(0 if passed else 1)
    return os.waitpid(child, 0)[1] == 0


def check_fork():
    wepay = sessionpay.WePay(sessionpay.Client(ca_file=CA), **WEPAY)
    wepay.create_session(**MOBILE)
    tap.ok(in_child(lambda: wepay.create_session(**MOBILE).id), "a forked process uses the client")
    tap.ok(wepay.create_session(**MOBILE).info.attempts == 1, "and so does its parent")


# ---- Transports ----------------------------------------------------------------------------------

class Modem(sessionpay.Transport):
    """Answers by itself, or raises what it was given."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def perform(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        request.mark_sent()
        return answer


def check_transports():
    good = sessionpay.TransportResponse(201, {"X-Correlation-Id": "c-8"}, REPLY)
    modem = Modem(sessionpay.ConnectError(message="no carrier", reason="modem"), good)
    session = sessionpay.WePay(sessionpay.Client(transport=modem), **FAKE).create_session(**MOBILE)
    tap.equal((session.info.request_id, session.info.attempts, session.info.requests_sent), ("c-8", 2, 1),
              "a transport in Python fails, and answers")
    first, second = modem.requests
    tap.ok(first.body == second.body and json.loads(first.body)["type"] == "mobile_session" and
           ("App-Token", "TOP-SECRET") in first.headers and first.method == "POST" and first.timeout_ms > 0,
           "it is given the request")
    tap.ok("TOP-SECRET" not in repr(first) and not first.is_canceled and first.mark_sent() is None,
           "which can be kept, and shows no secret")
    for answer, status in ((sessionpay.ConnectError(message="no carrier", reason="modem"), "SPAY_E_CONNECT"),
                           (good.body, "SPAY_E_INTERNAL"), (KeyError("modem"), "SPAY_E_INTERNAL")):
        seen, before = [], sys.unraisablehook
        sys.unraisablehook = lambda what: seen.append(what.exc_type)
        wepay = sessionpay.WePay(sessionpay.Client(transport=Modem(answer), max_attempts=1), **FAKE)
        error = raised(sessionpay.Error, wepay.create_session, **MOBILE)
        sys.unraisablehook = before
        tap.ok(error and error.name == status and bool(seen) == (status == "SPAY_E_INTERNAL"), "it raises: " + status)
    client = sessionpay.AsyncClient(transport=modem)
    tap.ok(raised(sessionpay.UnsupportedError, asyncio.run,
                  sessionpay.AsyncWePay(client, **FAKE).create_session(**MOBILE)), "asyncio has its own")


# ---- Stores --------------------------------------------------------------------------------------

class Memory(sessionpay.Store):
    """As simple as one can be: lifetimes are ignored. `late` ends operations on another thread."""

    def __init__(self, late=False):
        self.values, self.leases, self.fence, self.late, self.threads = {}, {}, 0, late, []

    def end(self, function, *arguments):
        if not self.late:
            function(*arguments)
            return
        self.threads.append(threading.Thread(target=function, args=arguments))
        self.threads[-1].start()

    def get(self, name, operation):
        if name in self.values:
            self.end(operation.found, *self.values[name])
        else:
            self.end(operation.miss)

    def put(self, name, value, ttl_ms, fence, operation):
        self.values[name] = value, ttl_ms
        self.end(operation.done)

    def acquire(self, name, ttl_ms, operation):
        self.fence += 1
        if self.leases.setdefault(name, self.fence) == self.fence:
            self.end(operation.acquired, self.fence)
        else:
            self.end(operation.held)

    def release(self, name, fence, operation):
        self.leases.pop(name, None)
        self.end(operation.done)


FIELDS = dict(base_url=os.environ["SPAY_HOSTED_FIELDS_BASE_URL"], api_key=os.environ["SPAY_HOSTED_FIELDS_API_KEY"],
              identity_url=os.environ["SPAY_HOSTED_FIELDS_IDENTITY_URL"])
PAYMENT = dict(processing_terminal_id=os.environ["SPAY_HOSTED_FIELDS_TERMINAL_ID"], scenario="payment",
               lib_version=os.environ["SPAY_HOSTED_FIELDS_LIB_VERSION"])


def token_requests(store):
    """Of two machines that share it."""
    accounts = [sessionpay.HostedFields(sessionpay.Client(ca_file=CA, store=store), **FIELDS) for _ in range(2)]
    return [account.create_session(**PAYMENT).info.token_requests for account in accounts]


async def awaited_token_requests(store):
    found = []
    for _ in range(2):
        async with sessionpay.AsyncClient(ca_file=CA, store=store) as client:
            session = await sessionpay.AsyncHostedFields(client, **FIELDS).create_session(**PAYMENT)
            found.append(session.info.token_requests)
    return found


CONNECT = dict(base_url=os.environ["SPAY_CONNECT_BASE_URL"], merchant_id=os.environ["SPAY_CONNECT_MERCHANT_ID"],
               api_key_id=os.environ["SPAY_CONNECT_API_KEY_ID"], secret_api_key=os.environ["SPAY_CONNECT_SECRET_API_KEY"])
APPLE = dict(display_name="Example Bikes", domain_name=os.environ["SPAY_APPLE_PAY_DOMAIN_NAME"],
             validation_url=os.environ["SPAY_APPLE_PAY_VALIDATION_URL"])


def requests_sent(store):
    """By two machines for the same order, at a provider that has no idempotency keys."""
    servers = [sessionpay.ConnectServer(sessionpay.Client(ca_file=CA, key_secret=b"7" * 32, store=store), **CONNECT)
               for _ in range(2)]
    shopper = servers[0].create_session()
    sessions = [sessionpay.ConnectClient.from_session(server, shopper).create_session(intent="order 7", **APPLE)
                for server in servers]
    return [session.info.requests_sent for session in sessions]


def check_stores():
    with tempfile.TemporaryDirectory() as directory:
        stores = [("a directory", sessionpay.FileStore(directory)), ("a store in Python", Memory()),
                  ("one that answers from another thread", Memory(late=True))]
        if "SPAY_REDIS_URL" in os.environ:
            stores.append(("Redis", sessionpay.RedisStore(os.environ["SPAY_REDIS_URL"], command_timeout_ms=5000)))
        else:
            tap.skip("Redis", "there is no server; ./bootstrap redis installs it")
        for what, store in stores:
            sandbox("reset")
            tap.equal(token_requests(store), [1, 0], "a token is shared: " + what)
            tap.equal(requests_sent(store), [1, 0], "and what was made for an order: " + what)
    tap.equal(asyncio.run(awaited_token_requests(Memory(late=True))), [1, 0], "with asyncio, too")
    tap.ok(raised(TypeError, sessionpay.Client, store=1) and raised(TypeError, sessionpay.FileStore, 1) and
           raised(sessionpay.InvalidArgumentError, sessionpay.Client, store=sessionpay.FileStore("relative")),
           "what is no store")


def check_bad_stores():
    seen, before = [], sys.unraisablehook
    sys.unraisablehook = lambda what: seen.append(what.exc_type)
    tap.equal(token_requests(sessionpay.Store()), [1, 1], "a store that raises fails no call")
    sys.unraisablehook = before
    tap.equal(set(seen), {NotImplementedError}, "and is told of")
    kept = []

    class Forgets(Memory):
        def get(self, name, operation):
            kept.append(name)
    tap.equal(token_requests(Forgets()), [1, 1], "an operation that is forgotten is ended")
    tap.ok(kept, "it was asked")


# ---- asyncio -------------------------------------------------------------------------------------

async def many(count):
    async with sessionpay.AsyncClient(ca_file=CA, max_connections=8) as client:
        wepay = sessionpay.AsyncWePay(client, **WEPAY)
        threads = threading.active_count()
        sessions = await asyncio.gather(*[wepay.create_session(**MOBILE) for _ in range(count)])
        tap.equal(threading.active_count(), threads, "there is no other thread")
    tap.equal(len({session.id for session in sessions}), count, "many sessions at once")


async def task_canceled():
    events = []
    sandbox("faults", LATE)
    sent = asyncio.get_running_loop().create_future()
    async with sessionpay.AsyncClient(ca_file=CA, event=events.append,
                                      before_send=lambda _: sent.set_result(0)) as client:
        task = asyncio.ensure_future(sessionpay.AsyncWePay(client, **WEPAY).create_session(**MOBILE))
        await sent
        task.cancel()
        await asyncio.wait([task])
        tap.ok(task.cancelled(), "a task is canceled")
        tap.equal(events[-1].status, sessionpay.Status.CANCELED, "and its call")
    sandbox("reset")


async def canceled_elsewhere():
    sandbox("faults", LATE)
    cancel = sessionpay.Cancel()
    thread = threading.Thread(target=cancel.cancel)
    async with sessionpay.AsyncClient(ca_file=CA, before_send=lambda _: thread.start()) as client:
        wepay = sessionpay.AsyncWePay(client, **WEPAY)
        for what in "another thread cancels an awaited call", "and those that come after":
            ended = await asyncio.gather(wepay.create_session(cancel=cancel, **MOBILE), return_exceptions=True)
            tap.ok(isinstance(ended[0], sessionpay.CanceledError), what)
    thread.join()
    sandbox("reset")


async def closed():
    sandbox("faults", LATE)
    sent = asyncio.get_running_loop().create_future()
    client = sessionpay.AsyncClient(ca_file=CA, before_send=lambda _: sent.set_result(0))
    wepay = sessionpay.AsyncWePay(client, **WEPAY)
    task = asyncio.ensure_future(wepay.create_session(**MOBILE))
    await sent
    await client.close()
    await asyncio.wait([task])
    tap.ok(isinstance(task.exception(), sessionpay.CanceledError), "close() ends calls that run")
    again = await asyncio.gather(wepay.create_session(**MOBILE), return_exceptions=True)
    tap.equal(str(again[0]), "the client is closed", "then there are none")
    sandbox("reset")


def check_abandoned_loops():
    """A loop that is closed while calls run; then everything goes, in the order that Python likes."""
    sandbox("faults", dict(LATE, count=20))
    calls, alive, free_driver = [], [], _async._free_driver

    def noting(number):
        free = free_driver(number)

        def noted(multi):
            alive.extend(call() is not None for call in calls)
            free(multi)
        return noted
    _async._free_driver = noting
    for _ in range(10):
        loop = asyncio.new_event_loop()
        sent = loop.create_future()
        client = sessionpay.AsyncClient(ca_file=CA, before_send=lambda _: sent.done() or sent.set_result(0))
        wepay = sessionpay.AsyncWePay(client, **WEPAY)
        tasks = [loop.create_task(wepay.create_session(**MOBILE)) for _ in range(2)]
        loop.run_until_complete(sent)
        for task in tasks:
            task._log_destroy_pending = False
        calls[:] = [weakref.ref(call) for call in client._driver.added]
        loop.close()
        del loop, sent, client, wepay, tasks, task
        gc.collect()
    _async._free_driver = free_driver
    tap.ok(len(alive) >= 10 and all(alive), "calls live until their driver is freed", alive)
    tap.equal(len(_async._added), 0, "calls that nobody waits for are freed with their driver")
    sandbox("reset")


FORKED = """
import asyncio, gc, os, sys
import sessionpay
account = lambda client, kind=sessionpay.WePay: kind(
    client, base_url=os.environ["SPAY_WEPAY_BASE_URL"], app_id=os.environ["SPAY_WEPAY_APP_ID"],
    app_token=os.environ["SPAY_WEPAY_APP_TOKEN"])
MOBILE = dict(type="mobile_session", account_id=os.environ["SPAY_WEPAY_ACCOUNT_ID"])
CA = os.environ["SPAY_CA_FILE"]
client = sessionpay.Client(ca_file=CA)
wepay = account(client)
session = wepay.create_session(**MOBILE)
shared = sessionpay.AsyncClient(ca_file=CA)

async def used():
    return await account(shared, sessionpay.AsyncWePay).create_session(**MOBILE)

async def own():
    async with sessionpay.AsyncClient(ca_file=CA) as client:
        return await account(client, sessionpay.AsyncWePay).create_session(**MOBILE)

asyncio.run(used())
workers = []
for number in range(4):
    worker = os.fork()
    if worker == 0:
        made = {wepay.create_session(**MOBILE).id for _ in range(5)}
        made.add(asyncio.run(own()).id)
        try:
            asyncio.run(used())
        except RuntimeError as error:
            made.add(str(error))
        if number % 2:
            client.close()
            del client, wepay, shared
            gc.collect()
        sys.exit(0 if len(made) == 7 else 1)  # and everything is freed
    workers.append(worker)
failed = [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]
assert failed == [0] * 4, failed
assert wepay.create_session(**MOBILE).info.attempts == 1
"""


def check_workers():
    """As gunicorn's preload_app has them: each ends as programs do, and frees what it has."""
    result = subprocess.run([sys.executable, "-c", FORKED], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            universal_newlines=True, check=False)
    tap.equal((result.returncode, result.stdout), (0, ""), "forked workers use and free what their parent made")


def check_loops():
    client = sessionpay.AsyncClient(ca_file=CA)
    wepay = sessionpay.AsyncWePay(client, **WEPAY)

    async def use():
        session = await wepay.create_session(**MOBILE)
        tap.ok(in_child(lambda: "parent process" in str(raised(RuntimeError, wait_for_nothing))),
               "in a forked process it is an exception")
        return session.id

    def wait_for_nothing():
        wepay.create_session(**MOBILE).send(None)
    tap.ok(asyncio.run(use()), "a client without async with")
    tap.ok("another event loop" in str(raised(RuntimeError, asyncio.run, wepay.create_session(**MOBILE))),
           "another loop is an exception")
    del client, wepay, use, wait_for_nothing
    gc.collect()


# ---- The package ---------------------------------------------------------------------------------

TYPED = """
import sessionpay
client = sessionpay.Client(timeout_ms=1000)
wepay = sessionpay.WePay(client, app_id="1", app_token="t")
token: str = wepay.create_session(type="mobile_session").session_token
"""


def check_types():
    if subprocess.run(["mypy", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                      check=False).returncode:
        tap.skip("mypy", "it is not installed; ./bootstrap python installs it")
        return
    for code, wanted in (TYPED, 0), (TYPED.replace('"1"', "1"), 1), (TYPED.replace("timeout_ms", "tmeout"), 1):
        with tempfile.TemporaryDirectory() as work:
            with open(os.path.join(work, "typed.py"), "w", encoding="utf-8") as file:
                file.write(code)
            result = subprocess.run(
                ["mypy", "--strict", "typed.py"], cwd=work, stdout=subprocess.PIPE, universal_newlines=True, check=False,
                env=dict(os.environ, MYPYPATH=os.path.dirname(os.path.dirname(sessionpay.__file__))))
        tap.equal(result.returncode, wanted, "mypy %s" % ("accepts" if not wanted else "refuses"))
        if result.returncode != wanted:
            print(result.stdout)


def check_generated():
    made = subprocess.run([sys.executable, os.path.join(HERE, "..", "generate.py"),
                           os.path.join(ROOT, "share", "sessionpay.api.json")], stdout=subprocess.PIPE, check=True)
    with open(os.path.join(HERE, "..", "sessionpay", "_generated.py"), "rb") as file:
        tap.ok(file.read() == made.stdout, "_generated.py is what generate.py makes")
    tap.equal(importlib.metadata.version("sessionpay"), sessionpay.library_version(), "the version is the library's")


def main():
    for check in (check_arguments, check_secrets, check_enumerations, check_errors, check_hooks,
                  check_hooks_that_refuse, check_mock, check_transports,
                  check_lives, check_cancel, check_fork, check_stores, check_bad_stores):
        check()
    asyncio.run(many(100))
    asyncio.run(task_canceled())
    asyncio.run(canceled_elsewhere())
    asyncio.run(closed())
    check_loops()
    check_abandoned_loops()
    check_workers()
    check_types()
    check_generated()
    tap.done()


main()
