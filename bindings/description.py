# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What share/sessionpay.api.json says, in the terms that the generators of all bindings share."""

import json

PROVIDERS = {"wepay": "WePay", "hosted_fields": "HostedFields", "connect_server": "ConnectServer",
             "connect_client": "ConnectClient"}

# Those that a binding shows, under one name in every language.
ENUMERATIONS = {"status": "Status", "group": "Group", "outcome": "Outcome", "stage": "Stage",
                "provider": "Provider", "event": "EventType", "decision": "Decision",
                "env": "Environment", "log": "LogLevel", "session_warning": "SessionWarning",
                "connect_env": "ConnectEnvironment", "connect_product": "ConnectProduct",
                "wepay_state": "WePayState", "wepay_type": "WePayType"}

# Classes of errors by spay_status_group(): what the caller does next.
GROUPS = {0: "Error", 1: "ProgramError", 2: "SetupError", 3: "RequestError", 4: "LaterError",
          5: "SupportError"}

KINDS = {"const char *": "text", "const void *": "bytes", "const char *const *": "texts",
         "const int32_t *": "ints", "int32_t": "int32", "uint32_t": "uint32", "int64_t": "int64",
         "size_t": "size", "spay_status": "int32"}
NUMBERS = ("int32", "uint32", "int64", "size")

# Their members are functions; a binding writes these by hand.
INTERFACES = ("transport.h", "platform.h", "store.h")


class Description:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            described = json.load(file)
        self.values = {constant["name"]: constant["value"] for constant in described["constants"]}
        self.structs = {struct["name"]: struct for struct in described["structs"]
                        if struct["library"] == "libsessionpay" and struct["header"] not in INTERFACES}
        # Options of the stores that are libraries of their own, by the name of the adapter.
        self.adapters = {struct["library"][len("libsessionpay-"):]: struct for struct in described["structs"]
                         if struct["library"] != "libsessionpay"}
        self.constants, self.opaque = described["constants"], described["opaque"]
        self.functions, self.enumerations = described["functions"], described["enumerations"]
        self.statuses = self.enumeration("status")

    def enumeration(self, name):
        return next(one for one in self.enumerations if one["name"] == name)

    def kind(self, member):
        """How a member is converted: a value of KINDS, "choice", "object", or the name of the struct it
        points to. None if a binding does not show it."""
        if member["name"] == "struct_size" or "callback" in member:
            return None
        if member["name"] == "call_ctx":
            return "object"
        if "choice" in member.get("enumerations", ()):
            return "choice"
        if member["type"] in KINDS:
            return KINDS[member["type"]]
        pointed = member["type"].replace("const ", "").replace(" *", "")
        return pointed if pointed in self.structs else None

    def members(self, struct):
        """(member, kind) of a struct; without lengths of arrays, which go with their array."""
        counts = {member.get("count") for member in struct["members"]}
        return [(member, self.kind(member)) for member in struct["members"]
                if self.kind(member) and member["name"] not in counts]

    def read_structs(self):
        """Those that the library makes, in an order in which each comes after what it points to."""
        made = [struct for struct in self.structs.values() if struct.get("filled_by") == "library"]
        return sorted(made, key=lambda struct: struct["name"].count("_"))

    def ordered(self):
        """All structs, each after those that it points to."""
        done = []
        def visit(struct):
            for _, kind in self.members(struct):
                if kind in self.structs:
                    visit(self.structs[kind])
            if struct not in done:
                done.append(struct)
        for struct in self.structs.values():
            visit(struct)
        return done

    def group(self, constant):
        """The name of an error's group, from the name of its status."""
        return GROUPS[min(-self.values[constant] // 10, 4) + 1]


def short(prefix, constant):
    """SPAY_E_NETWORK is NETWORK, SPAY_OUTCOME_UNKNOWN is UNKNOWN."""
    name = constant[len(prefix):]
    return name[2:] if name.startswith("E_") else name


def camel(name):
    """spay_wepay_session is WePaySession."""
    name = name[len("spay_"):]
    for provider, proper in PROVIDERS.items():
        if name == provider or name.startswith(provider + "_"):
            return proper + "".join(map(str.capitalize, name[len(provider):].split("_")))
    return "".join(map(str.capitalize, name.split("_")))


def error_class(constant):
    return "".join(map(str.capitalize, constant[len("SPAY_E_"):].split("_"))) + "Error"


def sentence(text):
    """The first paragraph of a comment, in one line."""
    return " ".join(text.split("\n\n")[0].split())
