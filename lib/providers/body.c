/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Request bodies.
 */
#include "body.h"

#include <string.h>

#include "../json_scan.h"

static bool is_named(const spay__json_member *member, const char *name)
{
    return name && strlen(name) == member->name_length &&
           memcmp(name, member->name, member->name_length) == 0;
}

static bool is_taken(const spay__json_member *member, const char *const *taken)
{
    for (; *taken; taken++)
        if (is_named(member, *taken))
            return true;
    return false;
}

void spay__body_add_extra(spay__json_writer *writer, spay__input *input, const char *extra,
                          size_t length, const char *except, const char *const *taken)
{
    spay__json_member member;
    spay__json_scan scan;

    if (!extra)
        return;
    spay__json_members(&scan, extra, length);
    while (spay__json_next_member(&scan, &member)) {
        if (is_named(&member, except))
            continue;
        if (is_taken(&member, taken) || memchr(member.name, '\\', member.name_length))
            spay__input_fault(input, "extra_json", "conflict",
                              "has a member that is set already, or a name with an escape");
        else
            spay__json_write_raw(writer, member.name, member.name_length, member.value,
                                 member.value_length);
    }
    if (writer->out->state == SPAY__BUFFER_FULL)
        spay__input_fault(input, "extra_json", "too_long", "makes the body longer than 1 MiB");
}
