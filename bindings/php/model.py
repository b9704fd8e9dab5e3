# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The classes of the PHP binding, from the description: what generate.py writes in three forms."""

import os
import re
import sys
from dataclasses import dataclass, field
from typing import List, Optional, Tuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from description import (ENUMERATIONS, GROUPS, NUMBERS, PROVIDERS, camel, error_class, sentence,
                         short)

TYPES = {"text": "string", "bytes": "string", "texts": "array", "ints": "array", "choice": "bool",
         "object": "mixed"}
ELEMENTS = {"texts": "string", "ints": "int"}

BOTH = "array{ConnectServerSession, ConnectClientSession}"
SHAPES = (BOTH,)

# What of an error is shown: (member, type, default of the constructor).
ERROR_MEMBERS = (
    ("reason", "string", "''"), ("stage", "int", "0"), ("provider", "string", "'none'"),
    ("provider_code", "string", "''"), ("http_status", "int", "0"), ("request_id", "string", "''"),
    ("attempts", "int", "0"), ("requests_sent", "int", "0"), ("elapsed_ms", "int", "0"),
    ("retryable", "bool", "false"), ("retry_after_ms", "?int", "null"),
    ("outcome", "string", "'not_sent'"), ("idempotency_key", "string", "''"),
    ("field_errors", "array", "[]"), ("body", "string", "''"),
    ("server_session", "?ConnectServerSession", "null"))


@dataclass
class Parameter:
    name: str
    type: str
    default: Optional[str] = None
    secret: bool = False
    part: str = ""  # where its value goes: "request", "options", or its own name
    doc: str = ""
    elements: str = ""


@dataclass
class Method:
    name: str
    parameters: List[Parameter] = field(default_factory=list)
    returns: str = "void"
    doc: str = ""
    static: bool = False
    private: bool = False
    table: Tuple[str, ...] = ()  # the structs that its parameters fill
    elements: str = ""           # of an array that it returns


@dataclass
class Property:
    name: str
    type: str
    secret: bool = False
    doc: str = ""
    elements: str = ""


@dataclass
class Class:
    name: str
    doc: str
    kind: str  # "constants", "exception", "value", "input" or "object"
    parent: str = ""
    constants: List[Tuple[str, int]] = field(default_factory=list)
    properties: List[Property] = field(default_factory=list)
    methods: List[Method] = field(default_factory=list)
    struct: str = ""
    provider: str = ""


def nullable(kind):
    return kind if kind == "mixed" else "?" + kind


def type_of(kind):
    return "int" if kind in NUMBERS else TYPES.get(kind) or camel(kind)


def exception(name):
    """Those of description.py end with Error, as in most languages."""
    return name[:-len("Error")] + "Exception"


def in_php(text, described):
    """The first sentences of a comment, with the names that things have in PHP."""
    names = {"NULL": "null", "SPAY_YES": "true", "SPAY_NO": "false"}
    for enumeration in described.enumerations:
        proper = ENUMERATIONS.get(enumeration["name"])
        for name in enumeration["constants"] if proper else ():
            names[name] = "%s::%s" % (proper, short(enumeration["prefix"], name))
        if proper:
            names[enumeration["prefix"] + "..."] = proper + "::..."
    return re.sub(r"\b(SPAY_[A-Z0-9_]+(\.\.\.)?|NULL\b)", lambda found: names.get(found.group(0), found.group(0)),
                  sentence(text))


def shown_type(member, kind):
    if member.get("nullable") and kind not in ("texts", "object"):
        return nullable(type_of(kind))
    return type_of(kind)


def properties(struct, described):
    """Members that are shown; what has no place in the layout comes last."""
    members = sorted(described.members(struct), key=lambda pair: pair[1] == "object")
    return [Property(member["name"], shown_type(member, kind), member.get("secret", False),
                     in_php(member.get("doc", ""), described), ELEMENTS.get(kind, "")) for member, kind in members]


def parameters(struct, described, part):
    """Those that are required first."""
    found = [(member, kind) for member, kind in described.members(struct) if kind != "object"]
    for member, kind in sorted(found, key=lambda pair: not pair[0].get("required")):
        required = member.get("required")
        yield Parameter(member["name"], type_of(kind) if required else nullable(type_of(kind)),
                        None if required else "null", member.get("secret", False), part,
                        in_php(member.get("doc", ""), described), ELEMENTS.get(kind, ""))


def special(name, kind, doc=""):
    return Parameter(name, kind, "null", part=name, doc=doc)


def constants(described):
    for enumeration in described.enumerations:
        if enumeration["name"] in ENUMERATIONS:
            yield Class(ENUMERATIONS[enumeration["name"]], in_php(enumeration.get("doc") or enumeration["prefix"] + "...", described),
                        "constants", constants=[(short(enumeration["prefix"], name), described.values[name])
                                                for name in enumeration["constants"]])


def exceptions(described):
    made = [Parameter("message", "string", "''")]
    made += [Parameter(name, kind, default, name == "body", name) for name, kind, default in ERROR_MEMBERS]
    made.append(Parameter("previous", "?\\Throwable", "null"))
    shown = [Property("name", "string", doc="Of the status."), Property("status", "int", doc="One of Status.")]
    shown += [Property(name, kind, name == "body", elements="FieldError" if name == "field_errors" else "")
              for name, kind, _ in ERROR_MEMBERS]
    yield Class("Exception", "A call failed, or an argument is not accepted. `outcome` is \"not_sent\", \"rejected\" or "
                "\"unknown\": with the last, repeat the call with `idempotency_key`. The members are "
                "explained in error.h. Make one with new ThrottledException(outcome: 'unknown') to test "
                "what handles it.", "exception", "\\RuntimeException",
                [("STATUS", described.values["SPAY_E_INTERNAL"])], shown, [Method("__construct", made, "")])
    for number, group in GROUPS.items():
        if number:
            yield Class(exception(group), "Errors of one group: what the caller does next.", "exception", "Exception")
    for constant in described.statuses["constants"]:
        if described.values[constant]:
            yield Class(exception(error_class(constant)), constant + ".", "exception",
                        exception(described.group(constant)), [("STATUS", described.values[constant])])


def inputs(described):
    for name in ("spay_connect_server_filter", "spay_connect_server_session_request"):
        struct = described.structs[name]
        yield Class(camel(name), in_php(struct["doc"], described), "input", struct=name, properties=[
            Property(member["name"], nullable(type_of(kind)), elements=ELEMENTS.get(kind, ""))
            for member, kind in described.members(struct)],
            methods=[Method("__construct", list(parameters(struct, described, "request")), "", table=(name,))])


def values(described):
    for struct in described.read_structs():
        methods = [Method("__construct", [], "", private=True)]
        if struct["name"] == "spay_session_info":
            methods.append(Method("expiresInMs", [Parameter("margin_ms", "int", "0")], "?int",
                                  "How long the session can still be used; null if that is not known."))
        yield Class(camel(struct["name"]), in_php(struct["doc"], described), "value", struct=struct["name"],
                    properties=properties(struct, described), methods=methods)
    for name, doc, shown in (
            ("FieldError", "A part of the request, or of the reply, that is wrong.",
             [Property(member, "string") for member in ("path", "code", "message")]),
            ("MockRequest", "A request that a mock was sent.",
             [Property("method", "string"), Property("url", "string"),
              Property("headers", "array", True, "Pairs of name and value.", "array{string, string}"),
              Property("body", "string", True), Property("at_ms", "int")])):
        yield Class(name, doc, "value", properties=shown, methods=[Method("__construct", [], "", private=True)])


HOOKS = [special("log", "?callable", "function (int $level, string $line)"),
         special("event", "?callable", "function (Event $event)"),
         special("before_send", "?callable", "function (SendRecord $record): false ends the call")]
STORE = special("store", "?Store", "shares bearer tokens, and sessions of providers without idempotency keys")


def client(described):
    options = list(parameters(described.structs["spay_client_options"], described, "request"))
    table = ("spay_client_options",)
    return Class("Client", "What all accounts share: connections, timeouts, hooks.", "object", methods=[
        Method("__construct", options + HOOKS + [special("transport", "?Mock"), STORE], "", table=table),
        Method("persistent", options + HOOKS + [STORE], "Client", "The client with these options that this process keeps between "
               "requests, with its connections, accounts and their bearer tokens; it is made the first time.",
               static=True, table=table),
        Method("flightRecord", [], "string", "The last attempts as JSON, for a support ticket: no secret, no body."),
        Method("dropConnections", doc="Close all idle connections, for instance after a change of network."),
        Method("close", doc="Nothing can be done with this object and its accounts any more.")])


def create(name, returns, request, described, more, doc, elements=""):
    call = described.structs["spay_call_options"]
    before = [one for one in more if one.name == "server_request"]
    after = [one for one in more if one.name != "server_request"]
    return Method(name, list(parameters(request, described, "request")) + before +
                  list(parameters(call, described, "options")) + [special("call_ctx", "mixed")] + after,
                  returns, doc, table=(request["name"], "spay_call_options"), elements=elements)


def account(provider, described):
    name, proper = "spay_" + provider, PROVIDERS[provider]
    options = list(parameters(described.structs[name + "_options"], described, "request"))
    request = described.structs[name + "_session_request"]
    cancel = special("cancel", "?Cancel", "lets a hook or a signal handler end the call")
    methods = [
        Method("__construct", [Parameter("client", "Client", part="client")] + options, "", table=(name + "_options",)),
        create("createSession", proper + "Session", request, described, [cancel], "Create a session.")]
    if provider == "connect_server":
        methods.append(create(
            "createApplePaySession", "array", described.structs["spay_connect_client_session_request"], described,
            [special("server_request", "?ConnectServerSessionRequest"), cancel],
            "Both calls that Apple Pay needs: the client session, and the merchant session made with it.",
            BOTH))
    if provider == "connect_client":
        methods.append(Method("fromSession", [Parameter("server", "ConnectServer"),
                                              Parameter("session", "ConnectServerSession")], "ConnectClient",
                              "The account of a client session that the server API has made.", static=True))
    if provider == "hosted_fields":
        methods.append(Method("setBearerToken", [Parameter("bearer_token", "string", secret=True)],
                              doc="Replace the bearer token of an account that was made with one."))
    return Class(proper, in_php(described.structs[name + "_session"]["doc"], described), "object", methods=methods,
                 provider=provider)


def tools(described):
    yield Class("Cancel", "Ends calls that run: pass it to them as `cancel`. While such a call waits, PHP's signal "
                "handlers run (pcntl_async_signals()).", "object",
                methods=[Method("__construct", [], ""),
                         Method("cancel", doc="Calls that run, and those that will begin, end with CanceledException.")])
    yield Class("Store", "What processes and machines share: new Client(store: Store::file('/run/shop/sessions')).", "object",
                methods=[Method("__construct", [], "", private=True)] + [
                    Method(name, list(parameters(options, described, "")), "Store", in_php(options["doc"], described) +
                           " Needs libsessionpay-%s." % name, static=True)
                    for name, options in described.adapters.items()])
    duration = [Parameter("duration_ms", "int")]
    yield Class("Mock", "A scripted transport with virtual time: new Client(transport: $mock).", "object", methods=[
        Method("__construct", [], ""),
        Method("reply", [Parameter("http_status", "int"), Parameter("body", "string", "''"),
                         Parameter("headers", "?array", "null", elements="string")],
               doc="Queue a reply; without headers, its type is application/json."),
        Method("fail", [Parameter("status", "int"), Parameter("sent", "bool")],
               doc="Queue a failure of the network, such as Status::TIMEOUT."),
        Method("setLatency", duration, doc="Later requests take so much virtual time."),
        Method("advance", duration, doc="Move the clocks forward."),
        Method("setWall", [Parameter("unix_ms", "int")], doc="Set the wall clock."),
        Method("nowMs", [], "int", "Virtual milliseconds since the mock was made."),
        Method("requests", [], "array", "What has been sent.", elements="MockRequest")])


def classes(described):
    """All, each after those that it extends."""
    return (list(constants(described)) + list(exceptions(described)) + list(inputs(described)) +
            list(values(described)) + [client(described)] +
            [account(provider, described) for provider in PROVIDERS] + list(tools(described)))
