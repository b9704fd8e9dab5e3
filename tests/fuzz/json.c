/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The strict JSON reader beside cJSON: what ours accepts is JSON to the other one, with the same
 * members, texts and integers.
 */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "support/input.h"
#include "json/read.h"

enum {
    LARGEST_EXACT = 1 << 30
};

static void compare(spay__json ours, const cJSON *theirs);

/* As JSON has it; cJSON takes what strtod() takes. */
static int is_number(const char *text, size_t length)
{
    const char *at = text + (*text == '-');
    const char *end = text + length;

    if (end - at > 1 && *at == '0' && at[1] >= '0' && at[1] <= '9')
        return 0;
    for (; at < end; at++)
        if (!strchr("0123456789.eE+-", *at))
            return 0;
    return end > text && end[-1] >= '0' && end[-1] <= '9';
}

/* Of members with the same name, which of them is meant may differ: those are left out. */
static int is_unique(const cJSON *object, const cJSON *member)
{
    const cJSON *other;
    int count = 0;

    cJSON_ArrayForEach(other, object) count += strcmp(other->string, member->string) == 0;
    return count == 1;
}

static void compare_members(spay__json ours, const cJSON *theirs)
{
    const cJSON *member;
    int checked = 0;

    cJSON_ArrayForEach(member, theirs)
    {
        if (++checked > 20)
            return;
        if (is_unique(theirs, member) && *member->string)
            compare(spay__json_get(ours, member->string), member);
    }
}

static void compare_elements(spay__json array, const cJSON *theirs)
{
    spay__json element = spay__json_first(array);
    const cJSON *other;

    REQUIRE(spay__json_length(array) == (size_t)cJSON_GetArraySize(theirs));
    cJSON_ArrayForEach(other, theirs)
    {
        compare(element, other);
        element = spay__json_next(element);
    }
}

static void compare(spay__json ours, const cJSON *theirs)
{
    int64_t number = 0;

    REQUIRE(ours.node);
    REQUIRE(spay__json_is_object(ours) == (cJSON_IsObject(theirs) != 0));
    if (cJSON_IsObject(theirs)) {
        compare_members(ours, theirs);
    } else if (cJSON_IsArray(theirs)) {
        compare_elements(ours, theirs);
    } else if (cJSON_IsString(theirs)) {
        REQUIRE(strcmp(spay__json_as_text(ours), theirs->valuestring) == 0);
    } else if (cJSON_IsNumber(theirs)) {
        REQUIRE(is_number(ours.reader->text + ours.node->value, ours.node->value_length));
        if (spay__json_as_integer(ours, &number) && number < LARGEST_EXACT)
            REQUIRE((double)number == theirs->valuedouble);
    }
}

static void check_scan(const char *text, size_t length, int accepted)
{
    spay__json_scan scan;
    spay__json_member member;

    if (!spay__json_scan_object(&scan, text, length))
        return;
    REQUIRE(accepted);
    spay__json_members(&scan, text, length);
    while (spay__json_next_member(&scan, &member))
        REQUIRE(member.name >= text && member.value + member.value_length <= text + length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    char *memory = malloc(size + 1);
    spay__json_reader reader;
    int accepted;

    REQUIRE(memory);
    accepted = spay__json_read(&reader, text, size);
    REQUIRE(accepted == !reader.fault);
    check_scan(text, size, accepted);
    if (accepted) {
        cJSON *theirs = cJSON_ParseWithLength(text, size);

        REQUIRE(theirs);
        spay__json_put_texts(&reader, memory);
        compare(spay__json_root(&reader), theirs);
        cJSON_Delete(theirs);
    }
    spay__json_clear(&reader);
    free(memory);
    return 0;
}
