/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Verification of v1HMAC, written from the specification and from nothing else.
 *
 * The signed text is: method, Content-Type, Date, the X-GCS headers sorted by name, the resource,
 * each on a line of its own that ends in LF, the last one too.
 */
#include "v1hmac.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "clock.h"
#include "hint.h"
#include "url.h"
#include "xalloc.h"

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
        qsort(signed_headers->items, signed_headers->count, sizeof(*signed_headers->items),
              by_name);
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

void v1hmac_string_to_sign(struct buffer *out, const struct request *request)
{
    append_line(out, request->method);
    append_line(out, request_header(request, "Content-Type"));
    append_line(out, request_header(request, "Date"));
    append_headers(out, &request->headers);
    append_resource(out, request->target);
    append_line(out, NULL);
}

/* Bytes that are signed, or sign. */
struct bytes {
    const char *data;
    size_t length;
};

static bool fits(const char *given, struct bytes text, struct bytes key)
{
    unsigned char mac[MAC_SIZE];
    char expected[SIGNATURE_LENGTH + 1];

    HMAC(EVP_sha256(), key.data, (int)key.length, (const unsigned char *)text.data, text.length,
         mac, NULL);
    EVP_EncodeBlock((unsigned char *)expected, mac, MAC_SIZE);
    return strlen(given) == SIGNATURE_LENGTH &&
           CRYPTO_memcmp(given, expected, SIGNATURE_LENGTH) == 0;
}

static bool fits_decoded(const char *given, struct bytes text, struct bytes key)
{
    struct buffer decoded = {0};
    bool fitting = false;

    buffer_append(&decoded, key.data, key.length); /* more room than the decoded key needs */
    int length = EVP_DecodeBlock((unsigned char *)decoded.data, (const unsigned char *)key.data,
                                 (int)key.length);
    for (int padding = 0; padding < 3 && padding <= length; padding++)
        fitting |= fits(given, text, (struct bytes){decoded.data, (size_t)(length - padding)});
    buffer_free(&decoded);
    return fitting;
}

/* The two mistakes that are made most often are recognized. */
static const char *guess(const char *given, struct bytes text, struct bytes key)
{
    if (fits_decoded(given, text, key))
        return "; it fits when the secret is decoded from base64, but its text is the key";
    if (fits(given, (struct bytes){text.data, text.length - 1}, key))
        return "; it fits without the line feed at the end, which belongs to the text";
    return "";
}

static char *explain_mismatch(struct bytes text, const char *guessed)
{
    unsigned char digest[MAC_SIZE];
    char hex[2 * MAC_SIZE + 1];
    char *quoted = hint_quote(text.data, text.length);

    SHA256((const unsigned char *)text.data, text.length, digest);
    for (size_t i = 0; i < MAC_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    char *why = xasprintf("the signature is not that of what was received%s. String to sign: %zu "
                          "bytes, SHA-256 %s, %s",
                          guessed, text.length, hex, quoted);
    free(quoted);
    return why;
}

/* NULL if the signature is right, else why not. */
static char *check_signature(const struct request *request, const char *given, const char *secret)
{
    struct buffer buffer = {0};
    struct bytes key = {secret, strlen(secret)};
    char *why = NULL;

    v1hmac_string_to_sign(&buffer, request);
    struct bytes text = {buffer_text(&buffer), buffer.length};
    if (!fits(given, text, key))
        why = explain_mismatch(text, guess(given, text, key));
    buffer_free(&buffer);
    return why;
}

static char *check_authorization(const struct request *request, const struct v1hmac_key *key)
{
    static const char scheme[] = "GCS v1HMAC:";
    const char *value = request_header(request, "Authorization");
    size_t id_length = strlen(key->id);

    if (!value)
        return xstrdup("there is no Authorization header");
    if (strncmp(value, scheme, sizeof(scheme) - 1) != 0 || !strchr(value + sizeof(scheme) - 1, ':'))
        return xstrdup("Authorization is not of the form 'GCS v1HMAC:keyId:signature'");
    value += sizeof(scheme) - 1;
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
