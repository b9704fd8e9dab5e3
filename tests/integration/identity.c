/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Certificates that are good for two days.
 */
#include "identity.h"

#include <check.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum {
    DAY_S = 24 * 60 * 60
};

static void add_extension(X509 *certificate, int what, const char *value)
{
    X509_EXTENSION *made = X509V3_EXT_conf_nid(NULL, NULL, what, value);

    ck_assert_ptr_nonnull(made);
    ck_assert_int_eq(X509_add_ext(certificate, made, -1), 1);
    X509_EXTENSION_free(made);
}

static X509_NAME *name_of(const char *common_name)
{
    X509_NAME *name = X509_NAME_new();

    ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                (const unsigned char *)common_name, -1, -1, 0),
                     1);
    return name;
}

/* Signed by the issuer; by itself without one. */
static identity make_identity(const char *common_name, const identity *issuer, int extension,
                              const char *value, int days)
{
    identity made = {EVP_EC_gen("P-256"), X509_new()};
    const identity *signer = issuer ? issuer : &made;
    X509_NAME *name = name_of(common_name);

    ck_assert(made.key && made.certificate);
    (void)X509_set_version(made.certificate, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), issuer ? 2 : 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(made.certificate), (days - 1L) * DAY_S);
    (void)X509_gmtime_adj(X509_getm_notAfter(made.certificate), (days + 1L) * DAY_S);
    (void)X509_set_pubkey(made.certificate, made.key);
    (void)X509_set_subject_name(made.certificate, name);
    (void)X509_set_issuer_name(made.certificate,
                               issuer ? X509_get_subject_name(issuer->certificate) : name);
    add_extension(made.certificate, extension, value);
    ck_assert_int_gt(X509_sign(made.certificate, signer->key, EVP_sha256()), 0);
    X509_NAME_free(name);
    return made;
}

identity identity_make_authority(const char *common_name)
{
    return make_identity(common_name, NULL, NID_basic_constraints, "critical,CA:TRUE", 0);
}

identity identity_make_host(const identity *authority, const char *host, int days)
{
    return make_identity(strchr(host, ':') + 1, authority, NID_subject_alt_name, host, days);
}

void identity_free(identity *freed)
{
    X509_free(freed->certificate);
    EVP_PKEY_free(freed->key);
}

void identity_write(const identity *written, char *pem, size_t size)
{
    BIO *text = BIO_new(BIO_s_mem());
    int length;

    ck_assert_int_eq(PEM_write_bio_X509(text, written->certificate), 1);
    length = BIO_read(text, pem, (int)size - 1);
    ck_assert_int_gt(length, 0);
    pem[length] = '\0';
    BIO_free(text);
}

SSL_CTX *identity_context(const identity *own, int version)
{
    SSL_CTX *made = SSL_CTX_new(TLS_server_method());

    ck_assert_ptr_nonnull(made);
    ck_assert_int_eq(SSL_CTX_set_max_proto_version(made, version), 1);
    ck_assert_int_eq(SSL_CTX_use_certificate(made, own->certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(made, own->key), 1);
    return made;
}
