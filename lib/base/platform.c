/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The machine's own clocks, waiting and random bytes, on POSIX.
 */
#include "platform.h"

#include <stddef.h>

#ifndef SPAY_WITHOUT_PLATFORM

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t monotonic_ms(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t wall_ms(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

/* A signal may cut it short; whoever waits looks at the clock anyway. */
static void sleep_ms(void *ctx, int64_t duration_ms)
{
    struct timespec duration;

    (void)ctx;
    duration.tv_sec = (time_t)(duration_ms / 1000);
    duration.tv_nsec = (long)(duration_ms % 1000) * 1000000L;
    (void)nanosleep(&duration, NULL);
}

const char *spay__platform_complete(spay_platform *platform)
{
    if (!platform->monotonic_ms)
        platform->monotonic_ms = monotonic_ms;
    if (!platform->wall_ms)
        platform->wall_ms = wall_ms;
    if (!platform->sleep_ms)
        platform->sleep_ms = sleep_ms;
    return NULL;
}

#else

const char *spay__platform_complete(spay_platform *platform)
{
    if (!platform->monotonic_ms)
        return "platform.monotonic_ms";
    if (!platform->wall_ms)
        return "platform.wall_ms";
    if (!platform->sleep_ms)
        return "platform.sleep_ms";
    return platform->random_bytes ? NULL : "platform.random_bytes";
}

#endif

const char *spay__platform_name(void)
{
#if defined(__linux__)
    return "Linux";
#elif defined(__APPLE__)
    return "Darwin";
#elif defined(__FreeBSD__)
    return "FreeBSD";
#else
    return "POSIX";
#endif
}
