/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Hostile answers: a peer that sends too much, too deep or without end. The call ends by its
 * deadline with a clear status, in little memory, on a thread with a stack of 64 KiB; on the
 * session endpoint as on the token endpoint. Client and peer are processes of their own, so that
 * memory and stack are the client's alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"

#if ALL_PROVIDERS

enum {
    KIB = 1024,
    MIB = 1024 * 1024,
    SMALL_STACK = 64 * KIB,
    MOST_GROWTH_KIB = 16 * KIB,
    TIMEOUT_MS = 1500,
    GRACE_MS = 2000 /* how much later the call may end on a busy machine */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the peer ---- */

typedef struct sink {
    int fd;
    bool broken; /* the client has had enough */
} sink;

static void send_bytes(sink *out, const char *bytes, size_t length)
{
    while (length && !out->broken) {
        ssize_t sent = send(out->fd, bytes, length, MSG_NOSIGNAL);

        if (sent <= 0 && errno != EINTR)
            out->broken = true;
        else if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
}

static void send_text(sink *out, const char *text)
{
    send_bytes(out, text, strlen(text));
}

/* A piece again and again, in larger portions. */
static void send_times(sink *out, const char *piece, size_t length, size_t times)
{
    static char many[64 * KIB];
    size_t fit = sizeof(many) / length;
    size_t i;

    for (i = 0; i < fit; i++)
        memcpy(many + i * length, piece, length);
    for (; times && !out->broken; times -= times < fit ? times : fit)
        send_bytes(out, many, length * (times < fit ? times : fit));
}

static void repeat(sink *out, const char *piece, size_t times)
{
    send_times(out, piece, strlen(piece), times);
}

static void send_head(sink *out, size_t length, const char *fields)
{
    char head[512];

    (void)snprintf(head, sizeof(head),
                   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s"
                   "Content-Length: %zu\r\n\r\n",
                   fields, length);
    send_text(out, head);
}

#define OPEN_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define CHUNKED OPEN_HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define FOREVER SIZE_MAX

static void array_of_8_mib(sink *out)
{
    send_head(out, 8 * MIB, "");
    send_text(out, "[0");
    repeat(out, ",0", 4 * MIB - 2);
    send_text(out, " ]");
}

static void array_of_200_kib(sink *out)
{
    send_head(out, 200 * KIB, "");
    send_text(out, "[0");
    repeat(out, ",0", 100 * KIB - 2);
    send_text(out, " ]");
}

static void object_of_9000_members(sink *out)
{
    send_head(out, 9 + 9000 * 7 + 1, "");
    send_text(out, "{\"id\":\"a\"");
    repeat(out, ",\"a\":12", 9000);
    send_text(out, "}");
}

static void depth_of_a_million(sink *out)
{
    send_head(out, 2000000, "");
    repeat(out, "[", 1000000);
    repeat(out, "]", 1000000);
}

static void depth_of_130000(sink *out)
{
    send_head(out, 260000, "");
    repeat(out, "[", 130000);
    repeat(out, "]", 130000);
}

static void objects_40000_deep(sink *out)
{
    send_head(out, 40000 * 6 + 1, "");
    repeat(out, "{\"a\":", 40000);
    send_text(out, "1");
    repeat(out, "}", 40000);
}

static void text_of_8_mib(sink *out)
{
    send_head(out, 8 * MIB, "");
    send_text(out, "{\"id\":\"");
    repeat(out, "a", 8 * MIB - 9);
    send_text(out, "\"}");
}

static void hundred_thousand_headers(sink *out)
{
    send_text(out, OPEN_HEAD);
    repeat(out, "X-More: and more\r\n", 100000);
    send_text(out, "Content-Length: 2\r\n\r\n{}");
}

static void headers_without_end(sink *out)
{
    send_text(out, OPEN_HEAD);
    repeat(out, "X-More: and more\r\n", FOREVER);
}

static void header_of_60_kib(sink *out)
{
    send_text(out, OPEN_HEAD "X-Long: ");
    repeat(out, "a", 60 * KIB);
    send_text(out, "\r\nContent-Length: 2\r\n\r\n{}");
}

static void header_of_10_mib(sink *out)
{
    send_text(out, OPEN_HEAD "X-Long: ");
    repeat(out, "a", 10 * MIB);
    send_text(out, "\r\nContent-Length: 2\r\n\r\n{}");
}

static void header_name_of_10_mib(sink *out)
{
    send_text(out, OPEN_HEAD);
    repeat(out, "a", 10 * MIB);
    send_text(out, ": b\r\nContent-Length: 2\r\n\r\n{}");
}

static void folded_header_without_end(sink *out)
{
    send_text(out, OPEN_HEAD "X-Long: a\r\n");
    repeat(out, " folded on and on\r\n", FOREVER);
}

static void status_line_without_end(sink *out)
{
    send_text(out, "HTTP/1.1 200 ");
    repeat(out, "O", FOREVER);
}

static void no_http_without_end(sink *out)
{
    repeat(out, "not HTTP at all, ", FOREVER);
}

static void nul_in_header(sink *out)
{
    static const char head[] = OPEN_HEAD "X-Nul: a\0b\r\nContent-Length: 2\r\n\r\n{}";

    send_bytes(out, head, sizeof(head) - 1);
}

static void body_without_end(sink *out)
{
    send_text(out, OPEN_HEAD "\r\n{\"a\":[0");
    repeat(out, ",0", FOREVER);
}

static void blanks_without_end(sink *out)
{
    send_text(out, OPEN_HEAD "\r\n");
    repeat(out, " \r\n\t", FOREVER);
}

static void chunks_without_end(sink *out)
{
    send_text(out, CHUNKED);
    repeat(out, "10\r\n{\"aaaaaaaa\":[0,\r\n", FOREVER);
}

static void chunks_of_one_byte(sink *out)
{
    send_text(out, CHUNKED);
    repeat(out, "1\r\n[\r\n", FOREVER);
}

static void chunk_extension_without_end(sink *out)
{
    send_text(out, CHUNKED "2;");
    repeat(out, "extended=\"and more\";", FOREVER);
}

static void trailers_without_end(sink *out)
{
    send_text(out, CHUNKED "2\r\n{}\r\n0\r\n");
    repeat(out, "X-Trailer: and more\r\n", FOREVER);
}

static void error_without_end(sink *out)
{
    send_text(out, "HTTP/1.1 400 Bad Request\r\n\r\n{\"error_message\":\"");
    repeat(out, "and more ", FOREVER);
}

static void error_object_of_200_kib(sink *out)
{
    send_text(out, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"details\":[{}");
    repeat(out, ",{\"target\":[\"a\"]}", 11000);
    send_text(out, "]}");
}

static void length_beyond_64_bits(sink *out)
{
    send_text(out, OPEN_HEAD "Content-Length: 99999999999999999999999999\r\n\r\n");
    repeat(out, "{\"a\":", FOREVER);
}

static void length_of_9_exbibytes(sink *out)
{
    send_text(out, OPEN_HEAD "Content-Length: 9223372036854775807\r\n\r\n");
    repeat(out, "{\"a\":", FOREVER);
}

static void interim_answers_without_end(sink *out)
{
    repeat(out, "HTTP/1.1 100 Continue\r\n\r\n", FOREVER);
}

static void early_hints_without_end(sink *out)
{
    repeat(out, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", FOREVER);
}

static void silence(sink *out)
{
    (void)out;
}

/* ---- compression: handmade, so that no library is needed to make it ---- */

static uint32_t crc32_of(const char *bytes, size_t length, uint32_t crc)
{
    int bit;

    for (crc = ~crc; length; length--, bytes++) {
        crc ^= (unsigned char)*bytes;
        for (bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

typedef struct bits {
    unsigned char *bytes;
    size_t count;
} bits;

/* Deflate counts bits from the low end, Huffman codes from the high one. */
static void put_bits(bits *out, unsigned value, int width, bool high_first)
{
    int i;

    for (i = 0; i < width; i++) {
        unsigned bit = value >> (high_first ? width - 1 - i : i) & 1;

        out->bytes[out->count / 8] |= (unsigned char)(bit << out->count % 8);
        out->count++;
    }
}

static size_t put_number(unsigned char *out, uint32_t number)
{
    int i;

    for (i = 0; i < 4; i++)
        out[i] = (unsigned char)(number >> 8 * i);
    return 4;
}

static const char gzip_head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";

/* 20 MiB of blanks in 130 KiB: a blank, then copies of 258 of them in 13 bits each. */
static size_t make_bomb(unsigned char *out)
{
    size_t copies = 20 * MIB / 258;
    bits deflated = {out + sizeof(gzip_head) - 1, 0};
    size_t used;
    uint32_t crc = 0;
    size_t i;

    memcpy(out, gzip_head, sizeof(gzip_head) - 1);
    put_bits(&deflated, 3, 3, false);         /* the last block, fixed codes */
    put_bits(&deflated, 0x30 + ' ', 8, true); /* one blank */
    for (i = 0; i < copies; i++) {
        put_bits(&deflated, 0xc5, 8, true); /* length 258 */
        put_bits(&deflated, 0, 5, true);    /* distance 1 */
    }
    put_bits(&deflated, 0, 7, true);
    used = sizeof(gzip_head) - 1 + (deflated.count + 7) / 8;
    for (i = 0; i < copies * 258 + 1; i++)
        crc = crc32_of(" ", 1, crc);
    used += put_number(out + used, crc);
    return used + put_number(out + used, (uint32_t)(copies * 258 + 1));
}

/* Made once, since a checksum of 20 MiB takes a sanitizer longer than a call may. */
static unsigned char bomb[256 * KIB];
static size_t bomb_length;

/* A good answer, stored. */
static size_t make_gzip(unsigned char *out, const char *text)
{
    size_t length = strlen(text);
    size_t used = sizeof(gzip_head) - 1;

    memcpy(out, gzip_head, used);
    out[used++] = 1;
    out[used++] = (unsigned char)length;
    out[used++] = (unsigned char)(length >> 8);
    out[used++] = (unsigned char)~length;
    out[used++] = (unsigned char)(~length >> 8);
    memcpy(out + used, text, length);
    used += length;
    used += put_number(out + used, crc32_of(text, length, 0));
    return used + put_number(out + used, (uint32_t)length);
}

static unsigned char packed[KIB];

static const char good_answer[] =
    "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,\"access_token\":\"c\"}";

static void gzip_bomb(sink *out)
{
    send_head(out, bomb_length, "Content-Encoding: gzip\r\n");
    send_bytes(out, (const char *)bomb, bomb_length);
}

static void gzip_of_a_good_answer(sink *out)
{
    size_t length = make_gzip(packed, good_answer);

    send_head(out, length, "Content-Encoding: gzip\r\n");
    send_bytes(out, (const char *)packed, length);
}

static void transfer_gzip_bomb(sink *out)
{
    send_text(out, OPEN_HEAD "Transfer-Encoding: gzip\r\nConnection: close\r\n\r\n");
    send_bytes(out, (const char *)bomb, bomb_length);
}

static void transfer_gzip_of_a_good_answer(sink *out)
{
    size_t length = make_gzip(packed, good_answer);

    send_text(out, OPEN_HEAD "Transfer-Encoding: gzip\r\nConnection: close\r\n\r\n");
    send_bytes(out, (const char *)packed, length);
}

static void good_after_interim_ones(sink *out)
{
    repeat(out, "HTTP/1.1 100 Continue\r\nX-Interim: yes\r\n\r\n", 1000);
    send_head(out, strlen(good_answer), "");
    send_text(out, good_answer);
}

/* ---- the table ---- */

typedef struct hostility {
    const char *name;
    void (*answer)(sink *out);
    spay_status statuses[3]; /* any of these is right */
    bool slow;               /* ends by the deadline */
} hostility;

#define LIMIT                                                                                      \
    {                                                                                              \
        SPAY_E_LIMIT, 0, 0                                                                         \
    }
#define PROTOCOL                                                                                   \
    {                                                                                              \
        SPAY_E_PROTOCOL, 0, 0                                                                      \
    }
#define EITHER                                                                                     \
    {                                                                                              \
        SPAY_E_LIMIT, SPAY_E_PROTOCOL, 0                                                           \
    }

static const hostility hostilities[] = {
    {.name = "array of 8 MiB", .answer = array_of_8_mib, .statuses = LIMIT},
    {.name = "array of 200 KiB", .answer = array_of_200_kib, .statuses = PROTOCOL},
    {.name = "object of 9,000 members", .answer = object_of_9000_members, .statuses = PROTOCOL},
    {.name = "depth of 1,000,000", .answer = depth_of_a_million, .statuses = LIMIT},
    {.name = "depth of 130,000", .answer = depth_of_130000, .statuses = PROTOCOL},
    {.name = "objects 40,000 deep", .answer = objects_40000_deep, .statuses = PROTOCOL},
    {.name = "text of 8 MiB", .answer = text_of_8_mib, .statuses = LIMIT},
    {.name = "100,000 headers", .answer = hundred_thousand_headers, .statuses = LIMIT},
    {.name = "headers without end", .answer = headers_without_end, .statuses = LIMIT},
    {.name = "a header of 60 KiB", .answer = header_of_60_kib, .statuses = LIMIT},
    {.name = "a header of 10 MiB", .answer = header_of_10_mib, .statuses = EITHER},
    {.name = "a header name of 10 MiB", .answer = header_name_of_10_mib, .statuses = EITHER},
    {.name = "a folded header without end",
     .answer = folded_header_without_end,
     .statuses = EITHER},
    {.name = "a status line without end", .answer = status_line_without_end, .statuses = EITHER},
    {.name = "no HTTP, without end", .answer = no_http_without_end, .statuses = EITHER},
    {.name = "a NUL byte in a header", .answer = nul_in_header, .statuses = EITHER},
    {.name = "a body without end", .answer = body_without_end, .statuses = LIMIT},
    {.name = "blanks without end", .answer = blanks_without_end, .statuses = LIMIT},
    {.name = "chunks without end", .answer = chunks_without_end, .statuses = LIMIT},
    {.name = "chunks of one byte", .answer = chunks_of_one_byte, .statuses = LIMIT},
    {.name = "a chunk extension without end",
     .answer = chunk_extension_without_end,
     .statuses = {SPAY_E_TIMEOUT, SPAY_E_LIMIT, SPAY_E_PROTOCOL},
     .slow = true},
    {.name = "trailers without end", .answer = trailers_without_end, .statuses = EITHER},
    {.name = "an error without end", .answer = error_without_end, .statuses = LIMIT},
    {.name = "a length beyond 64 bits", .answer = length_beyond_64_bits, .statuses = EITHER},
    {.name = "a length of 8 EiB", .answer = length_of_9_exbibytes, .statuses = EITHER},
    {.name = "interim answers without end",
     .answer = interim_answers_without_end,
     .statuses = {SPAY_E_TIMEOUT, SPAY_E_LIMIT, SPAY_E_PROTOCOL},
     .slow = true},
    {.name = "early hints without end",
     .answer = early_hints_without_end,
     .statuses = {SPAY_E_TIMEOUT, SPAY_E_LIMIT, SPAY_E_PROTOCOL},
     .slow = true},
    {.name = "silence", .answer = silence, .statuses = {SPAY_E_TIMEOUT, 0, 0}, .slow = true},
    {.name = "a bomb of gzip", .answer = gzip_bomb, .statuses = PROTOCOL},
    {.name = "gzip of a good answer", .answer = gzip_of_a_good_answer, .statuses = PROTOCOL},
    {.name = "a bomb of gzip as transfer encoding",
     .answer = transfer_gzip_bomb,
     .statuses = EITHER},
    {.name = "gzip of a good answer as transfer encoding",
     .answer = transfer_gzip_of_a_good_answer,
     .statuses = EITHER},
};

/* Not hostile, or hostile where it does no harm. */
static const hostility others[] = {
    {.name = "a good answer after 1,000 interim ones",
     .answer = good_after_interim_ones,
     .statuses = {SPAY_OK, 0, 0}},
    {.name = "an error of 11,000 details",
     .answer = error_object_of_200_kib,
     .statuses = {SPAY_E_REJECTED, SPAY_E_AUTH, 0}},
};

/* ---- the peer's process ---- */

static void read_request(int fd)
{
    char bytes[16 * KIB + 1];
    size_t used = 0;

    while (used < sizeof(bytes) - 1) {
        ssize_t got = recv(fd, bytes + used, sizeof(bytes) - 1 - used, 0);
        const char *end;

        if (got <= 0)
            return;
        used += (size_t)got;
        bytes[used] = '\0';
        end = strstr(bytes, "\r\n\r\n");
        if (end && (strstr(bytes, "Content-Length: 0") || end + 4 < bytes + used))
            return;
    }
}

/* Until the client hangs up: what it still sends is of no interest. */
static void wait_for_end(int fd)
{
    char bytes[512];

    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, bytes, sizeof(bytes), 0) > 0)
        continue;
}

static void serve(int listener, const hostility *how)
{
    for (;;) {
        sink out = {accept(listener, NULL, NULL), false};

        if (out.fd < 0)
            continue;
        read_request(out.fd);
        how->answer(&out);
        if (how->answer == silence)
            read_request(out.fd);
        else
            wait_for_end(out.fd);
        close(out.fd);
    }
}

static int open_listener(int *port)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 16) ||
        getsockname(fd, (struct sockaddr *)&address, &length))
        exit(1);
    *port = ntohs(address.sin_port);
    return fd;
}

/* ---- the client's process ---- */

typedef struct finding {
    spay_status status;
    int32_t attempts;
    int64_t elapsed_ms;
    long before_kib;
    long peak_kib;
    size_t stack;  /* bytes of it that were touched */
    bool raw_body; /* the error has the bytes of the gzip */
    char message[160];
} finding;

typedef struct order {
    char url[512];
    const char *ca_file;
    bool token;
    int64_t timeout_ms;
    finding found;
} order;

/* "VmHWM:     1234 kB" */
static long status_of(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long value = -1;

    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name), NULL, 10);
    if (file)
        fclose(file);
    return value;
}

static void reset_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY);

    if (fd >= 0) {
        (void)!write(fd, "5", 1);
        close(fd);
    }
}

static spay_status call_wepay(spay_client *client, const order *what, spay_error **error)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_wepay_session *session = NULL;
    spay_wepay *account = NULL;
    const char *app_token = getenv("SPAY_WEPAY_APP_TOKEN");
    spay_status status;

    options.base_url = what->url;
    options.app_id = "700123";
    options.app_token = app_token ? app_token : "stage_not-a-real-token";
    request.type = "mobile_session";
    request.account_id = "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852";
    status = spay_wepay_new(client, &options, &account, error);
    if (status == SPAY_OK)
        status = spay_wepay_session_create(account, &request, NULL, &session, error);
    spay_wepay_session_free(session);
    spay_wepay_free(account);
    return status;
}

/* The token endpoint is the hostile one; nobody listens where the API would be. */
static spay_status call_hosted(spay_client *client, const order *what, spay_error **error)
{
    spay_hosted_fields_options options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    spay_hosted_fields_session *session = NULL;
    spay_hosted_fields *account = NULL;
    spay_status status;

    options.base_url = "http://127.0.0.1:1/v1";
    options.identity_url = what->url;
    options.api_key = "not-a-real-key";
    request.processing_terminal_id = "7702014";
    request.lib_version = "1.7.0.261457";
    request.scenario = "payment";
    status = spay_hosted_fields_new(client, &options, &account, error);
    if (status == SPAY_OK)
        status = spay_hosted_fields_session_create(account, &request, NULL, &session, error);
    spay_hosted_fields_session_free(session);
    spay_hosted_fields_free(account);
    return status;
}

static void *make_call(void *ctx)
{
    order *what = ctx;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_error *error = NULL;
    int64_t began = now_ms();
    const char *body;
    size_t length;

    options.timeout_ms = what->timeout_ms;
    options.attempt_timeout_ms = what->timeout_ms;
    options.ca_file = what->ca_file;
    if (spay_client_new(&options, &client, &error) != SPAY_OK)
        return NULL;
    what->found.status =
        what->token ? call_hosted(client, what, &error) : call_wepay(client, what, &error);
    what->found.elapsed_ms = now_ms() - began;
    what->found.attempts = spay_error_attempts(error);
    body = spay_error_body(error, &length);
    what->found.raw_body = length > 2 && memcmp(body, gzip_head, 2) == 0;
    (void)snprintf(what->found.message, sizeof(what->found.message), "%s",
                   spay_error_message(error));
    spay_error_free(error);
    spay_client_free(client);
    return NULL;
}

enum {
    PAINT = 0xa5
};

/* A painted stack above a page that must not be touched. */
static unsigned char *make_stack(size_t size, size_t guard)
{
    void *memory = NULL;
    unsigned char *stack;

    if (posix_memalign(&memory, guard, size + guard) || mprotect(memory, guard, PROT_NONE))
        _exit(2);
    stack = memory;
    stack += guard;
    memset(stack, PAINT, size);
    return stack;
}

/* The call on a thread with a small stack; what it found goes into the pipe. */
static void run_client(order *what, size_t size, int out)
{
    size_t room = PROOF_IS_SANITIZED ? 8 * MIB : size;
    unsigned char *stack = make_stack(room, (size_t)sysconf(_SC_PAGESIZE));
    pthread_attr_t attributes;
    pthread_t thread;
    size_t clean = 0;

    what->found.status = 1;
    if (pthread_attr_init(&attributes) || pthread_attr_setstack(&attributes, stack, room))
        _exit(2);
    reset_peak();
    what->found.before_kib = status_of("VmRSS:");
    if (pthread_create(&thread, &attributes, make_call, what) || pthread_join(thread, NULL))
        _exit(3);
    what->found.peak_kib = status_of("VmHWM:");
    while (clean < room && stack[clean] == PAINT)
        clean++;
    what->found.stack = room - clean;
    (void)!write(out, &what->found, sizeof(what->found));
    _exit(0);
}

/* Reads what the client found; false if it died, or did not end in time. */
static bool await_client(pid_t client, int in, finding *found, int64_t limit_ms, int *ending)
{
    struct pollfd ready = {in, POLLIN, 0};
    bool done = poll(&ready, 1, (int)limit_ms) == 1 &&
                read(in, found, sizeof(*found)) == (ssize_t)sizeof(*found);

    if (!done && ready.revents == 0)
        kill(client, SIGKILL);
    while (waitpid(client, ending, 0) < 0 && errno == EINTR)
        continue;
    return done;
}

/* One call in a process of its own. */
static bool run_order(const order *what, size_t stack, finding *found, int *ending)
{
    order ours = *what;
    int ends[2];
    pid_t client;
    bool done;

    if (pipe(ends))
        exit(1);
    fflush(NULL);
    client = fork();
    if (client == 0)
        run_client(&ours, stack, ends[1]);
    close(ends[1]);
    done = client > 0 &&
           await_client(client, ends[0], found, what->timeout_ms + 10 * GRACE_MS, ending);
    close(ends[0]);
    return done;
}

/* ---- proofs ---- */

static long most_growth_kib;
static int64_t longest_ms;
static size_t most_stack;

static bool is_wanted(const hostility *how, const finding *found)
{
    size_t i;

    for (i = 0; i < 3; i++)
        if (how->statuses[i] == found->status && (found->status != SPAY_OK || i == 0))
            return true;
    return false;
}

static void judge(proof *p, const hostility *how, bool token, const finding *found)
{
    long growth = found->peak_kib - found->before_kib;
    bool gzip = how->answer == gzip_bomb || how->answer == gzip_of_a_good_answer;

    if (growth > most_growth_kib)
        most_growth_kib = growth;
    if (found->elapsed_ms > longest_ms)
        longest_ms = found->elapsed_ms;
    if (found->stack > most_stack)
        most_stack = found->stack;
    /* Without a peer for the API, a good token leads no further. */
    proof_case(p,
               is_wanted(how, found) ||
                   (token && how->statuses[0] == SPAY_OK && found->status == SPAY_E_CONNECT),
               "%s: %s, %s", how->name, spay_status_name(found->status), found->message);
    proof_case(p, growth <= MOST_GROWTH_KIB || PROOF_IS_SANITIZED, "%s: grew by %ld KiB", how->name,
               growth);
    proof_case(p, found->elapsed_ms <= TIMEOUT_MS + GRACE_MS || PROOF_IS_SANITIZED,
               "%s: ended after %lld ms", how->name, (long long)found->elapsed_ms);
    if (gzip && !token)
        proof_case(p, found->raw_body, "%s: the body is not as it was sent", how->name);
}

static void prove_one(proof *p, const hostility *how, bool token)
{
    order what;
    finding found;
    int ending = 0;
    int port;
    int listener = open_listener(&port);
    pid_t peer;

    memset(&what, 0, sizeof(what));
    memset(&found, 0, sizeof(found));
    fflush(NULL);
    peer = fork();
    if (peer == 0)
        serve(listener, how);
    (void)snprintf(what.url, sizeof(what.url), "http://127.0.0.1:%d", port);
    what.token = token;
    what.timeout_ms = TIMEOUT_MS;
    if (run_order(&what, SMALL_STACK, &found, &ending))
        judge(p, how, token, &found);
    else
        proof_case(p, false, "%s: no result, wait status 0x%x", how->name, (unsigned)ending);
    kill(peer, SIGKILL);
    (void)waitpid(peer, NULL, 0);
    close(listener);
}

static void prove_endpoint(const char *name, bool token)
{
    size_t i;
    proof p;

    proof_begin(&p, name);
    for (i = 0; i < sizeof(hostilities) / sizeof(hostilities[0]); i++)
        prove_one(&p, &hostilities[i], token);
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        prove_one(&p, &others[i], token);
    proof_end(&p);
}

/* With TLS, against the sandbox: the smallest stack, in steps of 4 KiB, that a good call needs. */
static void prove_stack(void)
{
    const char *url = getenv("SPAY_WEPAY_BASE_URL");
    const char *name = "a whole call with TLS needs no more than 64 KiB of stack";
    order what;
    finding found;
    int ending;
    size_t stack;
    proof p;

    memset(&what, 0, sizeof(what));
    what.ca_file = getenv("SPAY_CA_FILE");
    what.timeout_ms = 10000;
    if (!url || !what.ca_file || PROOF_IS_SANITIZED) {
        tap_skip(name, "needs the sandbox with TLS, and no sanitizer");
        return;
    }
    (void)snprintf(what.url, sizeof(what.url), "%s", url);
    proof_begin(&p, name);
    for (stack = PTHREAD_STACK_MIN; stack < 16 * SMALL_STACK; stack += 4 * KIB)
        if (run_order(&what, stack, &found, &ending) && found.status == SPAY_OK)
            break;
    proof_case(&p, stack <= SMALL_STACK, "needs %zu KiB", stack / KIB);
    proof_end(&p);
    printf("# with TLS a stack of %zu KiB is enough (%zu bytes used); PTHREAD_STACK_MIN is %ld\n",
           stack / KIB, found.stack, (long)PTHREAD_STACK_MIN);
}

int main(void)
{
    bomb_length = make_bomb(bomb);
    prove_endpoint("hostile answers of the session endpoint", false);
    prove_endpoint("hostile answers of the token endpoint", true);
    printf("# the most that a call took: %ld KiB of memory, %zu bytes of stack, %lld of %d ms\n",
           most_growth_kib, most_stack, (long long)longest_ms, (int)TIMEOUT_MS);
    prove_stack();
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
