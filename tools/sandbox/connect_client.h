/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Worldline Connect, Client API: POST /client/v1/{customerId}/products/{productId}/sessions.
 */

#ifndef SANDBOX_CONNECT_CLIENT_H
#define SANDBOX_CONNECT_CLIENT_H

struct exchange;

void connect_client_answer(struct exchange *exchange);
void connect_client_refuse(struct exchange *exchange, int status);

#endif
