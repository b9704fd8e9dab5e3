/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The simulated APIs, and which of them a request is for.
 */
#ifndef SANDBOX_APIS_H
#define SANDBOX_APIS_H

struct buffer;
struct exchange;

/*
 * Every API, one line each; module NAME.c defines NAME_api. The first whose prefix, path or word fits
 * a target is taken, so the most general is last.
 */
/* clang-format off */
#define EACH_API(api)                                                                              \
    api(wepay)                                                                                     \
    api(identity)                                                                                  \
    api(hosted_fields)                                                                             \
    api(pages)                                                                                     \
    api(connect_client)                                                                            \
    api(connect_server)
/* clang-format on */

/* What a caller of the API needs: a constant, or a URL of the sandbox. */
struct fact {
    const char *name;  /* in the ready line; in capitals, the end of the variable's name */
    const char *value; /* NULL for the sandbox's URL with this path: */
    const char *path;
};

struct api {
    const char *prefix; /* of its targets */
    /* Does what the provider does. */
    void (*answer)(struct exchange *exchange);
    /* An error of this status (400 or more) in the provider's style. */
    void (*refuse)(struct exchange *exchange, int status);
    /* Its only call. */
    const char *name;
    const char *path;       /* a segment in braces stands for any */
    const char *words[5];   /* in a target that has no call: that this one was meant */
    const char *key_header; /* of idempotency keys; NULL if it has none */
    /* Its facts in the ready line, and in the environment of a COMMAND. */
    const char *object;       /* member of the ready line; NULL for none */
    const char *variables;    /* how the names of the variables begin: "SPAY_WEPAY_" */
    const struct fact *facts; /* ended by a NULL name */
};

/* All of EACH_API, ended by NULL. */
extern const struct api *const apis[];

/* Never NULL: one of them stands for everything that no provider serves. */
const struct api *api_find(const char *target);

/* If no API has such a call: a hint at what would be right. */
void apis_hint(struct exchange *exchange);
/* Appends a line for each call. */
void apis_list(struct buffer *out);

#endif
