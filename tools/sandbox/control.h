/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The sandbox's own endpoints under /_sandbox/.
 */

#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include <stdbool.h>

struct exchange;

bool control_owns(const char *target);
void control_answer(struct exchange *exchange);

#endif
