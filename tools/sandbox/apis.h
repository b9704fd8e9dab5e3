/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Which API a request is for.
 */

#ifndef SANDBOX_APIS_H
#define SANDBOX_APIS_H

struct buffer;
struct exchange;

struct api {
    const char *prefix; /* of the target */
    /* Does what the provider does. */
    void (*answer)(struct exchange *exchange);
    /* An error of this status (400 or more) in the provider's style. */
    void (*refuse)(struct exchange *exchange, int status);
};

/* Never NULL: one of them stands for everything that no provider serves. */
const struct api *api_find(const char *target);

/* If no API has such a call: a hint at what would be right. */
void apis_hint(struct exchange *exchange);
/* Appends a line for each call. */
void apis_list(struct buffer *out);

#endif
