/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * WePay's error envelope: error_code, error_message, and details that say what is wrong where.
 */
#ifndef SANDBOX_WEPAY_ERROR_H
#define SANDBOX_WEPAY_ERROR_H

#include <cjson/cJSON.h>

struct exchange;
struct reply;

/* Any answer of WePay; takes over the document. */
void wepay_send(struct exchange *exchange, int status, cJSON *document);

/* An earlier answer, as that to this request. */
void wepay_send_again(struct exchange *exchange, const struct reply *earlier);

/* Adds a detail. The target is one name, or two with a dot between them, or "" for the whole. */
void wepay_blame(cJSON *details, const char *reason, const char *type, const char *target);
/* INVALID_PARAMS with these details, which it takes over; NULL for none. */
void wepay_fail_invalid(struct exchange *exchange, cJSON *details);
/* INVALID_PARAMS with a single detail. */
void wepay_fail_one(struct exchange *exchange, const char *reason, const char *type,
                    const char *target);
void wepay_fail_throttled(struct exchange *exchange);
void wepay_fail_not_authorized(struct exchange *exchange, int status);
/* An error of this status without details. */
void wepay_refuse(struct exchange *exchange, int status);

#endif
