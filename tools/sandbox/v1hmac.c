/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Verification of v1HMAC, written from the specification and from nothing else.
 *
 * The signed text is: method, Content-Type, Date, the X-GCS headers sorted by name, the resource,
 * each on a line of its own that ends in LF, the last one too.
 */

#include "v1hmac.h"

#include "clock.h"
#include "url.h"
#include "xalloc.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAC_SIZE = 32,
    SIGNATURE_LENGTH = 44
};

static void append_lower_case(struct buffer *out, const char *name)
{
    for (; *name; name++) {
        char c = *name;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        buffer_append(out, &c, 1);
    }
}

/* Trimmed; inner blanks stay. The rule for folded lines needs no code here: what the HTTP server
 * hands over has no line breaks. */
static void append_canonical_value(struct buffer *out, const char *value)
{
    static const char blanks[] = " \t\v\f";
    size_t end = strlen(value);
    size_t start = strspn(value, blanks);

    while (end > start && strchr(blanks, value[end - 1]))
        end--;
    buffer_append(out, value + start, end - start);
}

static int by_name(const void *left, const void *right)
{
    const struct header *a = left, *b = right;

    return strcmp(a->name, b->name);
}

/* The X-GCS headers with lower-case names, sorted. */
static void collect(struct headers *signed_headers, const struct headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        struct buffer name = {0};
        if (strncasecmp(headers->items[i].name, "x-gcs", 5) != 0)
            continue;
        append_lower_case(&name, headers->items[i].name);
        headers_add(signed_headers, name.data, headers->items[i].value);
        buffer_free(&name);
    }
    if (signed_headers->count > 1)
        qsort(signed_headers->items, signed_headers->count, sizeof *signed_headers->items, by_name);
}

static void append_headers(struct buffer *out, const struct headers *headers)
{
    struct headers signed_headers = {0};

    collect(&signed_headers, headers);
    for (size_t i = 0; i < signed_headers.count; i++) {
        buffer_append_text(out, signed_headers.items[i].name);
        buffer_append_text(out, ":");
        append_canonical_value(out, signed_headers.items[i].value);
        buffer_append_text(out, "\n");
    }
    headers_free(&signed_headers);
}

/* The path stays percent-encoded as it was sent; the query is signed decoded. */
static void append_resource(struct buffer *out, const char *target)
{
    const char *query = strchr(target, '?');

    if (!query) {
        buffer_append_text(out, target);
        return;
    }
    buffer_append(out, target, (size_t)(query - target) + 1);
    percent_decode(out, query + 1, strlen(query + 1));
}

static void append_line(struct buffer *out, const char *text)
{
    buffer_append_text(out, text ? text : "");
    buffer_append_text(out, "\n");
}

static void string_to_sign(struct buffer *out, const struct request *request)
{
    append_line(out, request->method);
    append_line(out, request_header(request, "Content-Type"));
    append_line(out, request_header(request, "Date"));
    append_headers(out, &request->headers);
    append_resource(out, request->target);
    append_line(out, NULL);
}

static void sign(char signature[SIGNATURE_LENGTH + 1], const struct buffer *text,
                 const char *secret)
{
    unsigned char mac[MAC_SIZE];

    HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)buffer_text(text),
         text->length, mac, NULL);
    EVP_EncodeBlock((unsigned char *)signature, mac, MAC_SIZE);
}

static char *explain_mismatch(const struct buffer *text)
{
    unsigned char digest[MAC_SIZE];
    char hex[2 * MAC_SIZE + 1];

    SHA256((const unsigned char *)buffer_text(text), text->length, digest);
    for (size_t i = 0; i < MAC_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return xasprintf("the signature is not that of what was received: a string to sign of %zu "
                     "bytes with SHA-256 %s",
                     text->length, hex);
}

/* NULL if the signature is right, else why not. */
static char *check_signature(const struct request *request, const char *given, const char *secret)
{
    struct buffer text = {0};
    char expected[SIGNATURE_LENGTH + 1];
    char *why = NULL;

    string_to_sign(&text, request);
    sign(expected, &text, secret);
    if (strlen(given) != SIGNATURE_LENGTH || CRYPTO_memcmp(given, expected, SIGNATURE_LENGTH) != 0)
        why = explain_mismatch(&text);
    buffer_free(&text);
    return why;
}

static char *check_authorization(const struct request *request, const struct v1hmac_key *key)
{
    static const char scheme[] = "GCS v1HMAC:";
    const char *value = request_header(request, "Authorization");
    size_t id_length = strlen(key->id);

    if (!value)
        return xstrdup("there is no Authorization header");
    if (strncmp(value, scheme, sizeof scheme - 1) != 0 || !strchr(value + sizeof scheme - 1, ':'))
        return xstrdup("Authorization is not of the form 'GCS v1HMAC:keyId:signature'");
    value += sizeof scheme - 1;
    if (strncmp(value, key->id, id_length) != 0 || value[id_length] != ':')
        return xstrdup("the API key id is not known");
    return check_signature(request, value + id_length + 1, key->secret);
}

static char *check_date(const struct request *request, int64_t now, long window)
{
    const char *value = request_header(request, "Date");
    int64_t date;

    if (!value)
        return xstrdup("there is no Date header");
    if (!clock_parse_http(value, &date))
        return xstrdup("Date is not of the form 'Tue, 03 Mar 2026 09:15:42 GMT'");
    if (date < now - window || date > now + window)
        return xasprintf("Date is %lld seconds away from the clock here; %ld are allowed",
                         (long long)(date - now), window);
    return NULL;
}

bool v1hmac_authentic(const struct request *request, const struct v1hmac_key *key, int64_t now,
                      long window, char **why)
{
    *why = check_authorization(request, key);
    if (!*why)
        *why = check_date(request, now, window);
    return !*why;
}
