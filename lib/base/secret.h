/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Secrets: text that is wiped when it goes, and never logged.
 */
#ifndef SPAY__SECRET_H
#define SPAY__SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialize. The text is NUL-terminated; NULL when empty. */
typedef struct spay__secret {
    char *text;
    size_t length;
} spay__secret;

/* Replace the secret by a copy of the bytes. false: no memory, the secret is as before. */
bool spay__secret_set(spay__secret *secret, const void *bytes, size_t length);

/* Replace the secret by the other, which is not empty; both have the same text from then on. */
void spay__secret_share(spay__secret *secret, const spay__secret *other);

/* Wipe and free, unless another shares the text; the secret is empty then. */
void spay__secret_clear(spay__secret *secret);

#endif
