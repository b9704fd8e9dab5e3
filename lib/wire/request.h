/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What HTTP/1.1 and HTTP/2 take from a request in the same way.
 */
#ifndef SPAY__WIRE_REQUEST_H
#define SPAY__WIRE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

/* The parts of a URL, within it. */
typedef struct spay__request_target {
    size_t scheme_length;
    const char *host; /* and port, unless it is the scheme's default */
    size_t host_length;
    const char *path; /* and query */
    size_t path_length;
    bool needs_slash; /* before the path, which is empty or only a query */
} spay__request_target;

/* Of a URL that has been parsed, so it has a scheme. */
void spay__request_target_parse(const char *url, spay__request_target *target);

#endif
