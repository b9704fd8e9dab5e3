/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "layout.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessionpay/sessionpay.h>

static void *kept[256];
static size_t kept_count;

static void *keep(size_t size)
{
    void *made = calloc(1, size);
    if (!made || kept_count == sizeof kept / sizeof *kept)
        abort();
    return kept[kept_count++] = made;
}

void layout_free_all(void)
{
    while (kept_count)
        free(kept[--kept_count]);
}

static const struct member *member_of(const struct layout *layout, const char *name)
{
    const struct member *member = layout->members;
    while (member->name && strcmp(member->name, name) != 0)
        member++;
    if (!member->name) {
        fprintf(stderr, "conformance: no struct of this case has a member %s\n", name);
        exit(2);
    }
    return member;
}

static void fill_array(char *at, char *count_at, const cJSON *array, int is_text)
{
    size_t length = (size_t)cJSON_GetArraySize(array);
    const char **texts = keep((length + 1) * sizeof *texts);
    int32_t *numbers = keep((length + 1) * sizeof *numbers);
    for (size_t i = 0; i < length; i++) {
        const cJSON *element = cJSON_GetArrayItem(array, (int)i);
        texts[i] = element->valuestring;
        numbers[i] = element->valueint;
    }
    memcpy(count_at, &length, sizeof length);
    if (is_text)
        memcpy(at, &texts, sizeof texts);
    else
        memcpy(at, &numbers, sizeof numbers);
}

static void fill_number(char *at, enum member_type type, const cJSON *value)
{
    int32_t small = (int32_t)value->valuedouble;
    int64_t large = (int64_t)value->valuedouble;
    if (type == MEMBER_CHOICE)
        small = cJSON_IsTrue(value) ? SPAY_YES : SPAY_NO;
    if (type == MEMBER_INT64)
        memcpy(at, &large, sizeof large);
    else
        memcpy(at, &small, sizeof small);
}

static void fill_member(char *made, const struct member *member, const cJSON *value)
{
    char *at = made + member->offset;
    const void *pointer = value->valuestring;
    if (member->type == MEMBER_STRUCT)
        pointer = layout_fill(member->points_to, value);
    if (member->type == MEMBER_TEXTS || member->type == MEMBER_INTS) {
        fill_array(at, made + member->count, value, member->type == MEMBER_TEXTS);
    } else if (member->type == MEMBER_TEXT || member->type == MEMBER_BYTES ||
               member->type == MEMBER_STRUCT) {
        size_t length = value->valuestring ? strlen(value->valuestring) : 0;
        memcpy(at, &pointer, sizeof pointer);
        if (member->count)
            memcpy(made + member->count, &length, sizeof length);
    } else {
        fill_number(at, member->type, value);
    }
}

void *layout_fill(const struct layout *layout, const cJSON *object)
{
    char *made = keep(layout->size);
    const cJSON *value;
    layout->init(made, layout->size);
    cJSON_ArrayForEach(value, object) fill_member(made, member_of(layout, value->string), value);
    return made;
}

static double number_at(const char *at, enum member_type type)
{
    int64_t large;
    int32_t small;
    size_t size;
    memcpy(&small, at, sizeof small);
    if (type == MEMBER_INT64) {
        memcpy(&large, at, sizeof large);
        return (double)large;
    }
    if (type == MEMBER_SIZE) {
        memcpy(&size, at, sizeof size);
        return (double)size;
    }
    return (double)small;
}

static cJSON *show_texts(const char *const *texts, const char *count_at)
{
    cJSON *array = cJSON_CreateArray();
    size_t length;
    memcpy(&length, count_at, sizeof length);
    for (size_t i = 0; texts && i < length; i++)
        cJSON_AddItemToArray(array, cJSON_CreateString(texts[i]));
    return array;
}

static cJSON *show_member(const char *made, const struct member *member)
{
    const char *at = made + member->offset;
    const void *pointer;
    if (member->type == MEMBER_CHOICE)
        return cJSON_CreateBool(number_at(at, MEMBER_INT32) == SPAY_YES);
    if (member->type >= MEMBER_INT32 && member->type <= MEMBER_SIZE)
        return cJSON_CreateNumber(number_at(at, member->type));
    memcpy(&pointer, at, sizeof pointer);
    if (!pointer && member->type != MEMBER_TEXTS)
        return cJSON_CreateNull();
    if (member->type == MEMBER_TEXTS)
        return show_texts(pointer, made + member->count);
    if (member->type == MEMBER_STRUCT)
        return layout_show(member->points_to, pointer);
    return cJSON_CreateString(pointer);
}

cJSON *layout_show(const struct layout *layout, const void *made)
{
    cJSON *object = cJSON_CreateObject();
    for (const struct member *member = layout->members; member->name; member++)
        cJSON_AddItemToObject(object, member->name, show_member(made, member));
    return object;
}
