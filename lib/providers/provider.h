/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a provider is to the rest of the library: a constant description, and a few pure functions.
 * They see what the caller gave, a request to build, or a reply to read. Times, keys and tokens
 * come in as values: nothing here reaches a clock, a socket, a source of random numbers or a log.
 */
#ifndef SPAY__PROVIDERS_PROVIDER_H
#define SPAY__PROVIDERS_PROVIDER_H

#include <sessionpay/call.h>
#include <sessionpay/session.h>

#include "api/input.h"
#include "api/options.h"
#include "base/arena.h"
#include "base/secret.h"
#include "http/message.h"
#include "json/read.h"

/* ---- what replies mean ---- */

/* What may turn a failure into a success. */
typedef enum spay__remedy {
    SPAY__REMEDY_NONE,
    SPAY__REMEDY_RETRY,     /* transient: try again soon */
    SPAY__REMEDY_SLOW_DOWN, /* throttled or busy: try again later */
    SPAY__REMEDY_WINDOW,    /* throttled by requests within ten seconds: they must be over */
    SPAY__REMEDY_TOKEN,     /* renew the bearer token, once */
    SPAY__REMEDY_CLOCK      /* sign with the server's time, once, if ours is off */
} spay__remedy;

/* The result of an attempt. Small, since there are tables of them. */
typedef struct spay__verdict {
    int8_t status;      /* SPAY_OK or SPAY_E_... */
    int8_t outcome;     /* SPAY_OUTCOME_... */
    int8_t remedy;      /* SPAY__REMEDY_... */
    const char *reason; /* constant text or NULL */
} spay__verdict;

/*
 * One row of a provider's table: the first that fits decides. It fits if the HTTP status is in the
 * range and, unless code is NULL, the provider's code or the code of a field error equals it.
 */
typedef struct spay__rule {
    int16_t first; /* 0 ends a table */
    int16_t last;
    const char *code;
    spay__verdict verdict;
} spay__rule;

#define SPAY__RULE(from, to, with_code, what, effect, help, why)                                   \
    {                                                                                              \
        .first = (from), .last = (to), .code = (with_code),                                        \
        .verdict = {.status = SPAY_E_##what,                                                       \
                    .outcome = SPAY_OUTCOME_##effect,                                              \
                    .remedy = SPAY__REMEDY_##help,                                                 \
                    .reason = (why)},                                                              \
    }

#define SPAY__RULES_END                                                                            \
    {                                                                                              \
        .first = 0                                                                                 \
    }

/* Where a provider's error replies have what an error tells. Names of JSON members. */
typedef struct spay__envelope {
    const char *code;         /* NULL: the code is that of the first field error, */
    const char *message;      /* and so is the message */
    const char *message_else; /* in place of a message that is missing; NULL for none */
    const char *list;         /* of the field errors, and in each of them: */
    const char *field_path;   /* a text, or an array of texts */
    const char *field_code;   /* a text or an integer */
    const char *field_message;
    const char *field_message_else;
    const char *request_id;        /* NULL if only a header tells it */
    const char *request_id_header; /* in any reply; NULL if only the body tells it */
    bool code_is_fragment;         /* the code is what follows "#" in the member */
} spay__envelope;

/* ---- accounts ---- */

struct spay__budget;
struct spay__provider;
struct spay__seal;
struct spay__token_cache;

/* First member of every account. Calls hold references. */
typedef struct spay__account {
    int32_t references;
    const struct spay__provider *provider;
    spay_client *client;
    char *base_url; /* without a trailing slash */
    struct spay__budget *budget;
    spay_http_request common;         /* what all requests have in common */
    char *subject;                    /* what all calls are about; NULL if each says so itself */
    bool with_keys;                   /* make a key for every call */
    int64_t clock_offset_ms;          /* learned: what to add to the wall clock when signing */
    int64_t doubtful_offset_ms;       /* told by one reply, and hard to believe; 0 for none */
    struct spay__token_cache *tokens; /* NULL if the provider has no bearer tokens */
    struct spay__seal *seal;          /* for the client's store; NULL if it shares nothing */
} spay__account;

/* A size that does not compile if options of it are longer than spay__account_make() takes. */
enum {
    SPAY__LONGEST_OPTIONS = 128,
    SPAY__LONGEST_REQUEST = 128
};

#define SPAY__OPTIONS_SIZE(type)                                                                   \
    (sizeof(type) * sizeof(char[sizeof(type) <= SPAY__LONGEST_OPTIONS]))

/* The same of requests for spay__call_make(). */
#define SPAY__REQUEST_SIZE(type)                                                                   \
    (sizeof(type) * sizeof(char[sizeof(type) <= SPAY__LONGEST_REQUEST]))

/* A provider: constant. */
typedef struct spay__provider {
    int32_t id;       /* SPAY_PROVIDER_... */
    const char *name; /* what faults call the account */
    const char *accept;
    const char *shown_headers; /* of requests and replies; their values may be logged. A list */
    spay__envelope envelope;
    size_t account_size;
    size_t options_size; /* of the caller's options, here and in their first version */
    size_t options_least;
    bool has_tokens; /* accounts have a cache of bearer tokens */
    /* Note the faults of the options; the base URL if there is none. */
    const char *(*check)(spay__input *input, const void *options);
    /* Take what the provider needs out of checked options. false: no memory. */
    bool (*fill)(spay__account *account, const void *options);
    void (*destroy)(spay__account *account); /* frees the provider's part; NULL for none */
} spay__provider;

/* What follows from its name; `last` is the last member of the options' first version. */
#define SPAY__PROVIDER_NAMED(lower, upper, last)                                                   \
    .id = SPAY_PROVIDER_##upper, .name = #lower, .account_size = sizeof(spay_##lower),             \
    .options_size = SPAY__OPTIONS_SIZE(spay_##lower##_options),                                    \
    .options_least = SPAY__SIZE_UP_TO(spay_##lower##_options, last)

/* ---- operations ---- */

/* What keys a provider takes. */
typedef struct spay__key_rule {
    size_t longest; /* 0: the operation has no keys */
    bool uuid;      /* must be a UUIDv4 */
    bool automatic; /* made for every call; otherwise only if the caller asks */
} spay__key_rule;

/* The request of a call while a provider builds it. */
typedef struct spay__draft {
    spay_http_request *http; /* without memory, or too long: noted there */
    const char *key;         /* "" if the call has none */
    int32_t number;          /* whatever the provider wants to know again when it reads the reply */
} spay__draft;

/* A success reply while a provider turns it into a session. */
typedef struct spay__reading {
    spay__json_reader *json; /* what came; faults are noted here; its texts go into the arena */
    spay__arena *arena;      /* where the session's parts go */
    spay_session_info *info;
    const spay_http_response *response;
    const char *key;     /* "" if the call has none */
    const char *subject; /* the account, terminal or merchant that was asked for; NULL if none */
    int32_t number;      /* the draft's */
    int64_t now_ms;      /* wall clock of this machine */
    int64_t began_ms;    /* the same when the attempt began */
    int64_t offset_ms;   /* how much the provider's clock is ahead of it */
} spay__reading;

/* Where an operation's bearer token comes from. */
typedef struct spay__token_source {
    const char *route; /* for logs and events */
    /* Build the token request, which has the common headers already. */
    void (*build)(const spay__account *account, spay_http_request *request);
    const spay__rule *rules;
} spay__token_source;

/* An operation of a provider: constant. */
typedef struct spay__operation {
    const spay__provider *provider;
    const char *route; /* for logs: method and path, without ids */
    /* The caller's request: its size here and in its first version, and where the account, terminal
     * or merchant stands that it is about; 0 if that is the account's subject. */
    size_t request_size;
    size_t request_least;
    size_t subject_offset;
    bool request_optional;
    size_t header_bytes; /* room for the headers of a call, besides those that all have */
    /* Note the faults of a request. */
    void (*check)(spay__input *input, const spay__account *account, const void *request);
    /* Build what is sent of a request without faults. What only then turns out is noted too. */
    void (*build)(spay__input *input, const spay__account *account, const void *request,
                  spay__draft *draft);
    const spay__rule *rules;
    spay__key_rule key;
    int64_t longest_ms;    /* default deadline if shorter than the client's; 0 for no opinion */
    int32_t most_attempts; /* the same for attempts */
    bool shares_sessions;  /* calls with the same intent share one, if the client has a store */
    const spay__token_source *token; /* NULL if the account has its credentials */
    /* Add the headers that belong to one attempt; NULL if all are alike. */
    void (*sign)(const spay__account *account, spay_http_request *request,
                 const spay__secret *token, int64_t wall_ms);
    size_t session_size;
    /*
     * Read a 2xx reply into the zeroed session. Sets the info's value, id, expires_at_ms and
     * warnings. Returns SPAY_OK, or SPAY_E_EXPIRED for a stale replay.
     */
    spay_status (*read)(const spay__reading *in, void *session);
} spay__operation;

/* The sizes of its types; `last` is the last member of the request's first version. */
#define SPAY__OPERATION_SIZES(name, last)                                                          \
    .request_size = SPAY__REQUEST_SIZE(spay_##name##_session_request),                             \
    .request_least = SPAY__SIZE_UP_TO(spay_##name##_session_request, last),                        \
    .session_size = sizeof(spay_##name##_session)

/* ---- what a provider's public functions are made of ---- */

/*
 * Make an account. The pointers are the caller's, unchecked; out is one to a pointer to an account
 * of this provider, which becomes NULL on failure.
 */
spay_status spay__account_make(const spay__provider *provider, spay_client *client,
                               const void *options, void *out, spay_error **error);

/* Drop a reference; the last one destroys. NULL is ignored. */
void spay__account_free(spay__account *account);

/* Give an account with a token cache a token of the caller's. false: no memory. */
bool spay__account_fix_token(spay__account *account, const char *token);

/*
 * Let calls of the account share what they have through the client's store, if it has one. All
 * machines of a merchant know the credential. false: no memory.
 */
bool spay__account_share_by(spay__account *account, const char *credential);

/* Make a call. The pointers are the caller's, unchecked; options may be NULL. */
spay_status spay__call_make(const spay__operation *operation, void *account, const void *request,
                            const spay_call_options *options, spay_call **out, spay_error **error);

/*
 * Take the session out of a finished call of this operation. session is the caller's pointer to a
 * pointer of its own type, unchecked, which becomes NULL on failure.
 */
spay_status spay__call_take(const spay__operation *operation, spay_call *call, void *session,
                            spay_error **error);

/* Make a call, run it to its end on this thread, and take its session. */
spay_status spay__call_run(const spay__operation *operation, void *account, const void *request,
                           const spay_call_options *options, void *session, spay_error **error);

/*
 * The public functions of provider `name`, as its header declares them. All providers have the same
 * ones; only the types differ. An account's struct begins with a spay__account.
 */
#define SPAY__PUBLIC_FUNCTIONS(name, provider, operation)                                          \
    void spay_##name##_options_init(void *options, size_t struct_size)                             \
    {                                                                                              \
        spay__options_init(options, struct_size);                                                  \
    }                                                                                              \
                                                                                                   \
    spay_status spay_##name##_new(spay_client *client, const spay_##name##_options *options,       \
                                  spay_##name **account, spay_error **error)                       \
    {                                                                                              \
        return spay__account_make(&(provider), client, options, account, error);                   \
    }                                                                                              \
                                                                                                   \
    void spay_##name##_free(spay_##name *account)                                                  \
    {                                                                                              \
        spay__account_free((spay__account *)account);                                              \
    }                                                                                              \
                                                                                                   \
    void spay_##name##_session_request_init(void *request, size_t struct_size)                     \
    {                                                                                              \
        spay__options_init(request, struct_size);                                                  \
    }                                                                                              \
                                                                                                   \
    spay_status spay_##name##_session_call_new(                                                    \
        spay_##name *account, const spay_##name##_session_request *request,                        \
        const spay_call_options *options, spay_call **call, spay_error **error)                    \
    {                                                                                              \
        return spay__call_make(&(operation), account, request, options, call, error);              \
    }                                                                                              \
                                                                                                   \
    spay_status spay_##name##_session_from_call(spay_call *call, spay_##name##_session **session,  \
                                                spay_error **error)                                \
    {                                                                                              \
        return spay__call_take(&(operation), call, session, error);                                \
    }                                                                                              \
                                                                                                   \
    spay_status spay_##name##_session_create(                                                      \
        spay_##name *account, const spay_##name##_session_request *request,                        \
        const spay_call_options *options, spay_##name##_session **session, spay_error **error)     \
    {                                                                                              \
        return spay__call_run(&(operation), account, request, options, session, error);            \
    }                                                                                              \
                                                                                                   \
    void spay_##name##_session_free(spay_##name##_session *session)                                \
    {                                                                                              \
        spay__arena_free(session);                                                                 \
    }

#endif
