/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A transport of your own. Here it belongs to a kiosk whose cellular modem speaks TLS by itself:
 * the program hands it bytes and gets bytes. The modem is made up and needs no server; its first
 * attempt to connect fails, and the library tries again.
 *
 *     build/examples/own_transport
 *
 * For real, replace the four modem_ functions. Nothing else in here knows about the network.
 */
#include <string.h>

#include "example.h"

/* ---- The modem, with somebody at the other end ------------------------------------------------ */

struct modem {
    int connects;
    char incoming[1024];
    size_t incoming_length;
    size_t taken;
};

static int modem_connect(struct modem *modem)
{
    return ++modem->connects > 1; /* no signal the first time */
}

static int modem_write(struct modem *modem, const char *bytes, size_t length)
{
    (void)modem;
    (void)bytes;
    (void)length;
    return 1;
}

/* The last byte of the request has been written: the other end answers. */
static void modem_flush(struct modem *modem)
{
    static const char json[] = "{\"id\":\"9c1d\",\"session_token\":\"stage_0123456789\","
                               "\"expire_time\":1893456000,\"state\":\"active\","
                               "\"type\":\"mobile_session\"}";
    int length = snprintf(modem->incoming, sizeof modem->incoming,
                          "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                          "X-Correlation-Id: kiosk-7\r\nContent-Length: %zu\r\n\r\n%s",
                          sizeof json - 1, json);

    modem->incoming_length = (size_t)length;
    modem->taken = 0;
}

/* A few bytes at a time, as real ones do; 0 at the end. */
static size_t modem_read(struct modem *modem, char *buffer, size_t size)
{
    size_t left = modem->incoming_length - modem->taken;
    size_t length = left < size ? left : size;

    if (length > 16)
        length = 16;
    memcpy(buffer, modem->incoming + modem->taken, length);
    modem->taken += length;
    return length;
}

/* ---- The request: getters in, bytes out ------------------------------------------------------- */

static int write_text(struct modem *modem, const char *text)
{
    return modem_write(modem, text, strlen(text));
}

/* "Name: value", and the same for the log, where a secret has no place. */
static int write_header(struct modem *modem, const spay_http_request *request, size_t index)
{
    const char *name = spay_http_request_header_name(request, index);
    const char *value = spay_http_request_header_value(request, index);

    printf("  > %s: %s\n", name,
           spay_http_request_header_is_secret(request, index) ? "(secret)" : value);
    return write_text(modem, name) && write_text(modem, ": ") && write_text(modem, value) &&
           write_text(modem, "\r\n");
}

/* `Host` and `Content-Length` are the transport's to add. The URL is "https://host/path". */
static int write_request(struct modem *modem, const spay_http_request *request)
{
    const char *method = spay_http_request_method(request);
    const char *url = spay_http_request_url(request);
    const char *host = strstr(url, "://") + 3;
    const char *path = host + strcspn(host, "/?");
    size_t body_length;
    const char *body = spay_http_request_body(request, &body_length);
    char start[1024];
    int good;

    int length =
        snprintf(start, sizeof start, "%s %s HTTP/1.1\r\nHost: %.*s\r\nContent-Length: %zu\r\n",
                 method, *path ? path : "/", (int)(path - host), host, body_length);
    if (length < 0 || (size_t)length >= sizeof start)
        return 0;

    printf("  > %s %s\n", method, url);
    good = modem_write(modem, start, (size_t)length);
    for (size_t i = 0; good && i < spay_http_request_header_count(request); i++)
        good = write_header(modem, request, i);
    good = good && write_text(modem, "\r\n") && modem_write(modem, body, body_length);
    modem_flush(modem);
    return good;
}

/* ---- The response: bytes in, setters out ------------------------------------------------------ */

/* Read up to the end of a line, which is dropped: 1; 0 if the bytes end before or it is too long. */
static int read_line(struct modem *modem, char *line, size_t size)
{
    size_t length = 0;

    while (length < size && modem_read(modem, line + length, 1) == 1) {
        if (line[length] == '\n') {
            line[length && line[length - 1] == '\r' ? length - 1 : length] = '\0';
            return 1;
        }
        length++;
    }
    return 0;
}

/* Every field of the response: the library picks what matters. */
static spay_status read_head(struct modem *modem, spay_http_response *response)
{
    char line[1024];
    spay_status status;

    if (!read_line(modem, line, sizeof line))
        return SPAY_E_NETWORK;
    if (strncmp(line, "HTTP/1.", 7) != 0 || strlen(line) < 12)
        return SPAY_E_PROTOCOL;
    printf("  < %s\n", line);

    status = spay_http_response_set_status(response, (int32_t)strtol(line + 9, NULL, 10));
    while (status == SPAY_OK) {
        if (!read_line(modem, line, sizeof line))
            return SPAY_E_NETWORK;
        if (!*line)
            return SPAY_OK;

        char *value = strchr(line, ':');
        if (!value)
            return SPAY_E_PROTOCOL;
        *value++ = '\0';
        status = spay_http_response_add_header(response, line, value + strspn(value, " \t"));
    }
    return status;
}

/* The setters say SPAY_E_LIMIT when it is too much: then stop reading, and return that. */
static spay_status read_body(struct modem *modem, spay_http_response *response)
{
    const char *announced = spay_http_response_header(response, "Content-Length");
    size_t expected = announced ? strtoul(announced, NULL, 10) : 0;
    char bytes[64];
    size_t length;
    spay_status status;

    do {
        length = modem_read(modem, bytes, sizeof bytes);
        status = spay_http_response_append_body(response, bytes, length);
    } while (status == SPAY_OK && length > 0);

    spay_http_response_body(response, &length);
    if (status == SPAY_OK && announced && length != expected)
        return SPAY_E_NETWORK; /* half a reply is none */
    return status;
}

/* ---- The transport ---------------------------------------------------------------------------- */

/* One thread here. Where several share a transport, this is called by several at once. */
static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    struct modem *modem = ctx;

    if (spay_http_request_is_canceled(request))
        return SPAY_E_CANCELED;

    if (!modem_connect(modem)) {
        printf("  no signal\n");
        spay_http_response_set_failure(response, "no_signal", "the modem could not connect");
        return SPAY_E_CONNECT; /* not marked as sent, so the library may freely send it again */
    }

    /*
     * From here on nobody can know how far the bytes get. Marked before the first one: whatever
     * goes wrong now, the library will not mistake it for a request that nobody saw.
     */
    spay_http_response_mark_sent(response);
    if (!write_request(modem, request))
        return SPAY_E_NETWORK;

    spay_status status = read_head(modem, response);
    return status == SPAY_OK ? read_body(modem, response) : status;
}

int main(void)
{
    struct modem modem = {0};
    spay_client *client = NULL;
    spay_wepay *wepay = NULL;
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    spay_transport transport = SPAY_TRANSPORT_INIT;
    transport.ctx = &modem; /* no destroy hook: the modem outlives the client */
    transport.perform = perform;

    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    client_options.transport = &transport; /* the table is copied */

    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.app_id = "121212";
    account.app_token = "stage_not_a_real_token";

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "mobile_session";
    request.account_id = "c9536e75-0000-4000-8000-000000000001";

    spay_status status = spay_client_new(&client_options, &client, &error);
    if (status == SPAY_OK)
        status = spay_wepay_new(client, &account, &wepay, &error);
    if (status == SPAY_OK)
        status = spay_wepay_session_create(wepay, &request, NULL, &session, &error);

    if (status == SPAY_OK)
        printf("session %s after %d attempts, %d of them on the air\n", session->id,
               (int)session->info->attempts, (int)session->info->requests_sent);
    else
        example_complain(error);

    spay_wepay_session_free(session);
    spay_wepay_free(wepay);
    spay_client_free(client);
    spay_error_free(error);
    return status == SPAY_OK ? 0 : 1;
}
