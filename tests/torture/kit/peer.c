/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The badly behaved provider: a thread for each connection, in a process of its own.
 */
#include "torture/kit/peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/accounts.h"
#include "torture/kit/torture.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20
#endif

enum {
    LOOK_MS = 5,
    LONGEST_REQUEST = 65536,
    BACKLOG = 256
};

typedef struct connection {
    peer_board *board;
    int fd;
    int onward; /* to the sandbox, or -1 */
    int32_t number;
    int32_t commands; /* seen when it began */
    int32_t received;
    int32_t answers;
    size_t length;
    char text[LONGEST_REQUEST + 1];
} connection;

int32_t peer_get(const int32_t *number)
{
    return __atomic_load_n(number, __ATOMIC_ACQUIRE);
}

void peer_set(int32_t *number, int32_t value)
{
    __atomic_store_n(number, value, __ATOMIC_RELEASE);
}

static int32_t add(int32_t *number, int32_t amount)
{
    return __atomic_add_fetch(number, amount, __ATOMIC_ACQ_REL);
}

static void pause_ms(int32_t duration_ms)
{
    struct timespec pause;

    pause.tv_sec = duration_ms / 1000;
    pause.tv_nsec = (long)(duration_ms % 1000) * 1000000L;
    (void)nanosleep(&pause, NULL);
}

/* ---- ending a connection ---- */

static void make_reset(int fd)
{
    struct linger at_once = {1, 0};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

static void forget(const connection *c)
{
#ifdef TCP_REPAIR
    int on = 1;

    if (setsockopt(c->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) == 0)
        return;
#endif
    peer_set(&c->board->refused_forget, 1);
}

static bool is_commanded(const connection *c)
{
    return peer_get(&c->board->command_count) != c->commands;
}

static void obey(const connection *c)
{
    int32_t command = peer_get(&c->board->command);

    if (command == PEER_RESET_ALL)
        make_reset(c->fd);
    if (command == PEER_FORGET_ALL)
        forget(c);
}

/* ---- reading ---- */

static bool is_deaf(const connection *c)
{
    struct pollfd ready = {c->fd, POLLIN, 0};
    bool deaf = peer_get(&c->board->deaf) || c->number <= peer_get(&c->board->deaf_until);

    if (deaf && poll(&ready, 1, 0) > 0)
        peer_set(&c->board->waiting, c->number);
    return deaf;
}

/* Wait for bytes. false: the connection is to end. */
static bool await_bytes(const connection *c)
{
    struct pollfd ready = {c->fd, POLLIN, 0};

    while (!is_commanded(c)) {
        if (is_deaf(c))
            pause_ms(LOOK_MS);
        else if (poll(&ready, 1, LOOK_MS) > 0 && !is_deaf(c))
            return true;
    }
    return false;
}

static bool note_bytes(connection *c, ssize_t got)
{
    int32_t limit = peer_get(&c->board->reset_after);

    if (got <= 0) {
        (void)add(&c->board->farewells, 1);
        return false;
    }
    c->received += (int32_t)got;
    (void)add(&c->board->bytes, (int32_t)got);
    if (limit && c->received >= limit) {
        /* After a farewell, a reset makes the other side's next write an EPIPE. */
        if (limit % 2)
            (void)shutdown(c->fd, SHUT_WR);
        make_reset(c->fd);
        return false;
    }
    return true;
}

static size_t body_length(const char *head)
{
    const char *line = strstr(head, "\r\nContent-Length:");

    return line ? (size_t)strtoul(line + 17, NULL, 10) : 0;
}

/* How long the request at the front of the buffer is; 0 if it is not complete. */
static size_t request_length(connection *c)
{
    char *end;
    size_t length;

    c->text[c->length] = '\0';
    end = strstr(c->text, "\r\n\r\n");
    if (!end)
        return 0;
    length = (size_t)(end - c->text) + 4 + body_length(c->text);
    return c->length >= length ? length : 0;
}

static bool read_request(connection *c, size_t *length)
{
    while ((*length = request_length(c)) == 0) {
        ssize_t got;

        if (c->length == LONGEST_REQUEST || !await_bytes(c))
            return false;
        got = recv(c->fd, c->text + c->length, LONGEST_REQUEST - c->length, 0);
        if (!note_bytes(c, got))
            return false;
        c->length += (size_t)got;
    }
    return true;
}

static void copy_header(const char *text, const char *name, char out[PEER_KEY_SIZE])
{
    const char *found = strstr(text, name);
    size_t length = found ? strcspn(found + strlen(name), "\r\n") : 0;

    if (length >= PEER_KEY_SIZE)
        length = PEER_KEY_SIZE - 1;
    if (length)
        memcpy(out, found + strlen(name), length);
    out[length] = '\0';
}

static bool is_token_request(const connection *c)
{
    return strncmp(c->text, "POST /authorize", 15) == 0;
}

static void copy_key(const connection *c, char out[PEER_KEY_SIZE])
{
    static const char *const names[] = {
        "Unique-Key: ", "Idempotency-Key: ", "X-GCS-Idempotence-Key: "};
    size_t i = 0;

    while (i < 2 && !strstr(c->text, names[i]))
        i++;
    copy_header(c->text, names[i], out);
    if (is_token_request(c))
        memcpy(out, "token", 6);
}

/* What becomes of a request; each takes one of those that the modes are for. */
static int32_t mode_of(const connection *c)
{
    peer_board *board = c->board;
    int32_t left = peer_get(&board->mode_count);

    if (left > 0)
        peer_set(&board->mode_count, left > 1 ? left - 1 : -1);
    if (left < 0)
        return PEER_ANSWER;
    return peer_get(is_token_request(c) ? &board->token_mode : &board->session_mode);
}

static bool makes_session(const connection *c, int32_t mode)
{
    return !is_token_request(c) && mode != PEER_BUSY && mode != PEER_DECLINE &&
           mode != PEER_THROTTLE && mode != PEER_CONFLICT;
}

static void note_request(const connection *c, int32_t mode)
{
    peer_board *board = c->board;
    int32_t place = __atomic_fetch_add(&board->requests, 1, __ATOMIC_ACQ_REL);
    peer_request *noted = &board->log[place % PEER_MOST_REQUESTS];

    noted->connection = c->number;
    noted->made = makes_session(c, mode);
    copy_key(c, noted->key);
    (void)add(is_token_request(c) ? &board->tokens : &board->sessions, 1);
}

/* ---- answering ---- */

static bool send_all(const connection *c, const char *bytes, size_t length)
{
    while (length) {
        ssize_t sent = send(c->fd, bytes, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* A byte a second, for as long as anyone listens. */
static bool drip(const connection *c, const char *bytes, size_t length)
{
    int64_t next = torture_now_ms();

    for (; length && !is_commanded(c); length--) {
        if (!send_all(c, bytes++, 1))
            return false;
        next += 1000;
        while (torture_now_ms() < next && !is_commanded(c))
            pause_ms(LOOK_MS);
    }
    return false;
}

static bool stay_silent(const connection *c)
{
    while (!is_commanded(c)) {
        struct pollfd ready = {c->fd, 0, 0};

        if (poll(&ready, 1, LOOK_MS) > 0 && (ready.revents & (POLLERR | POLLHUP)))
            return false;
    }
    return false;
}

static account_kind account_of(const connection *c)
{
    if (strstr(c->text, "/hosted-fields-sessions "))
        return ACCOUNT_HOSTED_FIELDS;
    if (strncmp(c->text, "POST /client/", 13) == 0)
        return ACCOUNT_CONNECT_CLIENT;
    return strncmp(c->text, "POST /v1/", 9) == 0 ? ACCOUNT_CONNECT_SERVER : ACCOUNT_WEPAY;
}

static size_t write_reply(char *out, size_t size, const char *start, const char *body)
{
    return (size_t)snprintf(out, size,
                            "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                            "Content-Length: %zu\r\n\r\n%s",
                            start, strlen(body), body);
}

static size_t make_answer(const connection *c, char *out, size_t size, bool whole)
{
    const account_facts *facts = account_facts_of(account_of(c));
    char token[128];
    char body[1024];

    (void)snprintf(token, sizeof(token), "{\"access_token\":\"token-%d\",\"expires_in\":%d}",
                   (int)peer_get(&c->board->tokens), (int)peer_get(&c->board->token_lifetime_s));
    (void)snprintf(body, sizeof(body), "%s", is_token_request(c) ? token : facts->reply);
    if (!whole)
        body[strlen(body) / 2] = '\0';
    return write_reply(out, size,
                       is_token_request(c) || facts->status == 200 ? "200 Fine" : "201 Made", body);
}

/* The errors of the providers, each in its own format. */
static const char *const refusals[ACCOUNT_KINDS] = {
    "{\"error_code\":\"INVALID_PARAMS\",\"error_message\":\"Not good.\",\"details\":"
    "[{\"target\":[\"type\"],\"reason_code\":\"PARAM_IS_MISSING\",\"message\":\"Not there.\"}]}",
    "{\"type\":\"https://docs.payroc.com/api/errors#bad-request\",\"title\":\"Bad request\","
    "\"status\":400,\"detail\":\"Not good.\",\"errors\":[{\"parameter\":\"scenario\","
    "\"message\":\"Not there.\"}]}",
    NULL,
    "{\"errorId\":\"0d4c9b52\",\"errors\":[{\"code\":\"20000000\",\"propertyName\":\"locale\","
    "\"message\":\"Not good.\",\"httpStatusCode\":400}]}",
    "{\"errorId\":\"0d4c9b53\",\"errors\":[{\"code\":\"20000000\",\"propertyName\":\"domainName\","
    "\"message\":\"Not good.\",\"httpStatusCode\":400}]}",
};

static size_t make_refusal(const connection *c, char *out, size_t size, int32_t mode)
{
    const char *start = mode == PEER_BUSY       ? "503 Busy"
                        : mode == PEER_THROTTLE ? "429 Too many"
                        : mode == PEER_CONFLICT ? "409 Conflict"
                                                : "400 Refused";
    char line[80];

    (void)snprintf(line, sizeof(line), "%s\r\nRetry-After: %d", start,
                   (int)peer_get(&c->board->retry_after_s));
    return write_reply(out, size, mode == PEER_BUSY || mode == PEER_THROTTLE ? line : start,
                       mode == PEER_BUSY ? "{}" : refusals[account_of(c)]);
}

static bool answer(connection *c, int32_t mode)
{
    char text[4096];
    peer_board *board = c->board;
    size_t length = make_answer(c, text, sizeof(text), mode != PEER_BAD_REPLY);
    size_t head = (size_t)(strstr(text, "\r\n\r\n") + 4 - text);
    int32_t limit = peer_get(&board->close_after);

    pause_ms(peer_get(&board->answer_late));
    switch (mode) {
    case PEER_SILENT:
        return stay_silent(c);
    case PEER_DRIP_HEADER:
        return drip(c, text, length);
    case PEER_DRIP_BODY:
        return send_all(c, text, head) && drip(c, text + head, length - head);
    case PEER_RESET:
        make_reset(c->fd);
        return false;
    case PEER_BUSY:
    case PEER_DECLINE:
    case PEER_THROTTLE:
    case PEER_CONFLICT:
        length = make_refusal(c, text, sizeof(text), mode);
        break;
    default:
        break;
    }
    return send_all(c, text, length) && (++c->answers != limit);
}

static void serve(connection *c)
{
    size_t length;

    while (read_request(c, &length)) {
        int32_t mode = mode_of(c);

        note_request(c, mode);
        if (!answer(c, mode))
            return;
        memmove(c->text, c->text + length, c->length - length);
        c->length -= length;
    }
}

/* ---- passing on ---- */

static void make_prompt(int fd)
{
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    make_prompt(fd);
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool pass_up(connection *c)
{
    ssize_t got = recv(c->fd, c->text, LONGEST_REQUEST, 0);

    return note_bytes(c, got) && send(c->onward, c->text, (size_t)got, MSG_NOSIGNAL) == got;
}

static bool pass_down(connection *c)
{
    ssize_t got = recv(c->onward, c->text, LONGEST_REQUEST, 0);

    return got > 0 && send_all(c, c->text, (size_t)got);
}

static void relay(connection *c)
{
    bool going = c->onward >= 0;

    while (going && !is_commanded(c)) {
        struct pollfd ready[2] = {{c->fd, POLLIN, 0}, {c->onward, POLLIN, 0}};

        if (is_deaf(c)) {
            pause_ms(LOOK_MS);
            continue;
        }
        if (poll(ready, 2, LOOK_MS) <= 0 || is_deaf(c))
            continue;
        if (ready[0].revents)
            going = pass_up(c);
        if (going && ready[1].revents)
            going = pass_down(c);
    }
    if (c->onward >= 0)
        close(c->onward);
}

/* ---- the process ---- */

static void *keep_company(void *ctx)
{
    connection *c = ctx;

    if (peer_get(&c->board->relay_port)) {
        c->onward = connect_to((uint16_t)peer_get(&c->board->relay_port));
        relay(c);
    } else {
        serve(c);
    }
    if (is_commanded(c))
        obey(c);
    close(c->fd);
    (void)add(&c->board->open, -1);
    free(c);
    return NULL;
}

static void welcome(peer_board *board, int fd)
{
    connection *c = calloc(1, sizeof(*c));
    pthread_t thread;

    if (!c) {
        close(fd);
        return;
    }
    make_prompt(fd);
    c->board = board;
    c->fd = fd;
    c->onward = -1;
    c->commands = peer_get(&board->command_count);
    (void)add(&board->open, 1);
    c->number = add(&board->accepted, 1);
    if (pthread_create(&thread, NULL, keep_company, c) == 0) {
        (void)pthread_detach(thread);
        return;
    }
    (void)add(&board->open, -1);
    close(fd);
    free(c);
}

/* Until the program that started us is gone. */
static void run(peer_board *board, int listener, int lifeline)
{
    struct pollfd ready[2] = {{listener, POLLIN, 0}, {lifeline, POLLIN, 0}};

    (void)signal(SIGPIPE, SIG_IGN);
    for (;;) {
        if (poll(ready, 2, -1) < 0)
            continue;
        if (ready[1].revents)
            _exit(0);
        if (ready[0].revents) {
            int fd = accept(listener, NULL, NULL);

            if (fd >= 0)
                welcome(board, fd);
        }
    }
}

static int listen_on(uint16_t *port)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(*port);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, BACKLOG) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &length) == 0) {
        *port = ntohs(address.sin_port);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool launch(peer *started)
{
    int listener = listen_on(&started->port);
    int line[2];

    if (listener < 0 || pipe(line) != 0) {
        if (listener >= 0)
            close(listener);
        return false;
    }
    fflush(NULL);
    started->process = fork();
    if (started->process == 0) {
        close(line[1]);
        run(started->board, listener, line[0]);
    }
    close(listener);
    close(line[0]);
    started->lifeline = line[1];
    return started->process > 0;
}

bool peer_start(peer *started, uint16_t port)
{
    memset(started, 0, sizeof(*started));
    started->port = port;
    started->lifeline = -1;
    started->board = mmap(NULL, sizeof(*started->board), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (started->board == MAP_FAILED) {
        started->board = NULL;
        return false;
    }
    started->board->token_lifetime_s = 3600;
    return launch(started);
}

void peer_kill(peer *started)
{
    if (started->process > 0) {
        (void)kill(started->process, SIGKILL);
        while (waitpid(started->process, NULL, 0) < 0 && errno == EINTR)
            continue;
        close(started->lifeline);
        peer_set(&started->board->open, 0);
    }
    started->process = 0;
}

bool peer_revive(peer *killed)
{
    return launch(killed);
}

void peer_stop(peer *started)
{
    peer_kill(started);
    if (started->board)
        (void)munmap(started->board, sizeof(*started->board));
    started->board = NULL;
}

const char *peer_url(const peer *started, const char *scheme, char url[40])
{
    snprintf(url, 40, "%s://127.0.0.1:%u", scheme, (unsigned)started->port);
    return url;
}

static bool is_empty(void *ctx)
{
    return peer_get(ctx) == 0;
}

bool peer_command(peer *started, int32_t command)
{
    peer_set(&started->board->command, command);
    (void)add(&started->board->command_count, 1);
    return torture_await(is_empty, &started->board->open, 10000);
}

const char *peer_refutes(const spay_error *error, int32_t seen)
{
    if (!error)
        return seen == 1 ? NULL : "a session without a request";
    if (seen != spay_error_requests_sent(error))
        return "requests that are not counted";
    return seen && spay_error_outcome(error) == SPAY_OUTCOME_NOT_SENT ? "sent, but told as not sent"
                                                                      : NULL;
}
