/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* The sandbox's own endpoints, see docs/sandbox.md. What goes wrong there ends the program. */
#ifndef CONFORMANCE_SANDBOX_H
#define CONFORMANCE_SANDBOX_H

#include <cjson/cJSON.h>

/* POST to /_sandbox/{what}; body may be NULL. */
void sandbox_post(const char *what, const cJSON *body);

/* The requests since the last reset; the caller frees them. */
cJSON *sandbox_requests(void);

#endif
