#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Writes sessionpay/_generated.py: what the description of the interface says, in Python.

usage: generate.py share/sessionpay.api.json >sessionpay/_generated.py
"""

import json
import sys
import textwrap

PROVIDERS = {"wepay": "WePay", "hosted_fields": "HostedFields", "connect_server": "ConnectServer",
             "connect_client": "ConnectClient"}
ENUMERATIONS = {"status": "Status", "group": "Group", "outcome": "Outcome", "stage": "Stage",
                "provider": "Provider", "event": "EventType", "decision": "Decision",
                "env": "Environment", "log": "LogLevel", "session_warning": "SessionWarning",
                "connect_env": "ConnectEnvironment", "connect_product": "ConnectProduct",
                "wepay_state": "WePayState", "wepay_type": "WePayType"}
KINDS = {"const char *": "text", "const void *": "bytes", "const char *const *": "texts",
         "const int32_t *": "ints", "int32_t": "int", "uint32_t": "int", "int64_t": "int",
         "size_t": "int", "spay_status": "int"}
HINTS = {"text": "str", "bytes": "bytes", "texts": "Sequence[str]", "ints": "Sequence[int]",
         "int": "int", "choice": "bool", "object": "object"}
GROUPS = {0: "Error", 1: "ProgramError", 2: "SetupError", 3: "RequestError", 4: "LaterError",
          5: "SupportError"}

HEAD = '''\
# Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT
"""What the description of the interface says: constants, sessions, errors, accounts."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Sequence, Tuple

from ._async import AsyncAccount, AsyncBaseClient
from ._client import Account, Cancel, Mock, SyncClient
from ._core import CLASSES, ERRORS, MEMBERS, Error, Expiring
'''


def camel(name):
    name = name[len("spay_"):]
    for provider, proper in PROVIDERS.items():
        if name == provider or name.startswith(provider + "_"):
            return proper + "".join(map(str.capitalize, name[len(provider):].split("_")))
    return "".join(map(str.capitalize, name.split("_")))


def kind(member, structs):
    """How a member is converted; None if it is not one that Python shows."""
    if member["name"] == "struct_size" or "callback" in member:
        return None
    if member["name"] == "call_ctx":
        return "object"
    if "choice" in member.get("enumerations", ()):
        return "choice"
    if member["type"] in KINDS:
        return KINDS[member["type"]]
    pointed = member["type"].replace("const ", "").replace(" *", "")
    return pointed if pointed in structs and structs[pointed]["header"] not in (
        "transport.h", "platform.h", "store.h") else None


def members_of(struct, structs):
    counts = {member.get("count") for member in struct["members"]}
    return [(member, kind(member, structs)) for member in struct["members"]
            if kind(member, structs) and member["name"] not in counts]


def comment(text, indent):
    text = " ".join(text.split("\n\n")[0].split()).replace("\\", "\\\\").replace('"""', "'''")
    return textwrap.indent('"""' + "\n".join(textwrap.wrap(text, 96 - len(indent))) + '"""', indent)


def write_enumeration(enumeration, values):
    name = ENUMERATIONS[enumeration["name"]]
    print("\n\nclass %s(enum.%s):" % (name, "IntFlag" if enumeration.get("bits") else "IntEnum"))
    print(comment(enumeration.get("doc") or enumeration["prefix"] + "...", "    ") + "\n")
    for constant in enumeration["constants"]:
        short = constant[len(enumeration["prefix"]):]
        print("    %s = %d" % (short[2:] if short.startswith("E_") else short, values[constant]))


def write_errors(statuses, values):
    for number, group in GROUPS.items():
        if number:
            print('\n\nclass %s(Error):\n    """Errors of one group: what the caller does next."""' % group)
    for constant in statuses["constants"]:
        if values[constant]:
            print("\n\nclass %s(%s):\n    \"\"\"%s\"\"\"" % (
                error_class(constant), GROUPS[min((-values[constant]) // 10, 4) + 1], constant))


def error_class(constant):
    return "".join(map(str.capitalize, constant[len("SPAY_E_"):].split("_"))) + "Error"


def shown(member, how):
    """(type, value if it is not set) of a member of a dataclass."""
    if how in HINTS:
        hint = {"texts": "Tuple[str, ...]"}.get(how, HINTS[how])
    else:
        hint = camel(how)
    return "Optional[%s]" % hint if member.get("nullable") and how not in ("texts", "object") else hint


def write_dataclass(struct, structs):
    bases = "(Expiring)" if struct["name"] == "spay_session_info" else ""
    print("\n\n@dataclass(frozen=True)\nclass %s%s:" % (camel(struct["name"]), bases))
    print(comment(struct["doc"], "    ") + "\n")
    for member, how in members_of(struct, structs):
        hidden = " = field(repr=False)" if member.get("secret") else ""
        print("    %s: %s%s" % (member["name"], shown(member, how), hidden))


def write_input(struct, structs):
    """A struct that another one points to."""
    print("\n\n@dataclass(frozen=True)\nclass %s:" % camel(struct["name"]))
    print(comment(struct["doc"], "    ") + "\n")
    for member, how in members_of(struct, structs):
        print("    %s: Optional[%s] = None" % (member["name"], HINTS.get(how) or camel(how)))


def keywords(struct, structs):
    """Parameters, those that are required first."""
    found = [(member, how) for member, how in members_of(struct, structs) if how != "object"]
    for member, how in sorted(found, key=lambda pair: not pair[0].get("required")):
        hint = HINTS.get(how) or camel(how)
        yield member["name"], hint if member.get("required") else "Optional[%s] = None" % hint


CALL = """\
        cancel: Optional[Cancel] = None,
"""


def write_method(name, result, request, call, structs, is_async, extra=(), verb="_create"):
    print("\n    %sdef %s(\n        self, *," % ("async " if is_async else "", name))
    own = list(keywords(request, structs))
    shared = list(keywords(call, structs)) + [("call_ctx", "object = None")]
    for parameter, hint in own + list(extra) + shared:
        print("        %s: %s," % (parameter, hint))
    cancels = not is_async and not extra
    print(CALL if cancels else "", end="")
    print("    ) -> %s:" % result)
    print(comment(request["doc"] + "\n\n", "        ").replace(
        " All text is borrowed until the function that takes it returns.", ""))
    pass_on = ["{%s}" % ", ".join('"%s": %s' % (parameter, parameter) for parameter, _ in group)
               for group in (own, shared)]
    print("        session: %s = %sself.%s(\n            %s,\n            %s%s%s)\n        return session" % (
        result, "await " if is_async else "", verb, pass_on[0], pass_on[1],
        ", cancel" if cancels else "", "".join(", " + parameter for parameter, _ in extra)))


def write_account(provider, structs, is_async):
    name = "spay_" + provider
    client = "AsyncClient" if is_async else "Client"
    options = list(keywords(structs[name + "_options"], structs))
    proper = ("Async" if is_async else "") + PROVIDERS[provider]
    print("\n\nclass %s(%sAccount):" % (proper, "Async" if is_async else ""))
    print(comment(structs[name + "_session"]["doc"], "    "))
    print('\n    _provider = "%s"\n\n    def __init__(\n        self, client: %s, *,' % (provider, client))
    for parameter, hint in options:
        print("        %s: %s," % (parameter, hint))
    print("    ) -> None:\n        super().__init__(client, {%s})" % ", ".join(
        '"%s": %s' % (parameter, parameter) for parameter, _ in options))
    write_method("create_session", PROVIDERS[provider] + "Session",
                 structs[name + "_session_request"], structs["spay_call_options"], structs, is_async)
    if provider == "connect_server" and not is_async:
        write_method("create_apple_pay_session", "Tuple[ConnectServerSession, ConnectClientSession]",
                     structs["spay_connect_client_session_request"], structs["spay_call_options"],
                     structs, is_async,
                     [("server_request", "Optional[ConnectServerSessionRequest] = None")],
                     "_create_apple_pay")
    if provider == "connect_client":
        server = ("Async" if is_async else "") + "ConnectServer"
        print("\n    @classmethod\n    def from_session(cls, server: %s, session: ConnectServerSession)"
              " -> %s:" % (server, proper))
        print('        """The account of a client session that the server API has made."""')
        print("        account: %s = cls._from_session(server, session)\n        return account" % proper)
    if provider == "hosted_fields":
        print("\n    def set_bearer_token(self, bearer_token: str) -> None:")
        print('        """Replace the bearer token of an account that was made with one."""')
        print("        self._set_bearer_token(bearer_token)")


HOOKS = """\
        log: Optional[Callable[[int, str], object]] = None,
        event: Optional[Callable[[Event], object]] = None,
        before_send: Optional[Callable[[SendRecord], object]] = None,
        transport: Optional[Mock] = None,
    ) -> None:"""


def write_client(structs, is_async):
    groups = [list(keywords(structs["spay_client_options"], structs))]
    if is_async:
        groups.append([pair for pair in keywords(structs["spay_multi_options"], structs)
                       if pair[0] != "submit"])
    print("\n\nclass %s:" % ("AsyncClient(AsyncBaseClient)" if is_async else "Client(SyncClient)"))
    print(comment("What all accounts share: connections, timeouts, hooks. " + (
        "For one asyncio loop." if is_async else "A program needs one."), "    "))
    print("\n    def __init__(\n        self, *,")
    for parameter, hint in sum(groups, []):
        print("        %s: %s," % (parameter, hint))
    print(HOOKS)
    print("        super().__init__(%s, log, event, before_send, transport)" % ", ".join(
        "{%s}" % ", ".join('"%s": %s' % (name, name) for name, _ in group) for group in groups))


def write_tables(description, structs):
    print("\n\n# For _core: members as (name, kind, member with their number, enumeration).")
    print("MEMBERS.update({")
    for struct in structs.values():
        print('    "%s": (' % struct["name"])
        for member, how in members_of(struct, structs):
            known = [ENUMERATIONS[name] for name in member.get("enumerations", ()) if name in ENUMERATIONS]
            print('        ("%s", "%s", "%s", %s),' % (
                member["name"], how, member.get("count", ""), known[0] if len(known) == 1 else None))
        print("    ),")
    print("})\n\nCLASSES.update({")
    for struct in structs.values():
        if struct.get("filled_by") == "library":
            print('    "%s": %s,' % (struct["name"], camel(struct["name"])))
    print("})\n\nERRORS.update({")
    statuses = next(one for one in description["enumerations"] if one["name"] == "status")["constants"]
    for constant in statuses[1:]:
        print("    Status.%s: %s," % (constant[len("SPAY_E_"):], error_class(constant)))
    print("})")


def write_all(description):
    values = {constant["name"]: constant["value"] for constant in description["constants"]}
    structs = {struct["name"]: struct for struct in description["structs"]
               if struct["library"] == "libsessionpay"}
    print(HEAD, end="")
    for enumeration in description["enumerations"]:
        if enumeration["name"] in ENUMERATIONS:
            write_enumeration(enumeration, values)
    write_errors(next(one for one in description["enumerations"] if one["name"] == "status"), values)
    for name in ("spay_connect_server_filter", "spay_connect_server_session_request"):
        write_input(structs[name], structs)
    nested = sorted((struct for struct in structs.values() if struct.get("filled_by") == "library"),
                    key=lambda struct: struct["name"].count("_"))
    for struct in nested:
        write_dataclass(struct, structs)
    for is_async in (False, True):
        write_client(structs, is_async)
        for provider in PROVIDERS:
            write_account(provider, structs, is_async)
    write_tables(description, structs)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as described:
        write_all(json.load(described))
