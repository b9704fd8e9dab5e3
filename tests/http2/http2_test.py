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
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
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

tap = Tap()


def run_driver(base, ca, **settings):
    """The results of all calls; base takes the place of the sandbox."""
    sandbox = os.environ["SPAY_SANDBOX_URL"]
    environment = {name: value.replace(sandbox, base) for name, value in os.environ.items()}
    environment["SPAY_CA_FILE"] = ca
    done = subprocess.run([DRIVER] + ["%s=%d" % pair for pair in settings.items()],
                          env=environment, stdout=subprocess.PIPE, timeout=250, check=True,
                          universal_newlines=True)
    return [Result(*(int(word) if word.isdigit() else word for word in line.split()))
            for line in done.stdout.splitlines()]


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
        """HTTP/2 is a directive since nginx 1.25.1; it was a parameter of "listen" before."""
        listen = "listen 127.0.0.1:%d ssl" % self.port
        if not self.speaks_http2:
            return listen + ";"
        said = subprocess.run([self.nginx, "-v"], stderr=subprocess.PIPE, text=True, check=True)
        version = [int(part) for part in re.search(r"/([\d.]+)", said.stderr).group(1).split(".")]
        return listen + ("; http2 on;" if version >= [1, 25, 1] else " http2;")

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

    def log(self):
        """(connection, protocol, status, path) of each request."""
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
        log = running.log()
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
        log = running.log()
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


def open_peer(files, behave, settings=()):
    return h2.Peer(files.path("server.pem"), files.path("server.key"), behave, settings)


def test_misbehaviour(files, loop):
    for name, behave, settings, wanted, streams in MISBEHAVIOUR:
        peer = open_peer(files, behave)
        results = run_driver(peer.base, files.ca, wepay=1, loop=loop, **settings)
        peer.close()
        found = sorted(result[:4] for result in results)
        same([found, peer.streams, peer.other], [sorted(wanted), streams, b""],
             "%s (%s)" % (name, "in a loop" if loop else "polled"))


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


def main():
    with tempfile.TemporaryDirectory(prefix="sessionpay-http2-") as directory:
        files = server.Server(NGINX, directory)
        files.make_certificates()
        for loop in (0, 1):
            test_misbehaviour(files, loop)
            test_caps(files, loop)
            test_closed_window(files, loop)
        if not NGINX:
            tap.skip("great numbers", "nginx is not installed; ./bootstrap http2 installs it")
            tap.done()
        for loop in (0, 1):
            for test in (test_great_numbers, test_full_connections, test_fallback, test_farewells,
                         test_early_answers):
                test(directory, loop)
    tap.done()


DRIVER = sys.argv[1]
NGINX = server.find_nginx()
if not shutil.which("openssl"):
    skip_all("openssl is not installed")
main()
