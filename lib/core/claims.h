/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Records that several calls of this process want at the same time: one asks the store for it, or
 * makes it, and hands it to those that wait.
 */
#ifndef SPAY__CLAIMS_H
#define SPAY__CLAIMS_H

#include "base/secret.h"
#include "base/thread.h"
#include "seal.h"
#include "waiters.h"

typedef struct spay__claim {
    struct spay__claim *next;
    int32_t users;
    bool taken; /* one of the users is about it */
    spay__waiters waiters;
    spay__secret record; /* what the one before found; NULL: nothing */
    int64_t dead_at_ms;  /* when the record is of no use any more */
    char name[SPAY__STORE_NAME_SIZE];
} spay__claim;

typedef struct spay__claims {
    spay__mutex lock;
    spay__claim *first;
    uint32_t fork_generation;
} spay__claims;

typedef enum spay__claim_answer {
    SPAY__CLAIM_TAKEN, /* this call is the one */
    SPAY__CLAIM_WAIT,  /* another is; this one will be woken */
    SPAY__CLAIM_FOUND  /* the record is handed over */
} spay__claim_answer;

/* false: the system has no more locks. */
bool spay__claims_init(spay__claims *claims);
void spay__claims_clear(spay__claims *claims);

/* The claim of a record, until the call leaves it; NULL without memory. */
spay__claim *spay__claims_join(spay__claims *claims, const char *name);

/* Take it, wait, or share the record that is there. */
spay__claim_answer spay__claim_try(spay__claims *claims, spay__claim *claim, spay__waiter *waiter,
                                   int64_t now_ms, spay__secret *record, int64_t *dead_at_ms);

/* Whoever took it hands the record to the others. */
void spay__claim_hand_over(spay__claims *claims, spay__claim *claim, const spay__secret *record,
                           int64_t dead_at_ms);

/* Leave it, in any state; taken says whether this call took it. The others are woken. */
void spay__claim_leave(spay__claims *claims, spay__claim *claim, spay__waiter *waiter, bool taken);

#endif
