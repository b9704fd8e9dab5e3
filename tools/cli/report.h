/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * A failed call: exit status, and what is told.
 */

#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "settings.h"

#include <sessionpay/error.h>

/* The outcome comes first, then the group of the status. */
int report_exit_status(const spay_error *error);

/*
 * Tell it, and free it. Fields that a setting fills are told with it; journal is the file that has
 * the key, or NULL. Returns the exit status.
 */
int report_error(spay_error *error, const struct settings *settings, const char *journal);

#endif
