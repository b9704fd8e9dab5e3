/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay: payment sessions from the command line.
 */

#include "command.h"
#include "output.h"

#include <sessionpay/sessionpay.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
    {"create", "make a session", command_create},
    {"doctor", "find out why there is no session, without making one", command_doctor},
    {"explain", "what a status, a reason or a provider's code means, and what to do",
     command_explain},
    {"flight", "a flight record as a timeline", command_flight},
    {"resume", "repeat a call whose outcome is unknown, with its key", command_resume},
    {"sign", "what v1HMAC signs for a request, and the signature", command_sign},
    {"verify", "what we believe about a provider, tried on its test system", command_verify},
};

enum {
    COMMAND_COUNT = sizeof commands / sizeof *commands
};

static int show_help(void)
{
    puts("Usage: sessionpay COMMAND [OPTIONS]\n"
         "       sessionpay --help | --version\n"
         "\n"
         "Payment sessions at WePay, Payroc Hosted Fields and Worldline Connect.\n"
         "\n"
         "Commands; 'sessionpay COMMAND --help' tells more");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    puts("\n"
         "Every command takes --json and --help.\n"
         "\n"
         "Exit status: 0 done, 2 usage, 3 set-up, 4 rejected, 5 later or not sent,\n"
         "6 unknown: resume with this key, 7 support.");
    return output_end(CLI_DONE);
}

static int show_version(void)
{
    printf("sessionpay %s\n", spay_version());
    return output_end(CLI_DONE);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    output_init(argc, argv);
    if (!strcmp(name, "--help"))
        return show_help();
    if (!strcmp(name, "--version"))
        return show_version();
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(name, commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    }
    return output_refuse(NULL, *name ? "there is no such command" : "a command is needed");
}
