# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Every provider is in every place where a provider has to be; docs/adding-a-provider.md lists them.
Arguments are the names of providers to look at instead of all."""

import glob
import json
import os
import re
import sys

from common import SRCDIR, Tap, map_names, public_headers, read, without_comments

tap = Tap()
VERBS = ["free", "new", "options_init", "session_call_new", "session_create", "session_free",
         "session_from_call", "session_request_init"]


def text_of(path):
    """The text of a file of the source tree; "" if it is not there."""
    path = os.path.join(SRCDIR, path)
    return read(path) if os.path.exists(path) else ""


def line_of(pattern, path):
    return re.search(r"^[ \t]*%s" % pattern, text_of(path), flags=re.M)


def cases_of(name):
    """The golden cases: what is expected, and the replies."""
    for directory in sorted(glob.glob(os.path.join(SRCDIR, "tests", "fixtures", name, "*"))):
        expected = os.path.join(directory, "expected.json")
        if os.path.exists(expected):
            yield (json.loads(read(expected)),
                   [read(path) for path in glob.glob(os.path.join(directory, "response*.http"))])


def has_field_errors(name):
    """Whether the provider's error format has a list of faults, here or in a header beside it."""
    text = text_of("lib/providers/%s.c" % name)
    for header in re.findall(r'^#include "(\w+\.h)"', text, flags=re.M):
        if header != "provider.h":
            text += text_of("lib/providers/" + header)
    return re.search(r"\.list\s*=", text)


def declared_by(header):
    """The functions of a header, which share/ may not have yet."""
    return set(re.findall(r"\b(spay_\w+)\(", without_comments(text_of(header))))


def kinds_of_cases(name):
    """What the golden cases show: a set of words."""
    kinds = set()
    for expected, replies in cases_of(name):
        error = expected.get("error", {})
        refused = (error.get("http_status") or 0) >= 400
        if "session" in expected:
            kinds.add("a success")
        if error.get("status") == "SPAY_E_INVALID_ARGUMENT":
            kinds.add("bad input")
        if refused and error.get("provider_code"):
            kinds.add("an error with a code")
        if refused and error.get("fields"):
            kinds.add("an error with field errors")
        if refused and any(not reply.partition("\n\n")[2].lstrip().startswith("{")
                           for reply in replies):
            kinds.add("an error that is not the provider's")
    return kinds


def missing(name):
    """What a provider lacks: "path: what"."""
    constant = "SPAY_PROVIDER_" + name.upper()
    switch = "DISABLE_" + name.upper()
    dashed = name.replace("_", "-")
    header = "include/sessionpay/%s.h" % name
    declared = declared_by(header)
    eight = {"spay_%s_%s" % (name, verb) for verb in VERBS}
    listed = re.search(r"^ALL_PROVIDERS := ((?:.*\\\n)*.*)", text_of("Makefile"), flags=re.M)

    for function in sorted(eight - declared):
        yield "%s: does not declare %s()" % (header, function)
    if not line_of(constant + r" = \d+", "include/sessionpay/error.h"):
        yield "include/sessionpay/error.h: no " + constant
    if not line_of("#include <sessionpay/%s.h>" % name, "include/sessionpay/sessionpay.h"):
        yield "include/sessionpay/sessionpay.h: does not include it"
    if not line_of(r"SPAY__PUBLIC_FUNCTIONS\(%s," % name, "lib/providers/%s.c" % name):
        yield "lib/providers/%s.c: does not define its public functions" % name
    if not line_of(r'\[%s\] = "%s",' % (constant, name), "lib/providers/registry.c"):
        yield 'lib/providers/registry.c: no [%s] = "%s"' % (constant, name)
    for function in sorted((declared | eight) - set(map_names())):
        yield "lib/libsessionpay.map: no " + function
    if not listed or name not in listed.group(1).split():
        yield "Makefile: not in ALL_PROVIDERS"
    if "$(if $(%s),,lib/providers/%s.c)" % (switch, name) not in text_of("Makefile"):
        yield "Makefile: %s does not leave out lib/providers/%s.c" % (switch, name)
    if not line_of(r"SPAY_DISABLE\(\[%s\], \[%s\]," % (dashed, switch), "configure.ac"):
        yield "configure.ac: no --disable-" + dashed
    if not line_of(r"const struct api %s_api = " % name, "tools/sandbox/%s.c" % name):
        yield "tools/sandbox/%s.c: does not define its API" % name
    if not line_of(r"api\(%s\)" % name, "tools/sandbox/apis.h"):
        yield "tools/sandbox/apis.h: not in EACH_API"
    if not line_of("const golden_provider golden_%s = " % name, "tests/golden/%s.c" % name):
        yield "tests/golden/%s.c: no tables of its structs" % name
    wanted = {"a success", "bad input", "an error with a code",
              "an error that is not the provider's"}
    if has_field_errors(name):
        wanted.add("an error with field errors")
    for kind in sorted(wanted - kinds_of_cases(name)):
        yield "tests/fixtures/%s/: no case of %s" % (name, kind)
    if not text_of("docs/%s.md" % dashed):
        yield "docs/%s.md: does not exist" % dashed
    if not re.search(name.replace("_", "[ _-]"), text_of("README.md"), flags=re.I):
        yield "README.md: does not name it"


def providers():
    """By their headers; by number and by golden cases too, in case that the header is missing."""
    names = {header[:-2] for header in public_headers()}
    found = {name for name in names
             if "spay_%s_session_create" % name in declared_by("include/sessionpay/%s.h" % name)}
    found |= {constant.lower() for constant in
              re.findall(r"^ +SPAY_PROVIDER_(\w+) = [1-9]", text_of("include/sessionpay/error.h"),
                         flags=re.M)}
    return sorted(found | set(os.listdir(os.path.join(SRCDIR, "tests", "fixtures"))))


numbers = re.findall(r"^ +SPAY_PROVIDER_\w+ = (\d+)", text_of("include/sessionpay/error.h"),
                     flags=re.M)
tap.empty({number for number in numbers if numbers.count(number) > 1},
          "each provider has a number of its own")
for name in sys.argv[1:] or providers():
    tap.empty(list(missing(name)), "%s is in every place" % name)

tap.done()
