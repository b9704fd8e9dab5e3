# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Third-party headers live in one file each, and the library leaves its process alone."""

import os
import re

from common import NM, SRCDIR, STATIC, Tap, read, run, sources

tap = Tap()

# OpenSSL in two: cryptography, which every build has, and the certificates and TLS sessions of the
# transport on libcurl, which a build without it must not drag along.
ONE_PLACE = {
    "curl/": r"lib/transport/setter\.h",
    "openssl/": r"lib/base/crypto\.c|lib/transport/trust\.c",
    "openssl/ssl": r"lib/transport/trust\.c",
    "nghttp2/": r"lib/wire/http2\.c",
}
library = sources("lib", "include")

for prefix, place in sorted(ONE_PLACE.items()):
    include = re.compile(r"^\s*#\s*include\s*[<\"]%s" % re.escape(prefix), flags=re.M)
    strays = [path for path in library if not re.fullmatch(place, path) and
              include.search(read(os.path.join(SRCDIR, path)))]
    tap.empty(strays, "<%s...> is included in %s only" % (prefix, place.replace("\\", "")))

# Which folders of lib/ a folder may include, besides itself: what lies below it. A provider is a
# description that the core reads; neither sees more of the other.
MAY_INCLUDE = {
    "base": "",
    "json": "base",
    "api": "base json",
    "http": "base",
    "wire": "base http",
    "transport": "base json api http wire",
    "providers": "base json api http",
    "core": "base json api http wire transport providers/provider.h",
    "drivers": "base json api http wire transport providers core",
}
includes = {}
upward = []
for path in library:
    if not path.startswith("lib/"):
        continue
    folder = path.split("/")[1]
    for name in re.findall(r'^\s*#\s*include\s*"([^"]+)"', read(os.path.join(SRCDIR, path)), flags=re.M):
        target = "lib/" + (name if "/" in name else folder + "/" + name)
        includes.setdefault(path, []).append(target)
        allowed = [folder] + MAY_INCLUDE[folder].split()
        if target.split("/")[1] not in allowed and target[len("lib/"):] not in allowed:
            upward.append("%s includes %s" % (path, target))
tap.empty(upward, "what a file includes is in its own layer or below it")


def find_circle(path, trail):
    """The first chain of includes that comes back to where it was."""
    if path in trail:
        return trail[trail.index(path):] + [path]
    for target in includes.get(path, []):
        circle = find_circle(target, trail + [path])
        if circle:
            return circle
    return []


circles = [" -> ".join(find_circle(path, [])) for path in sorted(includes)]
tap.empty([circle for circle in circles if circle], "no header includes itself by way of others")

strays = [path for path in library if path.startswith("lib/providers/") and re.search(
    r"^\s*#\s*include\s*<(time|unistd|pthread|sys/\w+|netdb|signal|poll|stdio)\.h>",
    read(os.path.join(SRCDIR, path)), flags=re.M)]
tap.empty(strays, "provider modules reach for no clock, thread, socket or stream")

strays = [path for path in library if re.search(r"\"[^\"\n]*%[-+ #0-9.]*(ll|[zjtqL])[diouxXeEfgGn]|\bPRI[diouxX]",
                                                read(os.path.join(SRCDIR, path)))]
tap.empty(strays, "no format needs more than the printf() of a small C library has")

listed = re.findall(r"^\t[^#\n]*?\b(lib/[\w/]+\.c)\b", read(os.path.join(SRCDIR, "Makefile")),
                    flags=re.M)
listed += ["lib/transport/curl.c", "lib/transport/none.c"]
tap.empty(set(listed) ^ {path for path in library if path.endswith(".c")},
          "the Makefile lists every source of the library")

headless = [path for path in sources("lib", "include", "tools", "examples", "tests")
            if "SPDX-License-Identifier: MIT" not in "".join(
                read(os.path.join(SRCDIR, path)).splitlines(True)[:5])]
tap.empty(headless, "every C file begins with its licence")

# What a library has no business calling, whoever asks: printing, ending the process, signal
# handlers, process-wide state, and the allocator other than through alloc.c.
RULES = [
    ("prints", r"(__)?v?f?printf(_chk)?|puts|f?putc|putchar|fputs|fwrite|perror|psignal|write|"
               r"stdout|stderr|vdprintf|dprintf|syslog"),
    ("ends the process", r"_?exit|_Exit|quick_exit|abort|raise|kill|__assert_fail|__assert_rtn|"
                         r"__assert|err|errx|warn|warnx"),
    ("installs a signal handler", r"signal|sigaction|bsd_signal|sigset|__sysv_signal|alarm|"
                                  r"setitimer"),
    ("changes process-wide state", r"setlocale|setenv|putenv|unsetenv|chdir|umask|srand|srandom|"
                                   r"curl_global_cleanup|cJSON_InitHooks|OPENSSL_cleanup|tzset"),
    ("runs another program", r"system|popen|exec[vl]\w*|posix_spawnp?|fork|vfork"),
    ("uses a weak or hidden source", r"rand|random|drand48|gets|strtok|localtime|gmtime|ctime|"
                                     r"asctime|strerror|sprintf|strcpy|strcat"),
]
OUR_OWN = {"allocates past alloc.c": (r"malloc|calloc|realloc|reallocarray|free|strdup|strndup|"
                                      r"asprintf|aligned_alloc|posix_memalign|memalign", "alloc.o")}

if not STATIC:
    tap.skip("what the objects call", "no static library in this build")
    tap.done()

status, output = run(NM + ["-A", "-u", STATIC])
tap.ok(status == 0 and output, "nm reads the static library", output)
calls = []
for line in output.splitlines():
    match = re.search(r":([\w.-]+\.o): *[Uvw] +_?(\w+)$", line)
    if match:
        calls.append(match.groups())
tap.ok(calls, "the objects call something")
for what, names in RULES:
    tap.empty({"%s calls %s" % call for call in calls if re.fullmatch(names, call[1])},
              "nothing in the library " + what)
for what, (names, home) in OUR_OWN.items():
    tap.empty({"%s calls %s" % call for call in calls
               if call[0] != home and re.fullmatch(names, call[1])},
              "nothing in the library " + what)

status, output = run(NM + ["-A", STATIC])
others = set()
for line in output.splitlines():
    match = re.search(r":([\w.-]+\.o):[0-9a-f]* ([TDBRCV]) _?(\w+)$", line)
    if match and not match.group(3).startswith("spay_"):
        others.add("%s defines %s" % (match.group(1), match.group(3)))
tap.empty(others, "every global name of the static library begins with spay_")

tap.done()
