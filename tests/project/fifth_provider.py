# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The provider of docs/adding-a-provider.md, built from that page alone: it works, it touches the places
that the page promises, and providers.py names each of them when it is left out."""

import collections
import importlib.util
import json
import os
import re
import shlex
import shutil
import sys
import tempfile

from common import BUILD, CFLAGS, EMULATOR, SRCDIR, Tap, read, run, write

tap = Tap()
HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(SRCDIR, "docs", "adding-a-provider.md")
MAKE = shlex.split(os.environ.get("MAKE", "make"))
NEEDED = ["Makefile", "build-aux/api", "build-aux/embed", "README.md", "configure.ac", "docs", "include", "lib",
          "tests/check.mk", "tests/golden", "tests/support", "tools/sandbox", "tools/beliefs"]
SWITCHES = ["O=build", "srcdir=.", "PROVIDERS=acme", "WITHOUT_CURL=1", "DISABLE_SHARED=1",
            "DISABLE_STATIC=", "DISABLE_THREADS=", "WITHOUT_PLATFORM=", "WITHOUT_STORE=", "WITH_NGHTTP2=",
            "CFLAGS=" + " ".join(re.sub(r"^-O\S*", "", word) for word in CFLAGS)]

# A whole file, or lines that go after the line of a file that has the anchor in it.
Block = collections.namedtuple("Block", "path anchor text")


def blocks_of(page):
    """What the page says, in its order."""
    return [Block(whole or path, anchor, text) for whole, path, anchor, text in re.findall(
        r"(?:File `([^`\n]+)`|^In `([^`\n]+)`, after `([^`\n]+)`):\n\n```\w*\n(.*?)^```$", page,
        flags=re.S | re.M)]


def promised_by(page):
    """The places in the page's table."""
    return re.findall(r"^\| `([^`]+)` \|", page, flags=re.M)


def place_of(block):
    """The entry of the table that a block belongs to: cases count as one place."""
    return re.sub(r"^(tests/fixtures/\w+/).*", r"\1", block.path)


def copy_file(source, target):
    """Writable even if the source tree is not, and as old."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)
    os.utime(target, ns=(os.stat(source).st_atime_ns, os.stat(source).st_mtime_ns))


def copy_tree(work):
    for needed in NEEDED:
        source = os.path.join(SRCDIR, needed)
        if os.path.isfile(source):
            copy_file(source, os.path.join(work, needed))
        for base, _, names in os.walk(source):
            for name in names:
                path = os.path.join(base, name)
                copy_file(path, os.path.join(work, os.path.relpath(path, SRCDIR)))
    fixtures = os.path.join(SRCDIR, "tests", "fixtures")
    os.makedirs(os.path.join(work, "tests", "fixtures"))
    for name in os.listdir(fixtures):
        os.symlink(os.path.abspath(os.path.join(fixtures, name)),
                   os.path.join(work, "tests", "fixtures", name))


def apply(block, work):
    """Does what a block says; returns what is wrong with it."""
    path = os.path.join(work, block.path)
    if not block.anchor:
        if os.path.exists(path):
            return block.path + " is there already"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, block.text)
        return ""
    lines = read(path).splitlines(True)
    found = [number for number, line in enumerate(lines) if block.anchor in line]
    if len(found) != 1:
        return "%d lines of %s have %s" % (len(found), block.path, block.anchor)
    lines.insert(found[0] + 1, block.text)
    write(path, "".join(lines))
    return ""


def borrow_objects(work):
    """Objects of the sandbox that the new provider cannot change: compiled from the same text."""
    sources = os.path.join(work, "tools", "sandbox")
    for name in os.listdir(sources):
        made = os.path.join(BUILD, "obj", "tools", "sandbox", name[:-2] + ".o")
        if name.endswith(".c") and os.path.exists(made) and \
                "apis.h" not in read(os.path.join(sources, name)):
            copy_file(made, os.path.join(work, "build", "obj", "tools", "sandbox", name[:-2] + ".o"))


CLIENT = r"""
import json, os, urllib.error, urllib.request
for key in os.environ["SPAY_ACME_API_KEY"], "another":
    request = urllib.request.Request(os.environ["SPAY_ACME_BASE_URL"] + "/tokens",
                                     b'{"customer": "c-17"}', {"X-Api-Key": key})
    try:
        with urllib.request.urlopen(request) as reply:
            print(reply.status, sorted(json.load(reply)))
    except urllib.error.HTTPError as error:
        print(error.code, json.load(error)["code"])
"""


def describe(work):
    """What make api writes of it."""
    if not importlib.util.find_spec("pycparser"):
        tap.skip("its header is described", "pycparser is not installed; ./bootstrap installs it")
        return
    os.mkdir(os.path.join(work, "share"))
    status, output = run(MAKE + ["-C", work] + SWITCHES + ["api"])
    made = os.path.join(work, "share", "sessionpay.api.json")
    structs = {struct["name"]: struct for struct in json.loads(read(made))["structs"]} if not status else {}
    tap.ok(not status and structs["spay_acme_options"]["provider"] == "acme" and
           structs["spay_acme_options"]["members"][-1]["secret"], "its header is described", output)


def build_and_play(work):
    sandbox = os.path.join("build", "bin", "sessionpay-sandbox")
    native = os.path.exists(os.path.join(BUILD, "bin", "sessionpay-sandbox"))
    os.makedirs(os.path.join(work, "build", "obj"))
    write(os.path.join(work, "build", "obj", "flags"), "")
    if native:
        borrow_objects(work)
    os.utime(os.path.join(work, "build", "obj", "flags"), (0, 0))
    status, output = run(MAKE + ["--no-print-directory", "-j2", "-o", "build/obj/flags", "-C", work] + SWITCHES +
                         ["build/tests/golden"] + ([sandbox, "NATIVE=build"] if native else []))
    if not tap.ok(status == 0, "the library builds with it", *output.splitlines()[-30:]):
        return
    status, output = run(EMULATOR + [os.path.join(work, "build", "tests", "golden"),
                                     os.path.join(work, "tests", "fixtures"), "acme/"])
    tap.ok(status == 0 and output.count("ok ") >= 4 and "not ok" not in output,
           "its golden cases pass", output)
    if not native:
        tap.skip("the sandbox has its API", "this build has no sandbox")
        return
    _, output = run([os.path.join(work, sandbox), "--http", "--", sys.executable, "-c", CLIENT])
    tap.ok(output.split("\n")[:2] == ["201 ['expires_in', 'token']", "401 unauthorized"],
           "the sandbox has its API", output)


def judge(work, *names):
    """The places that providers.py finds missing."""
    _, output = run([sys.executable, "-B", os.path.join(HERE, "providers.py"), *names],
                    env=dict(os.environ, SRCDIR=work))
    return set(re.findall(r"^#   ([^:\n]+): ", output, flags=re.M)), output


def leave_out(work, blocks, original):
    """Builds the tree anew without some blocks of a place, and asks for what is missing."""
    place = place_of(blocks[0])
    kept = {path: read(os.path.join(work, path)) for path in {block.path for block in blocks}}
    for path in kept:
        os.remove(os.path.join(work, path))
        if path in original:
            write(os.path.join(work, path), original[path])
    for block in everything:
        if block.path in kept and block not in blocks:
            apply(block, work)
    found, output = judge(work, "acme")
    for path, text in kept.items():
        write(os.path.join(work, path), text)
    what = blocks[0].path if place == blocks[0].path else os.path.dirname(blocks[0].path)
    return tap.ok(found == {place}, "without %s%s, that is what is named" % (
        what, " after %s" % blocks[0].anchor if blocks[0].anchor else ""), output)


def groups(blocks):
    """What is left out together: a case's files; everything else by itself."""
    cases = collections.OrderedDict()
    for number, block in enumerate(blocks):
        case = os.path.dirname(block.path) if block.path.startswith("tests/fixtures/") else number
        cases.setdefault(case, []).append(block)
    return list(cases.values())


page = read(PAGE)
everything = blocks_of(page)
tap.ok(len(everything) == page.count("\n```\n") and everything,
       "the page says of every block of code where it goes",
       "%d blocks, %d with a place" % (page.count("\n```\n"), len(everything)))
tap.empty(set(promised_by(page)) ^ {place_of(block) for block in everything},
          "it touches the places that it promises, and no others")

with tempfile.TemporaryDirectory() as work:
    copy_tree(work)
    original = {block.path: read(os.path.join(work, block.path)) for block in everything if block.anchor}
    tap.empty([fault for fault in [apply(block, work) for block in everything] if fault],
              "every block has its place")
    found, output = judge(work)
    tap.ok(not found and "ok 2 - acme" in output, "nothing is missing", output)
    for group in groups(everything):
        leave_out(work, group, original)
    describe(work)
    build_and_play(work)

tap.done()
