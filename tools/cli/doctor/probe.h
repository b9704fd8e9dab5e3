/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * A request that makes no session, sent with the library as create would send its own, so that what
 * it tells is what a session would meet:
 *
 * - WePay: the type of the session is none of WePay's, and no account is named.
 * - Hosted Fields: the bearer token alone is fetched. At the API, a bearer token of our own making
 *   is refused.
 * - Connect: the merchant in the path is nobody's. Worldline checks the signature first.
 */

#ifndef CLI_DOCTOR_PROBE_H
#define CLI_DOCTOR_PROBE_H

#include "cli/settings.h"

#include <sessionpay/sessionpay.h>

enum probe_target {
    PROBE_API,
    PROBE_TOKEN /* the identity host of Hosted Fields */
};

struct probe {
    const struct settings *settings;
    enum probe_target target;

    /* What it told. */
    spay_error *error; /* NULL: the token was given, which is the only success there is */
    bool attempted;    /* a connection was tried; what follows is known then */
    bool made;         /* against all expectations, a session was made */
    char host[256];
    int port;
    bool encrypted;
    char phase[16]; /* how far it got, as in events */
    int http_status;
    int64_t elapsed_ms;
    bool has_clock;
    int64_t clock_offset_ms; /* this machine's clock minus the server's, as of its first Date */
};

/* Send it. */
void probe_run(struct probe *probe);

void probe_free(struct probe *probe);

/*
 * A copy whose credentials are of our own making: what can be told without the user's. It borrows
 * from the settings, and is not freed.
 */
struct settings probe_made_up(const struct settings *settings);

/* What went wrong, in one line. */
const char *probe_message(const struct probe *probe);

/* Whether the reply is a page of something in between. */
bool probe_is_page(const struct probe *probe);

#endif
