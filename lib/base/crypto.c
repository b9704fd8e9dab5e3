/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Cryptography: the one file that knows OpenSSL.
 */
#include "crypto.h"

#include <string.h>

/*
 * For SHA256_...(): an HMAC through the providers of OpenSSL 3 takes two allocations, locks, and
 * three times as long. They return 1: all they do is arithmetic on memory of the caller's.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "alloc.h"
#include "ascii.h"
#include "thread.h"

/*
 * OpenSSL would clean up at exit(), while other threads may still use it. If nobody
 * has started it before, it is told to leave that to the system.
 */
bool spay__crypto_start(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1;
}

/* A failed allocation causes further errors, hence the first one and the last. */
bool spay__crypto_lacks_memory(void)
{
    return ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE ||
           ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

void spay__crypto_forget_errors(void)
{
    ERR_clear_error();
}

/* The compiler cannot know which function this is, so it cannot leave the call out. */
static void *(*const volatile overwrite)(void *memory, int byte, size_t length) = memset;

void spay__wipe(void *memory, size_t length)
{
    (void)overwrite(memory, 0, length);
}

#ifndef SPAY_WITHOUT_PLATFORM

bool spay__random_bytes(void *buffer, size_t length)
{
    bool done;

    spay__crypto_forget_errors();
    spay__hold_forks();
    done = RAND_bytes(buffer, (int)length) == 1;
    spay__let_fork();
    return done;
}

#endif

enum {
    INNER_PAD = 0x36,
    OUTER_PAD = 0x5c
};

/* Both hashes of RFC 2104, each with its padded key taken in. */
struct spay__hmac {
    SHA256_CTX inner;
    SHA256_CTX outer;
};

static void take_key(SHA256_CTX *state, const unsigned char *key, size_t length, int pad)
{
    unsigned char block[SHA256_CBLOCK];
    size_t i;

    for (i = 0; i < sizeof(block); i++)
        block[i] = (unsigned char)((i < length ? key[i] : 0) ^ pad);
    (void)SHA256_Init(state);
    (void)SHA256_Update(state, block, sizeof(block));
    spay__wipe(block, sizeof(block));
}

/* The rest of a hash that has begun. */
static void finish(const SHA256_CTX *begun, const void *data, size_t length,
                   unsigned char digest[SPAY__SHA256_SIZE])
{
    SHA256_CTX state = *begun;

    (void)SHA256_Update(&state, data, length);
    (void)SHA256_Final(digest, &state);
    spay__wipe(&state, sizeof(state));
}

static void hash(const void *data, size_t length, unsigned char digest[SPAY__SHA256_SIZE])
{
    SHA256_CTX state;

    (void)SHA256_Init(&state);
    finish(&state, data, length, digest);
}

spay__hmac *spay__hmac_new(const void *key, size_t length)
{
    spay__hmac *hmac = spay__alloc(sizeof(*hmac));
    unsigned char digest[SPAY__SHA256_SIZE];

    if (!hmac)
        return NULL;
    if (length > SHA256_CBLOCK) {
        hash(key, length, digest);
        key = digest;
        length = sizeof(digest);
    }
    take_key(&hmac->inner, key, length, INNER_PAD);
    take_key(&hmac->outer, key, length, OUTER_PAD);
    spay__wipe(digest, sizeof(digest));
    return hmac;
}

void spay__hmac_free(spay__hmac *hmac)
{
    if (hmac)
        spay__wipe(hmac, sizeof(*hmac));
    spay__free(hmac);
}

void spay__hmac_make(const spay__hmac *hmac, const void *data, size_t length,
                     unsigned char mac[SPAY__SHA256_SIZE])
{
    finish(&hmac->inner, data, length, mac);
    finish(&hmac->outer, mac, SPAY__SHA256_SIZE, mac);
}

void spay__hex_encode(char *out, const unsigned char *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        *out++ = spay__hex_digits[bytes[i] >> 4];
        *out++ = spay__hex_digits[bytes[i] & 15];
    }
    *out = '\0';
}

void spay__sha256_hex(const void *data, size_t length, char out[2 * SPAY__SHA256_SIZE + 1])
{
    unsigned char digest[SPAY__SHA256_SIZE];

    hash(data, length, digest);
    spay__hex_encode(out, digest, sizeof(digest));
}

void spay__base64_encode(char *out, const void *bytes, size_t length)
{
    (void)EVP_EncodeBlock((unsigned char *)out, bytes, (int)length);
}

#ifndef SPAY_WITHOUT_STORE

enum {
    TAG_SIZE = 16
};

/* Take the text that is authenticated only, then crypt the bytes. A tag is checked at the end. */
static bool crypt_bytes(EVP_CIPHER_CTX *ctx, const char *about, const unsigned char *in, int length,
                        unsigned char *out, void *tag)
{
    int done;

    return EVP_CipherUpdate(ctx, NULL, &done, (const unsigned char *)about, (int)strlen(about)) &&
           EVP_CipherUpdate(ctx, out, &done, in, length) &&
           (!tag || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) == 1) &&
           EVP_CipherFinal_ex(ctx, out + length, &done) == 1;
}

/* Seal, or open if there is a tag. Appends one, or checks it. */
static bool aead(const unsigned char *key, const unsigned char *nonce, const char *about,
                 const unsigned char *in, size_t length, unsigned char *out, void *tag)
{
    EVP_CIPHER_CTX *ctx;
    bool done;

    spay__hold_forks();
    ctx = EVP_CIPHER_CTX_new();
    done = ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, !tag) == 1 &&
           crypt_bytes(ctx, about, in, (int)length, out, tag) &&
           (tag || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, out + length) == 1);
    EVP_CIPHER_CTX_free(ctx);
    spay__let_fork();
    return done;
}

bool spay__aead_seal(const unsigned char key[SPAY__AEAD_KEY_SIZE],
                     const unsigned char nonce[SPAY__AEAD_NONCE_SIZE], const char *about,
                     const void *bytes, size_t length, unsigned char *sealed)
{
    memcpy(sealed, nonce, SPAY__AEAD_NONCE_SIZE);
    return aead(key, nonce, about, bytes, length, sealed + SPAY__AEAD_NONCE_SIZE, NULL);
}

bool spay__aead_open(const unsigned char key[SPAY__AEAD_KEY_SIZE], const char *about,
                     const void *sealed, size_t length, unsigned char *bytes)
{
    const unsigned char *crypt = (const unsigned char *)sealed + SPAY__AEAD_NONCE_SIZE;
    unsigned char tag[TAG_SIZE];

    length -= SPAY__AEAD_OVERHEAD;
    memcpy(tag, crypt + length, sizeof(tag));
    return aead(key, sealed, about, crypt, length, bytes, tag);
}

#endif
