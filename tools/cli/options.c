/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Options that all commands take, and mistakes in options.
 */

#include "options.h"

#include "command.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

static int exit_status;

int options_exit_status(void)
{
    return exit_status;
}

static const struct option *option_of(const struct option *options, int code)
{
    for (; options->name; options++) {
        if (options->val == code)
            return options;
    }
    return NULL;
}

static void refuse(char **argv, const struct option *options, int code)
{
    const struct option *known = option_of(options, optopt);
    char message[160];

    if (code == ':' && known)
        snprintf(message, sizeof message, "--%s needs a value", known->name);
    else if (known)
        snprintf(message, sizeof message, "--%s takes no value", known->name);
    else
        snprintf(message, sizeof message,
                 "unknown or ambiguous option; secrets are not taken from arguments");
    exit_status = output_refuse(argv[0], message);
}

int options_next(int argc, char **argv, const struct option *options, const char *help)
{
    int code;

    opterr = 0; /* its messages repeat what was typed */
    do
        code = getopt_long(argc, argv, "-:", options, NULL);
    while (code == OPTION_JSON);
    if (code == '?' || code == ':') {
        refuse(argv, options, code);
        return OPTION_EXIT;
    }
    if (code == OPTION_HELP && help) {
        fputs(help, stdout);
        exit_status = output_end(CLI_DONE);
        return OPTION_EXIT;
    }
    /* After "--" getopt stops. */
    if (code == -1 && optind < argc) {
        optarg = argv[optind++];
        return OPTION_WORD;
    }
    return code;
}
