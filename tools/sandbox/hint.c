/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Hints, and bytes of the request inside them.
 */
#include "hint.h"

#include <stdio.h>

#include "buffer.h"
#include "exchange.h"

static const char name[] = "X-Sandbox-Hint";

enum {
    /* Escaped it may be four times as long, which clients with a limit on headers still take. */
    QUOTED_MAX = 4000
};

void hint_give(struct exchange *exchange, const char *text)
{
    if (!headers_get(&exchange->reply.headers, name))
        reply_header(&exchange->reply, name, text);
}

static void append_escaped(struct buffer *out, unsigned char byte)
{
    char text[5];

    if (byte == '\n')
        snprintf(text, sizeof(text), "\\n");
    else if (byte == '"' || byte == '\\')
        snprintf(text, sizeof(text), "\\%c", byte);
    else if (byte < 0x20 || byte > 0x7e)
        snprintf(text, sizeof(text), "\\x%02x", byte);
    else
        snprintf(text, sizeof(text), "%c", byte);
    buffer_append_text(out, text);
}

char *hint_quote(const char *bytes, size_t length)
{
    struct buffer out = {0};
    size_t shown = length < QUOTED_MAX ? length : QUOTED_MAX;

    buffer_append_text(&out, "\"");
    for (size_t i = 0; i < shown; i++)
        append_escaped(&out, (unsigned char)bytes[i]);
    buffer_append_text(&out, shown < length ? "\"..." : "\"");
    return out.data;
}
