# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What RFC 9112 and the library's limits make of a reply to a POST, and what is peculiar about it.

Written for clarity, over the whole reply at once. It says whether a difference between two parsers
is what it is taken for."""

import re

MAX_HEAD, MAX_FIELDS, MAX_BODY = 32 * 1024, 256, 256 * 1024
STATUS_LINE = re.compile(rb"HTTP/1\.(\d) ([1-5]\d\d)( .*)?", flags=re.S)
FIELD = re.compile(rb"([!-9;-~]+):(.*)", flags=re.S)
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]+)([ \t]*(?:;[^\0\r]*)?)")


class Refused(Exception):
    """The reply is refused, with one of the library's reasons."""


class Reading:
    """One reply. `verdict` is "keep", "close", or the reason why it is refused."""

    def __init__(self, data):
        self.data, self.at = data, 0
        self.facts = set()
        self.status, self.fields, self.body = 0, [], b""
        self.head_length = self.field_count = 0  # of the current head, with its trailers
        self.longest_head = self.most_fields = self.interim_length = 0
        self.closes = False
        try:
            self.read()
            self.verdict = "close" if self.closes or self.at < len(data) else "keep"
            if self.at < len(data):
                self.facts.add("more bytes after it")
        except Refused as refused:
            self.verdict = str(refused)
        self.note_head()
        if self.longest_head > 16 * 1024:
            self.facts.add("head above 16 KiB")
        if self.most_fields > 90:
            self.facts.add("more than 90 fields")

    # ---- lines

    def line(self, may_be=lambda line: True):
        """The next line without its end. Header lines have a limit in common."""
        end = self.data.find(b"\n", self.at)
        line = self.data[self.at:end if end >= 0 else len(self.data)]
        room = MAX_HEAD - self.head_length
        if not may_be(line[:room]):
            raise Refused("not_http")
        if len(line) + (end >= 0) > room:
            raise Refused("header_too_long")
        if end < 0:
            self.facts.add("cut in the head")
            raise Refused("reply_cut" if self.data else "connection_lost")
        self.at = end + 1
        self.head_length += len(line) + 1
        if not line.endswith(b"\r"):
            self.facts.add("bare LF")
            return line
        return line[:-1]

    def checked(self, line):
        if b"\0" in line or b"\r" in line:
            raise Refused("malformed_header")
        return line

    def section(self):
        """Fields up to an empty line, folded ones joined."""
        fields = []
        while True:
            line = self.checked(self.line())
            if not line:
                return fields
            if line[:1] in b" \t":
                self.fold(fields, line.strip(b" \t"))
                continue
            match = FIELD.fullmatch(line)
            if not match:
                raise Refused("malformed_header")
            self.field_count += 1
            if self.field_count > MAX_FIELDS:
                raise Refused("header_too_long")
            name, value = match.group(1), match.group(2).strip(b" \t")
            self.peculiar(name, value)
            if match.group(2)[-1:] in (b" ", b"\t"):
                self.facts.add("blank after " + name.lower().decode())
            fields.append((name.lower(), value))

    def fold(self, fields, text):
        if not fields:
            raise Refused("malformed_header")
        self.facts.add("folded")
        self.peculiar(b"A", text)
        name, value = fields[-1]
        if name in (b"connection", b"content-length", b"transfer-encoding"):
            self.facts.add("folded " + name.decode())
        fields[-1] = (name, b" ".join(part for part in (value, text) if part))

    def peculiar(self, name, value):
        if not TOKEN.fullmatch(name):
            self.facts.add("name that is no token")
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value):
            self.facts.add("control byte in a value")
        if name.lower() == b"proxy-connection":
            self.facts.add("Proxy-Connection")

    # ---- the head

    def status_line(self):
        line = self.line(can_be_status_line)
        if len(line) < 12:
            raise Refused("not_http")
        self.checked(line)
        match = STATUS_LINE.fullmatch(line)
        if not match:
            raise Refused("not_http")
        if not match.group(3):
            self.facts.add("no space after the status")
        if match.group(3) and re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", match.group(3)):
            self.facts.add("control byte in the reason phrase")
        if match.group(1) not in b"01":
            self.facts.add("minor version above 1")
        return int(match.group(1)), int(match.group(2))

    def values(self, name):
        return [value for field, value in self.fields if field == name]

    def members(self, name):
        return [member.strip(b" \t") for value in self.values(name) for member in value.split(b",")]

    def read(self):
        while True:
            minor, self.status = self.status_line()
            self.fields = self.section()
            options = [option.lower() for option in self.members(b"connection")]
            if b"close" in options or (minor == 0 and b"keep-alive" not in options):
                self.closes = True
            if self.status >= 200:
                break
            self.interim()
        self.connection(minor, options)
        if self.status in (204, 304):
            self.no_body()
        elif self.values(b"transfer-encoding"):
            self.coded(minor)
        elif self.values(b"content-length"):
            self.sized()
        else:
            self.facts.add("no length")
            self.until_end()

    def connection(self, minor, options):
        """What parsers take for the fate of the connection."""
        if len(self.values(b"connection")) > 1:
            self.facts.add("several Connection fields")
        if any(value.lower().find(b"close") > 0 for value in self.values(b"connection")):
            self.facts.add("close is not the first option")
        if minor == 0 and b"close" in options and b"keep-alive" in options:
            self.facts.add("both close and keep-alive in HTTP/1.0")
        if minor == 0 and self.values(b"keep-alive"):
            self.facts.add("Keep-Alive in HTTP/1.0")
        for name in b"close", b"keep-alive":
            if any(name in option and option != name for option in options):
                self.facts.add("connection option like " + name.decode())

    def interim(self):
        if self.status == 101:
            raise Refused("unexpected_upgrade")
        if self.status != 100:
            self.facts.add("interim response other than 100")
        if self.closes:
            self.facts.add("interim response that closes")
        self.no_body()
        self.interim_length += self.head_length
        self.note_head()
        self.head_length = self.field_count = 0
        if self.interim_length > MAX_BODY:
            raise Refused("header_too_long")

    def note_head(self):
        self.longest_head = max(self.longest_head, self.head_length)
        self.most_fields = max(self.most_fields, self.field_count)

    def no_body(self):
        """Terminated by the head, whatever its fields say."""
        self.facts.add("no body")
        lengths = self.members(b"content-length")
        if len(lengths) > 1:
            self.facts.add("length given twice")
        if self.values(b"transfer-encoding"):
            self.facts.add("no body, but a coding")
            self.closes = True
        if any(not re.fullmatch(rb"0+", length) for length in lengths):
            self.facts.add("no body, but a length")
            self.closes = True

    # ---- bodies

    def sized(self):
        lengths = self.members(b"content-length")
        if not all(re.fullmatch(rb"\d+", length) for length in lengths):
            raise Refused("ambiguous_length")
        numbers = {min(int(length), MAX_BODY + 1) for length in lengths}
        if len(numbers) > 1:
            raise Refused("ambiguous_length")
        if len(lengths) > 1:
            self.facts.add("length given twice")
        length = numbers.pop()
        if length > MAX_BODY:
            raise Refused("body_too_long")
        self.body = self.data[self.at:self.at + length]
        self.at += length
        if len(self.body) < length:
            raise Refused("reply_cut")

    def until_end(self):
        self.closes = True
        self.body = self.data[self.at:]
        self.at = len(self.data)
        if len(self.body) > MAX_BODY:
            raise Refused("body_too_long")

    def coded(self, minor):
        codings = self.values(b"transfer-encoding")
        if self.values(b"content-length"):
            raise Refused("ambiguous_length")
        if minor == 0 or [coding.lower() for coding in codings] != [b"chunked"]:
            raise Refused("transfer_coding")
        while self.chunk():
            pass
        before = self.at
        self.section()
        if self.at - before > 4096:
            self.facts.add("trailers above 4 KiB")

    def chunk_line(self):
        """A line between chunks without its end."""
        end = self.data.find(b"\n", self.at)
        if end < 0:
            return self.data[self.at:], False
        line = self.data[self.at:end]
        if not line.endswith(b"\r"):
            self.facts.add("bare LF in the chunks")
        self.at = end + 1
        return line[:-1] if line.endswith(b"\r") else line, True

    def chunk(self):
        line, whole = self.chunk_line()
        self.chunk_size(line if whole or not line.endswith(b"\r") else line[:-1], whole)
        size = int(CHUNK_SIZE.match(line).group(1), 16)
        if size == 0:
            return False
        data = self.data[self.at:self.at + size]
        self.body += data
        self.at += size
        if len(data) < size:
            raise Refused("reply_cut")
        line, whole = self.chunk_line()
        if not whole and line in (b"", b"\r"):
            raise Refused("reply_cut")
        if line or not whole:
            raise Refused("malformed_chunk")
        return True

    def chunk_size(self, line, whole):
        """Checks it in the order in which its bytes come."""
        match = CHUNK_SIZE.match(line)
        digits = match.group(1) if match else b""
        for count in range(1, len(digits) + 1):
            if count > 16:
                raise Refused("malformed_chunk")
            if int(digits[:count], 16) > MAX_BODY - len(self.body):
                raise Refused("body_too_long")
        extension = match.group(2) if match else b""
        room = MAX_HEAD - self.head_length
        if len(extension) > room:
            raise Refused("header_too_long")
        self.head_length += len(extension)
        if (not match and (line or whole)) or (match and match.end() < len(line)):
            raise Refused("malformed_chunk")
        if extension.strip(b" \t"):
            self.facts.add("chunk extension")
        elif extension:
            self.facts.add("blank after a chunk size")
        if re.search(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]", extension):
            self.facts.add("odd byte in a chunk extension")
        if not whole:
            raise Refused("reply_cut")


def can_be_status_line(line):
    start = line[:12]
    return (all(byte in b"0123456789" if sample == 48 else byte == sample
                for byte, sample in zip(start, b"HTTP/1.0 000")) and
            (len(line) <= 12 or line[12:13] in b" \r"))
