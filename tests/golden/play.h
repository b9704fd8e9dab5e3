/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Playing a case: the library makes the call against the mock transport, in virtual time.
 */
#ifndef GOLDEN_PLAY_H
#define GOLDEN_PLAY_H

#include "golden/fixture.h"
#include "golden/provider.h"

typedef struct golden_play {
    const golden_provider *provider;
    const golden_fixture *fixture;
    golden_report *report;
    golden_arena arena; /* holds the structs below */
    spay_client_options client_options;
    void *options;
    void *request;                   /* NULL if the case gives none */
    spay_call_options *call_options; /* NULL if the case gives none */
    int64_t now_ms;                  /* the wall clock when the call begins */
    spay_mock *mock;
    spay_client *client;
    void *account;
    char *log; /* every line at the most talkative level */

    /* The result. */
    spay_status status;
    void *session;
    spay_error *error;
} golden_play;

/* How a call is driven: by the blocking function, or step by step by the program itself. */
enum {
    GOLDEN_BLOCKING,
    GOLDEN_STEPS
};

/* Play a case. The result stays in `play` until golden_play_end(). */
void golden_play_run(golden_play *play, int driver);

void golden_play_end(golden_play *play);

/* Compare what was sent, and what came out of it, with the fixture. */
void golden_check(const golden_play *play);

/* The key of the call, whether it made a session or not. */
const char *golden_key(const golden_play *play);

/* Request `index` as it was sent, with the placeholders that the fixture has, in new memory. */
char *golden_request_text(const golden_play *play, size_t index);

/* What came out, as expected.json tells it. */
cJSON *golden_result_json(const golden_play *play);

#endif
