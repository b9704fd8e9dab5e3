/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Setting options on a libcurl handle. Those that libcurl was built to accept do not fail; one that
 * does must not pass unnoticed.
 */
#ifndef SPAY__TRANSPORT_SETTER_H
#define SPAY__TRANSPORT_SETTER_H

#include <curl/curl.h>

typedef struct spay__curl_setter {
    CURL *easy;
    CURLcode failed; /* the first failure */
} spay__curl_setter;

static inline void spay__curl_note(spay__curl_setter *set, CURLcode result)
{
    if (!set->failed)
        set->failed = result;
}

#define SPAY__CURL_SET(set, option, value)                                                         \
    spay__curl_note(set, curl_easy_setopt((set)->easy, option, value))

#endif
