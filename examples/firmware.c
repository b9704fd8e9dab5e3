/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Firmware: two checkout lanes, one thread, one poll(2), and neither libcurl nor threads. The
 * library says what to send and when; the socket, TLS and HTTP/1.1 are the program's, here with
 * OpenSSL. Each lane makes three sessions, one after the other, over a connection that it keeps.
 * The Enter key is the customers' cancel button.
 *
 *     make WITHOUT_CURL=1 DISABLE_THREADS=1
 *     build/bin/sessionpay-sandbox -- build/examples/firmware [MS]
 *
 * MS is how long an attempt may take. Against WePay's stage environment, set what wepay.c asks for.
 * Link with -lssl -lcrypto.
 *
 * Memory: whatever is here is static, messages are written and read in place, and connections are
 * kept, because opening one costs memory: thousands of blocks inside OpenSSL. From a connection's
 * second exchange on, the heap serves spay_call alone, and gets back from it all that it took.
 * OpenSSL has no way to the heap but the three functions below, and the program prints how often
 * an exchange made it go there. docs/firmware.md has the figures.
 *
 * A product would ask a resolver that does not block: getaddrinfo() does, whatever the deadline.
 */
#include <ctype.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "example.h"

enum {
    LANES = 2,
    SESSIONS = 3,
    BUFFER_SIZE = 4096, /* holds a request, and of a reply at least the longest line of its head */
    HOST_SIZE = 256,    /* "host:port" */
    BODY_LIMIT = 1 << 20, /* the library's own limit is lower; this one keeps numbers small */
    AGAIN = 1             /* no spay_status, none is positive: go on when the socket is ready */
};

/* Where an exchange is. */
enum phase {
    IDLE,
    CONNECTING,
    SENDING,
    RECEIVING
};

/* What comes next of a reply. */
enum part {
    STATUS_LINE,
    FIELD,
    BODY,
    BODY_UNTIL_END,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER,
    NOTHING
};

struct lane {
    int number;
    int made;
    spay_call *call;  /* NULL when all sessions are made */
    int64_t alarm;    /* when to step; in an exchange, when to give it up */
    int64_t deadline; /* of the exchange, once the connection stands */
    long heap_taken;  /* how often OpenSSL went to the heap for this exchange */
    enum phase phase;

    SSL *ssl; /* kept from one exchange to the next; NULL: no connection */
    char host[HOST_SIZE];
    short events; /* what the connection waits for */

    char request[BUFFER_SIZE];
    size_t length;
    size_t sent;

    char reply[BUFFER_SIZE];
    size_t begin; /* of what has been received and not read yet */
    size_t end;
    enum part part;
    size_t left; /* in this body or chunk */
    int keep;    /* whether the connection may be used again */
    int settled; /* whether it has been used before */
};

static struct lane lanes[LANES];
static SSL_CTX *tls;
static spay_wepay *wepay;
static int failures;

static int64_t now_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- OpenSSL's memory ------------------------------------------------------------------------ */

/* For each record OpenSSL wants a few small blocks for a moment. Once a connection is in use they
 * come from a pool: that leaves the heap alone. */
union block {
    union block *next;
    int64_t aligned;
    char bytes[64];
};

static union block pool[16];
static union block *spare;
static int pooling;
static long heap_taken; /* how often OpenSSL went to the heap */

static void *take(size_t size, const char *file, int line)
{
    union block *block = spare;

    (void)file;
    (void)line;
    if (pooling && block && size <= sizeof *block) {
        spare = block->next;
        return block;
    }
    heap_taken++;
    return malloc(size);
}

static int is_pooled(const void *memory)
{
    return (uintptr_t)memory - (uintptr_t)pool < sizeof pool;
}

static void give_back(void *memory, const char *file, int line)
{
    union block *block = memory;

    (void)file;
    (void)line;
    if (is_pooled(memory)) {
        block->next = spare;
        spare = block;
    } else {
        free(memory);
    }
}

static void *retake(void *memory, size_t size, const char *file, int line)
{
    if (!is_pooled(memory)) {
        heap_taken++;
        return realloc(memory, size);
    }
    if (size <= sizeof *pool)
        return memory;
    void *larger = take(size, file, line);
    if (larger) {
        memcpy(larger, memory, sizeof *pool);
        give_back(memory, file, line);
    }
    return larger;
}

static int pool_openssl(void)
{
    for (size_t i = 0; i < sizeof pool / sizeof *pool; i++)
        give_back(&pool[i], NULL, 0);
    return CRYPTO_set_mem_functions(take, retake, give_back) == 1;
}

/* ---- HTTP: a request into its buffer --------------------------------------------------------- */

/* Appends; a length beyond the buffer says that it did not fit. */
static void put(struct lane *lane, const char *format, ...)
{
    size_t room = sizeof lane->request - lane->length;
    va_list arguments;

    if (lane->length >= sizeof lane->request)
        return;
    va_start(arguments, format);
    lane->length += (size_t)vsnprintf(lane->request + lane->length, room, format, arguments);
    va_end(arguments);
}

/* Head and body in one piece, so that they leave in one. */
static int32_t write_request(struct lane *lane, const spay_http_request *request, const char *path)
{
    size_t length;
    const char *body = spay_http_request_body(request, &length);

    lane->length = lane->sent = 0;
    put(lane, "%s %s HTTP/1.1\r\nHost: %s\r\n", spay_http_request_method(request), path,
        lane->host);
    put(lane, "Content-Length: %lu\r\n", (unsigned long)length);
    for (size_t i = 0; i < spay_http_request_header_count(request); i++) {
        put(lane, "%s: %s\r\n", spay_http_request_header_name(request, i),
            spay_http_request_header_value(request, i));
    }
    put(lane, "\r\n");
    if (lane->length >= sizeof lane->request || length > sizeof lane->request - lane->length)
        return SPAY_E_LIMIT;
    memcpy(lane->request + lane->length, body, length);
    lane->length += length;
    return SPAY_OK;
}

/* ---- HTTP: a reply out of its buffer --------------------------------------------------------- */

/* The next line without its end; NULL if it is not all here. */
static char *next_line(struct lane *lane)
{
    char *line = lane->reply + lane->begin;
    char *end = memchr(line, '\n', lane->end - lane->begin);

    if (!end)
        return NULL;
    lane->begin = (size_t)(end + 1 - lane->reply);
    if (end > line && end[-1] == '\r')
        end--;
    *end = '\0';
    return line;
}

/* Into left: digits alone, or a chunk's size, which something may follow. */
static int32_t read_size(struct lane *lane, const char *text, size_t base)
{
    static const char digits[] = "0123456789abcdef";
    const char *first = text;
    const char *digit;

    lane->left = 0;
    while ((digit = memchr(digits, tolower((unsigned char)*text), base)) != NULL) {
        lane->left = lane->left * base + (size_t)(digit - digits);
        if (lane->left > BODY_LIMIT)
            return SPAY_E_LIMIT;
        text++;
    }
    if (text == first || (*text && (base == 10 || !strchr("; \t", *text))))
        return SPAY_E_PROTOCOL;
    return AGAIN;
}

static int32_t read_status_line(struct lane *lane, spay_http_response *response, const char *line)
{
    static const char version[] = "HTTP/1.";

    if (strncmp(line, version, strlen(version)) != 0 || strlen(line) < strlen("HTTP/1.1 200"))
        return SPAY_E_PROTOCOL;
    lane->keep = line[strlen(version)] != '0';
    lane->part = FIELD;
    line += strlen("HTTP/1.1 ");
    return spay_http_response_set_status(response, (int32_t)strtol(line, NULL, 10)) == SPAY_OK
               ? AGAIN
               : SPAY_E_PROTOCOL;
}

static int32_t read_field(spay_http_response *response, char *line)
{
    size_t name = strcspn(line, ": \t");
    char *value = line + name + 1;

    if (name == 0 || line[name] != ':')
        return SPAY_E_PROTOCOL;
    line[name] = '\0';
    value += strspn(value, " \t");
    for (char *end = value + strlen(value); end > value && strchr(" \t", end[-1]); end--)
        end[-1] = '\0';
    spay_status status = spay_http_response_add_header(response, line, value);
    return status == SPAY_OK ? AGAIN : status;
}

/* The head says where the reply ends. */
static int32_t end_head(struct lane *lane, const spay_http_response *response)
{
    int32_t status = spay_http_response_status(response);
    const char *connection = spay_http_response_header(response, "Connection");
    const char *coding = spay_http_response_header(response, "Transfer-Encoding");
    const char *length = spay_http_response_header(response, "Content-Length");

    if (connection && strcasecmp(connection, "keep-alive") != 0)
        lane->keep = 0;
    if (status < 200) { /* the true reply follows */
        lane->part = STATUS_LINE;
    } else if (status == 204 || status == 304) {
        lane->part = NOTHING;
    } else if (coding) {
        lane->part = CHUNK_SIZE;
        return length || strcasecmp(coding, "chunked") != 0 ? SPAY_E_PROTOCOL : AGAIN;
    } else if (length) {
        int32_t result = read_size(lane, length, 10);

        lane->part = lane->left ? BODY : NOTHING;
        return result;
    } else {
        lane->part = BODY_UNTIL_END;
    }
    return AGAIN;
}

static int32_t read_line(struct lane *lane, spay_http_response *response, char *line)
{
    int32_t result = AGAIN;

    switch (lane->part) {
    case STATUS_LINE:
        return read_status_line(lane, response, line);
    case FIELD:
        return *line ? read_field(response, line) : end_head(lane, response);
    case CHUNK_SIZE:
        result = read_size(lane, line, 16);
        lane->part = lane->left ? CHUNK : TRAILER;
        return result;
    case CHUNK_END:
        lane->part = CHUNK_SIZE;
        return *line ? SPAY_E_PROTOCOL : AGAIN;
    default: /* TRAILER */
        if (!*line)
            lane->part = NOTHING;
        return AGAIN;
    }
}

static int32_t read_body(struct lane *lane, spay_http_response *response)
{
    size_t length = lane->end - lane->begin;

    if (lane->part != BODY_UNTIL_END && length > lane->left)
        length = lane->left;
    spay_status status =
        spay_http_response_append_body(response, lane->reply + lane->begin, length);
    lane->begin += length;
    lane->left -= lane->part == BODY_UNTIL_END ? 0 : length;
    if (lane->left == 0 && lane->part != BODY_UNTIL_END)
        lane->part = lane->part == BODY ? NOTHING : CHUNK_END;
    return status == SPAY_OK ? AGAIN : status;
}

/* Makes room for more, unless one line fills the buffer. */
static int32_t make_room(struct lane *lane)
{
    lane->end -= lane->begin;
    memmove(lane->reply, lane->reply + lane->begin, lane->end);
    lane->begin = 0;
    return lane->end < sizeof lane->reply ? AGAIN : SPAY_E_LIMIT;
}

/* Reads on in what is here. SPAY_OK when that was the end of the reply. */
static int32_t read_reply(struct lane *lane, spay_http_response *response)
{
    int32_t result = AGAIN;

    while (result == AGAIN && lane->part != NOTHING && lane->begin < lane->end) {
        if (lane->part == BODY || lane->part == CHUNK || lane->part == BODY_UNTIL_END) {
            result = read_body(lane, response);
        } else {
            char *line = next_line(lane);

            if (!line)
                break;
            result = read_line(lane, response, line);
        }
    }
    if (result == AGAIN && lane->part == NOTHING)
        return SPAY_OK;
    return result == AGAIN ? make_room(lane) : result;
}

/* ---- The connection -------------------------------------------------------------------------- */

/* After OpenSSL could not go on: until the socket is ready, or for good. */
static int32_t wait_or_fail(struct lane *lane, int returned, spay_status failure)
{
    switch (SSL_get_error(lane->ssl, returned)) {
    case SSL_ERROR_WANT_READ:
        lane->events = POLLIN;
        return AGAIN;
    case SSL_ERROR_WANT_WRITE:
        lane->events = POLLOUT;
        return AGAIN;
    default:
        return failure;
    }
}

static void disconnect(struct lane *lane)
{
    if (lane->ssl && lane->phase == IDLE)
        SSL_shutdown(lane->ssl); /* says goodbye if that can be done at once */
    SSL_free(lane->ssl);         /* with its socket */
    lane->ssl = NULL;
    ERR_clear_error();
}

/* A connection that has something to say while nothing was asked is of no more use. */
static void look_after(struct lane *lane)
{
    char byte;

    ERR_clear_error();
    pooling = lane->settled;
    if (wait_or_fail(lane, SSL_read(lane->ssl, &byte, 1), SPAY_E_NETWORK) != AGAIN)
        disconnect(lane);
    pooling = 0;
}

/* A socket on its way to the host, or -1. */
static int open_socket(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int fd = -1;

    if (getaddrinfo(host, port, &hints, &found) == 0)
        fd = socket(found->ai_family, SOCK_STREAM, 0);
    if (fd >= 0) {
        fcntl(fd, F_SETFL, O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        connect(fd, found->ai_addr, found->ai_addrlen); /* a failure shows when bytes are sent */
    }
    if (found)
        freeaddrinfo(found);
    return fd;
}

/* The certificate must be for this name or address. */
static int expect_host(SSL *ssl, const char *host)
{
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1)
        return 1;
    return SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1;
}

/* A stack without sockets would put a BIO_METHOD of its own here. */
static int32_t connect_to(struct lane *lane)
{
    char host[HOST_SIZE];
    size_t length = strcspn(lane->host, ":");
    const char *port = lane->host[length] ? lane->host + length + 1 : "443";

    memcpy(host, lane->host, length);
    host[length] = '\0';
    int fd = open_socket(host, port);
    BIO *bio = fd >= 0 ? BIO_new_socket(fd, BIO_CLOSE) : NULL;
    if (!bio) {
        if (fd >= 0)
            close(fd);
        return SPAY_E_CONNECT;
    }
    lane->ssl = SSL_new(tls);
    if (!lane->ssl) {
        BIO_free(bio);
        return SPAY_E_NO_MEMORY;
    }
    SSL_set_bio(lane->ssl, bio, bio);
    return expect_host(lane->ssl, host) ? SPAY_OK : SPAY_E_INTERNAL;
}

static int32_t shake_hands(struct lane *lane)
{
    int returned = SSL_connect(lane->ssl);

    if (returned == 1)
        return SPAY_OK;
    int32_t result = wait_or_fail(lane, returned, SPAY_E_CONNECT);
    long verdict = SSL_get_verify_result(lane->ssl);
    if (result != AGAIN && verdict != X509_V_OK) {
        spay_http_response_set_failure(spay_call_response(lane->call), "tls_certificate_refused",
                                       X509_verify_cert_error_string(verdict));
        return SPAY_E_TLS;
    }
    return result;
}

static int32_t send_request(struct lane *lane)
{
    while (lane->sent < lane->length) {
        int n = SSL_write(lane->ssl, lane->request + lane->sent, (int)(lane->length - lane->sent));

        if (n <= 0)
            return wait_or_fail(lane, n, SPAY_E_NETWORK);
        lane->sent += (size_t)n;
    }
    return SPAY_OK;
}

/* One read at a time: a peer that never stops must not keep the loop from its clock. */
static int32_t receive_reply(struct lane *lane)
{
    int n = SSL_read(lane->ssl, lane->reply + lane->end, (int)(sizeof lane->reply - lane->end));

    if (n > 0) {
        lane->end += (size_t)n;
        lane->events = POLLIN;
        int32_t result = read_reply(lane, spay_call_response(lane->call));

        if (lane->part == NOTHING && lane->begin < lane->end) /* more than was asked for */
            lane->keep = 0;
        return result;
    }
    if (lane->part == BODY_UNTIL_END && SSL_get_error(lane->ssl, n) == SSL_ERROR_ZERO_RETURN) {
        lane->keep = 0;
        return SPAY_OK;
    }
    return wait_or_fail(lane, n, SPAY_E_NETWORK);
}

/* ---- One exchange, as far as it goes without blocking ---------------------------------------- */

/* Once bytes of the request may leave, the library must know; only then can it tell the outcome. */
static void begin_sending(struct lane *lane)
{
    spay_http_response_mark_sent(spay_call_response(lane->call));
    lane->alarm = lane->deadline;
    lane->phase = SENDING;
}

static int32_t advance(struct lane *lane)
{
    int32_t result = SPAY_OK;

    if (lane->phase == CONNECTING) {
        result = shake_hands(lane);
        if (result == SPAY_OK)
            begin_sending(lane);
    }
    if (lane->phase == SENDING) {
        result = send_request(lane);
        if (result == SPAY_OK)
            lane->phase = RECEIVING;
    }
    return lane->phase == RECEIVING ? receive_reply(lane) : result;
}

/* Tells the call how it went. Whether that means another attempt is for the call to decide. */
static void end_exchange(struct lane *lane, spay_status status)
{
    printf("lane %d: attempt %d %s; OpenSSL went to the heap %ld time(s)\n", lane->number,
           (int)spay_call_attempts(lane->call), status == SPAY_OK ? "answered" : "failed",
           lane->heap_taken);
    if (status != SPAY_OK || !lane->keep)
        disconnect(lane);
    lane->phase = IDLE;
    lane->settled = 1;
    lane->events = POLLIN;
    lane->alarm = now_ms(NULL);
    OPENSSL_cleanse(lane->request, sizeof lane->request); /* held the credentials */
    OPENSSL_cleanse(lane->reply, sizeof lane->reply);     /* and this a session */
    spay_call_respond(lane->call, status);
}

static void go_on(struct lane *lane)
{
    long before = heap_taken;

    ERR_clear_error();
    pooling = lane->settled;
    int32_t result = advance(lane);
    pooling = 0;
    lane->heap_taken += heap_taken - before;
    if (result != AGAIN)
        end_exchange(lane, result);
}

/* Gets ready for the host of a URL "https://host[:port]/path", on the connection that is there or
 * on a new one. */
static int32_t prepare(struct lane *lane, const spay_http_request *request)
{
    static const char scheme[] = "https://";
    const char *host = spay_http_request_url(request) + strlen(scheme);
    size_t length = strcspn(host, "/");

    if (strncmp(spay_http_request_url(request), scheme, strlen(scheme)) != 0 ||
        length >= sizeof lane->host || host[length] != '/')
        return SPAY_E_UNSUPPORTED;
    if (lane->ssl && (strncmp(lane->host, host, length) != 0 || lane->host[length]))
        disconnect(lane);
    memcpy(lane->host, host, length);
    lane->host[length] = '\0';

    int32_t result = write_request(lane, request, host + length);
    if (result == SPAY_OK && !lane->ssl) {
        lane->phase = CONNECTING;
        lane->settled = 0;
        result = connect_to(lane);
    } else if (result == SPAY_OK) {
        begin_sending(lane);
    }
    return result;
}

static void begin_exchange(struct lane *lane)
{
    const spay_http_request *request = spay_call_request(lane->call);

    lane->heap_taken = -heap_taken;
    lane->begin = lane->end = lane->left = 0;
    lane->part = STATUS_LINE;
    lane->deadline = now_ms(NULL) + spay_http_request_timeout_ms(request);
    lane->alarm = now_ms(NULL) + spay_http_request_connect_timeout_ms(request);
    int32_t result = prepare(lane, request);
    lane->heap_taken += heap_taken;
    if (result == SPAY_OK)
        go_on(lane);
    else
        end_exchange(lane, result);
}

/* ---- Between exchanges ----------------------------------------------------------------------- */

static void new_call(struct lane *lane)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_error *error = NULL;

    request.type = "mobile_session";
    request.account_id = example_need("SPAY_WEPAY_ACCOUNT_ID");
    if (spay_wepay_session_call_new(wepay, &request, NULL, &lane->call, &error) != SPAY_OK) {
        failures++;
        example_complain(error);
        spay_error_free(error);
    }
}

/* A failed call whose outcome is unknown may be made again with its key, and only with that one. */
static void take_session(const struct lane *lane)
{
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    if (spay_wepay_session_from_call(lane->call, &session, &error) == SPAY_OK) {
        printf("lane %d: session %s\n", lane->number, session->id);
    } else {
        failures++;
        printf("lane %d: outcome %s, key %s\n", lane->number,
               spay_outcome_name(spay_error_outcome(error)), spay_error_idempotency_key(error));
        example_complain(error);
    }
    spay_wepay_session_free(session);
    spay_error_free(error);
}

/* Asks the call what it wants next. */
static void step(struct lane *lane)
{
    switch (spay_call_step(lane->call)) {
    case SPAY_CALL_SEND:
        begin_exchange(lane);
        break;
    case SPAY_CALL_WAIT:
        lane->alarm = now_ms(NULL) + spay_call_wait_ms(lane->call);
        break;
    default:
        take_session(lane);
        spay_call_free(lane->call);
        lane->call = NULL;
        if (++lane->made < SESSIONS)
            new_call(lane);
    }
}

/* The library never reaches into an exchange: it says so, and the loop ends it. */
static void attend(struct lane *lane, int ready)
{
    ready = ready || (lane->ssl && SSL_pending(lane->ssl) > 0);
    if (lane->phase == IDLE && lane->ssl && ready)
        look_after(lane);
    else if (lane->phase != IDLE && ready)
        go_on(lane);

    int due = now_ms(NULL) >= lane->alarm;
    if (lane->phase == IDLE && due)
        step(lane);
    else if (spay_http_request_is_canceled(spay_call_request(lane->call)))
        end_exchange(lane, SPAY_E_CANCELED);
    else if (lane->phase != IDLE && due)
        end_exchange(lane, SPAY_E_TIMEOUT);
}

/* ---- The loop -------------------------------------------------------------------------------- */

/* True as long as the keyboard is worth watching. */
static int read_keyboard(void)
{
    char keys[64];

    if (read(STDIN_FILENO, keys, sizeof keys) <= 0)
        return 0;
    for (int i = 0; i < LANES; i++) {
        spay_call_cancel(lanes[i].call);
        if (lanes[i].phase == IDLE)
            lanes[i].alarm = now_ms(NULL); /* it waits for nothing any more */
    }
    return 1;
}

/* Waits until a socket is ready or an alarm is due; not at all if OpenSSL has read more from a
 * socket than was asked for. How many lanes are at work? */
static int wait_for_any(struct pollfd *fds)
{
    int64_t now = now_ms(NULL);
    int64_t alarm = now + 60000;
    int busy = 0;

    for (int i = 0; i < LANES; i++) {
        const struct lane *lane = &lanes[i];

        fds[i] = (struct pollfd){.fd = -1}; /* poll() skips it */
        if (lane->ssl)
            fds[i] = (struct pollfd){.fd = SSL_get_fd(lane->ssl), .events = lane->events};
        if (lane->call && lane->alarm < alarm)
            alarm = lane->alarm;
        if (lane->call && lane->ssl && SSL_pending(lane->ssl) > 0)
            alarm = now;
        busy += lane->call != NULL;
    }
    if (busy && poll(fds, LANES + 1, alarm > now ? (int)(alarm - now) : 0) < 0) {
        for (int i = 0; i <= LANES; i++)
            fds[i].revents = 0; /* a signal came */
    }
    return busy;
}

static void run(void)
{
    struct pollfd fds[LANES + 1];

    fds[LANES] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    while (wait_for_any(fds)) {
        if (fds[LANES].revents && !read_keyboard())
            fds[LANES].fd = -1;
        for (int i = 0; i < LANES; i++)
            if (lanes[i].call)
                attend(&lanes[i], fds[i].revents != 0);
    }
}

/* ---- Start-up -------------------------------------------------------------------------------- */

/* TLS 1.2 or later, and a peer that proves who it is. A device trusts the authority of its provider
 * and no other; its clock must be right, or no certificate is valid. */
static int open_tls(void)
{
    const char *ca_file = getenv("SPAY_CA_FILE");

    tls = SSL_CTX_new(TLS_client_method());
    if (!tls || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1)
        return 0;
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE);
    return ca_file ? SSL_CTX_load_verify_locations(tls, ca_file, NULL) == 1
                   : SSL_CTX_set_default_verify_paths(tls) == 1;
}

static spay_status open_account(int64_t attempt_ms, spay_error **error)
{
    spay_client *client = NULL;

    spay_platform platform = SPAY_PLATFORM_INIT;
    platform.monotonic_ms = now_ms; /* one clock for library and loop */

    spay_client_options engine = SPAY_CLIENT_OPTIONS_INIT;
    engine.platform = &platform;
    engine.attempt_timeout_ms = attempt_ms;

    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.base_url = getenv("SPAY_WEPAY_BASE_URL"); /* wins over environment */
    account.app_id = example_need("SPAY_WEPAY_APP_ID");
    account.app_token = example_need("SPAY_WEPAY_APP_TOKEN");

    spay_status status = spay_client_new(&engine, &client, error);
    if (status == SPAY_OK)
        status = spay_wepay_new(client, &account, &wepay, error);
    spay_client_free(client); /* the account keeps it alive */
    return status;
}

int main(int argc, char **argv)
{
    spay_error *error = NULL;

    signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an error, not the end */
    if (!pool_openssl() || !open_tls()) {
        fputs("OpenSSL could not be set up\n", stderr);
        return 1;
    }
    if (open_account(argc > 1 ? strtol(argv[1], NULL, 10) : 5000, &error) != SPAY_OK) {
        failures++;
        example_complain(error);
        spay_error_free(error);
    }
    for (int i = 0; i < LANES && !failures; i++) {
        lanes[i].number = i + 1;
        new_call(&lanes[i]);
    }
    run();

    for (int i = 0; i < LANES; i++)
        disconnect(&lanes[i]);
    spay_wepay_free(wepay);
    SSL_CTX_free(tls);
    return failures ? 1 : 0;
}
