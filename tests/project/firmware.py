# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What a small machine has to offer: the archive without curl, stores, threads and platform calls no
clock, no wait, no random bytes and no resolver of the system, and asks for the caller's hooks
instead. It refuses a store."""

import os
import re
import shlex
import tempfile

from common import BUILD, LIBRARIES, NM, STATIC, Tap, link, run, runs_here, write

tap = Tap()
MAKE = shlex.split(os.environ.get("MAKE", "make"))
DIRECTORY = os.path.abspath(os.path.join(BUILD, "firmware"))
ARCHIVE = os.path.join(DIRECTORY, "lib", "libsessionpay.a")
SWITCHES = ["WITHOUT_CURL=1", "WITH_NGHTTP2=", "WITHOUT_PLATFORM=1", "WITHOUT_STORE=1",
            "DISABLE_THREADS=1", "DISABLE_SHARED=1", "DISABLE_STATIC=", "DISABLE_WEPAY=", "PROVIDERS=wepay"]

# Clocks, waiting, random bytes, names and addresses, sockets, files, threads.
OF_THE_SYSTEM = re.compile(
    r"clock_\w+|gettimeofday|time|nanosleep|u?sleep|sched_\w+|pthread_\w+|poll|select|"
    r"RAND_\w+|getrandom|getentropy|arc4random\w*|"
    r"inet_\w+|getaddrinfo|gethostby\w+|socket|connect|send|recv|"
    r"f?open\w*|f?read|f?write|f?close|getenv|secure_getenv|uname|sysconf")


def undefined(archive):
    """What the objects of an archive refer to: (object, name)."""
    status, output = run(NM + ["-A", "-u", archive])
    tap.ok(status == 0, "nm reads " + os.path.basename(os.path.dirname(os.path.dirname(archive))),
           output)
    return re.findall(r":([\w.-]+\.o): *[Uvw] +_?(\w+)$", output, flags=re.M)


PROGRAM = r"""
#include <stdio.h>
#include <string.h>

#include <sessionpay/sessionpay.h>

static int64_t now_ms(void *ctx) { (void)ctx; return 1000; }
static int64_t wall_ms(void *ctx) { (void)ctx; return 1772529342000; }
static void wait_ms(void *ctx, int64_t duration) { (void)ctx; (void)duration; }
static int32_t sevens(void *ctx, void *buffer, size_t length)
{
    (void)ctx;
    memset(buffer, 0x77, length);
    return 1;
}

static const char *refused(const spay_platform *platform, const spay_store *store)
{
    static char field[64];
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_error *error = NULL;

    options.platform = platform;
    options.store = store;
    if (spay_client_new(&options, &client, &error) != SPAY_E_INVALID_ARGUMENT || client)
        return "accepted";
    snprintf(field, sizeof field, "%s", spay_error_field_path(error, 0));
    spay_error_free(error);
    return field;
}

static const char *key_of_a_call(const spay_platform *platform)
{
    static char key[64];
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_client *client = NULL;
    spay_wepay *wepay = NULL;
    spay_call *call = NULL;

    options.platform = platform;
    account.environment = SPAY_ENV_TEST;
    account.app_id = "700123";
    account.app_token = "stage_not-a-real-token";
    request.type = "mobile_session";
    request.account_id = "c9536e75";
    if (spay_client_new(&options, &client, NULL) != SPAY_OK ||
        spay_wepay_new(client, &account, &wepay, NULL) != SPAY_OK ||
        spay_wepay_session_call_new(wepay, &request, NULL, &call, NULL) != SPAY_OK ||
        spay_call_step(call) != SPAY_CALL_SEND)
        return "failed";
    snprintf(key, sizeof key, "%s", spay_call_idempotency_key(call));
    spay_call_free(call);
    spay_wepay_free(wepay);
    spay_client_free(client);
    return key;
}

int main(void)
{
    spay_platform platform = SPAY_PLATFORM_INIT;
    spay_store store = SPAY_STORE_INIT;

    puts(refused(NULL, NULL));
    platform.monotonic_ms = now_ms;
    puts(refused(&platform, NULL));
    platform.wall_ms = wall_ms;
    puts(refused(&platform, NULL));
    platform.sleep_ms = wait_ms;
    puts(refused(&platform, NULL));
    platform.random_bytes = sevens;
    puts(refused(&platform, &store));
    puts(key_of_a_call(&platform));
    return 0;
}
"""


def try_program():
    name = "a client asks for the hooks, and takes them"
    with tempfile.TemporaryDirectory() as work:
        program, source = os.path.join(work, "program"), os.path.join(work, "program.c")
        write(source, PROGRAM)
        link(program, source, ARCHIVE, *LIBRARIES)
        if not runs_here(program):
            tap.skip(name, "programs of this build do not run here")
            return
        _, output = run([program])
    tap.ok(output.split() == ["platform.monotonic_ms", "platform.wall_ms", "platform.sleep_ms",
                              "platform.random_bytes", "store",
                              "77777777-7777-4777-b777-777777777777"],
           name, output)


status, output = run(MAKE + ["--no-print-directory", "O=" + DIRECTORY, "CFLAGS=-Os"] + SWITCHES +
                     ["lib"])
if tap.ok(status == 0, "the archive for small machines builds", output):
    tap.empty({"%s calls %s" % call for call in undefined(ARCHIVE)
               if OF_THE_SYSTEM.fullmatch(call[1])}, "it calls nothing of the system")
    try_program()

# In a complete library they have their places.
HOMES = {"RAND_bytes": ["crypto.o"], "nanosleep": ["platform.o"], "inet_pton": [],
         "clock_gettime": ["platform.o", "thread.o", "monotonic.o"]}
if STATIC:
    for name, homes in sorted(HOMES.items()):
        tap.empty({home for home, called in undefined(STATIC) if called == name} - set(homes),
                  "%s is called in %s" % (name, " and ".join(homes) + " only" if homes else "no object"))
else:
    tap.skip("where a complete library calls the system", "no static library in this build")

tap.done()
