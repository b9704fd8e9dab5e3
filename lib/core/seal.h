/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What an account keeps in a store that others can read: under names that tell nothing, and sealed,
 * both by keys that come from credentials which every machine of the merchant has.
 */
#ifndef SPAY__SEAL_H
#define SPAY__SEAL_H

#include "base/buffer.h"
#include "base/crypto.h"

enum {
    SPAY__STORE_NAME_SIZE = 2 * SPAY__SHA256_SIZE + 1,
    SPAY__LONGEST_RECORD = 300 * 1024
};

typedef struct spay__seal {
    spay__hmac *names;
    unsigned char key[SPAY__AEAD_KEY_SIZE];
} spay__seal;

/* NULL without memory. */
spay__seal *spay__seal_new(const char *provider, const char *credential);

/* NULL is ignored. */
void spay__seal_free(spay__seal *seal);

/* The name of a record: of what kind it is, and about what. Texts without NUL. false: no memory. */
bool spay__seal_name(const spay__seal *seal, const char *kind, const char *about,
                     const char *detail, char name[SPAY__STORE_NAME_SIZE]);

/* Append the sealed record to a buffer. The nonce is random. false: no memory. */
bool spay__seal_close(const spay__seal *seal, const unsigned char nonce[SPAY__AEAD_NONCE_SIZE],
                      const char *name, const spay__buffer *record, spay__buffer *sealed);

/* Append what was sealed under this name. false: forged, cut, by another key, or no memory. */
bool spay__seal_open(const spay__seal *seal, const char *name, const void *sealed, size_t length,
                     spay__buffer *record);

#endif
