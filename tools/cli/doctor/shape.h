/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The look of credentials: mistakes that copying and pasting makes.
 */

#ifndef CLI_DOCTOR_SHAPE_H
#define CLI_DOCTOR_SHAPE_H

#include "cli/settings.h"

struct shape_fault {
    const char *fault; /* one word; NULL: none */
    const char *text;  /* the rest of a sentence that begins with the setting's name */
};

/* Beyond what the library checks. */
struct shape_fault shape_check(const struct settings *settings, enum setting setting);

#endif
