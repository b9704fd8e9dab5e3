/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * X-Sandbox-Hint: what is wrong with a request, where the provider's own answer does not say it.
 * Never the value of a credential: answers end up in logs.
 */
#ifndef SANDBOX_HINT_H
#define SANDBOX_HINT_H

#include <stddef.h>

struct exchange;

/* A sentence without a full stop, in printable ASCII. The first hint of an exchange stays. */
void hint_give(struct exchange *exchange, const char *text);
/* The bytes in double quotes, escaped as in C, cut where they are very long. The caller frees it. */
char *hint_quote(const char *bytes, size_t length);

#endif
