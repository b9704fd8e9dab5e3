/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The doctor's first step at a provider: which settings there are, and what is wrong with them.
 */

#ifndef CLI_DOCTOR_SETTINGS_H
#define CLI_DOCTOR_SETTINGS_H

#include "cli/settings.h"
#include "diagnosis.h"

enum settings_verdict {
    SETTINGS_GOOD,   /* or what is wrong with them does not matter to a probe */
    SETTINGS_NO_KEY, /* the credentials cannot be tried, but the way to the host can */
    SETTINGS_NO_HOST /* nor can that: the host, the CA file or the proxy is not known */
};

enum settings_verdict doctor_settings(struct diagnosis *diagnosis, const struct settings *settings);

#endif
