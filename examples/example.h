/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the examples share, so that each can keep to one idea.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <sessionpay/sessionpay.h>

/** A setting that the example cannot do without. Ends the program, so ask before making anything. */
static inline const char *example_need(const char *name)
{
    const char *value = getenv(name);

    if (!value || !*value) {
        fprintf(stderr, "%s is not set; the top of this example's source says what it needs\n",
                name);
        exit(2);
    }
    return value;
}

/** UNIX time in milliseconds. */
static inline int64_t example_now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

/** How many seconds a session is still good for. */
static inline long example_seconds_left(const spay_session_info *info)
{
    return (long)(spay_session_expires_in_ms(info, example_now_ms(), 0) / 1000);
}

/** Tell a developer what went wrong. errors.c shows what a program does about it. */
static inline void example_complain(const spay_error *error)
{
    fprintf(stderr, "%s: %s\n", spay_error_name(error), spay_error_message(error));
    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        fprintf(stderr, "  %s: %s %s\n", spay_error_field_path(error, i),
                spay_error_field_code(error, i), spay_error_field_message(error, i));
    }
}

#endif
