/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The wish to end, and sleeping until then.
 */
#ifndef SANDBOX_STOP_H
#define SANDBOX_STOP_H

#include <stdbool.h>

struct stop;

struct stop *stop_new(void);
/* Wakes every sleeper; later sleeps return at once. */
void stop_request(struct stop *stop);
/* Sleeps; true if the sandbox ends meanwhile. */
bool stop_sleep(struct stop *stop, long milliseconds);
void stop_free(struct stop *stop);

#endif
