/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The machine's monotonic clock, which libcurl goes by too, whatever clocks the client has.
 */
#ifndef SPAY__TRANSPORT_MONOTONIC_H
#define SPAY__TRANSPORT_MONOTONIC_H

#include <stdint.h>

/* In microseconds. */
int64_t spay__now_us(void);

#endif
