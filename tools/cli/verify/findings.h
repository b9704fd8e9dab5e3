/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay verify: the table of beliefs, tried on a provider's test system.
 */

#ifndef CLI_VERIFY_FINDINGS_H
#define CLI_VERIFY_FINDINGS_H

#include "beliefs/beliefs.h"
#include "cli/settings.h"

#include <sessionpay/sessionpay.h>

enum {
    WHY_MAX = 160
};

/* A situation that was brought about, and the reply. */
struct trial {
    bool tried;
    bool replied;
    bool read; /* the library could read the reply */
    int status;
    char *key;         /* the idempotency key that was sent, or NULL */
    cJSON *headers;    /* those of the reply that the table names */
    cJSON *body;       /* NULL if it is no JSON */
    int64_t at_ms;     /* the wall clock when it came */
    char why[WHY_MAX]; /* there was no reply, or it was not tried */
};

enum verdict {
    AS_BELIEVED,
    DIFFERS,
    COULD_NOT_TELL
};

struct finding {
    enum verdict verdict;
    char expected[WHY_MAX];
    char seen[WHY_MAX]; /* or why it could not be told */
};

struct verify {
    struct settings settings;
    const char *report; /* its path, or NULL */
    long pause_ms;      /* between requests; -1: what is polite */
    char origin[300];   /* scheme, host and port of the last request */
    spay_client *client;
    char *prior; /* the reply that later requests need: bearer token, client session */
    int requests;
    int sessions;
    int planned;     /* how many requests there should be */
    int exit_status; /* CLI_DONE, or why nothing more could be tried */
    struct trial trials[SITUATION_COUNT];
    struct finding findings[BELIEF_COUNT];
};

/* Whether the table's API is part of the product. */
bool verify_includes(const struct verify *verify, enum belief_api api);

/* Whether a URL is on this machine, or on a known test system of a provider. */
bool verify_is_test_system(const char *url);

/* Try all situations of the product. Returns CLI_DONE, or an exit status after a complaint. */
int verify_run(struct verify *verify);

/* The setting that names the account: account, terminal or merchant. */
enum setting verify_account(const struct verify *verify);

/* A text of the table with its $NAMES replaced, to be freed with secret_free(). */
char *verify_expand(const struct verify *verify, const char *text);

/* Compare the replies with the table. */
void verify_check(struct verify *verify);

/* How many beliefs have this verdict. */
int verify_count(const struct verify *verify, enum verdict verdict);

/* A value of a reply as it may be shown: a code, a number, or what kind of value it is. */
void verify_describe(const struct verify *verify, const cJSON *value, char *text, size_t size);

/* All that was found out, as JSON, as lines, or as a report in Markdown. */
cJSON *verify_to_json(const struct verify *verify, int status);
void verify_print(const struct verify *verify, FILE *out);
void verify_print_report(const struct verify *verify, FILE *out);

#endif
