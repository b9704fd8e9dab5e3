/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Payroc's errors: RFC 9457 problem details with a list of errors.
 */
#ifndef SANDBOX_PROBLEM_H
#define SANDBOX_PROBLEM_H

#include <cjson/cJSON.h>

struct exchange;

struct problem {
    int status;
    const char *fragment; /* of the type URI */
    const char *title;
    const char *detail;
};

/* 400 has two problems; this is the one that is not the default. */
extern const struct problem problem_key_missing;

/* Never NULL: an undocumented status gets a problem in the same style. */
const struct problem *problem_for_status(int status);
/* Takes over the errors, which may be NULL. */
void problem_answer(struct exchange *exchange, const struct problem *problem, cJSON *errors);
/* 409 that names the first request: its target, a detail, and a sentence about the key. */
void problem_conflict(struct exchange *exchange, const char *first_target, const char *detail,
                      const char *message);
/* Adds an item to a list of errors. */
void problem_blame(cJSON *errors, const char *parameter, const char *detail, const char *rule);

#endif
