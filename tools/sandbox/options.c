/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The command line.
 */
#include "options.h"

#include "deviation.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_code {
    HTTP = 1,
    PORT,
    BIND,
    CA_FILE,
    UNTIL_EOF,
    TOKEN_LIFETIME,
    SESSION_LIFETIME,
    CLOCK_WINDOW,
    CLOCK_OFFSET,
    AUTH_STATUS,
    THROTTLE,
    KEEP_FAILURES,
    DEVIATE,
    HELP,
    VERSION
};

static const struct option long_options[] = {
    {"http", no_argument, NULL, HTTP},
    {"port", required_argument, NULL, PORT},
    {"bind", required_argument, NULL, BIND},
    {"ca-file", required_argument, NULL, CA_FILE},
    {"until-eof", no_argument, NULL, UNTIL_EOF},
    {"token-lifetime", required_argument, NULL, TOKEN_LIFETIME},
    {"session-lifetime", required_argument, NULL, SESSION_LIFETIME},
    {"clock-window", required_argument, NULL, CLOCK_WINDOW},
    {"clock-offset", required_argument, NULL, CLOCK_OFFSET},
    {"auth-status", required_argument, NULL, AUTH_STATUS},
    {"throttle", no_argument, NULL, THROTTLE},
    {"keep-failures", no_argument, NULL, KEEP_FAILURES},
    {"deviate", required_argument, NULL, DEVIATE},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: sessionpay-sandbox [OPTIONS]\n"
    "       sessionpay-sandbox [OPTIONS] -- COMMAND [ARGS...]\n"
    "\n"
    "Simulates payment session APIs on this machine; GET / lists them.\n"
    "\n"
    "Without a COMMAND it prints one line of JSON (addresses and credentials) when it\n"
    "is ready, and runs until SIGTERM or SIGINT. With a COMMAND it runs that with the\n"
    "same facts in SPAY_... environment variables, and ends with its exit status.\n"
    "\n"
    "Server\n"
    "  --http                  plain HTTP instead of HTTPS\n"
    "  --port N                port to listen on; 0 picks a free one (default 0)\n"
    "  --bind ADDRESS          loopback address to listen on (default 127.0.0.1)\n"
    "  --ca-file PATH          where to write the CA certificate, a new file that is\n"
    "                          removed at the end (default: in a temporary directory)\n"
    "  --until-eof             also end when standard input closes\n"
    "\n"
    "Behaviour of the providers\n"
    "  --token-lifetime S      lifetime of bearer tokens (default 3600)\n"
    "  --session-lifetime S    lifetime of every session (default: each provider's own)\n"
    "  --clock-window S        accepted clock difference of signed dates (default 300)\n"
    "  --clock-offset S        run the sandbox's clock S seconds ahead; may be negative\n"
    "  --auth-status 401|403   status for bad credentials where it is not documented\n"
    "  --throttle              limit WePay calls to 30 in 10 seconds\n"
    "  --keep-failures         replay failed answers too when a key is used again\n"
    "  --deviate NAME          do otherwise than the table of beliefs says; may be given\n"
    "                          several times; --deviate list shows the table\n"
    "\n"
    "  --help                  show this text\n"
    "  --version               show the version\n"
    "\n"
    "Exit status: that of COMMAND (128 + N if signal N killed it, 127 if it was not\n"
    "found), 0 after a normal end, 2 for mistakes and trouble.\n";

static void refuse(const char *option, const char *expected, const char *given)
{
    fprintf(stderr, "sessionpay-sandbox: --%s needs %s, not '%s'\n", option, expected, given);
    exit(EXIT_TROUBLE);
}

static long number(const char *option, long lowest, long highest)
{
    char *end;
    char expected[80];

    errno = 0;
    long value = strtol(optarg, &end, 10);
    if (errno || end == optarg || *end || value < lowest || value > highest) {
        snprintf(expected, sizeof(expected), "a whole number from %ld to %ld", lowest, highest);
        refuse(option, expected, optarg);
    }
    return value;
}

static int auth_status(void)
{
    if (strcmp(optarg, "401") != 0 && strcmp(optarg, "403") != 0)
        refuse("auth-status", "401 or 403", optarg);
    return strcmp(optarg, "401") == 0 ? 401 : 403;
}

static void say_and_exit(const char *text)
{
    exit(fputs(text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_TROUBLE : EXIT_SUCCESS);
}

static void deviate(struct options *options)
{
    if (strcmp(optarg, "list") == 0) {
        deviation_list();
        say_and_exit("");
    }
    if (!deviation_take(options, optarg))
        refuse("deviate", "a name that --deviate list shows", optarg);
}

static void apply_behaviour(struct options *options, int code)
{
    const long year = 366L * 86400;

    switch (code) {
    case TOKEN_LIFETIME:
        options->token_lifetime = number("token-lifetime", 0, year);
        break;
    case SESSION_LIFETIME:
        options->session_lifetime = number("session-lifetime", 0, year);
        break;
    case CLOCK_WINDOW:
        options->clock_window = number("clock-window", 0, year);
        break;
    case CLOCK_OFFSET:
        options->clock_offset = number("clock-offset", -year, year);
        break;
    case AUTH_STATUS:
        options->auth_status = auth_status();
        break;
    case THROTTLE:
        options->throttle = true;
        break;
    case KEEP_FAILURES:
        options->keep_failures = true;
        break;
    case DEVIATE:
        deviate(options);
        break;
    default: /* getopt_long has said what is wrong */
        fputs("Try 'sessionpay-sandbox --help'.\n", stderr);
        exit(EXIT_TROUBLE);
    }
}

static void apply(struct options *options, int code)
{
    switch (code) {
    case HTTP:
        options->plain_http = true;
        break;
    case PORT:
        options->port = (int)number("port", 0, 65535);
        break;
    case BIND:
        options->bind = optarg;
        break;
    case CA_FILE:
        options->ca_file = optarg;
        break;
    case UNTIL_EOF:
        options->until_eof = true;
        break;
    case HELP:
        say_and_exit(help);
        break;
    case VERSION:
        say_and_exit("sessionpay-sandbox " SANDBOX_VERSION "\n");
        break;
    default:
        apply_behaviour(options, code);
    }
}

static void check_combination(const struct options *options)
{
    const char *problem = NULL;

    if (options->until_eof && options->command)
        problem = "--until-eof does not go with a COMMAND, which owns standard input";
    else if (options->ca_file && options->plain_http)
        problem = "--ca-file does not go with --http, which needs no certificate";
    if (!problem)
        return;
    fprintf(stderr, "sessionpay-sandbox: %s\n", problem);
    exit(EXIT_TROUBLE);
}

void options_parse(struct options *options, int argc, char **argv)
{
    int code;

    *options = (struct options){
        .bind = "127.0.0.1",
        .auth_status = PROVIDERS_OWN,
        .token_lifetime = 3600,
        .session_lifetime = PROVIDERS_OWN,
        .clock_window = 300,
    };
    /* The plus sign: options after the COMMAND are the command's own. */
    while ((code = getopt_long(argc, argv, "+", long_options, NULL)) != -1)
        apply(options, code);
    if (optind < argc)
        options->command = argv + optind;
    check_combination(options);
}
