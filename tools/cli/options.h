/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * getopt_long() with what all commands have in common. What the user typed is never repeated, since
 * it may be a secret in the wrong place.
 */

#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <getopt.h>

enum {
    OPTION_END = -1,
    OPTION_EXIT = -2, /* return options_exit_status() */
    OPTION_WORD = 1,  /* optarg is an argument that is not an option */
    OPTION_JSON = 2,
    OPTION_HELP = 3,
    OPTION_OWN = 16 /* codes of a command's own options begin here */
};

/* Ends every command's table. */
#define OPTION_COMMON                                                                              \
    {"json", no_argument, NULL, OPTION_JSON}, {"help", no_argument, NULL, OPTION_HELP},            \
    {                                                                                              \
        NULL, 0, NULL, 0                                                                           \
    }

/*
 * The next option or word. --json has been seen by output_init() and is skipped; --help prints help
 * and a mistake is told, both
 * give OPTION_EXIT. Without help, the caller prints it: OPTION_HELP.
 */
int options_next(int argc, char **argv, const struct option *options, const char *help);

int options_exit_status(void);

#endif
