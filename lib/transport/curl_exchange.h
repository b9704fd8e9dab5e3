/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One request and its response over one libcurl handle, whoever drives the handle.
 */
#ifndef SPAY__TRANSPORT_CURL_EXCHANGE_H
#define SPAY__TRANSPORT_CURL_EXCHANGE_H

#include "../http.h"
#include "curl_settings.h"

typedef struct spay__curl_exchange {
    const spay_http_request *request;
    spay_http_response *response;
    CURL *easy;
    struct curl_slist headers[SPAY__MAX_REQUEST_HEADERS + 2]; /* the request's own lines, and two */
    bool shared;         /* the connection may be, over HTTP/2: what is sent is counted late */
    bool begun;          /* libcurl has asked once whether it may send */
    bool repeated;       /* and once more, which was refused */
    bool headed;         /* the reply's header section has ended */
    spay_status refused; /* why a callback, or a cancel, stopped the transfer */
    char message[CURL_ERROR_SIZE];
} spay__curl_exchange;

/* Once for each handle: its callbacks, for exchanges in this object, which does not move. */
void spay__curl_exchange_prepare(spay__curl_exchange *x, spay__curl_setter *set);

/* Make the handle ready to send. Anything but SPAY_OK: end it all the same. */
spay_status spay__curl_exchange_begin(spay__curl_exchange *x, const spay_http_request *request,
                                      spay_http_response *response);

/*
 * The transfer is over, with libcurl's code: explain it in the response. The status is for
 * spay_call_respond().
 */
spay_status spay__curl_exchange_result(spay__curl_exchange *x, CURLcode code);

/* Let go of the handle, which may serve another exchange then. */
void spay__curl_exchange_end(spay__curl_exchange *x);

#endif
