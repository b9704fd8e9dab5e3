# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""A peer that speaks just enough HTTP/2 to misbehave, frame by frame."""

import fcntl
import select
import socket
import ssl
import struct
import termios
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
NO_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM, HTTP_1_1_REQUIRED = 0, 7, 8, 11, 13
MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE = 3, 4

SESSION = b'{"id":"a","session_token":"b","expire_time":4102444800}'

# HPACK without a table of its own: literals whose names are in the static one.
CREATED = b"\x08\x03201" + b"\x0f\x10\x10application/json"


def sockets():
    """The system's table of TCP sockets, where there is one."""
    try:
        with open("/proc/net/tcp", encoding="ascii") as table:
            return table.read()
    except OSError:
        return ""


class Gone(Exception):
    """The other side has closed."""


class Connection:
    """One connection: what has arrived, and what may be sent."""

    def __init__(self, peer, secure, number):
        self.peer = peer
        self.secure = secure
        self.number = number  # from 1 on
        self.open = []        # streams that have no answer yet, in the order of their arrival
        self.resets = []      # streams that the other side has reset
        self.rest = b""       # of a frame that was sent in part

    def read(self, length):
        got = b""
        while len(got) < length:
            more = self.secure.recv(length - len(got))
            if not more:
                raise Gone()
            got += more
        return got

    @staticmethod
    def frame(kind, flags, stream, payload):
        return (struct.pack(">I", len(payload))[1:] + bytes((kind, flags))
                + struct.pack(">I", stream) + payload)

    def send(self, kind, flags, stream, payload=b""):
        self.secure.sendall(self.frame(kind, flags, stream, payload))

    def send_half(self, kind, flags, stream, payload):
        frame = self.frame(kind, flags, stream, payload)
        half = len(frame) // 2
        self.secure.sendall(frame[:half])
        self.rest = frame[half:]

    def send_rest(self):
        self.secure.sendall(self.rest)
        self.rest = b""

    def greet(self, settings):
        self.send(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in settings))
        if self.read(len(PREFACE)) != PREFACE:
            raise Gone()

    def is_quiet(self, seconds):
        return not self.secure.pending() and not select.select([self.secure], [], [], seconds)[0]

    def next_frame(self):
        """Read a frame, and acknowledge it if it wants that: (type, flags, stream)."""
        head = self.read(9)
        length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        stream = int.from_bytes(head[5:], "big")
        payload = self.read(length)
        if kind in (SETTINGS, PING) and flags & ACK:
            self.peer.acknowledged.append((kind, payload))
        elif kind in (SETTINGS, PING):
            self.send(kind, ACK, 0, payload if kind == PING else b"")
        elif kind == RST_STREAM:
            self.resets.append(stream)
        return kind, flags, stream

    def next_stream(self, patience=None):
        """Read until a request has arrived whole; its stream. None if nothing comes for so long."""
        while patience is None or not self.is_quiet(patience):
            kind, flags, stream = self.next_frame()
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                self.open.append(stream)
                self.peer.note(len(self.open))
                return stream
        return None

    def next_reset(self):
        """Read until the other side resets a stream; which one."""
        before = len(self.resets)
        while len(self.resets) == before:
            self.next_frame()
        return self.resets[-1]

    def next_header(self):
        """Read until the header section of a request has arrived, whatever follows; its stream."""
        while True:
            kind, _, stream = self.next_frame()
            if kind == HEADERS:
                self.open.append(stream)
                return stream

    def answer(self, stream):
        self.send(HEADERS, END_HEADERS, stream, CREATED)
        self.send(DATA, END_STREAM, stream, SESSION)
        self.open.remove(stream)

    def half_answer(self, stream):
        self.send(HEADERS, END_HEADERS, stream, CREATED)
        self.send(DATA, 0, stream, SESSION[:20])

    def reset(self, stream, code):
        self.send(RST_STREAM, 0, stream, struct.pack(">I", code))
        if stream in self.open:
            self.open.remove(stream)

    def go_away(self, last, code=NO_ERROR):
        self.send(GOAWAY, 0, 0, struct.pack(">II", last, code))

    def set(self, setting, value):
        self.send(SETTINGS, 0, 0, struct.pack(">HI", setting, value))

    def arrive(self):
        """Wait until the other side's TCP has what was sent."""
        while struct.unpack("i", fcntl.ioctl(self.secure, termios.TIOCOUTQ, bytes(4)))[0]:
            time.sleep(0.001)

    def close(self, notify=True):
        """Say so by TLS or not, and close the socket."""
        self.secure.setblocking(False)
        try:
            if notify:
                self.secure.unwrap()
        except OSError:  # it does not wait for the other side to say so too
            pass
        self.end()

    def abort(self):
        """Close with a reset of the TCP connection."""
        self.arrive()
        self.secure.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end()

    def end(self):
        """Close the socket, and wait until the other side's TCP knows."""
        ports = "%04X 0100007F:%04X 01" % (self.secure.getpeername()[1],
                                           self.secure.getsockname()[1])
        self.secure.close()
        while ports in sockets():
            time.sleep(0.001)


class Peer:
    """
    Listens on loopback. behave(connection) is called for each connection, on a thread; before,
    and without TLS, receive(number, raw), which returns whether the connection is to go on.
    """

    def __init__(self, certificate, key, behave, settings=(), receive=None):
        self.behave = behave
        self.receive = receive
        self.settings = settings
        self.lock = threading.Lock()
        self.connections = 0
        self.at_once = 0       # connections now
        self.most_at_once = 0
        self.streams = 0       # requests that came whole
        self.most_open = 0     # of them, at once on a connection without an answer
        self.acknowledged = [] # (type, payload) of what was sent and has been acknowledged
        self.idle = threading.Event()   # set by who drives: the calls before have come back
        self.acted = threading.Event()  # set by behave(): the others may begin
        self.other = b""       # what came over connections that do not speak HTTP/2
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.base = "https://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.threads = []
        self.main = threading.Thread(target=self.accept, daemon=True)
        self.main.start()

    def note(self, open_now):
        with self.lock:
            self.streams += 1
            self.most_open = max(self.most_open, open_now)

    def pause(self):
        """While the other side is idle: let behave() act."""
        self.idle.set()
        if not self.acted.wait(20):
            raise RuntimeError("the peer does not act")

    def accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
            thread = threading.Thread(target=self.serve, args=(raw, self.connections), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, raw, number):
        raw.settimeout(20)
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.receive and not self.receive(number, raw):
                return
            with self.context.wrap_socket(raw, server_side=True) as secure:
                if secure.selected_alpn_protocol() != "h2":
                    self.other += secure.recv(65536)
                    return
                connection = Connection(self, secure, number)
                connection.greet(self.settings)
                self.behave(connection)
        except (OSError, Gone):
            pass
        finally:
            raw.close()
            with self.lock:
                self.at_once -= 1

    def close(self):
        """Wait for what is open to end: the other side has left."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.main.join(60)
        for thread in self.threads:
            thread.join(60)
