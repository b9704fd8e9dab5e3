/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The scripts. tests/store/redis.c compares the digests.
 *
 * Fences follow the clock of the server, in microseconds: they grow even if the key that has the
 * last one was evicted, or was lost in a failover. They are compared as text, and below 2^53.
 */
#include "redis/scripts.h"

/* KEYS: value. Its bytes, and how long it lives, or nil. */
#define GET_SCRIPT                                                                                 \
    "local value = redis.call('GET', KEYS[1])\n"                                                   \
    "if not value then return false end\n"                                                         \
    "return {value, redis.call('PTTL', KEYS[1])}\n"

/* KEYS: value, fence. ARGV: bytes, lifetime in ms, fence. 1: done, 0: stale. */
#define PUT_SCRIPT                                                                                 \
    "if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end\n"                                 \
    "if tonumber(ARGV[2]) > 0 then\n"                                                              \
    "  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])\n"                                       \
    "else\n"                                                                                       \
    "  redis.call('DEL', KEYS[1])\n"                                                               \
    "end\n"                                                                                        \
    "return 1\n"

/* KEYS: lease, fence. ARGV: lifetimes of the lease and of the fence in ms. The fence, or nil. */
#define ACQUIRE_SCRIPT                                                                             \
    "if redis.call('EXISTS', KEYS[1]) == 1 then return false end\n"                                \
    "local time = redis.call('TIME')\n"                                                            \
    "local last = tonumber(redis.call('GET', KEYS[2]) or '0')\n"                                   \
    "local fence = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))\n"       \
    "redis.call('SET', KEYS[2], fence, 'PX', ARGV[2])\n"                                           \
    "redis.call('SET', KEYS[1], fence, 'PX', ARGV[1])\n"                                           \
    "return fence\n"

/* KEYS: lease, fence. ARGV: fence. 1: done, 0: stale. */
#define RELEASE_SCRIPT                                                                             \
    "if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end\n"                                 \
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end\n"               \
    "return 1\n"

const spay__redis_script spay__redis_scripts[] = {
    [SPAY__GET] = {GET_SCRIPT, "748215b3ed51c303dc0a42bfebb8cd21930bac10"},
    [SPAY__PUT] = {PUT_SCRIPT, "ef584771d42e73bb7f2a4cf7f96968eb253c293b"},
    [SPAY__ACQUIRE] = {ACQUIRE_SCRIPT, "fbcb6f2ee7458ab4859a2d3fb4a0e7c4dd793d24"},
    [SPAY__RELEASE] = {RELEASE_SCRIPT, "548fa51060f0501838485a63bef39365d73ec73e"},
};
