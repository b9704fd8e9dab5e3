/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * WePay API v3: POST /session_tokens.
 */

#ifndef SANDBOX_WEPAY_H
#define SANDBOX_WEPAY_H

struct exchange;

void wepay_answer(struct exchange *exchange);
void wepay_refuse(struct exchange *exchange, int status);

#endif
