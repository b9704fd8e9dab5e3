# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The frame of sessionpay: help, version, exit statuses, man page, completion, what is installed."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import COMMANDS, ENV, PROGRAM, SRCDIR, run  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()


def text(*path):
    with open(os.path.join(SRCDIR, *path), encoding="utf-8") as file:
        return file.read()


def options_of(output):
    """The options in the lines of a help text that describe them."""
    return {option for line in output.splitlines() if line.startswith("  --")
            for option in re.findall(r"--[a-z][a-z-]*", line)}


result = run("--help")
listed = re.findall(r"^  ([a-z]+) ", result.out, flags=re.M)
tap.equal((result.status, listed), (0, COMMANDS), "--help lists the commands")
meanings = dict(re.findall(r"(\d) ([a-z-]+)", result.out.split("Exit status:")[1]))
tap.equal(sorted(meanings), list("0234567"), "and the exit statuses")
result = run("--version")
tap.ok(result.status == 0 and result.out.split()[-1] == ENV.get("VERSION", result.out.split()[-1]),
       "--version tells the version", result)

manual = text("tools", "cli", "sessionpay.1").replace("\\-", "-")
page = text("docs", "cli.md")
for status in meanings:
    tap.ok(re.search(r"^\| %s \| %s" % (status, meanings[status]), page, flags=re.M) and
           re.search(r"^\.B %s\n%s" % (status, meanings[status]), manual, flags=re.M),
           "exit status %s is in the man page and in docs/cli.md" % status)

for command in COMMANDS:
    result = run(command, "--help")
    options = options_of(result.out)
    tap.ok(result.status == 0 and not result.err and {"--help", "--json"} <= options,
           command + " --help", result)
    tap.empty([option for option in options if not re.search(re.escape(option) + r"(?![a-z-])", manual)],
              command + ": every option is in the man page")
    tap.ok(re.search(r"^\.SS %s" % command, manual, flags=re.M) and "sessionpay " + command in page,
           command + " is in the man page and in docs/cli.md")
    result = run(command, "--no-such-option=hush-hush-7")
    tap.ok(result.status == 2 and "hush" not in result.all, command + ": an unknown option is not repeated", result)
    result = run(command, "--json", "--no-such-option")
    tap.equal((result.status, result.err, result.json["exit"]), (2, "", 2), command + ": mistakes as JSON")

result = run()
tap.ok(result.status == 2 and result.err and not result.out, "a command is needed", result)
result = run("hush-hush-7")
tap.ok(result.status == 2 and "hush" not in result.all, "an unknown command is not repeated", result)
with open("/dev/full", "w", encoding="ascii") as full:
    done = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
tap.equal(done.returncode, 3, "output that does not get out is told")


def complete(*words):
    """What bash offers for the last word."""
    script = ". '%s'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _sessionpay; printf '%%s\\n' \"${COMPREPLY[@]}\""
    path = os.path.join(SRCDIR, "tools", "cli", "completion", "sessionpay.bash")
    done = subprocess.run(["bash", "-c", script % path, "bash", PROGRAM, *words], stdout=subprocess.PIPE,
                          universal_newlines=True, check=True)
    return done.stdout.split()


if shutil.which("bash"):
    tap.equal(sorted(complete("")), sorted(COMMANDS + ["--help", "--version"]), "bash completes commands")
    for command in COMMANDS:
        options = options_of(run(command, "--help").out)
        tap.equal(set(complete(command, "--")), options, "bash completes the options of " + command)
    tap.equal(set(complete("flight", "--")), {"--html", "--svg", "--json", "--help"}, "and no other command's")
    tap.equal(complete("doctor", "h"), ["hosted-fields"], "bash completes products")
    tap.equal(complete("verify", "h"), ["hosted-fields"], "those that can be verified, too")
    tap.equal(complete("explain", "SPAY_E_TL"), ["SPAY_E_TLS"], "bash completes what can be explained")
else:
    tap.skip("bash completion", "no bash")
if shutil.which("zsh"):
    done = subprocess.run(["zsh", "-n", os.path.join(SRCDIR, "tools", "cli", "completion", "sessionpay.zsh")],
                          check=False)
    tap.equal(done.returncode, 0, "zsh can read its completion")
else:
    tap.skip("zsh can read its completion", "no zsh")
if shutil.which("man"):
    done = subprocess.run(["man", "--warnings", "-l", "-E", "UTF-8", os.path.join(SRCDIR, "tools", "cli",
                          "sessionpay.1")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, check=False, env=dict(ENV, MANWIDTH="80", PAGER="cat"))
    tap.ok(done.returncode == 0 and "EXIT STATUS" in done.stdout, "man formats the page", done.stderr)
    tap.ok(not done.stderr, "without warnings", done.stderr)
else:
    tap.skip("man formats the page", "no man")

with tempfile.TemporaryDirectory() as root:
    make = [ENV.get("MAKE", "make"), "-C", SRCDIR, "-s", "-o", "all", "-o", "lib", "-o", "adapters",
            "O=" + os.path.abspath(ENV.get("BUILD", "build")), "DISABLE_SHARED=" + ("" if ENV.get("SHARED") else "1"), "DISABLE_STATIC=" + ("" if ENV.get("STATIC") else "1"),
            "DESTDIR=" + root, "prefix=/usr", "install"]
    done = subprocess.run(make, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                          check=False)
    missing = [path for path in ("bin/sessionpay", "share/man/man1/sessionpay.1",
                                 "share/bash-completion/completions/sessionpay",
                                 "share/zsh/site-functions/_sessionpay")
               if not os.path.exists(os.path.join(root, "usr", path))]
    tap.ok(done.returncode == 0 and not missing, "make install installs all of it", done.stdout, missing)
tap.done()
