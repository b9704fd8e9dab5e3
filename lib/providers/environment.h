/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The systems of a provider, by name and by URL: credentials of one must not reach the other.
 */
#ifndef SPAY__PROVIDERS_ENVIRONMENT_H
#define SPAY__PROVIDERS_ENVIRONMENT_H

#include "api/input.h"

/* A named environment and its base URL. Tables end with environment 0. */
typedef struct spay__environment {
    int32_t environment;
    const char *base_url;
} spay__environment;

/*
 * Which base URL an account uses: the caller's own, or that of the environment. Notes a fault and
 * returns NULL if there is neither.
 */
const char *spay__choose_base_url(spay__input *input, const spay__environment *environments,
                                  int32_t environment, const char *base_url, bool with_path);

/* Whose host a URL names: that environment's, or 0 if none's. NULL names none. */
int32_t spay__environment_of(const spay__environment *environments, const char *url);

#endif
