/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Worldline Connect, Server API: POST /v1/{merchantId}/sessions.
 */

#ifndef SANDBOX_CONNECT_SERVER_H
#define SANDBOX_CONNECT_SERVER_H

struct exchange;

void connect_server_answer(struct exchange *exchange);
void connect_server_refuse(struct exchange *exchange, int status);

#endif
