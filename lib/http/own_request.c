/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Requests that a transport makes in place of those that it is given.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/crypto.h"
#include "base/url.h"
#include "message.h"

enum {
    METHOD_MAX = 16
};

typedef struct own_request {
    spay_http_request request; /* first: the caller has its address */
    char method[METHOD_MAX + 1];
    char *names[SPAY__MAX_REQUEST_HEADERS];
} own_request;

static bool is_method(const char *method)
{
    size_t length = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return length > 0 && length <= METHOD_MAX && !method[length] && strcmp(method, "HEAD") != 0 &&
           strcmp(method, "CONNECT") != 0;
}

static spay_status begin(own_request *own, const spay_http_request *original, const char *method,
                         const char *url)
{
    spay_http_request *request = &own->request;

    memcpy(own->method, method, strlen(method));
    request->method = own->method;
    request->url = spay__copy_text(url);
    request->body = spay__copy("", 0);
    request->timeout_ms = original->timeout_ms;
    request->connect_timeout_ms = original->connect_timeout_ms;
    request->canceled = original->canceled;
    return request->url && request->body ? SPAY_OK : SPAY_E_NO_MEMORY;
}

spay_status spay_http_request_new(const spay_http_request *original, const char *method,
                                  const char *url, spay_http_request **request)
{
    own_request *own = NULL;
    spay_status status = SPAY_E_INVALID_ARGUMENT;
    spay__url parts;

    if (!request)
        return status;
    *request = NULL;
    if (!original || !original->url)
        return status;
    method = method ? method : original->method;
    url = url ? url : original->url;
    if (!is_method(method) || strlen(url) > SPAY__MAX_URL || spay__url_parse(url, &parts))
        return status;
    own = spay__alloc(sizeof(*own));
    status = own ? begin(own, original, method, url) : SPAY_E_NO_MEMORY;
    if (status == SPAY_OK)
        *request = &own->request;
    else if (own)
        spay_http_request_free(&own->request);
    return status;
}

static bool is_name(const char *name)
{
    static const char senders[][18] = {"Host", "Connection", "Content-Length", "Transfer-Encoding"};
    const char *at = name;
    size_t i;

    while (spay__is_alpha(*at) || spay__is_digit(*at) || (*at && strchr("!#$%&'*+-.^_`|~", *at)))
        at++;
    if (at == name || *at)
        return false;
    for (i = 0; i < sizeof(senders) / sizeof(*senders); i++)
        if (spay__equal_ignoring_case(senders[i], name))
            return false;
    return true;
}

static bool is_value(const char *value)
{
    size_t length = strlen(value);
    size_t i;

    for (i = 0; i < length; i++)
        if (spay__is_control(value[i]))
            return false;
    return length == 0 || (value[0] != ' ' && value[length - 1] != ' ');
}

spay_status spay_http_request_add_header(spay_http_request *request, const char *name,
                                         const char *value, int32_t secret)
{
    own_request *own = (own_request *)request;
    char *copy;

    if (!request || !name || !value || !is_name(name) || !is_value(value))
        return SPAY_E_INVALID_ARGUMENT;
    if (request->header_count == SPAY__MAX_REQUEST_HEADERS ||
        request->lines.length + strlen(name) + strlen(value) > SPAY__MAX_REQUEST_HEADER_BYTES / 2)
        return SPAY_E_LIMIT;
    copy = request->failed ? NULL : spay__copy_text(name);
    if (!copy)
        return SPAY_E_NO_MEMORY;
    own->names[request->header_count] = copy;
    if (secret)
        spay__http_request_add_secret(request, copy, value);
    else
        spay__http_request_add(request, copy, value);
    return request->failed ? SPAY_E_NO_MEMORY : SPAY_OK;
}

spay_status spay_http_request_set_body(spay_http_request *request, const void *data, size_t length)
{
    char *copy;

    if (!request || (!data && length))
        return SPAY_E_INVALID_ARGUMENT;
    if (length > SPAY__MAX_REQUEST_BODY)
        return SPAY_E_LIMIT;
    copy = spay__copy(length ? data : "", length);
    if (!copy)
        return SPAY_E_NO_MEMORY;
    spay__wipe(request->body, request->body_length);
    spay__free(request->body);
    request->body = copy;
    request->body_length = length;
    return SPAY_OK;
}

void spay_http_request_free(spay_http_request *request)
{
    own_request *own = (own_request *)request;
    size_t i;

    if (!request)
        return;
    for (i = 0; i < SPAY__MAX_REQUEST_HEADERS; i++)
        spay__free(own->names[i]);
    spay__http_request_clear(request);
    spay__free(own);
}
