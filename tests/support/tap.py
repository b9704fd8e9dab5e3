# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The Test Anything Protocol, for all tests in Python."""

import sys


class Tap:
    """Prints one line per test; done() prints the plan and leaves."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, passed, name, *why):
        self.count += 1
        self.failed += not passed
        print("%sok %d - %s" % ("" if passed else "not ", self.count, name))
        if not passed:
            for text in why:
                for line in str(text).splitlines()[:40]:
                    print("#   " + line)
        sys.stdout.flush()
        return passed

    def empty(self, found, name):
        """Passes when nothing was found; otherwise shows what was."""
        return self.ok(not found, name, *sorted(found))

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name, "got    %r" % (got,), "wanted %r" % (wanted,))

    def skip(self, name, reason):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, reason))

    def done(self):
        print("1..%d" % self.count)
        sys.exit(1 if self.failed else 0)


def skip_all(reason):
    print("1..0 # SKIP " + reason)
    sys.exit(0)
