/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * URLs: what is accepted, libcurl and the resolver read as the same host, and nothing that a header
 * or a log could be split with is in it. A path segment comes back from libcurl as it was.
 */
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/url.h"
#include "support/input.h"
#include "wire/readers/host.h"

static void check_url(const char *text)
{
    spay__url url;
    const char *differing;

    if (spay__url_parse(text, &url))
        return;
    REQUIRE(url.port > 0 && url.port <= 65535);
    REQUIRE(url.path >= text && url.path <= text + strlen(text));
    REQUIRE(!strpbrk(text, " \t\r\n\\#?"));
    REQUIRE(url.https || spay__host_is_loopback(url.host));
    REQUIRE(spay__host_is_under(url.host, url.host));
    differing = host_readers_differ(text, &url);
    if (differing)
        fuzz_fail(differing, __FILE__, __LINE__);
}

static void check_segment(const char *text)
{
    spay__buffer buffer;
    int length = 0;
    char *again;

    spay__buffer_init(&buffer, 3 * strlen(text) + 1);
    REQUIRE(spay__url_append_segment(&buffer, text));
    again = curl_easy_unescape(NULL, buffer.data ? buffer.data : "", (int)buffer.length, &length);
    REQUIRE(again && (size_t)length == strlen(text) && memcmp(again, text, (size_t)length) == 0);
    curl_free(again);
    spay__buffer_clear(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    char *text = fuzz_text(&input);

    check_url(text);
    check_segment(text);
    free(text);
    return 0;
}
