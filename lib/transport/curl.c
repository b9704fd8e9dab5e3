/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The built-in transport, on libcurl. It uses the public transport interface and nothing else of
 * the library, so it also shows how to write one.
 *
 * Each thread that sends takes a line from the pool: a libcurl handle with the connections it keeps
 * alive. libcurl repeats a POST by itself when a kept connection turns out to be dead; here the
 * body cannot be rewound and a second request on one line is refused, so what goes out is what the
 * caller was told.
 */
#include "curl.h"

#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "../alloc.h"
#include "../crypto.h"
#include "../error.h"
#include "../secret.h"
#include "../thread.h"

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87.0 or newer is needed"
#endif

enum {
    POLL_MS = 50, /* how soon a cancelled call is noticed */
    DEFAULT_IDLE_LINES = 64
};

typedef struct line {
    struct line *next;
    CURLM *multi;
    CURL *easy;
} line;

typedef struct settings {
    char *ca_file;
    char *ca_pem;
    char *certificate_file;
    char *key_file;
    char *pinned_keys;
    char *proxy;
    spay__secret key_password;
    spay__secret proxy_credentials;
} settings;

typedef struct pool {
    settings settings;
    spay__mutex lock;
    line *idle;
    int32_t idle_count;
    int32_t most_idle;
    uint32_t fork_generation;
} pool;

/* One request on one line. */
typedef struct exchange {
    const spay_http_request *request;
    spay_http_response *response;
    const char *body;
    size_t body_left;
    bool begun;          /* libcurl has asked once whether it may send */
    spay_status refused; /* why a callback stopped the transfer */
    char message[CURL_ERROR_SIZE];
} exchange;

/* ---- settings ---- */

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

static bool keep_settings(settings *kept, const spay_client_options *options)
{
    return keep(&kept->ca_file, options->ca_file) && keep(&kept->ca_pem, options->ca_pem) &&
           keep(&kept->certificate_file, options->client_certificate_file) &&
           keep(&kept->key_file, options->client_key_file) &&
           keep(&kept->pinned_keys, options->pinned_public_keys) &&
           keep(&kept->proxy, options->proxy) &&
           keep_secret(&kept->key_password, options->client_key_password) &&
           keep_secret(&kept->proxy_credentials, options->proxy_credentials);
}

static void free_settings(settings *kept)
{
    spay__free(kept->ca_file);
    spay__free(kept->ca_pem);
    spay__free(kept->certificate_file);
    spay__free(kept->key_file);
    spay__free(kept->pinned_keys);
    spay__free(kept->proxy);
    spay__secret_clear(&kept->key_password);
    spay__secret_clear(&kept->proxy_credentials);
}

/* ---- callbacks ---- */

/*
 * Before each request that libcurl would send: the first is ours, a second would be a repetition.
 */
static int on_ready(void *ctx, char *peer, char *own, int peer_port, int own_port)
{
    exchange *x = ctx;

    (void)peer;
    (void)own;
    (void)peer_port;
    (void)own_port;
    if (x->begun)
        return CURL_PREREQFUNC_ABORT;
    x->begun = true;
    return CURL_PREREQFUNC_OK;
}

static size_t on_read(char *buffer, size_t size, size_t count, void *ctx)
{
    exchange *x = ctx;
    size_t length = size * count < x->body_left ? size * count : x->body_left;

    memcpy(buffer, x->body, length);
    x->body += length;
    x->body_left -= length;
    return length;
}

/* libcurl rewinds a body only to send it again behind our back. */
static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    (void)ctx;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    exchange *x = ctx;

    x->refused = spay_http_response_append_body(x->response, bytes, size * count);
    return x->refused == SPAY_OK ? size * count : 0;
}

/* "HTTP/1.1 201 Created" */
static spay_status take_status_line(spay_http_response *response, const char *text)
{
    const char *space = strchr(text, ' ');
    int status = 0;
    int i;

    for (i = 1; space && i <= 3 && space[i] >= '0' && space[i] <= '9'; i++)
        status = status * 10 + (space[i] - '0');
    return spay_http_response_set_status(response, status) == SPAY_OK ? SPAY_OK : SPAY_E_PROTOCOL;
}

static spay_status take_field(spay_http_response *response, char *text)
{
    char *colon = strchr(text, ':');
    char *value = colon ? colon + 1 : text + strlen(text);

    if (!colon)
        return SPAY_OK;
    *colon = '\0';
    while (*value == ' ' || *value == '\t')
        value++;
    return spay_http_response_add_header(response, text, value);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    exchange *x = ctx;
    size_t length = size * count;
    char *text = spay__copy(bytes, length);
    size_t end;

    if (!text) {
        x->refused = SPAY_E_NO_MEMORY;
        return 0;
    }
    for (end = length; end && strchr("\r\n \t", text[end - 1]);)
        text[--end] = '\0';
    x->refused = strncmp(text, "HTTP/", 5) == 0 ? take_status_line(x->response, text)
                                                : take_field(x->response, text);
    spay__free(text);
    return x->refused == SPAY_OK ? length : 0;
}

/* ---- lines ---- */

static void close_line(line *closed)
{
    if (closed->easy)
        curl_easy_cleanup(closed->easy);
    if (closed->multi)
        (void)curl_multi_cleanup(closed->multi);
    spay__free(closed);
}

/* Options that libcurl was built to accept do not fail; one that does must not pass unnoticed. */
typedef struct setter {
    CURL *easy;
    CURLcode failed;
} setter;

static void note(setter *set, CURLcode code)
{
    if (!set->failed)
        set->failed = code;
}

#define SET(set, option, value) note(set, curl_easy_setopt((set)->easy, option, value))

/* Only what was asked for: no environment, no files, no helpers, no repetition. */
static void set_behaviour(setter *set)
{
    SET(set, CURLOPT_NOSIGNAL, 1L);
    SET(set, CURLOPT_QUICK_EXIT, 1L);
    SET(set, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(set, CURLOPT_FOLLOWLOCATION, 0L);
    SET(set, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(set, CURLOPT_PATH_AS_IS, 1L);
    SET(set, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(set, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(set, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(set, CURLOPT_POST, 1L);
    SET(set, CURLOPT_PREREQFUNCTION, on_ready);
    SET(set, CURLOPT_READFUNCTION, on_read);
    SET(set, CURLOPT_SEEKFUNCTION, on_seek);
    SET(set, CURLOPT_HEADERFUNCTION, on_header);
    SET(set, CURLOPT_WRITEFUNCTION, on_body);
}

static void set_authorities(setter *set, const settings *kept)
{
    struct curl_blob pem = {kept->ca_pem, kept->ca_pem ? strlen(kept->ca_pem) : 0, CURL_BLOB_COPY};

    if (!kept->ca_file && !kept->ca_pem)
        return;
    SET(set, CURLOPT_CAPATH, NULL);
    if (kept->ca_file)
        SET(set, CURLOPT_CAINFO, kept->ca_file);
    else
        SET(set, CURLOPT_CAINFO_BLOB, &pem);
}

static void set_tls(setter *set, const settings *kept)
{
    SET(set, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(set, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(set, CURLOPT_SSL_VERIFYHOST, 2L);
    set_authorities(set, kept);
    if (kept->certificate_file) {
        SET(set, CURLOPT_SSLCERT, kept->certificate_file);
        SET(set, CURLOPT_SSLKEY, kept->key_file);
        SET(set, CURLOPT_KEYPASSWD, kept->key_password.text);
    }
    if (kept->pinned_keys)
        SET(set, CURLOPT_PINNEDPUBLICKEY, kept->pinned_keys);
}

/* An empty proxy switches those of the environment off. */
static void set_proxy(setter *set, const settings *kept)
{
    SET(set, CURLOPT_PROXY, kept->proxy ? kept->proxy : "");
    SET(set, CURLOPT_NOPROXY, "");
    if (kept->proxy_credentials.text)
        SET(set, CURLOPT_PROXYUSERPWD, kept->proxy_credentials.text);
}

static line *open_line(const settings *kept)
{
    line *opened = spay__alloc(sizeof(*opened));
    setter set = {NULL, CURLE_OK};

    if (!opened)
        return NULL;
    opened->multi = curl_multi_init();
    opened->easy = curl_easy_init();
    set.easy = opened->easy;
    if (opened->multi && opened->easy) {
        set_behaviour(&set);
        set_tls(&set, kept);
        set_proxy(&set, kept);
        if (!set.failed)
            return opened;
    }
    close_line(opened);
    return NULL;
}

static void close_lines(line *first)
{
    while (first) {
        line *next = first->next;

        close_line(first);
        first = next;
    }
}

/*
 * A forked child must not touch its parent's connections: closing them would talk to the parent's
 * peers. So it forgets them.
 */
static void lock(pool *lines)
{
    spay__lock(&lines->lock);
    if (spay__forked(&lines->fork_generation)) {
        lines->idle = NULL;
        lines->idle_count = 0;
    }
}

/* The last one back goes out first: its connection is the freshest. */
static line *take_line(pool *lines)
{
    line *taken;

    lock(lines);
    taken = lines->idle;
    if (taken) {
        lines->idle = taken->next;
        lines->idle_count--;
    }
    spay__unlock(&lines->lock);
    return taken ? taken : open_line(&lines->settings);
}

static void give_back_line(pool *lines, line *taken)
{
    bool kept;

    lock(lines);
    kept = lines->idle_count < lines->most_idle;
    if (kept) {
        taken->next = lines->idle;
        lines->idle = taken;
        lines->idle_count++;
    }
    spay__unlock(&lines->lock);
    if (!kept)
        close_line(taken);
}

static void drop_connections(void *ctx)
{
    pool *lines = ctx;
    line *dropped;

    lock(lines);
    dropped = lines->idle;
    lines->idle = NULL;
    lines->idle_count = 0;
    spay__unlock(&lines->lock);
    close_lines(dropped);
}

/* ---- one exchange ---- */

static struct curl_slist *append_header(struct curl_slist *list, const char *name,
                                        const char *value, bool *failed)
{
    size_t name_length = strlen(name);
    size_t length = name_length + 2 + strlen(value);
    char *text = spay__alloc(length + 1);
    struct curl_slist *longer = NULL;

    if (text) {
        memcpy(text, name, name_length);
        memcpy(text + name_length, ": ", 2);
        memcpy(text + name_length + 2, value, length - name_length - 2);
        if (!*value)
            text[name_length + 1] = '\0'; /* "Name:" keeps libcurl from adding its own */
        longer = curl_slist_append(list, text);
    }
    spay__wipe_text(text);
    *failed = *failed || !longer;
    return longer ? longer : list;
}

static void free_headers(struct curl_slist *list)
{
    struct curl_slist *at;

    for (at = list; at; at = at->next)
        spay__wipe(at->data, strlen(at->data));
    curl_slist_free_all(list);
}

static struct curl_slist *make_headers(const spay_http_request *request, bool *failed)
{
    struct curl_slist *list = append_header(NULL, "Expect", "", failed);
    bool typed = false;
    size_t i;

    for (i = 0; i < spay_http_request_header_count(request); i++) {
        const char *name = spay_http_request_header_name(request, i);

        typed = typed || strcmp(name, "Content-Type") == 0;
        list = append_header(list, name, spay_http_request_header_value(request, i), failed);
    }
    return typed ? list : append_header(list, "Content-Type", "", failed);
}

static void set_exchange(setter *set, exchange *x, struct curl_slist *headers)
{
    x->body = spay_http_request_body(x->request, &x->body_left);
    SET(set, CURLOPT_URL, spay_http_request_url(x->request));
    SET(set, CURLOPT_HTTPHEADER, headers);
    SET(set, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body_left);
    SET(set, CURLOPT_TIMEOUT_MS, (long)spay_http_request_timeout_ms(x->request));
    SET(set, CURLOPT_CONNECTTIMEOUT_MS, (long)spay_http_request_connect_timeout_ms(x->request));
    SET(set, CURLOPT_ERRORBUFFER, x->message);
    SET(set, CURLOPT_PREREQDATA, x);
    SET(set, CURLOPT_READDATA, x);
    SET(set, CURLOPT_HEADERDATA, x);
    SET(set, CURLOPT_WRITEDATA, x);
}

/* Drive one transfer. true when it is over, with its result. */
static bool drive(line *taken, exchange *x, CURLcode *result)
{
    int running = 1;
    int left;
    CURLMsg *message;

    for (;;) {
        if (curl_multi_perform(taken->multi, &running) != CURLM_OK || !running)
            break;
        if (spay_http_request_is_canceled(x->request)) {
            x->refused = SPAY_E_CANCELED;
            return false;
        }
        (void)curl_multi_poll(taken->multi, NULL, 0, POLL_MS, NULL);
    }
    message = curl_multi_info_read(taken->multi, &left);
    if (message)
        *result = message->data.result;
    return message != NULL;
}

/* libcurl counts request bytes as they are handed to the kernel. */
static bool has_sent(CURL *easy)
{
    long bytes = 0;

    return curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &bytes) != CURLE_OK || bytes > 0;
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
    {CURLE_SEND_FAIL_REWIND, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_ABORTED_BY_CALLBACK, SPAY_E_NETWORK, "connection_lost"},
    {CURLE_WEIRD_SERVER_REPLY, SPAY_E_PROTOCOL, "not_http"},
    {CURLE_UNSUPPORTED_PROTOCOL, SPAY_E_PROTOCOL, "not_http"},
    {CURLE_HTTP2, SPAY_E_NETWORK, "connection_lost"},
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
    if (found->code == CURLE_SSL_CONNECT_ERROR && strstr(message, " in connection to ")) {
        found->status = SPAY_E_NETWORK;
        found->reason = "tls_handshake_cut";
    } else if (found->code == CURLE_SSL_CONNECT_ERROR &&
               (strstr(message, "unsupported protocol") || strstr(message, "protocol version"))) {
        found->reason = "tls_version";
    } else if (found->code == CURLE_RECV_ERROR && strstr(message, " alert ")) {
        found->status = SPAY_E_TLS;
        found->reason = "tls_refused_by_peer";
    }
}

static spay_status explain(CURL *easy, exchange *x, CURLcode code)
{
    double connected = 0;
    meaning found = {code, SPAY_E_INTERNAL, "transport_failed"};
    size_t i;

    for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == code)
            found = meanings[i];
    (void)curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME, &connected);
    if (code == CURLE_OPERATION_TIMEDOUT && !(connected > 0))
        found.reason = "connect_timeout";
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        found.reason = certificate_reason(easy);
    refine_tls(x->message, &found);
    if (x->refused != SPAY_OK) {
        found.status = x->refused;
        found.reason = NULL;
    }
    if (found.status != SPAY_OK)
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

static spay_status transfer(line *taken, exchange *x)
{
    CURLcode code = CURLE_OK;
    spay_status status;

    if (curl_multi_add_handle(taken->multi, taken->easy) != CURLM_OK)
        return SPAY_E_NO_MEMORY;
    if (drive(taken, x, &code) || x->refused != SPAY_OK)
        status = explain(taken->easy, x, code);
    else
        status = SPAY_E_INTERNAL;
    if (has_sent(taken->easy))
        spay_http_response_mark_sent(x->response);
    tell_timings(taken->easy, x->response);
    (void)curl_multi_remove_handle(taken->multi, taken->easy);
    return status;
}

static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    exchange x = {request, response, NULL, 0, false, SPAY_OK, ""};
    bool failed = false;
    struct curl_slist *headers = make_headers(request, &failed);
    line *taken = failed ? NULL : take_line(ctx);
    setter set = {taken ? taken->easy : NULL, CURLE_OK};
    spay_status status = SPAY_E_NO_MEMORY;

    if (taken) {
        set_exchange(&set, &x, headers);
        status = set.failed ? SPAY_E_INTERNAL : transfer(taken, &x);
        note(&set, curl_easy_setopt(taken->easy, CURLOPT_HTTPHEADER, NULL));
        note(&set, curl_easy_setopt(taken->easy, CURLOPT_ERRORBUFFER, NULL));
        give_back_line(ctx, taken);
    }
    free_headers(headers);
    return status;
}

/* ---- the transport ---- */

static void destroy(void *ctx)
{
    pool *lines = ctx;

    drop_connections(lines);
    free_settings(&lines->settings);
    spay__mutex_destroy(&lines->lock);
    spay__free(lines);
}

static CURLcode started;

static void start(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* libcurl wants to be started once, before any thread uses it; it is the program's to stop. */
static bool start_libcurl(void)
{
#ifndef SPAY_DISABLE_THREADS
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, start);
#else
    start();
#endif
    return started == CURLE_OK;
}

spay_status spay__curl_transport(const spay_client_options *options, spay_transport *transport,
                                 spay_error **error)
{
    pool *lines;

    if (!start_libcurl())
        return spay__fail(error, SPAY_E_INTERNAL, "libcurl could not be started");
    lines = spay__alloc(sizeof(*lines));
    if (!lines || spay__mutex_init(&lines->lock)) {
        spay__free(lines);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    }
    lines->most_idle =
        options->max_idle_connections ? options->max_idle_connections : DEFAULT_IDLE_LINES;
    lines->fork_generation = spay__fork_generation();
    if (!keep_settings(&lines->settings, options)) {
        destroy(lines);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    }
    spay_transport_init(transport, sizeof(*transport));
    transport->ctx = lines;
    transport->perform = perform;
    transport->drop_connections = drop_connections;
    transport->destroy = destroy;
    return SPAY_OK;
}
