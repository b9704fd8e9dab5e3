/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One program, one plan.
 */
#include "support/tap.h"

#include <stdarg.h>
#include <stdio.h>

static int count;
static int failed;

bool tap_ok(bool passed, const char *format, ...)
{
    va_list arguments;

    count++;
    failed += !passed;
    printf("%sok %d - ", passed ? "" : "not ", count);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
    return passed;
}

void tap_note(const char *format, ...)
{
    va_list arguments;

    printf("#   ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
}

void tap_skip(const char *name, const char *why)
{
    printf("ok %d - %s # SKIP %s\n", ++count, name, why);
    fflush(stdout);
}

int tap_end(void)
{
    printf("1..%d\n", count);
    return failed || count == 0;
}

int tap_skip_all(const char *why)
{
    printf("1..0 # SKIP %s\n", why);
    return 0;
}
