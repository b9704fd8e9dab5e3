/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * v1HMAC: canonical form and signature. The body is not signed; TLS alone protects it.
 */
#include "v1hmac.h"

#include <string.h>

#include "ascii.h"
#include "crypto.h"

enum {
    LONGEST_STRING = 64 * 1024
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\r' || c == '\n';
}

/* Past one line break and the blanks behind it; NULL if there is none at value. */
static const char *skip_fold(const char *value, const char *end)
{
    if (value + 1 < end && value[0] == '\r' && value[1] == '\n')
        value++;
    if (*value != '\n')
        return NULL;
    for (value++; value < end && is_blank(*value);)
        value++;
    return value;
}

/* A header value on one line: folds become one space, the ends are trimmed. */
static void append_unfolded(spay__buffer *out, const char *value)
{
    const char *end = value + strlen(value);

    while (value < end && is_space(*value))
        value++;
    while (end > value && is_space(end[-1]))
        end--;
    while (value < end) {
        const char *behind = skip_fold(value, end);

        spay__buffer_byte(out, behind ? ' ' : *value);
        value = behind ? behind : value + 1;
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
static size_t sort_gcs_headers(const spay_http_request *request, const spay__header **sorted)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < request->header_count; i++) {
        const spay__header *header = &request->headers[i];
        size_t at = count;

        if (!spay__starts_with_ignoring_case(header->name, "x-gcs"))
            continue;
        for (; at > 0 && compare_names(sorted[at - 1]->name, header->name) > 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = header;
        count++;
    }
    return count;
}

static void append_gcs_headers(spay__buffer *out, const spay_http_request *request)
{
    const spay__header *sorted[SPAY__MAX_REQUEST_HEADERS];
    size_t count = sort_gcs_headers(request, sorted);
    size_t i;

    for (i = 0; i < count; i++) {
        const char *name;

        for (name = sorted[i]->name; *name; name++)
            spay__buffer_byte(out, spay__to_lower(*name));
        spay__buffer_byte(out, ':');
        append_unfolded(out, sorted[i]->value);
        spay__buffer_byte(out, '\n');
    }
}

/* Path as it is on the wire; the query, if there is one, percent-decoded. */
static void append_resource(spay__buffer *out, const char *url)
{
    const char *authority = strstr(url, "://");
    const char *path = authority ? strchr(authority + 3, '/') : NULL;
    bool query = false;

    for (; path && *path; path++) {
        int high = query && *path == '%' ? spay__hex_value(path[1]) : -1;
        int low = high >= 0 ? spay__hex_value(path[2]) : -1;

        query = query || *path == '?';
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

bool spay__v1hmac_authorization(const spay_http_request *request, const char *key_id,
                                const spay__secret *secret, spay__buffer *out)
{
    unsigned char mac[SPAY__SHA256_SIZE];
    char signature[SPAY__BASE64_SIZE(SPAY__SHA256_SIZE)];
    spay__buffer string;
    bool done;

    spay__buffer_init(&string, LONGEST_STRING);
    done = spay__v1hmac_string(request, &string) &&
           spay__hmac_sha256(secret->text, secret->length, string.data, string.length, mac);
    spay__buffer_clear(&string);
    if (!done)
        return false;
    spay__base64_encode(signature, mac, sizeof(mac));
    spay__buffer_text(out, "GCS v1HMAC:");
    spay__buffer_text(out, key_id);
    spay__buffer_byte(out, ':');
    return spay__buffer_text(out, signature);
}
