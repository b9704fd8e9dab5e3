/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Header fields, in the order in which they came.
 */
#include "headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "xalloc.h"

static struct header *find(const struct headers *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (strcasecmp(headers->items[i].name, name) == 0)
            return &headers->items[i];
    }
    return NULL;
}

void headers_add(struct headers *headers, const char *name, const char *value)
{
    headers->items = xrealloc(headers->items, (headers->count + 1) * sizeof(*headers->items));
    headers->items[headers->count].name = xstrdup(name);
    headers->items[headers->count].value = xstrdup(value);
    headers->count++;
}

void headers_set(struct headers *headers, const char *name, const char *value)
{
    struct header *old = find(headers, name);
    if (!old) {
        headers_add(headers, name, value);
        return;
    }
    free(old->value);
    old->value = xstrdup(value);
}

void headers_remove(struct headers *headers, const char *name)
{
    struct header *found = find(headers, name);

    if (!found)
        return;
    free(found->name);
    free(found->value);
    *found = headers->items[--headers->count];
}

const char *headers_get(const struct headers *headers, const char *name)
{
    const struct header *header = find(headers, name);
    return header ? header->value : NULL;
}

size_t headers_count(const struct headers *headers, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < headers->count; i++)
        count += strcasecmp(headers->items[i].name, name) == 0;
    return count;
}

void headers_copy(struct headers *to, const struct headers *from)
{
    for (size_t i = 0; i < from->count; i++)
        headers_add(to, from->items[i].name, from->items[i].value);
}

cJSON *headers_to_json(const struct headers *headers)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < headers->count; i++) {
        const struct header *header = &headers->items[i];
        cJSON *pair = cJSON_CreateArray();
        cJSON_AddItemToArray(pair, json_text(header->name, strlen(header->name)));
        cJSON_AddItemToArray(pair, json_text(header->value, strlen(header->value)));
        cJSON_AddItemToArray(list, pair);
    }
    return list;
}

void headers_free(struct headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        free(headers->items[i].name);
        free(headers->items[i].value);
    }
    free(headers->items);
    *headers = (struct headers){0};
}
