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
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal;

/* How a request ended. */
struct journal_end {
    const char *how;           /* "answered", "cut", "closed" or "incomplete" */
    const char *key;           /* what its idempotency key was found to be, or NULL */
    const struct reply *reply; /* NULL if it was not sent, or not all of it */
    int64_t us;                /* from the last byte of the request to the answer */
};

/* How far somebody has followed the journal. Begins with all zero. */
struct journal_place {
    uint64_t since;  /* every change up to this one was shown */
    uint64_t until;  /* this one will be at the end of the pass; 0 between two passes */
    uint64_t next;   /* number of the entry that the pass has come to */
    uint64_t oldest; /* number of the oldest entry that is still there */
    size_t dropped;
    bool cleared; /* everything that was shown before is gone */
};

typedef void journal_show(void *context, uint64_t number, const cJSON *entry);

struct journal *journal_new(void);
/* Records a request; the number that comes back names it. fault may be NULL. */
uint64_t journal_add(struct journal *journal, const struct request *request, const char *fault);
/* Records how it ended, unless the entry is gone by now. */
void journal_end(struct journal *journal, uint64_t number, const struct journal_end *end);
/* {"requests": [...], "dropped": n}; only those whose path contains the text, unless NULL. */
cJSON *journal_to_json(struct journal *journal, const char *path);
/* The entry of that number as in the list, or NULL. */
cJSON *journal_find(struct journal *journal, uint64_t number);
/* Shows entries that are new or have changed, at most so many. True if there may be more. */
bool journal_follow(struct journal *journal, struct journal_place *place, size_t limit,
                    journal_show *show, void *context);
/* {"requests": n, "dropped": n} */
cJSON *journal_counts(struct journal *journal);
void journal_clear(struct journal *journal);
void journal_free(struct journal *journal);

#endif
