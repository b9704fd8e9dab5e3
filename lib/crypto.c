/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Cryptography: the one file that knows OpenSSL.
 */
#include "crypto.h"

#include <limits.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "alloc.h"
#include "thread.h"

/*
 * OpenSSL would take itself down at exit(), under the feet of threads that still call. If nobody
 * has started it before, it is told to leave that to the system.
 */
bool spay__crypto_start(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1;
}

/* The compiler cannot know which function this is, so it cannot leave the call out. */
static void *(*const volatile overwrite)(void *memory, int byte, size_t length) = memset;

void spay__wipe(void *memory, size_t length)
{
    (void)overwrite(memory, 0, length);
}

bool spay__random_bytes(void *buffer, size_t length)
{
    bool done;

    if (length > INT_MAX)
        return false;
    spay__hold_forks();
    done = RAND_bytes(buffer, (int)length) == 1;
    spay__let_fork();
    return done;
}

struct spay__hmac {
    spay__mutex lock;
    char *key; /* NULL: the context has it, and starts afresh without being told again */
    size_t key_length;
    EVP_MAC_CTX *context;
};

/* Within the lock. */
static bool make(const spay__hmac *hmac, const void *data, size_t length,
                 unsigned char mac[SPAY__SHA256_SIZE])
{
    const unsigned char *key = (const unsigned char *)hmac->key;
    size_t made = 0;

    return EVP_MAC_init(hmac->context, key, hmac->key_length, NULL) &&
           EVP_MAC_update(hmac->context, data, length) &&
           EVP_MAC_final(hmac->context, mac, &made, SPAY__SHA256_SIZE) && made == SPAY__SHA256_SIZE;
}

static void free_key(char *key, size_t length)
{
    if (key)
        spay__wipe(key, length);
    spay__free(key);
}

/* Early versions of OpenSSL 3.0 do not start afresh without a key: see whether this one does. */
static bool prepare(spay__hmac *hmac)
{
    unsigned char first[SPAY__SHA256_SIZE];
    unsigned char second[SPAY__SHA256_SIZE];
    char *key = hmac->key;

    if (!make(hmac, "", 0, first))
        return false;
    hmac->key = NULL;
    if (make(hmac, "", 0, second) && memcmp(first, second, sizeof(first)) == 0)
        free_key(key, hmac->key_length);
    else
        hmac->key = key;
    return true;
}

static EVP_MAC_CTX *new_context(void)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;

    EVP_MAC_free(mac);
    if (context && EVP_MAC_CTX_set_params(context, params))
        return context;
    EVP_MAC_CTX_free(context);
    return NULL;
}

spay__hmac *spay__hmac_new(const void *key, size_t length)
{
    spay__hmac *hmac = spay__alloc(sizeof(*hmac));
    bool done;

    if (!hmac || spay__mutex_init(&hmac->lock)) {
        spay__free(hmac);
        return NULL;
    }
    hmac->key = spay__copy(key, length);
    hmac->key_length = length;
    spay__hold_forks();
    hmac->context = new_context();
    done = hmac->key && hmac->context && prepare(hmac);
    spay__let_fork();
    if (done)
        return hmac;
    spay__hmac_free(hmac);
    return NULL;
}

void spay__hmac_free(spay__hmac *hmac)
{
    if (!hmac)
        return;
    spay__hold_forks();
    EVP_MAC_CTX_free(hmac->context);
    spay__let_fork();
    free_key(hmac->key, hmac->key_length);
    spay__mutex_destroy(&hmac->lock);
    spay__free(hmac);
}

bool spay__hmac_make(spay__hmac *hmac, const void *data, size_t length,
                     unsigned char mac[SPAY__SHA256_SIZE])
{
    bool done;

    spay__lock(&hmac->lock);
    spay__hold_forks();
    done = make(hmac, data, length, mac);
    spay__let_fork();
    spay__unlock(&hmac->lock);
    return done;
}

bool spay__sha256_hex(const void *data, size_t length, char out[2 * SPAY__SHA256_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SPAY__SHA256_SIZE];
    bool done;
    size_t i;

    spay__hold_forks();
    done = EVP_Digest(data, length, digest, NULL, EVP_sha256(), NULL);
    spay__let_fork();
    if (!done)
        return false;
    for (i = 0; i < sizeof(digest); i++) {
        *out++ = digits[digest[i] >> 4];
        *out++ = digits[digest[i] & 15];
    }
    *out = '\0';
    return true;
}

void spay__base64_encode(char *out, const void *bytes, size_t length)
{
    (void)EVP_EncodeBlock((unsigned char *)out, bytes, (int)length);
}
