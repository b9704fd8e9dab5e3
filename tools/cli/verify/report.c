/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What was found, for people, as JSON, and as a report.
 */

#include "findings.h"

#include "cli/output.h"
#include "cli/secrets.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const verdicts[] = {
    [AS_BELIEVED] = "as believed", [DIFFERS] = "differs", [COULD_NOT_TELL] = "could not tell"};

static cJSON *finding_to_json(const struct belief *belief, const struct finding *finding)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "name", belief->name);
    cJSON_AddStringToObject(object, "mark", belief_mark_name(belief->mark));
    cJSON_AddStringToObject(object, "situation", situations[belief->situation].sentence);
    cJSON_AddStringToObject(object, "belief", belief->sentence);
    cJSON_AddStringToObject(object, "result", verdicts[finding->verdict]);
    if (finding->verdict == DIFFERS)
        cJSON_AddStringToObject(object, "expected", finding->expected);
    if (finding->verdict == DIFFERS)
        cJSON_AddStringToObject(object, "seen", finding->seen);
    if (finding->verdict == COULD_NOT_TELL)
        cJSON_AddStringToObject(object, "why", finding->seen);
    return object;
}

cJSON *verify_to_json(const struct verify *verify, int status)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "result", "verified");
    cJSON_AddNumberToObject(object, "exit", status);
    cJSON_AddStringToObject(object, "product", product_name(verify->settings.product));
    cJSON_AddStringToObject(object, "at", verify->origin);
    cJSON_AddStringToObject(object, "version", spay_version());
    cJSON_AddNumberToObject(object, "requests", verify->requests);
    cJSON_AddNumberToObject(object, "sessions", verify->sessions);
    cJSON_AddNumberToObject(object, "as_believed", verify_count(verify, AS_BELIEVED));
    cJSON_AddNumberToObject(object, "differs", verify_count(verify, DIFFERS));
    cJSON_AddNumberToObject(object, "could_not_tell", verify_count(verify, COULD_NOT_TELL));
    cJSON *array = cJSON_AddArrayToObject(object, "beliefs");
    for (int i = 0; i < BELIEF_COUNT; i++) {
        if (verify_includes(verify, situations[beliefs[i].situation].api))
            cJSON_AddItemToArray(array, finding_to_json(&beliefs[i], &verify->findings[i]));
    }
    return object;
}

static void print_finding(const struct belief *belief, const struct finding *finding, FILE *out)
{
    static const char *const colors[] = {
        [AS_BELIEVED] = "\033[32m", [DIFFERS] = "\033[31m", [COULD_NOT_TELL] = "\033[33m"};
    bool color = output_has_color(out);

    fprintf(out, "%s%-14s%s  %-38s %s\n", color ? colors[finding->verdict] : "",
            verdicts[finding->verdict], color ? "\033[0m" : "", belief->name, belief->sentence);
    if (finding->verdict == DIFFERS)
        fprintf(out, "                expected %s, seen %s; %s\n", finding->expected, finding->seen,
                belief_mark_name(belief->mark));
    if (finding->verdict == COULD_NOT_TELL)
        fprintf(out, "                %s\n", finding->seen);
}

static void print_summary(const struct verify *verify, FILE *out)
{
    fprintf(out, "%d as believed, %d %s, %d could not be told; requests: %d, sessions: %d\n",
            verify_count(verify, AS_BELIEVED), verify_count(verify, DIFFERS),
            verify_count(verify, DIFFERS) == 1 ? "differs" : "differ",
            verify_count(verify, COULD_NOT_TELL), verify->requests, verify->sessions);
}

void verify_print(const struct verify *verify, FILE *out)
{
    for (int i = 0; i < BELIEF_COUNT; i++) {
        if (verify_includes(verify, situations[beliefs[i].situation].api))
            print_finding(&beliefs[i], &verify->findings[i], out);
    }
    putc('\n', out);
    print_summary(verify, out);
}

/* Rows of one verdict; nothing in them has a "|". */
static void print_rows(const struct verify *verify, enum verdict verdict, FILE *out)
{
    fprintf(out, "\n## %s: %d\n\n", verdicts[verdict], verify_count(verify, verdict));
    if (!verify_count(verify, verdict))
        return;
    fputs("| name | mark | when | belief | expected | seen |\n|---|---|---|---|---|---|\n", out);
    for (int i = 0; i < BELIEF_COUNT; i++) {
        const struct belief *belief = &beliefs[i];
        const struct finding *finding = &verify->findings[i];
        if (finding->verdict != verdict ||
            !verify_includes(verify, situations[belief->situation].api))
            continue;
        bool told = verdict == DIFFERS;
        fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", belief->name,
                belief_mark_name(belief->mark), situations[belief->situation].sentence,
                belief->sentence, told ? finding->expected : "",
                verdict == AS_BELIEVED ? "" : finding->seen);
    }
}

void verify_print_report(const struct verify *verify, FILE *out)
{
    time_t now = time(NULL);
    struct tm parts;
    char date[40];

    strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", gmtime_r(&now, &parts));
    fprintf(out, "# sessionpay verify %s\n\n", product_name(verify->settings.product));
    fprintf(out, "libsessionpay %s, at %s, %s\n\n", spay_version(), verify->origin, date);
    print_summary(verify, out);
    print_rows(verify, DIFFERS, out);
    print_rows(verify, COULD_NOT_TELL, out);
    print_rows(verify, AS_BELIEVED, out);
    fputs("\nValues of replies are described, not shown, unless they are codes or numbers.\n", out);
}
