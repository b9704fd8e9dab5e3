/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Building errors. Once handed to the caller an error is immutable; copies are references.
 */
#ifndef SPAY__ERROR_H
#define SPAY__ERROR_H

#include <stdbool.h>

#include <sessionpay/error.h>

#if defined(__GNUC__)
#define SPAY__PRINTF(position, first) __attribute__((format(printf, position, first)))
#else
#define SPAY__PRINTF(position, first)
#endif

typedef struct spay__field_error {
    char *path;
    char *code;
    char *message;
} spay__field_error;

/* Texts may be NULL, and are for the builder to free and replace through the functions below. */
struct spay_error {
    int32_t references;
    void *memory; /* to be freed with the last reference: the error itself, or what it is part of */
    spay_error *lender; /* whose memory the key is in; NULL: the error's own */
    bool constant;      /* the preallocated out-of-memory error: never changed, never freed */
    spay_status status;
    int32_t outcome;
    int32_t stage;
    int32_t provider;
    int32_t http_status;
    int32_t attempts;
    int32_t requests_sent;
    int32_t retryable;
    int64_t elapsed_ms;
    int64_t retry_after_ms;
    char *message; /* what has memory of its own begins here */
    char *reason;
    char *provider_code;
    char *request_id;
    char *idempotency_key;
    spay__field_error *fields;
    size_t field_count;
    char *body;
    size_t body_length;
};

/* Limits: what a hostile reply can make an error hold. */
enum {
    SPAY__MAX_FIELD_ERRORS = 64,
    SPAY__MAX_ERROR_TEXT = 1024
};

/* "input", "token", "request" or "reply"; "none" for any other value. */
const char *spay__stage_name(int32_t stage);

/* Never NULL: without memory it is a constant error, which ignores all changes. */
spay_error *spay__error_create(spay_status status, int32_t stage);

/*
 * Make an error in memory that is there already, at the beginning of `memory` or in it. Whoever
 * does so has the first reference; with the last one, memory is freed.
 */
void spay__error_init(spay_error *error, void *memory);

/* Empty such an error, for another use of it. */
void spay__error_reset(spay_error *error, spay_status status, int32_t stage);

/* Let the error tell a key without a copy. It stays valid as long as the lender has references. */
void spay__error_lend_key(spay_error *error, char *key, spay_error *lender);

/* Another owner of the same error; NULL stays NULL. */
spay_error *spay__error_share(spay_error *error);

/* A copy that may be changed. */
spay_error *spay__error_clone(const spay_error *error);

/* The same, into an error that is new or empty. */
void spay__error_copy(spay_error *copy, const spay_error *error);

/* Replace a text member by a one-line copy, cut at SPAY__MAX_ERROR_TEXT. NULL empties it. */
void spay__error_set(spay_error *error, char **member, const char *text);

void spay__error_format(spay_error *error, const char *format, ...) SPAY__PRINTF(2, 3);

void spay__error_add_field(spay_error *error, const char *path, const char *code,
                           const char *message);

void spay__error_set_body(spay_error *error, const char *body, size_t length);

/* Give an error to a caller who may not want it. Returns its status. */
spay_status spay__error_return(spay_error *error, spay_error **out);

/* Fail with one line, stage INPUT, not sent. Returns what the error says. */
spay_status spay__fail(spay_error **out, spay_status status, const char *message);

/* Fail with SPAY_E_INVALID_ARGUMENT about one argument or member. */
spay_status spay__fail_field(spay_error **out, int32_t provider, const char *path, const char *code,
                             const char *message);

#endif
