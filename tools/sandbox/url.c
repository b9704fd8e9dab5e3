/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Taking request targets apart.
 */
#include "url.h"

#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void percent_decode(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        if (byte == '%' && length - i > 2) {
            int high = hex_digit(text[i + 1]);
            int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                byte = (char)(high * 16 + low);
                i += 2;
            }
        }
        buffer_append(out, &byte, 1);
    }
}

static char *decoded(const char *text, size_t length)
{
    struct buffer out = {0};

    percent_decode(&out, text, length);
    return out.data ? out.data : xstrdup("");
}

void path_split(struct path *path, const char *target)
{
    const char *end = target + strcspn(target, "?");
    const char *at = target;

    *path = (struct path){0};
    while (at < end && *at == '/') {
        at++;
        if (path->count >= PATH_SEGMENTS_MAX) {
            path->count = PATH_SEGMENTS_MAX + 1;
            return;
        }
        size_t length = strcspn(at, "/?");
        path->segments[path->count] = decoded(at, length);
        path->count++;
        at += length;
    }
}

void path_free(struct path *path)
{
    for (size_t i = 0; i < PATH_SEGMENTS_MAX; i++)
        free(path->segments[i]);
}

bool target_path_is(const char *target, const char *path)
{
    size_t length = strlen(path);

    return strncmp(target, path, length) == 0 && (target[length] == '\0' || target[length] == '?');
}

char *query_value(const char *target, const char *name)
{
    size_t name_length = strlen(name);
    const char *at = strchr(target, '?');

    while (at) {
        at++;
        if (strncmp(at, name, name_length) == 0 && at[name_length] == '=') {
            const char *value = at + name_length + 1;
            return decoded(value, strcspn(value, "&"));
        }
        at = strchr(at, '&');
    }
    return NULL;
}
