/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Payroc: POST /authorize of the identity service, and
 * POST /v1/processing-terminals/{id}/hosted-fields-sessions.
 */

#ifndef SANDBOX_HOSTED_FIELDS_H
#define SANDBOX_HOSTED_FIELDS_H

struct exchange;

void identity_answer(struct exchange *exchange);
void hosted_fields_answer(struct exchange *exchange);
/* Problem details in the style of both services. */
void hosted_fields_refuse(struct exchange *exchange, int status);

#endif
