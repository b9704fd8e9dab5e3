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
#include "http/message.h"
#include "json/write.h"

/*
 * The members of a checked JSON object, except for the one named `except` (NULL for none). `taken`
 * is the list of the names that are written already: such a member is a fault of the field.
 */
bool spay__body_check_members(spay__input *input, const char *field, const char *json,
                              size_t length, const char *except, const char *taken);
void spay__body_add_members(spay__json_writer *writer, const char *json, size_t length,
                            const char *except);

/* A JSON object that becomes the body of a request. */
typedef struct spay__body {
    spay__buffer bytes;
    spay__json_writer json; /* the typed members go here */
} spay__body;

void spay__body_begin(spay__body *body);

/*
 * Add the members of field "extra_json", unless it is NULL, as above, and give the body to the
 * request.
 */
void spay__body_end(spay__body *body, spay__input *input, const char *extra_json,
                    const char *except, const char *taken, spay_http_request *http);

/* Only the members, of a part of the field's text. */
void spay__body_add_extra(spay__json_writer *writer, spay__input *input, const char *extra,
                          size_t length, const char *except, const char *taken);

#endif
