# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The manual's section 3 has all that is public, and the programs that read manuals understand it."""

import os
import re
import shutil
import sys
import tempfile

from common import SRCDIR, Tap, description, functions, read, run, structs

tap = Tap()
TOOL = [sys.executable, "-B", os.path.join(SRCDIR, "build-aux", "manual"),
        os.path.join(SRCDIR, "share", "sessionpay.api.json")]
LEADS = ".so man3/"


def plain(directory, page):
    """What a reader sees, without where lines were broken."""
    status, output = run(["mandoc", "-Tascii", os.path.join(directory, page)])
    return re.sub(r"\s+", " ", re.sub(".\b", "", output)) if status == 0 else ""


def check_content(directory):
    missing = [one["name"] for one in functions() + structs() if not os.path.exists(
        os.path.join(directory, one["name"] + ".3"))]
    tap.empty(missing, "every function and struct has a page")
    pages = {name: read(os.path.join(directory, name)) for name in os.listdir(directory)}
    tap.empty({name for name, text in pages.items()
               if text.startswith(LEADS) and os.path.basename(text.strip()) not in pages}, "links lead to pages")
    shown = {name[:-2]: plain(directory, name) for name, text in pages.items() if not text.startswith(LEADS)}
    everything = " ".join(shown.values())
    for kind in ("functions", "structs", "constants", "opaque"):
        tap.empty({one["name"] for one in description()[kind] if one["name"] not in everything},
                  "the pages show all " + kind)
    tap.empty({"%s.%s" % (struct["name"], member["name"]) for struct in structs() for member in struct["members"]
               if member["doc"].split("`")[0].split("\n")[0][:60] not in everything}, "and what each member is")
    return [name for name, text in pages.items() if not text.startswith(LEADS)]


def check_readers(directory, pages):
    paths = [os.path.join(directory, page) for page in sorted(pages)]
    said = "".join(run(["mandoc", "-Tlint", "-Wwarning", path])[1] for path in paths)
    tap.empty([line for line in said.splitlines() if "missing date" not in line], "mandoc has no complaint")
    if shutil.which("groff"):
        tap.empty("".join(run(["groff", "-man", "-ww", "-z", path])[1] for path in paths), "nor has groff")
    else:
        tap.skip("nor has groff", "groff is not installed")


def main():
    if not shutil.which("mandoc"):
        tap.skip("the manual's pages", "mandoc is not installed; ./bootstrap installs it")
        return
    with tempfile.TemporaryDirectory() as directory:
        status, output = run(TOOL + [directory])
        tap.ok(status == 0, "make man writes the pages", output)
        check_readers(directory, check_content(directory))
    status, output = run(TOOL + ["--list"])
    tap.ok(status == 0 and "spay_client_new.3" in output.split(), "and lists them for make install", output)


main()
tap.done()
