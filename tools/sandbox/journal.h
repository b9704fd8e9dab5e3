/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What was received and answered, in order of arrival. Safe from any thread.
 */
#ifndef SANDBOX_JOURNAL_H
#define SANDBOX_JOURNAL_H

#include "reply.h"
#include "request.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

struct journal;

struct journal *journal_new(void);
/* Records a request; the number that comes back names it. fault may be NULL. */
uint64_t journal_add(struct journal *journal, const struct request *request, const char *fault);
/* Records what it was answered, unless the entry is gone by now. */
void journal_answer(struct journal *journal, uint64_t number, const struct reply *reply);
/* {"requests": [...], "dropped": n}; only those whose path contains the text, unless NULL. */
cJSON *journal_to_json(struct journal *journal, const char *path);
/* {"requests": n, "dropped": n} */
cJSON *journal_counts(struct journal *journal);
void journal_clear(struct journal *journal);
void journal_free(struct journal *journal);

#endif
