# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Replies to feed to HTTP parsers: good ones, and good ones that were changed. Everything follows
from a seed."""

BODIES = [b"", b"{}", b'{"id":"a","session_token":"b","expire_time":1}', b"x" * 100,
          b"0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", bytes(range(256)), b"y" * 3000]
STATUSES = [200, 200, 200, 201, 201, 400, 401, 404, 409, 429, 500, 503, 204, 304, 302]
REASONS = [b" OK", b" Created", b" Not Found", b"", b" ", b" very \xc3\xa9tonn\xe9 : indeed"]
FIELDS = [b"Date: Sun, 06 Nov 1994 08:49:37 GMT", b"Content-Type: application/json", b"Server: x",
          b"content-type:application/json;charset=utf-8", b"X-Request-Id: \t 12 34 \t",
          b"Retry-After: 5", b"Set-Cookie: a=b", b"Set-Cookie: c=d; Path=/", b"X-Empty:",
          b"Vary: a, b,c", b"Cache-Control: no-store", b"ETag: \"a:b\"", b"X-Latin: \xe9\xff",
          b"Connection: keep-alive", b"Connection: close", b"connection: Keep-Alive, x",
          b"Keep-Alive: timeout=5, max=100", b"X-Long: " + b"v" * 500]

# What replaces a status line, a field, a length and so on.
STATUS_LINES = [b"HTTP/1.1  200 OK", b"HTTP/1.1 200\tOK", b"HTTP/1.1\t200 OK", b"http/1.1 200 OK",
                b"HTTP/1.2 200 OK", b"HTTP/1.9 200 OK", b"HTTP/2.0 200 OK", b"HTTP/2 200",
                b"HTTP/0.9 200 OK", b"HTTP/1.10 200 OK", b"HTTP/1. 200 OK", b"HTTP/1.1 20 OK",
                b"HTTP/1.1 2000 OK", b"HTTP/1.1 099 OK", b"HTTP/1.1 600 OK", b"HTTP/1.1 999",
                b"HTTP/1.1 200OK", b"HTTP/1.1 +20 OK", b"HTTP/1.1", b"HTTP/1.1 ", b"HTTP 200 OK",
                b"ICY 200 OK", b"SSH-2.0-x", b"", b" HTTP/1.1 200 OK", b"HTTP/1.1 200 O\0K",
                b"HTTP/1.1 200 O\rK", b"HTTP/1.1 200 O\x01K", b"HTTP/1.1 101 Switching Protocols",
                b"HTTP/1.1 150 Odd", b"HTTP/1.1 102 Processing", b"HTTPS/1.1 200 OK",
                b"HTTP/11 200 OK", b"HTTP/1.1 2e0 OK", b"HTTP/1.1 200 "]
ODD_FIELDS = [b"Nonsense", b"No colon here", b": no name", b"A : b", b"A\t: b", b"A B: c",
              b" A: b", b"\tA: b", b" ", b"A(b): c", b"A\x01b: c", b"\xc3\xa9: b", b"A\0b: c",
              b"A: b\0c", b"A: b\rc", b"A: b\r", b"A: b\x01c", b"A: b\x0bc", b"A: b\x7fc",
              b"A: b\x80c\x85d", b"A:\x0b", b"HTTP/1.1: x", b"HTTP/1.1 200 OK", b"@a: b",
              b"A: " + b"v" * 9000, b"A: " + b"v" * 17000, b"A: " + b"v" * 40000,
              b"Content-Length : 3", b"Transfer-Encoding : chunked", b"Content-Length\0: 3",
              b"Content-Encoding: gzip", b"Upgrade: h2c", b"Trailer: X", b"Location: /x",
              b"Proxy-Connection: close", b"Connection: upgrade", b"Connection:", b"Connection: ,",
              b"Connection: x, close", b"Connection: closed", b"Connection: \"close\"",
              b"Connection: close\x0b"]
LENGTHS = [b"-1", b"+2", b"0x2", b"2 ", b"2,2", b"2, 2", b"2,3", b"2,", b",2", b"", b"2 2", b"2.0",
           b"002", b"1_0", b"\xb2", b"2;a", b"2a", b"99999999999999999999", b"4294967298", b"300000",
           b"\"2\"", b"\x0b2", b"2\x0b", b"- 1", b"1e1"]
CODINGS = [b"chunked", b"Chunked", b"CHUNKED", b" chunked\t", b"gzip", b"gzip, chunked",
           b"chunked, gzip", b"chunked, chunked", b"chunked,", b",chunked", b"chunked;a=b",
           b"xchunked", b"chunke", b"\"chunked\"", b"\x0bchunked", b"identity", b"identity, chunked",
           b"", b"chunked\x0b", b"chun ked"]
SIZES = [b"%X", b"0%x", b"0x%x", b"+%x", b"-%x", b" %x", b"%x ", b"%x\t", b"%x;a", b"%x ;a=b",
         b"%x;a=\"b;\"", b"%x;\x01", b"%x;\0", b"%x;a\rb", b"000000000000%x", b"0000000000000000%x",
         b"%xg", b"%x,", b"%x %x", b"1_%x", b"%x;" + b"e" * 300, b"%x;" + b"e" * 17000,
         b"fffffffff%x", b"ffffffffffffffff%x", b""]
ODD_BYTES = [b"\0", b"\r", b"\n", b"\r\n", b" ", b"\t", b"\x0b", b"\x7f", b"\x80", b"\xff", b":",
             b",", b";", b"0", b"1", b"9", b"a", b"f", b"x", b"-", b"+", b"H", b"\n\n", b"\r\n\r\n",
             b"\r\n ", b"\r\r"]


class Reply:
    """A reply in parts, so that they can be changed; bytes() puts it together."""

    def __init__(self, random):
        self.random = random
        self.ending = b"\n" if random.random() < 0.08 else b"\r\n"
        self.interim = []
        self.status = random.choice(STATUSES)
        version = b"1.0" if random.random() < 0.12 else b"1.1"
        self.start = b"HTTP/%s %d%s" % (version, self.status, random.choice(REASONS))
        self.fields = [random.choice(FIELDS) for _ in range(random.randrange(6))]
        self.body = b"" if self.status in (204, 304) else random.choice(BODIES)
        self.sizes = None
        self.chunk_ending = self.ending
        self.trailers = []
        self.after = b""
        if random.random() < 0.15:
            self.interim = [random.choice([b"HTTP/1.1 100 Continue", b"HTTP/1.1 103 Early Hints"])]
        if self.status not in (204, 304):
            self.frame()

    def frame(self):
        how = self.random.random()
        if how < 0.55:
            self.insert(b"Content-Length: %d" % len(self.body))
        elif how < 0.9 and b"HTTP/1.0" not in self.start:
            self.insert(b"Transfer-Encoding: chunked")
            self.chunk()

    def insert(self, field):
        self.fields.insert(self.random.randrange(len(self.fields) + 1), field)

    def chunk(self):
        """Cuts the body into pieces; each has its own way to write the size."""
        self.sizes = []
        left = len(self.body)
        while left:
            size = self.random.randrange(1, left + 1)
            self.sizes.append((size, b"%x"))
            left -= size
        self.sizes.append((0, b"%x"))

    def chunks(self):
        data, at = b"", 0
        for size, form in self.sizes:
            data += form.replace(b"%x", b"%x" % size).replace(b"%X", b"%X" % size)
            data += self.chunk_ending
            data += self.body[at:at + size] + (self.chunk_ending if size else b"")
            at += size
        return data + b"".join(line + self.ending for line in self.trailers) + self.chunk_ending

    def bytes(self):
        head = b"".join(line + self.ending + b"X-I: 1" + self.ending * 2 for line in self.interim)
        head += b"".join(line + self.ending for line in [self.start] + self.fields) + self.ending
        return head + (self.chunks() if self.sizes is not None else self.body) + self.after


def odd_start(reply):
    reply.start = reply.random.choice(STATUS_LINES)


def odd_interim(reply):
    reply.interim = [reply.random.choice(STATUS_LINES + [b"HTTP/1.1 100 Continue"] * 20)
                     for _ in range(reply.random.choice([1, 1, 2, 3]))]


def odd_field(reply):
    reply.insert(reply.random.choice(ODD_FIELDS))


def odd_length(reply):
    if reply.random.random() < 0.5:
        reply.fields = [f for f in reply.fields if not f.lower().startswith(b"content-length")]
    reply.insert(b"Content-Length: " + reply.random.choice(LENGTHS))


def second_length(reply):
    reply.insert(b"content-length: %d" % (len(reply.body) + reply.random.choice([0, 0, 1])))


def odd_coding(reply):
    if reply.random.random() < 0.5:
        reply.fields = [f for f in reply.fields if not f.lower().startswith(b"transfer-encoding")]
    reply.insert(b"Transfer-Encoding: " + reply.random.choice(CODINGS))
    if reply.sizes is None and reply.random.random() < 0.7:
        reply.chunk()


def odd_size(reply):
    if reply.sizes is None:
        odd_coding(reply)
    if reply.sizes:
        at = reply.random.randrange(len(reply.sizes))
        reply.sizes[at] = (reply.sizes[at][0], reply.random.choice(SIZES))


def odd_chunk_ending(reply):
    reply.chunk_ending = reply.random.choice([b"\n", b"\r", b"", b"\r\n\r\n", b"\r\r\n", b"\n\r\n"])


def odd_trailer(reply):
    reply.trailers = [reply.random.choice(FIELDS + ODD_FIELDS)
                      for _ in range(reply.random.choice([1, 1, 2]))]


def folded(reply):
    if reply.fields:
        at = reply.random.randrange(len(reply.fields))
        field = reply.fields[at]
        cut = reply.random.randrange(len(field) + 1)
        blank = reply.random.choice([b" ", b"\t", b"  ", b" \t ", b"\r\n "])
        reply.fields[at] = field[:cut] + reply.ending + blank + field[cut:]


def many_fields(reply):
    count = reply.random.choice([90, 120, 250, 300])
    reply.fields += [b"X-%d: y" % i for i in range(count)]


def large_body(reply):
    reply.body = b"z" * reply.random.choice([70000, 262144, 262145])
    reply.fields = [f for f in reply.fields if not f.lower().startswith(b"content-length")]
    if reply.sizes is None:
        reply.insert(b"Content-Length: %d" % len(reply.body))
    else:
        reply.chunk()


def no_body_status(reply):
    reply.start = b"HTTP/1.1 " + reply.random.choice([b"204", b"304"]) + b" x"


def more_after(reply):
    reply.after = reply.random.choice([b"\r\n", b"x", b"HTTP/1.1 200 OK\r\n\r\n", b"\0"])


def odd_byte(data, random):
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(ODD_BYTES) + data[at + random.choice([0, 0, 1]):]


def lost_byte(data, random):
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.choice([1, 1, 2, 10]):]


def cut(data, random):
    return data[:random.randrange(len(data) + 1)]


PARTS = [odd_start, odd_interim, odd_field, odd_field, odd_length, second_length, odd_coding,
         odd_size, odd_size, odd_chunk_ending, odd_trailer, folded, folded, no_body_status,
         more_after]
RARE = [many_fields, large_body]
BYTES = [odd_byte, odd_byte, lost_byte, cut]


def replies(count, random):
    """One in eight is good as it is; the others are changed in one to three ways."""
    for number in range(count):
        reply = Reply(random)
        changes = 0 if number % 8 == 0 else random.choice([1, 1, 1, 2, 3])
        in_bytes = 0
        for _ in range(changes):
            if random.random() < 0.3:
                in_bytes += 1
            else:
                random.choice(RARE if random.random() < 0.02 else PARTS)(reply)
        data = reply.bytes()
        for _ in range(in_bytes):
            data = random.choice(BYTES)(data, random)
        yield data
