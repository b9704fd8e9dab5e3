# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The shop of examples/checkout, as a shopper uses it: sessionpay-sandbox -- python3 tests/browser/checkout_pages.py"""

import json
import os
import re
import subprocess

from rig import ENV, Keys, http, journey, look_everywhere, run, sandbox, tap

SESSIONS = "hosted-fields-sessions"
CARD = {"cardholderName": "Ada Example", "cardNumber": "4111 1111 1111 1111", "expiryDate": "04 / 49", "cvv": "123"}


class Shop:
    """A running shop of its own port."""

    def __init__(self):
        self.errors = open(os.path.join(ENV["BUILD"], "tests", "checkout.err"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [os.path.join(ENV["BUILD"], "examples", "checkout")], stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env=dict(ENV, CHECKOUT_PORT="0", CHECKOUT_PAGES=os.path.join(ENV["SRCDIR"], "examples/checkout/pages")))
        self.url = self.process.stdout.readline().strip().rstrip("/")

    def stop(self):
        self.process.terminate()
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        self.errors.close()
        return status


shop = Shop()


def order(browser, way, item="lamp"):
    """Chooses something, and how to pay. Returns the address of the page."""
    browser.open(shop.url + "/")
    browser.click("input[value=%s]" % item)
    browser.click("button[value=%s]" % way)
    browser.until(lambda: "/orders/" in browser.driver.current_url, "the order's page")
    return browser.driver.current_url


def fill(browser, **other):
    for name, text in {**CARD, **other}.items():
        field = browser.visible("#form input[name=%s]" % name)
        field.clear()
        field.send_keys(text)


def sessions(path=SESSIONS):
    """Those that the provider made, not counting replays."""
    made = [entry for entry in sandbox.requests(path) if entry["answer"] and entry["answer"]["status"] in (200, 201)]
    return [entry for entry in made if entry["key"] != "replay"]


def problem(browser, code):
    browser.one("#problem[data-code=%s]:not([hidden])" % code)
    return browser.text("#problem")


def bought(browser):
    browser.until_text("#done", "Thank you!")


@journey("card: from the button to the paid order, with one session")
def card(browser):
    order(browser, "card", "helmet")
    fill(browser)
    assert browser.text("#amount") == "59.00 EUR"
    assert browser.text(".card-submit") == "Pay 59.00 EUR"
    browser.click(".card-submit button")
    bought(browser)
    assert (len(sessions()), len(sessions("/authorize"))) == (1, 1)
    assert not [entry for entry in sandbox.requests() if "1111" in (entry["body"] or "") + entry["path"]]


@journey("card: a reload keeps the session")
def card_reload(browser):
    order(browser, "card")
    browser.visible("#form")
    browser.driver.refresh()
    fill(browser)
    browser.driver.refresh()
    fill(browser)
    browser.click(".card-submit button")
    bought(browser)
    assert len(sessions()) == 1, len(sessions())


@journey("card: the back button after paying shows a paid order, and no form")
def card_back(browser):
    url = order(browser, "card")
    fill(browser)
    browser.click(".card-submit button")
    bought(browser)
    browser.click("main a")
    browser.until_text("h1", "Example Bikes")
    browser.driver.back()
    browser.until(lambda: browser.driver.current_url == url, "the order's page")
    bought(browser)
    assert not browser.one("#form").is_displayed()
    assert len(sessions()) == 1


DOUBLE = "const b = document.querySelector(arguments[0]); b.click(); b.click();"


@journey("card: a double click, and two tabs at once, make one session and one payment")
def card_double(browser):
    url = order(browser, "card")
    browser.visible("#form")
    asked = browser.driver.execute_async_script(
        "const done = arguments[0]; Promise.all([1, 2, 3, 4].map(() => fetch('card-session', {method: 'POST', body: '{}'})"
        ".then((r) => r.json()))).then((all) => done(all.map((a) => a.token)))")
    assert len(set(asked)) == 1 and asked[0], asked
    fill(browser)
    browser.script(DOUBLE, ".card-submit button")
    bought(browser)
    assert len(sessions()) == 1
    assert len(sandbox.requests("submissions")) == 1
    assert url == browser.driver.current_url


@journey("card: an expired session is renewed, and the shopper told")
def card_expired(browser):
    order(browser, "card")
    fill(browser)
    http("POST", ENV["SPAY_SANDBOX_URL"] + "/_sandbox/expire", b"")
    browser.click(".card-submit button")
    browser.until_text("#status", "had to be renewed")
    fill(browser)
    browser.click(".card-submit button")
    bought(browser)
    assert len(sessions()) == 2


@journey("card: the provider is down, and comes back")
def card_outage(browser):
    sandbox.fault(path=SESSIONS, status=503, count=10)
    order(browser, "card")
    assert "Nothing was charged" in problem(browser, "unreachable")
    keys = {dict(entry["headers"])["Idempotency-Key"] for entry in sandbox.requests(SESSIONS)}
    http("DELETE", ENV["SPAY_SANDBOX_URL"] + "/_sandbox/faults")
    browser.click("#problem button")
    fill(browser)
    browser.click(".card-submit button")
    bought(browser)
    keys |= {dict(entry["headers"])["Idempotency-Key"] for entry in sandbox.requests(SESSIONS)}
    assert len(keys) == 1, keys


@journey("card: what cannot be a card is refused in the form, field by field")
def card_rejected(browser):
    order(browser, "card")
    fill(browser, cardNumber="4111 1111 1111 1112", expiryDate="04 / 19", cvv="1")
    browser.click(".card-submit button")
    browser.until_text(".card-number-error", "not a card number")
    assert "month and a year" in browser.text(".card-expiry-error")
    assert "digits" in browser.text(".card-cvv-error")
    assert browser.text(".card-holder-name-error") == ""
    assert browser.script("return document.activeElement.name") == "cardNumber"
    assert not sandbox.requests("submissions")
    fill(browser)
    browser.click(".card-submit button")
    bought(browser)


@journey("card: a slow provider is waited for, and the shopper told")
def card_slow(browser):
    sandbox.fault(path=SESSIONS, delay_ms=60000)
    order(browser, "card")
    browser.until_text("#status", "longer than usual")
    http("POST", ENV["SPAY_SANDBOX_URL"] + "/_sandbox/release", b"")
    fill(browser)
    browser.click(".card-submit button")
    bought(browser)
    assert browser.text("#status") == ""


@journey("card: each way to fail has its own words", failing_loads=True)
def card_words(browser):
    seen = {}
    for code, fault in (("closed", {"status": 403}), ("refused", {"status": 400}), ("refused", {"status": 404}),
                        ("busy", {"status": 429, "count": 9}), ("unreachable", {"close": "before", "count": 9}),
                        ("fault", {"status": 200, "body": "<html>a login page</html>"})):
        sandbox.reset()
        sandbox.fault(path=SESSIONS, **fault)
        order(browser, "card")
        seen[code] = problem(browser, code)
    sandbox.reset()
    sandbox.fault(path="/js/hosted-fields/hosted-fields", status=503)
    order(browser, "card")
    seen["script"] = problem(browser, "script")
    browser.click("#problem button")
    browser.visible("#form")
    assert len(set(seen.values())) == 6, seen
    assert all("Nothing was charged" in text or "wait a little" in text for text in seen.values()), seen


def sheet(browser):
    """The stand-in's sheet."""
    return browser.one("apple-pay-stand-in").shadow_root


def sheet_text(browser):
    return browser.script("return document.querySelector('apple-pay-stand-in')?.shadowRoot.textContent ?? ''")


def press(browser, text):
    """A button of the sheet, once it can be pressed."""
    def enabled():
        found = [b for b in sheet(browser).find_elements("css selector", "button") if b.text == text]
        return found[0] if found and found[0].is_enabled() else None
    browser.until(enabled, text).click()


@journey("Apple Pay: from the button over the sheet to the paid order")
def apple(browser):
    order(browser, "apple-pay", "bicycle")
    browser.click("#pay")
    browser.until(lambda: "649.00 EUR" in sheet_text(browser), "the amount")
    press(browser, "Pay")
    bought(browser)
    assert (len(sessions("/v1/4217/sessions")), len(sessions("/client/"))) == (1, 1)
    assert "Example Bikes" in sandbox.requests("/client/")[0]["body"]
    browser.driver.refresh()
    bought(browser)
    assert not browser.one("#pay").is_displayed()


@journey("Apple Pay: a double click opens one sheet; cancel, reload and back keep the order")
def apple_double(browser):
    url = order(browser, "apple-pay")
    browser.visible("#pay")
    browser.script(DOUBLE, "#pay")
    assert len(browser.all("apple-pay-stand-in")) == 1
    browser.until(lambda: "Example Bikes on" in sheet_text(browser), "the merchant")
    assert len(sessions("/client/")) == 1
    browser.keys(Keys.ESCAPE)
    browser.until(lambda: not browser.all("apple-pay-stand-in"), "no sheet")
    browser.driver.refresh()
    browser.visible("#pay")
    browser.click("main a")
    browser.until_text("h1", "Example Bikes")
    browser.driver.back()
    browser.until(lambda: browser.driver.current_url == url, "the order's page")
    browser.click("#pay")
    press(browser, "Pay")
    bought(browser)


@journey("Apple Pay: an outage closes the sheet with words, the next try pays")
def apple_outage(browser):
    sandbox.fault(path="/v1/4217/sessions", status=503, count=10)
    order(browser, "apple-pay")
    browser.click("#pay")
    assert "Nothing was charged" in problem(browser, "unreachable")
    assert not browser.all("apple-pay-stand-in")
    http("DELETE", ENV["SPAY_SANDBOX_URL"] + "/_sandbox/faults")
    browser.click("#problem button")
    press(browser, "Pay")
    bought(browser)


@journey("Apple Pay: a client session that has expired is renewed")
def apple_expired(browser):
    order(browser, "apple-pay")
    sandbox.fault(path="/client/", status=403, body={"errorId": "x", "errors": [
        {"code": "9008", "message": "expired", "httpStatusCode": 403, "id": "x", "category": "x"}]})
    browser.click("#pay")
    press(browser, "Pay")
    bought(browser)
    assert len(sessions("/v1/4217/sessions")) == 2
    assert len(sandbox.requests("/client/")) == 2


@journey("Apple Pay: slow, then canceled by the shopper; refused validation has its words")
def apple_slow(browser):
    sandbox.fault(path="/client/", delay_ms=60000)
    order(browser, "apple-pay")
    browser.click("#pay")
    browser.until_text("#status", "longer than usual")
    press(browser, "Cancel")
    http("POST", ENV["SPAY_SANDBOX_URL"] + "/_sandbox/release", b"")
    browser.until(lambda: browser.text("#status") == "", "the answer came")
    assert not browser.all("apple-pay-stand-in") and not browser.one("#problem").is_displayed()
    sandbox.fault(path="/client/", status=404)
    browser.click("#pay")
    problem(browser, "refused")
    answer = browser.driver.execute_async_script(
        "const done = arguments[0]; fetch('merchant-session', {method: 'POST', "
        "body: JSON.stringify({validationURL: 'https://evil.example/paymentservices/paymentSession'})})"
        ".then((r) => r.json()).then(done)")
    assert answer["problem"]["code"] == "refused"


@journey("card reader: the shop's app has one session for an order")
def reader(browser):
    url = order(browser, "card").replace("/card", "/reader-session")
    answers = [json.loads(http("POST", url, {}, {"Origin": shop.url})[2]) for _ in range(2)]
    assert answers[0]["token"] == answers[1]["token"] and answers[0]["expiresIn"] > 3600
    assert len(sessions("/session_tokens")) == 1


@journey("only the shop's own pages may order and pay; prices are the shop's", failing_loads=True)
def own_pages(browser):
    url = order(browser, "card")
    for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert http("POST", shop.url + "/orders", b"item=lamp&pay=card", origin)[0] == 403
        assert http("POST", url.replace("/card", "/payment"), {"token": "x"}, origin)[0] == 403
    own = {"Origin": shop.url}
    assert http("POST", shop.url + "/orders", b"item=yacht&pay=card", own)[0] == 400
    assert http("POST", shop.url + "/orders/" + "0" * 32 + "/payment", {"token": "x"}, own)[0] == 404
    assert http("POST", shop.url + "/orders", b"x" * 5000, own)[0] == 413
    assert http("GET", shop.url + "/../main.c")[0] == 404
    policy = http("GET", url)[1]["Content-Security-Policy"]
    assert re.match(r"default-src 'none'; script-src 'self' https://127\.0\.0\.1:\d+; ", policy) and "unsafe" not in policy
    assert http("GET", url.replace("/card", "/state"))[2].count('"amount":"24.90"') == 1


@journey("accessible, and no wider than the screen: light and dark, desktop and phone")
def accessible(browser):
    def card_form():
        order(browser, "card")
        browser.visible("#form input")

    def card_refused():
        fill(browser, cardNumber="4111")
        browser.click(".card-submit button")
        browser.until_text(".card-number-error", "not")

    def outage():
        sandbox.fault(path=SESSIONS, status=503, count=10)
        order(browser, "card")
        problem(browser, "unreachable")

    def apple_sheet():
        order(browser, "apple-pay")
        browser.click("#pay")
        browser.until(lambda: "Example Bikes on" in sheet_text(browser), "the merchant")

    def paid():
        press(browser, "Pay")
        bought(browser)

    browser.open(shop.url + "/")
    for name, prepare in (("shop", lambda: None), ("card", card_form), ("card-refused", card_refused),
                          ("outage", outage), ("apple-pay", apple_sheet), ("paid", paid)):
        prepare()
        look_everywhere(browser, "checkout-" + name)


run(shop.url)
tap.equal(shop.stop(), 0, "the shop ends in order")
tap.done()
