# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Servers on loopback: one that answers as it is told, and a proxy."""

import base64
import socket
import threading
import urllib.parse

ANSWER = b'{"id":"a","session_token":"b","expire_time":4102444800}'


def reply(status="201 Created", fields="", body=ANSWER):
    return ("HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n" %
            (status, fields, len(body))).encode() + body


class Server:
    """Listens on loopback; keeps what it read, one entry for each request."""

    def __init__(self, answer=None, context=None):
        """With a context, it speaks TLS."""
        self.context = context
        self.answer = answer or (lambda request: reply())
        self.requests = []
        self.connections = 0
        self.done = False
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.05)
        self.port = self.listener.getsockname()[1]
        self.url = "%s://127.0.0.1:%d" % ("https" if context else "http", self.port)
        self.main = threading.Thread(target=self.accept, daemon=True)
        self.main.start()

    def accept(self):
        while not self.done:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                continue
            self.connections += 1
            thread = threading.Thread(target=self.guard, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def guard(self, connection):
        connection.settimeout(5)
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            self.serve(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def read_request(self, connection):
        """One request, or what there was of it."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return data
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            more = connection.recv(65536)
            if not more:
                break
            body += more
        return head + b"\r\n\r\n" + body

    def serve(self, connection):
        while not self.done:
            request = self.read_request(connection)
            if not request:
                return
            self.requests.append(request)
            connection.sendall(self.answer(request))

    def close(self):
        self.done = True
        self.listener.close()
        self.main.join(5)

    def saw(self, text):
        return any(text.lower() in request.lower() for request in self.requests)


class Proxy(Server):
    """Opens tunnels, and passes requests for plain HTTP on. Wants credentials if it is given some.
    """

    def __init__(self, credentials=None, refuse=None):
        self.wanted = credentials and b"Basic " + base64.b64encode(credentials.encode())
        self.refuse = refuse
        super().__init__()

    def serve(self, connection):
        while not self.done:
            request = self.read_request(connection)
            if not request:
                return
            self.requests.append(request)
            if self.wanted and b"proxy-authorization: " + self.wanted.lower() not in \
                    request.lower():
                connection.sendall(reply("407 Proxy Authentication Required",
                                         'Proxy-Authenticate: Basic realm="x"\r\n', b""))
            elif self.refuse == "close":
                return
            elif self.refuse == "alert":  # as a port for TLS
                connection.sendall(b"\x15\x03\x03\x00\x02\x02\x46")
                return
            elif self.refuse == "junk":
                connection.sendall(b"This is no HTTP\r\n\r\n")
                return
            elif self.refuse:
                connection.sendall(reply(self.refuse, "", b"no"))
            elif request.startswith(b"CONNECT "):
                self.tunnel(connection, request)
                return
            else:
                self.forward(connection, request)

    def reach(self, target):
        host, port = target.rsplit(":", 1)
        return socket.create_connection((host, int(port)), 5)

    def tunnel(self, connection, request):
        with self.reach(request.split()[1].decode()) as origin:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=self.pump, args=(origin, connection), daemon=True)
            back.start()
            self.pump(connection, origin)
            back.join(5)

    def pump(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def forward(self, connection, request):
        line, rest = request.split(b"\r\n", 1)
        method, url, version = line.split()
        parts = urllib.parse.urlsplit(url.decode())
        head, body = rest.split(b"\r\n\r\n", 1)
        kept = [h for h in head.split(b"\r\n") if not h.lower().startswith(b"proxy-")]
        with self.reach(parts.netloc) as origin:
            origin.sendall(b" ".join((method, parts.path.encode(), version)) + b"\r\n" +
                           b"\r\n".join(kept) + b"\r\nConnection: close\r\n\r\n" + body)
            self.pump(origin, connection)


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
