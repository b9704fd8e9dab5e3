/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Which of a provider's systems an account uses.
 */
#include "environment.h"

#include <string.h>

static const char *environment_url(const spay__environment *environments, int32_t environment)
{
    for (; environments->environment; environments++)
        if (environments->environment == environment)
            return environments->base_url;
    return NULL;
}

int32_t spay__environment_of(const spay__environment *environments, const char *url)
{
    spay__url named;
    spay__url known;

    if (!url || spay__url_parse(url, &named))
        return 0;
    for (; environments->environment; environments++) {
        (void)spay__url_parse(environments->base_url, &known);
        if (strcmp(named.host, known.host) == 0)
            return environments->environment;
    }
    return 0;
}

/* A base URL that belongs to another of the provider's systems than the environment says. */
static bool contradicts(const spay__environment *environments, const char *environment_base,
                        const char *base_url)
{
    int32_t named = spay__environment_of(environments, base_url);

    return named && named != spay__environment_of(environments, environment_base);
}

const char *spay__choose_base_url(spay__input *input, const spay__environment *environments,
                                  int32_t environment, const char *base_url, bool with_path)
{
    const char *url = environment_url(environments, environment);
    spay__url parts;

    if (environment && !url)
        spay__input_fault(input, "environment", "unknown_environment",
                          "is none of the constants of this provider");
    else if (!environment && !base_url)
        spay__input_fault(input, "environment", "missing", "is required unless base_url is set");
    if (!base_url)
        return url;
    if (!spay__input_base_url(input, "base_url", base_url, with_path, &parts))
        return NULL;
    if (url && contradicts(environments, url, base_url))
        spay__input_fault(input, "base_url", "environment_mismatch",
                          "is the provider's other system than environment says");
    return base_url;
}
