/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Two to five calls over the real transport, on kept connections, to a server that says what the input says:
 * blocking and one after the other, or in a multi, over HTTP/1.1 or HTTP/2.
 *
 * input: driver and number of calls, connection, then what the server says (support/server.h)
 */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include <stdbool.h>

#include "input.h"

void make_calls(fuzz_input input, bool tls);

#endif
