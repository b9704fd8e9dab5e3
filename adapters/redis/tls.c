/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * TLS to Redis, by libhiredis_ssl and OpenSSL. The SSL object is made here, because what libhiredis
 * makes itself does not compare the name in the certificate.
 */
#include "redis/tls.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include <hiredis.h>
#include <hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "adapter.h"

struct spay__redis_tls {
    SSL_CTX *context;
};

static bool set_up(SSL_CTX *context, const char *ca_file)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return false;
    if (ca_file)
        return SSL_CTX_load_verify_locations(context, ca_file, NULL) == 1;
    return SSL_CTX_set_default_verify_paths(context) == 1;
}

spay_status spay__redis_tls_new(const char *ca_file, spay__redis_tls **tls, spay_error **error)
{
    spay__redis_tls *made = calloc(1, sizeof(*made));

    if (made)
        made->context = SSL_CTX_new(TLS_client_method());
    if (!made || !made->context) {
        free(made);
        return spay__adapter_no_memory(error);
    }
    if (!set_up(made->context, ca_file)) {
        ERR_clear_error();
        spay__redis_tls_free(made);
        return spay__adapter_refuse(error, "ca_file", "ca_file",
                                    "cannot be read, or has no certificate");
    }
    *tls = made;
    return SPAY_OK;
}

void spay__redis_tls_free(spay__redis_tls *tls)
{
    if (tls)
        SSL_CTX_free(tls->context);
    free(tls);
}

/* The certificate must be for that name or address. */
static bool expect_host(SSL *ssl, const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

bool spay__redis_tls_start(spay__redis_tls *tls, struct redisContext *context, const char *host)
{
    SSL *ssl = SSL_new(tls->context);
    bool safe = ssl && expect_host(ssl, host);

    /* On success libhiredis takes the object over, else it is still ours. */
    safe = safe && redisInitiateSSL(context, ssl) == REDIS_OK;
    if (!safe)
        SSL_free(ssl);
    ERR_clear_error();
    return safe;
}
