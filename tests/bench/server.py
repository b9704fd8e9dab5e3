# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""nginx with canned answers of the four APIs, over TLS 1.3 on loopback, with a throw-away CA."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import time

SYSTEM_TRUST = "/etc/ssl/certs"
BUNDLE = "ca-certificates.crt"
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

# About as long as the signed tokens that identity providers hand out.
TOKEN = "eyJhbGciOiJub25lIn0." + "ZXhhbXBsZS1ub3QtYS1yZWFsLXRva2Vu" * 12 + ".c2ln"

WEPAY = """{"id":"a47c19e2-5b80-4d6f-b3f1-0c2e98d7654a",\
"session_token":"stage_MTJfNmMxZjBhMzQtOGQyZS00YjdjLWE5NWQtMDNlN2YxOGIyNmQ0",\
"expire_time":4102444800,"path":"/session_tokens/a47c19e2-5b80-4d6f-b3f1-0c2e98d7654a",\
"resource":"session_tokens","owner":{"id":"2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852",\
"path":"/accounts/2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852","resource":"accounts"},\
"create_time":1767225600,"api_version":"3.0","state":"active","type":"mobile_session",\
"mobile_session":{"time_to_live":86400,"account_id":"2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852"}}"""

HOSTED_FIELDS = """{"processingTerminalId":"7702014","token":"5b8e0c9d31f74a26be1290d7c3a4f56e",\
"expiresAt":"2099-11-20T18:14:31.512+01:00"}"""

AUTHORIZE = """{"access_token":"%s","expires_in":3600,"scope":"hosted-fields payments",\
"token_type":"Bearer"}""" % TOKEN

CONNECT_SERVER = """{"clientApiUrl":"https://ams1.preprod.example/client",\
"clientSessionId":"4be7a1c09d3f4826b5e1f7c2a90d6e38",\
"customerId":"4217-9c2ad0f1b7e84365a1d8c4f02b6e7395",\
"assetUrl":"https://payment.pay1.preprod.example/","region":"EU"}"""


def digits(seed, count):
    """Hexadecimal digits that look like chance."""
    return hashlib.shake_128(seed.encode()).hexdigest(count // 2)


def apple_session():
    """A merchant session as Apple makes them: most of it is the signature, in hexadecimal."""
    merchant = digits("merchant", 64).upper()
    return {
        "epochTimestamp": 1772529342117, "expiresAt": 1772532942117,
        "merchantSessionIdentifier": "SSH%s_%s" % (digits("session", 32).upper(), merchant),
        "nonce": digits("nonce", 8), "merchantIdentifier": merchant,
        "domainName": "checkout.example-bikes.test", "displayName": "Example Bikes",
        "signature": "308006092a864886f70d010702a0803080" + digits("signature", 2680),
        "operationalAnalyticsIdentifier": "Example Bikes:" + merchant, "retries": 0,
        "pspId": merchant}


def compact(value):
    return json.dumps(value, separators=(",", ":"))


# A text that holds JSON, so that each of its quotes is escaped: 3.3 KB.
CONNECT_CLIENT = compact({"paymentProductSession302SpecificOutput":
                          {"sessionObject": compact(apple_session())}})

REPLIES = {
    "wepay": ("/session_tokens", 201, WEPAY),
    "hosted_fields": ("/v1/processing-terminals/", 201, HOSTED_FIELDS),
    "connect_server": ("/v1/4217/sessions", 200, CONNECT_SERVER),
    "connect_client": ("/client/v1/", 200, CONNECT_CLIENT),
    "authorize": ("/authorize", 200, AUTHORIZE),
}

CONFIGURATION = """daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/json;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
    log_format token '$connection';
    ssl_certificate {directory}/server.pem;
    ssl_certificate_key {directory}/server.key;
    ssl_protocols TLSv1.3;
    ssl_session_cache shared:bench:1m;
    add_header Cache-Control no-store;
    add_header X-Correlation-Id c0rr-0001;
    add_header Strict-Transport-Security max-age=31536000;
    server {{
        listen 127.0.0.1:{port} ssl backlog=4096;
{locations}
    }}
    server {{
        {listen_http2}
        if ($server_protocol != HTTP/2.0) {{ return 505; }}
        location /early/ {{ {wepay} }}
        location /nothing {{ return 204; }}
        location @answer {{ {wepay} }}
        location / {{
            # A mirror gets the body, so that it is read before the answer; this answers a POST
            # with 405.
            mirror /nothing;
            empty_gif;
            error_page 405 = @answer;
        }}
    }}
}}
"""


def quoted(text):
    """An nginx string."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def answer(status, body):
    return "return %d %s;" % (status, quoted(body))


def locations(directory):
    logged = "access_log %s/token.log token;" % directory
    return "\n".join("        location %s { %s %s }"
                     % (path, logged if path == "/authorize" else "", answer(status, body))
                     for path, status, body in REPLIES.values())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_nginx():
    """nginx's path, which may be outside of a user's; None if it is not installed."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


class Server:
    """Start with `with Server(directory) as server`; the directory is the caller's."""

    def __init__(self, nginx, directory):
        self.nginx = nginx
        self.directory = directory
        self.port = free_port()
        self.base = "https://127.0.0.1:%d" % self.port
        self.http2_port = free_port()
        self.http2 = "https://127.0.0.1:%d" % self.http2_port
        self.ca = self.path("ca.pem")
        self.process = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.directory, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        return done.stdout.strip()

    def make_certificate(self, name, subject, issuer, extensions):
        self.openssl("req", *NEW_KEY, "-subj", subject, "-keyout", name + ".key",
                     "-out", name + ".csr")
        with open(self.path(name + ".ext"), "w", encoding="ascii") as out:
            out.write(extensions + "\n")
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", issuer + ".pem",
                     "-CAkey", issuer + ".key", "-CAcreateserial", "-days", "2",
                     "-extfile", name + ".ext", "-out", name + ".pem")

    def make_certificates(self):
        """Like those of the true hosts: an authority, an intermediate, and the server's own."""
        self.openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=bench authority",
                     "-keyout", "ca.key", "-out", "ca.pem")
        self.make_certificate("between", "/CN=bench intermediate", "ca",
                              "basicConstraints=critical,CA:true,pathlen:0")
        self.make_certificate("server", "/CN=127.0.0.1", "between", "subjectAltName=IP:127.0.0.1")
        with open(self.path("between.pem"), encoding="ascii") as between:
            chain = between.read()
        with open(self.path("server.pem"), "a", encoding="ascii") as out:
            out.write(chain)

    def make_trust(self):
        """A copy of the system's trust, bundle and hashed directory, with our authority in it."""
        trust = self.path("trust")
        shutil.copytree(SYSTEM_TRUST, trust, symlinks=True)
        bundle = os.path.join(trust, BUNDLE)
        with open(os.path.join(SYSTEM_TRUST, BUNDLE), encoding="utf-8") as system:
            everything = system.read()
        with open(self.ca, encoding="ascii") as own:
            everything += own.read()
        os.unlink(bundle)
        with open(bundle, "w", encoding="utf-8") as out:
            out.write(everything)
        shutil.copy(self.ca, os.path.join(trust, "bench.pem"))
        os.symlink("bench.pem", os.path.join(trust, self.openssl("x509", "-hash", "-noout",
                                                                 "-in", "ca.pem") + ".0"))
        return trust

    def listen_http2(self, port):
        """The directive is nginx's since 1.25.1, where the older form is deprecated."""
        said = subprocess.run([self.nginx, "-v"], stderr=subprocess.PIPE, text=True, check=True)
        version = [int(part) for part in re.search(r"/([\d.]+)", said.stderr).group(1).split(".")]
        form = "%s; http2 on;" if version >= [1, 25, 1] else "%s http2;"
        return form % ("listen 127.0.0.1:%d ssl backlog=4096" % port)

    def token_fetches(self):
        try:
            with open(self.path("token.log"), encoding="ascii") as log:
                return len(log.readlines())
        except FileNotFoundError:
            return 0

    def __enter__(self):
        self.make_certificates()
        with open(self.path("nginx.conf"), "w", encoding="ascii") as out:
            out.write(CONFIGURATION.format(directory=self.directory, port=self.port,
                                           locations=locations(self.directory),
                                           listen_http2=self.listen_http2(self.http2_port),
                                           wepay=answer(201, WEPAY)))
        self.process = subprocess.Popen(
            [self.nginx, "-p", self.directory, "-e", self.path("error.log"),
             "-c", self.path("nginx.conf")], stdin=subprocess.DEVNULL)
        self.wait()
        return self

    def wait(self):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nginx does not answer: see " + self.path("error.log"))

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
