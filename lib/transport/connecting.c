/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What libcurl says of an attempt to connect depends on its version, and may mislead. So its sockets
 * are noted as it opens them, TLS is as OpenSSL tells it, and most texts are ours.
 */
#include "connecting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ascii.h"
#include "connection.h"
#include "monotonic.h"
#include "settings.h"

/* ---- sockets ---- */

/* libcurl does not tell which addresses it has tried without success. */
static void note_address(spay__connecting *c, const struct sockaddr *address)
{
    const struct sockaddr_in6 *six = (const void *)address;
    const struct sockaddr_in *four = (const void *)address;
    const void *bytes = address->sa_family == AF_INET6 ? (const void *)&six->sin6_addr
                                                       : (const void *)&four->sin_addr;
    size_t length = strlen(c->tried);
    char text[INET6_ADDRSTRLEN];

    if (inet_ntop(address->sa_family, bytes, text, sizeof(text)) &&
        length + strlen(text) + 3 < sizeof(c->tried))
        (void)snprintf(c->tried + length, sizeof(c->tried) - length, "%s%s", length ? ", " : " (",
                       text);
}

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#endif

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    int made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    spay__connecting *c = ctx;

    (void)purpose;
    c->no_socket = made < 0 ? errno : 0;
    note_address(c, &address->addr);
    if (made >= 0 && c->open_count < SPAY__MOST_SOCKETS)
        c->open[c->open_count++] = made;
    return made;
}

static int on_close(void *ctx, curl_socket_t fd)
{
    spay__connecting *c = ctx;
    int i = 0;

    while (i < c->open_count && c->open[i] != (int)fd)
        i++;
    if (i < c->open_count)
        c->open[i] = c->open[--c->open_count];
    return close((int)fd);
}

/* ---- how far it has come ---- */

/* -1: it did not get there. */
static int64_t time_of(const spay__connecting *c, CURLINFO info)
{
    curl_off_t microseconds = 0;

    (void)curl_easy_getinfo(c->easy, info, &microseconds);
    return microseconds > 0 ? microseconds : -1;
}

/* libcurl tells of it when TLS is done, too. */
static bool is_reached(const spay__connecting *c)
{
    struct sockaddr peer;
    int i;

    for (i = 0; i < c->open_count; i++) {
        socklen_t size = sizeof(peer);

        if (getpeername(c->open[i], &peer, &size) == 0)
            return true;
    }
    return false;
}

void spay__connecting_note(spay__connecting *c)
{
    c->connection->lookup_us = time_of(c, CURLINFO_NAMELOOKUP_TIME_T);
    if (c->connection->connect_us < 0 && (c->tls.started || c->proxy_tls.started || is_reached(c)))
        c->connection->connect_us = spay__now_us() - c->began_us;
}

/* Plain HTTP, which is for loopback, goes straight. */
static const char *proxy_of(const spay__connecting *c)
{
    return c->connection->encrypted ? c->settings->proxy : NULL;
}

/* The status of its answer; 0: it has not given one. */
static long answer_of_proxy(const spay__connecting *c)
{
    long answer = 0;

    (void)curl_easy_getinfo(c->easy, CURLINFO_HTTP_CONNECTCODE, &answer);
    return answer;
}

/* That which a failure is about, with the host or with an HTTPS proxy; NULL if it is not TLS. */
static const spay__tls *tls_of(const spay__connecting *c, spay_status status)
{
    const spay__tls *proxy = &c->proxy_tls;

    if (c->tls.started)
        return &c->tls;
    return proxy->started && (!proxy->ready || status == SPAY_E_TLS) ? proxy : NULL;
}

enum {
    NAME_LOOKUP,
    CONNECT,
    PROXY,
    TLS
};

static size_t phase_of(const spay__connecting *c, const spay__tls *tls)
{
    if (c->connection->lookup_us < 0)
        return NAME_LOOKUP;
    if (c->connection->connect_us < 0)
        return CONNECT;
    return proxy_of(c) && !tls ? PROXY : TLS;
}

void spay__connecting_explain(spay__connecting *c, spay_status status, const char *text)
{
    static const char names[] = "name_lookup\0connect\0proxy\0tls";
    static const char actions[] = "name lookup of\0TCP connection to\0tunnel to\0TLS with";
    const spay__tls *tls = tls_of(c, status);
    size_t phase = phase_of(c, tls);
    bool to_proxy = proxy_of(c) && (phase < PROXY || tls == &c->proxy_tls);
    bool by_proxy = proxy_of(c) && !to_proxy;
    char about[SPAY__TLS_ABOUT_SIZE] = "";
    char answer[24] = "";

    if (tls)
        spay__tls_describe(tls, about);
    else if (answer_of_proxy(c) >= 300)
        (void)snprintf(answer, sizeof(answer), "HTTP %ld, ", answer_of_proxy(c));
    (void)snprintf(c->connection->buffer, c->connection->capacity,
                   "%s %s%.255s%s%.255s%s%s: %s%s%s", spay__list_at(actions, phase),
                   to_proxy ? "the proxy " : "", to_proxy ? c->settings->proxy : c->tls.host,
                   by_proxy ? " by the proxy " : "", by_proxy ? c->settings->proxy : "", c->tried,
                   *c->tried ? ")" : "", answer, text, about);
    c->connection->phase = spay__list_at(names, phase);
    c->connection->message = c->connection->buffer;
}

/* ---- why it failed ---- */

typedef struct meaning {
    CURLcode code;
    spay_status status;
    const char *reason;
    const char *text; /* "": libcurl's */
} meaning;

/* What libcurl's codes mean: a status, and where its reason and its text are in the words. */
static const struct {
    uint8_t code;
    int8_t status;
    uint8_t words;
} meanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, SPAY_E_CONNECT, 1},
    {CURLE_COULDNT_RESOLVE_PROXY, SPAY_E_CONNECT, 2},
    {CURLE_COULDNT_CONNECT, SPAY_E_CONNECT, 3},
    {CURLE_PROXY, SPAY_E_CONNECT, 4},
    {CURLE_WEIRD_SERVER_REPLY, SPAY_E_CONNECT, 4},
    {CURLE_OPERATION_TIMEDOUT, SPAY_E_TIMEOUT, 5},
    {CURLE_PEER_FAILED_VERIFICATION, SPAY_E_TLS, 6},
    {CURLE_SSL_CONNECT_ERROR, SPAY_E_TLS, 7},
    {CURLE_SSL_CIPHER, SPAY_E_TLS, 7},
    {CURLE_SSL_CERTPROBLEM, SPAY_E_TLS, 8},
    {CURLE_SSL_CACERT_BADFILE, SPAY_E_TLS, 9},
    {CURLE_SSL_ISSUER_ERROR, SPAY_E_TLS, 10},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, SPAY_E_TLS, 11},
    {CURLE_SEND_ERROR, SPAY_E_NETWORK, 12},
    {CURLE_RECV_ERROR, SPAY_E_NETWORK, 12},
    {CURLE_GOT_NOTHING, SPAY_E_NETWORK, 12},
    {CURLE_OUT_OF_MEMORY, SPAY_E_NO_MEMORY, 13},
};

static const char words[] = "transport_failed\0\0"
                            "dns_failed\0\0"
                            "proxy_dns_failed\0\0"
                            "connect_failed\0nobody answers\0"
                            "proxy_failed\0\0"
                            "connect_timeout\0not ready in time\0"
                            "tls_host_mismatch\0the certificate is for another host\0"
                            "tls_handshake_failed\0\0"
                            "tls_client_certificate\0\0"
                            "tls_ca_unreadable\0the file of authorities cannot be read\0"
                            "tls_certificate_refused\0\0"
                            "tls_pin_mismatch\0the key is not among pinned_public_keys\0"
                            "connection_lost\0the connection broke\0"
                            "\0out of memory";

static meaning meaning_of(CURLcode code)
{
    meaning found = {.code = code, .status = SPAY_E_INTERNAL, .reason = words, .text = ""};
    size_t i;

    for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == code) {
            found.status = meanings[i].status;
            found.reason = spay__list_at(words, 2 * (size_t)meanings[i].words);
            found.text = spay__list_next(found.reason);
        }
    return found;
}

static void mean(meaning *found, spay_status status, const char *reason, const char *text)
{
    found->status = status;
    found->reason = reason;
    found->text = text;
}

/* The system's number for it says more than libcurl. */
static void refine_connect(const spay__connecting *c, meaning *found)
{
    long number = 0;

    (void)curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &number);
    if (found->code != CURLE_COULDNT_CONNECT)
        return;
    if (number == ECONNREFUSED)
        found->text = "connection refused";
    else if (number == EHOSTUNREACH || number == ENETUNREACH)
        found->text = "no route to it";
    else if (number == EACCES || number == EPERM)
        found->text = "this system does not permit it";
    else if (c->no_socket == EMFILE || c->no_socket == ENFILE)
        found->text = "too many open files, none is left for a socket";
}

/*
 * Codes of libcurl's own that say no more than that TLS failed: our notes tell a refusal, which is
 * final, from a connection that broke, which may be tried again.
 */
static void refine_tls(const spay__connecting *c, const spay__tls *tls, meaning *found)
{
    const char *reason = tls ? spay__tls_failure(tls) : NULL;

    if (found->code == CURLE_BAD_FUNCTION_ARGUMENT && c->settings->certificate_file)
        *found = meaning_of(CURLE_SSL_CERTPROBLEM); /* which it was once */
    if (!tls || found->status == SPAY_E_NO_MEMORY || found->status == SPAY_E_TIMEOUT)
        return;
    if (tls->no_memory)
        *found = meaning_of(CURLE_OUT_OF_MEMORY);
    else if (reason)
        mean(found, SPAY_E_TLS, reason, spay__tls_failure_text(tls));
    else if (found->code == CURLE_SSL_CONNECT_ERROR && !tls->ready)
        mean(found, SPAY_E_NETWORK, "tls_handshake_cut", "the connection broke");
}

/* libcurl's verdict, where it verifies by itself. */
static void refine_certificate(const spay__connecting *c, meaning *found)
{
    long verdict = 0;

    if (c->settings->trust || found->code != CURLE_PEER_FAILED_VERIFICATION)
        return;
    (void)curl_easy_getinfo(c->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    if (verdict > 1) /* where libcurl starts, and stays if the name is what it does not like */
        mean(found, SPAY_E_TLS, spay__tls_verdict((int)verdict), "");
}

/* A port for TLS hangs up on whoever asks in plain HTTP. */
static const char *without_answer(const spay__connecting *c, const meaning *found)
{
    return found->status == SPAY_E_NETWORK && strncmp(proxy_of(c), "http://", 7) == 0
               ? "the connection broke before the proxy answered; its port may want https://"
               : found->text;
}

/*
 * A proxy that does not open the way is not the provider's failure. One that refuses it does so
 * until somebody changes something; one that cannot, for now.
 */
static void refine_proxy(const spay__connecting *c, meaning *found)
{
    long answer = answer_of_proxy(c);
    long detail = CURLPX_OK;

    (void)curl_easy_getinfo(c->easy, CURLINFO_PROXY_ERROR, &detail);
    if (!proxy_of(c) || tls_of(c, found->status) ||
        (found->status != SPAY_E_NETWORK && answer < 300 && detail == CURLPX_OK))
        return;
    mean(found, SPAY_E_CONNECT, "proxy_failed",
         answer ? "the proxy failed" : without_answer(c, found));
    if (answer == 407 || detail == CURLPX_USER_REJECTED || detail == CURLPX_NO_AUTH)
        mean(found, SPAY_E_PROXY, "proxy_credentials", "the proxy wants other credentials");
    else if ((answer >= 300 && answer < 500 && answer != 408 && answer != 429) ||
             detail == CURLPX_REPLY_NOT_ALLOWED)
        mean(found, SPAY_E_PROXY, "proxy_refused", "the proxy does not permit it");
}

bool spay__connecting_lacks_memory(const spay__connecting *c)
{
    return c->tls.no_memory || c->proxy_tls.no_memory;
}

spay_status spay__connecting_fail(spay__connecting *c, CURLcode code)
{
    meaning found = meaning_of(code);

    refine_connect(c, &found);
    refine_tls(c, tls_of(c, found.status), &found);
    refine_certificate(c, &found);
    refine_proxy(c, &found);
    if (!*found.text)
        found.text = *c->message ? c->message : curl_easy_strerror(code);
    spay__connecting_explain(c, found.status, found.text);
    c->connection->status = found.status;
    c->connection->reason = found.reason;
    return found.status;
}

/* ---- its life ---- */

void spay__connecting_begin(spay__connecting *c, spay__connection *connection,
                            const spay__curl_settings *settings, const char *host)
{
    memset(c, 0, sizeof(*c));
    c->connection = connection;
    c->settings = settings;
    c->began_us = spay__now_us();
    connection->lookup_us = connection->connect_us = connection->tls_us = -1;
    spay__tls_init(&c->tls, settings->trust, host);
    spay__tls_init(&c->proxy_tls, settings->trust, NULL);
    if (spay__curl_settings_proxy_is_https(settings))
        c->tls.proxy = &c->proxy_tls;
}

void spay__connecting_set(spay__connecting *c, spay__curl_setter *set)
{
    c->easy = set->easy;
    SPAY__CURL_SET(set, CURLOPT_ERRORBUFFER, c->message);
    SPAY__CURL_SET(set, CURLOPT_OPENSOCKETFUNCTION, on_open);
    SPAY__CURL_SET(set, CURLOPT_OPENSOCKETDATA, c);
    SPAY__CURL_SET(set, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    SPAY__CURL_SET(set, CURLOPT_CLOSESOCKETDATA, c);
    if (c->settings->trust)
        spay__tls_set(&c->tls, set);
}

void spay__connecting_done(spay__connecting *c)
{
    spay__connection *made = c->connection;

    made->lookup_us = time_of(c, CURLINFO_NAMELOOKUP_TIME_T);
    made->connect_us = time_of(c, CURLINFO_CONNECT_TIME_T);
    made->tls_us = made->encrypted ? time_of(c, CURLINFO_APPCONNECT_TIME_T) : 0;
}

void spay__connecting_clear(spay__connecting *c)
{
    spay__tls_clear(&c->proxy_tls);
    spay__tls_clear(&c->tls);
}
