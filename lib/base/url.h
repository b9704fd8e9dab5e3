/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * URLs, strictly: only what the library is willing to send a credential to.
 */
#ifndef SPAY__URL_H
#define SPAY__URL_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

enum {
    SPAY__HOST_SIZE = 256
};

/* The parts of an absolute URL. path points into the parsed text and runs to its end. */
typedef struct spay__url {
    bool https;
    char host[SPAY__HOST_SIZE]; /* lower case; an IPv6 address in brackets */
    int port;                   /* the scheme's default if the text has none */
    const char *path;           /* "" or from "/" on; query and fragment are refused */
} spay__url;

/*
 * Take an http or https URL apart. Refused: user info, query, fragment, percent signs or anything
 * but letters, digits, "." and "-" in the host, backslashes, blanks, control and non-ASCII bytes.
 * An address must be one to inet_pton(): libcurl and resolvers read "127.08.0.1" in their own ways.
 *
 * Returns NULL, or the rule that is broken: "not_a_url" or "not_https" (http, and not loopback).
 */
const char *spay__url_parse(const char *text, spay__url *url);

/* Whether host is this machine: localhost, 127.0.0.0/8 or [::1]. */
bool spay__host_is_loopback(const char *host);

/* Whether host is domain or ends in "." domain. */
bool spay__host_is_under(const char *host, const char *domain);

/* Whether a text is an IPv4 or IPv6 address as inet_pton() reads one: no zone, no leading zeros. */
bool spay__is_ip_address(const char *text);

/* Append one path segment, everything but RFC 3986's unreserved characters percent-encoded. */
bool spay__url_append_segment(spay__buffer *buffer, const char *segment);

/* A copy of a base URL without its trailing slash; NULL without memory. */
char *spay__url_copy_base(const char *url);

#endif
