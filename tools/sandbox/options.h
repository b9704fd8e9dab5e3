/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the command line asks for.
 */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

#include "beliefs/beliefs.h"

#include <stdbool.h>

/* Exit status for a mistake of the user or a failure of the tool itself. */
enum {
    EXIT_TROUBLE = 2
};

/* "As the provider does it": no option was given. */
enum {
    PROVIDERS_OWN = -1
};

struct options {
    bool plain_http;
    bool until_eof;
    bool throttle;
    bool keep_failures;
    int port;
    const char *bind;
    const char *ca_file; /* NULL: in a temporary directory */
    int auth_status;
    long token_lifetime;
    long session_lifetime;
    long clock_window;
    long clock_offset;
    bool deviates[BELIEF_COUNT];
    char **command; /* NULL-terminated, or NULL */
};

/* Ends the program after --help, --version and mistakes. */
void options_parse(struct options *options, int argc, char **argv);

#endif
