/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a request file says about the library's version, and about signatures that depend on it.
 */
#ifndef GOLDEN_EXPAND_H
#define GOLDEN_EXPAND_H

/* Expand ${version} and ${base64:TEXT} in a request, in new memory. `text` is freed. */
char *golden_expand_version(char *text);

/* The other way: the placeholders in the places where the version is. `text` is freed. */
char *golden_collapse_version(char *text);

/*
 * Put the v1HMAC signature of a request in the place of ${v1hmac}: the rest of it must be complete.
 * In new memory; `text` is freed.
 */
char *golden_expand_signature(char *text, const char *secret);

#endif
