/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What Redis does in one step: a script for each operation.
 */
#ifndef SPAY__REDIS_SCRIPTS_H
#define SPAY__REDIS_SCRIPTS_H

enum {
    SPAY__GET,
    SPAY__PUT,
    SPAY__ACQUIRE,
    SPAY__RELEASE
};

typedef struct spay__redis_script {
    const char *text;
    const char *sha1; /* its name in Redis */
} spay__redis_script;

extern const spay__redis_script spay__redis_scripts[];

#endif
