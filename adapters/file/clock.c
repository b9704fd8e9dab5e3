/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Lifetimes of files.
 */
#include "file/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

/* Ten years: beyond it lifetimes are no longer told apart, and cannot overflow. */
static const int64_t longest_ms = INT64_C(10) * 365 * 24 * 3600 * 1000;

static int64_t read_ms(clockid_t clock)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000;
}

static int64_t now_ms(const spay__file_clock *clock)
{
#ifdef CLOCK_BOOTTIME
    if (clock->boot[0])
        return read_ms(CLOCK_BOOTTIME);
#else
    (void)clock;
#endif
    return read_ms(CLOCK_REALTIME);
}

void spay__file_clock_start(spay__file_clock *clock)
{
    memset(clock, 0, sizeof(*clock));
#ifdef CLOCK_BOOTTIME
    int file = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
    ssize_t count = file >= 0 ? read(file, clock->boot, SPAY__BOOT_SIZE - 1) : 0;

    if (file >= 0)
        (void)close(file);
    clock->boot[count > 0 ? count : 0] = '\0';
#endif
}

uint64_t spay__file_wall_us(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void spay__file_stamp(const spay__file_clock *clock, spay__record *record, int64_t ttl_ms)
{
    memcpy(record->magic, SPAY__RECORD_MAGIC, sizeof(record->magic));
    memcpy(record->boot, clock->boot, sizeof(record->boot));
    record->since_ms = now_ms(clock);
    record->ttl_ms = ttl_ms < 0 ? 0 : ttl_ms > longest_ms ? longest_ms : ttl_ms;
}

int64_t spay__file_time_left(const spay__file_clock *clock, const spay__record *record)
{
    int64_t now = now_ms(clock);

    if (memcmp(record->boot, clock->boot, sizeof(record->boot)) != 0 || record->since_ms < 0 ||
        record->since_ms > now || record->ttl_ms < 0 || record->ttl_ms > longest_ms)
        return INT64_MIN;
    return record->ttl_ms - (now - record->since_ms);
}
