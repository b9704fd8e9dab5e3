/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The decision after an attempt: what a reply or a failure means, whether to try again, and when.
 * Pure functions over tables; only the call acts on them.
 */
#ifndef SPAY__RETRY_H
#define SPAY__RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "providers/provider.h"

/* Whether a reply has a code. */
typedef bool (*spay__has_code)(void *reply, const char *code);

/* Judge a reply that is not a success. rules end with first == 0; the general table follows. */
spay__verdict spay__judge_reply(const spay__rule *rules, int32_t http_status,
                                spay__has_code has_code, void *reply);

/* Judge a transport failure. */
spay__verdict spay__judge_failure(spay_status status, bool sent);

/*
 * How long the provider asks to wait, in ms; -1 if it does not say, or says nonsense. wall_ms is
 * used for dates unless the reply tells its own time.
 */
int64_t spay__retry_after_ms(const spay_http_response *response, int64_t wall_ms);

enum {
    SPAY__MAX_RETRY_AFTER_MS = 60000
};

/* Everything that the decision depends on. */
typedef struct spay__retry_situation {
    spay__verdict verdict;
    int32_t attempts;     /* made so far, free ones not counted */
    int32_t max_attempts; /* 1 means that nothing is ever repeated */
    int64_t retry_after_ms;
    int64_t time_left_ms;
    int32_t budget;     /* what is left of the host's retry budget */
    bool resent;        /* the free resend is spent */
    bool token_renewed; /* so is the renewal */
    bool can_renew;     /* the account fetches its own tokens */
    bool clock_off;  /* the reply shows that our clock is off, and we have not corrected it yet */
    uint32_t random; /* uniform */
} spay__retry_situation;

typedef enum spay__action {
    SPAY__GIVE_UP,
    SPAY__REPEAT,       /* wait, then the next attempt */
    SPAY__RESEND,       /* at once; no byte had left */
    SPAY__RENEW_TOKEN,  /* drop the token, then at once */
    SPAY__CORRECT_CLOCK /* learn the offset, then at once */
} spay__action;

typedef struct spay__decision {
    spay__action action;
    int64_t delay_ms;
    int32_t cost; /* to take from the budget */
} spay__decision;

spay__decision spay__retry_decide(const spay__retry_situation *situation);

#endif
