/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Any bytes on the wire: support/calls.h, over TCP. HTTP/2 begins without TLS, which makes it ten times as fast.
 */
#include "support/calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};

    make_calls(input, false);
    return 0;
}
