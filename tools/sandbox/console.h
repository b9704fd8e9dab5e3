/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The console: a page that shows the journal in a browser, and what it asks for. Its files are in
 * console/, and part of the program.
 */
#ifndef SANDBOX_CONSOLE_H
#define SANDBOX_CONSOLE_H

#include <stdbool.h>

struct exchange;

/* Answers a request of the console. False if it is none. */
bool console_answer(struct exchange *exchange);

#endif
