/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Request bodies.
 */
#include "body.h"

#include <string.h>

#include "base/ascii.h"
#include "json/scan.h"

static bool is_named(const spay__json_member *member, const char *name)
{
    return name && strlen(name) == member->name_length &&
           memcmp(name, member->name, member->name_length) == 0;
}

static bool is_taken(const spay__json_member *member, const char *taken)
{
    for (; *taken; taken = spay__list_next(taken))
        if (is_named(member, taken))
            return true;
    return false;
}

bool spay__body_check_members(spay__input *input, const char *field, const char *json,
                              size_t length, const char *except, const char *taken)
{
    spay__json_member member;
    spay__json_scan scan;

    spay__json_members(&scan, json, length);
    while (spay__json_next_member(&scan, &member)) {
        if (is_named(&member, except) ||
            (!is_taken(&member, taken) && !memchr(member.name, '\\', member.name_length)))
            continue;
        spay__input_fault(input, field, "conflict",
                          "has a member that the struct has a field for, or a name with an escape");
        return false;
    }
    return true;
}

void spay__body_add_members(spay__json_writer *writer, const char *json, size_t length,
                            const char *except)
{
    spay__json_member member;
    spay__json_scan scan;

    spay__json_members(&scan, json, length);
    while (spay__json_next_member(&scan, &member))
        if (!is_named(&member, except))
            spay__json_write_raw(writer, member.name, member.name_length, member.value,
                                 member.value_length);
}

void spay__body_add_extra(spay__json_writer *writer, spay__input *input, const char *extra,
                          size_t length, const char *except, const char *taken)
{
    static const char field[] = "extra_json";

    if (!extra || !spay__body_check_members(input, field, extra, length, except, taken))
        return;
    spay__body_add_members(writer, extra, length, except);
    if (writer->out->state == SPAY__BUFFER_FULL)
        spay__input_fault(input, field, "too_long", "makes the body longer than 1 MiB");
}

void spay__body_begin(spay__body *body)
{
    spay__buffer_init(&body->bytes, SPAY__MAX_REQUEST_BODY);
    body->json.out = &body->bytes;
    body->json.comma = false;
    spay__json_open(&body->json, NULL, '{');
}

void spay__body_end(spay__body *body, spay__input *input, const char *extra_json,
                    const char *except, const char *taken, spay_http_request *http)
{
    spay__body_add_extra(&body->json, input, extra_json, extra_json ? strlen(extra_json) : 0,
                         except, taken);
    spay__json_close(&body->json, '}');
    spay__http_request_take_body(http, &body->bytes);
}
