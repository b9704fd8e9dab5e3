/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sockets that never block, and the functions in which the library waits. Its clock is ahead of the
 * machine's by what it would have waited.
 */
#include "server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum {
    MOST_PEERS = 32,
    MOST_REQUEST = 16384,
    PEM_SIZE = 2048,
    DAY_S = 24 * 60 * 60,
    FRAME_HEADER = 9,
    PREFACE = 24, /* bytes that come before the frames of a client */
    ARRIVAL_MS = 2
};

/* What comes after a piece. */
enum {
    CLOSE,
    MORE,   /* the next piece */
    LISTEN, /* the next piece, after the next request */
    SILENCE /* nothing for now */
};

typedef struct peer {
    int fd; /* -1: free */
    SSL *tls;
    bool greeted;
    int next;  /* CLOSE... */
    int heard; /* requests that are not answered */
    char request[MOST_REQUEST + 1];
    size_t length;
} peer;

struct server {
    int listener;
    int port;
    SSL_CTX *tls;
    char certificate[PEM_SIZE];
    server_speech speech;
    fuzz_input script;
    peer peers[MOST_PEERS];
    int requests;
    bool denied; /* it may have said that it processed less than it has read */
    bool served;
    int64_t ahead_us;
};

static server the_server = {.listener = -1};

/* ---- what arrives ---- */

/* TLS works on memory: OpenSSL would send without MSG_NOSIGNAL. */
static void flush(const peer *p)
{
    char bytes[4096];
    int length;

    while ((length = BIO_read(SSL_get_wbio(p->tls), bytes, sizeof(bytes))) > 0)
        (void)send(p->fd, bytes, (size_t)length, MSG_NOSIGNAL);
}

/* Over TLS it may take several turns until anything can be read. */
static ssize_t read_some(const peer *p, void *bytes, size_t size)
{
    char raw[4096];
    ssize_t length;
    size_t got = 0;

    if (!p->tls)
        return recv(p->fd, bytes, size, 0);
    while ((length = recv(p->fd, raw, sizeof(raw), 0)) > 0)
        REQUIRE(BIO_write(SSL_get_rbio(p->tls), raw, (int)length) == length);
    ERR_clear_error();
    if (SSL_is_init_finished(p->tls) || SSL_accept(p->tls) == 1)
        (void)SSL_read_ex(p->tls, bytes, size, &got);
    flush(p);
    return got ? (ssize_t)got : -1;
}

static bool speaks_frames(const peer *p)
{
    const unsigned char *chosen = NULL;
    unsigned length = 0;

    if (!p->tls)
        return the_server.speech.http2;
    SSL_get0_alpn_selected(p->tls, &chosen, &length);
    return length == 2;
}

/* The length of the whole request that came first; 0 if there is none. */
static size_t whole_request(const peer *p)
{
    const char *end = strstr(p->request, "\r\n\r\n");
    const char *length = strstr(p->request, "Content-Length: ");
    size_t size = end ? (size_t)(end + 4 - p->request) : 0;

    size += end && length ? strtoul(length + 16, NULL, 10) : 0;
    return size <= p->length ? size : 0;
}

/* The same of a frame, or of what precedes all frames. A request begins with HEADERS. */
static size_t whole_frame(const peer *p, bool *is_request)
{
    const unsigned char *head = (const unsigned char *)p->request;
    size_t size;

    *is_request = false;
    if (p->length >= PREFACE && memcmp(head, "PRI * ", 6) == 0)
        return PREFACE;
    if (p->length < FRAME_HEADER)
        return 0;
    size = FRAME_HEADER + ((size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2]);
    *is_request = head[3] == 1;
    return size <= p->length ? size : 0;
}

static size_t take_whole(server *s, peer *p)
{
    bool is_request = true;
    size_t size = speaks_frames(p) ? whole_frame(p, &is_request) : whole_request(p);

    if (size && is_request)
        p->heard++;
    if (size && is_request && speaks_frames(p))
        s->requests++;
    return size;
}

/* Returns whether anything came. */
static bool hear(server *s, peer *p)
{
    ssize_t got = read_some(p, p->request + p->length, MOST_REQUEST - p->length);
    size_t size;

    if (got <= 0)
        return false;
    if (!p->length && !speaks_frames(p) && *p->request == 'P') /* not of a client that wants TLS */
        s->requests++;
    p->length += (size_t)got;
    p->request[p->length] = '\0';
    while (p->length && (size = take_whole(s, p)) != 0) {
        p->length -= size;
        memmove(p->request, p->request + size, p->length + 1);
    }
    return true;
}

/* ---- what is said ---- */

static void write_all(const peer *p, bool beneath, const void *bytes, size_t length)
{
    if (!length)
        return;
    if (!p->tls || beneath) {
        (void)send(p->fd, bytes, length, MSG_NOSIGNAL);
        return;
    }
    (void)SSL_write(p->tls, bytes, (int)length);
    flush(p);
}

/* RST_STREAM and GOAWAY can tell the client that a request was not processed. */
static bool can_deny(uint32_t type)
{
    return type == 3 || type == 7;
}

static void write_frame(const peer *p, uint32_t type, fuzz_input *script, size_t length)
{
    uint8_t frame[FRAME_HEADER + 255] = {0};

    frame[2] = (uint8_t)length;
    frame[3] = (uint8_t)type;
    frame[4] = fuzz_byte(script);
    frame[8] = fuzz_byte(script);
    length = length < script->size ? length : script->size;
    if (length)
        memcpy(frame + FRAME_HEADER, script->data, length);
    write_all(p, false, frame, FRAME_HEADER + length);
    script->data += length;
    script->size -= length;
}

static void write_bytes(const peer *p, bool beneath, fuzz_input *script, size_t length)
{
    length = length < script->size ? length : script->size;
    write_all(p, beneath, script->data, length);
    script->data += length;
    script->size -= length;
}

/* Orderly, or so that the other side hears of a reset. */
static void hang_up(peer *p, bool reset)
{
    struct linger at_once = {1, 0};

    if (reset)
        (void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    else if (p->tls && SSL_shutdown(p->tls) >= 0)
        flush(p);
    SSL_free(p->tls);
    (void)close(p->fd);
    p->fd = -1;
}

/* One piece. bits of "how": 0-1 what comes after it, 2 reset, 3 beneath TLS, 4-7 its frame, or long. */
static void say(server *s, peer *p)
{
    uint32_t how = fuzz_byte(&s->script);
    size_t length = fuzz_byte(&s->script);
    bool beneath = how & 8;

    s->denied =
        s->denied || (speaks_frames(p) && (beneath || how >> 4 >= 12 || can_deny(how >> 4)));
    if (speaks_frames(p) && !beneath && how >> 4 < 12)
        write_frame(p, how >> 4, &s->script, length);
    else
        write_bytes(p, beneath, &s->script, how & 16 ? 16 * length : length);
    p->next = (int)(how & 3);
    p->heard -= p->heard > 0;
    if (p->next == CLOSE || (!s->script.size && p->next != SILENCE))
        hang_up(p, how & 4);
}

/* HTTP/2 begins with settings; which do not matter. */
static void greet(peer *p)
{
    static const uint8_t settings[FRAME_HEADER] = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    p->greeted = true;
    if (speaks_frames(p))
        write_all(p, false, settings, sizeof(settings));
}

static bool has_to_speak(const server *s, const peer *p)
{
    if (p->next == SILENCE)
        return s->script.size != 0;
    return p->next == MORE || p->heard > 0;
}

/* Returns whether anything happened. */
static bool serve_peer(server *s, peer *p)
{
    bool came = hear(s, p);

    if (p->tls && !SSL_is_init_finished(p->tls))
        return came;
    if (!p->greeted)
        greet(p);
    if (came || !has_to_speak(s, p))
        return came;
    say(s, p);
    return p->next != SILENCE;
}

static bool welcome(server *s)
{
    int fd = accept(s->listener, NULL, NULL);

    if (fd < 0)
        return false;
    for (peer *p = s->peers; p < s->peers + MOST_PEERS; p++)
        if (p->fd < 0) {
            *p = (peer){.fd = fd, .next = LISTEN};
            (void)fcntl(fd, F_SETFL, O_NONBLOCK);
            p->tls = s->speech.tls ? SSL_new(s->tls) : NULL;
            if (p->tls)
                SSL_set_bio(p->tls, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
            return true;
        }
    (void)close(fd);
    return true;
}

static bool serve(server *s)
{
    bool any = false;

    while (welcome(s))
        any = true;
    for (peer *p = s->peers; p < s->peers + MOST_PEERS; p++)
        any = (p->fd >= 0 && serve_peer(s, p)) || any;
    return any;
}

/* ---- the library waits ---- */

int __real_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
CURLMcode __real_curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned count,
                                 int timeout_ms, int *ready);
CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned count,
                                 int timeout_ms, int *ready);
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __real_nanosleep(const struct timespec *duration, struct timespec *left);
int __wrap_nanosleep(const struct timespec *duration, struct timespec *left);

/* Loopback takes no time, except on a machine that has other things to do. */
static int time_to_arrive(bool said, int timeout_ms)
{
    return said && timeout_ms ? ARRIVAL_MS : 0;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    server *s = &the_server;
    int ready;
    bool said;

    if (!s->served)
        return __real_poll(fds, count, timeout_ms);
    said = serve(s);
    ready = __real_poll(fds, count, time_to_arrive(said, timeout_ms));
    if (!ready)
        s->ahead_us += timeout_ms > 0 ? timeout_ms * INT64_C(1000) : 0;
    return ready;
}

CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned count,
                                 int timeout_ms, int *ready)
{
    server *s = &the_server;
    bool said = serve(s);
    CURLMcode code =
        __real_curl_multi_poll(multi, fds, count, time_to_arrive(said, timeout_ms), ready);

    if (!*ready)
        s->ahead_us += timeout_ms > 0 ? timeout_ms * INT64_C(1000) : 0;
    return code;
}

int __wrap_nanosleep(const struct timespec *duration, struct timespec *left)
{
    (void)left;
    the_server.ahead_us += duration->tv_sec * INT64_C(1000000) + duration->tv_nsec / 1000;
    return 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = __real_clock_gettime(clock, now);
    int64_t us = now->tv_nsec / 1000 + the_server.ahead_us % 1000000;

    if (!the_server.served)
        return result;
    now->tv_sec += (time_t)(the_server.ahead_us / 1000000 + us / 1000000);
    now->tv_nsec = (long)(us % 1000000) * 1000;
    return result;
}

/* ---- the server ---- */

static int choose(SSL *tls, const unsigned char **chosen, unsigned char *length,
                  const unsigned char *offered, unsigned offered_length, void *ctx)
{
    const server *s = ctx;
    unsigned char *found = NULL;

    (void)tls;
    if (!s->speech.http2 ||
        SSL_select_next_proto(&found, length, (const unsigned char *)"\2h2", 3, offered,
                              offered_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

static X509 *sign_itself(EVP_PKEY *key)
{
    X509 *made = X509_new();
    X509_EXTENSION *address = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    X509_NAME *name = X509_NAME_new();

    REQUIRE(made && address && name && X509_set_version(made, 2) == 1);
    REQUIRE(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"fuzz", -1, -1,
                                       0) == 1);
    REQUIRE(X509_set_subject_name(made, name) == 1 && X509_set_issuer_name(made, name) == 1);
    REQUIRE(ASN1_INTEGER_set(X509_get_serialNumber(made), 1) == 1);
    REQUIRE(X509_gmtime_adj(X509_getm_notBefore(made), -DAY_S));
    REQUIRE(X509_gmtime_adj(X509_getm_notAfter(made), 365L * DAY_S));
    REQUIRE(X509_set_pubkey(made, key) == 1 && X509_add_ext(made, address, -1) == 1);
    REQUIRE(X509_sign(made, key, EVP_sha256()) > 0);
    X509_EXTENSION_free(address);
    X509_NAME_free(name);
    return made;
}

static void prepare_tls(server *s)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = sign_itself(key);
    BIO *text = BIO_new(BIO_s_mem());

    s->tls = SSL_CTX_new(TLS_server_method());
    REQUIRE(s->tls && text && PEM_write_bio_X509(text, certificate) == 1);
    REQUIRE(BIO_read(text, s->certificate, PEM_SIZE - 1) > 0);
    REQUIRE(SSL_CTX_use_certificate(s->tls, certificate) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(s->tls, key) == 1);
    SSL_CTX_set_alpn_select_cb(s->tls, choose, s);
    BIO_free(text);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void listen_anywhere(server *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(bind(s->listener, (struct sockaddr *)&address, length) == 0 &&
            listen(s->listener, MOST_PEERS) == 0);
    REQUIRE(fcntl(s->listener, F_SETFL, O_NONBLOCK) == 0);
    REQUIRE(getsockname(s->listener, (struct sockaddr *)&address, &length) == 0);
    s->port = ntohs(address.sin_port);
}

server *server_get(void)
{
    server *s = &the_server;

    if (s->listener >= 0)
        return s;
    for (int i = 0; i < MOST_PEERS; i++)
        s->peers[i].fd = -1;
    listen_anywhere(s);
    prepare_tls(s);
    return s;
}

int server_port(const server *s)
{
    return s->port;
}

const char *server_certificate(const server *s)
{
    return s->certificate;
}

void server_begin(server *s, server_speech speech, fuzz_input script)
{
    s->speech = speech;
    s->script = script;
    s->requests = 0;
    s->denied = false;
    s->ahead_us = 0;
    s->served = true;
}

/* What was sent before the client closed may not have been heard. */
int server_end(server *s)
{
    for (peer *p = s->peers; p < s->peers + MOST_PEERS; p++)
        if (p->fd >= 0) {
            while (hear(s, p))
                continue;
            hang_up(p, true);
        }
    s->served = false;
    return s->denied ? 0 : s->requests;
}
