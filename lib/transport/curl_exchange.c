/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One exchange over libcurl: callbacks, headers, and the meaning of its result.
 *
 * libcurl repeats a POST by itself when a kept connection turns out to be dead. Here it has to ask
 * before each request that it would send, and gets a yes once: what goes out is what the caller was
 * told.
 */
#include "curl_exchange.h"

#include <string.h>

#include "../ascii.h"

/* Before each request that libcurl would send: the first is ours, another is a repetition. */
static int on_ready(void *ctx, char *peer, char *own, int peer_port, int own_port)
{
    spay__curl_exchange *x = ctx;

    (void)peer;
    (void)own;
    (void)peer_port;
    (void)own_port;
    if (x->begun) {
        x->repeated = true;
        return CURL_PREREQFUNC_ABORT;
    }
    x->begun = true;
    return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    spay__curl_exchange *x = ctx;

    x->refused = spay_http_response_append_body(x->response, bytes, size * count);
    return x->refused == SPAY_OK ? size * count : 0;
}

/* "HTTP/1.1 201 Created" */
static spay_status take_status_line(spay_http_response *response, const char *text, size_t length)
{
    const char *space = memchr(text, ' ', length);
    int status = 0;

    for (; space && ++space < text + length && spay__is_digit(*space) && status < 1000;)
        status = status * 10 + (*space - '0');
    return spay_http_response_set_status(response, status) == SPAY_OK ? SPAY_OK : SPAY_E_PROTOCOL;
}

static bool is_text(const char *text, size_t length, const char *expected)
{
    size_t i;

    for (i = 0; i < length && spay__to_lower(text[i]) == expected[i]; i++)
        ;
    return i == length && !expected[i];
}

static spay_status take_field(spay_http_response *response, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    const char *value = colon ? colon + 1 : NULL;
    const char *end = text + length;

    if (!colon)
        return SPAY_OK;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    /* libcurl unpacks what nobody asked for */
    if (is_text(text, (size_t)(colon - text), "transfer-encoding") &&
        !is_text(value, (size_t)(end - value), "chunked"))
        return SPAY_E_PROTOCOL;
    return spay__http_response_add(response, text, (size_t)(colon - text), value,
                                   (size_t)(end - value));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    spay__curl_exchange *x = ctx;
    size_t length = size * count;

    while (length && is_blank(bytes[length - 1]))
        length--;
    if (memchr(bytes, '\0', length)) {
        x->refused = SPAY_E_PROTOCOL;
    } else if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        x->headed = false;
        x->refused = take_status_line(x->response, bytes, length);
    } else {
        x->headed = x->headed || !length;
        x->refused = take_field(x->response, bytes, length);
    }
    return x->refused == SPAY_OK ? size * count : 0;
}

#define SET SPAY__CURL_SET

void spay__curl_exchange_prepare(spay__curl_exchange *x, spay__curl_setter *set)
{
    x->easy = set->easy;
    SET(set, CURLOPT_PREREQFUNCTION, on_ready);
    SET(set, CURLOPT_PREREQDATA, x);
    SET(set, CURLOPT_HEADERFUNCTION, on_header);
    SET(set, CURLOPT_HEADERDATA, x);
    SET(set, CURLOPT_WRITEFUNCTION, on_body);
    SET(set, CURLOPT_WRITEDATA, x);
    SET(set, CURLOPT_ERRORBUFFER, x->message);
    SET(set, CURLOPT_PRIVATE, x);
}

/* libcurl reads its list of headers and does not keep it, so it gets the request's own lines. */
static struct curl_slist *make_headers(spay__curl_exchange *x)
{
    static char no_expect[] = "Expect:"; /* a name alone keeps libcurl from adding its own */
    static char no_type[] = "Content-Type:";
    size_t count = x->request->header_count;
    struct curl_slist *list = NULL;
    size_t i;

    x->headers[count].data = no_expect;
    x->headers[count + 1].data = no_type;
    i = spay__http_request_header(x->request, "Content-Type") ? count + 1 : count + 2;
    while (i-- > 0) {
        if (i < count)
            x->headers[i].data = spay__http_request_line(x->request, i);
        x->headers[i].next = list;
        list = &x->headers[i];
    }
    return list;
}

static void set_exchange(spay__curl_setter *set, spay__curl_exchange *x)
{
    size_t body_length;
    const char *body = spay_http_request_body(x->request, &body_length);

    SET(set, CURLOPT_URL, spay_http_request_url(x->request));
    SET(set, CURLOPT_HTTPHEADER, make_headers(x));
    SET(set, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_length);
    SET(set, CURLOPT_POSTFIELDS, body);
    SET(set, CURLOPT_TIMEOUT_MS, (long)spay_http_request_timeout_ms(x->request));
    SET(set, CURLOPT_CONNECTTIMEOUT_MS, (long)spay_http_request_connect_timeout_ms(x->request));
}

spay_status spay__curl_exchange_begin(spay__curl_exchange *x, const spay_http_request *request,
                                      spay_http_response *response)
{
    spay__curl_setter set = {x->easy, CURLE_OK};

    x->request = request;
    x->response = response;
    x->begun = false;
    x->repeated = false;
    x->headed = false;
    x->refused = SPAY_OK;
    x->message[0] = '\0';
    set_exchange(&set, x);
    return set.failed ? SPAY_E_INTERNAL : SPAY_OK;
}

/*
 * libcurl counts request bytes as they are handed to the kernel, those to a proxy included; but
 * before any of ours it asks on_ready(). Over HTTP/2 a header section can be out and not counted,
 * if the connection ends right then.
 */
static bool has_sent(const spay__curl_exchange *x)
{
    long bytes = 0;

    return x->begun &&
           (x->shared || curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &bytes) != CURLE_OK ||
            bytes > 0);
}

typedef struct meaning {
    CURLcode code;
    spay_status status;
    const char *reason;
} meaning;

static const meaning meanings[] = {
    {CURLE_OK, SPAY_OK, NULL},
    {CURLE_COULDNT_RESOLVE_HOST, SPAY_E_CONNECT, "dns_failed"},
    {CURLE_COULDNT_RESOLVE_PROXY, SPAY_E_CONNECT, "proxy_dns_failed"},
    {CURLE_COULDNT_CONNECT, SPAY_E_CONNECT, "connect_failed"},
    {CURLE_PROXY, SPAY_E_CONNECT, "proxy_failed"},
    {CURLE_OPERATION_TIMEDOUT, SPAY_E_TIMEOUT, "reply_timeout"},
    {CURLE_PEER_FAILED_VERIFICATION, SPAY_E_TLS, "tls_certificate_refused"},
    {CURLE_SSL_CONNECT_ERROR, SPAY_E_TLS, "tls_handshake_failed"},
    {CURLE_SSL_CERTPROBLEM, SPAY_E_TLS, "tls_client_certificate"},
    {CURLE_SSL_CIPHER, SPAY_E_TLS, "tls_handshake_failed"},
    {CURLE_SSL_CACERT_BADFILE, SPAY_E_TLS, "tls_ca_unreadable"},
    {CURLE_SSL_ISSUER_ERROR, SPAY_E_TLS, "tls_certificate_refused"},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, SPAY_E_TLS, "tls_pin_mismatch"},
    {CURLE_SEND_ERROR, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_RECV_ERROR, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_GOT_NOTHING, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_PARTIAL_FILE, SPAY_E_NETWORK, "reply_cut"},
    {CURLE_ABORTED_BY_CALLBACK, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_WEIRD_SERVER_REPLY, SPAY_E_PROTOCOL, "not_http"},
    {CURLE_UNSUPPORTED_PROTOCOL, SPAY_E_PROTOCOL, "not_http"},
    {CURLE_HTTP2, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_HTTP2_STREAM, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_OUT_OF_MEMORY, SPAY_E_NO_MEMORY, NULL},
};

/* OpenSSL's verdict on the certificate, for those that people meet. */
static const char *certificate_reason(CURL *easy)
{
    long verdict = 0;

    if (curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verdict) != CURLE_OK)
        return "tls_certificate_refused";
    switch (verdict) {
    case 9:
        return "tls_certificate_not_yet_valid";
    case 10:
        return "tls_certificate_expired";
    case 18:
    case 19:
        return "tls_certificate_self_signed";
    case 20:
    case 21:
        return "tls_authority_unknown";
    case 0:
    case 1: /* where libcurl starts, and stays if the name is what it does not like */
        return "tls_host_mismatch";
    default:
        return "tls_certificate_refused";
    }
}

/*
 * libcurl has one code for all that goes wrong with TLS but the certificate; its text tells apart a
 * broken connection, which may be tried again, from a refusal, which may not.
 */
static void refine_tls(const char *message, meaning *found)
{
    bool handshake = found->code == CURLE_SSL_CONNECT_ERROR;

    if (handshake && (strstr(message, " in connection to ") || strstr(message, "Recv failure") ||
                      strstr(message, "Send failure"))) {
        found->status = SPAY_E_NETWORK;
        found->reason = "tls_handshake_cut";
    } else if (handshake &&
               (strstr(message, "unsupported protocol") || strstr(message, "protocol version"))) {
        found->reason = "tls_version";
    } else if ((handshake || found->code == CURLE_RECV_ERROR) && strstr(message, " alert ")) {
        found->status = SPAY_E_TLS;
        found->reason = "tls_refused_by_peer";
    }
}

/* A proxy that does not open the way is not the provider's failure. */
static void refine_proxy(const spay__curl_exchange *x, meaning *found)
{
    long connect_status = 0;

    (void)curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    if (x->begun || found->status != SPAY_E_NETWORK ||
        (connect_status / 100 < 3 && !strstr(x->message, "CONNECT")))
        return;
    found->status = SPAY_E_CONNECT;
    found->reason = connect_status == 407 ? "proxy_credentials" : "proxy_failed";
}

/* libcurl has limits for headers too, and no codes for them: this is what it says then. */
static bool is_too_long(const spay__curl_exchange *x, CURLcode code)
{
    return x->begun && (code == CURLE_OUT_OF_MEMORY ||
                        (code == CURLE_RECV_ERROR && strstr(x->message, "Too large")));
}

static spay_status explain(spay__curl_exchange *x, CURLcode code)
{
    double connected = 0;
    meaning found = {code, SPAY_E_INTERNAL, "transport_failed"};
    size_t i;

    for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == code)
            found = meanings[i];
    (void)curl_easy_getinfo(x->easy, CURLINFO_PRETRANSFER_TIME, &connected);
    if (code == CURLE_OPERATION_TIMEDOUT && !(connected > 0))
        found.reason = "connect_timeout";
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        found.reason = certificate_reason(x->easy);
    refine_tls(x->message, &found);
    refine_proxy(x, &found);
    if (is_too_long(x, code)) {
        found.status = SPAY_E_LIMIT;
        found.reason = "header_too_long";
    }
    if (x->refused != SPAY_OK) {
        found.status = x->refused;
        found.reason = NULL;
    }
    if (x->repeated)
        spay_http_response_set_failure(x->response, found.reason,
                                       "the connection broke before a reply came");
    else if (found.status != SPAY_OK)
        spay_http_response_set_failure(x->response, found.reason,
                                       *x->message ? x->message : curl_easy_strerror(code));
    return found.status;
}

static void tell_timings(CURL *easy, spay_http_response *response)
{
    static const CURLINFO infos[] = {CURLINFO_NAMELOOKUP_TIME_T, CURLINFO_CONNECT_TIME_T,
                                     CURLINFO_APPCONNECT_TIME_T, CURLINFO_STARTTRANSFER_TIME_T,
                                     CURLINFO_TOTAL_TIME_T};
    static const int32_t moments[] = {SPAY_TIMING_NAME_LOOKUP, SPAY_TIMING_CONNECT, SPAY_TIMING_TLS,
                                      SPAY_TIMING_FIRST_BYTE, SPAY_TIMING_TOTAL};
    size_t i;

    for (i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
        curl_off_t microseconds = 0;

        if (curl_easy_getinfo(easy, infos[i], &microseconds) == CURLE_OK)
            spay_http_response_set_timing(response, moments[i], microseconds);
    }
}

spay_status spay__curl_exchange_result(spay__curl_exchange *x, CURLcode code)
{
    if (has_sent(x))
        spay_http_response_mark_sent(x->response);
    tell_timings(x->easy, x->response);
    if (code == CURLE_OK && !x->headed)
        code = CURLE_PARTIAL_FILE; /* libcurl takes an end within the headers for the reply's end */
    return explain(x, code);
}

void spay__curl_exchange_end(spay__curl_exchange *x)
{
    (void)curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, NULL);
}
