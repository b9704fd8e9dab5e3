# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""examples/firmware brings its own sockets and TLS, and HTTP from the library. Here it meets peers
that test all of it: replies in every form that HTTP allows and in some that it does not, connections
that end, stall and drip, a customer who cancels, and certificates that are not the peer's.

usage: BUILD=build python3 tests/examples/firmware.py
"""

import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "project"))

from common import BUILD, EMULATOR, Tap, run, skip_all  # noqa: E402

PROGRAM = EMULATOR + [os.path.join(BUILD, "examples", "firmware")]
LANES, SESSIONS = 2, 6
APP_TOKEN = "stage_credential-in-a-test"
SESSION_TOKEN = "stage_session-in-a-test"
LIMIT_S = 20  # less than a call may take

CLOSE = "close"  # say goodbye in the same breath as the reply
CUT = "cut"  # end the connection without a goodbye
STALL = "stall"  # say no more
DRIP = "drip"  # a byte now and then

tap = Tap()


# ---- a peer on loopback --------------------------------------------------------------------------

class Peer:
    """Answers the request number N with answer(N): bytes, a word from above, or a list of those."""

    def __init__(self, certificate, answer, host):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.answer = answer
        self.lock = threading.Lock()
        self.arrived = threading.Condition(self.lock)
        self.connections = 0
        self.keys = []
        family, _, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        self.listener = socket.create_server(address, family=family)
        self.url = "https://%s:%d" % (host, self.listener.getsockname()[1])
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                Conversation(self, connection).hold()
            except (OSError, EOFError):
                pass

    def note(self, key):
        """The number of this request, counted from 0."""
        with self.lock:
            self.keys.append(key)
            self.arrived.notify_all()
            return len(self.keys) - 1

    def wait_for(self, requests):
        with self.lock:
            return self.arrived.wait_for(lambda: len(self.keys) >= requests, LIMIT_S)

    def close(self):
        self.listener.close()


class Conversation:
    """TLS over a socket, with a say in what leaves together."""

    def __init__(self, peer, connection):
        self.peer, self.connection = peer, connection
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.machine = peer.context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        connection.settimeout(LIMIT_S)

    def flush(self):
        self.connection.sendall(self.outgoing.read())

    def receive(self):
        data = self.connection.recv(65536)
        if not data:
            raise EOFError
        self.incoming.write(data)

    def wait(self, function):
        while True:
            try:
                return function()
            except ssl.SSLWantReadError:
                self.flush()
                self.receive()

    def read_request(self):
        request = b""
        while b"\r\n\r\n" not in request:
            request += self.read()
        head, body = request.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"Content-Length: (\d+)", head).group(1))
        while len(body) < length:
            body += self.read()
        return re.search(rb"Unique-Key: (\S+)", head).group(1)

    def read(self):
        data = self.wait(lambda: self.machine.read(65536))
        if not data:
            raise EOFError
        return data

    def hold(self):
        self.wait(self.machine.do_handshake)
        self.flush()
        with self.peer.lock:
            self.peer.connections += 1
        while True:
            answers = self.peer.answer(self.peer.note(self.read_request()))
            for answer in answers if isinstance(answers, list) else [answers]:
                self.give(answer)

    def give(self, answer):
        if answer == CLOSE:
            try:
                self.machine.unwrap()
            except ssl.SSLWantReadError:
                pass
        elif answer == CUT:
            self.flush()
            raise EOFError
        elif answer == STALL:
            self.flush()
            self.drain()
        elif answer == DRIP:
            self.drip()
        else:
            self.machine.write(answer)
            return
        self.flush()

    def drain(self):
        while True:
            self.receive()

    def drip(self):
        pause = threading.Event()
        while not pause.wait(0.02):
            self.machine.write(b"X")
            self.flush()


# ---- replies -------------------------------------------------------------------------------------

INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"


def body(number):
    return (b'{"id":"session-%d","session_token":"%s","expire_time":4102444800}' %
            (number, SESSION_TOKEN.encode()))


def reply(content, *fields, status=b"201 Created", version=b"1.1"):
    lines = [b"HTTP/%s %s" % (version, status), b"Content-Type: application/json"]
    return b"\r\n".join(lines + list(fields) + [b"", content])


def plain(number):
    return reply(body(number), b"Content-Length: %d" % len(body(number)))


def chunks(content):
    half = len(content) // 2
    return (b"%x;name=value\r\n%s\r\n%X\r\n%s\r\n0\r\nTrailer: of no meaning\r\n\r\n" %
            (half, content[:half], len(content) - half, content[half:]))


def chunked(number):
    return reply(chunks(body(number)), b"Transfer-Encoding: chunked")


def in_pieces(data, length):
    return [data[at:at + length] for at in range(0, len(data), length)]


def first_then(word, repeats=LANES):
    """The word for the first requests, then a plain reply."""
    return lambda number: word if number < repeats else plain(number)


# ---- running it ----------------------------------------------------------------------------------

class Outcome:
    def __init__(self, peer, status, output):
        self.status, self.output = status, output
        self.requests, self.keys = len(peer.keys), len(set(peer.keys))
        self.connections = peer.connections
        self.sessions = len(re.findall(r"^lane \d: session session-\d+$", output, flags=re.M))
        self.from_pool = len(re.findall(r"answered; .* 0 time", output))

    def has(self, *texts):
        return [self.output.count(text) for text in texts]

    def __str__(self):
        return "exit %s, %d requests, %d keys, %d connections, %d sessions\n%s" % (
            self.status, self.requests, self.keys, self.connections, self.sessions, self.output)


def meet(files, answer, certificate="good", trust="good", host="127.0.0.1", attempt_ms=20000,
         cancel_after=0):
    """Runs the example against a peer; cancels when so many requests have arrived."""
    peer = Peer(files[certificate], answer, host)
    settings = dict(os.environ, SPAY_CA_FILE=files[trust], SPAY_WEPAY_BASE_URL=peer.url,
                    SPAY_WEPAY_APP_ID="700123", SPAY_WEPAY_APP_TOKEN=APP_TOKEN,
                    SPAY_WEPAY_ACCOUNT_ID="2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852")
    child = subprocess.Popen(PROGRAM + [str(attempt_ms)], env=settings, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             universal_newlines=True)
    try:
        cancel = "\n" if cancel_after and peer.wait_for(cancel_after) else None
        output, _ = child.communicate(cancel, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        output, _ = child.communicate()
    peer.close()
    return Outcome(peer, child.returncode, output)


def good(seen, connections=LANES):
    return (seen.status == 0 and seen.sessions == SESSIONS and seen.requests == SESSIONS and
            seen.keys == SESSIONS and seen.connections == connections)


def check(seen, passed, name):
    secret = APP_TOKEN in seen.output or SESSION_TOKEN in seen.output
    tap.ok(passed and not secret, name, "a secret shows" if secret else "", seen)


# ---- the cases -----------------------------------------------------------------------------------

def test_replies(files):
    seen = meet(files, plain)
    check(seen, good(seen), "two connections carry six sessions")
    check(seen, seen.from_pool == SESSIONS - LANES,
          "OpenSSL leaves the heap alone on a kept connection")

    for name, answer in [
            ("chunked", chunked),
            ("in pieces of 3 bytes", lambda n: in_pieces(chunked(n), 3)),
            ("after interim replies", lambda n: INTERIM +
             b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + plain(n)),
            ("with bare line ends", lambda n: plain(n).replace(b"\r\n", b"\n")),
            ("with blanks around values", lambda n: plain(n).replace(b": ", b": \t ")
             .replace(b"json\r", b"json \t\r")),
            ("with a folded line", lambda n: plain(n).replace(b"json", b"json;\r\n charset=utf-8")),
            ("with a long line", lambda n: plain(n).replace(b"json", b"json;" + b"x" * 20000))]:
        seen = meet(files, answer)
        check(seen, good(seen), "a reply %s is read" % name)

    for name, answer in [
            ("that ends with the connection", lambda n: [reply(body(n)), CLOSE]),
            ("of HTTP/1.0", lambda n: [reply(body(n), version=b"1.0"), CLOSE]),
            ("that announces the end", lambda n: reply(
                body(n), b"Content-Length: %d" % len(body(n)), b"connection: Close")),
            ("with a close right after", lambda n: [plain(n), CLOSE]),
            ("with more bytes right after", lambda n: plain(n) + plain(n)),
            ("with something later", lambda n: [plain(n), b"HTTP/1.1 408 Late\r\n\r\n"])]:
        seen = meet(files, answer)
        check(seen, good(seen, SESSIONS), "after a reply %s comes a new connection" % name)


def test_refusals(files):
    def refused(seen, status):
        return (seen.status == 1 and seen.requests == SESSIONS and
                seen.has(status, "outcome unknown") == [SESSIONS, SESSIONS])

    for name, data, status in [
            ("that is not HTTP", b"SSH-2.0-OpenSSH_9.2\r\n", "SPAY_E_PROTOCOL"),
            ("with an odd status", reply(b"", status=b"42 Odd"), "SPAY_E_PROTOCOL"),
            ("with a blank before the first field", b"HTTP/1.1 201 Created\r\n A: b\r\n",
             "SPAY_E_PROTOCOL"),
            ("with a line without a colon", reply(b"", b"Nonsense"), "SPAY_E_PROTOCOL"),
            ("with a blank in a name", reply(b"", b"Content-Length : 0"), "SPAY_E_PROTOCOL"),
            ("with two lengths in one", reply(b"", b"Content-Length: 5, 6"), "SPAY_E_PROTOCOL"),
            ("with a negative length", reply(b"", b"Content-Length: -1"), "SPAY_E_PROTOCOL"),
            ("with a length and chunks", reply(chunks(b"{}"), b"Content-Length: 2",
                                               b"Transfer-Encoding: chunked"), "SPAY_E_PROTOCOL"),
            ("in a strange coding", reply(b"", b"Transfer-Encoding: gzip"), "SPAY_E_PROTOCOL"),
            ("with a chunk of 0x2 bytes", reply(b"0x2\r\n{}\r\n0\r\n\r\n",
                                                b"Transfer-Encoding: chunked"), "SPAY_E_PROTOCOL"),
            ("with a chunk longer than it says", reply(b"2\r\n{}}\r\n0\r\n\r\n",
                                                       b"Transfer-Encoding: chunked"),
             "SPAY_E_PROTOCOL"),
            ("with a chunk of 2^64 bytes", reply(b"10000000000000000\r\n",
                                                 b"Transfer-Encoding: chunked"), "SPAY_E_LIMIT"),
            ("with a length of 10^30", reply(b"", b"Content-Length: 1" + b"0" * 30),
             "SPAY_E_LIMIT"),
            ("with a line without end", b"HTTP/1.1 201 " + b"x" * 40000, "SPAY_E_LIMIT"),
            ("with 300 fields", reply(b"", *[b"A: b"] * 300), "SPAY_E_LIMIT"),
            ("with a body without end", reply(b"x" * 300000), "SPAY_E_LIMIT")]:
        seen = meet(files, lambda n, data=data: [data, STALL])
        check(seen, refused(seen, status), "a reply %s is %s" % (name, status))


def test_connections(files):
    for name, word in [
            ("no reply", CUT),
            ("half a head", [plain(0)[:40], CUT]),
            ("half a body", [plain(0)[:-10], CUT]),
            ("half a body and a goodbye", [plain(0)[:-10], CLOSE]),
            ("a body without length, cut", [reply(body(0)), CUT]),
            ("half a chunk", [chunked(0)[:-60], CLOSE])]:
        seen = meet(files, first_then(word))
        check(seen, seen.status == 0 and seen.sessions == SESSIONS and seen.keys == SESSIONS and
              seen.requests == SESSIONS + LANES, "after %s the key is sent again" % name)

    for name, word in [("silence", STALL), ("a byte now and then", [b"HTTP/1.1 201 ", DRIP])]:
        seen = meet(files, first_then(word), attempt_ms=2500)
        check(seen, seen.status == 0 and seen.sessions == SESSIONS and seen.keys == SESSIONS and
              seen.requests == SESSIONS + LANES and seen.has("attempt 1 failed") == [LANES],
              "an attempt that meets %s ends in time" % name)

    seen = meet(files, first_then(STALL), attempt_ms=60000, cancel_after=LANES)
    check(seen, seen.has("SPAY_E_CANCELED", "outcome unknown") == [LANES, LANES] and
          seen.sessions == SESSIONS - LANES and seen.requests == SESSIONS,
          "the customer cancels what is in flight, and the next one is served")


def test_certificates(files):
    seen = meet(files, plain, host="localhost")
    check(seen, good(seen), "a peer with the certificate of its name is trusted")

    for name, certificate, trust, host in [
            ("of another address", "other", "other", "127.0.0.1"),
            ("of another name", "other", "other", "localhost"),
            ("of another authority", "unknown", "other", "127.0.0.1")]:
        seen = meet(files, plain, certificate, trust, host)
        check(seen, seen.status == 1 and seen.has("SPAY_E_TLS", "outcome not_sent") ==
              [SESSIONS, SESSIONS] and seen.requests == 0,
              "a peer with the certificate %s gets nothing" % name)


def make_certificate(directory, name, subject):
    """Key and self-signed certificate in one file."""
    path = os.path.join(directory, name + ".pem")
    status, output = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                          "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                          "-addext", "subjectAltName=" + subject, "-keyout", path, "-out",
                          path + ".crt"])
    if status:
        skip_all("openssl makes no certificates: " + output.strip()[-200:])
    with open(path, "a", encoding="ascii") as file, open(path + ".crt", encoding="ascii") as more:
        file.write(more.read())
    return path


def main():
    with tempfile.TemporaryDirectory() as directory:
        try:
            files = {"good": make_certificate(directory, "good", "IP:127.0.0.1,DNS:localhost"),
                     "other": make_certificate(directory, "other", "DNS:other.example"),
                     "unknown": make_certificate(directory, "unknown", "IP:127.0.0.1")}
        except OSError:
            skip_all("the openssl command is not here")
        test_replies(files)
        test_refusals(files)
        test_connections(files)
        test_certificates(files)
    tap.done()


main()
