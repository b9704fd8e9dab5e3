/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The shop's HTTP server: pages, and what they ask for.
 */
#ifndef CHECKOUT_WEB_H
#define CHECKOUT_WEB_H

#include <stdbool.h>

struct MHD_Daemon;

/** What pages are made of. All is borrowed. */
struct web_settings {
    const char *pages;       /* the directory with them */
    const char *card_script; /* URL of the Hosted Fields script */
    const char *integrity;   /* what its bytes must be: "sha384-..."; "" where nobody says */
    const char *apple_pay;   /* URL of a stand-in for Apple Pay; "" for none */
    const char *sources;     /* origins of the above, for the Content-Security-Policy */
};

/** NULL if it cannot listen on this port of loopback; 0 takes a free one, and *port is that then. */
struct MHD_Daemon *web_start(const struct web_settings *settings, int *port);

#endif
