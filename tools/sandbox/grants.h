/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Secrets the sandbox has handed out and will accept until they expire: bearer tokens, client
 * sessions. Safe from any thread.
 */
#ifndef SANDBOX_GRANTS_H
#define SANDBOX_GRANTS_H

#include <stdbool.h>
#include <stddef.h>

struct grants;

enum grant {
    GRANT_UNKNOWN, /* or over */
    GRANT_OF_ANOTHER,
    GRANT_GOOD
};

struct grants *grants_new(void);
/* The secret is good for this holder only. */
void grants_issue(struct grants *grants, const char *secret, const char *holder, long seconds);
enum grant grants_check(struct grants *grants, const char *secret, const char *holder);
/* Was it good? It is not from now on. */
bool grants_use(struct grants *grants, const char *secret);
size_t grants_count(struct grants *grants);
void grants_clear(struct grants *grants);
void grants_free(struct grants *grants);

#endif
