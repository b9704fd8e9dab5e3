/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Connections on libcurl's CURLOPT_CONNECT_ONLY. Each has a multi handle of its own: in a shared
 * one libcurl may close an idle connection to make room for another, and newer versions take
 * waiting input for a fault. Once connected, only curl_easy_send() and curl_easy_recv() are called.
 */
#include "connection.h"

#include <string.h>

#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <sessionpay/multi.h>

#include "base/alloc.h"
#include "base/crypto.h"
#include "base/thread.h"
#include "connecting.h"
#include "monotonic.h"
#include "settings.h"

/*
 * While it connects, libcurl does not tell of all that it waits for: between two addresses it has
 * neither a socket nor a timer for it. So it is asked soon after something has happened, and then
 * less and less often.
 */
enum {
    SHORTEST_TICK_US = 1000,
    LONGEST_TICK_US = 50000,
    TLS_RECORD = 16 * 1024
};

/*
 * A socket that libcurl waits for is watched through a duplicate: libcurl closes some of its own
 * before it says so, when the number may already be that of another file.
 */
typedef struct watched_socket {
    curl_socket_t original;
    int duplicate;
} watched_socket;

typedef struct curl_connection {
    spay__connection base;
    const spay__curl_settings *settings;
    const spay__watcher *watcher;
    CURL *easy;
    CURLM *multi;
    spay__connecting connecting;
    int64_t timer_us;  /* libcurl's; -1: it needs none */
    int64_t looked_us; /* when libcurl was asked last */
    int64_t tick_us;   /* when to ask it again, at the latest */
    watched_socket sockets[SPAY__MOST_SOCKETS];
    int socket_count;
} curl_connection;

static curl_connection *curl_of(spay__connection *connection)
{
    return (curl_connection *)connection;
}

/* ---- what libcurl says ---- */

static watched_socket *find_socket(curl_connection *c, curl_socket_t original)
{
    int i;

    for (i = 0; i < c->socket_count; i++)
        if (c->sockets[i].original == original)
            return &c->sockets[i];
    return NULL;
}

/* NULL: libcurl has to do without, and is asked often enough. */
static watched_socket *add_socket(curl_connection *c, curl_socket_t original)
{
    watched_socket *added = &c->sockets[c->socket_count];

    if (c->socket_count == SPAY__MOST_SOCKETS)
        return NULL;
    added->original = original;
    added->duplicate = fcntl((int)original, F_DUPFD_CLOEXEC, 0);
    if (added->duplicate < 0)
        return NULL;
    c->socket_count++;
    return added;
}

static void drop_socket(curl_connection *c, watched_socket *dropped)
{
    int fd = dropped->duplicate;

    *dropped = c->sockets[--c->socket_count];
    (void)c->watcher->watch(c->watcher->ctx, &c->base, fd, 0);
    (void)close(fd);
}

static void drop_sockets(curl_connection *c)
{
    while (c->socket_count)
        drop_socket(c, &c->sockets[0]);
}

static int on_watch(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
    static const int32_t events[] = {0, SPAY_SOCKET_READ, SPAY_SOCKET_WRITE,
                                     SPAY_SOCKET_READ | SPAY_SOCKET_WRITE, 0};
    curl_connection *c = ctx;
    watched_socket *found = find_socket(c, fd);

    (void)socket_ctx;
    if (found && !events[what])
        drop_socket(c, found);
    if (!events[what] || easy != c->easy) /* newer versions tell of a descriptor of their own */
        return 0;
    if (!found)
        found = add_socket(c, fd);
    if (found && !c->watcher->watch(c->watcher->ctx, &c->base, found->duplicate, events[what]))
        c->base.status = SPAY_E_NO_MEMORY;
    return 0;
}

/*
 * libcurl does not repeat a timer that comes early, so it hears of it only when it is due: hence
 * the millisecond more.
 */
static int on_timer(CURLM *multi, long delay_ms, void *ctx)
{
    curl_connection *c = ctx;

    (void)multi;
    c->timer_us = delay_ms < 0 ? -1 : spay__now_us() + ((int64_t)delay_ms + (delay_ms > 0)) * 1000;
    return 0;
}

/* ---- connecting ---- */

static int32_t fail(spay__connection *connection, spay_status status, const char *reason,
                    const char *message)
{
    connection->status = status;
    connection->reason = reason;
    connection->message = message;
    return status;
}

/*
 * If OpenSSL has no memory to begin the verification of a certificate, newer versions of libcurl take
 * that for one without a fault.
 */
static bool is_trusted(const curl_connection *c)
{
    const spay__connecting *made = &c->connecting;

    return !c->settings->trust || ((made->tls.trusted || !c->base.encrypted) &&
                                   (made->proxy_tls.trusted || !made->proxy_tls.started));
}

static int32_t establish(curl_connection *c)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    drop_sockets(c);
    if (!is_trusted(c))
        return spay__connecting_fail(&c->connecting, CURLE_OUT_OF_MEMORY);
    if (curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
        return fail(&c->base, SPAY_E_INTERNAL, "transport_failed", "libcurl tells no socket");
    c->base.fd = (int)fd;
    spay__connecting_done(&c->connecting);
    c->base.http2 = c->connecting.tls.http2_chosen;
    c->base.connected = true;
    return SPAY_OK;
}

/* Any call of libcurl may fail, if only for lack of memory: such a connection is given up. */
static int32_t conclude(curl_connection *c, CURLMcode code)
{
    const CURLMsg *message;
    int left;

    c->looked_us = spay__now_us();
    spay__connecting_note(&c->connecting);
    if (code == CURLM_OUT_OF_MEMORY || c->base.status != SPAY_OK)
        return fail(&c->base, SPAY_E_NO_MEMORY, NULL, "out of memory");
    if (code != CURLM_OK)
        return fail(&c->base, SPAY_E_INTERNAL, "transport_failed", curl_multi_strerror(code));
    message = curl_multi_info_read(c->multi, &left);
    if (!message && spay__connecting_lacks_memory(&c->connecting))
        return spay__connecting_fail(&c->connecting, CURLE_OUT_OF_MEMORY);
    if (!message)
        return SPAY__AGAIN;
    return message->data.result == CURLE_OK
               ? establish(c)
               : spay__connecting_fail(&c->connecting, message->data.result);
}

static int32_t known_result(const spay__connection *connection)
{
    return connection->connected ? SPAY_OK : connection->status;
}

static bool is_settled(const spay__connection *connection)
{
    return connection->connected || connection->status != SPAY_OK;
}

static CURLMcode act(curl_connection *c, curl_socket_t fd, int events)
{
    CURLMcode code;
    int running;

    spay__hold_forks();
    code = curl_multi_socket_action(c->multi, fd, events, &running);
    spay__let_fork();
    return code;
}

/*
 * Let libcurl go on wherever it can, and tell which sockets it then waits for. The function that
 * does both is deprecated because it is slow with many transfers; here there is one.
 */
static CURLMcode act_on_all(curl_connection *c)
{
    CURLMcode code;
    int running;

    spay__hold_forks();
    if (c->watcher) {
        CURL_IGNORE_DEPRECATION(code = curl_multi_socket_all(c->multi, &running);)
    } else {
        code = curl_multi_perform(c->multi, &running);
    }
    spay__let_fork();
    return code;
}

void spay__connection_explain_timeout(spay__connection *connection)
{
    spay__connecting_explain(&curl_of(connection)->connecting, SPAY_E_TIMEOUT, "not ready in time");
}

int32_t spay__connection_advance(spay__connection *connection)
{
    curl_connection *c = curl_of(connection);
    bool due = c->timer_us >= 0 && spay__now_us() >= c->timer_us;

    if (is_settled(connection))
        return known_result(connection);
    c->tick_us = 2 * c->tick_us < LONGEST_TICK_US ? 2 * c->tick_us : LONGEST_TICK_US;
    if (!due)
        return conclude(c, act_on_all(c));
    c->timer_us = -1;
    return conclude(c, act(c, CURL_SOCKET_TIMEOUT, 0));
}

int32_t spay__connection_on_socket(spay__connection *connection, int fd, int32_t events)
{
    int bits = (events & SPAY_SOCKET_READ ? CURL_CSELECT_IN : 0) |
               (events & SPAY_SOCKET_WRITE ? CURL_CSELECT_OUT : 0) |
               (events & SPAY_SOCKET_ERROR ? CURL_CSELECT_ERR : 0);
    curl_connection *c = curl_of(connection);
    int i = 0;

    if (is_settled(connection))
        return known_result(connection);
    while (i < c->socket_count && c->sockets[i].duplicate != fd)
        i++;
    if (i == c->socket_count)
        return SPAY__AGAIN;
    c->tick_us = SHORTEST_TICK_US;
    return conclude(c, act(c, c->sockets[i].original, bits));
}

int64_t spay__connection_due_ms(const spay__connection *connection)
{
    const curl_connection *c = (const curl_connection *)connection;
    int64_t at = c->looked_us + c->tick_us;
    int64_t left;

    if (c->timer_us >= 0 && c->timer_us < at)
        at = c->timer_us;
    left = at - spay__now_us();
    return left > 0 ? (left + 999) / 1000 : 0;
}

/* ---- waiting ---- */

void spay__connection_wait(spay__connection *connection, int32_t events, int64_t timeout_ms)
{
    curl_connection *c = curl_of(connection);
    int64_t due = connection->connected ? timeout_ms : spay__connection_due_ms(connection);
    int timeout = (int)(due < timeout_ms ? due : timeout_ms);
    struct pollfd socket = {connection->fd, 0, 0};

    if (!connection->connected) {
        int ready = 0;

        (void)curl_multi_poll(c->multi, NULL, 0, timeout, &ready);
        if (ready)
            c->tick_us = SHORTEST_TICK_US;
        return;
    }
    socket.events = (short)((events & SPAY_SOCKET_READ ? POLLIN : 0) |
                            (events & SPAY_SOCKET_WRITE ? POLLOUT : 0));
    (void)poll(&socket, 1, timeout);
}

bool spay__connection_watch(spay__connection *connection, int32_t events)
{
    const spay__watcher *watcher = curl_of(connection)->watcher;

    if (!watcher || connection->watched == events)
        return true;
    connection->watched = events;
    return watcher->watch(watcher->ctx, connection, connection->fd, events);
}

/* ---- bytes ---- */

/* What libcurl says of it depends on its version: that the connection is gone is all we take. */
static int32_t fail_in_use(curl_connection *c, CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY)
        return fail(&c->base, SPAY_E_NO_MEMORY, NULL, "out of memory");
    if (!c->base.bytes_received && spay__tls_is_refused(&c->connecting.tls))
        return fail(&c->base, SPAY_E_TLS, "tls_refused_by_peer",
                    c->settings->certificate_file ? "the peer refuses the client certificate"
                                                  : "the peer wants a client certificate");
    return fail(&c->base, SPAY_E_NETWORK, "connection_lost",
                "the connection broke before a reply came");
}

/* A peer that refuses us says so before it closes the connection: read it while it is there. */
static void hear_alert(curl_connection *c)
{
    size_t received;
    char byte;

    if (!c->base.bytes_sent && !c->base.bytes_received)
        (void)curl_easy_recv(c->easy, &byte, 1, &received);
}

/*
 * With TLS no more than a record at a time: OpenSSL writes one after the other, and if the
 * connection breaks after some of them, it does not tell how many went out.
 */
int32_t spay__connection_send(spay__connection *connection, const void *bytes, size_t length,
                              size_t *sent)
{
    curl_connection *c = curl_of(connection);
    CURLcode code;

    *sent = 0;
    if (connection->encrypted && length > TLS_RECORD)
        length = TLS_RECORD;
    spay__hold_forks();
    code = curl_easy_send(c->easy, bytes, length, sent);
    if (code != CURLE_OK && code != CURLE_AGAIN)
        hear_alert(c);
    spay__let_fork();
    connection->bytes_sent += *sent;
    if (code == CURLE_OK && *sent)
        return SPAY_OK;
    return code == CURLE_OK || code == CURLE_AGAIN ? SPAY__AGAIN : fail_in_use(c, code);
}

/*
 * libcurl takes the end of a TCP connection for one that TLS vouches for. Where it does TLS in its
 * own way there is no telling.
 */
static bool is_end(const curl_connection *c)
{
    return !c->connecting.tls.ready || c->connecting.tls.closed;
}

int32_t spay__connection_receive(spay__connection *connection, void *buffer, size_t size,
                                 size_t *received)
{
    curl_connection *c = curl_of(connection);
    CURLcode code;

    *received = 0;
    spay__hold_forks();
    code = curl_easy_recv(c->easy, buffer, size, received);
    spay__let_fork();
    connection->bytes_received += *received;
    if (code == CURLE_OK && (*received || is_end(c)))
        return SPAY_OK;
    return code == CURLE_AGAIN ? SPAY__AGAIN : fail_in_use(c, code);
}

bool spay__connection_is_usable(spay__connection *connection)
{
    size_t received;
    char byte;

    if (connection->is_usable)
        return connection->is_usable(connection);
    return spay__connection_receive(connection, &byte, 1, &received) == SPAY__AGAIN;
}

bool spay__connection_reserve(spay__connection *connection, size_t length)
{
    char *larger;

    if (length <= connection->capacity)
        return true;
    larger = spay__alloc_bytes(length);
    if (!larger)
        return false;
    spay__free(connection->buffer);
    connection->buffer = larger;
    connection->capacity = length;
    return true;
}

/* ---- opening and closing ---- */

/*
 * Do not wait for a name server when closing. libcurl 8.20 moved the option from the handle to the
 * multi handle; older ones refuse it.
 */
static void leave_quickly(CURLM *multi)
{
#if LIBCURL_VERSION_NUM >= 0x081400
    (void)curl_multi_setopt(multi, CURLMOPT_QUICK_EXIT, 1L);
#else
    (void)curl_multi_setopt(multi, (CURLMoption)21, 1L);
#endif
}

static bool set_up(curl_connection *c, const spay__target *target)
{
    spay__curl_setter set = {c->easy, CURLE_OK};

    leave_quickly(c->multi);
    spay__curl_settings_set(target->settings, &set);
    SPAY__CURL_SET(&set, CURLOPT_URL, target->origin);
    SPAY__CURL_SET(&set, CURLOPT_CONNECTTIMEOUT_MS, (long)target->timeout_ms);
    spay__connecting_set(&c->connecting, &set);
    if (!c->base.encrypted)
        SPAY__CURL_SET(&set, CURLOPT_PROXY, ""); /* loopback is reached directly */
    if (!target->watcher)
        return !set.failed;
    return !set.failed &&
           curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_watch) == CURLM_OK &&
           curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c) == CURLM_OK &&
           curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c) == CURLM_OK;
}

static bool start(curl_connection *c, const spay__target *target)
{
    bool started;

    spay__hold_forks();
    c->easy = curl_easy_init();
    c->multi = curl_multi_init();
    started = c->easy && c->multi && set_up(c, target) &&
              curl_multi_add_handle(c->multi, c->easy) == CURLM_OK;
    spay__let_fork();
    return started;
}

spay__connection *spay__connection_open(const spay__target *target)
{
    curl_connection *c = spay__alloc(sizeof(*c));

    if (!c)
        return NULL;
    c->settings = target->settings;
    c->watcher = target->watcher;
    c->timer_us = -1;
    c->tick_us = SHORTEST_TICK_US;
    c->base.fd = -1;
    c->base.encrypted = strncmp(target->origin, "https:", 6) == 0;
    spay__connecting_begin(&c->connecting, &c->base, target->settings,
                           strstr(target->origin, "://") + 3);
    c->connecting.tls.http2 = target->http2 && target->settings->trust && c->base.encrypted;
    if (spay__connection_reserve(&c->base, SPAY__CONNECTION_BUFFER) && start(c, target))
        return &c->base;
    spay__connection_close(&c->base);
    return NULL;
}

void spay__connection_close(spay__connection *connection)
{
    curl_connection *c = curl_of(connection);

    if (!connection)
        return;
    if (connection->connected)
        (void)spay__connection_watch(connection, 0);
    drop_sockets(c);
    if (connection->on_close)
        connection->on_close(connection);
    spay__hold_forks();
    if (c->multi && c->easy)
        (void)curl_multi_remove_handle(c->multi, c->easy);
    curl_easy_cleanup(c->easy);
    (void)curl_multi_cleanup(c->multi);
    spay__connecting_clear(&c->connecting);
    spay__let_fork();
    spay__free(connection->buffer);
    spay__free(c);
}
