/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * One session with the library, made with the settings of the command line.
 */

#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "settings.h"

#include <sessionpay/sessionpay.h>

struct session_call {
    const struct settings *settings;
    spay_client *client;
    spay_call_options options;
    bool reveal;     /* tell the session's value, which is a secret */
    bool always_key; /* send a key also where that is not usual */
};

/* The environment's constant by its name, 0 without one; -1 if there is no such name. */
int32_t session_environment(const struct settings *settings);

/* Tell what is wrong with settings that are no text. Returns CLI_DONE or CLI_USAGE. */
int session_check(const struct settings *settings, const char *command);

/* What the settings say of a client; their texts are borrowed. */
spay_client_options session_client_options(const struct settings *settings);

/* What they say of accounts. */
spay_wepay_options session_wepay_account(const struct settings *settings);
spay_hosted_fields_options session_hosted_fields_account(const struct settings *settings);
spay_connect_server_options session_connect_account(const struct settings *settings);

/* Make a session. Returns what is told about it; NULL and *error on failure. */
cJSON *session_create(const struct session_call *call, spay_error **error);

#endif
