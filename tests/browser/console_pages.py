# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The sandbox's console, used in a browser: sessionpay-sandbox -- python3 tests/browser/console_pages.py"""

import base64
import contextlib
import email.utils
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time

from rig import (ENV, URL, Keys, http as send, journey, look_everywhere, many, run, sandbox, tap)

ROWS = "#requests .attempt"


def connect(date=None, key="order-77", flaw=None):
    """A signed request at Connect."""
    date = date or email.utils.formatdate(usegmt=True)
    path = "/v1/%s/sessions" % ENV["SPAY_CONNECT_MERCHANT_ID"]
    text = "POST\napplication/json\n%s\nx-gcs-idempotence-key:%s\n%s\n" % (date, key, path)
    signature = hmac.new(ENV["SPAY_CONNECT_SECRET_API_KEY"].encode(), (text[:-1] if flaw else text).encode(), hashlib.sha256).digest()
    return send("POST", URL + path, {}, {
        "Content-Type": "application/json", "Date": date, "X-GCS-Idempotence-Key": key,
        "Authorization": "GCS v1HMAC:%s:%s" % (ENV["SPAY_CONNECT_API_KEY_ID"], base64.b64encode(signature).decode())})[0]


def hosted_fields(key):
    """A bearer token, and a session with it."""
    token = json.loads(send("POST", URL + "/authorize", b"", {"x-api-key": ENV["SPAY_HOSTED_FIELDS_API_KEY"]})[2])
    return send("POST", URL + "/v1/processing-terminals/7702014/hosted-fields-sessions",
                {"scenario": "payment", "libVersion": "1.7.0.261457"},
                {"Authorization": "Bearer " + token["access_token"], "Content-Type": "application/json",
                 "Idempotency-Key": key})[0]


def open_console(browser):
    browser.open(URL + "/")
    browser.until_text("#live", "live")


def busy():
    """What a program with trouble leaves in the journal."""
    sandbox.fault(status=503, path="/session_tokens", count=2)
    for _ in range(3):
        sandbox.wepay("order-1001-8c7f")
    sandbox.wepay("order-1001-8c7f")
    sandbox.wepay("order-1002-11ab", token="wrong")
    connect()
    connect(flaw="no line feed")
    hosted_fields("9c5b94b1-35ad-49bb-b118-8e8fc24abf80")
    sandbox.fault(close="middle", path="/session_tokens")
    sandbox.wepay("order-1003-77aa")
    sandbox.wepay("order-1003-77aa")
    sandbox.wepay("order-1004-" + "5" * 30, **{"X-Note": "<b>"})


@journey("requests appear as they arrive, with status and time")
def live(browser):
    open_console(browser)
    assert "No request yet" in browser.text("#nothing")
    sandbox.wepay("a")
    browser.until(lambda: len(browser.all(ROWS)) == 1, "a first row")
    sandbox.wepay("b", token="wrong")
    browser.until(lambda: len(browser.all(ROWS)) == 2, "a second row")
    statuses = browser.texts(ROWS + " .status")
    assert statuses == ["403", "201"], statuses
    browser.until_text("#counts", "1 failed")
    browser.until_text("#latency-text", "median")


@journey("attempts with one key are a group: retries and a replay are told apart")
def grouping(browser):
    open_console(browser)
    sandbox.fault(status=503, count=2)
    for _ in range(4):
        sandbox.wepay("order-1")
    sandbox.wepay("order-2")
    sandbox.wepay("order-1", account="another-account")
    browser.until(lambda: len(browser.all(ROWS)) == 6, "six rows")
    browser.until_text(".several .title", "5 requests")
    assert browser.texts(".several .kind") == ["first", "↻ retry 1", "↻ retry 2", "⟲ replay", "≠ other body"], \
        browser.texts(".several .kind")
    assert browser.texts(".several .status")[:4] == ["503", "503", "201", "201"]
    assert len(browser.all("#requests > li")) == 2
    browser.until_text("#counts", "1 replayed")


@journey("faults are set by a click, shown while they wait, and cleared")
def faults(browser):
    open_console(browser)
    assert not browser.one("#waiting").is_displayed()
    browser.click("[data-fault*='503']")
    browser.until_text("#waiting-list", "status:503")
    assert sandbox.wepay("a") == 503
    browser.until(lambda: not browser.one("#waiting").is_displayed(), "the fault is used up")
    browser.one("#fault-count option[value='2']").click()
    browser.one("#fault-path option[value='/session_tokens']").click()
    browser.click("[data-fault*='429']")
    browser.until_text("#waiting-list", "× 2")
    assert (hosted_fields("6b9b94b1-35ad-49bb-b118-8e8fc24abf80"), sandbox.wepay("b")) == (201, 429)
    browser.click("#clear-faults")
    browser.until(lambda: sandbox.state()["faults"] == 0, "no fault waits")
    assert sandbox.wepay("c") == 201
    browser.one("#fault-count option[value='1']").click()
    for fault, end in (("middle", "cut"), ("after_processing", "no answer")):
        browser.click("[data-fault*='%s']" % fault)
        browser.until_text("#waiting-list", fault)
        sandbox.wepay(fault)
        browser.until(lambda end=end: end in browser.texts(ROWS + " .status"), end)
    assert sandbox.wepay("after_processing") == 201
    browser.until_text(".several .kind", "replay")


@journey("a delayed request is shown as waiting, then answered")
def delay(browser):
    open_console(browser)
    sandbox.fault(delay_ms=700)
    thread = threading.Thread(target=sandbox.wepay)
    thread.start()
    browser.until_text("#requests .status", "waiting")
    browser.click(ROWS, 0)
    browser.until_text("#detail", "Not answered yet")
    thread.join()
    browser.until_text("#detail h2", "201")
    browser.until_text("#requests .status", "201")


@journey("tokens are expired by a click, and a reset empties the page")
def expire(browser):
    open_console(browser)
    hosted_fields("7b9b94b1-35ad-49bb-b118-8e8fc24abf80")
    assert sandbox.state()["bearer_tokens"] == 1
    browser.click("#expire")
    browser.until(lambda: sandbox.state()["bearer_tokens"] == 0, "expired")
    browser.until(lambda: len(browser.all(ROWS)) == 2, "two rows")
    browser.click("#reset")
    browser.until(lambda: not browser.all(ROWS), "no rows")
    assert sandbox.state()["journal"]["requests"] == 0
    sandbox.wepay()
    browser.until(lambda: len(browser.all(ROWS)) == 1, "a row after the reset")


def secrets_of_journal():
    """Everything in the journal that a page must not show unasked."""
    found = {ENV["SPAY_WEPAY_APP_TOKEN"], ENV["SPAY_HOSTED_FIELDS_API_KEY"]}
    for entry in sandbox.requests():
        answer = json.loads(entry["answer"]["body"])
        found |= {answer[name] for name in ("access_token", "session_token", "token", "clientSessionId") if name in answer}
        found |= {dict(entry["headers"]).get("Authorization", "Bearer none").split(":")[-1].split(" ")[-1]}
    return found - {"none"}


def open_row(browser, text):
    """The request of the newest row that has this text."""
    browser.until_text(ROWS, text)
    browser.click("[data-number='%s']" % browser.script(
        "return [...document.querySelectorAll(arguments[0])].find((e) => e.innerText.includes(arguments[1])).dataset.number",
        ROWS, text))
    browser.visible("#detail h2")


@journey("secrets are masked, in headers and in bodies")
def masked(browser):
    open_console(browser)
    sandbox.wepay()
    connect()
    hosted_fields("8b9b94b1-35ad-49bb-b118-8e8fc24abf80")
    secrets = secrets_of_journal()
    assert len(secrets) == 7, secrets
    for call in ("WePay", "Payroc identity", "Payroc Hosted Fields", "Worldline"):
        open_row(browser, call)
        browser.until_text("#detail .facts", call)
        for language in ("c", "curl"):
            page = browser.script("return document.documentElement.outerHTML")
            assert not [s for s in secrets if s in page], (call, language)
            browser.click(".choice button", 1 if language == "c" else 0)


@journey("a click shows the secrets of one request, another hides them", secrets=True)
def revealed(browser):
    open_console(browser)
    sandbox.wepay()
    sandbox.wepay("other")
    browser.until(lambda: len(browser.all(ROWS)) == 2, "two rows")
    open_row(browser, "WePay")
    browser.click(".headers .secret")
    browser.until_text(".headers", ENV["SPAY_WEPAY_APP_TOKEN"])
    token = json.loads(sandbox.requests()[1]["answer"]["body"])["session_token"]
    assert token in browser.text("#detail")
    assert ENV["SPAY_WEPAY_APP_TOKEN"] in browser.text("#again")
    browser.click("#secrets")
    browser.until(lambda: token not in browser.text("#detail"), "hidden again")
    browser.click("#secrets")
    browser.until_text("#detail", token)
    browser.click(ROWS, 1)
    browser.until(lambda: ENV["SPAY_WEPAY_APP_TOKEN"] not in browser.text("#detail"), "another request is masked")


HOSTILE = "<img src=/x onerror=alert(1)></script><svg/onload=alert(2)>'\"${alert(3)}"


@journey("markup in path, headers, key and body stays text")
def hostile(browser):
    open_console(browser)
    sandbox.wepay("key-" + HOSTILE.replace(" ", "_"), account=HOSTILE, **{"X-Note": HOSTILE})
    send("POST", URL + "/session_tokens/%3Cb%3E?<script>alert(4)</script>".replace(" ", "+"), HOSTILE.encode(),
         {"Content-Type": "text/html"})
    browser.until(lambda: len(browser.all(ROWS)) == 2, "two rows")
    assert "<script>alert(4)</script>" in browser.text("#requests")
    for row in (0, 1):
        browser.click(ROWS, row)
        browser.until_text("#detail", HOSTILE if row == 0 else "X-Note")
        for language in (1, 0):
            browser.click(".choice button", language)
    assert HOSTILE in browser.text("#detail .headers")
    assert not browser.all("#requests :is(img, script, svg, b), #detail :is(img, script, svg, b)")
    sandbox.fault(status=500, body="<h1>" + HOSTILE, name=HOSTILE)
    browser.until_text("#waiting-list", HOSTILE)
    sandbox.wepay("x")
    browser.until_text("#requests .fault", HOSTILE)


@journey("why a signature was refused, and the string to sign")
def signature(browser):
    open_console(browser)
    connect(key="right")
    connect(key="late", date="Tue, 03 Mar 2026 09:15:42 GMT")
    connect(key="wrong", flaw="no line feed")
    browser.until(lambda: len(browser.all(ROWS)) == 3, "three rows")
    browser.click(ROWS, 0)
    browser.until_text(".reason", "it fits without the line feed at the end")
    assert "x-gcs-idempotence-key:wrong⏎" in browser.text("#detail pre")
    assert browser.all(".verdict.bad")
    browser.click(ROWS, 1)
    browser.until_text(".reason", "Date is")
    browser.click(ROWS, 2)
    browser.until_text(".verdict.good", "fits")
    assert not browser.all(".reason")


def comparable(entry):
    """What two requests must have in common to be the same; Date and what depends on it may differ."""
    headers = {name.lower(): value for name, value in entry["headers"]}
    changing = ("date", "authorization", "host", "connection", "accept-encoding")
    return (entry["method"], entry["path"], entry["body"],
            {name: value for name, value in headers.items() if name not in changing}, entry["answer"]["status"])


def quickstart():
    """The library's requests at all APIs."""
    done = subprocess.run([os.path.join(ENV["BUILD"], "examples", "quickstart")], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return sandbox.requests()


def lines(browser, number, language):
    """What the console offers to make a request again."""
    browser.one("[data-number='%d']" % number).click()
    browser.one("#detail[data-number='%d']" % number)
    browser.click(".choice button", language)
    return browser.script("return document.querySelector('#again code').textContent")


def numbers(browser):
    return sorted(int(row.get_attribute("data-number")) for row in browser.all(ROWS))


def client_session(entries):
    """The client session of a journal, which no variable of the sandbox holds."""
    connect_answer = next(e for e in entries if e["path"] == "/v1/4217/sessions")
    return dict(ENV, CLIENT_SESSION_ID=json.loads(connect_answer["answer"]["body"])["clientSessionId"])


@journey("the curl lines make the same requests")
def curl(browser):
    open_console(browser)
    entries = quickstart()
    browser.until(lambda: len(browser.all(ROWS)) == len(entries), "rows")
    for number, entry in zip(numbers(browser), entries):
        open_and_compare = lines(browser, number, 0)
        done = subprocess.run(["sh", "-euc", open_and_compare], env=client_session(entries), capture_output=True, check=False)
        assert done.returncode == 0, (open_and_compare, done.stderr)
        again = sandbox.requests(entry["path"].split("?")[0])[-1]
        assert comparable(again) == comparable(entry), (comparable(again), comparable(entry), open_and_compare)


def compile_and_run(text, environment):
    """The lines as the body of main()."""
    with tempfile.TemporaryDirectory() as work:
        source, program = os.path.join(work, "again.c"), os.path.join(work, "again")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#include <sessionpay/sessionpay.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
                       "int main(void)\n{\n%s\n}\n" % text)
        subprocess.run([*ENV["CC"].split(), *ENV["CFLAGS"].split(), "-std=c99", "-Wall", "-Wextra", "-Werror",
                        "-I" + os.path.join(ENV["SRCDIR"], "include"),
                        source, *ENV["STATIC"].split(), "-o", program, *ENV["LIBRARIES"].split()], check=True)
        return subprocess.run([program], env=environment, capture_output=True, check=True).stdout


@journey("the C lines compile, and make the same requests")
def c_lines(browser):
    open_console(browser)
    entries = quickstart()
    browser.until(lambda: len(browser.all(ROWS)) == len(entries), "rows")
    made = 0
    for number, entry in zip(numbers(browser), entries):
        text = lines(browser, number, 1)
        if text.startswith("/* The library asks for bearer tokens itself"):
            continue
        compile_and_run(text, client_session(entries))
        again = sandbox.requests(entry["path"])[-1]
        assert comparable(again) == comparable(entry), (comparable(again), comparable(entry), text)
        made += 1
    assert made == len(entries) - 1, made


class Foreign(http.server.BaseHTTPRequestHandler):
    """A page of somebody else on this machine."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>elsewhere</title>")

    def log_message(self, *arguments):
        pass


elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
ELSEWHERE = ["http://%s:%d" % (host, elsewhere.server_port) for host in ("127.0.0.1", "localhost")]

ATTACK = """
const [url, done] = arguments;
const quiet = (promise) => promise.then((r) => r.text(), () => "refused");
const form = document.createElement("form");
form.action = url + "/_sandbox/reset"; form.method = "post"; form.target = "frame";
const frame = document.createElement("iframe"); frame.name = "frame";
document.body.append(form, frame);
form.submit();
const events = new EventSource(url + "/_sandbox/console/events");
let heard = "";
events.onmessage = (message) => { heard += message.data; };
const refused = new Promise((resolve) => { events.onerror = resolve; });
const script = document.createElement("script");
script.src = url + "/_sandbox/requests";
const loaded = new Promise((resolve) => { script.onload = () => resolve("loaded"); script.onerror = () => resolve("refused"); });
document.body.append(script);
const posts = ["reset", "expire", "faults"].map((name) => quiet(fetch(url + "/_sandbox/" + name, {
    method: "POST", mode: "no-cors", body: '{"status":503}', headers: {"Content-Type": "text/plain"}})));
Promise.all([refused, loaded, quiet(fetch(url + "/_sandbox/requests")),
             quiet(fetch(url + "/_sandbox/faults", {method: "DELETE"})), ...posts])
    .then(([, script, read]) => done({heard, script, read}));
"""


@journey("pages of other origins and other sites can neither write nor read", failing_loads=True)
def foreign(browser):
    for origin in ELSEWHERE:
        hosted_fields("9b9b94b1-35ad-49bb-b118-8e8fc24abf80")
        sandbox.fault(status=500, path="/nowhere")
        before = sandbox.state()
        browser.open(origin + "/")
        result = browser.driver.execute_async_script(ATTACK, URL)
        assert result == {"heard": "", "script": "refused", "read": "refused"}, result
        assert sandbox.state() == before, (before, sandbox.state())
        browser.script("const link = document.createElement('a'); link.href = arguments[0] + '/'; link.click()", URL)
        browser.until_text("#live", "live")
        sandbox.reset()
    list(browser.driver.get_log("browser"))  # that it was refused


@journey("keyboard alone: filter, list, request, back; focus survives new requests")
def keyboard(browser):
    open_console(browser)
    for key in ("a", "b", "c"):
        sandbox.wepay(key)
    browser.until(lambda: len(browser.all(ROWS)) == 3, "three rows")
    focused = "return document.activeElement.id || document.activeElement.dataset.number"
    order = [row.get_attribute("data-number") for row in browser.all(ROWS)]
    browser.one("#pause").send_keys(Keys.TAB)
    browser.until(lambda: browser.script(focused) == order[0] or browser.keys(Keys.TAB), "the first row")
    browser.keys(Keys.ARROW_DOWN)
    assert browser.script(focused) == order[1]
    sandbox.wepay("d")
    browser.until(lambda: len(browser.all(ROWS)) == 4, "a fourth row")
    assert browser.script(focused) == order[1]
    browser.keys(Keys.ENTER)
    browser.visible("#detail h2")
    browser.until(lambda: browser.script(focused) == "detail", "focus goes to the request")
    browser.keys(Keys.ESCAPE)
    assert browser.script(focused) == order[1]
    assert not browser.one("#detail").is_displayed()
    browser.until_text("#said", "new request")


@journey("the filter, failures only, pause")
def filtered(browser):
    open_console(browser)
    sandbox.wepay("blue")
    sandbox.wepay("green", token="wrong")
    connect(key="red")
    browser.until(lambda: len(browser.all(ROWS)) == 3, "three rows")
    browser.one("#filter").send_keys("GREEN")
    browser.until(lambda: len(browser.all(ROWS)) == 1, "one row")
    browser.one("#filter").clear()
    browser.one("#filter").send_keys("201")
    browser.until(lambda: browser.texts(ROWS + " .status") == ["201"], "that with the status")
    browser.one("#filter").clear()
    browser.one("#filter").send_keys(Keys.SPACE)
    browser.click("#failed")
    browser.until(lambda: browser.texts(ROWS + " .status") == ["403"], "the failure")
    browser.click("#failed")
    browser.click("#pause")
    sandbox.wepay("yellow")
    browser.until_text("#counts", "4 requests")
    assert len(browser.all(ROWS)) == 3
    browser.click("#pause")
    browser.until(lambda: len(browser.all(ROWS)) == 4, "four rows")


@contextlib.contextmanager
def own_sandbox(port=0):
    """Another sandbox, on a port that may be given. Its URL, and the port."""
    program = os.path.join(ENV["BUILD"], "bin", "sessionpay-sandbox")
    with subprocess.Popen([program, "--http", "--until-eof", "--port", str(port)], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        url = json.loads(process.stdout.readline())["base_url"]
        yield url, int(url.rsplit(":", 1)[1])
        process.stdin.close()


@journey("a sandbox that ends and starts again is followed afresh", failing_loads=True)
def restarted(browser):
    with own_sandbox() as (url, port):
        browser.open(url + "/")
        browser.until_text("#live", "live")
        send("POST", url + "/session_tokens", {})
        browser.until(lambda: len(browser.all(ROWS)) == 1, "a row")
    browser.until_text("#live", "reconnecting")
    with own_sandbox(port):
        browser.until_text("#live", "live")
        browser.until(lambda: not browser.all(ROWS), "no rows")
        send("POST", url + "/session_tokens", {})
        browser.until(lambda: len(browser.all(ROWS)) == 1, "a row of the new one")
        browser.open("about:blank")


NEXT_PAINT = """
const [count, done] = arguments;
const wanted = () => document.querySelectorAll("#requests .attempt").length &&
    document.querySelector("#counts").textContent.startsWith(count);
const look = () => wanted() ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
look();
"""


@journey("10,000 requests: the page shows the latest, follows on, and keeps no more than the journal")
def ten_thousand(browser):
    many(10000)
    browser.open(URL + "/")
    painted = browser.driver.execute_async_script(NEXT_PAINT, "10000")
    assert len(browser.all(ROWS)) == 200
    updates = []
    for i in range(20):
        sandbox.wepay("update-%d" % i)
        sent = time.time()
        wall = browser.driver.execute_async_script(
            NEXT_PAINT.replace("performance.now()", "performance.timeOrigin + performance.now()"), str(10001 + i))
        updates.append(wall - sent * 1000)
    heap = browser.cdp("Runtime.getHeapUsage")["usedSize"] / 1e6
    print("#   first paint of 10,000 requests after %.0f ms; updates %.0f ms in the median, %.0f ms at most; "
          "%.0f MB of heap" % (painted, sorted(updates)[10], max(updates), heap))
    browser.click("#older")
    browser.until(lambda: len(browser.all(ROWS)) == 400, "older rows")
    many(12000)  # the journal keeps 20,000
    browser.until_text("#counts", "dropped")
    browser.until_text("#counts", "20000 requests")
    assert browser.cdp("Runtime.getHeapUsage")["usedSize"] < 100e6


@journey("accessible, and no wider than the screen: light and dark, desktop and phone")
def accessible(browser):
    open_console(browser)
    views = [("empty", lambda: None), ("list", busy), ("refused", lambda: open_row(browser, "403")),
             ("faults", lambda: (sandbox.fault(status=503, path="/session_tokens", count=2), sandbox.fault(delay_ms=5000)))]
    for name, prepare in views:
        prepare()
        if name == "list":
            browser.until(lambda: len(browser.all(ROWS)) == 12, "rows")
        if name == "faults":
            browser.keys(Keys.ESCAPE)
            browser.until_text("#waiting-list", "delay")
        look_everywhere(browser, "console-" + name)


run(*ELSEWHERE, "http://127.0.0.1")
tap.done()
