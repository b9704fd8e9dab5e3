/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Whom a client trusts over TLS: one store of certificates for all of its connections, and the TLS
 * sessions that were verified with it, one for each host, for the next connection to resume. Left
 * to itself, libcurl reads the system's authorities again for each connection, and each of its
 * handles resumes its own sessions only.
 *
 * Peers are verified as libcurl would do it: same authorities, same flags, same verdicts. A session
 * is resumed only as long as the certificate that it began with is valid and the store is not due.
 */
#ifndef SPAY__TRANSPORT_CURL_TRUST_H
#define SPAY__TRANSPORT_CURL_TRUST_H

#include "curl_settings.h"

/*
 * Where the authorities are. A bundle of the caller's own, as a file or as text, is read at once.
 * Of the system's, a hashed directory is looked into for each issuer, and the bundle is read when
 * that was not enough. Texts are not copied.
 */
typedef struct spay__trust_source {
    const char *own_file;
    const char *own_pem;
    const char *directory;
    const char *bundle;
    bool pinned;         /* each connection shall prove its key: no session is resumed */
    int64_t lifetime_ms; /* of a store: the next connection has it made anew then */
} spay__trust_source;

typedef struct spay__trust spay__trust;

/* The system's authorities are where libcurl was built to look for them. */
void spay__trust_the_system(spay__trust_source *source);

/*
 * NULL if libcurl has to do it in its own way: it does not run on the OpenSSL that we run on, or
 * the source is unusable, and it will say why.
 */
spay__trust *spay__trust_new(const spay__trust_source *source);

/* After all handles that it was set on. NULL is ignored. */
void spay__trust_free(spay__trust *trust);

/*
 * Whether libcurl needs no authorities beside it. From 8.17 on it takes its defaults where there
 * are none, and may ask the system after all: there it has to be told of a bundle of the caller's.
 */
bool spay__trust_is_alone(void);

/* Have the connections of a handle verified by it. Not for one with an HTTPS proxy. */
void spay__trust_set(spay__curl_setter *set, spay__trust *trust);

#endif
