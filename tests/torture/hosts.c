/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Hosts: what a provider or a browser names as the next host is believed only if it is one of the
 * known ones. Attempts to get past that, of every kind we know, against `clientApiUrl` and Apple's
 * `validationUrl`; and the good ones, which must pass.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"

#if ALL_PROVIDERS

/*
 * Every "@" stands for a good host, "$" for its path; the forms are tried with each good host.
 * "\1" stands for a real "@".
 */
static const char *const forms[] = {
    /* the end of another name */
    "https://evil@$",
    "https://evil-@$",
    "https://@.evil.example$",
    "https://@-evil.example$",
    "https://@evil.example$",
    "https://@.com$",
    "https://@.evil$",
    "https://@.localhost$",
    "https://evil.example/@$",
    "https://evil.example./@$",
    "https://evil.example?@$",
    "https://evil.example#@$",
    "https://evil.example/?https://@$",
    "https://evil.example/#https://@$",
    "https://evil.example:443/@$",
    "https://evil.example;@$",
    "https://evil.example,@$",
    "https://evil.example&@$",
    "https://evil.example%2f@$",
    "https://evil.example%00.@$",
    "https://evil.example%23@$",
    "https://evil.example%3f@$",
    "https://evil.example%5c@$",

    /* user information */
    "https://\1@$",
    "https://user\1@$",
    "https://user:password\1@$",
    "https://@\1evil.example$",
    "https://@:443\1evil.example$",
    "https://@:\1evil.example$",
    "https://@%40evil.example$",
    "https://evil.example\1@$",
    "https://evil.example%40@$",
    "https://evil.example\\\1@$",
    "https://a:b\1c:d\1@$",

    /* dots */
    "https://@.$",
    "https://@..$",
    "https://.@$",
    "https://..@$",
    "https://@%2e$",
    "https://evil%2e@$",
    "https://@\xe3\x80\x82$", /* ideographic full stop */
    "https://@\xef\xbc\x8e$", /* full-width full stop */
    "https://@\xef\xbd\xa1$", /* half-width ideographic full stop */
    "https://evil.example\xe3\x80\x82@$",
    "https://evil.example\xef\xbc\x8f@$", /* full-width solidus */
    "https://evil.example\xe2\x84\x80@$", /* a/c, which some normalise */
    "https://@\xc2\xad$",                 /* soft hyphen */
    "https://@\xe2\x80\x8b$",             /* zero-width space */
    "https://\xef\xbc\xa0@$",             /* full-width at sign */

    /* backslashes and slashes */
    "https:\\\\@$",
    "https:\\@$",
    "https://@\\.evil.example$",
    "https://evil.example\\@$",
    "https://evil.example\\.@$",
    "https:///@$",
    "https:////@$",
    "https:/@$",
    "https:@$",
    "https://evil.example//@$",
    "https://@\\$",
    "//@$",
    "/\\@$",
    "@$",

    /* schemes */
    "http://@$",
    "HTTP://@$",
    "ftp://@$",
    "ws://@$",
    "wss://@$",
    "file://@$",
    "javascript://@$",
    "data:text/html,https://@$",
    "httpss://@$",
    "shttps://@$",
    "https//@$",
    "https;//@$",
    "https ://@$",
    "https:// @$",
    "view-source:https://@$",
    "gopher://@:443$",
    "h\xef\xbd\x94tps://@$",

    /* control bytes and blanks */
    " https://@$",
    "\thttps://@$",
    "\nhttps://@$",
    "https://@$ ",
    "https://@$\n",
    "https://@$\r\nHost: evil.example",
    "ht\ntps://@$",
    "https:/\t/@$",
    "https://@\t.evil.example$",
    "https://@\r\n.evil.example$",
    "https://@ .evil.example$",
    "https://@\x7f$",
    "https://@\x01$",
    "https://@%0d%0a$",
    "https://@%09$",
    "https://@%20$",
    "https://@+$",

    /* ports */
    "https://@:$",
    "https://@:0$",
    "https://@:65536$",
    "https://@:99999$",
    "https://@:-443$",
    "https://@:+443$",
    "https://@:443x$",
    "https://@: 443$",
    "https://@:0x1bb$",
    "https://@:443:443$",
    "https://@:443.evil.example$",
    "https://@:443\1evil.example$",
    "https://@:00000443$",
    "https://@:80$",
    "https://@:444$",
    "https://@:8443$",
    "https://@:4294967739$", /* 2^32 + 443 */
    "https://@%3a443$",

    /* queries and fragments */
    "https://@$?",
    "https://@$?x=y",
    "https://@?x=y",
    "https://@$#",
    "https://@$#x",
    "https://@#\1evil.example$",
    "https://@?\1evil.example$",
    "https://@;x$",

    /* paths */
    "https://@$/..",
    "https://@$/../evil",
    "https://@/..$",
    "https://@/.$",
    "https://@/%2e%2e$",
    "https://@/%2e$",
    "https://@/x$",
    "https://@$x",
    "https://@$/x",
    "https://@$%2f..",
    "https://@$;x",
    "https://@$\\..",
    "https://@//$",
    "https://@$$",

    /* shapes that are no host */
    "https://",
    "https:///",
    "https://:443$",
    "https://?@$",
    "https://#@$",
    "https://[@]$",
    "https://[::ffff:@]$",
    "https://*.@$",
    "https://*$",
    "https://_.@$",
    "https://<@>$",
    "https://\"@\"$",
    "https://{@}$",
    "https://|@$",
    "https://^@$",
    "https://`@`$",
};

/* Whole URLs on hosts that are nobody's. */
static const char *const other_hosts[] = {
    "https://evil.example$",
    "https://localhost$",
    "https://localhost.$",
    "http://localhost$",
    "https://127.0.0.1$",
    "https://127.1$",
    "https://0$",
    "https://0.0.0.0$",
    "https://2130706433$",
    "https://0x7f000001$",
    "https://0x7f.1$",
    "https://017700000001$",
    "https://0177.0.0.1$",
    "https://127.0.0.1.nip.example$",
    "https://169.254.169.254$",
    "https://2852039166$",
    "https://[::1]$",
    "https://[::]$",
    "https://[::ffff:127.0.0.1]$",
    "https://[0:0:0:0:0:ffff:7f00:1]$",
    "https://[fe80::1%25eth0]$",
    "https://[::1]:443$",
    "https://[::1$",
    "https://::1$",
    "https://metadata$",
    "https://xn--80ak6aa92e.com$",
    "https://\xd0\xb0pple.com$",                           /* Cyrillic a */
    "https://\xef\xbd\x81\xef\xbd\x90\xef\xbd\x90le.com$", /* full width */
    "https://apple\357\274\216com$",                       /* full-width full stop */
    "https://api-ingenic\xd0\xbe.com$",                    /* Cyrillic o */
    "https://api-ingenico.co$",
    "https://api-ingenico.com.evil.example$",
    "https://evilapi-ingenico.com$",
    "https://evil-api-ingenico.com$",
    "https://api-ingenico-com.evil.example$",
    "https://api_ingenico.com$",
    "https://api-ingenico.com:443.evil.example$",
    "https://eu-api-ingenico.com$",
    "https://worldline-solutions.com.evil.example$",
    "https://connect-worldline-solutions.com$",
    "https://apple.com$",
    "https://www.apple.com$",
    "https://evil.apple.com$",
    "https://apple-pay-gateway.apple.com.evil.example$",
    "https://evil-apple-pay-gateway.apple.com$",
    "https://x.apple-pay-gateway.apple.com$",
    "https://apple-pay-gateway-apple.com$",
    "https://apple-pay-gateway.apple.co$",
    "https://apple-pay-gateway.apple.com.com$",
    "https://apple-pay-gateway-nc-pod6.apple.com$",
    "https://apple-pay-gateway-nc-pod1.apple.com.$",
    "https://apple-pay-gateway-nc-pod.apple.com$",
};

/* Fill a form in. */
static const char *expand(char *out, size_t size, const char *form, const char *host,
                          const char *path)
{
    size_t used = 0;

    for (; *form && used + 1 < size; form++)
        if (*form == '@')
            used += (size_t)snprintf(out + used, size - used, "%s", host);
        else if (*form == '$')
            used += (size_t)snprintf(out + used, size - used, "%s", path);
        else
            out[used++] = *form == '\1' ? '@' : *form;
    out[used] = '\0';
    return out;
}

/* ---- where a URL is given ---- */

typedef struct verdict {
    spay_status status;
    char field[64];
    size_t requests; /* beyond those that are needed to come so far */
    char url[1024];  /* of the last request */
} verdict;

static void take_verdict(verdict *got, const test_accounts *opened, spay_status status,
                         spay_error *error, size_t expected)
{
    size_t requests = spay_mock_request_count(opened->mock);

    got->status = status;
    (void)snprintf(got->field, sizeof(got->field), "%s", spay_error_field_path(error, 0));
    got->requests = requests - expected;
    (void)snprintf(got->url, sizeof(got->url), "%s",
                   requests ? spay_mock_request_url(opened->mock, requests - 1) : "");
    spay_error_free(error);
}

static spay_status use_client(spay_connect_client *account, const char *validation_url,
                              spay_error **error)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    spay_connect_client_session *session = NULL;
    spay_status status;

    request.domain_name = "checkout.example-bikes.test";
    request.validation_url = validation_url;
    status = spay_connect_client_session_create(account, &request, NULL, &session, error);
    spay_connect_client_session_free(session);
    return status;
}

/* clientApiUrl, given by the caller. */
static void by_options(verdict *got, const char *url)
{
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    spay_connect_client *account = NULL;
    spay_error *error = NULL;
    spay_status status;
    test_accounts opened;

    if (!accounts_open(&opened, NULL))
        exit(1);
    options.environment = SPAY_ENV_TEST;
    options.client_session_id = "client-session";
    options.customer_id = "90a1";
    options.client_api_url = url;
    status = spay_connect_client_new(opened.client, &options, &account, &error);
    if (status == SPAY_OK) {
        accounts_reply_good(&opened, ACCOUNT_CONNECT_CLIENT);
        status = use_client(account, TEST_GATEWAY, &error);
    }
    take_verdict(got, &opened, status, error, 0);
    spay_connect_client_free(account);
    accounts_close(&opened);
}

/* As a provider has to write it. */
static void escape(char *out, size_t size, const char *text)
{
    size_t used = 0;

    for (; *text && used + 8 < size; text++)
        if ((unsigned char)*text < 0x20 || *text == '"' || *text == '\\')
            used += (size_t)snprintf(out + used, size - used, "\\u%04x", (unsigned char)*text);
        else
            out[used++] = *text;
    out[used] = '\0';
}

/* clientApiUrl, in the answer of the server API. */
static void by_session(verdict *got, const char *url)
{
    spay_connect_server_session *first = NULL;
    spay_connect_client_session *second = NULL;
    spay_error *error = NULL;
    char escaped[2048];
    char body[4096];
    spay_status status;
    test_accounts opened;

    if (!accounts_open(&opened, NULL))
        exit(1);
    escape(escaped, sizeof(escaped), url);
    (void)snprintf(body, sizeof(body),
                   "{\"clientSessionId\":\"client-session\",\"customerId\":\"90a1\","
                   "\"clientApiUrl\":\"%s\"}",
                   escaped);
    accounts_reply(&opened, 200, NULL, body);
    accounts_reply_good(&opened, ACCOUNT_CONNECT_CLIENT);
    status = accounts_apple_pay(&opened, TEST_GATEWAY, NULL, &first, &second, &error);
    take_verdict(got, &opened, status, error, 1);
    spay_connect_server_session_free(first);
    spay_connect_client_session_free(second);
    accounts_close(&opened);
}

/* validationUrl, from the browser. */
static void by_request(verdict *got, const char *url)
{
    spay_error *error = NULL;
    spay_status status;
    test_accounts opened;

    if (!accounts_open(&opened, NULL))
        exit(1);
    accounts_reply_good(&opened, ACCOUNT_CONNECT_CLIENT);
    status = use_client(opened.connect_client, url, &error);
    take_verdict(got, &opened, status, error, 0);
    accounts_close(&opened);
}

/* validationUrl, in both steps at once: not even the first is made. */
static void by_both_steps(verdict *got, const char *url)
{
    spay_connect_client_session *session = NULL;
    spay_error *error = NULL;
    spay_status status;
    test_accounts opened;

    if (!accounts_open(&opened, NULL))
        exit(1);
    accounts_reply_good(&opened, ACCOUNT_CONNECT_SERVER);
    accounts_reply_good(&opened, ACCOUNT_CONNECT_CLIENT);
    status = accounts_apple_pay(&opened, url, NULL, NULL, &session, &error);
    take_verdict(got, &opened, status, error, 0);
    spay_connect_client_session_free(session);
    accounts_close(&opened);
}

typedef struct url_field {
    const char *name;
    const char *field;
    void (*knock)(verdict *got, const char *url);
    const char *hosts[5];
    const char *path;
} url_field;

static const url_field url_fields[] = {
    {.name = "clientApiUrl of the caller",
     .field = "client_api_url",
     .knock = by_options,
     .hosts = {"eu.api-ingenico.com", "api.connect.worldline-solutions.com", "x.api-worldline.com",
               "api-ingenico.com", NULL},
     .path = "/client"},
    {.name = "clientApiUrl of an answer",
     .field = "client_api_url",
     .knock = by_session,
     .hosts = {"eu.api-ingenico.com", "connect.example", NULL, NULL, NULL},
     .path = "/client/v1"},
    {.name = "validationUrl",
     .field = "validation_url",
     .knock = by_request,
     .hosts = {"apple-pay-gateway.apple.com", "apple-pay-gateway-cert.apple.com",
               "cn-apple-pay-gateway.apple.com", NULL, NULL},
     .path = "/paymentservices/startSession"},
    {.name = "validationUrl of both steps",
     .field = "validation_url",
     .knock = by_both_steps,
     .hosts = {"apple-pay-gateway.apple.com", NULL, NULL, NULL, NULL},
     .path = "/paymentservices/paymentSession"},
};

/* ---- proofs ---- */

static bool is_apple(const url_field *at)
{
    return at->knock == by_request || at->knock == by_both_steps;
}

/*
 * A data centre of Worldline's may have any port, and a name of its own: what is an attempt on
 * Apple's gateways, whose names are all known, is none there.
 */
static bool is_fine_here(const url_field *at, const char *form, const char *host)
{
    bool deeper = strchr(host, '.') != strrchr(host, '.');

    if (is_apple(at))
        return false;
    if (strcmp(form, "https://evil@$") == 0 || strcmp(form, "https://evil-@$") == 0)
        return deeper;
    return strcmp(form, "https://@:80$") == 0 || strcmp(form, "https://@:444$") == 0 ||
           strcmp(form, "https://@:8443$") == 0;
}

static void expect_refusal(proof *p, const url_field *at, const char *url)
{
    verdict got;

    at->knock(&got, url);
    proof_case(p,
               got.status == SPAY_E_INVALID_ARGUMENT && got.requests == 0 &&
                   strcmp(got.field, at->field) == 0,
               "\"%s\": %s at \"%s\", %zu requests, last to %s", url, spay_status_name(got.status),
               got.field, got.requests, got.url);
}

static void prove_refusals(const url_field *at)
{
    char name[128];
    char url[2048];
    size_t i;
    size_t j;
    proof p;

    (void)snprintf(name, sizeof(name), "%s: no attempt gets past it", at->name);
    proof_begin(&p, name);
    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        for (j = 0; at->hosts[j]; j++)
            if (!is_fine_here(at, forms[i], at->hosts[j]))
                expect_refusal(&p, at, expand(url, sizeof(url), forms[i], at->hosts[j], at->path));
    for (i = 0; i < sizeof(other_hosts) / sizeof(other_hosts[0]); i++)
        expect_refusal(&p, at, expand(url, sizeof(url), other_hosts[i], "", at->path));
    proof_case(&p, p.cases >= 60, "only %zu attempts", p.cases);
    proof_end(&p);
}

/* Long ones: a label of 64, a name of 300, a port of 20 digits, a URL beyond any limit. */
static void prove_long(const url_field *at)
{
    static const struct {
        const char *before;
        size_t times;
        const char *after;
    } rows[] = {
        {"https://", 64, ".@$"},  {"https://", 300, "@$"},     {"https://@:", 20, "$"},
        {"https://@$", 2048, ""}, {"https://@/", 100000, "$"}, {"https://", 100000, ".@$"},
    };
    size_t i;
    proof p;
    char name[128];

    (void)snprintf(name, sizeof(name), "%s: nor one that is too long", at->name);
    proof_begin(&p, name);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t size = rows[i].times + 1024;
        char *url = calloc(1, size);
        size_t used;

        if (!url)
            exit(1);
        expand(url, size, rows[i].before, at->hosts[0], at->path);
        used = strlen(url);
        memset(url + used, '1', rows[i].times);
        expand(url + used + rows[i].times, size - used - rows[i].times, rows[i].after, at->hosts[0],
               at->path);
        /* an answer of that length is cut by the test itself */
        if (at->knock != by_session || used + rows[i].times < 1024)
            expect_refusal(&p, at, url);
        free(url);
    }
    proof_end(&p);
}

/* ---- the good ones ---- */

typedef struct good {
    void (*knock)(verdict *got, const char *url);
    const char *url;
    const char *sent; /* where the request went; NULL: anywhere */
} good;

#define SENT(base) base "/90a1/products/302/sessions"

static const good goods[] = {
    {by_options, "https://eu.api-ingenico.com", SENT("https://eu.api-ingenico.com/client/v1")},
    {by_options, "https://eu.api-ingenico.com/", SENT("https://eu.api-ingenico.com/client/v1")},
    {by_options, "https://eu.api-ingenico.com/client",
     SENT("https://eu.api-ingenico.com/client/v1")},
    {by_options, "https://eu.api-ingenico.com/client/",
     SENT("https://eu.api-ingenico.com/client/v1")},
    {by_options, "https://eu.api-ingenico.com/client/v1",
     SENT("https://eu.api-ingenico.com/client/v1")},
    {by_options, "https://ams1.sandbox.api-ingenico.com/client/v1", NULL},
    {by_options, "https://clientapi.pay1.connect.worldline-solutions.com/client", NULL},
    {by_options, "https://api-ingenico.com/client", NULL},
    {by_options, "https://a.api-worldline.com/client", NULL},
    {by_options, "https://eu.api-ingenico.com:443/client", NULL},
    {by_options, "https://eu.api-ingenico.com:8443/client", NULL},
    {by_options, "https://EU.Api-Ingenico.COM/client", NULL},
    {by_options, "HTTPS://eu.api-ingenico.com/client", NULL},
    {by_session, "https://connect.example/client", SENT("https://connect.example/client/v1")},
    {by_session, "https://eu.api-ingenico.com/client", NULL},
    {by_session, "https://CONNECT.example:444/client", NULL},
    {by_request, "https://apple-pay-gateway.apple.com/paymentservices/paymentSession", NULL},
    {by_request, "https://apple-pay-gateway.apple.com/paymentservices/startSession", NULL},
    {by_request, "https://apple-pay-gateway-cert.apple.com/paymentservices/startSession", NULL},
    {by_request, "https://cn-apple-pay-gateway.apple.com/paymentservices/paymentSession", NULL},
    {by_request, "https://cn-apple-pay-gateway-cert.apple.com/paymentservices/paymentSession",
     NULL},
    {by_request, "https://apple-pay-gateway.apple.com:443/paymentservices/paymentSession", NULL},
    {by_request, "https://APPLE-pay-gateway.apple.com/paymentservices/paymentSession", NULL},
    {by_both_steps, "https://apple-pay-gateway.apple.com/paymentservices/paymentSession", NULL},
};

static void prove_good_ones(void)
{
    size_t i;
    proof p;

    proof_begin(&p, "good addresses pass");
    for (i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
        verdict got;

        goods[i].knock(&got, goods[i].url);
        proof_case(&p,
                   got.status == SPAY_OK && got.requests > 0 &&
                       (!goods[i].sent || strcmp(got.url, goods[i].sent) == 0),
                   "%s: %s at \"%s\", sent to %s", goods[i].url, spay_status_name(got.status),
                   got.field, got.url);
    }
    proof_end(&p);
}

/* Whoever may name a host for clientApiUrl names it whole. */
static spay_status try_allowed_hosts(const char *client_api_url)
{
    static const char *const hosts[] = {"shop.example", "127.0.0.1"};
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    spay_connect_client *account = NULL;
    spay_status status;
    test_accounts opened;

    if (!accounts_open(&opened, NULL))
        exit(1);
    options.client_session_id = "client-session";
    options.customer_id = "90a1";
    options.client_api_url = client_api_url;
    options.allowed_hosts = hosts;
    options.allowed_host_count = 2;
    status = spay_connect_client_new(opened.client, &options, &account, NULL);
    spay_connect_client_free(account);
    accounts_close(&opened);
    return status;
}

static void prove_allowed_hosts(void)
{
    static const struct {
        const char *url;
        bool passes;
    } rows[] = {
        {"https://shop.example/client", true},
        {"https://SHOP.example/client", true},
        {"http://127.0.0.1:8080/client", true},
        {"https://127.0.0.1/client", true},
        {"http://shop.example/client", false},
        {"https://x.shop.example/client", false},
        {"https://shop.example.evil/client", false},
        {"https://evilshop.example/client", false},
        {"https://shop.example./client", false},
        {"http://127.0.0.2/client", false},
        {"http://127.1/client", false},
        {"http://localhost/client", false},
        {"https://127.0.0.1.evil/client", false},
        {"http://[::1]/client", false},
    };
    size_t i;
    proof p;

    proof_begin(&p, "allowed hosts are compared whole");
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        spay_status status = try_allowed_hosts(rows[i].url);

        proof_case(&p, (status == SPAY_OK) == rows[i].passes, "%s: %s", rows[i].url,
                   spay_status_name(status));
    }
    proof_end(&p);
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof(url_fields) / sizeof(url_fields[0]); i++) {
        prove_refusals(&url_fields[i]);
        prove_long(&url_fields[i]);
    }
    prove_good_ones();
    prove_allowed_hosts();
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
