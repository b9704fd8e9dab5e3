/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Cross-origin requests from browsers (the Fetch standard's CORS protocol), for what Worldline's
 * browser SDK and checkout pages ask: the Client API, the assets and the scripts. The other APIs take secrets that no page has.
 */
#ifndef SANDBOX_CORS_H
#define SANDBOX_CORS_H

#include <stdbool.h>

struct exchange;
struct request;

/* The question that a browser asks before the request of the page. */
bool cors_is_preflight(const struct request *request);
void cors_answer_preflight(struct exchange *exchange);
/* Lets the page read the answer, whatever it is. */
void cors_allow(struct exchange *exchange);

#endif
