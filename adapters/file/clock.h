/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Lifetimes of files: a clock that nobody sets and that counts while the machine sleeps, and the
 * boot that it belongs to. Where the system does not tell the boot, the time of day; that may go
 * wrong when it is set, as far as the lifetime of a value, and no further.
 */
#ifndef SPAY__FILE_CLOCK_H
#define SPAY__FILE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "file/record.h"

typedef struct spay__file_clock {
    char boot[SPAY__BOOT_SIZE]; /* "" for the time of day */
} spay__file_clock;

void spay__file_clock_start(spay__file_clock *clock);

/* Microseconds of UNIX time. */
uint64_t spay__file_wall_us(void);

/* Begin a lifetime now. */
void spay__file_stamp(const spay__file_clock *clock, spay__record *record, int64_t ttl_ms);

/* How much of a lifetime is left, in ms; 0 or less: none. */
int64_t spay__file_time_left(const spay__file_clock *clock, const spay__record *record);

#endif
