/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Names and keys of records: HKDF (RFC 5869) with SHA-256, then HMAC for names and AES-256-GCM for
 * records. The name is authenticated with its record, so no record can stand in for another.
 */
#include "seal.h"

#include <string.h>

#include "base/alloc.h"

/* Extract: a key from a credential, apart for each provider. */
static spay__hmac *extract(const char *provider, const char *credential)
{
    static const char salt[] = "libsessionpay store 1";
    unsigned char extracted[SPAY__SHA256_SIZE];
    spay__hmac *salted = spay__hmac_new(salt, sizeof(salt) - 1);
    spay__hmac *key = NULL;
    spay__buffer material;

    spay__buffer_init(&material, SIZE_MAX);
    spay__buffer_text(&material, provider);
    spay__buffer_byte(&material, '\0');
    if (salted && spay__buffer_text(&material, credential)) {
        spay__hmac_make(salted, material.data, material.length, extracted);
        key = spay__hmac_new(extracted, sizeof(extracted));
    }
    spay__wipe(extracted, sizeof(extracted));
    spay__buffer_clear(&material);
    spay__hmac_free(salted);
    return key;
}

/* Expand: one block, which is a key for one use. info is the use and the number of the block. */
static void expand(const spay__hmac *extracted, const char *info, unsigned char key[32])
{
    spay__hmac_make(extracted, info, strlen(info), key);
}

static bool make_keys(spay__seal *seal, const char *provider, const char *credential)
{
    unsigned char names[SPAY__SHA256_SIZE];
    spay__hmac *extracted = extract(provider, credential);

    if (extracted) {
        expand(extracted, "names\1", names);
        expand(extracted, "records\1", seal->key);
        seal->names = spay__hmac_new(names, sizeof(names));
    }
    spay__wipe(names, sizeof(names));
    spay__hmac_free(extracted);
    return seal->names != NULL;
}

spay__seal *spay__seal_new(const char *provider, const char *credential)
{
    spay__seal *seal = spay__alloc(sizeof(*seal));

    if (seal && make_keys(seal, provider, credential))
        return seal;
    spay__seal_free(seal);
    return NULL;
}

void spay__seal_free(spay__seal *seal)
{
    if (!seal)
        return;
    spay__hmac_free(seal->names);
    spay__wipe(seal, sizeof(*seal));
    spay__free(seal);
}

bool spay__seal_name(const spay__seal *seal, const char *kind, const char *about,
                     const char *detail, char name[SPAY__STORE_NAME_SIZE])
{
    unsigned char mac[SPAY__SHA256_SIZE];
    spay__buffer message;
    bool done;

    spay__buffer_init(&message, SIZE_MAX);
    spay__buffer_text(&message, kind);
    spay__buffer_byte(&message, '\0');
    spay__buffer_text(&message, about);
    spay__buffer_byte(&message, '\0');
    done = spay__buffer_text(&message, detail);
    if (done) {
        spay__hmac_make(seal->names, message.data, message.length, mac);
        spay__hex_encode(name, mac, sizeof(mac));
    }
    spay__buffer_clear(&message);
    return done;
}

bool spay__seal_close(const spay__seal *seal, const unsigned char nonce[SPAY__AEAD_NONCE_SIZE],
                      const char *name, const spay__buffer *record, spay__buffer *sealed)
{
    char *to = spay__buffer_extend(sealed, record->length + SPAY__AEAD_OVERHEAD);

    return to && spay__aead_seal(seal->key, nonce, name, record->data, record->length,
                                 (unsigned char *)to);
}

bool spay__seal_open(const spay__seal *seal, const char *name, const void *sealed, size_t length,
                     spay__buffer *record)
{
    char *to = length > SPAY__AEAD_OVERHEAD
                   ? spay__buffer_extend(record, length - SPAY__AEAD_OVERHEAD)
                   : NULL;

    if (to && spay__aead_open(seal->key, name, sealed, length, (unsigned char *)to))
        return true;
    spay__buffer_reset(record);
    return false;
}
