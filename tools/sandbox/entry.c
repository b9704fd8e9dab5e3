/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "entry.h"

#include <strings.h>

#include "apis.h"
#include "json.h"

const char *entry_text(const cJSON *object, const char *name)
{
    const cJSON *item = json_member(object, name);

    return cJSON_IsString(item) ? item->valuestring : NULL;
}

const char *entry_header(const cJSON *message, const char *name)
{
    const cJSON *header;

    cJSON_ArrayForEach(header, json_member(message, "headers"))
    {
        if (name && strcasecmp(cJSON_GetArrayItem(header, 0)->valuestring, name) == 0)
            return cJSON_GetArrayItem(header, 1)->valuestring;
    }
    return NULL;
}

void entry_add_text(cJSON *object, const char *name, const char *text)
{
    cJSON_AddItemToObject(object, name, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static void add_copy(cJSON *object, const cJSON *entry, const char *name)
{
    cJSON_AddItemToObject(object, name, cJSON_Duplicate(json_member(entry, name), true));
}

cJSON *entry_summary(uint64_t number, const cJSON *entry)
{
    static const char *const copied[] = {"method", "path", "at_ms", "fault", "end", "took_ms"};
    const struct api *api = api_find(entry_text(entry, "path"));
    const cJSON *answer = json_member(entry, "answer");
    cJSON *summary = cJSON_CreateObject();

    cJSON_AddNumberToObject(summary, "number", (double)number);
    for (size_t i = 0; i < sizeof(copied) / sizeof(*copied); i++)
        add_copy(summary, entry, copied[i]);
    entry_add_text(summary, "call", api->name);
    entry_add_text(summary, "key", entry_header(entry, api->key_header));
    entry_add_text(summary, "key_state", entry_text(entry, "key"));
    if (cJSON_IsObject(answer))
        add_copy(summary, answer, "status");
    return summary;
}
