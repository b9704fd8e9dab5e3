# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What the fuzzers begin with. A harness NAME.c needs a function below; most take the golden cases."""

import glob
import hashlib
import json as json_module
import os
import random
import shutil
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "fixtures")
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

from replies import replies  # noqa: E402

# In the order of account_kind, and of the texts that each harness takes.
PROVIDERS = ["wepay", "hosted_fields", "", "connect_server", "connect_client"]
MEMBERS = {"wepay": ["type", "account_id", "client_ip", "risk_token", "extra_json"],
           "hosted_fields": ["processing_terminal_id", "lib_version", "scenario", "secure_token_id",
                             "extra_json"],
           "connect_server": ["", "", "client_meta_info", "extra_json"],
           "connect_client": ["display_name", "domain_name", "validation_url", "extra_json"]}
LONGEST = {"http1": 50000, "http2": 8000, "json": 10000}  # inputs, in bytes; 4096 of the others
STATUSES = [200, 201, 202, 204, 301, 400, 401, 402, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504,
            599, 299]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def golden(pattern):
    """(provider, content) of the files of this name in all golden cases."""
    for path in sorted(glob.glob(os.path.join(FIXTURES, "*", "*", pattern))):
        yield os.path.relpath(path, FIXTURES).split(os.sep)[0], read(path)


def text(value):
    return b"\1\0" if value is None else value.encode() + b"\0"


def http1():
    """Replies, each with a first byte for its pieces. Only some are long: they take long."""
    found = list(replies(1000, random.Random(1)))
    chosen = [data for data in found if len(data) < 4000]
    chosen += [data for data in found if 30000 < len(data) < 50000][:5]
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chosen += [chunked + b"40001\r\n", chunked + b"1;" + b"e" * 33000, chunked + b"0\r\nX: " + b"t" * 33000]
    chosen += [b"HTTP/1.1 200 OK\r\nKeep-Alive: " + value + b"\r\nContent-Length: 0\r\n\r\n"
               for value in (b"timeout=5, max=3", b"max=3, timeout=99999999", b"timeout")]
    return [bytes([number % 256]) + data for number, data in enumerate(chosen)]


def json():
    escapes = br'{"a":"\ud83d\ude00\u00e9\"\\\/\b\f\n\r\t","b":[1,-2.5e+3,true,null],"c":{"":9007199254740993}}'
    odd = [b"[" + b"1," * 2100 + b"1]", b"[" + b"1," * 300 + b"1]", b"[" * 33 + b"]" * 33, br'"\ud83d\ue000"', br'"\ude00"',
           b'"\xf4\x90\x80\x80"', b'"\xed\xa0\x80"', b'{"a":1,}', b"01", b"-", b"1.", b"1e", b"9223372036854775808"]
    return [content.partition(b"\n\n")[2] for _, content in golden("*.http")] + [escapes] + odd


def answer(status, fields, body):
    return bytes([STATUSES.index(status)]) + fields + b"\0" + body + b"\0"


def reply():
    token = answer(200, b"", b'{"access_token":"token-1","expires_in":3600,"token_type":"Bearer"}')
    lost = b"\x1a\1"  # a timeout; it was sent
    for provider, content in golden("response*.http"):
        head, _, body = content.partition(b"\n\n")
        status, _, fields = head.partition(b"\n")
        number, kind = int(status.split()[1]), PROVIDERS.index(provider)
        if number in STATUSES:
            given = answer(number, fields, body)
            yield bytes([kind, 0]) + given
            yield bytes([kind, 1]) + lost + given
            if kind == 1:
                yield bytes([2, 0]) + given
                yield bytes([1, 1]) + token + given
    # Credentials that come back, in other spellings, and what else is seldom told.
    for secret in (b"stage%5Fnot-a-real-token", br"stage\u005fnot-a-real-token", b"c3RhZ2Vfbm90LWEtcmVhbC10b2tlbg==",
                   b"xc3RhZ2Vfbm90LWEtcmVhbC10b2tlbg", b"stage_not-a-re", br"stage\/", b"\x01\xff \xc3"):
        for form in (b'{"error_code":"x","error_message":"no %s"}', b"<html><title>%s</title>", b"no %s"):
            yield b"\0\0" + answer(400, b"X-Request-Id: a b", form % secret)
    for kind in range(5):
        yield bytes([kind, 0]) + answer(301, b"Location: https://user@host.example/x?y=z", b"")
        yield bytes([kind, 0]) + answer(409, b"", b'{"type":"https://errors.example#idempotency-key-in-use"}')
    yield b"\3\0" + answer(201, b"X-GCS-Idempotence-Request-Timestamp: 1", b'{"assetUrl":"a","clientApiUrl":"https://h/client",'
                           b'"clientSessionId":"s","customerId":"c","invalidTokens":["t",1,null]}')
    yield b"\2\0" + answer(201, b"", b'{"processingTerminalId":"1","token":"t","token":"u","expiresAt":"2030-01-01T00:00:00Z"}')
    product = b'"paymentProductSession302SpecificOutput":{"sessionObject":"{}"}'
    yield b"\4\0" + answer(200, b"", b"{" + product + b"," + product + b"}")
    yield b"\1\1" + answer(200, b"", b'{"access_token":"a","expires_in":1.5}') + answer(500, b"", b"")
    for name in (b"wepay-request-id", b"X-Request-Id", b"x-correlation-id"):
        for kind in (0, 2, 3):
            yield bytes([kind, 0]) + answer(404, name + b": a b", b"{}")
    yield b"\2\0" + answer(201, b"", b'{"processingTerminalId":"1","token":"t","expiresAt":"2030-01-01T00:00:00Z"}')


def request():
    for provider, content in golden("input.json"):
        given = json_module.loads(content).get("request") or {}
        values = [given.get(name) for name in MEMBERS[provider]]
        yield bytes([PROVIDERS.index(provider)]) + b"".join(
            text(value if isinstance(value, str) else None) for value in values)
    for target in (b"http://127.0.0.1/", b"https://apple.example/", b"https://apple-pay-gateway-cert.apple.com/x"):
        yield b"\4shop\0shop.example\0" + target + b"\0"


def url():
    return [b"https://api.example/v1", b"http://127.0.0.1:8080", b"https://[::1]:443/", b"https://a.b-c.example",
            b"https://[::ffff:1.2.3.4]", b"https://[1:2:3:4:5:6:7:8]/", b"https://0x7f.1", b"https://1.0x7f", b"https://[::1]a", b"https://127.1", b"https://[::1",
            b"https://a:65536", b"https://a:/", b"https://" + b"a" * 64, b"https://u@h", b"http://localhost", b"https://1.2.3.4"]


def date():
    return [b"Sun, 06 Nov 1994 08:49:37 GMT", b"Sunday, 06-Nov-94 08:49:37 GMT", b"Sun Nov  6 08:49:37 1994",
            b"2026-01-01T00:00:00Z", b"2026-01-01T00:00:00.123456+01:30", b"2026-01-01T00:00:00-0130", b"120",
            b"2026-01-01T00:00:00.000+02", b"99999999999999999999", b"1767225660", b"1767225660\0Thu, 01 Jan 2026 00:00:30 GMT",
            b"Thu, 01 Jan 2026 00:01:00 GMT\0Thu, 01 Jan 2026 00:00:30 GMT", b"Thu, 29 Feb 2024 00:00:00 GMT",
            b"Sun, 31 Dec 1995 23:59:60 GMT"]


def lib_version():
    return [b"1.6.0.172441", b"1.2.0-beta.135020", b"11.22.33-beta.4", b"1a6b0c1"]


def structs():
    return [bytes(8) + bytes(range(size)) for size in (16, 56, 64, 100)]


def seal():
    return [b"\0\0", b"\0\0a record", b"\5\1a record"]


def call():
    rng = random.Random(2)
    return [bytes([kind | store]) + rng.randbytes(40) for kind in range(5) for store in (0, 128)
            for _ in range(4)]


def frame(kind, flags, stream, payload):
    return bytes([kind, flags, stream, len(payload)]) + payload


def http2():
    settings = frame(4, 0, 0, struct.pack(">HI", 3, 100))
    good = frame(1, 4, 1, b"\x08\x03201") + frame(0, 1, 1, b"{}")
    fields = b"\x88\x40\1x\x64" + b"v" * 100 + b"\xbe" * 343
    goaway = frame(7, 0, 0, struct.pack(">II", 1, 0))
    resets = [frame(3, 0, 1, struct.pack(">I", code)) for code in (2, 7, 8, 13)]
    ends = resets + [frame(1, 4, 1, b"\x88") + reset for reset in resets] + [
        good, goaway, frame(1, 4, 1, b"\x88") + goaway, frame(1, 4, 1, b"\x08\x03103") + good, frame(1, 5, 1, b"\x40\1x\1y"),
        frame(4, 1, 0, b"") + frame(6, 0, 0, bytes(8)), good + frame(8, 0, 0, struct.pack(">I", 9)),
        frame(1, 4, 1, b"\x08\x03099"), frame(1, 4, 1, b"\x08\x03abc"), frame(1, 4, 1, b"\x88\x40\1X\1y"),
        frame(1, 4, 1, b"\x88\x40\1x\1\n"), frame(1, 4, 1, b"\x88") + frame(0, 0, 1, b"{}") + frame(1, 5, 1, b"\x40\1x\1y"),
        frame(1, 5, 1, b"\x88\x5c\x0110"), frame(1, 0, 1, b"\x88") + frame(9, 4, 1, b"\x40\1x\1y") + frame(0, 1, 1, b""),
        bytes([129, 4, 1, 7]) + fields, frame(1, 4, 1, b"\x88") + bytes([192, 0, 1, 255]) * 17, frame(0, 0, 0, b"x"),
        frame(1, 0, 1, b"\x88") + frame(9, 0, 1, b"") * 100, frame(5, 4, 1, b"\0\0\0\2"), frame(4, 0, 0, b"x"),
        frame(4, 0, 0, struct.pack(">HI", 3, 0)) + good, frame(4, 0, 0, struct.pack(">HI", 4, 1)) + good,
        frame(4, 0, 0, struct.pack(">HIHI", 3, 1, 4, 0)) + good + frame(1, 5, 3, b"\x88") + frame(1, 5, 5, b"\x88"),
        frame(32, 0, 1, b"") + frame(33, 4, 1, b"\x88") + frame(34, 0, 2, bytes(5)) + good]
    pings = b"\x10" + settings + bytes([70, 0, 0, 8]) * 1500
    return [how + start + end for end in ends for how in (b"\0", b"\3") for start in (b"", settings)] + [pings]


def sandbox():
    session = b'{"type":"mobile_session","mobile_session":{"account_id":"a"}}'
    headers = b"".join(bytes([which]) + value + b"\0" for which, value in (
        (0, b"application/json"), (2, b"key"), (3, b"700123"), (5, b"3.0")))
    fault = b'[{"status":503,"count":1},{"close":"after_processing"}]'
    return [bytes([0]) + b"\0" + bytes([4]) + headers + session,
            bytes([5 * 8]) + b"\0" + bytes([1]) + b"\0application/json\0" + fault]


def pieces(data, cuts, after):
    """Bytes in pieces that each arrive alone, for tests/fuzz/support/server.h; then what comes after the last."""
    ends = [0] + sorted(cuts) + [len(data)]
    said = [data[begin:end] for begin, end in zip(ends, ends[1:])]
    return b"".join(bytes([1 if number < len(said) - 1 else after, len(piece)]) + piece
                    for number, piece in enumerate(said))


def framed(after, kind, flags, stream, payload):
    return bytes([after | kind << 4, len(payload), flags, stream]) + payload


def connection():
    rng = random.Random(3)
    body = b'{"id":"a","session_token":"b","expire_time":4102444800}'
    head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
    reply = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    last = b"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    for setup in (b"\1\0", b"\3\0", b"\1\1", b"\3\1"):
        yield setup + pieces(reply, [], 2) * 2
        yield setup + b"".join(pieces(whole, rng.sample(range(1, len(whole)), 5), 2)
                               for whole in (reply, chunked, reply)) + pieces(last, [], 0)
        yield setup + pieces(reply[:-9], [40], 4) + pieces(reply, [], 3)
        yield setup + pieces(reply + b"more", [], 2) * 2
    answer = [framed(1, 1, 4, stream, b"\x08\x03201") + framed(2, 0, 1, stream, body) for stream in (1, 3, 5)]
    for setup in (b"\3\2", b"\x0b\3"):
        yield setup + b"".join(answer)
        yield setup + framed(1, 4, 0, 0, struct.pack(">HI", 3, 1)) + b"".join(answer)
        yield setup + answer[0] + framed(2, 7, 0, 0, struct.pack(">II", 1, 0)) + answer[1]
        yield setup + framed(1, 3, 0, 1, struct.pack(">I", 7)) + framed(2, 3, 0, 3, struct.pack(">I", 1)) + answer[2]
        yield setup + framed(0, 1, 4, 1, b"\x08\x03201")


def tls():
    alert = bytes([8 | 1, 7]) + b"\x15\3\3\0\2\2\x28"
    yield from connection()
    yield b"\1\4" + pieces(b"HTTP/1.1 400 No\r\n\r\n", [], 0)
    yield b"\1\4" + alert
    yield b"\1\0" + alert
    yield b"\3\0" + alert * 2


def store():
    session = {0: b"201\nr\n" + b'{"processingTerminalId":"7702014","token":"t","expiresAt":"2030-01-01T00:00:00Z"}',
               1: b"200\nr\n" + b'{"clientSessionId":"t","customerId":"c","clientApiUrl":"https://connect.example/client"}',
               2: b"200\nr\n" + b'{"paymentProductSession302SpecificOutput":{"sessionObject":"{}"}}'}
    for kind in range(3):
        sealed = b"\4\0session 1\n" + b"0" * 64 + b"\n60000\n" + session[kind] + b"\0"
        for foreign in (0, 4):
            first = b"\0" + b"\0\0\0\0\0" * 2 + b"\3"
            for answer in (b"\5\0\x09\1", b"\6\0", b"\6\1", b"\7\0", b"\3\0\4abcd", b"\2\0", b"\1\0", sealed,
                           b"\4\0token 1\n3600000\nsealed-token\0"):
                yield bytes([kind | foreign]) + b"\0\0" + first + b"\0\4" + answer * 3 + b"\0\0" + answer
                yield bytes([kind | foreign]) + b"\0\3" + answer + b"\0" + answer + b"\3" + first


def file():
    def record(kind, since, ttl, fence, value, spoilt=b"\5"):
        return bytes([kind, since, ttl, fence]) + (spoilt if kind == 1 else b"") + bytes([len(value)]) + value

    absurd = [struct.pack(">q", number) for number in (-2 ** 63, 2 ** 63 - 1, 0, -1)]
    values = [record(2, 127, 255, 129, b"value"), record(2, 100, 130, 129, b""), record(1, 127, 255, 129, b"value"),
              record(2, 255, 255, 129, b"value"), b"\3", b"\4", b"\5", b"\6", b"\0\4abcd", b"\0\0",
              b"\0\x50spaysto1" + bytes(72), b"\0\x50spaysto0" + bytes(72)]
    values += [record(7, 127, 255, 129, b"value") + bytes([more]) for more in (127, 128, 129)]
    values += [b"\2\x7f\0" + number + b"\x81\5value" for number in absurd]
    values += [b"\2\0" + number + b"\xff\x81\5value" for number in absurd]
    leases = [record(2, 127, 255, 129, b""), record(2, 126, 128, 129, b""), b"\3", b"\4", b"\6", b"\0\3abc",
              b"\2\x7e\x80\0" + absurd[3] + b"\0", b"\2\x7e\x80\0" + absurd[1] + b"\0"]
    for number, value in enumerate(values):
        yield value + leases[number % len(leases)]
    for lease in leases:
        yield values[0] + lease + b"another.value\0" + values[1]
        yield values[0] + lease + b"another.lease\0" + values[2]


def redis():
    urls = [b"redis://127.0.0.1", b"redis://user:pass%20word@[::1]:6380/3", b"unix:///run/redis.sock", b"redis://:p@h",
            b"rediss://h/", b"unix:///a?db=1", b"redis+unix:///a?db=1", b"redis://h/100000", b"redis://h:0", b"http://h", b"redis://u:%00@h"]
    value = b"*2\r\n$5\r\nvalue\r\n:60000\r\n"
    replies = [value, b"$-1\r\n", b":1\r\n", b":0\r\n", b"$2\r\n17\r\n", b"-NOSCRIPT x\r\n", b"-READONLY x\r\n",
               b"-ERR y\r\n", b"*9\r\n", b"+OK\r\n", b"*2\r\n*2\r\n:1\r\n:2\r\n$-1\r\n", b"$20\r\n12345678901234567890\r\n"]
    for number, url in enumerate(urls):
        yield url + b"\0\3" + b"+OK\r\n" * (number % 3) + b"".join(replies[number % 4:][:4])
    for first in replies:
        for second in replies:
            yield urls[0] + b"\0\3" + first + second + value + replies[2]
            yield urls[0] + b"\0\x93" + value + first + second + replies[2] + value * 2 + first


def write(name, directory):
    """Write the seeds of a harness, in place of older ones, and what was found with it once."""
    os.makedirs(directory, exist_ok=True)
    for path in glob.glob(os.path.join(directory, "seed-*")):
        os.remove(path)
    for number, seed in enumerate(globals()[name]()):
        with open(os.path.join(directory, "seed-%04d" % number), "wb") as file:
            file.write(seed)
    for path in glob.glob(os.path.join(HERE, "fixtures", name, "*")):
        shutil.copy(path, os.path.join(directory, "seed-" + os.path.basename(path)))


def keep(directory, data):
    """Add an input to a corpus, named as libFuzzer names it."""
    with open(os.path.join(directory, hashlib.sha1(data).hexdigest()), "wb") as file:
        file.write(data)
