#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The event-loop driver over HTTP/2, printed as TAP: in great numbers at the sandbox, which nginx
turns into a host that speaks HTTP/2; and at a peer that refuses, cuts and goes away in mid-flight.

usage: sessionpay-sandbox -- python3 tests/http2/http2_test.py DRIVER
"""

import collections
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
for place in ("../project", "../bench"):
    sys.path.insert(0, os.path.join(HERE, place))

from common import Tap, skip_all  # noqa: E402
import peer as h2  # noqa: E402
import server  # noqa: E402

Result = collections.namedtuple("Result", "status outcome attempts sent tokens")

# With one attempt: status, outcome, attempts, requests that may have been processed.
OK = ("SPAY_OK", "-", 1, 1)
LOST = ("SPAY_E_NETWORK", "unknown", 1, 1)
LATE = ("SPAY_E_TIMEOUT", "unknown", 1, 1)
BROKEN = ("SPAY_E_PROTOCOL", "unknown", 1, 1)
REFUSED = ("SPAY_E_NETWORK", "not_sent", 1, 0)
UNFIT = ("SPAY_E_PROTOCOL", "not_sent", 1, 0)
RESENT = ("SPAY_OK", "-", 2, 1)
REPEATED = ("SPAY_OK", "-", 2, 2)
CANCELED = ("SPAY_E_CANCELED", "not_sent", 1, 0)
ABANDONED = ("SPAY_E_CANCELED", "unknown", 1, 1)

# Loops of the caller's: poll, and epoll where there is one.
NAMES = ["polled", "in a loop", "in epoll"]
LOOPS = [0, 1, 2] if sys.platform == "linux" else [0, 1]

tap = Tap()


def run_driver(base, ca, when_idle=None, **settings):
    """
    The results of all calls; base takes the place of the sandbox. when_idle() is called between
    those before and the others.
    """
    sandbox = os.environ["SPAY_SANDBOX_URL"]
    environment = {name: value.replace(sandbox, base) for name, value in os.environ.items()}
    environment["SPAY_CA_FILE"] = ca
    settings["idle"] = int(when_idle is not None)
    results = []
    with subprocess.Popen([DRIVER] + ["%s=%d" % pair for pair in settings.items()],
                          env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          universal_newlines=True) as driver:
        limit = threading.Timer(250, driver.kill)
        limit.start()
        for line in driver.stdout:
            if line == "idle\n":
                when_idle()
                driver.stdin.write("\n")
                driver.stdin.flush()
                continue
            results.append(Result(*(int(word) if word.isdigit() else word
                                    for word in line.split())))
        driver.wait()
        limit.cancel()
    if driver.returncode:
        raise RuntimeError("the driver ended with %d" % driver.returncode)
    return results


def total(results, member):
    return sum(getattr(result, member) for result in results)


def same(found, wanted, name):
    tap.ok(found == wanted, name, "found  %r" % (found,), "wanted %r" % (wanted,))


# ---- nginx in front of the sandbox --------------------------------------------------------------

CONFIGURATION = """daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
    log_format connections '$connection $server_protocol $status $uri';
    access_log {directory}/access.log connections;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    upstream sandbox {{ server {sandbox}; keepalive 64; }}
    server {{
        {listen}
        ssl_certificate {directory}/server.pem;
        ssl_certificate_key {directory}/server.key;
        keepalive_requests {most_requests};
        http2_max_concurrent_streams {most_streams};
        location / {{
            {answer}
        }}
    }}
}}
"""

FROM_SANDBOX = """
            proxy_pass https://sandbox;
            proxy_http_version 1.1;
            proxy_set_header Host $host:$server_port;
            proxy_set_header Connection "";
            proxy_next_upstream off;
"""

# nginx answers as soon as it has the header of a request, and then resets the stream.
AT_ONCE = "default_type application/json; return 201 '%s';" % h2.SESSION.decode()


class Proxy(server.Server):
    """nginx that passes all on to the sandbox, or answers by itself."""

    def __init__(self, directory, http2=True, **settings):
        super().__init__(NGINX, directory)
        self.speaks_http2 = http2
        self.settings = dict(most_requests=100000, most_streams=128, answer=FROM_SANDBOX)
        self.settings.update(settings)

    def listen(self):
        if self.speaks_http2:
            return self.listen_http2(self.port)
        return "listen 127.0.0.1:%d ssl;" % self.port

    def __enter__(self):
        with open(self.path("nginx.conf"), "w", encoding="ascii") as out:
            out.write(CONFIGURATION.format(
                directory=self.directory, listen=self.listen(),
                sandbox=os.environ["SPAY_SANDBOX_URL"].split("//")[1], **self.settings))
        self.process = subprocess.Popen(
            [self.nginx, "-p", self.directory, "-e", self.path("error.log"), "-c",
             self.path("nginx.conf")], stdin=subprocess.DEVNULL)
        self.wait()
        return self

    def log(self, expected):
        """
        (connection, protocol, status, path) of each request. nginx writes it after the response, so
        wait for as many as are expected.
        """
        limit = time.monotonic() + 10
        found = []
        while len(found) < expected and time.monotonic() < limit:
            with open(self.path("access.log"), encoding="ascii") as lines:
                found = [line.split() for line in lines]
        os.truncate(self.path("access.log"), 0)
        return found


def ask_sandbox(path, body=None):
    context = ssl.create_default_context(cafile=os.environ["SPAY_CA_FILE"])
    with urllib.request.urlopen(os.environ["SPAY_SANDBOX_URL"] + "/_sandbox/" + path, data=body,
                                context=context) as answer:
        return json.load(answer)


def journal():
    """How many requests of the driver's came to the sandbox."""
    return len(ask_sandbox("requests")["requests"])


def at_sandbox(directory, calls, most, proxy, **settings):
    """Runs; returns the results and the log. Each call must have come back once, and well."""
    ask_sandbox("reset", b"")
    with Proxy(directory, **proxy) as running:
        results = run_driver(running.base, running.ca, calls=calls, **settings)
        log = running.log(journal())
    name = " ".join("%s=%s" % pair for pair in sorted({**proxy, **settings}.items()))
    bad = {result[:2] for result in results if result.status != "SPAY_OK"}
    same([len(results), bad], [calls, set()], "%s: %d calls come back once" % (name, calls))
    connections = {line[0] for line in log}
    tap.ok(len(connections) <= most, "%s: at most %d connections" % (name, most),
           "%d connections" % len(connections))
    return name, results, log


def check_journal(name, results, log):
    sent = total(results, "sent") + total(results, "tokens")
    same([journal(), len(log)], [sent, sent], name + ": the journal has as many as were sent")


def check_versions(name, log, version):
    same({line[1] for line in log}, {version}, "%s: all over %s" % (name, version))


def test_great_numbers(directory, loop):
    name, results, log = at_sandbox(directory, 3000, 2, {}, connections=2, requests=100, loop=loop)
    check_journal(name, results, log)
    check_versions(name, log, "HTTP/2.0")


def test_full_connections(directory, loop):
    """More at once than one connection carries."""
    name, results, log = at_sandbox(directory, 2000, 3, {"most_streams": 100}, connections=3,
                                    requests=250, loop=loop)
    check_journal(name, results, log)
    tap.ok(len({line[0] for line in log}) > 1, name + ": more than one connection")


def test_fallback(directory, loop):
    name, results, log = at_sandbox(directory, 600, 4, {"http2": False}, connections=4,
                                    requests=64, loop=loop)
    check_journal(name, results, log)
    check_versions(name, log, "HTTP/1.1")
    same(len({line[0] for line in log}), 4, name + ": all connections are used")


def test_farewells(directory, loop):
    """
    nginx says GOAWAY after so many requests, and ignores those that were on their way then. They
    count as not sent, so the call tries again, and the host gets exactly what was reported.
    """
    name, results, log = at_sandbox(directory, 900, 900, {"most_requests": 50}, connections=2,
                                    requests=32, attempts=10, loop=loop)
    check_journal(name, results, log)


def test_early_answers(directory, loop):
    """Before the body of a request has arrived, which nginx does not read."""
    with Proxy(directory, answer=AT_ONCE) as running:
        results = run_driver(running.base, running.ca, wepay=1, calls=3000, connections=2,
                             requests=100, loop=loop)
        log = running.log(3000)
    name = "early answers (loop=%d)" % loop
    same([len(results), {result[:4] for result in results}, len(log)], [3000, {OK}, 3000],
         name + ": 3000 calls succeed with one request each")
    check_versions(name, log, "HTTP/2.0")


# ---- a misbehaving peer --------------------------------------------------------------------------------

def serve_all(connection):
    while True:
        connection.answer(connection.next_stream())


def refuse(code):
    def behave(connection):
        while True:
            connection.reset(connection.next_stream(), code)
    return behave


def refuse_second(connection):
    """On a connection that was used before."""
    connection.answer(connection.next_stream())
    connection.reset(connection.next_stream(), h2.REFUSED_STREAM)
    serve_all(connection)


def refuse_once(connection):
    if connection.number == 1:
        connection.reset(connection.next_stream(), h2.REFUSED_STREAM)
    serve_all(connection)


def leave_after_first(code):
    """Three are in flight; the first is answered, the others are said not to be."""
    def behave(connection):
        if connection.number == 1:
            first = min(connection.next_stream() for _ in range(3))
            connection.go_away(first, code)
            connection.answer(first)
        serve_all(connection)
    return behave


def leave_all(connection):
    for _ in range(3):
        connection.next_stream()
    connection.go_away(0, h2.ENHANCE_YOUR_CALM)


def leave_between(connection):
    """Between two calls: the second gets a new connection and notices nothing."""
    if connection.number == 1:
        connection.answer(connection.next_stream())
        connection.go_away(1)
    serve_all(connection)


def cut_three(connection):
    for _ in range(3):
        connection.next_stream()


def cut_second(connection):
    connection.answer(connection.next_stream())
    connection.next_stream()


def cut_reply(connection):
    connection.half_answer(connection.next_stream())


def reset_reply(connection):
    stream = connection.next_stream()
    connection.half_answer(stream)
    connection.reset(stream, h2.CANCEL)
    serve_all(connection)


def end_reply_early(connection):
    """A reply without its header section's end is none; one without a body neither."""
    stream = connection.next_stream()
    connection.send(h2.DATA, h2.END_STREAM, stream, h2.SESSION)
    serve_all(connection)


def forget_first(connection):
    """The first gets no answer; the others do not suffer."""
    connection.next_stream()
    serve_all(connection)


def hold_ten(connection):
    """None of ten is answered before all have come."""
    connection.answer(connection.next_stream())
    streams = [connection.next_stream() for _ in range(10)]
    for stream in streams:
        connection.answer(stream)
    serve_all(connection)


# (name, behave, driver's settings, results in any order, requests that came whole)
MISBEHAVIOUR = [
    ("a refused stream counts as not sent", refuse(h2.REFUSED_STREAM), {}, [REFUSED], 1),
    ("a refused stream on a used connection counts as not sent", refuse_second, dict(warm=1),
     [OK, REFUSED], 2),
    ("HTTP_1_1_REQUIRED counts as not sent", refuse(h2.HTTP_1_1_REQUIRED), {}, [UNFIT], 1),
    ("a stream reset for another reason is not sent again", refuse(h2.CANCEL), {}, [LOST], 1),
    ("a refused stream is sent again at once", refuse_once, dict(attempts=3), [RESENT], 2),
    ("GOAWAY spares what it has taken", leave_after_first(h2.NO_ERROR),
     dict(calls=3, connections=3), [OK, REFUSED, REFUSED], 3),
    ("GOAWAY with an error spares what it has taken", leave_after_first(h2.ENHANCE_YOUR_CALM),
     dict(calls=3, connections=3), [OK, REFUSED, REFUSED], 3),
    ("what GOAWAY leaves out is sent again", leave_after_first(h2.NO_ERROR),
     dict(calls=3, connections=3, attempts=3), [OK, RESENT, RESENT], 5),
    ("GOAWAY for all, and the end", leave_all, dict(calls=3, connections=3), [REFUSED] * 3, 3),
    ("GOAWAY between two calls is no trouble", leave_between, dict(warm=1), [OK, OK], 2),
    ("a connection cut in mid-flight", cut_three, dict(calls=3, connections=3), [LOST] * 3, 3),
    ("a used connection cut in mid-flight", cut_second, dict(warm=1), [OK, LOST], 2),
    ("a reply that is cut", cut_reply, {}, [LOST], 1),
    ("a reply that is reset", reset_reply, {}, [LOST], 1),
    ("a reply without a header section", end_reply_early, {}, [BROKEN], 1),
    ("silence on one stream alone", forget_first, dict(calls=3, connections=3, timeout=5000),
     [OK, OK, LATE], 3),
    ("ten at once over one connection", hold_ten,
     dict(warm=1, calls=10, connections=1, requests=10), [OK] * 11, 11),
]


def open_peer(files, behave, settings=(), receive=None):
    return h2.Peer(files.path("server.pem"), files.path("server.key"), behave, settings, receive)


def test_misbehaviour(files, loop):
    for name, behave, settings, wanted, streams in MISBEHAVIOUR:
        peer = open_peer(files, behave)
        results = run_driver(peer.base, files.ca, wepay=1, loop=loop, **settings)
        peer.close()
        found = sorted(result[:4] for result in results)
        same([found, peer.streams, peer.other], [sorted(wanted), streams, b""],
             "%s (%s)" % (name, NAMES[loop]))


def answer_early(code):
    """The window is closed, so the body cannot have arrived; code None: wait for the rest."""
    def behave(connection):
        while True:
            stream = connection.next_header()
            connection.answer(stream)
            if code is not None:
                connection.reset(stream, code)
    return behave


def test_closed_window(files, loop):
    """Without a body a request is not whole, but what it gets is an answer."""
    for code in (None, h2.NO_ERROR):
        peer = open_peer(files, answer_early(code), [(h2.INITIAL_WINDOW_SIZE, 0)])
        results = run_driver(peer.base, files.ca, wepay=1, loop=loop, warm=1, calls=20,
                             connections=1)
        peer.close()
        same([[result[:4] for result in results], peer.streams], [[OK] * 21, 0],
             "an answer before the body, reset with %s (loop=%d)" % (code, loop))


def test_caps(files, loop):
    """Each connection takes four at once, and there may be three."""
    def behave(connection):
        while True:
            connection.next_stream()
            while connection.next_stream(0.002):
                continue
            for stream in list(connection.open):
                connection.answer(stream)

    peer = open_peer(files, behave, [(h2.MAX_CONCURRENT_STREAMS, 4)])
    results = run_driver(peer.base, files.ca, wepay=1, loop=loop, calls=300, connections=3,
                         requests=30)
    peer.close()
    same([len(results), {result[:4] for result in results}, peer.streams], [300, {OK}, 300],
         "300 calls over few streams come back once (loop=%d)" % loop)
    tap.ok(peer.most_at_once <= 3, "over three connections at most (loop=%d)" % loop,
           "%d connections" % peer.most_at_once)


# ---- a connection that is kept idle -------------------------------------------------------------

def leave_idle(connection):
    connection.go_away(1)


def ping_idle(connection):
    connection.send(h2.PING, 0, 0, b"a friend")


def half_ping_idle(connection):
    connection.send_half(h2.PING, 0, 0, b"a friend")


def violate_idle(connection):
    connection.send(h2.DATA, 0, 0, b"on no stream")


def close_all_streams(connection):
    connection.set(h2.MAX_CONCURRENT_STREAMS, 0)


def lower_idle(connection):
    connection.set(h2.MAX_CONCURRENT_STREAMS, 1)


def say_much_idle(connection):
    """More than one read takes, of a type that is to be ignored; the last of it counts."""
    for _ in range(2):
        connection.send(0xfa, 0, 0, bytes(16000))
    connection.go_away(1)


# (name, what happens on the first connection while it is idle, connections in all)
IDLE = [
    ("nothing", lambda connection: None, 1),
    ("PING", ping_idle, 1),
    ("half a PING", half_ping_idle, 1),
    ("SETTINGS for one stream at once", lower_idle, 1),
    ("SETTINGS for no stream", close_all_streams, 2),
    ("GOAWAY", leave_idle, 2),
    ("GOAWAY for an error", lambda connection: connection.go_away(1, h2.ENHANCE_YOUR_CALM), 2),
    ("32 KB of nothing and GOAWAY", say_much_idle, 2),
    ("GOAWAY and the end", lambda connection: (connection.go_away(1), connection.close()), 2),
    ("the end", h2.Connection.close, 2),
    ("the end without TLS saying so", lambda connection: connection.close(notify=False), 2),
    ("a reset of TCP", h2.Connection.abort, 2),
    ("a violation", violate_idle, 2),
]


def while_idle(act):
    def behave(connection):
        if connection.number == 1:
            connection.answer(connection.next_stream())
            connection.peer.idle.wait(20)
            act(connection)
            if connection.secure.fileno() >= 0:
                connection.arrive()
            connection.peer.acted.set()
        serve_bunches(connection)
    return behave


def serve_bunches(connection):
    """All that comes at once, before an answer to any."""
    while True:
        stream = connection.next_stream()
        connection.send_rest()
        while stream:
            stream = connection.next_stream(0.002)
        for stream in list(connection.open):
            connection.answer(stream)


def test_idle(files, loop):
    """Each call succeeds with one request, whatever the kept connection has heard meanwhile."""
    for name, act, connections in IDLE:
        peer = open_peer(files, while_idle(act))
        results = run_driver(peer.base, files.ca, peer.pause, wepay=1, loop=loop, warm=1, calls=3,
                             connections=1)
        peer.close()
        same([{result[:4] for result in results}, len(results), peer.streams, peer.connections],
             [{OK}, 4, 4, connections], "%s on an idle connection (%s)" % (name, NAMES[loop]))
        if act in (ping_idle, half_ping_idle):
            tap.ok((h2.PING, b"a friend") in peer.acknowledged, name + " is answered")
        if act is lower_idle:
            same([peer.most_open, peer.acknowledged.count((h2.SETTINGS, b""))], [1, 2],
                 name + " is acknowledged and heeded")


# ---- calls that wait for the connection of others -----------------------------------------------

def count(results):
    return collections.Counter(result[:4] for result in results)


def check_peer(peer, results, wanted, connections, name, loop):
    peer.close()
    same([count(results), peer.connections], [collections.Counter(wanted), connections],
         "%s (%s)" % (name, NAMES[loop]))


def cut_first(connection):
    """The second request on the first connection, while others wait for its one stream."""
    if connection.number == 1:
        connection.answer(connection.next_stream())
        connection.next_stream()
        return
    serve_all(connection)


def leave_second(connection):
    if connection.number == 1:
        connection.answer(connection.next_stream())
        stream = connection.next_stream()
        connection.go_away(stream)
        connection.answer(stream)
    serve_all(connection)


def test_lost_while_others_wait(files, loop):
    """For the only stream of the only connection: they go on over the next one at once."""
    one = [(h2.MAX_CONCURRENT_STREAMS, 1)]
    for behave, attempts, wanted, name in (
            (cut_first, 1, [OK] * 5 + [LOST], "a connection is cut while four wait for it"),
            (cut_first, 3, [OK] * 5 + [REPEATED], "the one that was cut is tried again"),
            (leave_second, 1, [OK] * 6, "a connection goes away while four wait for it")):
        peer = open_peer(files, behave, one)
        results = run_driver(peer.base, files.ca, wepay=1, loop=loop, warm=1, calls=5,
                             connections=1, attempts=attempts)
        check_peer(peer, results, wanted, 2, name, loop)


def test_late_connection(files, loop):
    """Who has waited longer than a connection may take has time to make one all the same."""
    def behave(connection):
        if connection.number == 1:
            connection.answer(connection.next_stream())
            connection.next_stream()
            connection.next_stream(0.6)
            return
        serve_all(connection)

    peer = open_peer(files, behave, [(h2.MAX_CONCURRENT_STREAMS, 1)])
    results = run_driver(peer.base, files.ca, wepay=1, loop=loop, warm=1, calls=3, connections=1,
                         connect=500)
    check_peer(peer, results, [OK] * 3 + [LOST], 2, "a connection made after a long wait", loop)


def test_connect_failure(files, loop):
    """
    Shared by all that waited for the connection; each goes on as its own policy has it. That they
    may share one is known from a call before.
    """
    peer = open_peer(files, while_idle(h2.Connection.close),
                     receive=lambda number, raw: number != 2)
    results = run_driver(peer.base, files.ca, peer.pause, wepay=1, loop=loop, warm=1, calls=7,
                         policies=1, connections=1)
    check_peer(peer, results, [OK] + [REFUSED] * 3 + [RESENT] * 4, 3,
               "a failure to connect is shared by seven calls", loop)


def test_silence(files, loop):
    """Where nothing at all comes back in time, the next request goes over a new connection."""
    def behave(connection):
        if connection.number == 1:
            connection.answer(connection.next_stream())
            while True:
                connection.next_stream()
        serve_all(connection)

    peer = open_peer(files, behave)
    results = run_driver(peer.base, files.ca, wepay=1, loop=loop, warm=1, calls=3, attempts=2,
                         timeout=1000, connections=1)
    check_peer(peer, results, [OK] + [REPEATED] * 3, 2, "a connection that has fallen silent", loop)


def test_idle_for_too_long(files, loop):
    """
    A connection that ends when it is used after a while teaches how long others may be idle. The
    fourth call does not use the connection of the third.
    """
    peer = open_peer(files, cut_first)
    results = run_driver(peer.base, files.ca, wepay=1, loop=loop, warm=4, interval=250, calls=0)
    check_peer(peer, results, [OK] * 3 + [LOST], 3, "a connection that was idle for too long", loop)


def test_last_words(files, loop):
    """
    The peer has named what it processes, and left, when the next request is added: the request is
    written before anything is read.
    """
    def behave(connection):
        connection.answer(connection.next_stream())
        held = connection.next_stream()
        connection.peer.idle.wait(20)
        connection.go_away(held)
        connection.abort()
        connection.peer.acted.set()

    peer = open_peer(files, behave)
    results = run_driver(peer.base, files.ca, peer.pause, wepay=1, loop=loop, warm=1, held=1,
                         connections=1)
    check_peer(peer, results, [OK, LOST, REFUSED], 1, "the last words are read", loop)


def test_cancel_while_connecting(files, loop):
    """The call that makes the connection is canceled; the others make their own."""
    def receive(number, raw):
        while number == 2 and raw.recv(4096):
            continue
        return number != 2

    peer = open_peer(files, while_idle(h2.Connection.close), receive=receive)
    results = run_driver(peer.base, files.ca, peer.pause, wepay=1, loop=loop, warm=1, calls=6,
                         cancel=1, connections=1)
    check_peer(peer, results, [CANCELED] + [OK] * 6, 3, "the call that connects is canceled", loop)


def test_cancel_first(files, loop):
    """The call that made the connection is canceled; the others go on over it."""
    def behave(connection):
        streams = [connection.next_stream() for _ in range(3)]
        connection.answer(streams[1])
        if connection.next_reset() != streams[0]:
            return
        connection.answer(streams[2])
        serve_all(connection)

    peer = open_peer(files, behave)
    results = run_driver(peer.base, files.ca, wepay=1, loop=loop, calls=3, cancel=2, connections=1)
    check_peer(peer, results, [ABANDONED, OK, OK], 1, "the call that connected is canceled", loop)


def test_one_stream(files, loop):
    peer = open_peer(files, serve_bunches_of(0), [(h2.MAX_CONCURRENT_STREAMS, 1)])
    results = run_driver(peer.base, files.ca, wepay=1, loop=loop, calls=40, connections=1,
                         requests=10)
    check_peer(peer, results, [OK] * 40, 1, "forty calls over one stream at a time", loop)
    same(peer.most_open, 1, "which is all that there ever is (%s)" % NAMES[loop])


def test_lowered(files, loop):
    """From six in flight to one at a time."""
    peer = open_peer(files, serve_bunches_of(6))
    results = run_driver(peer.base, files.ca, wepay=1, loop=loop, warm=1, calls=30, connections=1,
                         requests=6)
    check_peer(peer, results, [OK] * 31, 1, "thirty calls over fewer streams than before", loop)
    same(peer.most_open, 1, "one at a time after the first six (%s)" % NAMES[loop])


def serve_bunches_of(first):
    """So many at once after a first one; from then on one at a time."""
    def behave(connection):
        if first:
            connection.answer(connection.next_stream())
            for _ in range(first):
                connection.next_stream()
            connection.set(h2.MAX_CONCURRENT_STREAMS, 1)
            connection.peer.most_open = 0
            for stream in list(connection.open):
                connection.answer(stream)
        serve_bunches(connection)
    return behave


def main():
    with tempfile.TemporaryDirectory(prefix="sessionpay-http2-") as directory:
        files = server.Server(NGINX, directory)
        files.make_certificates()
        for loop in LOOPS:
            for test in (test_misbehaviour, test_caps, test_closed_window, test_idle,
                         test_lost_while_others_wait, test_late_connection, test_connect_failure,
                         test_silence, test_idle_for_too_long, test_last_words, test_cancel_while_connecting, test_cancel_first, test_one_stream,
                         test_lowered):
                test(files, loop)
        if not NGINX:
            tap.skip("great numbers", "nginx is not installed; ./bootstrap http2 installs it")
            tap.done()
        for loop in (0, LOOPS[-1]):
            for test in (test_great_numbers, test_full_connections, test_fallback, test_farewells,
                         test_early_answers):
                test(directory, loop)
    tap.done()


DRIVER = sys.argv[1]
NGINX = server.find_nginx()
if not shutil.which("openssl"):
    skip_all("openssl is not installed")
main()
