/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Error replies, whatever their format, read into one error.
 */
#ifndef SPAY__ENVELOPE_H
#define SPAY__ENVELOPE_H

#include "api/error.h"
#include "providers/provider.h"

enum {
    SPAY__LONGEST_REQUEST_ID = 255
};

/*
 * Fill code, message, request id and field errors from a reply, and keep its body. json is what was
 * read of the body, with a fault if it is no object. Whatever is not as documented is left out: an
 * error reply must never fail to be reported.
 */
void spay__envelope_read(const spay__envelope *envelope, const spay_http_response *response,
                         spay__json_reader *json, spay_error *error);

/*
 * Whether the reply has this code, as its own or as that of one of its parts. Needs no memory, but
 * notes in json if a name could not be read for want of it.
 */
bool spay__envelope_has_code(const spay__envelope *envelope, spay__json_reader *json,
                             const char *code);

/*
 * Gateways answer with pages: append that it is one, and its title, which says most of what they
 * know. Nothing is appended for what is no page.
 */
void spay__envelope_tell_page(spay__buffer *message, const char *body, size_t length);

/*
 * The provider's reference for support in the headers of any reply; NULL if it is missing or odd.
 */
const char *spay__envelope_request_id(const spay__envelope *envelope,
                                      const spay_http_response *response);

#endif
