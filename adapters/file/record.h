/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The two files of a name, its value and its last lease: a header, and the value.
 */
#ifndef SPAY__FILE_RECORD_H
#define SPAY__FILE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SPAY__BOOT_SIZE = 40
};

#define SPAY__RECORD_MAGIC "spaysto1"
#define SPAY__VALUE ".value"
#define SPAY__LEASE ".lease"

/* As it is in the file: only this machine reads it. */
typedef struct spay__record {
    char magic[8];
    char boot[SPAY__BOOT_SIZE];
    int64_t since_ms;
    int64_t ttl_ms;
    uint64_t fence;
    uint64_t length;
} spay__record;

/*
 * Read a file of a name. `value` receives memory that the caller frees, with a byte more than the
 * value has; NULL if only the header is wanted. false: errno is ENOENT for what does not exist or is
 * not whole, anything else for what cannot be read.
 */
bool spay__record_read(int shard, const char *name, const char *suffix, spay__record *record,
                       unsigned char **value);

/* Replace a file of a name: it is always the old one or the new one. Under the lock of the shard. */
bool spay__record_write(int shard, const char *name, const char *suffix, const spay__record *record,
                        const void *value);

/* true also if there is none. */
bool spay__record_remove(int shard, const char *name, const char *suffix);

#endif
