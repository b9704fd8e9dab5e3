/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay sign: what v1HMAC signs for "create connect", and the signature.
 */

#include "command.h"
#include "date.h"
#include "offline.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "run.h"
#include "secrets.h"
#include "session.h"
#include "string_to_sign.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEY = SETTINGS_END,
    DATE,
    COMPARE,
    LONGEST_LINE = 1000
};

struct signing {
    struct run run;
    const char *compare;
    bool has_date;
    int64_t date_ms;
    char *text;
    char signature[64];
};

static const char help_begin[] =
    "Usage: sessionpay sign [OPTIONS]\n"
    "\n"
    "Shows what is signed for a Connect client session (v1HMAC): the string to sign, its\n"
    "bytes, and the signature. Nothing is sent. The signature is no secret key, but good\n"
    "for this one request for some minutes.\n"
    "\n"
    "  --key KEY               with this idempotency key\n"
    "  --date DATE             with this date, such as 'Tue, 03 Mar 2026 09:15:42 GMT'\n"
    "  --compare FILE          name the first line that differs from this string to sign\n"
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
    settings_print_help(stdout, CONNECT);
    return output_end(CLI_DONE);
}

static int64_t wall_ms(void *ctx)
{
    return ((struct signing *)ctx)->date_ms;
}

static int take(struct signing *signing, int code)
{
    switch (code) {
    case OPTION_WORD:
        return output_refuse("sign", "it takes options alone");
    case KEY:
        signing->run.key = optarg;
        return CLI_DONE;
    case COMPARE:
        signing->compare = optarg;
        return CLI_DONE;
    case DATE:
        signing->has_date = date_parse_http(optarg, &signing->date_ms);
        return signing->has_date ? CLI_DONE
                                 : output_refuse("sign", "--date needs a date as in HTTP: Tue, 03 "
                                                         "Mar 2026 09:15:42 GMT");
    default:
        return settings_take(&signing->run.settings, "sign", code, optarg);
    }
}

static int parse(struct signing *signing, int argc, char **argv)
{
    static const struct option own[] = {
        {"key", required_argument, NULL, KEY},
        {"date", required_argument, NULL, DATE},
        {"compare", required_argument, NULL, COMPARE},
        OPTION_COMMON,
    };
    struct option options[SETTINGS_OPTIONS + sizeof own / sizeof *own];
    size_t count = settings_add_options(options, CONNECT);
    int status = CLI_DONE;

    memcpy(options + count, own, sizeof own);
    for (int code; status == CLI_DONE;) {
        code = options_next(argc, argv, options, NULL);
        if (code == OPTION_END)
            break;
        status = code == OPTION_EXIT ? options_exit_status() : take(signing, code);
    }
    if (status == CLI_DONE)
        status = settings_load(&signing->run.settings);
    return status == CLI_DONE ? run_check(&signing->run) : status;
}

/* "GCS v1HMAC:{id}:{signature}", of which the last part is shown. */
static void show(void *ctx, const spay_http_request *request)
{
    struct signing *signing = ctx;

    signing->text = string_to_sign(request);
    for (size_t i = 0; i < spay_http_request_header_count(request); i++) {
        const char *value = spay_http_request_header_value(request, i);
        if (!strcmp(spay_http_request_header_name(request, i), "Authorization") &&
            strrchr(value, ':'))
            snprintf(signing->signature, sizeof signing->signature, "%s", strrchr(value, ':') + 1);
    }
}

static spay_error *sign(struct signing *signing)
{
    struct offline offline = {.wanted = 1, .show = show, .ctx = signing};
    struct session_call session = {.settings = &signing->run.settings};
    spay_transport transport = offline_transport(&offline);
    spay_platform platform = SPAY_PLATFORM_INIT;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_error *error = NULL;

    platform.ctx = signing;
    platform.wall_ms = signing->has_date ? wall_ms : NULL;
    options.transport = &transport;
    options.platform = &platform;
    options.max_attempts = 1;
    spay_call_options_init(&session.options, sizeof session.options);
    session.options.idempotency_key = signing->run.key;
    if (spay_client_new(&options, &session.client, &error) == SPAY_OK)
        cJSON_Delete(session_create(&session, &error));
    spay_client_free(session.client);
    return error;
}

static void print_bytes(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i += 16) {
        printf("%04zx  ", i);
        for (size_t j = i; j < i + 16; j++)
            printf(j < length ? "%02x " : "   ", j < length ? (unsigned char)text[j] : 0);
        putchar(' ');
        for (size_t j = i; j < i + 16 && j < length; j++)
            putchar(text[j] >= 0x20 && text[j] < 0x7F ? text[j] : '.');
        putchar('\n');
    }
}

static int tell(const struct signing *signing)
{
    cJSON *object;

    if (output_is_json()) {
        object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "result", "signed");
        cJSON_AddStringToObject(object, "string_to_sign", signing->text);
        cJSON_AddNumberToObject(object, "bytes", (double)strlen(signing->text));
        cJSON_AddStringToObject(object, "signature", signing->signature);
        return output_object(object, stdout, CLI_DONE);
    }
    printf("String to sign, %zu bytes; each line ends in LF\n\n%s\n", strlen(signing->text),
           signing->text);
    print_bytes(signing->text);
    printf("\nSignature  %s\n", signing->signature);
    return output_end(CLI_DONE);
}

struct line {
    const char *text;
    size_t length; /* with its LF, if it has one */
};

static struct line first_line(const char *text)
{
    size_t length = strcspn(text, "\n");

    return (struct line){text, length + (text[length] == '\n')};
}

/* How many bytes are equal; -1 if all of both are. */
static int differs_at(struct line a, struct line b)
{
    size_t at = 0;

    while (at < a.length && at < b.length && a.text[at] == b.text[at])
        at++;
    return at == a.length && at == b.length ? -1 : (int)at;
}

static void add_line(cJSON *object, const char *name, struct line line)
{
    char text[LONGEST_LINE + 1];
    int length = line.length < LONGEST_LINE ? (int)line.length : LONGEST_LINE;

    snprintf(text, sizeof text, "%.*s", length, line.text);
    cJSON_AddStringToObject(object, name, text);
}

static int compare(const char *our_text, const char *their_text)
{
    static const char *const names[] = {"method", "Content-Type", "Date"};
    cJSON *object = cJSON_CreateObject();
    struct line ours = first_line(our_text), theirs = first_line(their_text);
    int number = 1;

    while (differs_at(ours, theirs) < 0 && ours.length > 0) {
        ours = first_line(ours.text + ours.length);
        theirs = first_line(theirs.text + theirs.length);
        number++;
    }
    int column = differs_at(ours, theirs);
    cJSON_AddStringToObject(object, "result", column < 0 ? "equal" : "different");
    if (column < 0)
        return output_object(object, stdout, CLI_DONE);
    cJSON_AddNumberToObject(object, "line", number);
    cJSON_AddStringToObject(object, "holds",
                            number <= 3 ? names[number - 1] : "X-GCS header or resource");
    cJSON_AddNumberToObject(object, "column", column + 1);
    add_line(object, "ours", ours);
    add_line(object, "theirs", theirs);
    return output_object(object, stdout, CLI_USAGE);
}

static int compare_file(const struct signing *signing)
{
    const char *problem = NULL;
    bool is_private;
    char *theirs = file_read(signing->compare, &is_private, &problem);
    int status;

    if (!theirs)
        return output_fail(CLI_USAGE, signing->compare, problem);
    status = compare(signing->text, theirs);
    secret_free(theirs);
    return status;
}

static int run(struct signing *signing, int argc, char **argv)
{
    spay_error *error;
    int status = parse(signing, argc, argv);

    if (status != CLI_DONE)
        return status;
    error = sign(signing);
    if (!signing->text)
        return report_error(error, &signing->run.settings, NULL);
    spay_error_free(error);
    return signing->compare ? compare_file(signing) : tell(signing);
}

int command_sign(int argc, char **argv)
{
    struct signing signing = {.run = {.command = "sign", .settings = {.product = CONNECT}}};
    int status;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help"))
            return show_help();
    }
    status = run(&signing, argc, argv);
    free(signing.text);
    settings_free(&signing.run.settings);
    return status;
}
