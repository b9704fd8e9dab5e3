/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Cryptography: the one file that knows OpenSSL.
 */
#include "crypto.h"

#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "thread.h"

/*
 * OpenSSL would take itself down at exit(), under the feet of threads that still call. If nobody has
 * started it before, it is told to leave that to the system.
 */
bool spay__crypto_start(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1;
}

void spay__wipe(void *memory, size_t length)
{
    OPENSSL_cleanse(memory, length);
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

bool spay__hmac_sha256(const void *key, size_t key_length, const void *data, size_t data_length,
                       unsigned char mac[SPAY__SHA256_SIZE])
{
    unsigned int mac_length = 0;
    bool done;

    if (key_length > INT_MAX)
        return false;
    spay__hold_forks();
    done = HMAC(EVP_sha256(), key, (int)key_length, data, data_length, mac, &mac_length) &&
           mac_length == SPAY__SHA256_SIZE;
    spay__let_fork();
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
