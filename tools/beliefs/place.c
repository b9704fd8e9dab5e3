/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Walking along a place, step by step.
 */

#include "place.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEP_MAX = 64
};

/* One step of a place: a member's name, or an index. */
struct step {
    char name[STEP_MAX];
    int index; /* -1: a member */
};

/* Take the next step off; false at the end, and before a "#". */
static bool next_step(const char **place, struct step *step)
{
    const char *at = *place + (**place == '.');
    size_t length = strcspn(at, ".[#");

    if (!**place || **place == '#')
        return false;
    step->index = -1;
    if (**place == '[') {
        step->index = (int)strtol(*place + 1, NULL, 10);
        *place += strcspn(*place, "]") + 1;
        return true;
    }
    memcpy(step->name, at, length < STEP_MAX ? length : 0);
    step->name[length < STEP_MAX ? length : 0] = '\0';
    *place = at + length;
    return true;
}

static cJSON *child(cJSON *parent, const struct step *step)
{
    if (step->index >= 0)
        return cJSON_IsArray(parent) ? cJSON_GetArrayItem(parent, step->index) : NULL;
    return cJSON_IsObject(parent) ? cJSON_GetObjectItemCaseSensitive(parent, step->name) : NULL;
}

/* The item up to the end or a "#"; parent and last step lead to it. */
static cJSON *walk(cJSON *root, const char **place, cJSON **parent, struct step *last)
{
    cJSON *item = root;

    *parent = NULL;
    *place += **place == '$';
    for (struct step step; next_step(place, &step); *last = step) {
        *parent = item;
        item = child(item, &step);
    }
    return item;
}

static cJSON *parse_inner(const cJSON *item)
{
    return cJSON_IsString(item) ? cJSON_Parse(item->valuestring) : NULL;
}

cJSON *place_get(const cJSON *root, const char *place)
{
    cJSON *parent;
    struct step last;
    cJSON *item = walk((cJSON *)root, &place, &parent, &last);

    if (*place != '#')
        return cJSON_Duplicate(item, true);
    cJSON *inner = parse_inner(item);
    cJSON *found = inner ? place_get(inner, place + 1) : NULL;
    cJSON_Delete(inner);
    return found;
}

static void put(cJSON *parent, const struct step *step, cJSON *value)
{
    if (step->index >= 0 && value)
        cJSON_ReplaceItemInArray(parent, step->index, value);
    else if (step->index >= 0)
        cJSON_DeleteItemFromArray(parent, step->index);
    else if (!value)
        cJSON_DeleteItemFromObjectCaseSensitive(parent, step->name);
    else if (child(parent, step))
        cJSON_ReplaceItemInObjectCaseSensitive(parent, step->name, value);
    else
        cJSON_AddItemToObject(parent, step->name, value);
}

/* Inside of the text of a string; the whole text is replaced if the place ends there. */
static void set_inside(cJSON *item, const char *place, cJSON *value)
{
    cJSON *inner = *place ? parse_inner(item) : value;

    if (!inner) {
        cJSON_Delete(value);
        return;
    }
    if (*place)
        place_set(inner, place, value);
    char *text = *place || !cJSON_IsString(value) ? cJSON_PrintUnformatted(inner) : NULL;
    (void)cJSON_SetValuestring(item, text ? text : value->valuestring);
    cJSON_free(text);
    cJSON_Delete(inner);
}

void place_set(cJSON *root, const char *place, cJSON *value)
{
    cJSON *parent;
    struct step last;
    cJSON *item = walk(root, &place, &parent, &last);

    if (*place == '#' && item)
        set_inside(item, place + 1, value);
    else if (*place != '#' && parent)
        put(parent, &last, value);
    else
        cJSON_Delete(value);
}
