/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * libcurl's parser for differential.py. The server is in this process, and acts between libcurl's
 * steps: it accepts, sends the whole reply when the request has come, and closes its side when
 * libcurl waits for more.
 */
#include <fcntl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "wire/frames.h"

typedef struct server {
    int listener;
    int port;
    int client;     /* libcurl's end */
    int connection; /* our end, -1 before it is accepted */
    int answered;
    int closed; /* libcurl has closed its end */
    int kept;
    const bytes *reply;
} server;

static void die(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void listen_on_loopback(server *at)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (at->listener < 0 || fcntl(at->listener, F_SETFL, O_NONBLOCK) ||
        bind(at->listener, (struct sockaddr *)&address, size) || listen(at->listener, 1) ||
        getsockname(at->listener, (struct sockaddr *)&address, &size))
        die("listen");
    at->port = ntohs(address.sin_port);
}

static int on_open(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
    (void)purpose;
    ((server *)ctx)->client = fd;
    return CURL_SOCKOPT_OK;
}

static int on_close(void *ctx, curl_socket_t fd)
{
    ((server *)ctx)->closed = 1;
    return close(fd);
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    bytes_append(ctx, data, size * count);
    return size * count;
}

static void collect_fields(CURL *easy, bytes *fields)
{
    struct curl_header *header = NULL;

    while ((header = curl_easy_nextheader(easy, CURLH_HEADER, -1, header)) != NULL) {
        bytes_append(fields, header->name, strlen(header->name) + 1);
        bytes_append(fields, header->value, strlen(header->value) + 1);
    }
}

static void set_options(CURL *easy, server *at, bytes *body)
{
    (void)curl_easy_setopt(easy, CURLOPT_URL, "http://127.0.0.1/");
    (void)curl_easy_setopt(easy, CURLOPT_PORT, (long)at->port);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_open);
    (void)curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, at);
    (void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    (void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, at);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT, 5L);
}

/* No reply is longer than the kernel's buffers, so that nobody has to wait. */
static void answer(server *at)
{
    char request[4096];
    int room = 1 << 20;

    if (recv(at->connection, request, sizeof(request), MSG_DONTWAIT) <= 0)
        return;
    (void)setsockopt(at->connection, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    if (send(at->connection, at->reply->data, at->reply->length, MSG_NOSIGNAL | MSG_DONTWAIT) !=
        (ssize_t)at->reply->length)
        die("send");
    at->answered = 1;
}

/* libcurl has read all that there is, and is not content. */
static int waits_for_more(const server *at)
{
    int unsent = 0;
    int unread = 0;

    return ioctl(at->connection, TIOCOUTQ, &unsent) == 0 && !unsent &&
           ioctl(at->client, FIONREAD, &unread) == 0 && !unread;
}

static void serve(server *at)
{
    if (at->connection < 0)
        at->connection = accept(at->listener, NULL, NULL);
    if (at->connection >= 0 && !at->answered)
        answer(at);
    else if (at->answered && waits_for_more(at))
        (void)shutdown(at->connection, SHUT_WR);
}

static CURLcode perform(server *at, CURL *easy)
{
    CURLM *multi = curl_multi_init();
    CURLcode code = CURLE_OK;
    int running = 1;
    int left;
    CURLMsg *done;

    if (!multi || curl_multi_add_handle(multi, easy))
        die("curl_multi_add_handle");
    while (running) {
        if (curl_multi_perform(multi, &running))
            die("curl_multi_perform");
        if (running)
            serve(at);
        if (running && curl_multi_poll(multi, NULL, 0, 1000, NULL))
            die("curl_multi_poll");
    }
    done = curl_multi_info_read(multi, &left);
    if (done)
        code = done->data.result;
    at->kept = !at->closed;
    (void)curl_multi_remove_handle(multi, easy);
    (void)curl_multi_cleanup(multi);
    return code;
}

/* By a reset, or so many connections would leave so many ports in use for a while. */
static void close_connection(server *at)
{
    struct linger now = {1, 0};

    (void)setsockopt(at->connection, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    (void)close(at->connection);
}

/* A handle of its own for each reply: before 8.1, some replies harm the next one (curl #11103). */
static void read_reply(server *at, const bytes *reply)
{
    CURL *easy = curl_easy_init();
    bytes fields = {NULL, 0};
    bytes body = {NULL, 0};
    char verdict[32];
    long status = 0;
    CURLcode code;

    if (!easy)
        die("curl_easy_init");
    at->reply = reply;
    at->connection = -1;
    at->answered = 0;
    at->closed = 0;
    set_options(easy, at, &body);
    code = perform(at, easy);
    if (code == CURLE_OK)
        (void)strcpy(verdict, at->kept ? "keep" : "close");
    else
        (void)snprintf(verdict, sizeof(verdict), "CURLE_%d", (int)code);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    collect_fields(easy, &fields);
    print_outcome(verdict, (int)status, &fields, &body);
    curl_easy_cleanup(easy);
    close_connection(at);
    free(fields.data);
    free(body.data);
}

int main(int argc, char **argv)
{
    server at = {.listener = -1};
    bytes reply;
    unsigned number;

    (void)argv;
    if (argc > 1) {
        (void)puts(curl_version_info(CURLVERSION_NOW)->version);
        return 0;
    }
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    listen_on_loopback(&at);
    while (read_frame(&reply, &number)) {
        read_reply(&at, &reply);
        free(reply.data);
    }
    (void)close(at.listener);
    curl_global_cleanup();
    return 0;
}
