/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What the program and its subcommands agree on.
 */

#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* Exit statuses; docs/cli.md and the man page explain them. */
enum {
    CLI_DONE = 0,
    CLI_USAGE = 2,    /* the command line, a file that it names, or input is wrong */
    CLI_SETUP = 3,    /* credentials, clock, certificates, files that cannot be written */
    CLI_REJECTED = 4, /* the provider refused the request */
    CLI_LATER = 5,    /* nothing was sent, or the provider cannot do it now */
    CLI_UNKNOWN = 6,  /* it may have taken effect: resume with this key */
    CLI_SUPPORT = 7   /* ask for support */
};

struct command {
    const char *name;
    const char *summary; /* for the list of commands */
    /* argv[0] is the command's name. Returns an exit status. */
    int (*run)(int argc, char **argv);
};

int command_create(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_flight(int argc, char **argv);
int command_resume(int argc, char **argv);
int command_sign(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif
