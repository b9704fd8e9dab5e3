/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Request bodies: typed members first, then the caller's extra JSON.
 */
#ifndef SPAY__PROVIDERS_BODY_H
#define SPAY__PROVIDERS_BODY_H

#include "api/input.h"
#include "json/write.h"

/*
 * The members of a checked JSON object, except for the one named `except` (NULL for none). `taken`
 * is the list of the names that are written already: such a member is a fault of the field.
 */
bool spay__body_check_members(spay__input *input, const char *field, const char *json,
                              size_t length, const char *except, const char *taken);
void spay__body_add_members(spay__json_writer *writer, const char *json, size_t length,
                            const char *except);

/* Both for the field "extra_json"; NULL adds nothing. */
void spay__body_add_extra(spay__json_writer *writer, spay__input *input, const char *extra,
                          size_t length, const char *except, const char *taken);

#endif
