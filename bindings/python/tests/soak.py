# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Whether memory stays what it is while sessions and errors come and go.

usage: sessionpay-sandbox -- python3 soak.py [SESSIONS [ERRORS]]

Each kind is made for a while before memory is looked at: by then every allocator has what it needs.
"""

import asyncio
import gc
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tests", "support"))
from tap import Tap  # noqa: E402

import sessionpay  # noqa: E402

tap = Tap()
SESSIONS = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
ERRORS = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
CA = os.environ["SPAY_CA_FILE"]
WEPAY = dict(base_url=os.environ["SPAY_WEPAY_BASE_URL"], app_id=os.environ["SPAY_WEPAY_APP_ID"],
             app_token=os.environ["SPAY_WEPAY_APP_TOKEN"])
MOBILE = dict(type="mobile_session", account_id=os.environ["SPAY_WEPAY_ACCOUNT_ID"])
REFUSED = dict(MOBILE, account_id="ffffffff-0000-4000-8000-000000000000")
MOST_KIB = 1024


def resident_kib():
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def watched(what, count, make, warm=10000):
    """make(n) makes so many."""
    for _ in range(4):  # each with a loop and connections of its own
        make(warm // 4)
    before = resident_kib()
    make(count)
    grown = resident_kib() - before
    tap.ok(grown <= MOST_KIB, "%d %s: memory grows by %d KiB, of %d" % (count, what, grown, before))


def fail(account, **members):
    try:
        account.create_session(**members)
    except sessionpay.Error:
        return
    raise AssertionError("no error")


async def waves(count):
    async with sessionpay.AsyncClient(ca_file=CA) as client:
        wepay = sessionpay.AsyncWePay(client, **WEPAY)
        for _ in range(0, count, 250):
            await asyncio.gather(*[wepay.create_session(**MOBILE) for _ in range(250)])


async def awaited_errors(count):
    async with sessionpay.AsyncClient(ca_file=CA, max_attempts=1) as client:
        wepay = sessionpay.AsyncWePay(client, **WEPAY)
        for _ in range(0, count, 250):
            ended = await asyncio.gather(*[wepay.create_session(**REFUSED) for _ in range(250)],
                                         return_exceptions=True)
            assert all(isinstance(error, sessionpay.ForbiddenError) for error in ended)


def main():
    wepay = sessionpay.WePay(sessionpay.Client(ca_file=CA, event=lambda event: None), **WEPAY)
    watched("sessions", SESSIONS, lambda count: [wepay.create_session(**MOBILE) and None for _ in range(count)])
    watched("errors of the provider", ERRORS, lambda count: [fail(wepay, **REFUSED) for _ in range(count)])
    watched("errors of arguments", ERRORS, lambda count: [
        fail(wepay, type="mobile_session", time_to_live=-1) for _ in range(count)])
    watched("sessions with asyncio", SESSIONS, lambda count: asyncio.run(waves(count)))
    watched("errors with asyncio", ERRORS, lambda count: asyncio.run(awaited_errors(count)))
    watched("clients and accounts", max(ERRORS // 5, 100), lambda count: [
        sessionpay.WePay(sessionpay.Client(ca_file=CA), **WEPAY) and None for _ in range(count)], 1000)
    tap.done()


main()
