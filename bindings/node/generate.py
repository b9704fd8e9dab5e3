#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Writes lib/generated.js or index.d.ts: what the description of the interface says, in JavaScript or in
TypeScript.

usage: generate.py js|types share/sessionpay.api.json
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from description import (ENUMERATIONS, GROUPS, NUMBERS, PROVIDERS, Description, camel, error_class,
                         sentence, short)

BASE = "SessionPayError"
TYPES = {"text": "string", "texts": "readonly string[]", "ints": "readonly number[]", "choice": "boolean",
         "bytes": "Uint8Array", "object": "unknown"}

JS_HEAD = """\
// Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT
//
// What the description of the interface says: constants, errors, sessions, accounts.
'use strict';

const { Account, createApplePaySession, fromSession, setBearerToken } = require('./account.js');
const { contextOf } = require('./calls.js');
const { ERRORS, SessionPayError, named } = require('./errors.js');
const { Expiring, setNativeSession } = require('./sessions.js');
const { CLASSES, MEMBERS, wrongType } = require('./values.js');
"""

TYPES_HEAD = """\
// Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT

import { Account, CallExtras, Client, ClientExtras, Expiring, SessionPayError } from './lib/base.js';
export * from './lib/base.js';
"""

# What interfaces of options have beyond the struct's members.
EXTRAS = {"spay_client_options": " extends MultiOptions, ClientExtras", "spay_call_options": " extends CallExtras"}

# What an account can do beyond createSession().
METHODS = {
    "connect_server": """

  createApplePaySession(request, options = {}) {
    return createApplePaySession(this, request, options);
  }""",
    "connect_client": """

  static fromSession(server, session) {
    return fromSession(this, server, session);
  }""",
    "hosted_fields": """

  setBearerToken(bearerToken) {
    setBearerToken(this, bearerToken);
  }"""}
METHOD_TYPES = {
    "connect_server": """
  /** Both steps in one call: a client session, and the Apple Pay merchant session with it. */
  createApplePaySession(
    request: ConnectClientSessionRequest,
    options?: CallOptions & { serverRequest?: ConnectServerSessionRequest },
  ): Promise<{ serverSession: ConnectServerSession; session: ConnectClientSession }>;""",
    "connect_client": """
  /** The account of a client session that the server API has made. */
  static fromSession(server: ConnectServer, session: ConnectServerSession): ConnectClient;""",
    "hosted_fields": """
  /** Replace the bearer token of an account that was made with one. */
  setBearerToken(bearerToken: string): void;"""}


def name_of(member):
    """expires_at_ms is expiresAtMs."""
    return re.sub("_([a-z0-9])", lambda match: match.group(1).upper(), member["name"])


def constructed(struct, described):
    """Members in the order in which the addon hands them over."""
    members = described.members(struct)
    return [pair for pair in members if pair[1] != "object"] + [pair for pair in members if pair[1] == "object"]


NATIVE_SESSION = """
  static {
    setNativeSession((session) => {
      if (!(session instanceof ConnectServerSession)) throw wrongType('session', 'a ConnectServerSession', session);
      return session.#native;
    });
  }"""

# ---- JavaScript ----------------------------------------------------------------------------------

def js_enumeration(enumeration, values):
    print("\nexports.%s = Object.freeze({" % ENUMERATIONS[enumeration["name"]])
    for constant in enumeration["constants"]:
        print("  %s: %d," % (short(enumeration["prefix"], constant), values[constant]))
    print("});")


def js_error(name, base, constant=None, value=None):
    print("\nclass %s extends %s {" % (name, base))
    if constant:
        print("  static status = %d;\n  static code = '%s';" % (value, constant))
    print("}\nnamed(%s);\nexports.%s = %s;" % (name, name, name))
    if constant:
        print("ERRORS[%d] = %s;" % (value, name))


def js_class(struct, described):
    """Secrets are private members: neither shown nor written as JSON."""
    name, members = camel(struct["name"]), constructed(struct, described)
    secrets = [name_of(member) for member, _ in members if member.get("secret")]
    is_info, is_kept = struct["name"] == "spay_session_info", struct["name"] == "spay_connect_server_session"
    print("\nclass %s%s {" % (name, " extends Expiring" if is_info else ""))
    for secret in secrets + ["native"] * is_kept:
        print("  #%s;" % secret)
    print("\n  constructor(%s) {" % ", ".join([name_of(member) for member, _ in members] +
                                             (["native"] if is_kept else [])))
    if is_info:
        print("    super();")
    for member, kind in members:
        own = name_of(member)
        value = "contextOf(%s)" % own if kind == "object" else "Object.freeze(%s)" % own if kind == "texts" else own
        print("    this.%s%s = %s;" % ("#" if own in secrets else "", own, value))
    print(("    this.#native = native;\n" if is_kept else "") + "    Object.freeze(this);\n  }")
    if is_kept:
        print(NATIVE_SESSION)
    for secret in secrets:
        print("\n  get %s() {\n    return this.#%s;\n  }" % (secret, secret))
    print("}\nexports.%s = %s;" % (name, name))


def js_account(provider):
    proper = PROVIDERS[provider]
    print("\nexports.%s = class %s extends Account {\n  static provider = '%s';%s\n};" % (
        proper, proper, provider, METHODS.get(provider, "")))


def js_members(struct, described):
    print("\nMEMBERS.%s = new Map([" % struct["name"])
    for index, (member, kind) in enumerate(constructed(struct, described)):
        if kind != "object" and member["name"] != "submit":
            print("  ['%s', [%d, '%s']]," % (name_of(member), index, kind))
    print("]);")


def write_js(described):
    print(JS_HEAD, end="")
    for enumeration in described.enumerations:
        if enumeration["name"] in ENUMERATIONS:
            js_enumeration(enumeration, described.values)
    for number, group in GROUPS.items():
        if number:
            js_error(group, BASE)
    for constant in described.statuses["constants"][1:]:
        js_error(error_class(constant), described.group(constant), constant, described.values[constant])
    for struct in described.read_structs():
        js_class(struct, described)
    for provider in PROVIDERS:
        js_account(provider)
    print("\n// For values.js: names of members, their place and kind.")
    for struct in [*described.structs.values(), *described.adapters.values()]:
        if struct.get("filled_by") != "library":
            js_members(struct, described)
    print("")
    for struct in described.read_structs():
        print("CLASSES.%s = %s;" % (struct["name"], camel(struct["name"])))


# ---- TypeScript ----------------------------------------------------------------------------------

def comment(text, indent=""):
    text = sentence(text).replace("*/", "* /")
    return "%s/** %s */\n" % (indent, text) if text else ""


def type_of(member, kind):
    known = [ENUMERATIONS[name] for name in member.get("enumerations", ()) if name in ENUMERATIONS]
    if kind in NUMBERS:
        return known[0] if len(known) == 1 and known[0] != "SessionWarning" else "number"
    return TYPES.get(kind) or camel(kind)


def types_enumeration(enumeration, values):
    name = ENUMERATIONS[enumeration["name"]]
    print("\n%sexport declare const %s: {" % (comment(enumeration.get("doc", "")), name))
    for constant in enumeration["constants"]:
        print("  readonly %s: %d;" % (short(enumeration["prefix"], constant), values[constant]))
    print("};")
    if not enumeration.get("bits"):
        print("export type %s = (typeof %s)[keyof typeof %s];" % (name, name, name))


def types_input(struct, described):
    print("\n%sexport interface %s%s {" % (
        comment(struct["doc"]), camel(struct["name"]), EXTRAS.get(struct["name"], "")))
    for member, kind in described.members(struct):
        if kind != "object" and member["name"] != "submit":
            print("%s  %s%s: %s%s;" % (comment(member["doc"], "  "), name_of(member),
                                       "" if member.get("required") else "?", type_of(member, kind),
                                       "" if member.get("required") else " | null | undefined"))
    print("}")


def types_class(struct, described):
    bases = " extends Expiring" if struct["name"] == "spay_session_info" else ""
    print("\n%sexport declare class %s%s {\n  private constructor();" % (
        comment(struct["doc"]), camel(struct["name"]), bases))
    for member, kind in described.members(struct):
        null = " | null" if member.get("nullable") and kind not in ("texts", "object") else ""
        print("%s  %s %s%s%s;" % (
            comment(member["doc"], "  "), "get" if member.get("secret") else "readonly", name_of(member),
            "(): " if member.get("secret") else ": ", type_of(member, kind) + null))
    print("}")


def types_account(provider, described):
    proper = PROVIDERS[provider]
    print("\n%sexport declare class %s extends Account {" % (
        comment(described.structs["spay_%s_session" % provider]["doc"]), proper))
    print("  constructor(client: Client, options: %sOptions);" % proper)
    print("%s  createSession(request%s: %sSessionRequest, options?: CallOptions): Promise<%sSession>;%s" % (
        comment(described.structs["spay_%s_session_request" % provider]["doc"], "  "),
        "?" if provider == "connect_server" else "", proper, proper, METHOD_TYPES.get(provider, "")))
    print("}")


def write_types(described):
    print(TYPES_HEAD, end="")
    for enumeration in described.enumerations:
        if enumeration["name"] in ENUMERATIONS:
            types_enumeration(enumeration, described.values)
    for number, group in GROUPS.items():
        if number:
            print("\n/** Errors of one group: what the caller does next. */\nexport declare class %s extends %s {}" % (
                group, BASE))
    for constant in described.statuses["constants"][1:]:
        print("\n/** %s */\nexport declare class %s extends %s {}" % (
            constant, error_class(constant), described.group(constant)))
    for struct in [*described.structs.values(), *described.adapters.values()]:
        (types_class if struct.get("filled_by") == "library" else types_input)(struct, described)
    for provider in PROVIDERS:
        types_account(provider, described)


if __name__ == "__main__":
    {"js": write_js, "types": write_types}[sys.argv[1]](Description(sys.argv[2]))
