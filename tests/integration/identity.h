/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Certificates with their keys, for servers of the tests. A failure ends the test.
 */
#ifndef INTEGRATION_IDENTITY_H
#define INTEGRATION_IDENTITY_H

#include <stddef.h>

#include <openssl/ssl.h>

typedef struct identity {
    EVP_PKEY *key;
    X509 *certificate;
} identity;

/* An authority, signed by itself. */
identity identity_make_authority(const char *common_name);

/*
 * Signed by the authority, or by itself if that is NULL; host is a subject alternative name, "DNS:..." or
 * "IP:...". Valid for two days, from so many days after yesterday.
 */
identity identity_make_host(const identity *authority, const char *host, int days);

void identity_free(identity *freed);

/* The certificate as PEM. */
void identity_write(const identity *written, char *pem, size_t size);

/* A TLS server with this certificate, at most that version of TLS: TLS1_2_VERSION... */
SSL_CTX *identity_context(const identity *own, int version);

#endif
