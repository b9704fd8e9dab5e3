# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Silence: the quickstart and the examples talk to the sandbox, and to nobody else. First in a
network namespace that has nothing but loopback, then under strace, which lists every address that
any thread connects, sends or binds to. Proxies named in the environment are a trap.

usage: SPAY_BUILD=build python3 silence.py
"""

import ctypes
import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))
import spay  # noqa: E402

BUILD = os.environ.get("SPAY_BUILD", "build")
SANDBOX = os.path.join(BUILD, "bin", "sessionpay-sandbox")
FULL = bool(os.environ.get("SPAY_TORTURE"))
SAMPLE = ["quickstart", "hosted_fields", "connect_client", "firmware"]
WITHOUT_NETWORK = ["mock", "own_transport"]
CONFIGURED = {"errors": {"127.0.0.1:1"}}  # beyond the sandbox: a host where nobody is
CALLS = "trace=connect,sendto,sendmsg,sendmmsg,bind"
LIMIT_S = 60
NEW_NETWORK = 0x40000000  # CLONE_NEWNET
NEW_USER = 0x10000000  # CLONE_NEWUSER

tap = spay.Tap()


def programs():
    directory = os.path.join(BUILD, "examples")
    found = sorted(os.listdir(directory)) if os.path.isdir(directory) else []
    return [os.path.join(directory, name) for name in found if FULL or name in SAMPLE]


def environment():
    """Everything that might tempt a client to talk to others."""
    trap = "http://127.0.0.9:9"
    names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    return dict(os.environ, **{name: trap for name in names})


# ---- a network of one's own ----------------------------------------------------------------------

def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14s", b"lo", 0x41, b"")  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS


def enter_network():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NETWORK) and libc.unshare(NEW_USER | NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "unshare")
    raise_loopback()


def why_no_network():
    """None if a process of ours may have a network of its own."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are Linux's"
    try:
        subprocess.run(["true"], preexec_fn=enter_network, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return "the system does not allow a network namespace: %s" % error
    return None


def run(command, **options):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, universal_newlines=True, check=False,
                            timeout=LIMIT_S, env=environment(), **options)
    return result.returncode, result.stdout


def test_alone(program):
    status, output = run([SANDBOX, "--", program], preexec_fn=enter_network)
    tap.ok(status == 0, "%s needs no network but loopback" % os.path.basename(program),
           "\n#   ".join(output.splitlines()[-5:]))


# ---- every address -------------------------------------------------------------------------------

def peers(seen):
    """The addresses in what strace saw, "127.0.0.1:443" and the like. Sockets that cannot leave the
    machine are left out: the C library asks the kernel, or a cache, about names and interfaces."""
    found = set()
    for family, text in re.findall(r"sa_family=(AF_\w+)(.*?)}", seen):
        port = re.search(r"port=htons\((\d+)\)", text)
        address = re.search(r'"([^"]*)"', text)
        if family not in ("AF_UNIX", "AF_LOCAL", "AF_NETLINK"):
            found.add("%s:%s" % (address.group(1) if address else family,
                                 port.group(1) if port else ""))
    return found


def why_no_strace():
    if not shutil.which("strace"):
        return "strace is not here"
    status, output = run(["strace", "-f", "-qq", "-o", "/dev/null", "true"])
    return None if status == 0 else "strace does not work here: %s" % output.strip()


def traced(command):
    """Runs it in a sandbox that is not traced: exit status, output, the sandbox, whom it addressed."""
    script = 'echo "$SPAY_SANDBOX_URL" >"$0"; exec "$@"'
    with tempfile.NamedTemporaryFile("r", prefix="torture-strace-") as file, \
            tempfile.NamedTemporaryFile("r", prefix="torture-url-") as url:
        status, output = run([SANDBOX, "--", "sh", "-c", script, url.name, "strace", "-f", "-qq",
                              "-e", CALLS, "-o", file.name] + command)
        return status, output, url.read().strip().split("//")[-1], peers(file.read())


def test_traced(program):
    name = os.path.basename(program)
    status, output, sandbox, seen = traced([program])
    wanted = CONFIGURED.get(name, set()) | (set() if name in WITHOUT_NETWORK else {sandbox})
    tap.ok(status == 0 and seen == wanted, "%s addresses its configured hosts and nobody else" % name,
           "status %d, %s, wanted %s; %s" % (status, sorted(seen), sorted(wanted), output[-200:]))


def test_tracing():
    """A test that sees nothing proves nothing: another address must show."""
    code = ("import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
            "s.sendto(b'x', ('127.0.0.9', 9))")
    seen = traced([sys.executable, "-c", code])[3]
    tap.ok("127.0.0.9:9" in seen, "another address that is contacted shows in the trace", seen)


def main():
    if not programs():
        spay.skip_all("there are no examples in %s" % BUILD)
    no_network, no_strace = why_no_network(), why_no_strace()
    for program in programs():
        if no_network:
            tap.skip("%s alone" % os.path.basename(program), no_network)
        else:
            test_alone(program)
    if no_strace:
        tap.skip("every address", no_strace)
        tap.done()
    test_tracing()
    for program in programs():
        test_traced(program)
    tap.done()


main()
