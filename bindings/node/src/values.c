/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* Structs from arrays of values, and objects from structs, by the tables of layouts.c. */
#include <stdlib.h>
#include <string.h>

#include "binding.h"

enum {
    ALIGNMENT = 16
};

struct block {
    struct block *next;
    size_t size; /* keeps what follows aligned */
};

/* ---- Memory ---------------------------------------------------------------------------------- */

void arena_init(struct arena *arena)
{
    arena->blocks = NULL;
    arena->used = 0;
}

void arena_clear(struct arena *arena)
{
    while (arena->blocks) {
        struct block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
}

static void *arena_take(struct arena *arena, size_t size)
{
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded <= sizeof arena->first - arena->used) {
        arena->used += rounded;
        return arena->first + arena->used - rounded;
    }
    struct block *block = rounded >= size ? malloc(sizeof *block + rounded) : NULL;
    if (!block)
        return NULL;
    block->next = arena->blocks;
    block->size = rounded;
    arena->blocks = block;
    return block + 1;
}

/* ---- Into C ---------------------------------------------------------------------------------- */

int64_t number_of(napi_env env, napi_value value)
{
    int64_t number = 0;
    napi_get_value_int64(env, value, &number);
    return number;
}

char *text_of(napi_env env, struct arena *arena, napi_value value)
{
    size_t length;
    if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok)
        return NULL;
    char *text = arena_take(arena, length + 1);
    if (text)
        napi_get_value_string_utf8(env, value, text, length + 1, &length);
    return text;
}

/* The library may keep no pointer to them, so that JavaScript's own bytes will do. */
static const void *bytes_of(napi_env env, napi_value value, size_t *length)
{
    void *bytes = NULL;
    napi_get_typedarray_info(env, value, NULL, length, &bytes, NULL, NULL);
    return bytes ? bytes : "";
}

static void *elements_of(napi_env env, struct arena *arena, const struct member *member,
                         napi_value value, size_t *count)
{
    uint32_t length = 0;
    napi_get_array_length(env, value, &length);
    char **texts = arena_take(arena, (sizeof *texts) * length + 1);
    int32_t *numbers = (int32_t *)(void *)texts;
    for (uint32_t i = 0; texts && i < length; i++) {
        napi_value element;
        napi_get_element(env, value, i, &element);
        if (member->type == MEMBER_TEXTS)
            texts[i] = text_of(env, arena, element);
        else
            numbers[i] = (int32_t)number_of(env, element);
    }
    *count = length;
    return texts;
}

static int32_t choice_of(napi_env env, napi_value value)
{
    bool is_set = false;
    napi_get_value_bool(env, value, &is_set);
    return is_set ? SPAY_YES : SPAY_NO;
}

static void set_number(char *at, enum member_type type, int64_t number)
{
    int32_t narrow = (int32_t)number;
    size_t size = (size_t)number;
    if (type == MEMBER_INT64)
        memcpy(at, &number, sizeof number);
    else if (type == MEMBER_SIZE)
        memcpy(at, &size, sizeof size);
    else
        memcpy(at, &narrow, sizeof narrow);
}

/* false: the value is not what ../lib has checked it to be. */
static int set_pointer(napi_env env, struct arena *arena, const struct member *member, char *made,
                       napi_value value)
{
    size_t count = 0;
    const void *pointer;
    if (member->type == MEMBER_TEXT)
        pointer = text_of(env, arena, value);
    else if (member->type == MEMBER_BYTES)
        pointer = bytes_of(env, value, &count);
    else if (member->type == MEMBER_STRUCT)
        pointer = fill(env, arena, member->points_to, value);
    else
        pointer = elements_of(env, arena, member, value, &count);
    memcpy(made + member->offset, &pointer, sizeof pointer);
    if (member->count)
        memcpy(made + member->count, &count, sizeof count);
    return pointer != NULL;
}

static int set(napi_env env, struct arena *arena, const struct member *member, char *made,
               napi_value value)
{
    switch (member->type) {
    case MEMBER_CHOICE:
        set_number(made + member->offset, MEMBER_INT32, choice_of(env, value));
        return 1;
    case MEMBER_INT32:
    case MEMBER_UINT32:
    case MEMBER_INT64:
    case MEMBER_SIZE:
        set_number(made + member->offset, member->type, number_of(env, value));
        return 1;
    default:
        return set_pointer(env, arena, member, made, value);
    }
}

void *fill(napi_env env, struct arena *arena, const struct layout *layout, napi_value values)
{
    char *made = arena_take(arena, layout->size);
    int is_good = made != NULL;
    if (made)
        layout->init(made, layout->size);
    for (uint32_t i = 0; is_good && layout->members[i].name; i++) {
        napi_value value;
        napi_valuetype type = napi_undefined;
        is_good = napi_get_element(env, values, i, &value) == napi_ok &&
                  napi_typeof(env, value, &type) == napi_ok;
        if (is_good && type != napi_undefined)
            is_good = set(env, arena, &layout->members[i], made, value);
    }
    if (!is_good)
        napi_throw_type_error(env, NULL, "a value has changed, or there is no memory for it");
    return is_good ? made : NULL;
}

/* ---- Out of C -------------------------------------------------------------------------------- */

napi_value make_number(napi_env env, int64_t number)
{
    napi_value value = NULL;
    if (number >= INT32_MIN && number <= INT32_MAX)
        napi_create_int32(env, (int32_t)number, &value);
    else
        napi_create_int64(env, number, &value);
    return value;
}

static int is_ascii(const char *text, size_t length)
{
    unsigned char bits = 0;
    for (size_t i = 0; i < length; i++)
        bits |= (unsigned char)text[i];
    return bits < 0x80;
}

/* ASCII need not be decoded. */
napi_value make_text(napi_env env, const char *text, size_t length)
{
    napi_value value = NULL;
    if (!text) {
        napi_get_null(env, &value);
        return value;
    }
    if (length == NAPI_AUTO_LENGTH)
        length = strlen(text);
    if (is_ascii(text, length))
        napi_create_string_latin1(env, text, length, &value);
    else
        napi_create_string_utf8(env, text, length, &value);
    return value;
}

napi_value make_bytes(napi_env env, const char *bytes, size_t length)
{
    napi_value value = NULL;
    napi_create_buffer_copy(env, length, bytes, NULL, &value);
    return value;
}

static napi_value make_choice(napi_env env, int is_set)
{
    napi_value value = NULL;
    napi_get_boolean(env, is_set, &value);
    return value;
}

static const void *pointer_at(const void *made, size_t offset)
{
    const void *pointer;
    memcpy(&pointer, (const char *)made + offset, sizeof pointer);
    return pointer;
}

static size_t count_at(const void *made, const struct member *member)
{
    size_t count = NAPI_AUTO_LENGTH;
    if (member->count)
        memcpy(&count, (const char *)made + member->count, sizeof count);
    return count;
}

static napi_value make_texts(napi_env env, const char *const *texts, size_t count)
{
    napi_value array = NULL;
    napi_create_array_with_length(env, count, &array);
    for (uint32_t i = 0; i < count; i++)
        napi_set_element(env, array, i, make_text(env, texts[i], NAPI_AUTO_LENGTH));
    return array;
}

static int64_t number_at(const void *made, const struct member *member)
{
    const char *at = (const char *)made + member->offset;
    int64_t number;
    int32_t narrow;
    uint32_t bits;
    size_t size;
    switch (member->type) {
    case MEMBER_INT64:
        memcpy(&number, at, sizeof number);
        return number;
    case MEMBER_SIZE:
        memcpy(&size, at, sizeof size);
        return (int64_t)size;
    case MEMBER_UINT32:
        memcpy(&bits, at, sizeof bits);
        return bits;
    default:
        memcpy(&narrow, at, sizeof narrow);
        return narrow;
    }
}

static napi_value show_member(struct addon *addon, const struct member *member, const void *made)
{
    napi_env env = addon->env;
    switch (member->type) {
    case MEMBER_TEXT:
        return make_text(env, pointer_at(made, member->offset), count_at(made, member));
    case MEMBER_TEXTS:
        return make_texts(env, pointer_at(made, member->offset), count_at(made, member));
    case MEMBER_STRUCT:
        return show(addon, member->points_to, pointer_at(made, member->offset), NULL);
    case MEMBER_CHOICE:
        return make_choice(env, number_at(made, member) == SPAY_YES);
    default:
        return make_number(env, number_at(made, member));
    }
}

static napi_value constructor_of(struct addon *addon, const struct layout *layout)
{
    napi_value constructor = NULL;
    for (size_t i = 0; layouts[i]; i++)
        if (layouts[i] == layout)
            napi_get_reference_value(addon->env, addon->classes[i], &constructor);
    return constructor;
}

napi_value show(struct addon *addon, const struct layout *layout, const void *made, napi_value last)
{
    napi_value values[MEMBERS_MAX], shown = NULL;
    size_t count = 0;
    if (!made) {
        napi_get_null(addon->env, &shown);
        return shown;
    }
    for (const struct member *member = layout->members; member->name; member++)
        values[count++] = show_member(addon, member, made);
    if (last)
        values[count++] = last;
    napi_new_instance(addon->env, constructor_of(addon, layout), count, values, &shown);
    return shown;
}

/* ---- Errors ---------------------------------------------------------------------------------- */

/* path, code, message, path, ... */
static napi_value show_fields(napi_env env, const spay_error *error)
{
    napi_value fields = NULL;
    size_t count = spay_error_field_count(error);
    uint32_t at = 0;
    napi_create_array_with_length(env, 3 * count, &fields);
    for (size_t i = 0; i < count; i++) {
        const char *texts[] = {spay_error_field_path(error, i), spay_error_field_code(error, i),
                               spay_error_field_message(error, i)};
        for (int j = 0; j < 3; j++)
            napi_set_element(env, fields, at++, make_text(env, texts[j], NAPI_AUTO_LENGTH));
    }
    return fields;
}

napi_value show_error(napi_env env, spay_error *error)
{
    size_t length = 0;
    const char *body = spay_error_body(error, &length);
    const char *texts[] = {spay_error_name(error),
                           spay_error_message(error),
                           spay_error_reason(error),
                           spay_provider_name(spay_error_provider(error)),
                           spay_error_provider_code(error),
                           spay_error_request_id(error),
                           spay_outcome_name(spay_error_outcome(error)),
                           spay_error_idempotency_key(error)};
    const int64_t numbers[] = {spay_error_status(error),         spay_error_stage(error),
                               spay_error_http_status(error),    spay_error_attempts(error),
                               spay_error_requests_sent(error),  spay_error_elapsed_ms(error),
                               spay_error_retry_after_ms(error), spay_error_retryable(error)};
    napi_value values = NULL;
    uint32_t at = 0;
    napi_create_array(env, &values);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        napi_set_element(env, values, at++, make_text(env, texts[i], NAPI_AUTO_LENGTH));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        napi_set_element(env, values, at++, make_number(env, numbers[i]));
    napi_set_element(env, values, at++, show_fields(env, error));
    napi_set_element(env, values, at, make_bytes(env, body, length));
    spay_error_free(error);
    return values;
}
