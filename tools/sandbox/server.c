/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The only file that knows libmicrohttpd. One thread per connection, so that an answer that is
 * delayed on purpose holds up nobody else.
 */
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <microhttpd.h>

#include "certificate.h"
#include "exchange.h"
#include "framing.h"
#include "stream.h"
#include "xalloc.h"

/* In GnuTLS' language: its defaults, and TLS 1.2 at least. */
static char tls_priorities[] = "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1";

enum {
    CONNECTION_MEMORY = 128 * 1024,
    CONNECTIONS_MAX = 1000,
    IDLE_SECONDS = 300,
    STREAM_PIECE = 32 * 1024
};

/* libmicrohttpd's first sight of a request, the only one with the target as it was sent. */
static void *on_target(void *sandbox, const char *target, struct MHD_Connection *connection)
{
    (void)connection;
    return exchange_new(sandbox, target);
}

static enum MHD_Result on_header(void *headers, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    (void)kind;
    headers_add(headers, name, value ? value : "");
    return MHD_YES;
}

/* Half of a body, and then the end that nobody announced. */
static ssize_t read_half(void *context, uint64_t position, char *out, size_t room)
{
    const struct reply *reply = context;
    size_t left = reply->length / 2 - (size_t)position;
    size_t count = left < room ? left : room;

    if (left == 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    memcpy(out, reply->body + position, count);
    return (ssize_t)count;
}

static ssize_t read_stream(void *context, uint64_t position, char *out, size_t room)
{
    size_t count = stream_read(context, out, room);

    (void)position;
    return count ? (ssize_t)count : MHD_CONTENT_READER_END_OF_STREAM;
}

/* The reply lives as long as its exchange, which outlives the response. */
static struct MHD_Response *make_response(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;

    if (exchange->stream)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_PIECE, read_stream,
                                                 exchange->stream, NULL);
    /* An empty body has no half: announce a byte that never comes. */
    if (exchange->ending == ENDING_HALF)
        return MHD_create_response_from_callback(reply->length ? reply->length : 1, 4096, read_half,
                                                 reply, NULL);
    return MHD_create_response_from_buffer(reply->length, reply->body, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_reply(struct exchange *exchange, struct MHD_Connection *connection)
{
    struct MHD_Response *response = make_response(exchange);
    const struct headers *headers = &exchange->reply.headers;

    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < headers->count; i++)
        MHD_add_response_header(response, headers->items[i].name, headers->items[i].value);
    enum MHD_Result queued =
        MHD_queue_response(connection, (unsigned int)exchange->reply.status, response);
    MHD_destroy_response(response);
    return queued;
}

/* Only what the headers say is known when this is answered, so libmicrohttpd closes the connection:
 * nobody can tell where the next request would begin. */
static enum MHD_Result refuse(struct exchange *exchange, const char *fault,
                              struct MHD_Connection *connection)
{
    char *text = xasprintf("This is not a request that HTTP/1.1 allows: %s.\n", fault);

    reply_text(&exchange->reply, MHD_HTTP_BAD_REQUEST, "text/plain", text);
    reply_header(&exchange->reply, "Connection", "close");
    free(text);
    return send_reply(exchange, connection);
}

static enum MHD_Result begin(struct exchange *exchange, struct MHD_Connection *connection,
                             const char *method, const char *version)
{
    struct request *request = &exchange->request;

    MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, &request->headers);
    const char *fault = framing_fault(&request->headers, version);
    if (fault)
        return refuse(exchange, fault, connection);
    request->method = xstrdup(method);
    return MHD_YES;
}

/* Called once when the headers are there, then for pieces of the body, then once at the end.
 * MHD_NO closes the connection. */
static enum MHD_Result on_request(void *sandbox, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    struct exchange *exchange = *context;
    struct request *request = &exchange->request;

    (void)sandbox;
    (void)url;
    if (!request->method)
        return begin(exchange, connection, method, version);
    if (*upload_size > 0) {
        request_receive(request, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    exchange_run(exchange);
    return exchange->ending == ENDING_CLOSE ? MHD_NO : send_reply(exchange, connection);
}

static void on_completed(void *sandbox, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct exchange *exchange = *context;

    (void)sandbox;
    (void)connection;
    (void)why;
    if (!exchange)
        return;
    if (exchange->request.method && !exchange->complete)
        exchange_abandon(exchange);
    exchange_free(exchange);
    *context = NULL;
}

struct MHD_Daemon *server_start(struct sandbox *sandbox, int listener,
                                const struct certificate *certificate)
{
    unsigned int flags =
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, certificate ? certificate->key_pem : NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, certificate ? certificate->server_pem : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };

    struct MHD_OptionItem limits[] = {
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (certificate)
        flags |= MHD_USE_TLS;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, sandbox, MHD_OPTION_LISTEN_SOCKET,
                            listener, MHD_OPTION_URI_LOG_CALLBACK, on_target, sandbox,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, sandbox, MHD_OPTION_ARRAY,
                            limits, MHD_OPTION_ARRAY, certificate ? tls : &limits[3],
                            MHD_OPTION_END);
}

void server_stop(struct MHD_Daemon *server)
{
    MHD_stop_daemon(server);
}
