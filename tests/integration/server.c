/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The server with a behaviour. Stopping it shuts its sockets down, which ends whatever a behaviour
 * waits for.
 */
#include "server.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>

#include "identity.h"

#if defined(MSG_NOSIGNAL)
#define SEND_FLAGS MSG_NOSIGNAL
#else
#define SEND_FLAGS 0
#endif

enum {
    LONGEST_HEAD = 8192,
    PEM_SIZE = 4096,
    BACKLOG = 512,
    SMALL_BUFFER = 4096,
    PATIENCE_MS = 10000
};

struct server {
    server_options options;
    int listener;
    int port;
    SSL_CTX *tls;
    char authority[PEM_SIZE];
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows, and the sockets of the connections */
    bool stopping;
    server_counts counts;
    server_connection *connections; /* all that were ever made */
};

struct server_connection {
    server_connection *next;
    server *of;
    pthread_t thread;
    int fd; /* -1: closed */
    int number;
    SSL *tls;
    char head[LONGEST_HEAD + 1];
    size_t head_length; /* bytes in it; its end may be missing */
    size_t length;      /* of the request, as far as it was read */
    size_t expected;    /* 0: not known yet */
    int64_t bytes_read;
    int64_t bytes_written;
    bool extra;
};

/* ---- the request ---- */

static void find_end(server_connection *c)
{
    const char *end;
    const char *line;
    size_t body = 0;

    c->head[c->head_length] = '\0';
    end = strstr(c->head, "\r\n\r\n");
    if (!end)
        return;
    for (line = c->head; line < end; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            body = (size_t)strtoul(line + 15, NULL, 10);
    c->expected = (size_t)(end - c->head) + 4 + body;
}

static bool is_whole(const server_connection *c)
{
    return c->expected && c->length >= c->expected;
}

static void take(server_connection *c, const char *bytes, size_t length)
{
    size_t room = LONGEST_HEAD - c->head_length;
    size_t kept = length < room ? length : room;

    memcpy(c->head + c->head_length, bytes, kept);
    c->head_length += kept;
    c->length += length;
    if (!c->expected)
        find_end(c);
    if (c->expected && c->length > c->expected)
        c->extra = true;
}

static void count_request(server_connection *c)
{
    (void)pthread_mutex_lock(&c->of->lock);
    if (is_whole(c))
        c->of->counts.whole++;
    else
        c->of->counts.partial++;
    (void)pthread_mutex_unlock(&c->of->lock);
}

static void begin_request(server_connection *c)
{
    c->head_length = 0;
    c->length = 0;
    c->expected = 0;
}

/* ---- bytes ---- */

/* 0 and below: the client is gone. */
static int receive(server_connection *c, char *bytes, size_t size)
{
    int got = c->tls ? SSL_read(c->tls, bytes, (int)size) : (int)recv(c->fd, bytes, size, 0);

    if (got > 0) {
        c->bytes_read += got;
        (void)pthread_mutex_lock(&c->of->lock);
        c->of->counts.bytes_read += got;
        (void)pthread_mutex_unlock(&c->of->lock);
    }
    return got;
}

/* Not beyond the end of the request, once that is known: the next one may follow. */
static bool read_more(server_connection *c, size_t most)
{
    char bytes[4096];
    int got;

    if (c->length < c->expected && most > c->expected - c->length)
        most = c->expected - c->length;
    got = c->fd < 0 ? 0 : receive(c, bytes, most < sizeof(bytes) ? most : sizeof(bytes));
    if (got > 0)
        take(c, bytes, (size_t)got);
    return got > 0;
}

bool server_read_request(server_connection *c)
{
    if (is_whole(c))
        begin_request(c);
    while (!is_whole(c))
        if (!read_more(c, SIZE_MAX))
            return false;
    count_request(c);
    return true;
}

bool server_read_bytes(server_connection *c, size_t count)
{
    size_t wanted;

    if (is_whole(c))
        begin_request(c);
    for (wanted = c->length + count; c->length < wanted && !is_whole(c);)
        if (!read_more(c, wanted - c->length))
            return false;
    if (is_whole(c))
        count_request(c);
    return true;
}

size_t server_request_length(const server_connection *c)
{
    return c->length;
}

const char *server_request_head(const server_connection *c)
{
    return c->head;
}

static bool send_some(server_connection *c, const char *bytes, size_t length, size_t *sent)
{
    ssize_t got = c->tls ? SSL_write(c->tls, bytes, length > 16384 ? 16384 : (int)length)
                         : send(c->fd, bytes, length, SEND_FLAGS);

    *sent = got > 0 ? (size_t)got : 0;
    return got > 0;
}

bool server_write(server_connection *c, const void *bytes, size_t length)
{
    const char *at = bytes;
    bool good = c->fd >= 0;

    while (good && length) {
        size_t sent;

        good = send_some(c, at, length, &sent);
        at += sent;
        length -= sent;
        c->bytes_written += (int64_t)sent;
        (void)pthread_mutex_lock(&c->of->lock);
        c->of->counts.bytes_written += (int64_t)sent;
        (void)pthread_mutex_unlock(&c->of->lock);
    }
    return good;
}

bool server_write_text(server_connection *c, const char *text)
{
    return server_write(c, text, strlen(text));
}

void server_write_ticket(server_connection *c)
{
    if (c->fd >= 0 && c->tls && SSL_new_session_ticket(c->tls) == 1)
        (void)SSL_do_handshake(c->tls);
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A request that goes on arriving is read on; so it is known whether it came whole. */
static bool read_on(server_connection *c)
{
    bool was_whole = is_whole(c);
    bool more = read_more(c, SIZE_MAX);

    if (!was_whole && is_whole(c))
        count_request(c);
    return more;
}

bool server_await_bytes(server_connection *c, int timeout_ms)
{
    struct pollfd ready = {c->fd, POLLIN, 0};

    return c->fd >= 0 && ((c->tls && SSL_pending(c->tls)) || poll(&ready, 1, timeout_ms) > 0);
}

bool server_await_gone(server_connection *c, int timeout_ms)
{
    int64_t end = now_ms() + timeout_ms;
    int64_t left = timeout_ms;

    while (c->fd >= 0) {
        if (!server_await_bytes(c, (int)left))
            return false;
        if (!read_on(c))
            return true;
        left = end - now_ms();
        left = timeout_ms < 0 ? -1 : left > 0 ? left : 0;
    }
    return true;
}

void server_await_stop(server_connection *c)
{
    const struct timespec moment = {0, 2000000};
    int64_t end = now_ms() + PATIENCE_MS;
    bool stopping = false;

    while (!stopping && now_ms() < end) {
        (void)nanosleep(&moment, NULL);
        (void)pthread_mutex_lock(&c->of->lock);
        stopping = c->of->stopping;
        (void)pthread_mutex_unlock(&c->of->lock);
    }
}

/* ---- ends ---- */

void server_shut_down(server_connection *c)
{
    if (c->fd < 0)
        return;
    if (c->tls)
        (void)SSL_shutdown(c->tls);
    (void)shutdown(c->fd, SHUT_WR);
}

void server_cut(server_connection *c)
{
    server *s = c->of;

    (void)pthread_mutex_lock(&s->lock);
    if (c->fd >= 0) {
        (void)close(c->fd);
        s->counts.open--;
        s->counts.extra += c->extra;
        s->counts.partial += c->length && !is_whole(c);
    }
    c->fd = -1;
    (void)pthread_mutex_unlock(&s->lock);
}

void server_reset(server_connection *c)
{
    struct linger at_once = {1, 0};

    if (c->fd >= 0)
        (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    server_cut(c);
}

int server_number(const server_connection *c)
{
    return c->number;
}

/* ---- threads ---- */

static void *serve(void *ctx)
{
    server_connection *c = ctx;
    bool ready = true;

    if (c->of->tls) {
        c->tls = SSL_new(c->of->tls);
        (void)SSL_set_fd(c->tls, c->fd);
        ready = SSL_accept(c->tls) == 1;
    }
    if (ready)
        c->of->options.behave(c, c->of->options.ctx);
    if (ready && c->fd >= 0 && c->tls)
        (void)SSL_shutdown(c->tls);
    server_cut(c);
    SSL_free(c->tls);
    ERR_clear_error();
    return NULL;
}

static void accept_one(server *s, int fd)
{
    server_connection *c = calloc(1, sizeof(*c));
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)pthread_mutex_lock(&s->lock);
    c->of = s;
    c->fd = fd;
    c->number = s->counts.connections + 1;
    if (s->stopping || pthread_create(&c->thread, NULL, serve, c) != 0) {
        (void)close(fd);
        free(c);
    } else {
        c->next = s->connections;
        s->connections = c;
        s->counts.connections++;
        s->counts.open++;
    }
    (void)pthread_mutex_unlock(&s->lock);
}

static void *accept_all(void *ctx)
{
    server *s = ctx;
    bool stopping = false;

    while (!stopping) {
        int fd = accept(s->listener, NULL, NULL);

        if (fd >= 0)
            accept_one(s, fd);
        (void)pthread_mutex_lock(&s->lock);
        stopping = s->stopping;
        (void)pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

/* Its threads leave SIGPIPE, which writing with OpenSSL can raise, to nobody. */
static void start_thread(server *s)
{
    sigset_t pipe;
    sigset_t before;

    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, &before);
    ck_assert_int_eq(pthread_create(&s->thread, NULL, accept_all, s), 0);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- starting and stopping ---- */

static struct sockaddr_in address_of(const char *text, int port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    (void)inet_pton(AF_INET, text ? text : "127.0.0.1", &address.sin_addr);
    address.sin_port = htons((unsigned short)port);
    return address;
}

/* Small segments make the client's buffer small, too. */
static void limit_buffers(int fd, int size)
{
    int segment = 536;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
}

static void open_listener(server *s)
{
    struct sockaddr_in address = address_of(s->options.address, 0);
    socklen_t length = sizeof(address);

    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(s->listener, 0);
    if (s->options.small_buffers)
        limit_buffers(s->listener, SMALL_BUFFER);
    ck_assert_int_eq(bind(s->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(s->listener, BACKLOG), 0);
    ck_assert_int_eq(getsockname(s->listener, (struct sockaddr *)&address, &length), 0);
    s->port = ntohs(address.sin_port);
}

static void open_tls(server *s)
{
    int version = s->options.tls_version ? s->options.tls_version : TLS1_3_VERSION;
    identity authority = identity_make_authority("authority of a test");
    identity own = identity_make_host(s->options.tls_self_signed ? NULL : &authority,
                                      s->options.tls_host, s->options.tls_days);

    identity_write(&authority, s->authority, sizeof(s->authority));
    s->tls = identity_context(&own, version);
    identity_free(&own);
    identity_free(&authority);
}

server *server_start(const server_options *options)
{
    server *s = calloc(1, sizeof(*s));

    ck_assert_ptr_nonnull(s);
    s->options = *options;
    (void)pthread_mutex_init(&s->lock, NULL);
    if (options->tls_host)
        open_tls(s);
    open_listener(s);
    start_thread(s);
    return s;
}

static void shut_all_down(server *s)
{
    server_connection *c;

    (void)pthread_mutex_lock(&s->lock);
    s->stopping = true;
    for (c = s->connections; c; c = c->next)
        if (c->fd >= 0)
            (void)shutdown(c->fd, SHUT_RDWR);
    (void)pthread_mutex_unlock(&s->lock);
}

void server_stop(server *stopped)
{
    if (!stopped)
        return;
    shut_all_down(stopped);
    (void)shutdown(stopped->listener, SHUT_RDWR);
    (void)pthread_join(stopped->thread, NULL);
    (void)close(stopped->listener);
    while (stopped->connections) {
        server_connection *freed = stopped->connections;

        stopped->connections = freed->next;
        (void)pthread_join(freed->thread, NULL);
        free(freed);
    }
    SSL_CTX_free(stopped->tls);
    (void)pthread_mutex_destroy(&stopped->lock);
    free(stopped);
}

int server_port(const server *s)
{
    return s->port;
}

const char *server_url(const server *s, const char *host, char url[64])
{
    if (!host)
        host = s->options.address ? s->options.address : "127.0.0.1";
    (void)snprintf(url, 64, "%s://%s:%d", s->options.tls_host ? "https" : "http", host, s->port);
    return url;
}

const char *server_authority(const server *s)
{
    return s->tls ? s->authority : NULL;
}

server_counts server_look(server *s)
{
    server_counts counts;

    (void)pthread_mutex_lock(&s->lock);
    counts = s->counts;
    (void)pthread_mutex_unlock(&s->lock);
    return counts;
}

bool server_await_closed(server *s, server_counts *counts)
{
    const struct timespec moment = {0, 200000};
    int64_t end = now_ms() + PATIENCE_MS;

    *counts = server_look(s);
    while (counts->open && now_ms() < end) {
        (void)nanosleep(&moment, NULL);
        *counts = server_look(s);
    }
    return counts->open == 0;
}

/* ---- the black hole ---- */

static bool begin_connecting(int *fd, const struct sockaddr_in *to)
{
    *fd = socket(AF_INET, SOCK_STREAM, 0);
    if (*fd < 0 || fcntl(*fd, F_SETFL, O_NONBLOCK) != 0)
        return false;
    return connect(*fd, (const struct sockaddr *)to, sizeof(*to)) == 0 || errno == EINPROGRESS;
}

/* On loopback a connection that is taken is there at once. */
static bool is_left_out(int fd)
{
    struct pollfd ready = {fd, POLLOUT, 0};

    return poll(&ready, 1, 20) == 0;
}

int black_hole_port(const black_hole *hole)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);

    memset(&address, 0, sizeof(address));
    (void)getsockname(hole->listener, (struct sockaddr *)&address, &length);
    return ntohs(address.sin_port);
}

bool black_hole_open(black_hole *hole, const char *address, int port)
{
    struct sockaddr_in at = address_of(address, port);
    size_t i;

    memset(hole, -1, sizeof(*hole));
    hole->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (hole->listener < 0 || bind(hole->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(hole->listener, 0) != 0)
        return false;
    at.sin_port = htons((unsigned short)black_hole_port(hole));
    for (i = 0; i < sizeof(hole->fillers) / sizeof(hole->fillers[0]); i++) {
        if (!begin_connecting(&hole->fillers[i], &at))
            return false;
        if (is_left_out(hole->fillers[i]))
            return true;
    }
    return false;
}

void black_hole_close(black_hole *hole)
{
    size_t i;

    for (i = 0; i < sizeof(hole->fillers) / sizeof(hole->fillers[0]); i++)
        if (hole->fillers[i] >= 0)
            (void)close(hole->fillers[i]);
    if (hole->listener >= 0)
        (void)close(hole->listener);
}
