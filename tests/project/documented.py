# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Everything public has a doc comment, and links between the documents lead somewhere."""

import glob
import os
import re

from common import SRCDIR, Tap, description, read, structs

tap = Tap()

undocumented = ["%s: %s" % (entry["header"], entry["name"])
                for kind in ("functions", "structs", "opaque", "enumerations", "callbacks")
                for entry in description()[kind] if not entry.get("doc")]
tap.empty(undocumented, "everything has a doc comment directly above it")

undocumented = ["%s: %s::%s" % (struct["header"], struct["name"], member["name"])
                for struct in structs() for member in struct["members"] if not member.get("doc")]
tap.empty(undocumented, "every member has one")


def anchor(heading):
    """The name under which a heading can be linked to."""
    heading = re.sub(r"[`*_]|\[([^]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")


def links(path):
    """The targets of the relative links in a Markdown file."""
    text = re.sub(r"^```.*?^```", "", read(path), flags=re.S | re.M)
    text = re.sub(r"`[^`\n]*`", "", text)
    found = re.findall(r"\]\(<?([^)\s>]+)", text)
    found += re.findall(r"^\[[^]]+\]:\s*(\S+)", text, flags=re.M)
    return [target for target in found if not re.match(r"[a-z]+:", target)]


broken = []
documents = sorted(glob.glob(os.path.join(SRCDIR, "*.md")) +
                   glob.glob(os.path.join(SRCDIR, "docs", "**", "*.md"), recursive=True))
for document in documents:
    for target in links(document):
        name, _, fragment = target.partition("#")
        path = os.path.join(os.path.dirname(document), name) if name else document
        if not os.path.exists(path):
            broken.append("%s: %s does not exist" % (document, target))
        elif fragment and path.endswith(".md") and fragment not in [
                anchor(heading) for heading in re.findall(r"^#+ +(.*)$", read(path), flags=re.M)]:
            broken.append("%s: %s has no such heading" % (document, target))
tap.empty(broken, "links between the documents lead somewhere")

tap.done()
