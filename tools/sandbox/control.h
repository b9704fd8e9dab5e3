/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The sandbox's own endpoints: all under /_sandbox/, and GET /.
 */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include <stdbool.h>

struct exchange;
struct request;

bool control_owns(const struct request *request);
void control_answer(struct exchange *exchange);

#endif
