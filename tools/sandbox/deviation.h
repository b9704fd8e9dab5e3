/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * --deviate: one of the beliefs about the providers is made false.
 */
#ifndef SANDBOX_DEVIATION_H
#define SANDBOX_DEVIATION_H

#include "beliefs/beliefs.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct exchange;
struct options;

/* Takes a name; false if there is none such. */
bool deviation_take(struct options *options, const char *name);
/* Prints them all. */
void deviation_list(void);

/* A provider found out what the request is. Returns the status that the table has for it. */
int deviation_enter(struct exchange *exchange, enum situation situation);
/* Makes false in the answer what shall be false of its situation. */
void deviation_apply(struct exchange *exchange);

/* Are there members but these? Names end with NULL. */
bool deviation_has_others(const cJSON *object, const char *const *names);

#endif
