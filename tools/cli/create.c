/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay create.
 */

#include "command.h"
#include "options.h"
#include "output.h"
#include "run.h"

#include <string.h>

enum {
    KEY = RUN_END,
    INTENT,
    DRY_RUN,
    OWN_OPTIONS = 3
};

static const char help_begin[] =
    "Usage: sessionpay create wepay|hosted-fields|connect|apple-pay [OPTIONS]\n"
    "\n"
    "Makes a session. apple-pay makes a Connect client session first.\n"
    "\n"
    "  --key KEY               idempotency key, to repeat a call whose outcome is unknown\n"
    "  --intent TEXT           what the session is for: the key is derived from it\n"
    "  --journal FILE          key and digest are on the disk before each request\n"
    "  --flight-record FILE    write the flight record there, for sessionpay flight\n"
    "  --dry-run               show the requests with secrets masked, send nothing\n"
    "  --reveal                show the session's value, which is a secret\n"
    "  --config FILE           default ~/.config/sessionpay/config, if --profile is given\n"
    "  --profile NAME          the section of that file; default 'default'\n"
    "  --json                  print JSON\n"
    "  --help                  show this text\n"
    "\n"
    "Settings: an option, or the variable or name in the profile below it. An option\n"
    "wins over the profile, the profile over the environment. Secrets are never options:\n"
    "a file of mode 0600 or a descriptor is. --env also takes Connect's production-world,\n"
    "production-europe, production-india, preprod-world, preprod-europe, preprod-india\n"
    "and sandbox.\n"
    "\n";

/* With a product, its settings alone. */
static int show_help(int product)
{
    fputs(help_begin, stdout);
    settings_print_help(stdout, product ? product : WEPAY | HOSTED_FIELDS | CONNECT | APPLE_PAY);
    return output_end(CLI_DONE);
}

static int take(struct run *run, int code)
{
    switch (code) {
    case OPTION_WORD:
        return output_refuse("create", "one product is enough");
    case KEY:
        run->key = optarg;
        return CLI_DONE;
    case INTENT:
        run->intent = optarg;
        return CLI_DONE;
    case DRY_RUN:
        run->dry_run = true;
        return CLI_DONE;
    default:
        return run_take(run, code, optarg);
    }
}

static void fill(struct option *options)
{
    static const struct option own[] = {
        {"key", required_argument, NULL, KEY},
        {"intent", required_argument, NULL, INTENT},
        {"dry-run", no_argument, NULL, DRY_RUN},
        RUN_OPTIONS,
        OPTION_COMMON,
    };
    size_t count = settings_add_options(options, WEPAY | HOSTED_FIELDS | CONNECT | APPLE_PAY);

    memcpy(options + count, own, sizeof own);
}

static int parse_and_run(struct run *run, int argc, char **argv)
{
    struct option options[SETTINGS_OPTIONS + RUN_OPTION_COUNT + OWN_OPTIONS + 3];
    int status = CLI_DONE;

    fill(options);
    for (int code; status == CLI_DONE;) {
        code = options_next(argc, argv, options, NULL);
        if (code == OPTION_END)
            break;
        if (code == OPTION_HELP)
            return show_help((int)run->settings.product);
        status = code == OPTION_EXIT ? options_exit_status() : take(run, code);
    }
    if (status == CLI_DONE)
        status = settings_load(&run->settings);
    return status == CLI_DONE ? run_session(run) : status;
}

int command_create(int argc, char **argv)
{
    struct run run = {.command = "create"};
    int status;

    if (argc > 1 && argv[1][0] != '-')
        run.settings.product = product_by_name(argv[1]);
    if (!run.settings.product && argc > 1 && !strcmp(argv[1], "--help"))
        return show_help(0);
    if (!run.settings.product)
        return output_refuse("create", "what comes first is wepay, hosted-fields, connect or "
                                       "apple-pay");
    argv[1] = argv[0];
    status = parse_and_run(&run, argc - 1, argv + 1);
    settings_free(&run.settings);
    return status;
}
