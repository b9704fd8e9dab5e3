# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""A headless Chromium, journeys through pages, and what must hold after each of them.

A journey is a function with @journey. run() plays them one after the other in one browser, a line of
TAP each. A journey has failed when it raises, and also when the browser reports an error or a violation
of the Content-Security-Policy, when anything but this machine was asked, and when a credential is found
in the page, in storage or in what went over the network.
"""

import base64
import http.client as http_client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import traceback
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from tap import Tap, skip_all  # noqa: E402

try:
    from selenium import webdriver
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.chrome.service import Service
except ImportError:
    skip_all("python3-selenium is not installed; ./bootstrap browser installs it")

for needed in ("chromium", "chromedriver"):
    if not shutil.which(needed):
        skip_all(needed + " is not installed; ./bootstrap browser installs it")

ENV = os.environ
URL = ENV["SPAY_SANDBOX_URL"]
AXE = os.path.join(ENV.get("SRCDIR", "."), "build", "axe-core", "axe.min.js")
SHOTS = ENV.get("SPAY_SCREENSHOTS")
WAIT_S = 20

# What a page must never hold.
CREDENTIALS = [ENV[name] for name in ("SPAY_WEPAY_APP_TOKEN", "SPAY_HOSTED_FIELDS_API_KEY",
                                      "SPAY_CONNECT_SECRET_API_KEY")]

tap = Tap()
tls = ssl.create_default_context(cafile=ENV.get("SPAY_CA_FILE"))


# -- The sandbox ----------------------------------------------------------------------------------

def http(method, url, body=None, headers=()):
    """(status, headers, text), whatever the status."""
    data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
    request = urllib.request.Request(url, data, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S, context=tls) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class Sandbox:
    """The sandbox that runs this program, as seen by its clients."""

    def reset(self):
        http("POST", URL + "/_sandbox/reset", b"")

    def fault(self, **description):
        status, _, text = http("POST", URL + "/_sandbox/faults", description)
        assert status == 200, text

    def requests(self, path=""):
        return json.loads(http("GET", URL + "/_sandbox/requests?path=" + path)[2])["requests"]

    def state(self):
        return json.loads(http("GET", URL + "/_sandbox/state")[2])

    def wepay(self, key="key-1", account=ENV["SPAY_WEPAY_ACCOUNT_ID"], token=ENV["SPAY_WEPAY_APP_TOKEN"], **more):
        headers = {"App-Id": ENV["SPAY_WEPAY_APP_ID"], "App-Token": token, "Api-Version": "3.0",
                   "Content-Type": "application/json", "Unique-Key": key, **more}
        body = {"type": "mobile_session", "mobile_session": {"account_id": account}}
        try:
            return http("POST", URL + "/session_tokens", body, headers)[0]
        except (OSError, http_client.HTTPException):  # a fault closed the connection
            return None


sandbox = Sandbox()


def many(count):
    """So many requests at WePay, pipelined, every tenth of which is refused."""
    url = urllib.parse.urlsplit(URL)
    body = json.dumps({"type": "mobile_session", "mobile_session": {"account_id": ENV["SPAY_WEPAY_ACCOUNT_ID"]}})
    wire = "".join(
        "POST /session_tokens HTTP/1.1\r\nHost: x\r\nApp-Id: %s\r\nApp-Token: %s\r\nApi-Version: 3.0\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        % (ENV["SPAY_WEPAY_APP_ID"], ENV["SPAY_WEPAY_APP_TOKEN"] if i else "wrong", len(body), body)
        for i in range(10)).encode()
    plain = socket.create_connection((url.hostname, url.port), timeout=WAIT_S)
    with tls.wrap_socket(plain, server_hostname=url.hostname) as stream:
        for _ in range(count // 10):
            stream.sendall(wire)
            answers = b""
            while answers.count(b"HTTP/1.1 ") < 10 or not answers.endswith(b"}"):
                answers += stream.recv(65536)


# -- The browser ----------------------------------------------------------------------------------

def start_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", "--disable-default-apps", "--no-first-run", "--disable-extensions",
                     "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,800",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                     *(["--no-sandbox"] if os.getuid() == 0 else [])):
        options.add_argument(argument)
    options.accept_insecure_certs = True
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class Browser:
    """The driver, with what journeys need of it."""

    def __init__(self, driver):
        self.driver = driver
        self.clipboard = None

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def open(self, url):
        self.driver.get(url)

    def until(self, condition, what):
        """The first result of condition that is true; a failure when that takes too long."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            try:
                found = condition()
            except StaleElementReferenceException:  # the page drew it anew in between
                found = None
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError("waited in vain: " + what)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.until(lambda: (self.all(selector) or [None])[0], selector)

    def visible(self, selector):
        return self.until(lambda: next((e for e in self.all(selector) if e.is_displayed()), None), selector)

    def click(self, selector, index=0):
        """A click on the nth of these, as soon as it can be seen."""
        def click():
            found = self.all(selector)
            if len(found) <= index or not found[index].is_displayed():
                return False
            found[index].click()
            return True
        self.until(click, "a click on " + selector)

    def texts(self, selector):
        """The texts of all such elements, in one question: they may change meanwhile."""
        return self.script("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.trim())",
                           selector)

    def text(self, selector):
        return "\n".join(self.texts(selector))

    def until_text(self, selector, wanted):
        return self.until(lambda: wanted in self.text(selector), "%r in %s" % (wanted, selector))

    def keys(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def look(self, scheme="light", phone=False):
        """Colours that the user prefers, and the size of the screen."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        if phone:
            self.cdp("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
        else:
            self.cdp("Emulation.setDeviceMetricsOverride", width=1280, height=800, deviceScaleFactor=1, mobile=False)

    def shoot(self, name):
        """A screenshot, where they are wanted."""
        if not SHOTS:
            return
        os.makedirs(SHOTS, exist_ok=True)
        path = os.path.join(SHOTS, name + ".png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.cdp("Page.captureScreenshot", format="png")["data"]))
        if shutil.which("pngquant"):
            subprocess.run(["pngquant", "--force", "--skip-if-larger", "--ext", ".png", "64", path], check=False)


# -- What must hold -------------------------------------------------------------------------------

class Traffic:
    """What the browser's logs say since they were read last."""

    def __init__(self, browser, allowed):
        self.browser = browser
        self.allowed = allowed

    def problems(self, expected):
        driver = self.browser.driver
        for entry in driver.get_log("browser"):
            failed_load = entry["source"] == "network" and "Failed to load resource" in entry["message"]
            if entry["level"] in ("SEVERE", "WARNING") and not (failed_load and expected):
                yield "%s: %s" % (entry["source"], entry["message"])
        seen = []
        for entry in driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"].startswith("Network."):
                seen.append(message)
                yield from self.elsewhere(message)
        yield from self.leaks(seen)

    def elsewhere(self, message):
        url = message["params"].get("request", {}).get("url")
        if message["method"] == "Network.requestWillBeSent" and not url.startswith(
                ("data:", "blob:", "about:") + tuple(origin + end for origin in self.allowed for end in "/:")):
            yield "a request elsewhere: " + url

    def leaks(self, messages):
        texts = [("network log", json.dumps(messages))]
        for message in messages:
            if message["method"] == "Network.loadingFinished":
                try:
                    body = self.browser.cdp("Network.getResponseBody", requestId=message["params"]["requestId"])
                except Exception:  # pylint: disable=broad-except # the browser has forgotten it
                    continue
                texts.append(("an answer", body["body"]))
        texts += [("the page", self.browser.script("return document.documentElement.outerHTML")),
                  ("storage", self.browser.script("try { return JSON.stringify([{...localStorage}, "
                                                  "{...sessionStorage}, document.cookie]) } catch { return '' }"))]
        bearer = [json.loads(entry["answer"]["body"])["access_token"]
                  for entry in sandbox.requests("/authorize") if entry["answer"] and entry["answer"]["status"] == 200]
        for where, text in texts:
            for secret in CREDENTIALS + bearer:
                if secret in text:
                    yield "a credential in %s: %.12s..." % (where, secret)


def audit(browser, *rules):
    """Serious findings of axe-core: all, or those of some rules."""
    if not os.path.exists(AXE):
        return None
    if not browser.script("return Boolean(window.axe)"):
        with open(AXE, encoding="utf-8") as file:
            browser.cdp("Runtime.evaluate", expression=file.read())
    found = browser.cdp("Runtime.evaluate", expression="axe.run(%s)"
                        % json.dumps({"runOnly": rules} if rules else {}), awaitPromise=True, returnByValue=True)
    violations = found["result"]["value"]["violations"]
    return ["%s (%s): %s" % (v["id"], v["impact"], v["nodes"][0]["html"]) for v in violations
            if v["impact"] in ("serious", "critical")]


def look_everywhere(browser, name):
    """Light and dark, desktop and phone: accessible, no wider than the screen, a screenshot of each."""
    for scheme, phone, rules in (("light", False, []), ("dark", False, ["color-contrast"]), ("light", True, None),
                                 ("dark", True, None)):
        browser.look(scheme, phone)
        wide, screen = browser.script("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide <= screen, (name, phone, wide, screen)
        findings = rules is not None and audit(browser, *rules)
        assert not findings, (name, scheme, findings)
        browser.shoot("%s-%s-%s" % (name, "phone" if phone else "desktop", scheme))
    browser.look()


journeys = []


def journey(name, failing_loads=False, secrets=False):
    """Registers a journey. failing_loads: its pages ask for what is refused. secrets: it reveals them."""
    def register(function):
        journeys.append((name, function, failing_loads, secrets))
        return function
    return register


def play(browser, traffic, function, failing_loads, secrets):
    sandbox.reset()
    browser.look()
    try:
        function(browser)
        trouble = []
    except Exception:  # pylint: disable=broad-except # the reason is shown, the next journey begins
        trouble = [traceback.format_exc(limit=-3)]
    found = list(traffic.problems(failing_loads))
    trouble += [line for line in found if not (secrets and line.startswith("a credential"))]
    browser.open("about:blank")
    list(traffic.problems(True))
    return trouble


def run(*origins):
    """Plays all journeys, or those whose function is named on the command line; these origins may be asked."""
    started = time.monotonic()
    driver = start_browser()
    try:
        browser = Browser(driver)
        traffic = Traffic(browser, [URL, *origins])
        for name, function, failing_loads, secrets in journeys:
            if len(sys.argv) < 2 or function.__name__ in sys.argv[1:]:
                begun = time.monotonic()
                trouble = play(browser, traffic, function, failing_loads, secrets)
                tap.ok(not trouble, name, *trouble)
                print("#   %.1f s" % (time.monotonic() - begun))
    finally:
        driver.quit()
    print("# %.1f s in all" % (time.monotonic() - started))
