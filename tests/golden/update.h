/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Rewriting the expectations of a case that fails, for changes that are meant.
 */
#ifndef GOLDEN_UPDATE_H
#define GOLDEN_UPDATE_H

#include "golden/play.h"

/*
 * Write what was sent into the request files of a case, and what came out of it into expected.json.
 * Placeholders and the choice of an error's members stay as they are. 0 if a file cannot be
 * written.
 */
int golden_update(const golden_play *play, const char *directory);

#endif
