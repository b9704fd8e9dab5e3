/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The rig of the test that runs, and the bytes that its peer sends next.
 */
#ifndef HTTP2_FIXTURE_H
#define HTTP2_FIXTURE_H

#include "rig.h"

extern rig at;
extern bytes said;

void open_rig(void);
void close_rig(void);

/* Receive what the peer sends, and take off the streams that have ended. */
spay_status receive(void);

#endif
