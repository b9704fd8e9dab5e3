/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The certificate that a host shows, whether it is acceptable or not.
 */

#ifndef CLI_DOCTOR_PEER_H
#define CLI_DOCTOR_PEER_H

#include "cli/settings.h"

struct peer {
    char subject[256];
    char issuer[256];
    char root[256];      /* issuer of the last certificate that came */
    char not_before[32]; /* as 2026-11-21 */
    char not_after[32];
    bool in_system_store; /* the chain ends in the system's store */
};

/*
 * Connect over the proxy of the settings, if there is one, look, and disconnect. Nothing is sent to
 * the host. false: TLS could not be set up.
 */
bool peer_look(struct peer *peer, const struct settings *settings, const char *host, int port);

#endif
