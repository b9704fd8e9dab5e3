/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading and writing the files of a store.
 */
#include "file/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter.h"

/* Where a file is written before it gets its name. One is enough: its writer has the lock. */
#define UNFINISHED "new"

enum {
    SUFFIX_SIZE = 8,
    PATH_SIZE = SPAY__MAX_NAME + SUFFIX_SIZE
};

static bool read_all(int file, void *bytes, size_t length)
{
    unsigned char *place = bytes;

    while (length) {
        ssize_t count = read(file, place, length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        place += count;
        length -= (size_t)count;
    }
    return true;
}

static bool write_all(int file, const void *bytes, size_t length)
{
    const unsigned char *place = bytes;

    while (length) {
        ssize_t count = write(file, place, length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        place += count;
        length -= (size_t)count;
    }
    return true;
}

static bool is_whole(const struct stat *file, const spay__record *record)
{
    return memcmp(record->magic, SPAY__RECORD_MAGIC, sizeof(record->magic)) == 0 &&
           record->boot[SPAY__BOOT_SIZE - 1] == '\0' && record->length <= SPAY__MAX_VALUE &&
           (uint64_t)file->st_size == sizeof(*record) + record->length;
}

/* A file that is not in our format counts as missing. */
static bool read_file(int file, spay__record *record, unsigned char **value)
{
    struct stat found;

    errno = 0;
    if (fstat(file, &found) != 0)
        return false;
    if (!S_ISREG(found.st_mode) || !read_all(file, record, sizeof(*record)) ||
        !is_whole(&found, record)) {
        errno = errno ? errno : ENOENT;
        return false;
    }
    if (!value)
        return true;
    *value = malloc((size_t)record->length + 1);
    if (!*value)
        return false; /* ENOMEM */
    if (read_all(file, *value, (size_t)record->length))
        return true;
    errno = errno ? errno : ENOENT;
    free(*value);
    *value = NULL;
    return false;
}

static bool make_path(char path[PATH_SIZE], const char *name, const char *suffix)
{
    if (!spay__adapter_is_name(name)) {
        errno = EINVAL;
        return false;
    }
    (void)snprintf(path, PATH_SIZE, "%s%s", name, suffix);
    return true;
}

bool spay__record_read(int shard, const char *name, const char *suffix, spay__record *record,
                       unsigned char **value)
{
    char path[PATH_SIZE];
    int file;
    int reason;
    bool read;

    if (!make_path(path, name, suffix))
        return false;
    /* Without O_NONBLOCK, what somebody put there could make us wait. */
    file = openat(shard, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return false;
    read = read_file(file, record, value);
    reason = errno;
    (void)close(file);
    errno = reason;
    return read;
}

static bool write_file(int file, const spay__record *record, const void *value)
{
    bool wrote = write_all(file, record, sizeof(*record)) &&
                 (!value || write_all(file, value, (size_t)record->length));

    return close(file) == 0 && wrote;
}

bool spay__record_write(int shard, const char *name, const char *suffix, const spay__record *record,
                        const void *value)
{
    char path[PATH_SIZE];
    int file;

    if (!make_path(path, name, suffix))
        return false;
    (void)unlinkat(shard, UNFINISHED, 0); /* left by a process that was killed while writing */
    file = openat(shard, UNFINISHED, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  S_IRUSR | S_IWUSR);
    if (file < 0)
        return false;
    if (write_file(file, record, value) && renameat(shard, UNFINISHED, shard, path) == 0)
        return true;
    (void)unlinkat(shard, UNFINISHED, 0);
    return false;
}

bool spay__record_remove(int shard, const char *name, const char *suffix)
{
    char path[PATH_SIZE];

    return make_path(path, name, suffix) && (unlinkat(shard, path, 0) == 0 || errno == ENOENT);
}
