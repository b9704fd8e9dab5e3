#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Writes tables of the public structs in C, for what converts them member by member: the conformance
runner, and the bindings that are written in C. The compiler knows the offsets; nobody copies them.

usage: layouts.py share/sessionpay.api.json layouts.h layouts.c
"""

import sys

from description import Description

HEAD = """\
/* Made by layouts.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT */
/* clang-format off */
"""

TYPES = """\
#ifndef SESSIONPAY_LAYOUTS_H
#define SESSIONPAY_LAYOUTS_H

#include <stddef.h>

#include <sessionpay/store.h>

enum member_type {
    MEMBER_TEXT = 1,
    MEMBER_BYTES,
    MEMBER_INT32,
    MEMBER_UINT32,
    MEMBER_INT64,
    MEMBER_SIZE,
    MEMBER_CHOICE, /* SPAY_YES, SPAY_NO */
    MEMBER_TEXTS,
    MEMBER_INTS,
    MEMBER_STRUCT
};

struct layout;

struct member {
    const char *name;
    enum member_type type;
    int is_secret;
    size_t offset;
    size_t count; /* offset of the member with the number of elements, or 0 */
    const struct layout *points_to;
};

struct layout {
    const char *name;
    const struct member *members; /* ends with one without a name */
    size_t size;
    void (*init)(void *made, size_t size); /* NULL for what the library alone makes */
};

/* A store that is a library of its own. */
struct adapter {
    const char *name;
    const struct layout *options;
    spay_status (*make)(const void *options, spay_store *store, spay_error **error);
};
"""

ADAPTER = """
#ifdef SESSIONPAY_WITH_%(macro)s
#include <sessionpay/%(name)s.h>
%(table)s
static spay_status make_%(name)s(const void *options, spay_store *store, spay_error **error)
{
    return spay_%(name)s_store_new(options, store, error);
}
#endif
"""


def row(struct, member, kind, structs):
    count = member.get("count")
    return '    {"%s", MEMBER_%s, %d, offsetof(%s, %s), %s, %s},' % (
        member["name"], "STRUCT" if kind in structs else kind.upper(), member.get("secret", False),
        struct["name"], member["name"], "offsetof(%s, %s)" % (struct["name"], count) if count else "0",
        "&layout_" + kind if kind in structs else "NULL")


def table(description, struct):
    rows = [row(struct, member, kind, description.structs)
            for member, kind in description.members(struct) if kind != "object"]
    name = struct["name"]
    return ("\nstatic const struct member members_%s[] = {\n%s\n    {0}};\n"
            'const struct layout layout_%s = {"%s", members_%s, sizeof(%s), %s};\n') % (
                name, "\n".join(rows), name, name, name, name, struct.get("init", "NULL"))


def main():
    description = Description(sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as header:
        header.write(HEAD + TYPES + "\n")
        header.writelines("extern const struct layout layout_%s;\n" % name for name in description.structs)
        header.write("\n/* All of them; ends with NULL. */\nextern const struct layout *const layouts[];\n")
        header.write("\n/* Those that it was built with, by SESSIONPAY_WITH_...; ends with one without a name. */\n"
                     "extern const struct adapter adapters[];\n\n#endif\n")
    with open(sys.argv[3], "w", encoding="utf-8") as source:
        source.write(HEAD + '\n#include "layouts.h"\n\n#include <sessionpay/sessionpay.h>\n')
        source.writelines(table(description, struct) for struct in description.ordered())
        source.write("\nconst struct layout *const layouts[] = {\n%s    NULL};\n" % "".join(
            "    &layout_%s,\n" % name for name in description.structs))
        for name, options in description.adapters.items():
            source.write(ADAPTER % {"macro": name.upper(), "name": name, "table": table(description, options).replace(
                "\nconst struct layout", "\nstatic const struct layout")})
        source.write("\nconst struct adapter adapters[] = {\n%s    {NULL, NULL, NULL}};\n" % "".join(
            '#ifdef SESSIONPAY_WITH_%s\n    {"%s", &layout_%s, make_%s},\n#endif\n' % (
                name.upper(), name, options["name"], name) for name, options in description.adapters.items()))


main()
