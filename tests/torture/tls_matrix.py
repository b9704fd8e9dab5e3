# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""TLS: each way in which a peer can be wrong has a status and a reason of its own, and no byte of a
request reaches a peer that was refused; also where a session is resumed, and where the authorities
are the system's. Certificates are made here; peers are on loopback.

usage: SPAY_LIBRARY=build/lib/libsessionpay.so python3 tls_matrix.py
"""

import collections
import ctypes
import datetime
import os
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import spay  # noqa: E402
from authority import Authority  # noqa: E402

warnings.simplefilter("ignore", DeprecationWarning)  # old versions of TLS are what we test

ANSWER = b'{"id":"a","session_token":"b","expire_time":4102444800}'
REPLY = (b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n"
         b"Content-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))


# ---- peers ---------------------------------------------------------------------------------------

class Peer:
    """Listens on loopback, and keeps count of connections and of bytes that it could decrypt."""

    def __init__(self, behave):
        self.behave = behave
        self.connections = 0
        self.received = b""
        self.handshakes = 0
        self.resumed = 0
        self.done = False
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.1)
        self.url = "https://localhost:%d" % self.listener.getsockname()[1]
        self.main = threading.Thread(target=self.accept, daemon=True)
        self.main.start()

    def accept(self):
        while not self.done:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                continue
            self.connections += 1
            thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, connection):
        connection.settimeout(10)
        try:
            self.behave(self, connection)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def close(self):
        self.done = True
        self.main.join(5)
        for thread in self.threads:
            thread.join(15)
        self.listener.close()


def tls(files, certificate, lowest=ssl.TLSVersion.TLSv1_2, highest=ssl.TLSVersion.TLSv1_3,
        client_ca=None):
    """A peer that speaks TLS, and answers a request with a session."""
    return speak(tls_context(files, certificate, lowest, highest, client_ca))


def tls_context(files, certificate, lowest=ssl.TLSVersion.TLSv1_2,
                highest=ssl.TLSVersion.TLSv1_3, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if lowest < ssl.TLSVersion.TLSv1_2 or certificate == "weak":
        context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = lowest, highest
    context.load_cert_chain(files.path(certificate + ".pem"), files.path(certificate + ".key"))
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(files.path(client_ca + ".pem"))
    return context


def speak(context):
    def behave(peer, connection):
        with context.wrap_socket(connection, server_side=True) as secure:
            peer.handshakes += 1
            peer.resumed += secure.session_reused
            request = b""
            while b"\r\n\r\n" not in request or b"mobile_session" not in request:
                more = secure.recv(65536)
                if not more:
                    secure.unwrap()  # or the session would be forgotten here
                    return
                request += more
                peer.received += more
            secure.sendall(REPLY)
            secure.unwrap()

    return behave


def cut(peer, connection):
    """Read the greeting, then hang up."""
    peer.greeting = connection.recv(65536)


def cut_hard(peer, connection):
    peer.greeting = connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def cut_in_the_middle(files):
    """Pass a real handshake on, but only 100 bytes of the peer's side."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.path("good.pem"), files.path("good.key"))

    def behave(peer, connection):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        machine = context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(connection.recv(65536))
        try:
            machine.do_handshake()
        except ssl.SSLWantReadError:
            pass
        connection.sendall(outgoing.read()[:100])

    return behave


def refuse_politely(files, certificate, client_ca):
    """TLS 1.3; an alert for the client's certificate, and no reset after it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(files.path(certificate + ".pem"), files.path(certificate + ".key"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(files.path(client_ca + ".pem"))

    def behave(peer, connection):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        machine = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                machine.do_handshake()
                peer.received += machine.read(65536)
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                incoming.write(connection.recv(65536))
            except ssl.SSLError:
                connection.sendall(outgoing.read())
                break
        connection.shutdown(socket.SHUT_WR)
        silent(peer, connection)

    return behave


def silent(peer, connection):
    while connection.recv(65536):
        pass


def plain(peer, connection):
    """Not TLS at all."""
    peer.greeting = connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


# ---- the matrix ----------------------------------------------------------------------------------

FAST = {"timeout_ms": 8000, "attempt_timeout_ms": 4000}


def rows(files):
    ca = files.path("ca.pem")
    ours = {"ca_file": ca}
    pin, other_pin = files.pin("good"), files.pin("expired")
    own = {"ca_file": ca, "client_certificate_file": files.path("client.pem"),
           "client_key_file": files.path("client.key")}
    locked = dict(own, client_key_file=files.path("client-locked.key"))
    v1_0, v1_1, v1_2, v1_3 = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1,
                              ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    good, ok, refused = tls(files, "good"), ("SPAY_OK", ""), "SPAY_E_TLS"

    def with_(certificate):
        return tls(files, certificate)

    # what it is, the peer, the client's settings, status and reason
    return [
        ("own authority by file", good, ours, *ok),
        ("own authority in memory", good, {"ca_pem": files.read("ca.pem")}, *ok),
        ("an intermediate authority alone", with_("below"),
         {"ca_file": files.path("between.pem")}, *ok),
        ("TLS 1.2 alone", tls(files, "good", v1_2, v1_2), ours, *ok),
        ("TLS 1.3 alone", tls(files, "good", v1_3, v1_3), ours, *ok),
        ("RSA", with_("rsa"), ours, *ok),
        ("pin fits", good, dict(ours, pinned_public_keys=pin), *ok),
        ("one of several pins fits", good,
         dict(ours, pinned_public_keys=other_pin + ";" + pin), *ok),
        ("client certificate", tls(files, "good", client_ca="ca"), own, *ok),
        ("client certificate, TLS 1.2", tls(files, "good", v1_2, v1_2, "ca"), own, *ok),
        ("client key with a password", tls(files, "good", client_ca="ca"),
         dict(locked, client_key_password="correct horse"), *ok),

        ("expired", with_("expired"), ours, refused, "tls_certificate_expired"),
        ("not yet valid", with_("future"), ours, refused, "tls_certificate_not_yet_valid"),
        ("for another host", with_("other"), ours, refused, "tls_host_mismatch"),
        ("for hosts alike", with_("suffix"), ours, refused, "tls_host_mismatch"),
        ("self-signed", with_("alone"), ours, refused, "tls_certificate_self_signed"),
        ("unknown authority", with_("unknown"), ours, refused, "tls_authority_unknown"),
        ("an intermediate authority that nobody knows", with_("below"), ours, refused,
         "tls_authority_unknown"),
        ("authority of the system", good, {}, refused, "tls_authority_unknown"),
        ("key of 1024 bits", with_("weak"), ours, refused, "tls_certificate_refused"),
        ("TLS 1.1 alone", tls(files, "good", v1_1, v1_1), ours, refused, "tls_version"),
        ("TLS 1.0 alone", tls(files, "good", v1_0, v1_0), ours, refused, "tls_version"),
        ("another pin", good, dict(ours, pinned_public_keys=other_pin), refused,
         "tls_pin_mismatch"),
        ("pin fits, but expired", with_("expired"), dict(ours, pinned_public_keys=other_pin),
         refused, "tls_certificate_expired"),
        ("no client certificate, TLS 1.2", tls(files, "good", v1_2, v1_2, "ca"), ours, refused,
         "tls_refused_by_peer"),
        ("client certificate of another authority, TLS 1.2", tls(files, "good", v1_2, v1_2, "other_ca"),
         own, refused, "tls_refused_by_peer"),
        ("client key with a wrong password", tls(files, "good", client_ca="ca"),
         dict(locked, client_key_password="wrong"), refused, "tls_client_certificate"),
        ("client key of another certificate", tls(files, "good", client_ca="ca"),
         dict(own, client_key_file=files.path("good.key")), refused, "tls_client_certificate"),
        ("no TLS", plain, ours, refused, "tls_plain_http"),
        ("cut", cut, ours, "SPAY_E_NETWORK", "tls_handshake_cut"),
        ("reset", cut_hard, ours, "SPAY_E_NETWORK", "tls_handshake_cut"),
        ("cut in the middle", cut_in_the_middle(files), ours, "SPAY_E_NETWORK",
         "tls_handshake_cut"),
        ("silent", silent, dict(ours, connect_timeout_ms=600), "SPAY_E_TIMEOUT",
         "connect_timeout"),
    ]


# With TLS 1.3 a client has finished before the peer looks at its certificate: the request is on its
# way, and only the alert says that nobody read it. How far it has come by then is a matter of luck.
REFUSALS = 200 if os.environ.get("SPAY_TORTURE") else 25


def late_rows(files):
    only = [ssl.TLSVersion.TLSv1_3] * 2
    ours = {"ca_file": files.path("ca.pem")}
    own = dict(ours, client_certificate_file=files.path("client.pem"),
               client_key_file=files.path("client.key"))
    return [
        ("no client certificate, TLS 1.3", refuse_politely(files, "good", "ca"), ours),
        ("client certificate of another authority, TLS 1.3", refuse_politely(files, "good", "other_ca"),
         own),
        ("no client certificate, TLS 1.3, and closed", tls(files, "good", *only, "ca"), ours),
        ("client certificate of another authority, TLS 1.3, and closed",
         tls(files, "good", *only, "other_ca"), own),
    ]


# What the message tells beside host and address: of the certificate, or of what else is wrong.
TOLD = {
    "expired": ["certificate has expired", "subject /CN=localhost, issuer /CN=ca",
                "valid 2020-01-01 to 2021-01-01"],
    "not yet valid": ["certificate is not yet valid", "valid 2100-01-01 to 2120-01-01"],
    "for another host": ["for another host", "subject /CN=localhost, issuer /CN=ca"],
    "self-signed": ["subject /CN=localhost, issuer /CN=localhost"],
    "unknown authority": ["unable to get local issuer", "issuer /CN=other_ca"],
    "an intermediate authority that nobody knows": ["issuer /CN=localhost"],
    "another pin": ["pinned_public_keys", "subject /CN=localhost"],
    "no TLS": ["this port speaks plain HTTP"],
    "silent": ["not ready in time"],
    "reset": ["the connection broke"],
}


def untold(peer, client, name, result):
    """What is missing in the message, in the log or in the flight record."""
    told = TOLD.get(name, []) + ["TLS with localhost:%s (" % peer.url.split(":")[-1], "127.0.0.1)"]
    faults = [text for text in told if text not in result.message]
    entry = client.attempts()[-1]
    if entry["message"] != result.message:
        faults.append("the flight record's %r" % entry["message"])
    if result.message.encode() not in client.lines[-1]:
        faults.append("the log's %r" % client.lines[-1])
    times = entry["name_lookup_us"] > 0, entry["connect_us"] > 0, entry["tls_us"] == -1
    if entry["phase"] != "tls" or not all(times[:2]):
        faults.append("phase and times in %s" % entry)
    if entry["tls_us"] == 0:
        faults.append("TLS was ready in no time")
    return faults


def prove(tap, name, behave, settings, status, reason):
    peer = Peer(behave)
    client = spay.Client(**settings)
    result = client.call(peer.url, **FAST)
    peer.close()
    good = status == "SPAY_OK"
    retried = status in ("SPAY_E_NETWORK", "SPAY_E_TIMEOUT")
    faults = [] if good else untold(peer, client, name, result)
    client.close()
    if (result.status, result.reason) != (status, reason):
        faults.append("wanted %s %s" % (status, reason))
    if not good and peer.received:
        faults.append("the peer read %r" % peer.received[:60])
    if not good and (result.outcome, result.sent) != ("not_sent", 0):
        faults.append("it counts as sent")
    if not good and (peer.connections > 1) != retried:
        faults.append("the peer saw %d connections" % peer.connections)
    if good and b"mobile_session" not in peer.received:
        faults.append("the peer read nothing")
    tap.ok(not faults, "%s: %s %s" % (name, status, reason),
           "%s; got %s" % ("; ".join(faults), result))
    return (result.status, result.reason)


def prove_authorities(tap, files):
    """What is no certificate is told when the client is made."""
    damaged = files.read("ca.pem").replace("MII", "MIO", 1)
    files.write("damaged", damaged)
    files.write("empty", "")
    for name, settings in (
            ("a file without one", {"ca_file": files.path("conf")}),
            ("an empty file", {"ca_file": files.path("empty")}),
            ("a file with a key", {"ca_file": files.path("ca.key")}),
            ("a damaged file", {"ca_file": files.path("damaged")}),
            ("text without one", {"ca_pem": "no PEM"}),
            ("text with a key", {"ca_pem": files.read("ca.key")}),
            ("a damaged text", {"ca_pem": damaged})):
        client = spay.Client(**settings)
        told = client.refused and (client.refused.status, client.refused.fields)
        client.close()
        tap.ok(told == ("SPAY_E_INVALID_ARGUMENT", [(list(settings)[0], "no_certificate")]),
               "authorities: %s is refused" % name, "got %s" % (told,))


def prove_late(tap, name, behave, settings):
    wanted = "SPAY_E_TLS", "tls_refused_by_peer", "not_sent", 0, 1
    seen = collections.Counter()
    for _ in range(REFUSALS):
        peer = Peer(behave)
        result = spay.call(peer.url, FAST, **settings)
        peer.close()
        seen[result.status, result.reason, result.outcome, result.sent, peer.connections] += 1
        if peer.received:
            seen["read", peer.received[:60]] += 1
    tap.ok(list(seen) == [wanted], name + ": SPAY_E_TLS tls_refused_by_peer, not sent",
           "%s; got %s" % (dict(seen), result))


# OpenSSL asks a person for the password of a key, unless it is told not to.
def prove_silence(tap, files):
    peer = Peer(tls(files, "good", client_ca="ca"))
    done = subprocess.run(
        [sys.executable, os.path.abspath(__file__), "--locked", files.directory, peer.url],
        input=b"correct horse\n" * 8, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, timeout=60, check=False)
    peer.close()
    tap.ok(done.stdout.strip() == b"SPAY_E_TLS tls_client_certificate" and not done.stderr,
           "nobody is asked for the password of a key",
           "it printed %r, the call ended with %r" % (done.stderr, done.stdout))


def call_locked(directory, url):
    def path(name):
        return os.path.join(directory, name)

    result = spay.call(url, FAST, ca_file=path("ca.pem"),
                       client_certificate_file=path("client.pem"),
                       client_key_file=path("client-locked.key"))
    print(result.status, result.reason)


# ---- a proxy with TLS ----------------------------------------------------------------------------

def tunnel(context, answer=b"HTTP/1.1 200 OK\r\n\r\n"):
    """A proxy that speaks TLS. Its other side is the host that it is asked for."""
    def behave(peer, connection):
        with context.wrap_socket(connection, server_side=True) as near:
            peer.handshakes += 1
            request = b""
            while b"\r\n\r\n" not in request:
                more = near.recv(65536)
                if not more:
                    return
                request += more
            peer.received += request
            near.sendall(answer)
            if b" 200 " in answer:
                port = int(request.split()[1].split(b":")[1])
                with socket.create_connection(("127.0.0.1", port)) as far:
                    pump(near, far)

    return behave


def pump(near, far):
    while True:
        ready = [near] if near.pending() else select.select([near, far], [], [], 10)[0]
        for source in ready:
            data = source.recv(65536)
            if not data:
                return
            (far if source is near else near).sendall(data)
        if not ready:
            return


def proxy_rows(files):
    ca, good = {"ca_file": files.path("ca.pem")}, tls(files, "good")
    v1_1, tls_fails = ssl.TLSVersion.TLSv1_1, "SPAY_E_TLS"
    with_proxy, by_proxy = "TLS with the proxy https://localhost:", " by the proxy https://"

    def proxy(certificate, *versions):
        return tunnel(tls_context(files, certificate, *versions))

    def refusing(answer):
        return tunnel(tls_context(files, "good"), answer.encode() + b"Content-Length: 0\r\n\r\n")

    # what it is, proxy, peer, settings, status, reason, message
    return [
        ("own authority by file", proxy("good"), good, ca, "SPAY_OK", "", ""),
        ("own authority in memory", proxy("good"), good, {"ca_pem": files.read("ca.pem")},
         "SPAY_OK", "", ""),
        ("TLS 1.2 alone", proxy("good", *[ssl.TLSVersion.TLSv1_2] * 2), good, ca, "SPAY_OK", "",
         ""),
        ("a pin for the host alone", proxy("rsa"), good,
         dict(ca, pinned_public_keys=files.pin("good")), "SPAY_OK", "", ""),
        ("TLS 1.1 alone", proxy("good", v1_1, v1_1), good, ca, tls_fails, "tls_version",
         with_proxy),
        ("expired", proxy("expired"), good, ca, tls_fails, "tls_certificate_expired", with_proxy),
        ("self-signed", proxy("alone"), good, ca, tls_fails, "tls_certificate_self_signed",
         with_proxy),
        ("unknown authority", proxy("unknown"), good, ca, tls_fails, "tls_authority_unknown",
         with_proxy),
        ("authority of the system", proxy("good"), good, {}, tls_fails, "tls_authority_unknown",
         with_proxy),
        ("for another host", proxy("other"), good, ca, tls_fails, "tls_host_mismatch", with_proxy),
        ("no TLS", plain, good, ca, tls_fails, "tls_plain_http", with_proxy),
        ("cut", cut, good, ca, "SPAY_E_NETWORK", "tls_handshake_cut", with_proxy),
        ("silent", silent, good, dict(ca, connect_timeout_ms=600), "SPAY_E_TIMEOUT",
         "connect_timeout", with_proxy),
        ("says 407", refusing('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\n'), good,
         ca, "SPAY_E_PROXY", "proxy_credentials", by_proxy),
        ("says 403", refusing("HTTP/1.1 403 No\r\n"), good, ca, "SPAY_E_PROXY", "proxy_refused",
         by_proxy),
        ("says 503", refusing("HTTP/1.1 503 No\r\n"), good, ca, "SPAY_E_CONNECT", "proxy_failed",
         by_proxy),
        ("host's certificate expired", proxy("good"), tls(files, "expired"), ca, tls_fails,
         "tls_certificate_expired", by_proxy),
        ("host's authority unknown", proxy("good"), tls(files, "unknown"), ca, tls_fails,
         "tls_authority_unknown", by_proxy),
        ("host's certificate for another host", proxy("good"), tls(files, "other"), ca, tls_fails,
         "tls_host_mismatch", by_proxy),
    ]


def prove_proxy(tap, files):
    for name, proxied, behave, settings, status, reason, told in proxy_rows(files):
        proxy, peer = Peer(proxied), Peer(behave)
        result = spay.call(peer.url, FAST, proxy=proxy.url, **settings)
        proxy.close()
        peer.close()
        final = status in ("SPAY_OK", "SPAY_E_TLS", "SPAY_E_PROXY")
        tap.ok((result.status, result.reason) == (status, reason) and told in result.message and
               (result.sent, result.outcome) == ((1, "") if status == "SPAY_OK" else
                                                 (0, "not_sent")) and
               b"session_tokens" not in proxy.received and
               bool(peer.received) == (status == "SPAY_OK") and (proxy.connections == 1) == final,
               "proxy with TLS: %s: %s %s" % (name, status, reason),
               "%d connections, it read %r; got %s" % (proxy.connections, proxy.received, result))
    prove_proxy_resumes(tap, files)


def prove_proxy_resumes(tap, files):
    for version, name in BOTH:
        proxy = Peer(tunnel(tls_context(files, "good")))
        peer = Peer(tls(files, "good", version, version))
        seen = call_often(peer, 3, ca_file=files.path("ca.pem"), proxy=proxy.url)
        proxy.close()
        peer.close()
        tap.ok(seen == [("SPAY_OK", "")] * 3 and peer.resumed == 2,
               "proxy with TLS: %s: the host's session is resumed" % name,
               "%d of %d; %s" % (peer.resumed, peer.handshakes, seen))


# ---- keys ----------------------------------------------------------------------------------------

def prove_no_keys(tap, files):
    """libcurl would write the keys of connections where the environment says."""
    proxy, peer = Peer(tunnel(tls_context(files, "good"))), Peer(tls(files, "good"))
    for name, more in (("no proxy", []), ("a proxy with TLS", ["proxy=" + proxy.url])):
        path = files.path("keys " + name)
        done = subprocess.run(
            [sys.executable, os.path.abspath(__file__), "--call", peer.url,
             "ca_file=" + files.path("ca.pem")] + more, env=dict(os.environ, SSLKEYLOGFILE=path),
            stdout=subprocess.PIPE, text=True, check=False)
        size = os.path.getsize(path) if os.path.exists(path) else 0
        tap.ok(done.stdout == "SPAY_OK\n" and not size,
               "no keys are written for SSLKEYLOGFILE: " + name,
               "%d bytes; %r" % (size, done.stdout))
    proxy.close()
    peer.close()


# ---- resumed sessions ----------------------------------------------------------------------------

BOTH = ((ssl.TLSVersion.TLSv1_2, "TLS 1.2"), (ssl.TLSVersion.TLSv1_3, "TLS 1.3"))


def call_often(peer, count, **settings):
    """Calls on one client, each on a connection of its own; what became of each."""
    client = spay.Client(**settings)
    results = [client.call(peer.url, **FAST) for _ in range(count)]
    client.close()
    return [(result.status, result.reason) for result in results]


def prove_resumed(tap, files):
    ours = {"ca_file": files.path("ca.pem")}
    own = dict(ours, client_certificate_file=files.path("client.pem"),
               client_key_file=files.path("client.key"))
    pinned = dict(ours, pinned_public_keys=files.pin("good"))
    for version, name in BOTH:
        for what, settings, client_ca, resumed in (
                ("a session is resumed", ours, None, 2),
                ("a session is resumed with a client certificate", own, "ca", 2),
                ("a pinned key is proved each time", pinned, None, 0)):
            peer = Peer(tls(files, "good", version, version, client_ca))
            seen = call_often(peer, 3, **settings)
            peer.close()
            tap.ok(seen == [("SPAY_OK", "")] * 3 and peer.resumed == resumed,
                   "%s: %s" % (name, what),
                   "%d of %d handshakes; %s" % (peer.resumed, peer.handshakes, seen))


def prove_refused_again(tap, files):
    """What libcurl finds wrong when the handshake is over is wrong when a session is resumed; and
    what was put right is right."""
    ours = {"ca_file": files.path("ca.pem")}
    for version, name in BOTH:
        for what, certificate, settings, reason in (
                ("for another host", "other", ours, "tls_host_mismatch"),
                ("another pin", "rsa", dict(ours, pinned_public_keys=files.pin("good")),
                 "tls_pin_mismatch")):
            context = tls_context(files, certificate, version, version)
            peer = Peer(speak(context))
            client = spay.Client(**settings)
            seen = [client.call(peer.url, **FAST).reason for _ in range(3)]
            read = peer.received
            context.load_cert_chain(files.path("good.pem"), files.path("good.key"))
            mended = client.call(peer.url, **FAST)
            client.close()
            peer.close()
            tap.ok(seen == [reason] * 3 and not read and mended.status == "SPAY_OK",
                   "%s, %s: refused each time, until it is mended" % (name, what),
                   "%s; %s; %d of %d resumed" % (seen, mended, peer.resumed, peer.handshakes))


class Brief:
    """A peer whose certificate expires in a moment, and a client that knows it."""

    def __init__(self, files, version):
        self.files = files
        self.client = spay.Client(ca_file=files.path("ca.pem"))
        for life_s in (3, 15, 60):
            self.end = now() + datetime.timedelta(seconds=life_s)
            files.issue("brief", end=self.end.strftime("%Y%m%d%H%M%SZ"))
            self.context = tls_context(files, "brief", version, version)
            self.peer = Peer(speak(self.context))
            self.first = self.call()
            if self.first.status == "SPAY_OK":
                break
            self.peer.close()

    def call(self):
        return self.client.call(self.peer.url, **FAST)

    def wait(self):
        while now() <= self.end + datetime.timedelta(seconds=1):
            time.sleep(0.05)

    def renew(self):
        self.context.load_cert_chain(self.files.path("good.pem"), self.files.path("good.key"))

    def close(self):
        self.peer.close()
        self.client.close()


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def prove_expiry(tap, files):
    """A certificate that expires between two calls; and then the peer gets a new one."""
    for brief, name in [(Brief(files, version), name) for version, name in BOTH]:
        brief.wait()
        late = brief.call()
        brief.renew()
        renewed = brief.call()
        tap.ok((brief.first.status, late.reason, renewed.status) ==
               ("SPAY_OK", "tls_certificate_expired", "SPAY_OK") and not brief.peer.resumed,
               name + ": a session ends with its certificate",
               "%s; %s; %s; %d resumed" % (brief.first, late, renewed, brief.peer.resumed))
        brief.close()


# ---- the system's authorities --------------------------------------------------------------------

def system_trust():
    """Where libcurl looks for them: directory and bundle."""
    curl = ctypes.CDLL("libcurl.so.4")
    curl.curl_easy_init.restype = ctypes.c_void_p
    easy = ctypes.c_void_p(curl.curl_easy_init())
    found = []
    for info in (0x100000 + 62, 0x100000 + 61):  # CURLINFO_CAPATH, CURLINFO_CAINFO
        text = ctypes.c_char_p()
        curl.curl_easy_getinfo(easy, ctypes.c_int(info), ctypes.byref(text))
        found.append(text.value.decode() if text.value else None)
    curl.curl_easy_cleanup(easy)
    return found


class System:
    """A directory that takes the place of the system's, in a mount namespace."""

    def __init__(self, files, place, bundle):
        self.files = files
        self.place = place
        self.bundle = bundle
        self.directory = files.path("system")
        self.words = self.find_words()

    def find_words(self):
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        inside = ["--mount", "sh", "-c", script, "sh", self.directory, self.place]
        os.makedirs(self.directory)
        for words in (["unshare", *inside], ["unshare", "--user", "--map-root-user", *inside]):
            try:
                if subprocess.run(words + ["true"], stderr=subprocess.DEVNULL,
                                  check=False).returncode == 0:
                    return words
            except OSError:
                pass
        return None

    def fill(self, hashed, bundled):
        shutil.rmtree(self.directory)
        os.makedirs(self.directory)
        for name in hashed:
            self.add(name)
        if bundled is not None:
            with open(os.path.join(self.directory, self.bundle), "w", encoding="ascii") as out:
                out.writelines(self.files.read(name + ".pem") for name in bundled)

    def add(self, name):
        shutil.copy(self.files.path(name + ".pem"), os.path.join(self.directory, "%s.0" % (
            subprocess.run(["openssl", "x509", "-hash", "-noout", "-in",
                            self.files.path(name + ".pem")], stdout=subprocess.PIPE, text=True,
                           check=True).stdout.strip())))

    def start(self, url, settings=(), **environment):
        """A client in the namespace that calls when it is asked to."""
        return subprocess.Popen(
            self.words + [sys.executable, os.path.abspath(__file__), "--system", url, *settings],
            env=dict(os.environ, **environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)


def call_in_system(url, *settings):
    client = spay.Client(**dict(setting.split("=", 1) for setting in settings))
    while sys.stdin.readline():
        result = client.call(url, **FAST)
        print(result.status, result.reason, flush=True)
    client.close()


def ask(child):
    child.stdin.write("\n")
    child.stdin.flush()
    return child.stdout.readline().strip()


GOOD, UNKNOWN = "SPAY_OK", "SPAY_E_TLS tls_authority_unknown"

# name, authorities in the directory, in the bundle (None: there is no bundle), the peer, the result
SYSTEMS = [
    ("in the directory", ["ca"], ["other_ca"], "good", GOOD),
    ("in the directory, without a bundle", ["ca"], None, "good", GOOD),
    ("in the bundle", ["other_ca"], ["ca"], "good", GOOD),
    ("in the bundle, the directory being empty", [], ["ca"], "good", GOOD),
    ("in both", ["ca"], ["ca"], "good", GOOD),
    ("an intermediate one, in the directory", ["between"], ["other_ca"], "below", GOOD),
    ("an intermediate one, in the bundle", ["ca"], ["between"], "below", GOOD),
    ("in neither", ["other_ca"], ["other_ca"], "good", UNKNOWN),
    ("in neither, both empty", [], [], "good", UNKNOWN),
    ("in neither, no bundle", ["other_ca"], None, "good", UNKNOWN),
    ("in both, expired", ["ca"], ["ca"], "expired", "SPAY_E_TLS tls_certificate_expired"),
    ("in both, for another host", ["ca"], ["ca"], "other", "SPAY_E_TLS tls_host_mismatch"),
    ("in both, but self-signed", ["ca"], ["ca"], "alone",
     "SPAY_E_TLS tls_certificate_self_signed"),
]


def prove_system(tap, files):
    place, bundle = system_trust()
    if not place or not bundle or os.path.dirname(bundle) != place:
        tap.skip("the system's authorities", "libcurl has no directory with a bundle in it")
        return
    system = System(files, place, os.path.basename(bundle))
    if not system.words:
        tap.skip("the system's authorities", "no mount namespace can be made here")
        return
    for name, hashed, bundled, certificate, result in SYSTEMS:
        system.fill(hashed, bundled)
        peer = Peer(tls(files, certificate))
        child = system.start(peer.url)
        seen = [ask(child), ask(child)]
        child.communicate()
        peer.close()
        tap.ok(seen == [result, result] and peer.resumed == (result == GOOD) and
               bool(peer.received) == (result == GOOD), "system's authority: %s: %s"
               % (name, result), "%d resumed; %s" % (peer.resumed, seen))
    prove_change(tap, files, system)
    prove_alone(tap, files, system)


def prove_change(tap, files, system):
    system.fill(["other_ca"], ["other_ca"])
    peer = Peer(tls(files, "good"))
    child = system.start(peer.url)
    before = ask(child)
    system.add("ca")
    after = ask(child)
    child.communicate()
    peer.close()
    tap.ok((before, after) == (UNKNOWN, GOOD), "system's authority: new in the directory",
           "%s; %s" % (before, after))


def prove_alone(tap, files, system):
    """Neither the environment nor, beside an own authority, the system has a say."""
    ca = files.path("ca.pem")
    for name, authority, settings, environment in (
            ("none from the environment", "other_ca", [],
             {"SSL_CERT_FILE": ca, "SSL_CERT_DIR": files.directory, "CURL_CA_BUNDLE": ca,
              "CURL_CA_PATH": files.directory}),
            ("none beside an own one", "ca", ["ca_file=" + files.path("other_ca.pem")], {})):
        system.fill([authority], [authority])
        peer = Peer(tls(files, "good"))
        child = system.start(peer.url, settings, **environment)
        seen = ask(child)
        child.communicate()
        peer.close()
        tap.ok(seen == UNKNOWN, "system's authority: " + name, seen)


def make_files(directory):
    files = Authority(directory)
    files.issue("good")
    files.issue("rsa", kind=("RSA", "rsa_keygen_bits:2048"))
    files.issue("weak", kind=("RSA", "rsa_keygen_bits:1024"))
    files.issue("expired", end="20210101000000Z")
    files.issue("future", start="21000101000000Z")
    files.issue("other", "other")
    files.issue("suffix", "suffix")
    files.issue("unknown", by="other_ca")
    files.issue("client", "client")
    files.issue("between", "authority")
    files.issue("below", by="between")
    files.self_signed("alone")
    files.lock("client", "correct horse")
    return files


def main():
    if not spay.LIB:
        spay.skip_all("needs the shared library")
    if not shutil.which("openssl"):
        spay.skip_all("needs the openssl command")
    tap = spay.Tap()
    seen = set()
    with tempfile.TemporaryDirectory(prefix="spay-tls-") as directory:
        files = make_files(directory)
        for row in rows(files):
            seen.add(prove(tap, *row))
        for row in late_rows(files):
            prove_late(tap, *row)
        prove_authorities(tap, files)
        prove_silence(tap, files)
        prove_proxy(tap, files)
        prove_no_keys(tap, files)
        prove_resumed(tap, files)
        prove_refused_again(tap, files)
        prove_expiry(tap, files)
        prove_system(tap, files)
    tap.ok(len(seen) >= 13, "the endings can be told apart", "only %s" % sorted(seen))
    tap.done()


if sys.argv[1:2] == ["--locked"]:
    call_locked(*sys.argv[2:])
elif sys.argv[1:2] == ["--call"]:
    print(spay.call(sys.argv[2], FAST, **dict(arg.split("=", 1) for arg in sys.argv[3:])).status)
elif sys.argv[1:2] == ["--system"]:
    call_in_system(*sys.argv[2:])
else:
    main()
