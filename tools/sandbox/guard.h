/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Which requests the sandbox's own endpoints take. They are for programs of this machine, and for the
 * console; not for pages of other sites, which a browser on this machine lets ask too.
 */
#ifndef SANDBOX_GUARD_H
#define SANDBOX_GUARD_H

struct reply;
struct request;

/* NULL, or why the request is refused. The scheme is "https" or "http". */
const char *guard_objection(const struct request *request, const char *scheme);
/* What keeps an answer out of other sites' pages, and of caches. */
void guard_answer(struct reply *reply);

#endif
