/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * create --dry-run: the requests as they would be sent, secrets masked.
 */

#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "run.h"

int dry_run(const struct run *run);

#endif
