/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading JSON: the one file that knows cJSON, whose habits (case-blind lookup, doubles, trailing
 * bytes, NUL in strings) end here.
 */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "alloc.h"
#include "crypto.h"
#include "json_scan.h"
#include "secret.h"

void spay__json_set_fault(spay__json_reader *reader, const char *fault, const char *parent,
                          const char *name)
{
    if (reader->fault)
        return;
    reader->fault = fault;
    (void)snprintf(reader->path, sizeof(reader->path), "%s%s%s", parent, *name ? "." : "", name);
}

/* Numbers with a fraction or an exponent become -0, which to_integer() knows for no integer. */
static void blank_fractions(char *text)
{
    bool string = false;

    for (; *text; text++) {
        size_t length = string ? 0 : strspn(text, "+-.0123456789eE");

        if (string && *text == '\\') {
            text++;
        } else if (*text == '"') {
            string = !string;
        } else if (length > 0) {
            if (strcspn(text, ".eE") < length && *text != 'e') {
                memset(text, ' ', length);
                text[0] = '-';
                text[1] = '0';
            }
            text += length - 1;
        }
    }
}

/*
 * cJSON reads numbers with strtod(), and so by the decimal point of the locale, which another
 * thread may be changing. Whole numbers are the same everywhere; the others it does not get to see.
 */
static cJSON *parse(const char *text, size_t length, bool fractions)
{
    char *copy = fractions ? spay__copy(text, length) : NULL;
    cJSON *root = NULL;

    if (copy)
        blank_fractions(copy);
    if (copy || !fractions)
        root = cJSON_ParseWithLength(copy ? copy : text, length);
    spay__wipe_text(copy);
    return root;
}

bool spay__json_read(spay__json_reader *reader, const char *text, size_t length)
{
    spay__json_scan scan;

    memset(reader, 0, sizeof(*reader));
    if (!spay__json_scan_value(&scan, text, length)) {
        spay__json_set_fault(reader, scan.fault, "$", "");
        return false;
    }
    reader->values = scan.values;
    reader->fractions = scan.fractions;
    reader->text = text;
    reader->length = length;
    reader->root = parse(text, length, scan.fractions);
    if (!reader->root)
        spay__json_set_fault(reader, "no_memory", "$", "");
    else if (!cJSON_IsObject((cJSON *)reader->root))
        spay__json_set_fault(reader, "wrong_type", "$", "");
    return !reader->fault;
}

/* Replies hold tokens, so their texts are wiped before cJSON frees them. */
static void wipe_texts(cJSON *item)
{
    for (; item; item = item->next) {
        if (item->valuestring)
            spay__wipe(item->valuestring, strlen(item->valuestring));
        wipe_texts(item->child);
    }
}

void spay__json_clear(spay__json_reader *reader)
{
    wipe_texts(reader->root);
    cJSON_Delete(reader->root);
    reader->root = NULL;
}

spay__json spay__json_root(const spay__json_reader *reader)
{
    spay__json root = {reader->root};

    return root;
}

spay__json spay__json_get(spay__json object, const char *name)
{
    spay__json member = {cJSON_GetObjectItemCaseSensitive(object.node, name)};

    return member;
}

static bool is_duplicate(const cJSON *item)
{
    const cJSON *other;

    for (other = item->next; other; other = other->next)
        if (strcmp(other->string, item->string) == 0)
            return true;
    return false;
}

/*
 * A member that matches, or NULL. Two members of one name count as none: the provider's view and
 * ours of what was said could differ.
 */
static const cJSON *find(spay__json_reader *reader, spay__json object, const char *parent,
                         const char *name, spay__presence presence, cJSON_bool (*is)(const cJSON *))
{
    const cJSON *item = spay__json_get(object, name).node;

    if (item && is_duplicate(item)) {
        if (presence == SPAY__JSON_REQUIRED)
            spay__json_set_fault(reader, "duplicate", parent, name);
        reader->ignored = true;
        return NULL;
    }
    if (item && is(item))
        return item;
    if (presence == SPAY__JSON_REQUIRED)
        spay__json_set_fault(reader, item && !cJSON_IsNull(item) ? "wrong_type" : "missing", parent,
                             name);
    else if (item && !cJSON_IsNull(item))
        reader->ignored = true;
    return NULL;
}

spay__json spay__json_object(spay__json_reader *reader, spay__json object, const char *parent,
                             const char *name, spay__presence presence)
{
    spay__json found = {find(reader, object, parent, name, presence, cJSON_IsObject)};

    return found;
}

const char *spay__json_text(spay__json_reader *reader, spay__json object, const char *parent,
                            const char *name, spay__presence presence)
{
    const cJSON *item = find(reader, object, parent, name, presence, cJSON_IsString);

    if (item && presence == SPAY__JSON_REQUIRED && !item->valuestring[0]) {
        spay__json_set_fault(reader, "empty", parent, name);
        return NULL;
    }
    return item ? item->valuestring : NULL;
}

/* cJSON keeps doubles: below 2^53 in amount they are exact. */
static bool to_integer(const cJSON *item, int64_t *number)
{
    const double limit = 9007199254740992.0;

    if (!(item->valuedouble > -limit && item->valuedouble < limit))
        return false;
    if (item->valuedouble == 0 && signbit(item->valuedouble))
        return false;
    *number = (int64_t)item->valuedouble;
    return (double)*number >= item->valuedouble && (double)*number <= item->valuedouble;
}

/* The raw text of a member of the object at a path such as "$.owner". */
static bool find_raw(const spay__json_reader *reader, const char *parent, const char *name,
                     spay__json_member *member)
{
    member->value = reader->text;
    member->value_length = reader->length;
    for (parent++; *parent == '.'; parent += strcspn(parent, ".")) {
        parent++;
        if (!spay__json_find_member(member->value, member->value_length, parent,
                                    strcspn(parent, "."), member))
            return false;
    }
    return spay__json_find_member(member->value, member->value_length, name, strlen(name), member);
}

/* Digits alone, without a fraction or an exponent: what a double would round is read exactly. */
static bool read_digits(const spay__json_member *member, int64_t *number)
{
    size_t i;

    *number = 0;
    for (i = 0; i < member->value_length; i++) {
        int digit = member->value[i] - '0';

        if (digit < 0 || digit > 9 || *number > (INT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}

int64_t spay__json_count(spay__json_reader *reader, spay__json object, const char *parent,
                         const char *name, spay__presence presence)
{
    const cJSON *item = find(reader, object, parent, name, presence, cJSON_IsNumber);
    spay__json_member member;
    int64_t number;

    if (!item)
        return -1;
    if (!reader->fractions && to_integer(item, &number) && number >= 0)
        return number; /* a whole number that a double holds exactly */
    if (find_raw(reader, parent, name, &member) && read_digits(&member, &number))
        return number;
    if (presence == SPAY__JSON_REQUIRED)
        spay__json_set_fault(reader, "out_of_range", parent, name);
    else
        reader->ignored = true;
    return -1;
}

spay__json spay__json_array(spay__json_reader *reader, spay__json object, const char *parent,
                            const char *name)
{
    spay__json found = {find(reader, object, parent, name, SPAY__JSON_OPTIONAL, cJSON_IsArray)};

    return found;
}

size_t spay__json_length(spay__json array)
{
    return array.node ? (size_t)cJSON_GetArraySize(array.node) : 0;
}

spay__json spay__json_first(spay__json array)
{
    const cJSON *node = array.node;
    spay__json first = {cJSON_IsArray(node) ? node->child : NULL};

    return first;
}

spay__json spay__json_next(spay__json element)
{
    const cJSON *node = element.node;
    spay__json next = {node ? node->next : NULL};

    return next;
}

const char *spay__json_as_text(spay__json value)
{
    return cJSON_IsString(value.node) ? cJSON_GetStringValue(value.node) : NULL;
}

bool spay__json_as_integer(spay__json value, int64_t *number)
{
    return cJSON_IsNumber(value.node) && to_integer(value.node, number);
}

bool spay__json_is_object(spay__json value)
{
    return cJSON_IsObject(value.node);
}
