# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""sessionpay flight, with records of the library and with records that nobody should trust."""

import html.parser
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import ENV, PROGRAM, Sandbox, leaks, run  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
sandbox = Sandbox()
work = tempfile.TemporaryDirectory()
SVG = "{http://www.w3.org/2000/svg}"
FORMATS = [[], ["--svg"], ["--html"], ["--json"]]


def attempt(**members):
    """A record's attempt that begins at 1000 and takes 100 ms."""
    entry = {"at_ms": 1100, "provider": "wepay", "operation": "session_create", "attempt": 1, "status": "SPAY_OK",
             "decision": "succeed", "delay_ms": 0, "http_status": 201, "elapsed_ms": 100, "name_lookup_us": 10000,
             "connect_us": 20000, "tls_us": 50000, "first_byte_us": 90000, "total_us": 100000}
    entry.update(members)
    return entry


def flight(record, *arguments, **options):
    path = os.path.join(work.name, "record.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(record if isinstance(record, str) else json.dumps(record))
    return run("flight", path, *arguments, **options)


def segments(record, index=0):
    return [(part["name"], part["from_ms"], part["to_ms"])
            for part in flight(record, "--json").json["attempts"][index]["segments"]]


# -- Times

record = {"attempts": [attempt()]}
tap.equal(segments(record), [("name lookup", 0, 10), ("connect", 10, 20), ("TLS", 20, 50),
                             ("wait for first byte", 50, 90), ("read reply", 90, 100)], "each segment has its time")
reused = attempt(name_lookup_us=0, connect_us=0, tls_us=0)
tap.equal(segments({"attempts": [reused]}), [("wait for first byte", 0, 90), ("read reply", 90, 100)],
          "a reused connection has neither lookup nor TLS")
lost = attempt(status="SPAY_E_TIMEOUT", http_status=0, first_byte_us=-1, total_us=-1, decision="retry", delay_ms=50)
record = {"attempts": [lost, attempt(at_ms=1250)]}
tap.equal(segments(record)[-2:], [("not known", 50, 100), ("pause before the next", 100, 150)],
          "what is not known is shown as that, and the pause after it")
tap.equal(segments(record, 1)[0], ("name lookup", 150, 160), "the next attempt is on the same scale")
result = flight(record)
bars = re.findall(r"^  \|(.{64})\|$", result.out, flags=re.M)
tap.ok(len(bars) == 2 and re.fullmatch(r"N+C+T+\?+\.+ +", bars[0]) and re.fullmatch(r" +N+C+T+W+R+", bars[1]),
       "bars on a terminal", result)
tap.ok("SPAY_E_TIMEOUT" in result.out and "retry" in result.out, "with status and decision")

# -- Pictures

root = xml.fromstring(flight(record, "--svg").out)
titles = [rect.find(SVG + "title").text for rect in root.iter(SVG + "rect") if rect.find(SVG + "title") is not None]
tap.ok(len(titles) == 5 + 5 and "TLS 30.0 ms" in titles, "SVG: a rectangle for each segment", titles)
tap.ok(all(0 <= float(rect.get("x", 0)) <= 900 for rect in root.iter(SVG + "rect")), "SVG: all inside the picture")


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.rows = 0
        self.foreign = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.rows += tag == "tr"
        self.foreign += [tag] if tag in ("script", "img", "link", "iframe", "b") else []
        self.foreign += [name for name, _ in attrs if name.startswith("on") or name in ("href", "src")]


page = Page(flight(record, "--html").out)
tap.equal((page.rows, page.foreign), (3, []), "HTML: a row for each attempt, no script, nothing from elsewhere")

# -- Records that nobody should trust

EVIL = "</text><script>alert(1)</script>\"'&<b onload=x>\x1b[2J\x07\u009b2J\n"
evil = {"attempts": [attempt(**{name: EVIL for name in ("provider", "operation", "status", "decision", "message", "host",
                                                       "reason", "phase", "provider_code", "request_id", "route")})]}
page = Page(flight(evil, "--html").out)
tap.equal(page.foreign, [], "HTML: texts are escaped")
tap.ok(xml.fromstring(flight(evil, "--svg").out) is not None, "SVG: texts are escaped")
out = flight(evil).out
tap.ok(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", out), "no control characters reach the terminal", repr(out))
cut = {"attempts": [attempt(operation="a" + "\u00e9" * 40)]}
tap.ok(xml.fromstring(flight(cut, "--svg").out) is not None, "SVG: a text that is cut is valid")
for name, odd in (("numbers", attempt(at_ms=1e300, elapsed_ms=-1e300, total_us=1e18, delay_ms=-5)),
                  ("texts for numbers", attempt(at_ms="x", elapsed_ms=None, total_us=[], delay_ms={})),
                  ("numbers for texts", attempt(provider=1, operation=2, status=3, message=4)),
                  ("nothing", {}), ("times that go back", attempt(connect_us=5000, tls_us=1000, total_us=1))):
    results = [flight({"attempts": [odd, attempt()]}, *arguments) for arguments in FORMATS]
    tap.equal([result.status for result in results], [0] * len(FORMATS), "odd members: " + name)
tap.equal([flight({"attempts": []}, *arguments).status for arguments in FORMATS], [0] * len(FORMATS), "no attempts")
for name, bad in (("no JSON", "{"), ("empty", ""), ("no list", {"attempts": 1}), ("no objects", {"attempts": [1]}),
                  ("too many", {"attempts": [{}] * 1001}), ("a list", [])):
    tap.equal([flight(bad, *arguments).status for arguments in FORMATS], [2] * len(FORMATS), "refused: " + name)
for path in (os.path.join(work.name, "none"), work.name, "/dev/zero"):
    tap.equal(run("flight", path).status, 2, "refused: " + os.path.basename(path))
tap.equal(flight(record, "--svg", "--html").status, 2, "one format at a time")

# -- Colours


def on_terminal(**env):
    """What appears on a terminal."""
    ours, theirs = pty.openpty()
    path = os.path.join(work.name, "record.json")
    variables = {name: value for name, value in ENV.items() if name != "NO_COLOR"}
    with subprocess.Popen([PROGRAM, "flight", path], stdout=theirs, env=dict(variables, TERM="xterm", **env)) as process:
        os.close(theirs)
        text = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            text += piece
        process.wait()
    os.close(ours)
    return text.decode()


flight(record)
tap.ok("\x1b[31m" in on_terminal(), "a terminal shows colours")
tap.ok("\x1b" not in on_terminal(NO_COLOR="1"), "not with NO_COLOR")
tap.ok("\x1b" not in flight(record, env={"TERM": "xterm"}).out, "nor into a file")

# -- The library's own

for product in ("wepay", "hosted-fields", "connect", "apple-pay"):
    sandbox.reset()
    sandbox.fault(path="session", status=503, body={"message": ENV["SPAY_WEPAY_APP_TOKEN"]})
    path = os.path.join(work.name, product)
    run("create", product, "--flight-record", path)
    results = [run("flight", path, *arguments) for arguments in FORMATS]
    tap.ok(all(result.status == 0 for result in results) and "HTTP 503" in results[0].out and
           "TLS" in results[0].out, product + ": a record of the library", results[0])
    tap.equal(leaks("".join(result.all for result in results)), [], product + ": holds no secret")
tap.done()
