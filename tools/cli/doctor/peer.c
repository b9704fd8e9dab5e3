/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * libcurl connects without verifying, and gives the chain as text. No request is made over this
 * connection: the library has judged the certificate on one of its own.
 */

#include "peer.h"

#include <curl/curl.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <string.h>

enum {
    LIMIT_MS = 3000
};

static void name_of(X509_NAME *name, char *text, size_t size)
{
    BIO *out = BIO_new(BIO_s_mem());
    int length = -1;

    if (out && X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        length = BIO_read(out, text, (int)size - 1);
    text[length > 0 ? length : 0] = '\0';
    BIO_free(out);
}

static void date_of(const ASN1_TIME *date, char *text, size_t size)
{
    struct tm parts;

    if (ASN1_TIME_to_tm(date, &parts))
        strftime(text, size, "%Y-%m-%d", &parts);
}

/* Where libcurl, and so the library, looks for the system's authorities. */
static X509_STORE *system_store(void)
{
    const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
    X509_STORE *store = X509_STORE_new();

    if (store && (built->cainfo || built->capath))
        (void)X509_STORE_load_locations(store, built->cainfo, built->capath);
    return store;
}

/* Only whose authority it is: not the name, and not the time, which the library has judged. */
static bool ends_in_system_store(X509 *leaf, STACK_OF(X509) * chain)
{
    X509_STORE *store = system_store();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool trusted = false;

    if (store && context && X509_STORE_CTX_init(context, store, leaf, chain) == 1) {
        X509_STORE_CTX_set_flags(context, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
        trusted = X509_verify_cert(context) == 1;
    }
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return trusted;
}

/* libcurl lists what it knows of each certificate, and last of all the certificate. */
static X509 *read_certificate(const struct curl_slist *lines)
{
    static const char name[] = "Cert:";
    X509 *certificate = NULL;

    for (; lines && !certificate; lines = lines->next) {
        if (strncmp(lines->data, name, sizeof name - 1) != 0)
            continue;
        BIO *text = BIO_new_mem_buf(lines->data + sizeof name - 1, -1);
        certificate = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
        BIO_free(text);
    }
    return certificate;
}

static STACK_OF(X509) * read_chain(const struct curl_certinfo *info)
{
    STACK_OF(X509) *chain = sk_X509_new_null();

    for (int i = 0; chain && i < info->num_of_certs; i++) {
        X509 *certificate = read_certificate(info->certinfo[i]);
        if (certificate && !sk_X509_push(chain, certificate))
            X509_free(certificate);
    }
    return chain;
}

static bool describe(struct peer *peer, const struct curl_certinfo *info)
{
    STACK_OF(X509) *chain = read_chain(info);
    int count = chain ? sk_X509_num(chain) : 0;

    if (count > 0) {
        X509 *leaf = sk_X509_value(chain, 0), *top = sk_X509_value(chain, count - 1);
        name_of(X509_get_subject_name(leaf), peer->subject, sizeof peer->subject);
        name_of(X509_get_issuer_name(leaf), peer->issuer, sizeof peer->issuer);
        name_of(X509_get_issuer_name(top), peer->root, sizeof peer->root);
        date_of(X509_get0_notBefore(leaf), peer->not_before, sizeof peer->not_before);
        date_of(X509_get0_notAfter(leaf), peer->not_after, sizeof peer->not_after);
        peer->in_system_store = ends_in_system_store(leaf, chain);
    }
    sk_X509_pop_free(chain, X509_free);
    return count > 0;
}

static void set_way(CURL *easy, const struct settings *settings)
{
    const char *proxy = settings_get(settings, PROXY);
    const char *credentials = settings_get(settings, PROXY_CREDENTIALS);

    curl_easy_setopt(easy, CURLOPT_PROXY, proxy ? proxy : "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    if (credentials)
        curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, credentials);
    if (settings_get(settings, CA_FILE))
        curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, settings_get(settings, CA_FILE));
}

bool peer_look(struct peer *peer, const struct settings *settings, const char *host, int port)
{
    CURL *easy = curl_easy_init();
    struct curl_certinfo *info = NULL;
    char url[320];
    bool done = false;

    memset(peer, 0, sizeof *peer);
    snprintf(url, sizeof url, strchr(host, ':') ? "https://[%s]:%d" : "https://%s:%d", host, port);
    if (!easy)
        return false;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)LIMIT_MS);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    set_way(easy, settings);
    if (curl_easy_perform(easy) == CURLE_OK &&
        curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) == CURLE_OK && info)
        done = describe(peer, info);
    curl_easy_cleanup(easy);
    return done;
}
