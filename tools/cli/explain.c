/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay explain: looks a word or number up in the table.
 */

#include "command.h"
#include "facts.h"
#include "options.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char help[] =
    "Usage: sessionpay explain STATUS|CODE [--json]\n"
    "       sessionpay explain --list [--json]\n"
    "\n"
    "Says what a status, outcome, reason or a provider's code means, whose fault it\n"
    "is, and what to do. A status is a name, with or without SPAY_E_, or its number.\n"
    "Letters may be small or capital.\n"
    "\n"
    "  --list    names of everything that can be explained\n"
    "  --json    print JSON\n"
    "  --help    show this text\n";

static bool is_number(const char *word, int number)
{
    char *end;
    long value = strtol(word, &end, 10);

    return number != 0 && *word == '-' && !*end && value == number;
}

static bool matches(const struct fact *fact, const char *word)
{
    static const char prefix[] = "SPAY_E_";
    static const char ok[] = "SPAY_";
    const char *name = fact->name;

    if (!strcasecmp(name, word) || is_number(word, fact->number))
        return true;
    if (!strcmp(fact->kind, "status") && !strncmp(name, prefix, strlen(prefix)))
        return !strcasecmp(name + strlen(prefix), word);
    return !strcmp(fact->kind, "status") && !strcasecmp(name + strlen(ok), word);
}

static cJSON *describe(const struct fact *fact)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "name", fact->name);
    cJSON_AddStringToObject(object, "kind", fact->kind);
    if (fact->number)
        cJSON_AddNumberToObject(object, "number", fact->number);
    cJSON_AddStringToObject(object, "meaning", fact->meaning);
    cJSON_AddStringToObject(object, "fault", fact->fault);
    cJSON_AddStringToObject(object, "do", fact->action);
    return object;
}

/* What one word stands for can be two things: a status and an outcome, for instance. */
static int explain(const char *word)
{
    cJSON *found = cJSON_CreateArray();
    int status = CLI_DONE;

    for (size_t i = 0; i < fact_count; i++) {
        if (matches(&facts[i], word))
            cJSON_AddItemToArray(found, describe(&facts[i]));
    }
    if (!found->child)
        status = output_refuse("explain", "this is neither a status nor a known code; --list "
                                          "names them all");
    else if (output_is_json())
        return output_object(found, stdout, CLI_DONE);
    for (const cJSON *fact = found->child; fact; fact = fact->next) {
        status = output_object(cJSON_Duplicate(fact, 1), stdout, CLI_DONE);
        fputs(fact->next ? "\n" : "", stdout);
    }
    cJSON_Delete(found);
    return output_end(status);
}

static int list(void)
{
    cJSON *names = cJSON_CreateArray();

    for (size_t i = 0; i < fact_count; i++) {
        if (output_is_json())
            cJSON_AddItemToArray(names, describe(&facts[i]));
        else
            printf("%-13s  %s\n", facts[i].kind, facts[i].name);
    }
    if (output_is_json())
        return output_object(names, stdout, CLI_DONE);
    cJSON_Delete(names);
    return output_end(CLI_DONE);
}

int command_explain(int argc, char **argv)
{
    enum {
        LIST = OPTION_OWN
    };
    static const struct option options[] = {
        {"list", no_argument, NULL, LIST},
        OPTION_COMMON,
    };
    const char *word = NULL;
    bool all = false;

    /* A negative number looks like an option. */
    if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9')
        return explain(argv[1]);
    for (int code; (code = options_next(argc, argv, options, help)) != OPTION_END;) {
        if (code == OPTION_EXIT)
            return options_exit_status();
        all = all || code == LIST;
        word = code == OPTION_WORD ? optarg : word;
    }
    if (all)
        return list();
    return word ? explain(word) : output_refuse("explain", "a status or code is needed");
}
