/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * A transport between the library and its built-in one: it changes a request as a situation needs
 * it, and keeps the reply.
 */

#ifndef CLI_VERIFY_REQUEST_H
#define CLI_VERIFY_REQUEST_H

#include "findings.h"

struct attempt {
    struct verify *verify;
    const struct situation_facts *facts;
    struct trial *trial;
};

spay_transport verify_transport(struct attempt *attempt);

#endif
