/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Host names of the tests. This program has a getaddrinfo() of its own, which libcurl finds before
 * the system's; what is not named here it leaves to the system.
 */
#ifndef INTEGRATION_NAMES_H
#define INTEGRATION_NAMES_H

#include <stdbool.h>

/* The name has these IPv4 addresses from now on, separated by commas, in this order. */
void names_set(const char *name, const char *addresses);

/* Whoever looks the name up waits until names_release(); it is not found then. */
void names_block(const char *name);
void names_release(void);

/* How many wait. */
int names_waiting(void);

/* Whether libcurl asks this program's getaddrinfo() here. */
bool names_work(void);

#endif
