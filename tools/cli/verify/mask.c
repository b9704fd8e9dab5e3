/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What may be told of a reply's values: codes, numbers and the like, and no secret.
 */

#include "findings.h"

#include "cli/output.h"
#include "cli/secrets.h"

#include <ctype.h>
#include <string.h>

enum {
    SHOWN_MOST = 48,
    SECRET_LEAST = 4
};

static bool contains(const char *text, const char *part, bool reversed)
{
    size_t length = strlen(part);

    for (; *text; text++) {
        size_t same = 0;
        while (same < length && text[same] &&
               tolower((unsigned char)text[same]) ==
                   tolower((unsigned char)part[reversed ? length - 1 - same : same]))
            same++;
        if (same == length)
            return true;
    }
    return false;
}

/* Both in its own order and reversed, whatever the case. */
static bool holds(const char *text, const char *part)
{
    return strlen(part) >= SECRET_LEAST &&
           (contains(text, part, false) || contains(text, part, true));
}

/* A secret, or one of a list of secrets. */
static bool holds_one_of(const char *text, const char *secrets)
{
    char *list = xstrdup(secrets);
    char *rest = NULL;
    bool found = holds(text, list);

    for (char *word = strtok_r(list, ",\n", &rest); word; word = strtok_r(NULL, ",\n", &rest))
        found = found || holds(text, word);
    secret_free(list);
    return found;
}

static bool holds_secret(const struct verify *verify, const char *text)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *secret = settings_get(&verify->settings, (enum setting)i);
        if (secret && settings_is_secret((enum setting)i) && holds_one_of(text, secret))
            return true;
    }
    return false;
}

static bool is_in_table(const char *text)
{
    for (int i = 0; i < BELIEF_COUNT; i++) {
        if (beliefs[i].expected && !strcmp(beliefs[i].expected, text))
            return true;
    }
    return false;
}

/* One of: a code in capitals, a number, small words with dashes, dots or slashes. */
static bool is_word(const char *text)
{
    static const char *const alphabets[] = {"ABCDEFGHIJKLMNOPQRSTUVWXYZ_", "0123456789",
                                            "abcdefghijklmnopqrstuvwxyz-_./+"};
    size_t length = strlen(text);

    for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++) {
        if (strspn(text, alphabets[i]) == length)
            return true;
    }
    return false;
}

static bool may_show(const struct verify *verify, const char *text)
{
    return strlen(text) <= SHOWN_MOST && (is_in_table(text) || is_word(text)) &&
           !holds_secret(verify, text);
}

void verify_describe(const struct verify *verify, const cJSON *value, char *text, size_t size)
{
    char number[40];

    if (!value) {
        snprintf(text, size, "nothing");
    } else if (cJSON_IsString(value) && may_show(verify, value->valuestring)) {
        snprintf(text, size, "\"%s\"", value->valuestring);
    } else if (cJSON_IsString(value)) {
        snprintf(text, size, "a string of %zu bytes", strlen(value->valuestring));
    } else if (cJSON_IsNumber(value)) {
        snprintf(number, sizeof number, "%.15g", value->valuedouble);
        snprintf(text, size, "%s", holds_secret(verify, number) ? "a number" : number);
    } else if (cJSON_IsArray(value)) {
        snprintf(text, size, "a list of %d", cJSON_GetArraySize(value));
    } else if (cJSON_IsObject(value)) {
        snprintf(text, size, "an object with %d members", cJSON_GetArraySize(value));
    } else {
        snprintf(text, size, "%s",
                 cJSON_IsNull(value)   ? "null"
                 : cJSON_IsTrue(value) ? "true"
                                       : "false");
    }
}
