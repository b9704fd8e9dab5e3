/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The URL that Apple gives to a payment page, and that a server must not fetch unseen.
 */
#ifndef SANDBOX_VALIDATION_URL_H
#define SANDBOX_VALIDATION_URL_H

/* NULL, or what is wrong with it. */
const char *validation_url_fault(const char *url);

#endif
