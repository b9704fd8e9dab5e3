/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Texts of the table: their $NAMES stand for settings.
 */

#include "findings.h"

#include "cli/secrets.h"

#include <ctype.h>
#include <string.h>

enum setting verify_account(const struct verify *verify)
{
    if (verify->settings.product == WEPAY)
        return WEPAY_ACCOUNT_ID;
    return verify->settings.product == HOSTED_FIELDS ? HOSTED_FIELDS_TERMINAL_ID
                                                     : CONNECT_MERCHANT_ID;
}

/* The value of a $NAME, and how long the name is; 0 if it is none. */
static size_t name_at(const struct verify *verify, const char *text, const char **value)
{
    const struct {
        const char *name;
        enum setting setting;
    } names[] = {
        {"$ACCOUNT", verify_account(verify)}, {"$CAPITALS", verify_account(verify)},
        {"$API_VERSION", WEPAY_API_VERSION},  {"$LIB_VERSION", HOSTED_FIELDS_LIB_VERSION},
        {"$DOMAIN", APPLE_PAY_DOMAIN_NAME},   {"$VALIDATION_URL", APPLE_PAY_VALIDATION_URL},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i].name);
        if (strncmp(text, names[i].name, length) != 0)
            continue;
        *value = settings_get(&verify->settings, names[i].setting);
        if (!*value)
            *value = names[i].setting == WEPAY_API_VERSION ? "3.0" : "";
        return length;
    }
    return 0;
}

static size_t expand_into(const struct verify *verify, const char *text, char *out)
{
    size_t length = 0;

    while (*text) {
        const char *value = text;
        size_t name = name_at(verify, text, &value);
        size_t copied = name ? strlen(value) : 1;
        bool capitals = !strncmp(text, "$CAPITALS", name ? name : 9);
        for (size_t i = 0; out && i < copied; i++)
            out[length + i] = capitals ? (char)toupper((unsigned char)value[i]) : value[i];
        length += copied;
        text += name ? name : 1;
    }
    if (out)
        out[length] = '\0';
    return length;
}

char *verify_expand(const struct verify *verify, const char *text)
{
    char *out = xmalloc(expand_into(verify, text, NULL) + 1);

    (void)expand_into(verify, text, out);
    return out;
}
