/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Any bytes in TLS, beneath it, and in its place: support/calls.h.
 */
#include "support/calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};

    make_calls(input, true);
    return 0;
}
