# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""How long a loop of asyncio is held up while 1,000 sessions are in flight, and what a session costs.

usage: sessionpay-sandbox -- python3 bench.py [ROUNDS]

Lag is how much later than asked a timer of 1 ms fires. On a machine with other work it is theirs too;
the CPU time of the loop's turns is not. Prints medians of the rounds, each with a new client.
"""

import asyncio
import os
import statistics
import sys
import threading
import time

import sessionpay

CA = os.environ["SPAY_CA_FILE"]
WEPAY = dict(base_url=os.environ["SPAY_WEPAY_BASE_URL"], app_id=os.environ["SPAY_WEPAY_APP_ID"],
             app_token=os.environ["SPAY_WEPAY_APP_TOKEN"])
MOBILE = dict(type="mobile_session", account_id=os.environ["SPAY_WEPAY_ACCOUNT_ID"])
TASKS, EACH = 1000, 5  # each task makes one session after another


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)] if values else 0


class Loop(asyncio.SelectorEventLoop):
    """Notes the CPU time of each turn, in ms."""

    def __init__(self):
        super().__init__()
        self.turns = []

    def _run_once(self):
        begun = time.thread_time()
        super()._run_once()
        self.turns.append((time.thread_time() - begun) * 1000)


async def beat(lags):
    """A timer that every program has: 1 ms, again and again."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        lags.append((time.perf_counter() - begun) * 1000 - 1)


async def task(wepay):
    return [await wepay.create_session(timeout_ms=120000, **MOBILE) for _ in range(EACH)]


async def round_of(loop):
    lags, threads = [], threading.active_count()
    heart = asyncio.ensure_future(beat(lags))
    async with sessionpay.AsyncClient(ca_file=CA) as client:
        wepay = sessionpay.AsyncWePay(client, **WEPAY)
        loop.turns.clear()
        begun = time.perf_counter()
        made = sum(await asyncio.gather(*[task(wepay) for _ in range(TASKS)]), [])
        took = time.perf_counter() - begun
    heart.cancel()
    assert len({session.id for session in made}) == TASKS * EACH
    return {"lag p99 ms": percentile(lags, 99), "lag max ms": max(lags), "turn p99 ms": percentile(loop.turns, 99),
            "turn max ms": max(loop.turns), "CPU us a session": sum(loop.turns) / len(made) * 1000,
            "seconds": took, "threads": threading.active_count() - threads}


def sequential(count):
    """CPU time of this thread for a session, in us."""
    wepay = sessionpay.WePay(sessionpay.Client(ca_file=CA), **WEPAY)
    wepay.create_session(**MOBILE)
    begun = time.thread_time()
    for _ in range(count):
        wepay.create_session(**MOBILE)
    return (time.thread_time() - begun) / count * 1e6


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found = []
    for _ in range(rounds):
        loop = Loop()
        found.append(loop.run_until_complete(round_of(loop)))
        loop.close()
    print("asyncio, %d tasks, medians of %d rounds (least to most)" % (TASKS, rounds))
    for name in found[0]:
        values = [one[name] for one in found]
        print("  %-18s %8.2f  (%.2f to %.2f)" % (name, statistics.median(values), min(values), max(values)))
    print("one after another\n  %-18s %8.1f" % ("CPU us a session",
                                                statistics.median(sequential(500) for _ in range(rounds))))


main()
