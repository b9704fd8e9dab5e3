/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A certificate authority made for one run, and a server certificate from it.
 */
#ifndef SANDBOX_CERTIFICATE_H
#define SANDBOX_CERTIFICATE_H

#include <stdbool.h>

struct certificate {
    char *ca_pem;     /* what clients must trust */
    char *server_pem; /* for 127.0.0.1, ::1, localhost and the address listened on */
    char *key_pem;    /* of the server; the CA's key is gone at once */
};

bool certificate_make(struct certificate *certificate, const char *address);
void certificate_free(struct certificate *certificate);

#endif
