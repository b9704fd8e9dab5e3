/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The configuration file: [profile] lines, each followed by "key = value" lines; "#" begins a
 * comment line.
 */

#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdbool.h>

struct config {
    const char *path;    /* NULL: sessionpay/config in XDG_CONFIG_HOME or ~/.config */
    const char *profile; /* NULL: "default" */
    /*
     * Gets each line of the profile, and with a NULL ctx those of other profiles, which are checked
     * too. Returns what is wrong with it, NULL if nothing is.
     */
    const char *(*line)(void *ctx, const char *key, const char *value, bool is_private);
    void *ctx;
};

/* Returns CLI_DONE, or an exit status after a complaint that names file and line. */
int config_read(const struct config *config);

#endif
