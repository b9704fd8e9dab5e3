/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The wish to end, and delays until then, or until they are released.
 */
#ifndef SANDBOX_STOP_H
#define SANDBOX_STOP_H

#include <stdbool.h>
#include <stdint.h>

struct stop;

struct stop *stop_new(void);
/* Ends every delay; later ones end at once. */
void stop_request(struct stop *stop);
/* A delay is to come: from here on stop_release() ends it. */
uint64_t stop_delay_begin(struct stop *stop);
/* Sleeps; true if the sandbox ends meanwhile. */
bool stop_delay(struct stop *stop, uint64_t delay, long milliseconds);
/* All that was delayed is done. */
void stop_delay_end(struct stop *stop, uint64_t delay);
/* Ends the delays that have begun, and waits until what was delayed is done. */
void stop_release(struct stop *stop);
void stop_free(struct stop *stop);

#endif
