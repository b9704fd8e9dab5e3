/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "torture/kit/preload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void preload(char *const *argv, const char *name)
{
    char path[4096];
    const char *slash = strrchr(argv[0], '/');

    if (getenv("SPAY_PRELOADED") || !slash)
        return;
    (void)snprintf(path, sizeof(path), "%.*s/preload/%s.so", (int)(slash - argv[0]), argv[0], name);
    if (access(path, R_OK) != 0)
        return;
    (void)setenv("SPAY_PRELOADED", "1", 1);
    (void)setenv("LD_PRELOAD", path, 1);
    (void)execv(argv[0], argv);
}
