/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Requests whose end, or whose host, two readers could take for different ones (RFC 9112, sections
 * 3.2 and 6.3).
 */
#ifndef SANDBOX_FRAMING_H
#define SANDBOX_FRAMING_H

struct headers;

/* NULL, or what is wrong with the header fields. version is "HTTP/1.1" or another. */
const char *framing_fault(const struct headers *headers, const char *version);

#endif
