# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Routes: the request goes to the host that was configured, by the way that was configured, and
nowhere else: redirects, cookies, ~/.netrc, proxies of the environment, proxies of the caller.

usage: SPAY_LIBRARY=build/lib/libsessionpay.so sessionpay-sandbox -- python3 routes.py
"""

import base64
import json
import os
import ssl
import sys
import tempfile
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import spay  # noqa: E402
from servers import ANSWER, Proxy, Server, reply, unused_port  # noqa: E402

# ---- the sandbox's journal -----------------------------------------------------------------------

def journal():
    context = ssl.create_default_context(cafile=os.environ["SPAY_CA_FILE"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                         urllib.request.HTTPSHandler(context=context))
    with opener.open(os.environ["SPAY_SANDBOX_URL"] + "/_sandbox/requests") as answer:
        return json.load(answer)["requests"]


# ---- redirects -----------------------------------------------------------------------------------

def prove_redirects(tap):
    for status in ("300 Multiple Choices", "301 Moved Permanently", "302 Found", "303 See Other",
                   "304 Not Modified", "307 Temporary Redirect", "308 Permanent Redirect"):
        target = Server()
        for location in (target.url + "/session_tokens", "//127.0.0.1:%d/x" % target.port,
                         "/elsewhere"):
            field = "Location: %s\r\nRefresh: 0; url=%s\r\n" % (location, location)
            origin = Server(lambda request, field=field: reply(status, field, b""))
            result = spay.call(origin.url)
            origin.close()
            tap.ok((result.status, result.reason) == ("SPAY_E_PROTOCOL", "redirect") and
                   target.connections == 0 and len(origin.requests) == 1 and
                   not origin.saw(b"/elsewhere"),
                   "%s to %s is not followed" % (status[:3], location.split("127")[0] or "/"),
                   "the target saw %d connections, the origin %d requests; got %s" %
                   (target.connections, len(origin.requests), result))
        target.close()


# ---- cookies -------------------------------------------------------------------------------------

def prove_cookies(tap):
    fields = ("Set-Cookie: canary=eaten; Path=/\r\nSet-Cookie2: canary=old\r\n"
              "Alt-Svc: h2=\":1\"; persist=1\r\nStrict-Transport-Security: max-age=9\r\n")
    origin = Server(lambda request: reply(fields=fields))
    client = spay.Client()
    results = [client.call(origin.url) for _ in range(3)]
    client.close()
    origin.close()
    tap.ok(all(r.status == "SPAY_OK" for r in results) and len(origin.requests) == 3 and
           not origin.saw(b"cookie") and not origin.saw(b"canary"),
           "no cookie is sent back, Alt-Svc and HSTS change nothing",
           "the origin saw %r" % origin.requests[-1:])


# ---- the environment -----------------------------------------------------------------------------

def prove_netrc(tap):
    with tempfile.TemporaryDirectory(prefix="spay-home-") as home:
        for name in (".netrc", "_netrc", ".curlrc"):
            with open(os.path.join(home, name), "w", encoding="ascii") as file:
                file.write("machine 127.0.0.1 login canary password canary\n"
                           "default login canary password canary\n" if "netrc" in name else
                           'header = "X-Canary: yes"\n')
        kept = {name: os.environ.get(name) for name in ("HOME", "NETRC", "CURL_HOME",
                                                        "XDG_CONFIG_HOME")}
        os.environ.update(HOME=home, NETRC=os.path.join(home, ".netrc"), CURL_HOME=home,
                          XDG_CONFIG_HOME=home)
        origin = Server()
        result = spay.call(origin.url)
        origin.close()
        for name, value in kept.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    tap.ok(result.status == "SPAY_OK" and not origin.saw(b"authorization") and
           not origin.saw(b"canary"), "~/.netrc and ~/.curlrc are not read",
           "the origin saw %r; got %s" % (origin.requests, result))


PROXY_NAMES = ("http_proxy", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "ALL_PROXY",
               "no_proxy", "NO_PROXY")


class Environment:
    """Proxy variables for a while."""

    def __init__(self, **values):
        self.values = values

    def __enter__(self):
        self.kept = {name: os.environ.pop(name, None) for name in PROXY_NAMES}
        os.environ.update(self.values)

    def __exit__(self, *unused):
        for name in PROXY_NAMES:
            os.environ.pop(name, None)
            if self.kept[name] is not None:
                os.environ[name] = self.kept[name]


def targets(origin):
    """Plain HTTP, and TLS."""
    return (("http", origin.url, {}),
            ("https", os.environ["SPAY_WEPAY_BASE_URL"], {"ca_file": os.environ["SPAY_CA_FILE"]}))


def prove_environment(tap):
    trap = Server()
    origin = Server()
    for name in PROXY_NAMES[:6]:
        for scheme, url, settings in targets(origin):
            with Environment(**{name: trap.url}):
                result = spay.call(url, **settings)
            tap.ok(result.status == "SPAY_OK" and trap.connections == 0,
                   "%s of the environment is not used for %s" % (name, scheme),
                   "the proxy saw %d connections; got %s" % (trap.connections, result))
    proxy = Proxy()
    settings = {"ca_file": os.environ["SPAY_CA_FILE"]}
    for value in ("*", "127.0.0.1", "localhost,127.0.0.0/8"):
        before = len(proxy.requests)
        with Environment(no_proxy=value, NO_PROXY=value):
            result = spay.call(os.environ["SPAY_WEPAY_BASE_URL"], proxy=proxy.url, **settings)
        tap.ok(result.status == "SPAY_OK" and len(proxy.requests) > before,
               "no_proxy=%s does not switch the caller's proxy off" % value,
               "the proxy saw nothing; got %s" % result)
    for server in (trap, origin, proxy):
        server.close()


# ---- the caller's proxy --------------------------------------------------------------------------

def prove_proxy(tap):
    origin = Server()
    for scheme, url, settings in targets(origin):
        proxy = Proxy()
        count = len(journal())
        result = spay.call(url, proxy=proxy.url, **settings)
        proxy.close()
        if scheme == "http":
            tap.ok(result.status == "SPAY_OK" and not proxy.requests and len(origin.requests) == 1,
                   "plain http, which is loopback, never goes through a proxy",
                   "the proxy saw %r; got %s" % (proxy.requests, result))
            continue
        tap.ok(result.status == "SPAY_OK" and len(proxy.requests) == 1 and
               len(journal()) == count + 1 and proxy.requests[0].startswith(b"CONNECT "),
               "the caller's proxy is used for https",
               "the proxy saw %r; got %s" % (proxy.requests, result))
        tap.ok(not proxy.saw(b"app-token") and not proxy.saw(b"stage_") and
               not proxy.saw(b"session_tokens"), "the proxy of a tunnel learns the host alone",
               "it saw %r" % proxy.requests)
    origin.close()


def prove_no_proxy(tap):
    trap = Server()
    origin = Server()
    for scheme, url, settings in targets(origin):
        result = spay.call(url, **settings)
        tap.ok(result.status == "SPAY_OK" and trap.connections == 0,
               "without a proxy, %s goes straight" % scheme, "got %s" % result)
    trap.close()
    origin.close()


def prove_credentials(tap):
    secret = "user:canary password"
    encoded = base64.b64encode(secret.encode())
    settings = {"ca_file": os.environ["SPAY_CA_FILE"]}
    for given in (None, "user:wrong", secret):
        proxy = Proxy(secret)
        client = spay.Client(proxy=proxy.url, **dict(
            settings, **({"proxy_credentials": given} if given else {})))
        result = client.call(os.environ["SPAY_WEPAY_BASE_URL"])
        client.close()
        proxy.close()
        name = "%s proxy credentials" % {None: "no", secret: "the right"}.get(given, "wrong")
        good = result.status == "SPAY_OK" if given == secret else \
            (result.status, result.reason, result.outcome, result.sent) == \
            ("SPAY_E_PROXY", "proxy_credentials", "not_sent", 0) and proxy.connections == 1 and \
            " by the proxy %s (127.0.0.1): " % proxy.url in result.message
        tap.ok(good, name, "got %s" % result)
        spilt = [line for line in client.lines if b"canary" in line or encoded in line]
        tap.ok(not spilt and "canary" not in result.message, name + " are not told to anyone",
               "%r" % spilt)
    seen = json.dumps(journal()[-3:]).lower()
    tap.ok("proxy-authorization" not in seen and encoded.decode().lower() not in seen,
           "proxy credentials never reach the origin", seen)


def prove_refusals(tap):
    url, ca_file = os.environ["SPAY_WEPAY_BASE_URL"], os.environ["SPAY_CA_FILE"]
    count = len(journal())
    rows = [
        ("a proxy that says 403", {"refuse": "403 Forbidden"}, "SPAY_E_PROXY", "proxy_refused"),
        ("a proxy that says 405", {"refuse": "405 Not Allowed"}, "SPAY_E_PROXY", "proxy_refused"),
        ("a proxy that says 429", {"refuse": "429 Too Many"}, "SPAY_E_CONNECT", "proxy_failed"),
        ("a proxy that says 502", {"refuse": "502 Bad Gateway"}, "SPAY_E_CONNECT", "proxy_failed"),
        ("a proxy that redirects", {"refuse": "302 Found"}, "SPAY_E_PROXY", "proxy_refused"),
        ("a proxy that hangs up", {"refuse": "close"}, "SPAY_E_CONNECT", "proxy_failed"),
        ("a proxy that speaks TLS", {"refuse": "alert"}, "SPAY_E_CONNECT", "proxy_failed"),
        ("a proxy that speaks no HTTP", {"refuse": "junk"}, "SPAY_E_CONNECT", "proxy_failed"),
    ]
    for name, behaviour, status, reason in rows:
        answer = behaviour["refuse"].split()[0]
        proxy = Proxy(**behaviour)
        result = spay.call(url, ca_file=ca_file, proxy=proxy.url)
        proxy.close()
        tap.ok((result.status, result.reason) == (status, reason) and
               (result.outcome, result.sent) == ("not_sent", 0) and
               (proxy.connections == 1) == (status == "SPAY_E_PROXY") and
               result.message.startswith("tunnel to 127.0.0.1:") and
               " by the proxy %s (127.0.0.1): " % proxy.url in result.message and
               {"close": "its port may want https://", "alert": "its port may want https://",
                "junk": ""}.get(answer, "HTTP %s, the proxy " % answer) in result.message,
               "%s: %s %s, not sent" % (name, status, reason),
               "got %s" % result)
    nobody = "http://127.0.0.1:%d" % unused_port()
    result = spay.call(url, ca_file=ca_file, proxy=nobody)
    tap.ok((result.status, result.reason, result.outcome, result.sent) ==
           ("SPAY_E_CONNECT", "connect_failed", "not_sent", 0) and result.message ==
           "TCP connection to the proxy %s (127.0.0.1): connection refused" % nobody,
           "a proxy that is not there", "got %s" % result)
    result = spay.call(url, ca_file=ca_file, proxy="http://proxy.invalid:3128")
    tap.ok((result.status, result.reason, result.outcome, result.sent) ==
           ("SPAY_E_CONNECT", "proxy_dns_failed", "not_sent", 0) and
           result.message.startswith("name lookup of the proxy http://proxy.invalid:3128: "),
           "a proxy without an address", "got %s" % result)
    tap.ok(len(journal()) == count, "the origin saw nothing of all that")


# An origin that a refused proxy would be mistaken for.
def prove_silent_proxy(tap):
    proxy = Server(lambda request: b"")
    result = spay.call(os.environ["SPAY_WEPAY_BASE_URL"],
                       {"timeout_ms": 3000, "attempt_timeout_ms": 1000, "max_attempts": 1},
                       ca_file=os.environ["SPAY_CA_FILE"], proxy=proxy.url)
    proxy.close()
    tap.ok((result.status, result.outcome, result.sent) == ("SPAY_E_TIMEOUT", "not_sent", 0) and
           result.message.endswith(" by the proxy %s (127.0.0.1): not ready in time" % proxy.url),
           "a proxy that does not answer: SPAY_E_TIMEOUT, not sent", "got %s" % result)


class Socks(Server):
    """SOCKS 5, as far as it takes to refuse: a method or a user, or with the code of a reply."""

    def serve(self, connection):
        said = connection.recv(65536)
        connection.sendall(b"\5" + bytes([self.answer["method"]]))
        if self.answer["method"] == 2:
            said = connection.recv(65536)
            connection.sendall(bytes([1, self.answer["user"]]))
        if self.answer.get("user", 0) == 0 and self.answer["method"] != 255:
            said = connection.recv(65536)
            connection.sendall(bytes([5, self.answer["reply"], 0, 1, 0, 0, 0, 0, 0, 0]))
        self.requests.append(said)
        connection.recv(65536)


def prove_socks(tap):
    url, ca_file = os.environ["SPAY_WEPAY_BASE_URL"], os.environ["SPAY_CA_FILE"]
    for name, answer, wanted in (
            ("wants what it was not offered", {"method": 255}, ("SPAY_E_PROXY", "proxy_credentials")),
            ("refuses the user", {"method": 2, "user": 1}, ("SPAY_E_PROXY", "proxy_credentials")),
            ("does not permit it", {"method": 0, "reply": 2}, ("SPAY_E_PROXY", "proxy_refused")),
            ("cannot reach the host", {"method": 0, "reply": 4},
             ("SPAY_E_CONNECT", "proxy_failed"))):
        proxy = Socks(answer)
        socks = "socks5h://127.0.0.1:%d" % proxy.port
        result = spay.call(url, ca_file=ca_file, proxy=socks, proxy_credentials="till:canary")
        proxy.close()
        tap.ok((result.status, result.reason) == wanted and result.outcome == "not_sent" and
               (proxy.connections == 1) == (wanted[0] == "SPAY_E_PROXY") and
               " by the proxy %s (127.0.0.1): " % socks in result.message and
               "canary" not in result.message,
               "a SOCKS proxy that %s: %s %s" % (name, *wanted), "got %s" % result)


# Nothing was reached: what was not done has no time.
def prove_unreached(tap):
    port = unused_port()
    for host, told, reason, phase, wanted in (
            ("127.0.0.1", "TCP connection to 127.0.0.1:%d (127.0.0.1): connection refused" % port,
             "connect_failed", "connect", (True, -1, -1)),
            ("nobody.invalid", "name lookup of nobody.invalid:%d: " % port, "dns_failed",
             "name_lookup", (False, -1, -1))):
        client = spay.Client()
        result = client.call("https://%s:%d" % (host, port))
        entry = client.attempts()[-1]
        client.close()
        seen = (entry["name_lookup_us"] > 0, entry["connect_us"], entry["tls_us"])
        tap.ok((result.reason, entry["phase"], seen) == (reason, phase, wanted) and
               result.message.startswith(told) and result.message.encode() in client.lines[-1],
               "a failure names phase, host and addresses, and has no times: " + reason,
               "%s; %s; got %s" % (entry["phase"], seen, result))


def main():
    if not spay.LIB or not os.environ.get("SPAY_CA_FILE"):
        spay.skip_all("needs the shared library, and the sandbox with TLS")
    tap = spay.Tap()
    for prove in (prove_redirects, prove_cookies, prove_netrc, prove_environment, prove_proxy,
                  prove_no_proxy, prove_credentials, prove_refusals, prove_silent_proxy,
                  prove_socks, prove_unreached):
        prove(tap)
    tap.done()


main()
