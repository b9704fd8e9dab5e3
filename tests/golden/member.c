/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Structs by the names of their members; see member.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/member.h"
#include "golden/text.h"

/* ---- Memory ---------------------------------------------------------------------------------- */

struct golden_block {
    struct golden_block *next;
    void *memory;
};

void *golden_arena_alloc(golden_arena *arena, size_t size)
{
    struct golden_block *block = golden_alloc(sizeof(*block));

    block->memory = golden_alloc(size);
    block->next = arena->blocks;
    arena->blocks = block;
    return block->memory;
}

void golden_arena_clear(golden_arena *arena)
{
    while (arena->blocks) {
        struct golden_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block->memory);
        free(block);
    }
}

/* ---- JSON values ----------------------------------------------------------------------------- */

int64_t golden_number(golden_report *report, const char *what, const cJSON *json)
{
    double value = cJSON_IsNumber(json) ? json->valuedouble : 0.5;
    int64_t whole = value > -9.0e15 && value < 9.0e15 ? (int64_t)value : 0;

    if (value < (double)whole || value > (double)whole) {
        golden_fault(report, "fixture: %s is not a whole number", what);
        return 0;
    }
    return whole;
}

static int hex_digit(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *at = digit ? strchr(digits, digit) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* The bytes that {"hex": ...} stands for. */
static char *text_of_hex(golden_arena *arena, const char *hex)
{
    size_t length = strlen(hex) / 2;
    char *text = golden_arena_alloc(arena, length + 1);

    for (size_t i = 0; i < length; i++)
        text[i] = (char)(hex_digit(hex[2 * i]) * 16 + hex_digit(hex[2 * i + 1]));
    return text;
}

/* The text that {"repeat": ..., "times": ...} stands for. */
static char *text_of_repeat(golden_arena *arena, const char *part, size_t times)
{
    size_t length = strlen(part);
    char *text = golden_arena_alloc(arena, length * times + 1);

    for (size_t i = 0; i < times; i++)
        memcpy(text + i * length, part, length);
    return text;
}

/* The text of a JSON value, as long as the arena or the JSON lives; NULL for null. */
static const char *text_of(golden_arena *arena, golden_report *report, const char *what,
                           const cJSON *json)
{
    const cJSON *hex = cJSON_GetObjectItemCaseSensitive(json, "hex");
    const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(json, "repeat");
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(json, "times");

    if (cJSON_IsString(json))
        return json->valuestring;
    if (cJSON_IsString(hex))
        return text_of_hex(arena, hex->valuestring);
    if (cJSON_IsString(repeat))
        return text_of_repeat(arena, repeat->valuestring,
                              (size_t)golden_number(report, what, times));
    if (!cJSON_IsNull(json))
        golden_fault(report, "fixture: %s is not text", what);
    return NULL;
}

/* The value of a constant by name, or of a plain number. */
static int32_t word_of(golden_report *report, const golden_member *member, const cJSON *json)
{
    if (!cJSON_IsString(json))
        return (int32_t)golden_number(report, member->name, json);
    for (const golden_word *word = member->words; word && word->name; word++) {
        if (strcmp(word->name, json->valuestring) == 0)
            return word->value;
    }
    golden_fault(report, "fixture: %s has no value \"%s\"", member->name, json->valuestring);
    return 0;
}

static uint32_t bits_of(golden_report *report, const golden_member *member, const cJSON *json)
{
    uint32_t bits = 0;
    const cJSON *item = NULL;

    if (!cJSON_IsArray(json))
        golden_fault(report, "fixture: %s is not a list", member->name);
    cJSON_ArrayForEach(item, json) bits |= (uint32_t)word_of(report, member, item);
    return bits;
}

/* ---- Filling --------------------------------------------------------------------------------- */

static void put(void *base, size_t offset, const void *value, size_t size)
{
    memcpy((char *)base + offset, value, size);
}

static void put_count(void *base, const golden_member *member, size_t count)
{
    put(base, member->other, &count, sizeof(count));
}

static void put_pointer(void *base, const golden_member *member, const void *pointer)
{
    put(base, member->offset, &pointer, sizeof(pointer));
}

static void fill_texts(golden_arena *arena, golden_report *report, const golden_member *member,
                       const cJSON *json, void *base)
{
    size_t count = (size_t)cJSON_GetArraySize(json);
    const char **texts = golden_arena_alloc(arena, count * sizeof(*texts));
    const cJSON *item = NULL;
    size_t i = 0;

    cJSON_ArrayForEach(item, json) texts[i++] = text_of(arena, report, member->name, item);
    put_pointer(base, member, (const void *)texts);
    put_count(base, member, count);
}

static void fill_numbers(golden_arena *arena, golden_report *report, const golden_member *member,
                         const cJSON *json, void *base)
{
    size_t count = (size_t)cJSON_GetArraySize(json);
    int32_t *numbers = golden_arena_alloc(arena, count * sizeof(*numbers));
    const cJSON *item = NULL;
    size_t i = 0;

    cJSON_ArrayForEach(item, json) numbers[i++] =
        (int32_t)golden_number(report, member->name, item);
    put_pointer(base, member, numbers);
    put_count(base, member, count);
}

static void fill_struct(golden_arena *arena, golden_report *report, const golden_member *member,
                        const cJSON *json, void *base)
{
    void *inner = golden_arena_alloc(arena, member->shape->size);

    golden_fill(arena, report, member->shape, json, inner);
    put_pointer(base, member, inner);
}

static void fill_text(golden_arena *arena, golden_report *report, const golden_member *member,
                      const cJSON *json, void *base)
{
    const char *text = text_of(arena, report, member->name, json);

    put_pointer(base, member, text);
    if (member->kind == GOLDEN_BYTES)
        put_count(base, member, text ? strlen(text) : 0);
}

static void fill_number(golden_report *report, const golden_member *member, const cJSON *json,
                        void *base)
{
    int64_t wide = 0;
    int32_t narrow = 0;

    if (member->kind == GOLDEN_INT64) {
        wide = golden_number(report, member->name, json);
        put(base, member->offset, &wide, sizeof(wide));
    } else {
        narrow = word_of(report, member, json);
        put(base, member->offset, &narrow, sizeof(narrow));
    }
}

static void fill_member(golden_arena *arena, golden_report *report, const golden_member *member,
                        const cJSON *json, void *base)
{
    switch (member->kind) {
    case GOLDEN_TEXT:
    case GOLDEN_SECRET:
    case GOLDEN_BYTES:
        fill_text(arena, report, member, json, base);
        break;
    case GOLDEN_TEXTS:
        fill_texts(arena, report, member, json, base);
        break;
    case GOLDEN_NUMBERS:
        fill_numbers(arena, report, member, json, base);
        break;
    case GOLDEN_STRUCT:
        fill_struct(arena, report, member, json, base);
        break;
    default:
        fill_number(report, member, json, base);
        break;
    }
}

static const golden_member *find(const golden_shape *shape, const char *name)
{
    for (const golden_member *member = shape->members; member->name; member++) {
        if (member->kind != GOLDEN_LENGTH && strcmp(member->name, name) == 0)
            return member;
    }
    return NULL;
}

void golden_fill(golden_arena *arena, golden_report *report, const golden_shape *shape,
                 const cJSON *json, void *base)
{
    const cJSON *item = NULL;

    shape->init(base, shape->size);
    cJSON_ArrayForEach(item, json)
    {
        const golden_member *member = find(shape, item->string);
        if (member)
            fill_member(arena, report, member, item, base);
        else
            golden_fault(report, "fixture: there is no member \"%s\" to fill", item->string);
    }
}

void golden_each_secret(const golden_shape *shape, const void *base,
                        void (*use)(const void *ctx, const char *secret), const void *ctx)
{
    for (const golden_member *member = shape->members; member->name; member++) {
        const char *secret = NULL;
        if (member->kind != GOLDEN_SECRET)
            continue;
        memcpy(&secret, (const char *)base + member->offset, sizeof(secret));
        if (secret)
            use(ctx, secret);
    }
}

/* ---- Comparing ------------------------------------------------------------------------------- */

static void get(const void *base, size_t offset, void *value, size_t size)
{
    memcpy(value, (const char *)base + offset, size);
}

static void compare_text(golden_report *report, const char *path, const golden_member *member,
                         const cJSON *json, const void *base)
{
    const char *got = NULL;

    get(base, member->offset, &got, sizeof(got));
    if (!cJSON_IsString(json) && !cJSON_IsNull(json))
        golden_fault(report, "fixture: %s is neither text nor null", path);
    golden_same_text(report, path, cJSON_IsString(json) ? json->valuestring : NULL, got);
}

static void compare_length(golden_report *report, const char *path, const golden_member *member,
                           const void *base)
{
    const char *text = NULL;
    size_t got = 0;

    get(base, member->other, &text, sizeof(text));
    get(base, member->offset, &got, sizeof(got));
    golden_same_number(report, path, (int64_t)(text ? strlen(text) : 0), (int64_t)got);
}

static void compare_texts(golden_report *report, const char *path, const golden_member *member,
                          const cJSON *json, const void *base)
{
    const char *const *got = NULL;
    size_t count = 0;

    get(base, member->offset, &got, sizeof(got));
    get(base, member->other, &count, sizeof(count));
    golden_same_number(report, path, cJSON_GetArraySize(json), (int64_t)count);
    if (cJSON_IsNull(json) != !got)
        golden_fault(report, "%s: expected %s", path, got ? "NULL" : "a list");
    for (size_t i = 0; got && i < count && i < (size_t)cJSON_GetArraySize(json); i++)
        golden_same_text(report, path, cJSON_GetArrayItem(json, (int)i)->valuestring, got[i]);
}

static void compare_struct(golden_report *report, const char *path, const golden_member *member,
                           const cJSON *json, const void *base)
{
    const void *inner = NULL;

    get(base, member->offset, &inner, sizeof(inner));
    if (cJSON_IsObject(json) && inner)
        golden_compare(report, path, member->shape, json, inner);
    else if (cJSON_IsObject(json) || inner)
        golden_fault(report, "%s: expected %s", path, inner ? "NULL" : "an object, got NULL");
}

static void compare_number(golden_report *report, const char *path, const golden_member *member,
                           const cJSON *json, const void *base)
{
    int64_t wide = 0;
    int32_t narrow = 0;

    if (member->kind == GOLDEN_INT64) {
        get(base, member->offset, &wide, sizeof(wide));
        golden_same_number(report, path, golden_number(report, path, json), wide);
    } else {
        get(base, member->offset, &narrow, sizeof(narrow));
        golden_same_number(report, path, word_of(report, member, json), narrow);
    }
}

static void compare_bits(golden_report *report, const char *path, const golden_member *member,
                         const cJSON *json, const void *base)
{
    uint32_t got = 0;

    get(base, member->offset, &got, sizeof(got));
    golden_same_number(report, path, bits_of(report, member, json), got);
}

static void compare_member(golden_report *report, const char *path, const golden_member *member,
                           const cJSON *json, const void *base)
{
    switch (member->kind) {
    case GOLDEN_TEXT:
        compare_text(report, path, member, json, base);
        break;
    case GOLDEN_TEXTS:
        compare_texts(report, path, member, json, base);
        break;
    case GOLDEN_STRUCT:
        compare_struct(report, path, member, json, base);
        break;
    case GOLDEN_BITS:
        compare_bits(report, path, member, json, base);
        break;
    default:
        compare_number(report, path, member, json, base);
        break;
    }
}

void golden_compare(golden_report *report, const char *path, const golden_shape *shape,
                    const cJSON *json, const void *base)
{
    const cJSON *item = NULL;

    for (const golden_member *member = shape->members; member->name; member++) {
        char *inner = golden_format("%s.%s", path, member->name);
        item = cJSON_GetObjectItemCaseSensitive(json, member->name);
        if (member->kind == GOLDEN_LENGTH)
            compare_length(report, inner, member, base);
        else if (item)
            compare_member(report, inner, member, item, base);
        else
            golden_fault(report, "fixture: %s is not in expected.json", inner);
        free(inner);
    }
    cJSON_ArrayForEach(item, json)
    {
        if (!find(shape, item->string))
            golden_fault(report, "fixture: there is no member \"%s.%s\"", path, item->string);
    }
}

/* ---- Describing ------------------------------------------------------------------------------ */

static cJSON *describe_text(const char *text)
{
    return text ? cJSON_CreateString(text) : cJSON_CreateNull();
}

static cJSON *describe_texts(const golden_member *member, const void *base)
{
    const char *const *got = NULL;
    size_t count = 0;
    cJSON *list = NULL;

    get(base, member->offset, &got, sizeof(got));
    get(base, member->other, &count, sizeof(count));
    if (!got)
        return cJSON_CreateNull();
    list = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, describe_text(got[i]));
    return list;
}

static cJSON *describe_number(const golden_member *member, const void *base)
{
    int64_t wide = 0;
    int32_t narrow = 0;

    if (member->kind == GOLDEN_INT64) {
        get(base, member->offset, &wide, sizeof(wide));
        return cJSON_CreateNumber((double)wide);
    }
    get(base, member->offset, &narrow, sizeof(narrow));
    for (const golden_word *word = member->words; word && word->name; word++) {
        if (word->value == narrow)
            return cJSON_CreateString(word->name);
    }
    return cJSON_CreateNumber(narrow);
}

static cJSON *describe_bits(const golden_member *member, const void *base)
{
    uint32_t got = 0;
    cJSON *list = cJSON_CreateArray();

    get(base, member->offset, &got, sizeof(got));
    for (const golden_word *word = member->words; word && word->name; word++) {
        if (got & (uint32_t)word->value)
            cJSON_AddItemToArray(list, cJSON_CreateString(word->name));
    }
    return list;
}

static cJSON *describe_struct(const golden_member *member, const void *base)
{
    const void *inner = NULL;

    get(base, member->offset, &inner, sizeof(inner));
    return inner ? golden_describe(member->shape, inner) : cJSON_CreateNull();
}

static cJSON *describe_member(const golden_member *member, const void *base)
{
    const char *text = NULL;

    switch (member->kind) {
    case GOLDEN_TEXT:
        get(base, member->offset, &text, sizeof(text));
        return describe_text(text);
    case GOLDEN_TEXTS:
        return describe_texts(member, base);
    case GOLDEN_STRUCT:
        return describe_struct(member, base);
    case GOLDEN_BITS:
        return describe_bits(member, base);
    default:
        return describe_number(member, base);
    }
}

cJSON *golden_describe(const golden_shape *shape, const void *base)
{
    cJSON *json = cJSON_CreateObject();

    for (const golden_member *member = shape->members; member->name; member++) {
        if (member->kind != GOLDEN_LENGTH)
            cJSON_AddItemToObject(json, member->name, describe_member(member, base));
    }
    return json;
}
