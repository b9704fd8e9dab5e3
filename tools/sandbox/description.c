/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The ready line and the environment of a COMMAND.
 */
#include "description.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "apis.h"
#include "sandbox.h"
#include "xalloc.h"

/* A copy. */
static char *value_of(const struct fact *fact, const struct sandbox *sandbox)
{
    return fact->value ? xstrdup(fact->value) : xasprintf("%s%s", sandbox->base_url, fact->path);
}

static void add_facts(cJSON *line, const struct api *api, const struct sandbox *sandbox)
{
    cJSON *object = cJSON_AddObjectToObject(line, api->object);

    for (const struct fact *fact = api->facts; fact->name; fact++) {
        char *value = value_of(fact, sandbox);
        cJSON_AddStringToObject(object, fact->name, value);
        free(value);
    }
}

bool description_print(const struct sandbox *sandbox)
{
    cJSON *line = cJSON_CreateObject();

    cJSON_AddStringToObject(line, "base_url", sandbox->base_url);
    cJSON_AddStringToObject(line, "identity_url", sandbox->base_url);
    if (sandbox->ca_file)
        cJSON_AddStringToObject(line, "ca_file", sandbox->ca_file);
    else
        cJSON_AddNullToObject(line, "ca_file");
    cJSON_AddNumberToObject(line, "pid", (double)getpid());
    for (const struct api *const *api = apis; *api; api++) {
        if ((*api)->object)
            add_facts(line, *api, sandbox);
    }

    char *text = cJSON_PrintUnformatted(line);
    bool printed = puts(text) >= 0 && fflush(stdout) == 0;
    cJSON_free(text);
    cJSON_Delete(line);
    return printed;
}

static void export_facts(const struct api *api, const struct sandbox *sandbox)
{
    for (const struct fact *fact = api->facts; fact->name; fact++) {
        char *name = xasprintf("%s%s", api->variables, fact->name);
        char *value = value_of(fact, sandbox);
        for (char *c = name; *c; c++)
            *c = (char)toupper((unsigned char)*c);
        setenv(name, value, 1);
        free(value);
        free(name);
    }
}

void description_export(const struct sandbox *sandbox)
{
    setenv("SPAY_SANDBOX_URL", sandbox->base_url, 1);
    if (sandbox->ca_file)
        setenv("SPAY_CA_FILE", sandbox->ca_file, 1);
    else
        unsetenv("SPAY_CA_FILE");
    for (const struct api *const *api = apis; *api; api++) {
        if ((*api)->object)
            export_facts(*api, sandbox);
    }
}
