/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A connection that libcurl makes: how far it has come, and why it failed, for the person who has to
 * find out.
 */
#ifndef SPAY__TRANSPORT_CONNECTING_H
#define SPAY__TRANSPORT_CONNECTING_H

#include <stdint.h>

#include <netinet/in.h>

#include <sessionpay/error.h>

#include "trust.h"

enum {
    SPAY__MOST_SOCKETS = 4, /* one for each family of addresses, and one that ends a name lookup */
    SPAY__TRIED_SIZE = 3 * INET6_ADDRSTRLEN
};

struct spay__connection;
struct spay__curl_settings;

/* It does not move. */
typedef struct spay__connecting {
    struct spay__connection *connection;
    const struct spay__curl_settings *settings;
    CURL *easy;
    spay__tls tls;
    spay__tls proxy_tls; /* with an HTTPS proxy */
    int64_t began_us;
    int open[SPAY__MOST_SOCKETS]; /* sockets of libcurl's */
    int open_count;
    int no_socket; /* errno: why libcurl did not get one */
    char message[CURL_ERROR_SIZE];
    char tried[SPAY__TRIED_SIZE]; /* " (", and the addresses so far */
} spay__connecting;

/* host is the origin's, and port; not copied. */
void spay__connecting_begin(spay__connecting *c, struct spay__connection *connection,
                            const struct spay__curl_settings *settings, const char *host);
void spay__connecting_set(spay__connecting *c, spay__curl_setter *set);

/* After the handle is gone. */
void spay__connecting_clear(spay__connecting *c);

/* After each step of libcurl's: note the times of what it has reached. */
void spay__connecting_note(spay__connecting *c);

/* It is made: the times are libcurl's. */
void spay__connecting_done(spay__connecting *c);

/*
 * TLS has failed for want of memory, which libcurl 7.88 may take for a peer that it has to wait for:
 * it then asks OpenSSL again and again, until the time is over.
 */
bool spay__connecting_lacks_memory(const spay__connecting *c);

/* It has failed: the connection gets its status, reason, phase and message. */
spay_status spay__connecting_fail(spay__connecting *c, CURLcode code);

/*
 * Only the phase and the message, the latter in the connection's buffer: what was being done, with
 * whom, the text, and the certificate that was judged.
 */
void spay__connecting_explain(spay__connecting *c, spay_status status, const char *text);

#endif
