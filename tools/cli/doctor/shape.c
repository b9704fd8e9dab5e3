/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * None of the providers publishes the alphabet or length of a key. What is known: WePay's tokens
 * begin with the name of their system, and no key is a PEM block or a header line.
 */

#include "shape.h"

#include "cli/session.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_quoted(const char *value, size_t length)
{
    return length > 1 && (*value == '"' || *value == '\'') && value[length - 1] == *value;
}

static bool begins_with_header(const char *value)
{
    static const char *const prefixes[] = {"Bearer ",    "Basic ",     "GCS ",
                                           "x-api-key:", "App-Token:", "Authorization:"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (!strncasecmp(value, prefixes[i], strlen(prefixes[i])))
            return true;
    }
    return false;
}

static bool is_loopback(const char *url)
{
    return strstr(url, "://127.") || strstr(url, "://localhost") || strstr(url, "://[::1]");
}

/* The library knows WePay's own hosts; here are the others that can be told. */
static bool is_of_other_system(const struct settings *settings, const char *token)
{
    const char *url = settings_get(settings, WEPAY_BASE_URL);
    int32_t environment = session_environment(settings);
    bool test = url ? is_loopback(url) : environment == SPAY_ENV_TEST;
    bool production = !url && environment == SPAY_ENV_PRODUCTION;

    return (test && !strncmp(token, "prod_", 5)) || (production && !strncmp(token, "stage_", 6));
}

static bool is_key_id(const struct settings *settings, const char *secret)
{
    const char *id = settings_get(settings, CONNECT_API_KEY_ID);

    return id && !strcmp(id, secret);
}

struct shape_fault shape_check(const struct settings *settings, enum setting setting)
{
    const char *value = settings_get(settings, setting);
    size_t length = value ? strlen(value) : 0;

    if (!length)
        return (struct shape_fault){NULL, NULL};
    if (strstr(value, "-----BEGIN "))
        return (struct shape_fault){"pem_instead_of_key",
                                    "is a PEM block, a certificate or an RSA key; the provider's "
                                    "key is one line of text"};
    if (is_blank(value[0]) || is_blank(value[length - 1]))
        return (struct shape_fault){"white_space", "begins or ends with white space"};
    if (is_quoted(value, length))
        return (struct shape_fault){"quotes", "is in quotes, which became part of it"};
    if (settings_is_secret(setting) && begins_with_header(value))
        return (struct shape_fault){"header_instead_of_key",
                                    "is a header line; give the key alone"};
    if (setting == WEPAY_APP_TOKEN && is_of_other_system(settings, value))
        return (struct shape_fault){"environment_mismatch", "belongs to WePay's other system"};
    if (setting == CONNECT_SECRET_API_KEY && is_key_id(settings, value))
        return (struct shape_fault){"key_id_instead_of_key", "is the key's id, not the secret"};
    return (struct shape_fault){NULL, NULL};
}
