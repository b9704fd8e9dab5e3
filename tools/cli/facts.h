/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What every status, outcome, reason and documented provider's code means.
 */

#ifndef CLI_FACTS_H
#define CLI_FACTS_H

#include <stddef.h>

struct fact {
    const char *kind; /* "status", "outcome", "reason", or the provider whose code it is */
    const char *name;
    int number;          /* of a status; otherwise 0 */
    const char *meaning; /* a sentence without its full stop, as are the next two */
    const char *fault;   /* whose it is */
    const char *action;
};

extern const struct fact facts[];
extern const size_t fact_count;

/* What to do about it; NULL if there is no such fact. */
const char *fact_action(const char *kind, const char *name);

#endif
