/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Checking what the caller gave. Values are never repeated in messages: they may be secret.
 */
#include "input.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "error.h"
#include "options.h"
#include "json/scan.h"

enum {
    MESSAGE_SIZE = 96
};

spay_status spay__require(int32_t provider, const spay__argument *arguments, spay_error **error)
{
    if (error)
        *error = NULL;
    for (; arguments->name; arguments++)
        if (!arguments->value)
            return spay__fail_field(error, provider, arguments->name, "missing", "is required");
    return SPAY_OK;
}

void spay__input_fault(spay__input *input, const char *field, const char *code, const char *message)
{
    spay_error *error = input->error;

    if (!error) {
        error = spay__error_create(SPAY_E_INVALID_ARGUMENT, SPAY_STAGE_INPUT);
        input->error = error;
        spay__error_format(error, "%s: %s", field, message);
        if (!error->constant)
            error->provider = input->provider;
    }
    spay__error_add_field(error, field, code, message);
}

void spay__input_fault_at(spay__input *input, const char *field, size_t index, const char *code,
                          const char *message)
{
    char number[SPAY__INTEGER_SIZE];
    char path[128];

    (void)snprintf(path, sizeof(path), "%s[%s]", field, spay__integer_text((int64_t)index, number));
    spay__input_fault(input, path, code, message);
}

/* What a text is made of. */
typedef struct census {
    bool control;
    bool invisible; /* blanks or bytes that are not ASCII, too */
    bool high;      /* bytes that are not ASCII */
} census;

static census take_census(const char *value)
{
    census found = {false, false, false};

    while (spay__is_visible(*value))
        value++; /* as in most texts, to the end */
    for (; *value; value++) {
        found.control |= spay__is_control(*value);
        found.invisible |= !spay__is_visible(*value);
        found.high |= (unsigned char)*value >= 0x80;
    }
    return found;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool has_blank_end(const char *value)
{
    return *value && (is_blank(*value) || is_blank(value[strlen(value) - 1]));
}

/* The broken rule about the bytes of a text, NULL if it is good. */
static const char *broken_rule(const char *value, unsigned rules, const char **message)
{
    census found = take_census(value);
    size_t count;

    *message = "must not begin or end with white space";
    if ((rules & SPAY__SECRET) && has_blank_end(value))
        return "white_space";
    *message = "contains a control character";
    if (found.control)
        return "control_character";
    *message = "must be visible ASCII without blanks";
    if ((rules & SPAY__VISIBLE) && found.invisible)
        return "forbidden_character";
    *message = "is not UTF-8";
    if (!(rules & SPAY__OPAQUE) && found.high && !spay__utf8_count(value, strlen(value), &count))
        return "not_utf8";
    *message = "must not contain \"/\", \"?\" or \"#\", nor be \".\" or \"..\"";
    if ((rules & SPAY__SEGMENT) &&
        (strpbrk(value, "/?#") || strcmp(value, ".") == 0 || strcmp(value, "..") == 0))
        return "forbidden_character";
    return NULL;
}

static size_t text_length(const char *value, unsigned rules)
{
    size_t count = strlen(value);

    if (rules & SPAY__CHARACTERS)
        (void)spay__utf8_count(value, strlen(value), &count);
    return count;
}

static void write_limits(char message[MESSAGE_SIZE], int64_t least, int64_t most, const char *end)
{
    char first[SPAY__INTEGER_SIZE];
    char last[SPAY__INTEGER_SIZE];

    (void)snprintf(message, MESSAGE_SIZE, "must be %s to %s%s", spay__integer_text(least, first),
                   spay__integer_text(most, last), end);
}

/* What is wrong with a text: NULL, or a code and what to say. */
static const char *find_fault(const char *value, size_t least, size_t most, unsigned rules,
                              char message[MESSAGE_SIZE])
{
    const char *words = "is required";
    const char *code = value ? broken_rule(value, rules, &words) : "missing";
    size_t length = code ? 0 : text_length(value, rules);

    if (!code && length >= least && length <= most)
        return NULL;
    if (!code && length == 0) {
        words = "must not be empty";
        code = "empty";
    }
    if (code)
        (void)snprintf(message, MESSAGE_SIZE, "%s", words);
    else
        write_limits(message, (int64_t)least, (int64_t)most,
                     rules & SPAY__CHARACTERS ? " characters long" : " bytes long");
    return code ? code : length < least ? "too_short" : "too_long";
}

bool spay__input_text_at(spay__input *input, const char *field, size_t index, const char *value,
                         size_t least, size_t most, unsigned rules)
{
    char message[MESSAGE_SIZE];
    const char *code;

    if (!value && !(rules & SPAY__REQUIRED))
        return false;
    code = find_fault(value, least, most, rules, message);
    if (code && index == SPAY__NO_INDEX)
        spay__input_fault(input, field, code, message);
    else if (code)
        spay__input_fault_at(input, field, index, code, message);
    return !code;
}

bool spay__input_text(spay__input *input, const char *field, const char *value, size_t least,
                      size_t most, unsigned rules)
{
    return spay__input_text_at(input, field, SPAY__NO_INDEX, value, least, most, rules);
}

void spay__input_range(spay__input *input, const char *field, int64_t value, int64_t least,
                       int64_t most)
{
    char message[MESSAGE_SIZE];

    if (value == 0 || (value >= least && value <= most))
        return;
    write_limits(message, least, most, ", or 0 for the default");
    spay__input_fault(input, field, "out_of_range", message);
}

bool spay__input_base_url(spay__input *input, const char *field, const char *value, bool with_path,
                          spay__url *url)
{
    const char *code;

    if (!spay__input_text(input, field, value, 1, 2048, SPAY__REQUIRED | SPAY__VISIBLE))
        return false;
    code = spay__url_parse(value, url);
    if (code && strcmp(code, "not_https") == 0)
        spay__input_fault(input, field, code, "must be https; http is for loopback alone");
    else if (code)
        spay__input_fault(input, field, code,
                          "must be an absolute URL without user, query and fragment");
    else if (!with_path && url->path[0] && strcmp(url->path, "/") != 0)
        spay__input_fault(input, field, code = "pattern", "must not have a path");
    else if (strstr(url->path, "/.") || strchr(url->path, '%'))
        spay__input_fault(input, field, code = "pattern", "has a path with dots or escapes");
    return !code;
}

/* Two members of one name in an object: which of them counts is for the reader to guess. */
static bool repeats_name(const char *text, const spay__json_node *nodes, uint32_t first)
{
    uint32_t one;
    uint32_t other;

    for (one = first; nodes[one].next; one = nodes[one].next)
        for (other = nodes[one].next; other; other = nodes[other].next)
            if (nodes[one].name_length == nodes[other].name_length &&
                memcmp(text + nodes[one].name, text + nodes[other].name, nodes[one].name_length) ==
                    0)
                return true;
    return false;
}

static bool is_parent(const spay__json_node *parent, const spay__json_node *child)
{
    return parent->kind == '{' && child->value < parent->value + parent->value_length;
}

static bool has_duplicates(const char *text, const spay__json_node *nodes, size_t count)
{
    uint32_t i;

    for (i = 0; i + 1 < count; i++)
        if (is_parent(&nodes[i], &nodes[i + 1]) && repeats_name(text, nodes, i + 1))
            return true;
    return false;
}

static bool check_names(spay__input *input, const char *field, const char *value, size_t count)
{
    spay__json_node *nodes = spay__alloc(count * sizeof(*nodes));
    spay__json_scan scan;
    bool good;

    if (!nodes) {
        if (!input->error)
            input->error = spay__error_create(SPAY_E_NO_MEMORY, SPAY_STAGE_INPUT);
        return false;
    }
    (void)spay__json_scan_nodes(&scan, value, strlen(value), nodes, count);
    good = !has_duplicates(value, nodes, count);
    if (!good)
        spay__input_fault(input, field, "duplicate", "has a member twice");
    spay__free(nodes);
    return good;
}

/* A text that is no JSON object within the limits. */
static bool refuse_json(spay__input *input, const char *field, const char *fault)
{
    if (strcmp(fault, "too_deep") == 0)
        spay__input_fault(input, field, fault, "is nested deeper than 32 levels");
    else if (strcmp(fault, "too_many_values") == 0)
        spay__input_fault(input, field, fault, "has more than 2000 values");
    else
        spay__input_fault(input, field, "not_json", "must be a JSON object");
    return false;
}

bool spay__input_json_object(spay__input *input, const char *field, const char *value)
{
    spay__json_scan scan;
    size_t count;

    if (!value)
        return false;
    if (!spay__json_scan_value(&scan, value, strlen(value)))
        return refuse_json(input, field, scan.fault);
    count = scan.values;
    if (!spay__json_scan_object(&scan, value, strlen(value)))
        return refuse_json(input, field, scan.fault);
    return check_names(input, field, value, count);
}

bool spay__input_load(spay__input *input, const char *field, const void *caller_struct, void *copy,
                      size_t copy_size, size_t first_size)
{
    const char *message = spay__options_copy(copy, copy_size, first_size, caller_struct);

    if (message)
        spay__input_fault(input, field, "struct_size", message);
    return !message;
}

spay_status spay__input_end(spay__input *input, spay_error **error)
{
    spay_error *faults = input->error;

    input->error = NULL;
    return faults ? spay__error_return(faults, error) : SPAY_OK;
}
