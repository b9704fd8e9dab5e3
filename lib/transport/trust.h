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
#ifndef SPAY__TRANSPORT_TRUST_H
#define SPAY__TRANSPORT_TRUST_H

#include <stdbool.h>
#include <stdint.h>

#include "setter.h"

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
 * NULL if libcurl has to do it in its own way: it does not run on the OpenSSL that we run on, there
 * is no source or no memory; or if the caller's own source is empty, as it has no certificate.
 */
spay__trust *spay__trust_new(const spay__trust_source *source, bool *empty);

/* After all handles that it was set on. NULL is ignored. */
void spay__trust_free(spay__trust *trust);

/*
 * Whether libcurl needs no authorities beside those of the caller. From 8.17 on it may ask the
 * system where it has none, so there it has to be told of the caller's, too.
 */
bool spay__trust_is_alone(void);

enum {
    SPAY__TLS_NAME_SIZE = 128,
    SPAY__TLS_ABOUT_SIZE = 3 * SPAY__TLS_NAME_SIZE + 64
};

/* The TLS of one connection: what it needs, and what is known of it. It does not move. */
typedef struct spay__tls {
    spay__trust *trust;
    const char *host; /* and port; not copied; NULL: no session is resumed */
    struct spay__tls
        *proxy; /* TLS with the proxy, through which that with the host goes; or NULL */
    bool http2; /* offer HTTP/2 as well as HTTP/1.1 */
    struct spay__cached_session *cached;

    bool started; /* libcurl has come to TLS */
    bool ready;   /* the handshake is done */
    bool trusted; /* the peer: it was verified, now or when the session began that is resumed */
    bool http2_chosen;
    bool version_1_3;
    bool closed;        /* the peer has said that it sends no more */
    bool no_memory;     /* is why it failed */
    bool refused;       /* by our side, for an error of the protocol */
    bool ended;         /* the peer closed the connection in the handshake */
    bool plain_http;    /* is what the peer speaks */
    int verify_error;   /* OpenSSL's verdict on the certificate; 0 if it has none against it */
    int alert_received; /* -1 if none was */
    int alert_sent;
    struct x509_st *judged; /* the certificate that the verdict is about */
    const char *unread;     /* the system's bundle, if it was needed and cannot be read */
} spay__tls;

void spay__tls_init(spay__tls *tls, spay__trust *trust, const char *host);
void spay__tls_clear(spay__tls *tls);

/* Have the connection of a handle verified by the trust. */
void spay__tls_set(spay__tls *tls, spay__curl_setter *set);

/* OpenSSL's verdict on a certificate as a word for spay_error_reason(). */
const char *spay__tls_verdict(int verdict);

/*
 * "; subject ..., issuer ..., valid ... to ..." of the certificate that was judged, in ASCII, and
 * which bundle cannot be read.
 */
void spay__tls_describe(const spay__tls *tls, char about[SPAY__TLS_ABOUT_SIZE]);

/*
 * Whether the peer refuses what we proved who we are with. With TLS 1.3 our side of the handshake
 * is done by then, and a request may be on its way, but no peer reads it before its own is.
 */
bool spay__tls_is_refused(const spay__tls *tls);

/*
 * Why the handshake failed, as a word for spay_error_reason(); NULL if the connection just ended,
 * or the handshake did not fail. Newer versions of libcurl judge a bad certificate after it.
 */
const char *spay__tls_failure(const spay__tls *tls);

/* The same as a text; "" where libcurl's says more. */
const char *spay__tls_failure_text(const spay__tls *tls);

#endif
