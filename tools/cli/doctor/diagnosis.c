/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Collecting and printing what the doctor found.
 */

#include "diagnosis.h"

#include "cli/command.h"
#include "cli/output.h"

#include <string.h>

enum {
    STEP_WIDTH = 13,
    STATE_WIDTH = 8
};

void diagnosis_begin(struct diagnosis *diagnosis)
{
    *diagnosis = (struct diagnosis){
        .checks = cJSON_CreateArray(), .to_do = cJSON_CreateArray(), .status = CLI_DONE};
}

void diagnosis_of(struct diagnosis *diagnosis, const char *provider)
{
    diagnosis->provider = provider;
    diagnosis->has_faults = false;
    diagnosis->first_of_provider = cJSON_GetArraySize(diagnosis->to_do);
}

static cJSON *add(const struct diagnosis *diagnosis, cJSON *list)
{
    cJSON *object = cJSON_CreateObject();

    if (diagnosis->provider)
        cJSON_AddStringToObject(object, "provider", diagnosis->provider);
    cJSON_AddItemToArray(list, object);
    return object;
}

cJSON *diagnosis_check(struct diagnosis *diagnosis, const char *step, const char *state,
                       const char *text)
{
    cJSON *check = add(diagnosis, diagnosis->checks);

    cJSON_AddStringToObject(check, "step", step);
    cJSON_AddStringToObject(check, "state", state);
    cJSON_AddStringToObject(check, "text", text);
    return check;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

    return text ? text : "";
}

static bool is_known(const struct diagnosis *diagnosis, const char *fault, const char *subject)
{
    int count = cJSON_GetArraySize(diagnosis->to_do);

    for (int i = diagnosis->provider ? diagnosis->first_of_provider : 0; i < count; i++) {
        const cJSON *item = cJSON_GetArrayItem(diagnosis->to_do, i);
        if (!strcmp(text_of(item, "fault"), fault) &&
            !strcmp(text_of(item, "subject"), subject ? subject : ""))
            return true;
    }
    return false;
}

void diagnosis_do(struct diagnosis *diagnosis, const char *fault, const char *subject, int status,
                  const char *text)
{
    diagnosis->has_faults = true;
    if (is_known(diagnosis, fault, subject))
        return;
    if (!diagnosis->to_do->child)
        diagnosis->status = status;
    cJSON *item = add(diagnosis, diagnosis->to_do);
    cJSON_AddStringToObject(item, "fault", fault);
    if (subject)
        cJSON_AddStringToObject(item, "subject", subject);
    cJSON_AddStringToObject(item, "text", text);
}

static void print_checks(const struct diagnosis *diagnosis)
{
    const char *provider = "";
    const cJSON *check;

    cJSON_ArrayForEach(check, diagnosis->checks)
    {
        const char *whose = text_of(check, "provider");
        const char *state = text_of(check, "state");
        bool wrong = !strcmp(state, CHECK_WRONG);
        bool color = wrong && output_has_color(stdout);
        if (strcmp(whose, provider) != 0)
            printf("\n%s\n", whose);
        provider = whose;
        printf("%s%-*s %s%-*s%s ", *whose ? "  " : "", STEP_WIDTH + (*whose ? 0 : 2),
               text_of(check, "step"), color ? "\x1b[31m" : "", STATE_WIDTH,
               wrong ? "WRONG" : state, color ? "\x1b[m" : "");
        output_text(stdout, text_of(check, "text"));
        putchar('\n');
    }
}

/* The first thing to correct comes first. */
static void print_to_do(const struct diagnosis *diagnosis)
{
    const char *begin = "do this:";
    const cJSON *item;

    putchar('\n');
    if (!diagnosis->to_do->child)
        puts("nothing is wrong as far as could be told");
    cJSON_ArrayForEach(item, diagnosis->to_do)
    {
        const char *provider = text_of(item, "provider");
        printf("%s %s%s", begin, provider, *provider ? ": " : "");
        output_text(stdout, text_of(item, "text"));
        putchar('\n');
        begin = "and this:";
    }
}

static int print_json(const struct diagnosis *diagnosis)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "result", diagnosis->to_do->child ? "failed" : "ok");
    cJSON_AddNumberToObject(object, "exit", diagnosis->status);
    cJSON_AddItemReferenceToObject(object, "checks", diagnosis->checks);
    cJSON_AddItemReferenceToObject(object, "do", diagnosis->to_do);
    return output_object(object, stdout, diagnosis->status);
}

int diagnosis_end(struct diagnosis *diagnosis)
{
    int status = diagnosis->status;

    if (output_is_json()) {
        status = print_json(diagnosis);
    } else {
        print_checks(diagnosis);
        print_to_do(diagnosis);
        status = output_end(status);
    }
    cJSON_Delete(diagnosis->checks);
    cJSON_Delete(diagnosis->to_do);
    return status;
}
