/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Telling others where the sandbox is and what it accepts.
 */
#ifndef SANDBOX_DESCRIPTION_H
#define SANDBOX_DESCRIPTION_H

#include <stdbool.h>

struct sandbox;

/* The ready line, on stdout. False if that cannot be written. */
bool description_print(const struct sandbox *sandbox);
/* The same facts as environment variables of this process, for a child to inherit. */
void description_export(const struct sandbox *sandbox);

#endif
