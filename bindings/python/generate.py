#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Writes sessionpay/_generated.py: what the description of the interface says, in Python.

usage: generate.py share/sessionpay.api.json >sessionpay/_generated.py
"""

import os
import sys
import textwrap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from description import (ENUMERATIONS, GROUPS, NUMBERS, PROVIDERS, Description, camel, error_class,
                         sentence, short)

HINTS = {"text": "str", "bytes": "bytes", "texts": "Sequence[str]", "ints": "Sequence[int]",
         "int": "int", "choice": "bool", "object": "object"}

HEAD = '''\
# Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT
"""What the description of the interface says: constants, sessions, errors, accounts."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Sequence, Tuple, Union

from ._async import AsyncAccount, AsyncBaseClient
from ._client import Account, Cancel, Mock, SyncClient
from ._core import CLASSES, ERRORS, MEMBERS, Error, Expiring
from ._stores import Store
from ._transport import Transport
'''


def members_of(struct, described):
    return [(member, "int" if kind in NUMBERS else kind) for member, kind in described.members(struct)]


def comment(text, indent):
    text = sentence(text).replace("\\", "\\\\").replace('"""', "'''")
    return textwrap.indent('"""' + "\n".join(textwrap.wrap(text, 96 - len(indent))) + '"""', indent)


def write_enumeration(enumeration, values):
    name = ENUMERATIONS[enumeration["name"]]
    print("\n\nclass %s(enum.%s):" % (name, "IntFlag" if enumeration.get("bits") else "IntEnum"))
    print(comment(enumeration.get("doc") or enumeration["prefix"] + "...", "    ") + "\n")
    for constant in enumeration["constants"]:
        print("    %s = %d" % (short(enumeration["prefix"], constant), values[constant]))


def write_errors(described):
    for number, group in GROUPS.items():
        if number:
            print('\n\nclass %s(Error):\n    """Errors of one group: what the caller does next."""' % group)
    for constant in described.statuses["constants"]:
        if described.values[constant]:
            print("\n\nclass %s(%s):\n    \"\"\"%s\"\"\"" % (
                error_class(constant), described.group(constant), constant))


def shown(member, how):
    """(type, value if it is not set) of a member of a dataclass."""
    if how in HINTS:
        hint = {"texts": "Tuple[str, ...]"}.get(how, HINTS[how])
    else:
        hint = camel(how)
    return "Optional[%s]" % hint if member.get("nullable") and how not in ("texts", "object") else hint


def write_dataclass(struct, described):
    bases = "(Expiring)" if struct["name"] == "spay_session_info" else ""
    print("\n\n@dataclass(frozen=True)\nclass %s%s:" % (camel(struct["name"]), bases))
    print(comment(struct["doc"], "    ") + "\n")
    for member, how in members_of(struct, described):
        hidden = " = field(repr=False)" if member.get("secret") else ""
        print("    %s: %s%s" % (member["name"], shown(member, how), hidden))


def write_input(struct, described):
    """A struct that another one points to."""
    print("\n\n@dataclass(frozen=True)\nclass %s:" % camel(struct["name"]))
    print(comment(struct["doc"], "    ") + "\n")
    for member, how in members_of(struct, described):
        print("    %s: Optional[%s] = None" % (member["name"], HINTS.get(how) or camel(how)))


def keywords(struct, described):
    """Parameters, those that are required first."""
    found = [(member, how) for member, how in members_of(struct, described) if how != "object"]
    for member, how in sorted(found, key=lambda pair: not pair[0].get("required")):
        hint = HINTS.get(how) or camel(how)
        yield member["name"], hint if member.get("required") else "Optional[%s] = None" % hint


CALL = """\
        cancel: Optional[Cancel] = None,
"""


def write_method(name, result, request, call, described, is_async, extra=(), verb="_create"):
    print("\n    %sdef %s(\n        self, *," % ("async " if is_async else "", name))
    own = list(keywords(request, described))
    shared = list(keywords(call, described)) + [("call_ctx", "object = None")]
    for parameter, hint in own + list(extra) + shared:
        print("        %s: %s," % (parameter, hint))
    print(CALL, end="")
    print("    ) -> %s:" % result)
    print(comment(request["doc"] + "\n\n", "        ").replace(
        " All text is borrowed until the function that takes it returns.", ""))
    pass_on = ["{%s}" % ", ".join('"%s": %s' % (parameter, parameter) for parameter, _ in group)
               for group in (own, shared)]
    print("        session: %s = %sself.%s(\n            %s,\n            %s, cancel%s)\n        return session" % (
        result, "await " if is_async else "", verb, pass_on[0], pass_on[1],
        "".join(", " + parameter for parameter, _ in extra)))


def write_account(provider, described, is_async):
    name = "spay_" + provider
    client = "AsyncClient" if is_async else "Client"
    options = list(keywords(described.structs[name + "_options"], described))
    proper = ("Async" if is_async else "") + PROVIDERS[provider]
    print("\n\nclass %s(%sAccount):" % (proper, "Async" if is_async else ""))
    print(comment(described.structs[name + "_session"]["doc"], "    "))
    print('\n    _provider = "%s"\n\n    def __init__(\n        self, client: %s, *,' % (provider, client))
    for parameter, hint in options:
        print("        %s: %s," % (parameter, hint))
    print("    ) -> None:\n        super().__init__(client, {%s})" % ", ".join(
        '"%s": %s' % (parameter, parameter) for parameter, _ in options))
    write_method("create_session", PROVIDERS[provider] + "Session",
                 described.structs[name + "_session_request"],
                 described.structs["spay_call_options"], described, is_async)
    if provider == "connect_server":
        write_method("create_apple_pay_session", "Tuple[ConnectServerSession, ConnectClientSession]",
                     described.structs["spay_connect_client_session_request"],
                     described.structs["spay_call_options"], described, is_async,
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
        transport: Optional[%s] = None,
        store: Optional[Store] = None,
    ) -> None:"""


def write_client(described, is_async):
    groups = [list(keywords(described.structs["spay_client_options"], described))]
    if is_async:
        groups.append([pair for pair in keywords(described.structs["spay_multi_options"], described)
                       if pair[0] != "submit"])
    print("\n\nclass %s:" % ("AsyncClient(AsyncBaseClient)" if is_async else "Client(SyncClient)"))
    print(comment("What all accounts share: connections, timeouts, hooks. " + (
        "For one asyncio loop." if is_async else "A program needs one."), "    "))
    print("\n    def __init__(\n        self, *,")
    for parameter, hint in sum(groups, []):
        print("        %s: %s," % (parameter, hint))
    print(HOOKS % ("Mock" if is_async else "Union[Mock, Transport]"))
    print("        super().__init__(%s, log, event, before_send, transport, store)" % ", ".join(
        "{%s}" % ", ".join('"%s": %s' % (name, name) for name, _ in group) for group in groups))


def write_tables(described):
    print("\n\n# For _core: members as (name, kind, member with their number, enumeration).")
    print("MEMBERS.update({")
    for struct in described.structs.values():
        print('    "%s": (' % struct["name"])
        for member, how in members_of(struct, described):
            known = [ENUMERATIONS[name] for name in member.get("enumerations", ()) if name in ENUMERATIONS]
            print('        ("%s", "%s", "%s", %s),' % (
                member["name"], how, member.get("count", ""), known[0] if len(known) == 1 else None))
        print("    ),")
    print("})\n\nCLASSES.update({")
    for struct in described.structs.values():
        if struct.get("filled_by") == "library":
            print('    "%s": %s,' % (struct["name"], camel(struct["name"])))
    print("})\n\nERRORS.update({")
    for constant in described.statuses["constants"][1:]:
        print("    Status.%s: %s," % (short("SPAY_", constant), error_class(constant)))
    print("})")


def write_all(described):
    print(HEAD, end="")
    for enumeration in described.enumerations:
        if enumeration["name"] in ENUMERATIONS:
            write_enumeration(enumeration, described.values)
    write_errors(described)
    for name in ("spay_connect_server_filter", "spay_connect_server_session_request"):
        write_input(described.structs[name], described)
    for struct in described.read_structs():
        write_dataclass(struct, described)
    for is_async in (False, True):
        write_client(described, is_async)
        for provider in PROVIDERS:
            write_account(provider, described, is_async)
    write_tables(described)


if __name__ == "__main__":
    write_all(Description(sys.argv[1]))
