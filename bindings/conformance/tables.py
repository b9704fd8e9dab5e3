#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Writes the layouts of the public structs as C tables, for the conformance runner in C.

usage: tables.py share/sessionpay.api.json >layouts.h
"""

import json
import sys

TYPES = {"const char *": "TEXT", "const void *": "BYTES", "int32_t": "INT32", "uint32_t": "UINT32",
         "int64_t": "INT64", "size_t": "SIZE", "const char *const *": "TEXTS",
         "const int32_t *": "INT32S", "spay_status": "INT32"}


def kind(member, structs):
    """(type, layout of what it points to), or None for what no case can say: hooks and their ctx"""
    if member["type"] in TYPES:
        if "choice" in member.get("enumerations", ()):
            return "CHOICE", "NULL"
        return TYPES[member["type"]], "NULL"
    pointed = member["type"].replace("const ", "").replace(" *", "")
    return ("STRUCT", "&layout_" + pointed) if pointed in structs else None


def row(struct, member, structs):
    found = kind(member, structs)
    if member["name"] == "struct_size" or found is None:
        return None
    count = member.get("count")
    return '    {"%s", %s, offsetof(%s, %s), %s, %s},' % (
        member["name"], found[0], struct["name"], member["name"],
        "offsetof(%s, %s)" % (struct["name"], count) if count else "0", found[1])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        description = json.load(file)
    structs = [struct for struct in description["structs"] if struct["library"] == "libsessionpay"
               and struct["header"] not in ("platform.h", "transport.h", "store.h", "hooks.h", "multi.h")]
    print("/* Made by bindings/conformance/tables.py. */")
    known = set()
    for struct in structs:
        name = struct["name"]
        rows = filter(None, (row(struct, member, known) for member in struct["members"]))
        print("static const struct member members_%s[] = {\n%s\n    {0}};" % (name, "\n".join(rows)))
        print("const struct layout layout_%s = {members_%s, sizeof(%s), %s};\n" % (
            name, name, name, struct.get("init", "NULL")))
        known.add(name)


main()
