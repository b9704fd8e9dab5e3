# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Plays the conformance cases; ../../conformance/README.md has their format.

usage: sessionpay-sandbox -- python3 conformance.py [--async] JOURNAL defaults.json cases.json...
"""

import asyncio
import concurrent.futures
import dataclasses
import json
import os
import ssl
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "tests", "support"))
from tap import Tap  # noqa: E402

import sessionpay  # noqa: E402

CLASSES = {"wepay": "WePay", "hosted_fields": "HostedFields", "connect_server": "ConnectServer",
           "connect_client": "ConnectClient"}
TLS = ssl.create_default_context(cafile=os.environ["SPAY_CA_FILE"])


def sandbox(what, body=None, method="POST"):
    request = urllib.request.Request("%s/_sandbox/%s" % (os.environ["SPAY_SANDBOX_URL"], what), method=method,
                                     data=json.dumps(body).encode() if body else None)
    with urllib.request.urlopen(request, context=TLS) as answer:
        return json.loads(answer.read() or "null")


def wait_for_requests(count, running):
    """Until the sandbox has received so many, or the call is done."""
    while len(sandbox("requests", method="GET")["requests"]) < count and not running.done():
        pass


# ---- Values --------------------------------------------------------------------------------------

def merged(base, patch):
    made = dict(base)
    for name, value in (patch or {}).items():
        if isinstance(made.get(name), dict) and isinstance(value, dict):
            made[name] = merged(made[name], value)
        elif value is None:
            made.pop(name, None)
        else:
            made[name] = value
    return made


def matches(expected, got, before):
    if expected == "$SAME":
        return got == before
    if expected == "$SOME":
        return isinstance(got, str) and got != ""
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(
            matches(value, got.get(name), before.get(name) if isinstance(before, dict) else None)
            for name, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(got) and all(matches(*pair, None) for pair in zip(expected, got))
    return type(expected) is type(got) and expected == got


def plain(value):
    """A session or an error as the cases have it."""
    if isinstance(value, sessionpay.Error):
        shown = plain(value.details)
        shown.update(status=value.name, fields=[plain(one) for one in value.field_errors],
                     body=value.body.decode(), retry_after_ms=-1 if value.retry_after_ms is None
                     else value.retry_after_ms)
        return shown
    if dataclasses.is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Play:
    """One case."""

    def __init__(self, defaults, case, is_async):
        self.defaults, self.case, self.prefix = defaults, case, "Async" if is_async else ""
        self.accounts, self.server_session, self.result = {}, None, {}
        options = self.described("client", "options", case.get("client"))
        if "key_secret" in options:
            options["key_secret"] = options["key_secret"].encode()
        self.client = getattr(sessionpay, self.prefix + "Client")(**options)

    def described(self, provider, kind, patch):
        return self.resolved(merged(self.defaults.get(provider, {}).get(kind, {}), patch))

    def resolved(self, value):
        if isinstance(value, dict):
            return {name: self.resolved(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.resolved(one) for one in value]
        if isinstance(value, str) and value.startswith("$SPAY_"):
            return os.environ[value[1:]]
        if isinstance(value, str) and value.startswith("$"):
            known = self.result.get("session") or self.result["error"]
            return known[value[1:]] if value[1:] in known else known["info"][value[1:]]
        return value

    def account(self, provider):
        if provider not in self.accounts:
            kind = getattr(sessionpay, self.prefix + CLASSES[provider])
            patch = self.case.get("options", {}).get(provider)
            if provider == "connect_client" and patch is None:
                made = kind.from_session(self.accounts["connect_server"], self.server_session)
            else:
                made = kind(self.client, **self.described(provider, "options", patch))
            self.accounts[provider] = made
        return self.accounts[provider]

    def request(self, provider, patch):
        request = self.described(provider, "request", patch)
        for name in {"exclude", "restrict_to"} & set(request):
            request[name] = sessionpay.ConnectServerFilter(**request[name])
        required = {"wepay": ("type",), "hosted_fields": ("processing_terminal_id", "lib_version", "scenario"),
                    "connect_client": ("product_id", "display_name", "domain_name", "validation_url")}
        for name in required.get(provider, ()):
            request.setdefault(name, None)  # that it is missing is for the library to say
        return request

    async def created(self, provider, step):
        call = self.described("call", "options", step.get("call"))
        if provider == "apple_pay":
            create = self.account("connect_server").create_apple_pay_session
            call.update(self.request("connect_client", step.get("request")))
            call["server_request"] = sessionpay.ConnectServerSessionRequest(
                **self.request("connect_server", step.get("server_request")))
        else:
            create = self.account(provider).create_session
            call.update(self.request(provider, step.get("request")))
        if "cancel" in step:
            session = await self.canceled(create, call, step["cancel"])
        else:
            session = create(**call)
            session = await session if self.prefix else session
        if provider == "apple_pay":
            self.server_session, session = session
        elif provider == "connect_server":
            self.server_session = session
        return session

    async def canceled(self, create, call, after):
        cancel = sessionpay.Cancel()
        if after == 0:
            cancel.cancel()
            session = create(cancel=cancel, **call)
            return await session if self.prefix else session
        if not self.prefix:
            with concurrent.futures.ThreadPoolExecutor() as pool:
                running = pool.submit(create, cancel=cancel, **call)
                wait_for_requests(after, running)
                cancel.cancel()
                return running.result()
        running = asyncio.ensure_future(create(**call))
        await asyncio.get_running_loop().run_in_executor(None, wait_for_requests, after, running)
        running.cancel()
        await asyncio.wait([running])
        try:
            return running.result()
        except asyncio.CancelledError as error:
            while error.__cause__ is None:  # until 3.10 it is one around another
                error = error.__context__
            raise error.__cause__

    async def step(self, step):
        if "faults" in step:
            sandbox("faults", step["faults"])
        if step.get("expire"):
            sandbox("expire")
        if step.get("release"):
            sandbox("release")
        before = self.result
        try:
            session = await self.created(step.get("provider", self.case["provider"]), step)
            self.result = {"session": plain(session)}
        except sessionpay.Error as error:
            self.server_session = error.server_session or self.server_session
            self.result = {"error": plain(error)}
        return matches(step["expect"], self.result, before)

    async def run(self):
        for step in self.case["steps"]:
            if not await self.step(step):
                return False
        closed = self.client.close()
        if closed:
            await closed
        return True


def main():
    is_async = sys.argv[1] == "--async"
    journal_path, defaults_path, *paths = sys.argv[1 + is_async:]
    with open(defaults_path, encoding="utf-8") as file:
        defaults = json.load(file)
    tap = Tap()
    with open(journal_path, "w", encoding="utf-8") as journal:
        for path in paths:
            with open(path, encoding="utf-8") as file:
                cases = json.load(file)
            for case in cases:
                sandbox("reset")
                play = Play(defaults, case, is_async)
                passed = asyncio.run(play.run())
                tap.ok(passed, case["name"], json.dumps(play.result, indent=1))
                requests = sandbox("requests", method="GET")["requests"]
                journal.write(json.dumps({"case": case["name"], "requests": requests}) + "\n")
    tap.done()


main()
