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

/* ---- The request and the response ------------------------------------------------------------- */

/* For the log, which must hold no secrets. */
static void log_request(const spay_http_request *request)
{
    printf("  > %s %s\n", spay_http_request_method(request), spay_http_request_url(request));
    for (size_t i = 0; i < spay_http_request_header_count(request); i++)
        printf("  > %s: %s\n", spay_http_request_header_name(request, i),
               spay_http_request_header_is_secret(request, i)
                   ? "(secret)"
                   : spay_http_request_header_value(request, i));
}

/* The bytes hold credentials; a plain memset() might be optimized away. */
static void wipe(volatile char *bytes, size_t length)
{
    while (length--)
        *bytes++ = 0;
}

static spay_status send_request(struct modem *modem, const spay_http_request *request)
{
    char bytes[4096];
    size_t length = spay_http_request_encode(request, bytes, sizeof bytes);
    int good;

    if (length > sizeof bytes)
        return SPAY_E_LIMIT;
    log_request(request);
    good = modem_write(modem, bytes, length);
    wipe(bytes, length);
    modem_flush(modem);
    return good ? SPAY_OK : SPAY_E_NETWORK;
}

/* The library finds out where the response ends, checks it and keeps what it needs. */
static spay_status receive_response(struct modem *modem, spay_http_response *response)
{
    char bytes[64];
    int32_t result;

    do {
        size_t length = modem_read(modem, bytes, sizeof bytes);

        result = length ? spay_http_response_decode(response, bytes, length)
                        : spay_http_response_decode_end(response);
    } while (result == SPAY_DECODE_MORE);
    wipe(bytes, sizeof bytes);
    printf("  < %d\n", (int)spay_http_response_status(response));
    return result > 0 ? SPAY_OK : result; /* this modem connects anew each time */
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
     * From here on it is not known how far the bytes get. Marked before the first one: whatever
     * goes wrong now, the library does not take the request for one that was not sent.
     */
    spay_http_response_mark_sent(response);
    spay_status status = send_request(modem, request);
    return status == SPAY_OK ? receive_response(modem, response) : status;
}

static spay_status open_client(struct modem *modem, spay_client **client, spay_error **error)
{
    spay_transport transport = SPAY_TRANSPORT_INIT;
    transport.ctx = modem; /* no destroy hook: the modem outlives the client */
    transport.perform = perform;

    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    options.transport = &transport; /* the table is copied */
    return spay_client_new(&options, client, error);
}

int main(void)
{
    struct modem modem = {0};
    spay_client *client = NULL;
    spay_wepay *wepay = NULL;
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.app_id = "121212";
    account.app_token = "stage_not_a_real_token";

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "mobile_session";
    request.account_id = "c9536e75-0000-4000-8000-000000000001";

    spay_status status = open_client(&modem, &client, &error);
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
