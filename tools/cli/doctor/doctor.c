/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay doctor: why there is no session, found without making one.
 */

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/session.h"
#include "diagnosis.h"
#include "examine.h"
#include "probe.h"
#include "settings.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <string.h>

enum {
    CREATE = SETTINGS_END,
    EVERY = WEPAY | HOSTED_FIELDS | CONNECT | APPLE_PAY
};

static const char help_begin[] =
    "Usage: sessionpay doctor [wepay|hosted-fields|connect|apple-pay] [OPTIONS]\n"
    "\n"
    "Finds out why there is no session, step by step, and says what to do. Without a\n"
    "product it looks at each that has settings. No session is made without --create.\n"
    "\n"
    "  --create                if all is well, make one session\n"
    "  --config FILE           default ~/.config/sessionpay/config, if --profile is given\n"
    "  --profile NAME          the section of that file; default 'default'\n"
    "  --json                  print JSON\n"
    "  --help                  show this text\n"
    "\n"
    "Settings, as in 'sessionpay create --help'; the default of --timeout-ms is 10000:\n"
    "\n";

static int show_help(int product)
{
    fputs(help_begin, stdout);
    settings_print_help(stdout, product ? product : EVERY);
    return output_end(CLI_DONE);
}

/* ---- this machine ---- */

static void check_build(struct diagnosis *diagnosis)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    char text[200];

    snprintf(text, sizeof text, "libsessionpay %s, libcurl %s, %s", spay_version(), curl->version,
             OpenSSL_version(OPENSSL_VERSION));
    cJSON *check = diagnosis_check(diagnosis, "build", CHECK_OK, text);
    cJSON_AddStringToObject(check, "libsessionpay", spay_version());
    cJSON_AddStringToObject(check, "libcurl", curl->version);
    cJSON_AddStringToObject(check, "openssl", OpenSSL_version(OPENSSL_VERSION));
}

static void check_configuration(struct diagnosis *diagnosis, const struct settings *settings)
{
    const char *name = settings->profile_name ? settings->profile_name : "default";
    bool has_file = settings->config_path || settings->profile_name;
    char text[400];

    snprintf(text, sizeof text, has_file ? "profile %s, then the environment" : "the environment",
             name);
    diagnosis_check(diagnosis, "configuration", CHECK_OK, text);
}

/* ---- a provider ---- */

static void skip(struct diagnosis *diagnosis, const char *step, const char *why)
{
    diagnosis_check(diagnosis, step, CHECK_SKIPPED, why);
}

/* Whether the provider answered at the host of the probe. */
static bool run_probe(struct diagnosis *diagnosis, struct probe *probe)
{
    probe_run(probe);
    if (probe->attempted)
        return examine_way(diagnosis, probe);
    diagnosis_check(diagnosis, "reply", CHECK_WRONG, probe_message(probe));
    diagnosis_do(diagnosis, "no_attempt", NULL, report_exit_status(probe->error),
                 probe_message(probe));
    return false;
}

/* The bearer token, and the way to the API. */
static void examine_hosted_fields(struct diagnosis *diagnosis, const struct settings *settings,
                                  bool made_up)
{
    struct settings nobody = probe_made_up(settings);
    struct probe token = {.settings = made_up ? &nobody : settings, .target = PROBE_TOKEN};
    struct probe api = {.settings = settings, .target = PROBE_API};
    bool own = settings_get(settings, HOSTED_FIELDS_BEARER_TOKEN) != NULL;

    bool answered = !own && run_probe(diagnosis, &token);
    run_probe(diagnosis, &api);
    examine_clock(diagnosis, token.has_clock ? &token : &api);
    if (own)
        diagnosis_check(diagnosis, "credentials", CHECK_UNKNOWN,
                        "could not tell of a bearer token without --create");
    else if (answered && !made_up)
        examine_credentials(diagnosis, &token);
    else
        skip(diagnosis, "credentials", made_up ? "correct the settings first" : "no answer");
    probe_free(&token);
    probe_free(&api);
}

static void examine_other(struct diagnosis *diagnosis, const struct settings *settings,
                          bool made_up)
{
    struct settings nobody = probe_made_up(settings);
    struct probe probe = {.settings = made_up ? &nobody : settings};
    bool answered = run_probe(diagnosis, &probe);

    examine_clock(diagnosis, &probe);
    if (answered && !made_up)
        examine_credentials(diagnosis, &probe);
    else
        skip(diagnosis, "credentials", made_up ? "correct the settings first" : "no answer");
    probe_free(&probe);
}

static void create(struct diagnosis *diagnosis, const struct settings *settings)
{
    spay_client_options options = session_client_options(settings);
    struct session_call session = {.settings = settings};
    spay_error *error = NULL;
    cJSON *made = NULL;

    spay_call_options_init(&session.options, sizeof session.options);
    if (spay_client_new(&options, &session.client, &error) == SPAY_OK)
        made = session_create(&session, &error);
    spay_client_free(session.client);
    diagnosis_check(diagnosis, "session", made ? CHECK_OK : CHECK_WRONG,
                    made ? "one was made" : spay_error_message(error));
    if (!made)
        diagnosis_do(diagnosis, "no_session", NULL, report_exit_status(error),
                     spay_error_message(error));
    cJSON_Delete(made);
    spay_error_free(error);
}

static void examine_provider(struct diagnosis *diagnosis, const struct settings *settings,
                             bool may_create)
{
    diagnosis_of(diagnosis, product_name(settings->product));
    progress_begin(product_name(settings->product));
    enum settings_verdict verdict = doctor_settings(diagnosis, settings);
    if (verdict == SETTINGS_NO_HOST)
        skip(diagnosis, "connection", "correct the settings first");
    else if (settings->product == HOSTED_FIELDS)
        examine_hosted_fields(diagnosis, settings, verdict == SETTINGS_NO_KEY);
    else
        examine_other(diagnosis, settings, verdict == SETTINGS_NO_KEY);
    if (!may_create)
        skip(diagnosis, "session", "none is made without --create");
    else if (diagnosis->has_faults)
        skip(diagnosis, "session", "none is made while something is wrong");
    else
        create(diagnosis, settings);
    progress_end();
}

/* ---- the command ---- */

static bool has_settings(const struct settings *settings, enum product product)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        bool own = product == APPLE_PAY ? settings_is_own((enum setting)i, APPLE_PAY) &&
                                              !settings_is_own((enum setting)i, CONNECT)
                                        : settings_is_own((enum setting)i, product);
        if (own && settings_get(settings, (enum setting)i))
            return true;
    }
    return false;
}

static void examine_all(struct diagnosis *diagnosis, const struct settings *settings,
                        bool may_create)
{
    static const enum product products[] = {WEPAY, HOSTED_FIELDS, CONNECT, APPLE_PAY};
    int count = 0;

    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        struct settings of_product = *settings;
        of_product.product = products[i];
        if (settings->product ? settings->product != products[i]
                              : !has_settings(settings, products[i]))
            continue;
        examine_provider(diagnosis, &of_product, may_create);
        count++;
    }
    if (!count)
        diagnosis_do(diagnosis, "no_settings", NULL, CLI_SETUP,
                     "name a product, or set the variables of one: sessionpay create --help");
}

static int take(struct settings *settings, int code, bool *may_create)
{
    if (code == OPTION_WORD)
        return output_refuse("doctor", "one product is enough, and it comes first");
    if (code == CREATE) {
        *may_create = true;
        return CLI_DONE;
    }
    if (!settings->product && !settings_is_common(code))
        return output_refuse("doctor", "with an option of one product, name the product first");
    return settings_take(settings, "doctor", code, optarg);
}

static int run(struct settings *settings, int argc, char **argv)
{
    static const struct option own[] = {{"create", no_argument, NULL, CREATE}, OPTION_COMMON};
    struct option options[SETTINGS_OPTIONS + 4];
    size_t count = settings_add_options(options, EVERY);
    struct diagnosis diagnosis;
    bool may_create = false;
    int status = CLI_DONE;

    memcpy(options + count, own, sizeof own);
    for (int code; status == CLI_DONE;) {
        code = options_next(argc, argv, options, NULL);
        if (code == OPTION_END)
            break;
        if (code == OPTION_HELP)
            return show_help((int)settings->product);
        status = code == OPTION_EXIT ? options_exit_status() : take(settings, code, &may_create);
    }
    if (status == CLI_DONE)
        status = settings_load(settings);
    if (status == CLI_DONE)
        status = session_check(settings, "doctor");
    if (status != CLI_DONE)
        return status;
    diagnosis_begin(&diagnosis);
    check_build(&diagnosis);
    check_configuration(&diagnosis, settings);
    examine_all(&diagnosis, settings, may_create);
    return diagnosis_end(&diagnosis);
}

int command_doctor(int argc, char **argv)
{
    struct settings settings = {.product = 0};
    bool named = argc > 1 && argv[1][0] != '-';

    if (named)
        settings.product = product_by_name(argv[1]);
    if (named && !settings.product)
        return output_refuse("doctor", "what comes first is wepay, hosted-fields, connect, "
                                       "apple-pay, or an option");
    if (named)
        argv[1] = argv[0];
    int status = run(&settings, argc - named, argv + named);
    settings_free(&settings);
    return status;
}
