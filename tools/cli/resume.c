/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay resume: the same request with the same key, as the journal has it.
 */

#include "command.h"
#include "options.h"
#include "output.h"
#include "run.h"

#include <string.h>

enum {
    ALL = WEPAY | HOSTED_FIELDS | CONNECT | APPLE_PAY
};

static const char help_begin[] =
    "Usage: sessionpay resume KEY --journal FILE [OPTIONS]\n"
    "\n"
    "Repeats the call of 'create --journal FILE' whose outcome is unknown, with its key.\n"
    "Everything except secrets and what belongs to this machine comes from the journal;\n"
    "an option that changes the body, or names another account, is refused.\n"
    "\n"
    "  --journal FILE          the journal; it is continued\n"
    "  --flight-record FILE    write the flight record there, for sessionpay flight\n"
    "  --reveal                show the session's value, which is a secret\n"
    "  --config FILE           default ~/.config/sessionpay/config, if --profile is given\n"
    "  --profile NAME          the section of that file; default 'default'\n"
    "  --json                  print JSON\n"
    "  --help                  show this text\n"
    "\n"
    "Settings, as in 'sessionpay create --help':\n"
    "\n";

static int show_help(void)
{
    fputs(help_begin, stdout);
    settings_print_help(stdout, ALL);
    return output_end(CLI_DONE);
}

/* What the journal says, or a complaint. */
static int read_entry(struct run *run, cJSON **entry)
{
    const char *problem = NULL;
    const char *product;

    if (!run->key || !run->journal)
        return output_refuse("resume", "KEY and --journal FILE are needed");
    *entry = journal_find(run->journal, run->key, &problem);
    if (!*entry)
        return output_fail(CLI_USAGE, run->journal, problem);
    product = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(*entry, "product"));
    run->expected_sha256 =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(*entry, "body_sha256"));
    run->settings.product = product_by_name(product ? product : "");
    if (!run->settings.product || !run->expected_sha256)
        return output_fail(CLI_USAGE, run->journal, "its entry is incomplete");
    settings_from_json(&run->settings, cJSON_GetObjectItemCaseSensitive(*entry, "settings"));
    return CLI_DONE;
}

/* Options wait until the journal has told whose settings they are. */
static int parse(struct run *run, int argc, char **argv, bool settings)
{
    static const struct option own[] = {RUN_OPTIONS, OPTION_COMMON};
    struct option options[SETTINGS_OPTIONS + RUN_OPTION_COUNT + 3];
    size_t count = settings_add_options(options, ALL);
    int status = CLI_DONE;

    memcpy(options + count, own, sizeof own);
    optind = 1;
    for (int code; status == CLI_DONE;) {
        code = options_next(argc, argv, options, NULL);
        if (code == OPTION_END)
            break;
        if (code == OPTION_EXIT)
            return options_exit_status();
        if (code == OPTION_WORD && !settings && run->key)
            return output_refuse("resume", "one key is enough");
        if (code == OPTION_WORD)
            run->key = optarg;
        else if (settings || code == RUN_JOURNAL)
            status = run_take(run, code, optarg);
    }
    return status;
}

static int resume(struct run *run, int argc, char **argv)
{
    cJSON *entry = NULL;
    const char *moved;
    char message[120];

    int status = parse(run, argc, argv, false);
    if (status == CLI_DONE)
        status = read_entry(run, &entry);
    if (status == CLI_DONE)
        status = parse(run, argc, argv, true);
    if (status == CLI_DONE)
        status = settings_load(&run->settings);
    moved = status == CLI_DONE ? settings_moved(&run->settings) : NULL;
    if (moved) {
        snprintf(message, sizeof message, "--%s is not that of the journal; nothing was sent",
                 moved);
        status = output_fail(CLI_USAGE, "resume", message);
    }
    if (status == CLI_DONE)
        status = run_session(run);
    cJSON_Delete(entry);
    return status;
}

int command_resume(int argc, char **argv)
{
    struct run run = {.command = "resume"};
    int status;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help"))
            return show_help();
    }
    status = resume(&run, argc, argv);
    settings_free(&run.settings);
    return status;
}
