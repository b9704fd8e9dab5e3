# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""HAProxy and nginx in front of the sandbox, closing what has been idle for just as long as it is
between two calls. Each call succeeds, and few of them need a second request: the library learns how
long connections live there.

usage: SPAY_LIBRARY=... sessionpay-sandbox -- python3 keep_alive.py
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
for place in ("python", "../bench"):
    sys.path.insert(0, os.path.join(HERE, place))
import server  # noqa: E402
import spay  # noqa: E402

FULL = bool(os.environ.get("SPAY_TORTURE"))
CALLS, IDLE_MS = (50, 800) if FULL else (12, 250)
MOST_SECOND_REQUESTS = 3

tap = spay.Tap()

HAPROXY = """
global
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
    timeout http-keep-alive {idle}ms
frontend before
    bind 127.0.0.1:{port} ssl crt {directory}/both.pem
    default_backend sandbox
backend sandbox
    server sandbox {sandbox} ssl verify none
"""

NGINX = """daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {directory}/server.pem;
        ssl_certificate_key {directory}/server.key;
        keepalive_timeout {idle}ms;
        location / {{ proxy_pass https://{sandbox}; }}
    }}
}}
"""


class Proxy(server.Server):
    """A program, started with what it wants to know of its configuration."""

    def __init__(self, directory, configuration, *command):
        super().__init__(None, directory)
        self.configuration = configuration
        self.command = command

    def __enter__(self):
        sandbox = urllib.parse.urlsplit(os.environ["SPAY_SANDBOX_URL"]).netloc
        with open(self.path("server.pem"), encoding="ascii") as chain, \
                open(self.path("server.key"), encoding="ascii") as key, \
                open(self.path("both.pem"), "w", encoding="ascii") as both:
            both.write(chain.read() + key.read())
        with open(self.path("proxy.conf"), "w", encoding="ascii") as out:
            out.write(self.configuration.format(directory=self.directory, port=self.port,
                                                idle=IDLE_MS, sandbox=sandbox))
        self.process = subprocess.Popen(list(self.command) + [self.path("proxy.conf")],
                                        stdin=subprocess.DEVNULL)
        self.wait()
        return self


def try_calls(proxy, name):
    """Each as long after the one before as the proxy keeps a connection."""
    client = spay.Client(ca_file=proxy.ca)
    results = []
    for number in range(CALLS):
        if number:
            time.sleep(IDLE_MS / 1000)
        results.append(client.call(proxy.base))
    client.close()
    bad = [str(result) for result in results if result.status != "SPAY_OK"]
    second = sum(result.sent > 1 for result in results)
    tap.ok(not bad, "%s: %d calls, %d ms apart, succeed" % (name, CALLS, IDLE_MS), bad[:3])
    tap.ok(second <= MOST_SECOND_REQUESTS, "%s: at most %d of them with a second request"
           % (name, MOST_SECOND_REQUESTS), "%d of %d" % (second, CALLS))
    print("#   %s: %d of %d calls needed a second request" % (name, second, CALLS))


def main():
    nginx = server.find_nginx()
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    commands = [("HAProxy", haproxy, HAPROXY, ["-db", "-q", "-f"]), ("nginx", nginx, NGINX, ["-c"])]
    with tempfile.TemporaryDirectory(prefix="sessionpay-keep-alive-") as directory:
        if haproxy or nginx:
            server.Server(None, directory).make_certificates()
        for name, program, configuration, options in commands:
            if not program:
                tap.skip(name, "not installed; ./bootstrap http2 installs it")
                continue
            if program == nginx:
                options = ["-p", directory, "-e", os.path.join(directory, "error.log")] + options
            with Proxy(directory, configuration, program, *options) as proxy:
                try_calls(proxy, name)
    tap.done()


if not shutil.which("openssl"):
    spay.skip_all("openssl is not installed")
main()
