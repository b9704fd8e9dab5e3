/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Placeholders for what changes with the version. The signature is made with OpenSSL, from the
 * specification, and not with the library that is tested.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sessionpay/version.h>

#include "golden/expand.h"
#include "golden/text.h"

enum {
    MAC_SIZE = 32,
    HEADERS_MAX = 32
};

static char *base64(const void *bytes, size_t length)
{
    char *text = golden_alloc(length / 3 * 4 + 5);

    (void)EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
    return text;
}

/* It ends with the last brace of its line: the text may be JSON. */
static char *expand_base64(char *text)
{
    static const char opening[] = "${base64:";
    char *start = strstr(text, opening);
    char *result = NULL;

    if (!start)
        return text;
    char *content = start + strlen(opening);
    size_t line = strcspn(content, "\n");
    size_t length = line;
    while (length > 0 && content[length - 1] != '}')
        length--;
    char *encoded = base64(content, length ? length - 1 : 0);
    char *rest = golden_copy(content + length, strlen(content + length));
    *start = '\0';
    result = golden_format("%s%s%s", text, encoded, rest);
    free(encoded);
    free(rest);
    free(text);
    return expand_base64(result);
}

char *golden_expand_version(char *text)
{
    return expand_base64(golden_replace(text, "${version}", SPAY_VERSION_STRING));
}

/* The text of a base64 value, in new memory; "" if it is none. */
static char *from_base64(const char *value)
{
    size_t length = strlen(value);
    char *text = golden_alloc(length + 4);
    int decoded = EVP_DecodeBlock((unsigned char *)text, (const unsigned char *)value, (int)length);

    for (size_t i = length; decoded > 0 && i > 0 && value[i - 1] == '='; i--)
        decoded--;
    text[decoded > 0 ? decoded : 0] = '\0';
    return text;
}

/* A header line with a base64 value that has the version inside; others stay as they are. */
static char *collapse_line(char *line)
{
    const char *colon = strstr(line, ": ");
    char *value = from_base64(colon ? colon + 2 : "");
    char *result = line;

    if (strstr(value, "/v" SPAY_VERSION_STRING)) {
        value = golden_replace(value, "/v" SPAY_VERSION_STRING, "/v${version}");
        result = golden_format("%.*s: ${base64:%s}", (int)(colon - line), line, value);
        free(line);
    }
    free(value);
    return result;
}

char *golden_collapse_version(char *text)
{
    char *result = golden_copy("", 0);
    size_t length = 0;

    text = golden_replace(text, "libsessionpay/" SPAY_VERSION_STRING, "libsessionpay/${version}");
    for (const char *at = text; *at; at += length) {
        char *line = NULL;
        char *longer = NULL;
        length = strcspn(at, "\n");
        line = strncmp(at, "X-GCS-", 6) == 0 ? collapse_line(golden_copy(at, length))
                                             : golden_copy(at, length);
        length += at[length] == '\n';
        longer = golden_format("%s%s%s", result, line, at[length - 1] == '\n' ? "\n" : "");
        free(result);
        free(line);
        result = longer;
    }
    free(text);
    return result;
}

/* The value of a header line, in new memory; "" if there is none. */
static char *header(const char *text, const char *name)
{
    char *start = golden_format("\n%s: ", name);
    const char *line = strstr(text, start);
    const char *value = line ? line + strlen(start) : "";
    char *result = golden_copy(value, strcspn(value, "\n"));

    free(start);
    return result;
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* "X-GCS-Name: value" as it is signed: "x-gcs-name:value". */
static char *canonical(const char *line)
{
    size_t length = strcspn(line, "\n");
    size_t name = strcspn(line, ":");
    char *result = golden_copy(line, length);

    for (size_t i = 0; i < name; i++)
        if (result[i] >= 'A' && result[i] <= 'Z')
            result[i] = (char)(result[i] - 'A' + 'a');
    if (result[name] == ':' && result[name + 1] == ' ')
        memmove(result + name + 1, result + name + 2, length - name - 1);
    return result;
}

static char *signed_headers(const char *text)
{
    char *lines[HEADERS_MAX];
    size_t count = 0;
    char *result = golden_copy("", 0);

    for (const char *at = strstr(text, "\nX-GCS"); at && count < HEADERS_MAX;
         at = strstr(at + 1, "\nX-GCS"))
        lines[count++] = canonical(at + 1);
    if (count > 1)
        qsort(lines, count, sizeof(lines[0]), by_text);
    for (size_t i = 0; i < count; i++) {
        char *longer = golden_format("%s%s\n", result, lines[i]);
        free(result);
        free(lines[i]);
        result = longer;
    }
    return result;
}

static char *string_to_sign(const char *text)
{
    size_t first = strcspn(text, "\n");
    char *line = golden_copy(text, first); /* POST https://host/path */
    size_t method = strcspn(line, " ");
    const char *host = strstr(line, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    char *type = header(text, "Content-Type");
    char *date = header(text, "Date");
    char *headers = signed_headers(text);
    char *result = golden_format("%.*s\n%s\n%s\n%s%s\n", (int)method, line, type, date, headers,
                                 path ? path : "");

    free(line);
    free(type);
    free(date);
    free(headers);
    return result;
}

char *golden_expand_signature(char *text, const char *secret)
{
    static const char variable[] = "${v1hmac}";
    unsigned char mac[MAC_SIZE];
    char *to_sign = NULL;
    char *signature = NULL;

    if (!strstr(text, variable))
        return text;
    to_sign = string_to_sign(text);
    (void)HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)to_sign,
               strlen(to_sign), mac, NULL);
    signature = base64(mac, sizeof(mac));
    text = golden_replace(text, variable, signature);
    free(to_sign);
    free(signature);
    return text;
}
