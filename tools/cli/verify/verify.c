/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay verify: its options, and what it refuses.
 */

#include "findings.h"

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/secrets.h"
#include "cli/session.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPORT = SETTINGS_END,
    PAUSE,
    LIST,
    OWN_OPTIONS = 3,
    PAUSE_LEAST = 200,
    PAUSE_MOST = 60000
};

static const char help_begin[] =
    "Usage: sessionpay verify wepay|hosted-fields|connect|apple-pay --env test [OPTIONS]\n"
    "       sessionpay verify --list [--json]\n"
    "\n"
    "Tries what libsessionpay believes about a provider on its test system, with your\n"
    "credentials: some tens of requests, of which some make a session that nobody uses,\n"
    "and some have a wrong credential. Production is refused.\n"
    "\n"
    "  --list                  show the beliefs, try nothing\n"
    "  --report FILE           write a report in Markdown, without secrets, for an issue\n"
    "  --pause-ms N            between requests, 200 to 60000; default 500, on this\n"
    "                          machine 0\n"
    "  --config FILE           default ~/.config/sessionpay/config, if --profile is given\n"
    "  --profile NAME          the section of that file; default 'default'\n"
    "  --json                  print JSON\n"
    "  --help                  show this text\n"
    "\n"
    "Exit status: 0 nothing differs, 7 something differs from what we believe: attach\n"
    "the report to an issue of libsessionpay; otherwise no session could be made.\n"
    "\n"
    "Settings are those of create: 'sessionpay create wepay --help' tells more.\n"
    "\n";

static int show_help(int product)
{
    fputs(help_begin, stdout);
    settings_print_help(stdout, product ? product : WEPAY | HOSTED_FIELDS | CONNECT | APPLE_PAY);
    return output_end(CLI_DONE);
}

static int list(void)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *array = cJSON_AddArrayToObject(object, "beliefs");

    for (int i = 0; i < BELIEF_COUNT; i++) {
        const struct belief *belief = &beliefs[i];
        const struct situation_facts *facts = &situations[belief->situation];
        if (!output_is_json())
            printf("%-40s %-10s  %s: %s\n", belief->name, belief_mark_name(belief->mark),
                   facts->sentence, belief->sentence);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", belief->name);
        cJSON_AddStringToObject(item, "mark", belief_mark_name(belief->mark));
        cJSON_AddStringToObject(item, "situation", facts->sentence);
        cJSON_AddStringToObject(item, "belief", belief->sentence);
        if (facts->repeats)
            cJSON_AddStringToObject(item, "repeats", situations[facts->repeats].name);
        cJSON_AddItemToArray(array, item);
    }
    if (output_is_json())
        return output_object(object, stdout, CLI_DONE);
    cJSON_Delete(object);
    return output_end(CLI_DONE);
}

static int take(struct verify *verify, int code)
{
    char *end;

    switch (code) {
    case OPTION_WORD:
        return output_refuse("verify", "one product is enough");
    case REPORT:
        verify->report = optarg;
        return CLI_DONE;
    case PAUSE:
        verify->pause_ms = strtol(optarg, &end, 10);
        if (!*end && verify->pause_ms >= PAUSE_LEAST && verify->pause_ms <= PAUSE_MOST)
            return CLI_DONE;
        return output_refuse("verify", "--pause-ms needs a number from 200 to 60000");
    default:
        return settings_take(&verify->settings, "verify", code, optarg);
    }
}

/* Another base URL may only be that of a known test system. */
static bool goes_elsewhere(const struct verify *verify, bool *good)
{
    static const struct {
        int products;
        enum setting setting;
    } urls[] = {
        {WEPAY, WEPAY_BASE_URL},
        {HOSTED_FIELDS, HOSTED_FIELDS_BASE_URL},
        {HOSTED_FIELDS, HOSTED_FIELDS_IDENTITY_URL},
        {CONNECT | APPLE_PAY, CONNECT_BASE_URL},
    };
    bool elsewhere = false;

    *good = true;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const char *url = settings_get(&verify->settings, urls[i].setting);
        if (!url || !(urls[i].products & (int)verify->settings.product))
            continue;
        elsewhere = true;
        *good = *good && verify_is_test_system(url);
    }
    return elsewhere;
}

/* What would make the ordinary request another one. */
static int check_settings(const struct verify *verify)
{
    static const enum setting refused[] = {
        WEPAY_TYPE,     WEPAY_TIME_TO_LIVE,         HOSTED_FIELDS_SECURE_TOKEN_ID,
        CONNECT_TOKENS, HOSTED_FIELDS_BEARER_TOKEN, EXTRA_JSON};
    enum product product = verify->settings.product;
    char message[120];

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        bool applies = settings_is_own(refused[i], product) || settings_is_of_all(refused[i]);
        if (!applies || !settings_get(&verify->settings, refused[i]))
            continue;
        snprintf(message, sizeof message, "its requests are its own: leave %s out, which %s sets",
                 settings_name(refused[i]), settings_origin(&verify->settings, refused[i]));
        return output_refuse("verify", message);
    }
    return session_check(&verify->settings, "verify");
}

static int check_target(const struct verify *verify)
{
    const char *environment = settings_get(&verify->settings, ENVIRONMENT);
    bool good;
    bool elsewhere = goes_elsewhere(verify, &good);

    if (environment && !strncmp(environment, "production", strlen("production")))
        return output_refuse("verify", "production is not tried: --env test");
    if (!good)
        return output_refuse("verify", "the base URL is on no known test system");
    if (!environment && !elsewhere)
        return output_refuse("verify", "--env test is needed");
    return CLI_DONE;
}

static int write_report(const struct verify *verify)
{
    int descriptor = open(verify->report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;

    if (file)
        verify_print_report(verify, file);
    if (file && fclose(file) == 0)
        return CLI_DONE;
    return output_fail(CLI_SETUP, verify->report, "the report cannot be written");
}

static int tell(const struct verify *verify)
{
    int status = verify_count(verify, DIFFERS) ? CLI_SUPPORT : verify->exit_status;

    if (verify->report && write_report(verify) != CLI_DONE)
        return CLI_SETUP;
    if (output_is_json())
        return output_object(verify_to_json(verify, status), stdout, status);
    verify_print(verify, stdout);
    return output_end(status);
}

static int run(struct verify *verify)
{
    int status = check_settings(verify);

    if (status == CLI_DONE)
        status = check_target(verify);
    if (status == CLI_DONE)
        status = verify_run(verify);
    if (status != CLI_DONE)
        return status;
    verify_check(verify);
    return tell(verify);
}

static int parse_and_run(struct verify *verify, int argc, char **argv)
{
    static const struct option own[] = {
        {"report", required_argument, NULL, REPORT},
        {"pause-ms", required_argument, NULL, PAUSE},
        OPTION_COMMON,
    };
    struct option options[SETTINGS_OPTIONS + OWN_OPTIONS + 3];
    int products = WEPAY | HOSTED_FIELDS | CONNECT | APPLE_PAY;
    int status = CLI_DONE;

    memcpy(options + settings_add_options(options, products), own, sizeof own);
    while (status == CLI_DONE) {
        int code = options_next(argc, argv, options, NULL);
        if (code == OPTION_END)
            break;
        if (code == OPTION_HELP)
            return show_help((int)verify->settings.product);
        status = code == OPTION_EXIT ? options_exit_status() : take(verify, code);
    }
    if (status == CLI_DONE)
        status = settings_load(&verify->settings);
    return status == CLI_DONE ? run(verify) : status;
}

static void free_all(struct verify *verify)
{
    for (int i = 0; i < SITUATION_COUNT; i++) {
        secret_free(verify->trials[i].key);
        cJSON_Delete(verify->trials[i].headers);
        cJSON_Delete(verify->trials[i].body);
    }
    secret_free(verify->prior);
    settings_free(&verify->settings);
    spay_client_free(verify->client);
    free(verify);
}

/* Without a product there is nothing to do but to tell. */
static int tell_without_product(int argc, char **argv)
{
    static const struct option options[] = {
        {"list", no_argument, NULL, LIST},
        OPTION_COMMON,
    };

    for (int code; (code = options_next(argc, argv, options, NULL)) != OPTION_END;) {
        if (code == OPTION_HELP)
            return show_help(0);
        if (code == LIST)
            return list();
        if (code == OPTION_EXIT)
            return options_exit_status();
    }
    return output_refuse("verify", "what comes first is wepay, hosted-fields, connect or "
                                   "apple-pay");
}

int command_verify(int argc, char **argv)
{
    enum product product = argc > 1 ? product_by_name(argv[1]) : 0;

    if (!product)
        return tell_without_product(argc, argv);
    struct verify *verify = xmalloc(sizeof *verify);
    memset(verify, 0, sizeof *verify);
    verify->settings.product = product;
    verify->pause_ms = -1;
    argv[1] = argv[0];
    int status = parse_and_run(verify, argc - 1, argv + 1);
    free_all(verify);
    return status;
}
