/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Firmware: two checkout lanes, one thread, one poll(2), and neither libcurl nor threads. The
 * library says what to send and when, and turns requests into bytes and bytes into replies; the
 * socket and TLS are the program's, here with OpenSSL. Each lane makes three sessions, one after the
 * other, over a connection that it keeps. The Enter key is the customers' cancel button.
 *
 *     make WITHOUT_CURL=1 DISABLE_THREADS=1
 *     build/bin/sessionpay-sandbox -- build/examples/firmware [MS]
 *
 * MS is how long an attempt may take. Against WePay's stage environment, set what wepay.c asks for.
 * Link with -lssl -lcrypto.
 *
 * Memory: whatever is here is static, and connections are kept, because opening one costs memory:
 * thousands of blocks inside OpenSSL. From a connection's second exchange on, only spay_call uses
 * the heap, and it frees all that it allocated.
 * OpenSSL reaches the heap only through the three functions below, and the program prints how often
 * an exchange made it go there. docs/firmware.md has the figures.
 *
 * A product would ask a resolver that does not block: getaddrinfo() does, whatever the deadline.
 */
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "example.h"

enum {
    LANES = 2,
    SESSIONS = 3,
    BUFFER_SIZE = 4096, /* holds a request */
    HOST_SIZE = 256,    /* "host:port" */
    AGAIN = 1           /* no spay_status, none is positive: go on when the socket is ready */
};

/* Where an exchange is. */
enum phase {
    IDLE,
    CONNECTING,
    SENDING,
    RECEIVING
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
    int keep;    /* whether the connection may be used again */
    int settled; /* whether it has been used before */
};

static struct lane lanes[LANES];
static char received[BUFFER_SIZE]; /* by whichever lane reads */
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
        free(memory); /* NOLINT(clang-analyzer-unix.Malloc): it is not in the pool */
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
        SSL_shutdown(lane->ssl); /* sends close_notify if that can be done at once */
    SSL_free(lane->ssl);         /* with its socket */
    lane->ssl = NULL;
    ERR_clear_error();
}

/* A connection on which something arrives unasked is not used again. */
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
        (void)connect(fd, found->ai_addr,
                      found->ai_addrlen); /* a failure shows when bytes are sent */
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

/* One read at a time: a peer that never stops must not keep the loop from its timers. */
static int32_t receive_reply(struct lane *lane)
{
    spay_http_response *response = spay_call_response(lane->call);
    int n = SSL_read(lane->ssl, received, sizeof received);
    int32_t result;

    if (n > 0)
        result = spay_http_response_decode(response, received, (size_t)n);
    else if (SSL_get_error(lane->ssl, n) == SSL_ERROR_ZERO_RETURN)
        result = spay_http_response_decode_end(response);
    else
        return wait_or_fail(lane, n, SPAY_E_NETWORK);
    lane->events = POLLIN;
    lane->keep = result == SPAY_DECODE_KEEP;
    if (result == SPAY_DECODE_MORE)
        return AGAIN;
    return result < 0 ? result : SPAY_OK;
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
    OPENSSL_cleanse(received, sizeof received);           /* and this a session */
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

    lane->sent = 0;
    lane->length = spay_http_request_encode(request, lane->request, sizeof lane->request);
    if (lane->length > sizeof lane->request)
        return SPAY_E_LIMIT;
    if (lane->ssl) {
        begin_sending(lane);
        return SPAY_OK;
    }
    lane->phase = CONNECTING;
    lane->settled = 0;
    return connect_to(lane);
}

static void begin_exchange(struct lane *lane)
{
    const spay_http_request *request = spay_call_request(lane->call);

    lane->heap_taken = -heap_taken;
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

/* True while the keyboard has to be watched. */
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
