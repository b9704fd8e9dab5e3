/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the library takes from OpenSSL: MACs, sealing, base64, random bytes, wiping.
 */
#ifndef SPAY__CRYPTO_H
#define SPAY__CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SPAY__SHA256_SIZE = 32
};

/* Initialize OpenSSL; before any other function here. false: it fails. */
bool spay__crypto_start(void);

/*
 * Whether the errors that OpenSSL has noted on this thread say that memory was lacking; and to
 * forget earlier ones.
 */
bool spay__crypto_lacks_memory(void);
void spay__crypto_forget_errors(void);

/* Overwrite memory in a way that the compiler keeps. */
void spay__wipe(void *memory, size_t length);

/*
 * Fill with random bytes fit for keys, at most INT_MAX. Discards earlier errors. Not in a build
 * WITHOUT_PLATFORM.
 */
bool spay__random_bytes(void *buffer, size_t length);

/* A key for HMAC-SHA256, prepared once; it does not change, so any thread may use it. */
typedef struct spay__hmac spay__hmac;

spay__hmac *spay__hmac_new(const void *key, size_t length); /* NULL without memory */
void spay__hmac_free(spay__hmac *hmac);                     /* NULL is ignored */
void spay__hmac_make(const spay__hmac *hmac, const void *data, size_t length,
                     unsigned char mac[SPAY__SHA256_SIZE]);

enum {
    SPAY__AEAD_KEY_SIZE = 32,
    SPAY__AEAD_NONCE_SIZE = 12,
    SPAY__AEAD_OVERHEAD = SPAY__AEAD_NONCE_SIZE + 16 /* nonce and tag */
};

/*
 * AES-256-GCM. Seals bytes into length + SPAY__AEAD_OVERHEAD bytes, under a nonce that must never
 * come again with the same key, at most INT_MAX. What is authenticated only ("about") is needed again to open.
 */
bool spay__aead_seal(const unsigned char key[SPAY__AEAD_KEY_SIZE],
                     const unsigned char nonce[SPAY__AEAD_NONCE_SIZE], const char *about,
                     const void *bytes, size_t length, unsigned char *sealed);

/*
 * Opens into length - SPAY__AEAD_OVERHEAD bytes, of at least so many. false: forged, cut, or sealed
 * otherwise.
 */
bool spay__aead_open(const unsigned char key[SPAY__AEAD_KEY_SIZE], const char *about,
                     const void *sealed, size_t length, unsigned char *bytes);

/* SHA-256 as 64 lower-case hexadecimal digits and a NUL. */
void spay__sha256_hex(const void *data, size_t length, char out[2 * SPAY__SHA256_SIZE + 1]);

/* The same digits of any bytes, and a NUL. */
void spay__hex_encode(char *out, const unsigned char *bytes, size_t length);

/* How many characters base64 needs for so many bytes, the NUL included. */
#define SPAY__BASE64_SIZE(length) (((length) + 2) / 3 * 4 + 1)

/* Standard base64 with padding into SPAY__BASE64_SIZE(length) characters. */
void spay__base64_encode(char *out, const void *bytes, size_t length);

#endif
