/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Certificates from OpenSSL, in memory. Elliptic curve P-256, valid from yesterday (clocks
 * differ) for a month.
 */
#include "certificate.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "xalloc.h"

enum {
    DAY = 86400
};

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);

    if (!context || EVP_PKEY_keygen_init(context) != 1 ||
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) != 1 ||
        EVP_PKEY_keygen(context, &key) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    bool added = false;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension)
        added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[16];
    bool set = false;

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    bytes[0] &= 0x7F; /* serial numbers are positive */
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    if (number)
        set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

/* A certificate without extensions and signature. issuer is NULL for a self-signed one. */
static X509 *draft(const char *name, EVP_PKEY *key, X509 *issuer)
{
    X509 *certificate = X509_new();
    if (!certificate)
        return NULL;
    X509_NAME *subject = X509_get_subject_name(certificate);

    if (X509_set_version(certificate, 2) == 1 && set_serial(certificate) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY) &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * DAY) &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
                                   0) == 1 &&
        X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject) == 1 &&
        X509_set_pubkey(certificate, key) == 1)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static X509 *make_ca(EVP_PKEY *key)
{
    X509 *ca = draft("sessionpay-sandbox throw-away CA", key, NULL);

    if (ca && add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(ca, ca, NID_subject_key_identifier, "hash") &&
        add_extension(ca, ca, NID_authority_key_identifier, "keyid:always") &&
        X509_sign(ca, key, EVP_sha256()) > 0)
        return ca;
    X509_free(ca);
    return NULL;
}

static X509 *make_server(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *names)
{
    X509 *server = draft("sessionpay-sandbox", key, ca);

    if (server && add_extension(server, ca, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(server, ca, NID_key_usage, "critical,digitalSignature") &&
        add_extension(server, ca, NID_ext_key_usage, "serverAuth") &&
        add_extension(server, ca, NID_subject_key_identifier, "hash") &&
        add_extension(server, ca, NID_authority_key_identifier, "keyid:always") &&
        add_extension(server, ca, NID_subject_alt_name, names) &&
        X509_sign(server, ca_key, EVP_sha256()) > 0)
        return server;
    X509_free(server);
    return NULL;
}

static char *contents(BIO *bio)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(bio, &bytes);

    return length > 0 ? xstrndup(bytes, (size_t)length) : NULL;
}

static char *certificate_pem(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;

    if (bio && certificate && PEM_write_bio_X509(bio, certificate) == 1)
        pem = contents(bio);
    BIO_free(bio);
    return pem;
}

static char *key_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;

    if (bio && key && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
        pem = contents(bio);
    BIO_free(bio);
    return pem;
}

static char *alternative_names(const char *address)
{
    static const char usual[] = "IP:127.0.0.1,IP:::1,DNS:localhost";
    bool known = strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0 ||
                 strcmp(address, "localhost") == 0;

    return known ? xstrdup(usual) : xasprintf("%s,IP:%s", usual, address);
}

bool certificate_make(struct certificate *certificate, const char *address)
{
    char *names = alternative_names(address);
    EVP_PKEY *ca_key = make_key();
    EVP_PKEY *key = make_key();
    X509 *ca = ca_key ? make_ca(ca_key) : NULL;
    X509 *server = ca && key ? make_server(key, ca, ca_key, names) : NULL;

    certificate->ca_pem = certificate_pem(ca);
    certificate->server_pem = certificate_pem(server);
    certificate->key_pem = key_pem(key);

    X509_free(server);
    X509_free(ca);
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca_key);
    free(names);
    return certificate->ca_pem && certificate->server_pem && certificate->key_pem;
}

void certificate_free(struct certificate *certificate)
{
    free(certificate->ca_pem);
    free(certificate->server_pem);
    free(certificate->key_pem);
}
