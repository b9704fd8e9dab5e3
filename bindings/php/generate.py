#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Writes what the description of the interface says in PHP: the stub of all classes, their tables for
the extension, and the classes for PHP's FFI. They are committed; a test says when they are stale.

usage: generate.py share/sessionpay.api.json stub|header|source|ffi >FILE
"""

import sys
import textwrap

from model import ERROR_MEMBERS, SHAPES, classes
from description import PROVIDERS, Description

HEAD = "Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT"

# ---- PHP -----------------------------------------------------------------------------------------


def plain(kind):
    return kind.lstrip("?")


def comment(indent, text, *tags):
    lines = textwrap.wrap(text, 94 - len(indent)) if text else []
    lines += [tag for tag in tags if tag]
    if not lines:
        return ""
    if len(lines) == 1:
        return "%s/** %s */\n" % (indent, lines[0])
    return "%s/**\n%s%s */\n" % (indent, "".join("%s * %s\n" % (indent, line) for line in lines), indent)


def documented(kind, elements):
    """The type with its elements, for a comment; empty if PHP's says it all."""
    if not elements:
        return ""
    made = elements if kind == "array" and elements in SHAPES else "list<%s>" % elements
    return made + ("|null" if kind.startswith("?") else "")


def parameter(one, promoted=""):
    return "%s%s%s $%s%s" % ("#[\\SensitiveParameter] " if one.secret else "", promoted, one.type, one.name,
                             "" if one.default is None else " = " + one.default)


def signature(method):
    modifiers = "%s%sfunction %s" % ("private " if method.private else "public ",
                                     "static " if method.static else "", method.name)
    returns = ": " + method.returns if method.returns else ""
    return modifiers, [parameter(one) for one in method.parameters], returns


def write_method(method, body):
    tags = ["@param %s $%s %s" % (documented(one.type, one.elements) or one.type.replace("?", "null|"), one.name, one.doc)
            for one in method.parameters if one.doc or one.elements]
    if method.elements:
        tags.append("@return " + documented(method.returns, method.elements))
    made = "\n" + comment("    ", method.doc, *[tag.rstrip() for tag in tags])
    modifiers, given, returns = signature(method)
    line = "    %s(%s)%s" % (modifiers, ", ".join(given), returns)
    if len(line) <= 110 and len(given) < 4:
        return made + line + (" %s\n" % body if body == "{}" else "\n    %s\n" % body)
    return made + "    %s(\n%s    )%s %s\n" % (
        modifiers, "".join("        %s,\n" % one for one in given), returns, body)


def write_class(one, body_of, more=""):
    """`body_of` gives the body of a method, `more` further members."""
    modifiers = {"constants": "abstract class", "exception": "class", "object": "final class"}.get(
        one.kind, "final readonly class")
    made = "\n" + comment("", one.doc) + "%s %s%s\n{\n" % (
        modifiers, one.name, " extends " + one.parent if one.parent else "")
    made += "".join("    public const %s = %d;\n" % pair for pair in one.constants)
    for shown in one.properties:
        modifier = "readonly " if one.kind == "exception" else ""
        tag = documented(shown.type, shown.elements)
        made += comment("    ", shown.doc, "@var " + tag if tag else "")
        made += "    public %s%s $%s;\n" % (modifier, shown.type, shown.name)
    made += more + "".join(write_method(method, body_of(one, method)) for method in one.methods)
    return made.replace("\n{\n\n", "\n{\n") + "}\n"


def write_stub(described):
    made = "<?php\n\n// %s\n// The classes of the extension, for editors and analysers.\n\nnamespace SessionPay;\n" % HEAD
    for one in classes(described):
        made += write_class(one, lambda owner, method: "{}")
    return made + "\n/** The version of libsessionpay in this process. */\nfunction libraryVersion(): string {}\n"


# ---- C -------------------------------------------------------------------------------------------

ZEND = {"string": "STRING", "int": "LONG", "bool": "BOOL", "array": "ARRAY", "mixed": "ANY", "callable": "CALLABLE"}
HINTS = {"string": "IS_STRING", "int": "IS_LONG", "bool": "_IS_BOOL", "array": "IS_ARRAY", "mixed": "IS_MIXED",
         "callable": "IS_CALLABLE", "void": "IS_VOID"}


def class_string(kind):
    """'\\Throwable' or a class of ours, as arginfo has it."""
    return kind[1:] if kind.startswith("\\") else "SessionPay\\\\" + kind


def arginfo_parameter(one):
    kind, may_be_null = plain(one.type), int(one.type.startswith("?"))
    what = HINTS[kind] if kind in HINTS else class_string(kind)
    macro = "ZEND_ARG_TYPE_INFO" if kind in HINTS else "ZEND_ARG_OBJ_INFO"
    if one.default is None:
        return "    %s(0, %s, %s, %d)" % (macro, one.name, what, may_be_null)
    return '    %s_WITH_DEFAULT_VALUE(0, %s, %s, %d, "%s")' % (macro, one.name, what, may_be_null, one.default)


def required(method):
    return sum(one.default is None for one in method.parameters)


def symbol(one, method):
    return "%s_%s" % (one.name, method.name)


def arginfo(one, method):
    name, kind = "arginfo_" + symbol(one, method), plain(method.returns)
    may_be_null = int(method.returns.startswith("?"))
    if not method.returns:
        first = "ZEND_BEGIN_ARG_INFO_EX(%s, 0, 0, %d)" % (name, required(method))
    elif kind in HINTS:
        first = "ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(%s, 0, %d, %s, %d)" % (
            name, required(method), HINTS[kind], may_be_null)
    else:
        first = "ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(%s, 0, %d, %s, %d)" % (
            name, required(method), class_string(kind), may_be_null)
    return "\n".join(["", first] + [arginfo_parameter(each) for each in method.parameters] + ["ZEND_END_ARG_INFO()", ""])


def argument(one, method, described):
    """Where a value goes: a member of the first or second struct, or a place of its own."""
    if one.part not in ("request", "options"):
        return "{ARGUMENT_SPECIAL, SPECIAL_%s}" % one.part.upper()
    part = 1 if one.part == "options" else 0
    names = [member["name"] for member, kind in described.members(described.structs[method.table[part]]) if kind != "object"]
    return "{%d, %d}" % (part, names.index(one.name))


def reader(one, method, described):
    rows = ", ".join(argument(each, method, described) for each in method.parameters)
    parts = ", ".join("&layout_" + name for name in method.table)
    name = symbol(one, method)
    return ("\nstatic const struct argument arguments_%s[] = {%s};\n"
            "const struct reader reader_%s = {{%s}, arguments_%s, %d, %d};\n") % (
                name, rows, name, parts, name, len(method.parameters), required(method))


def functions(one):
    rows = ["    ZEND_ME(SessionPay_%s, %s, arginfo_%s, ZEND_ACC_%s%s)" % (
        one.name, method.name, symbol(one, method), "PRIVATE" if method.private else "PUBLIC",
        " | ZEND_ACC_STATIC" if method.static else "") for method in one.methods]
    return "\nstatic const zend_function_entry functions_%s[] = {\n%s\n    ZEND_FE_END};\n" % (one.name, "\n".join(rows))


def property_row(shown):
    kind = plain(shown.type)
    mask = "MAY_BE_%s" % ZEND[kind] if kind in ZEND else "0"
    if shown.type.startswith("?"):
        mask += " | MAY_BE_NULL"
    return '    {"%s", %s, %s, %d},' % (shown.name, "NULL" if kind in ZEND else '"%s"' % class_string(kind), mask, shown.secret)


def tables(one):
    made = functions(one) if one.methods else ""
    if one.properties:
        made += "\nstatic const struct property properties_%s[] = {\n%s\n    {NULL, NULL, 0, 0}};\n" % (
            one.name, "\n".join(property_row(shown) for shown in one.properties))
    if one.constants:
        made += "\nstatic const struct constant constants_%s[] = {\n%s\n    {NULL, 0}};\n" % (
            one.name, "\n".join('    {"%s", %d},' % pair for pair in one.constants))
    return made


def class_row(one):
    parent = {"": "-1", "\\RuntimeException": "CLASS_RUNTIME_EXCEPTION"}.get(one.parent, "CLASS_" + one.parent)
    return "    {\"SessionPay\\\\%s\", KIND_%s, %s, %s, %s, %s, %s}," % (
        one.name, one.kind.upper(), parent, "functions_" + one.name if one.methods else "NULL",
        "properties_" + one.name if one.properties else "NULL", "constants_" + one.name if one.constants else "NULL",
        "&layout_" + one.struct if one.struct else "NULL")


def write_header(described):
    made = "/* %s */\n/* clang-format off */\n#ifndef SESSIONPAY_GENERATED_H\n#define SESSIONPAY_GENERATED_H\n\n#include \"tables.h\"\n\n" % HEAD
    every = classes(described)
    made += "enum class_number {\n%s    CLASS_COUNT\n};\n\n" % "".join("    CLASS_%s,\n" % one.name for one in every)
    specials = sorted({each.part for one in every if one.kind == "object" for method in one.methods
                       for each in method.parameters if each.part not in ("", "request", "options")})
    made += "enum special {\n%s    SPECIAL_COUNT\n};\n\n" % "".join("    SPECIAL_%s,\n" % name.upper() for name in specials)
    made += "/* The members of Exception, after those that PHP's own has. */\nenum error_member {\n    ERROR_NAME,\n    ERROR_STATUS,\n"
    made += "".join("    ERROR_%s,\n" % name.upper() for name, _, _ in ERROR_MEMBERS) + "    ERROR_COUNT\n};\n"
    made += "\nextern const struct class_table class_tables[CLASS_COUNT];\nextern const struct sensitive sensitive_parameters[];\n\n"
    made += "".join("extern const struct reader reader_%s;\n" % symbol(one, method)
                    for one in every for method in one.methods if method.table)
    made += "\n" + "".join("ZEND_METHOD(SessionPay_%s, %s);\n" % (one.name, method.name)
                           for one in every for method in one.methods)
    return made + "\n#endif\n"


def write_source(described):
    every = classes(described)
    made = "/* %s */\n/* clang-format off */\n#include \"generated.h\"\n" % HEAD
    for one in every:
        made += "".join(arginfo(one, method) for method in one.methods)
    for one in every:
        made += tables(one)
        made += "".join(reader(one, method, described) for method in one.methods if method.table)
    made += "\nconst struct class_table class_tables[CLASS_COUNT] = {\n%s\n};\n" % "\n".join(class_row(one) for one in every)
    rows = ['    {CLASS_%s, "%s", %d},' % (one.name, method.name.lower(), number)
            for one in every for method in one.methods
            for number, each in enumerate(method.parameters, 1) if each.secret]
    return made + "\nconst struct sensitive sensitive_parameters[] = {\n%s\n    {0, NULL, 0}};\n" % "\n".join(rows)


# ---- PHP with FFI --------------------------------------------------------------------------------

def listed(names, indent):
    return "[\n%s%s]" % ("".join("%s    '%s' => $%s,\n" % (indent, name, name) for name in names), indent)


def part(method, name):
    return [one.name for one in method.parameters if one.part == name]


def own(method):
    return [one.name for one in method.parameters if one.part not in ("request", "options")]


def body(one, method):
    """What the generated method hands to those that are written by hand."""
    in_brackets = lambda names: listed(names, "            ")
    name = method.name
    if one.name == "Store":
        return "{\n    }" if method.private else "{\n        return self::of('%s', %s);\n    }" % (
            name, in_brackets([each.name for each in method.parameters]))
    if method.private:
        return "{\n        $this->set($values);\n    }"
    if one.kind == "exception":
        return "{\n        $this->make($message, %s, $previous);\n    }" % in_brackets([each for each, _, _ in ERROR_MEMBERS])
    if one.kind == "input":
        made = "".join("        $this->%s = %s;\n" % (
            each.name, "Native\\Values::elements('%s', '%s', $%s)" % (each.name, each.elements, each.name) if each.elements
            else "$" + each.name) for each in method.parameters)
        return "{\n%s    }" % made
    if one.name == "Client" and name in ("__construct", "persistent"):
        hooks = ", ".join("$" + each for each in own(method))
        if name == "persistent":
            return "{\n        return self::kept(%s, %s);\n    }" % (in_brackets(part(method, "request")), hooks)
        return "{\n        $this->open(%s, %s);\n    }" % (in_brackets(part(method, "request")), hooks)
    if one.provider and name == "__construct":
        return "{\n        $this->open($client, %s);\n    }" % in_brackets(part(method, "request"))
    if name == "createSession":
        return "{\n        return $this->create(%s, %s, $call_ctx, $cancel);\n    }" % (
            in_brackets(part(method, "request")), in_brackets(part(method, "options")))
    if name == "createApplePaySession":
        return "{\n        return $this->createBoth(%s, $server_request, %s, $call_ctx, $cancel);\n    }" % (
            in_brackets(part(method, "request")), in_brackets(part(method, "options")))
    return None


TRAITS = {"Client": "ClientMethods", "Cancel": "CancelMethods", "Mock": "MockMethods", "Store": "StoreMethods",
          "connect_server": "ApplePay", "connect_client": "FromSession", "hosted_fields": "BearerToken"}


def write_ffi_class(one):
    more, made = "", one
    if one.provider:
        more = "    use Native\\AccountMethods;\n"
        if one.provider in TRAITS:
            more += "    use Native\\%s;\n" % TRAITS[one.provider]
        more += "\n    private const PROVIDER = '%s';\n" % one.provider
    elif one.kind == "object":
        more = "    use Native\\%s;\n" % TRAITS[one.name]
    elif one.kind == "value":
        more = "    use Native\\Value;\n"
        secrets = [shown.name for shown in one.properties if shown.secret]
        more += "\n    private const SECRET = [%s];\n" % ", ".join("'%s'" % name for name in secrets)
        if one.name == "SessionInfo":
            more = "    use Native\\Expiring;\n" + more
    elif one.kind == "input":
        more = "    use Native\\Unserializable;\n"
    elif one.name == "Exception":
        more = "    use Native\\Failure;\n"
    kept = [method for method in made.methods if body(made, method) is not None]
    text = write_class(type(one)(**{**vars(one), "methods": kept}), body, more)
    if one.kind == "value":
        text = text.replace("__construct()", "__construct(#[\\SensitiveParameter] array $values)")
    if one.kind == "value" or one.name == "Exception":
        text = text.replace("\n{\n", " implements \\JsonSerializable\n{\n", 1)
    return text


def ffi_tables(described):
    made = "\nnamespace SessionPay\\Native;\n\n/** The public structs: members as (name, kind, member with their number). */\n"
    made += "abstract class Structs\n{\n    public const MEMBERS = [\n"
    for struct in [*described.structs.values(), *described.adapters.values()]:
        made += "        '%s' => [\n" % struct["name"]
        for member, kind in described.members(struct):
            made += "            ['%s', '%s', '%s'],\n" % (member["name"], kind, member.get("count", ""))
        made += "        ],\n"
    made += "    ];\n\n    public const CLASSES = [\n"
    for one in classes(described):
        if one.struct:
            made += "        '%s' => \\SessionPay\\%s::class,\n" % (one.struct, one.name)
    made += "    ];\n\n    public const ERRORS = [\n"
    for one in classes(described):
        if one.kind == "exception" and one.constants and one.parent != "\\RuntimeException":
            made += "        %d => \\SessionPay\\%s::class,\n" % (one.constants[0][1], one.name)
    return made + "    ];\n}\n"


def write_ffi(described):
    made = "<?php\n\n// %s\n\nnamespace SessionPay;\n" % HEAD
    made += "".join(write_ffi_class(one) for one in classes(described))
    made += ("\n/** The version of libsessionpay in this process. */\nfunction libraryVersion(): string\n{\n"
             "    return Native\\Library::text('spay_version');\n}\n")
    return made + ffi_tables(described)


if __name__ == "__main__":
    WRITERS = {"stub": write_stub, "header": write_header, "source": write_source, "ffi": write_ffi}
    sys.stdout.write(WRITERS[sys.argv[2]](Description(sys.argv[1])))
