/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * v1HMAC: canonical form and signature. The body is not signed; only TLS protects it.
 */
#include "v1hmac.h"

#include <string.h>

#include "base/ascii.h"
#include "base/crypto.h"

enum {
    LONGEST_STRING = 64 * 1024
};

#define BLANKS " \t\v\f"
#define BREAKS "\r\n"

/* Past one line break and the blanks after it; NULL if there is none at value. */
static const char *skip_fold(const char *value)
{
    if (value[0] == '\r' && value[1] == '\n')
        value++;
    return *value == '\n' ? value + 1 + strspn(value + 1, BLANKS) : NULL;
}

/* A header value on one line: folds become one space, the ends are trimmed. */
static void append_unfolded(spay__buffer *out, const char *value)
{
    const char *end = value + strlen(value);

    value += strspn(value, BLANKS BREAKS);
    while (end > value && strchr(BLANKS BREAKS, end[-1]))
        end--;
    for (;;) {
        size_t plain = strcspn(value, BREAKS);
        const char *rest;

        if (value + plain >= end) {
            spay__buffer_append(out, value, (size_t)(end - value));
            return;
        }
        rest = skip_fold(value + plain);
        spay__buffer_append(out, value, rest ? plain : plain + 1);
        if (rest)
            spay__buffer_byte(out, ' ');
        value = rest ? rest : value + plain + 1;
    }
}

static int compare_names(const char *a, const char *b)
{
    while (*a && spay__to_lower(*a) == spay__to_lower(*b)) {
        a++;
        b++;
    }
    return (unsigned char)spay__to_lower(*a) - (unsigned char)spay__to_lower(*b);
}

/* The X-GCS headers by name; how many. A handful, so insertion sort. */
static size_t sort_gcs_headers(const spay_http_request *request, size_t *sorted)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < request->header_count; i++) {
        const char *name = request->headers[i].name;
        size_t at = count;

        if (!spay__starts_with_ignoring_case(name, "x-gcs"))
            continue;
        for (; at > 0 && compare_names(request->headers[sorted[at - 1]].name, name) > 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = i;
        count++;
    }
    return count;
}

static void append_gcs_headers(spay__buffer *out, const spay_http_request *request)
{
    size_t sorted[SPAY__MAX_REQUEST_HEADERS];
    size_t count = sort_gcs_headers(request, sorted);
    size_t i;

    for (i = 0; i < count; i++) {
        const char *name;

        for (name = request->headers[sorted[i]].name; *name; name++)
            spay__buffer_byte(out, spay__to_lower(*name));
        spay__buffer_byte(out, ':');
        append_unfolded(out, spay_http_request_header_value(request, sorted[i]));
        spay__buffer_byte(out, '\n');
    }
}

/* Path as it is on the wire; the query, if there is one, percent-decoded. */
static void append_resource(spay__buffer *out, const char *url)
{
    const char *authority = url + strcspn(url, ":") + strlen("://");
    const char *path = authority + strcspn(authority, "/");
    size_t plain = strcspn(path, "?");

    spay__buffer_append(out, path, plain);
    for (path += plain; *path; path++) {
        int high = *path == '%' ? spay__hex_value(path[1]) : -1;
        int low = high >= 0 ? spay__hex_value(path[2]) : -1;

        spay__buffer_byte(out, low >= 0 ? (char)(high * 16 + low) : *path);
        path += low >= 0 ? 2 : 0;
    }
}

static void append_line(spay__buffer *out, const char *text)
{
    spay__buffer_text(out, text ? text : "");
    spay__buffer_byte(out, '\n');
}

bool spay__v1hmac_string(const spay_http_request *request, spay__buffer *out)
{
    append_line(out, request->method);
    append_line(out, spay__http_request_header(request, "Content-Type"));
    append_line(out, spay__http_request_header(request, "Date"));
    append_gcs_headers(out, request);
    append_resource(out, request->url);
    return spay__buffer_byte(out, '\n');
}

void spay__v1hmac_sign(spay_http_request *request, const char *key_id, const spay__hmac *key)
{
    unsigned char mac[SPAY__SHA256_SIZE];
    char signature[SPAY__BASE64_SIZE(SPAY__SHA256_SIZE)];
    spay__buffer string;
    spay__buffer *value;

    spay__buffer_init(&string, LONGEST_STRING);
    spay__buffer_reserve(&string, strlen(request->url) + request->lines.length);
    if (spay__v1hmac_string(request, &string))
        spay__hmac_make(key, string.data, string.length, mac);
    else
        request->failed = true;
    spay__buffer_clear(&string);
    if (request->failed)
        return;
    spay__base64_encode(signature, mac, sizeof(mac));
    value = spay__http_request_begin_header(request, "Authorization", true);
    spay__buffer_text(value, "GCS v1HMAC:");
    spay__buffer_text(value, key_id);
    spay__buffer_byte(value, ':');
    spay__buffer_text(value, signature);
    spay__http_request_end_header(request);
}
