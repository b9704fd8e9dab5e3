/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Settings of the built-in transport: checked, kept, and set on libcurl handles.
 */
#include "settings.h"

#include <string.h>
#include <unistd.h>

#include "api/error.h"
#include "base/alloc.h"
#include "curl.h"
#include "trust.h"

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87.0 or newer is needed"
#endif

/* Changes in the system's authorities, or in a file of the caller's, take effect within a day. */
#define TRUST_LIFETIME_MS ((int64_t)24 * 60 * 60 * 1000)

static void check_conflicts(spay__input *input, const spay_client_options *options)
{
    const char *const names[] = {"ca_file",
                                 "ca_pem",
                                 "client_certificate_file",
                                 "client_key_file",
                                 "client_key_password",
                                 "pinned_public_keys",
                                 "proxy",
                                 "proxy_credentials"};
    const char *const values[] = {options->ca_file,
                                  options->ca_pem,
                                  options->client_certificate_file,
                                  options->client_key_file,
                                  options->client_key_password,
                                  options->pinned_public_keys,
                                  options->proxy,
                                  options->proxy_credentials};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (values[i])
            spay__input_fault(input, names[i], "conflict",
                              "belongs to the built-in transport, but transport is set");
    if (options->max_idle_connections)
        spay__input_fault(input, "max_idle_connections", "conflict",
                          "belongs to the built-in transport, but transport is set");
}

static void check_file(spay__input *input, const char *field, const char *path)
{
    if (path && access(path, R_OK) != 0)
        spay__input_fault(input, field, "not_readable", "names a file that cannot be read");
}

static void check_proxy(spay__input *input, const spay_client_options *options)
{
    const char *proxy = options->proxy;

    spay__input_text(input, "proxy", proxy, 1, 2048, SPAY__VISIBLE);
    if (proxy && strncmp(proxy, "http://", 7) != 0 && strncmp(proxy, "https://", 8) != 0 &&
        strncmp(proxy, "socks5h://", 10) != 0)
        spay__input_fault(input, "proxy", "not_a_url", "must begin with http, https or socks5h");
    if (proxy && strchr(proxy, '@'))
        spay__input_fault(input, "proxy", "forbidden_character",
                          "must not hold a user: use proxy_credentials");
    spay__input_text(input, "proxy_credentials", options->proxy_credentials, 1, 1024, SPAY__OPAQUE);
    if (options->proxy_credentials && !proxy)
        spay__input_fault(input, "proxy", "missing", "is required with proxy_credentials");
}

void spay__curl_check(spay__input *input, const spay_client_options *options)
{
    if (options->transport) {
        check_conflicts(input, options);
        return;
    }
    if (options->ca_file && options->ca_pem)
        spay__input_fault(input, "ca_pem", "conflict", "must not be set with ca_file");
    if (!options->client_certificate_file != !options->client_key_file)
        spay__input_fault(input,
                          options->client_key_file ? "client_certificate_file" : "client_key_file",
                          "missing", "client_certificate_file and client_key_file belong together");
    check_file(input, "ca_file", options->ca_file);
    check_file(input, "client_certificate_file", options->client_certificate_file);
    check_file(input, "client_key_file", options->client_key_file);
    if (options->pinned_public_keys && strncmp(options->pinned_public_keys, "sha256//", 8) != 0)
        spay__input_fault(input, "pinned_public_keys", "pattern", "must begin with sha256//");
    check_proxy(input, options);
}

static bool keep(char **copy, const char *text)
{
    *copy = spay__copy_text(text);
    return *copy || !text;
}

static bool keep_secret(spay__secret *secret, const char *text)
{
    return !text || spay__secret_set(secret, text, strlen(text));
}

static spay_status choose_trust(spay__curl_settings *kept, spay_error **error)
{
    spay__trust_source source = {.own_file = kept->ca_file,
                                 .own_pem = kept->ca_pem,
                                 .pinned = kept->pinned_keys != NULL,
                                 .lifetime_ms = TRUST_LIFETIME_MS};
    bool empty;

    if (!kept->ca_file && !kept->ca_pem)
        spay__trust_the_system(&source);
    kept->trust = spay__trust_new(&source, &empty);
    if (!empty || (!kept->ca_file && !kept->ca_pem))
        return SPAY_OK;
    return spay__fail_field(error, SPAY_PROVIDER_NONE, kept->ca_file ? "ca_file" : "ca_pem",
                            "no_certificate", "has no certificate in PEM form that can be read");
}

static bool keep_texts(spay__curl_settings *kept, const spay_client_options *options)
{
    return keep(&kept->ca_file, options->ca_file) && keep(&kept->ca_pem, options->ca_pem) &&
           keep(&kept->certificate_file, options->client_certificate_file) &&
           keep(&kept->key_file, options->client_key_file) &&
           keep(&kept->pinned_keys, options->pinned_public_keys) &&
           keep(&kept->proxy, options->proxy) &&
           keep_secret(&kept->key_password, options->client_key_password) &&
           keep_secret(&kept->proxy_credentials, options->proxy_credentials);
}

spay_status spay__curl_settings_keep(spay__curl_settings *kept, const spay_client_options *options,
                                     spay_error **error)
{
    if (!keep_texts(kept, options))
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    return choose_trust(kept, error);
}

void spay__curl_settings_clear(spay__curl_settings *kept)
{
    spay__trust_free(kept->trust);
    spay__free(kept->ca_file);
    spay__free(kept->ca_pem);
    spay__free(kept->certificate_file);
    spay__free(kept->key_file);
    spay__free(kept->pinned_keys);
    spay__free(kept->proxy);
    spay__secret_clear(&kept->key_password);
    spay__secret_clear(&kept->proxy_credentials);
}

#define SET SPAY__CURL_SET

/* Only what was asked for: no environment, no files, no helpers, and nothing of HTTP. */
static void set_behaviour(spay__curl_setter *set)
{
    SET(set, CURLOPT_NOSIGNAL, 1L);
    SET(set, CURLOPT_QUICK_EXIT, 1L);
    SET(set, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(set, CURLOPT_FOLLOWLOCATION, 0L);
    SET(set, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(set, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(set, CURLOPT_CONNECT_ONLY, 1L);
}

/* The options for the authorities of the host, and of an HTTPS proxy. */
typedef struct authority_options {
    CURLoption directory;
    CURLoption file;
    CURLoption blob;
} authority_options;

static const authority_options of_host = {CURLOPT_CAPATH, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB};
static const authority_options of_proxy = {CURLOPT_PROXY_CAPATH, CURLOPT_PROXY_CAINFO,
                                           CURLOPT_PROXY_CAINFO_BLOB};

/* Our store verifies, so libcurl needs no other, which could be missing or unreadable. */
static void set_authorities(spay__curl_setter *set, const spay__curl_settings *kept,
                            const authority_options *options)
{
    struct curl_blob pem = {kept->ca_pem, kept->ca_pem ? strlen(kept->ca_pem) : 0, CURL_BLOB_COPY};
    bool alone = kept->trust && spay__trust_is_alone();

    if (!kept->trust && !kept->ca_file && !kept->ca_pem)
        return;
    SET(set, options->directory, NULL);
    if (kept->ca_pem && !alone)
        SET(set, options->blob, &pem);
    else
        SET(set, options->file, alone ? NULL : kept->ca_file);
}

static void set_tls(spay__curl_setter *set, const spay__curl_settings *kept)
{
    SET(set, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(set, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(set, CURLOPT_SSL_VERIFYHOST, 2L);
    set_authorities(set, kept, &of_host);
    if (kept->certificate_file) {
        SET(set, CURLOPT_SSLCERT, kept->certificate_file);
        SET(set, CURLOPT_SSLKEY, kept->key_file);
        /* never NULL: OpenSSL would ask for it on the terminal */
        SET(set, CURLOPT_KEYPASSWD, kept->key_password.text ? kept->key_password.text : "");
    }
    if (kept->pinned_keys)
        SET(set, CURLOPT_PINNEDPUBLICKEY, kept->pinned_keys);
}

/* The same for the proxy as for the host, except what proves the one or the other. */
static void set_proxy_tls(spay__curl_setter *set, const spay__curl_settings *kept)
{
    SET(set, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(set, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    SET(set, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    set_authorities(set, kept, &of_proxy);
}

bool spay__curl_settings_proxy_is_https(const spay__curl_settings *kept)
{
    return kept->proxy && strncmp(kept->proxy, "https://", 8) == 0;
}

/* An empty proxy switches those of the environment off. A proxy is asked for a tunnel, always. */
static void set_proxy(spay__curl_setter *set, const spay__curl_settings *kept)
{
    SET(set, CURLOPT_PROXY, kept->proxy ? kept->proxy : "");
    SET(set, CURLOPT_NOPROXY, "");
    SET(set, CURLOPT_HTTPPROXYTUNNEL, 1L);
    if (spay__curl_settings_proxy_is_https(kept))
        set_proxy_tls(set, kept);
    if (kept->proxy_credentials.text)
        SET(set, CURLOPT_PROXYUSERPWD, kept->proxy_credentials.text);
}

void spay__curl_settings_set(const spay__curl_settings *kept, spay__curl_setter *set)
{
    set_behaviour(set);
    set_tls(set, kept);
    set_proxy(set, kept);
}
