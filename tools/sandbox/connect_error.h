/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The error envelope that both Worldline Connect APIs share.
 */
#ifndef SANDBOX_CONNECT_ERROR_H
#define SANDBOX_CONNECT_ERROR_H

#include <cjson/cJSON.h>

struct exchange;

struct connect_error {
    int status;
    const char *code;
    const char *id;
};

extern const struct connect_error connect_bad_authorization; /* 9002 */
extern const struct connect_error connect_bad_parameter;     /* 20000000 */

void connect_fail(struct exchange *exchange, const struct connect_error *error);
/* For a body that is not a JSON object. */
void connect_fail_unreadable(struct exchange *exchange);
/* An item for a list of errors; property may be NULL. */
cJSON *connect_error_item(const struct connect_error *error, const char *property);
/* Answers with a list of items, which it takes over. */
void connect_fail_with(struct exchange *exchange, int status, cJSON *items);
/* What answers in front of the application: a page, not JSON. */
void connect_fail_html(struct exchange *exchange, int status);
/* Any status of 400 or more. */
void connect_refuse(struct exchange *exchange, int status);

#endif
