/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Server-sent events: the journal as it grows, for the console.
 */
#ifndef SANDBOX_STREAM_H
#define SANDBOX_STREAM_H

#include <stddef.h>

struct sandbox;
struct stream;

struct stream *stream_new(struct sandbox *sandbox);
/* Waits until there is something to send. Returns how many bytes it put out, 0 at the end. */
size_t stream_read(struct stream *stream, char *out, size_t room);
/* NULL is ignored. */
void stream_free(struct stream *stream);

#endif
