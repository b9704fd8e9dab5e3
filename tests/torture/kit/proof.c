/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Many cases, one line of TAP.
 */
#include "torture/kit/proof.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void proof_begin(proof *p, const char *name)
{
    memset(p, 0, sizeof(*p));
    p->name = name;
}

bool proof_case(proof *p, bool good, const char *format, ...)
{
    size_t used = strlen(p->notes);
    va_list arguments;

    p->cases++;
    if (good)
        return true;
    p->failed++;
    if (used + 512 > sizeof(p->notes))
        return false;
    used += (size_t)snprintf(p->notes + used, sizeof(p->notes) - used, "#   ");
    va_start(arguments, format);
    (void)vsnprintf(p->notes + used, 400, format, arguments);
    va_end(arguments);
    strcat(p->notes, "\n");
    return false;
}

void proof_end(const proof *p)
{
    bool good = p->cases > 0 && p->failed == 0;

    tap_ok(good, "%s, %zu case%s", p->name, p->cases, p->cases == 1 ? "" : "s");
    if (good)
        return;
    tap_note("%zu of %zu failed", p->failed, p->cases);
    fputs(p->notes, stdout);
    fflush(stdout);
}
