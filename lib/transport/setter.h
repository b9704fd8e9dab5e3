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
    CURLcode failed; /* the first failure; nothing is set after it */
} spay__curl_setter;

#define SPAY__CURL_SET(set, option, value)                                                         \
    do {                                                                                           \
        if (!(set)->failed)                                                                        \
            (set)->failed = curl_easy_setopt((set)->easy, option, value);                          \
    } while (0)

#endif
