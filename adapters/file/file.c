/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store in a directory. Names are spread over 256 directories, "00" to "ff", each of which is
 * locked as a whole: so no lock is ever a file that somebody else could remove. What is read
 * without a lock was renamed into its place.
 */
#include <sessionpay/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter.h"
#include "file/clock.h"
#include "file/record.h"
#include "file/shard.h"

enum {
    FIRST_OPTIONS = sizeof(spay_file_options),
    MAX_PATH = 1024
};

typedef struct file_store {
    char *path;
    uint32_t writes; /* how many there were, to sweep now and then */
    spay__file_clock clock;
} file_store;

static void get(void *ctx, const char *name, spay_store_operation *operation)
{
    file_store *store = ctx;
    spay__record record;
    unsigned char *value = NULL;
    int shard = spay__shard_open(store->path, name, false);
    bool read = shard >= 0 && spay__record_read(shard, name, SPAY__VALUE, &record, &value);
    int64_t left_ms = read && value ? spay__file_time_left(&store->clock, &record) : 0;
    bool failed = !read && errno != ENOENT;

    if (left_ms > 0)
        spay_store_found(operation, value, (size_t)record.length, left_ms);
    else
        spay_store_end(operation, failed ? SPAY_STORE_ERROR : SPAY_STORE_MISS);
    if (value)
        spay__adapter_wipe(value, (size_t)record.length);
    free(value);
    if (shard >= 0)
        (void)close(shard);
}

/* The lease of a name as it was last written; all zero if there is none. false: cannot be known. */
static bool read_lease(int shard, const char *name, spay__record *lease)
{
    if (spay__record_read(shard, name, SPAY__LEASE, lease, NULL))
        return true;
    memset(lease, 0, sizeof(*lease));
    return errno == ENOENT;
}

static bool write_lease(file_store *store, int shard, const char *name, uint64_t fence,
                        int64_t ttl_ms)
{
    spay__record lease = {.fence = fence};

    spay__file_stamp(&store->clock, &lease, ttl_ms);
    return spay__record_write(shard, name, SPAY__LEASE, &lease, NULL);
}

/* Open and lock where a name belongs; -1: not possible. Ends with leave(). */
static int enter(file_store *store, const char *name)
{
    int shard = spay__shard_open(store->path, name, true);

    if (shard >= 0 && !spay__shard_lock(shard)) {
        (void)close(shard);
        return -1;
    }
    return shard;
}

/* One time out of 16; not every 16th, which could be the same names over and over. */
static bool is_time_to_sweep(file_store *store)
{
    uint32_t count = __atomic_fetch_add(&store->writes, 1, __ATOMIC_RELAXED);

    return count * 2654435769U >> 28 == 0;
}

/* After some of the writes, what has expired next to them is removed. */
static void leave(file_store *store, int shard, bool wrote)
{
    if (wrote && is_time_to_sweep(store))
        spay__shard_sweep(shard, &store->clock);
    spay__shard_unlock(shard);
    (void)close(shard);
}

/* Fences follow the time of day: they grow even if the file that has the last one is gone. 0 is none. */
static uint64_t next_fence(uint64_t last)
{
    uint64_t now = spay__file_wall_us();

    return now > last || last == UINT64_MAX ? now : last + 1;
}

static void acquire(void *ctx, const char *name, int64_t ttl_ms, spay_store_operation *operation)
{
    file_store *store = ctx;
    spay__record lease;
    int shard = enter(store, name);
    bool read = shard >= 0 && read_lease(shard, name, &lease);
    bool held = read && spay__file_time_left(&store->clock, &lease) > 0;
    uint64_t fence = read ? next_fence(lease.fence) : 0;
    bool wrote = read && !held && write_lease(store, shard, name, fence, ttl_ms);

    if (shard >= 0)
        leave(store, shard, wrote);
    if (wrote)
        spay_store_acquired(operation, fence);
    else
        spay_store_end(operation, held ? SPAY_STORE_HELD : SPAY_STORE_ERROR);
}

static bool write_value(file_store *store, int shard, const char *name, spay__record *record,
                        const void *value, int64_t ttl_ms)
{
    if (ttl_ms <= 0)
        return spay__record_remove(shard, name, SPAY__VALUE);
    spay__file_stamp(&store->clock, record, ttl_ms);
    return spay__record_write(shard, name, SPAY__VALUE, record, value);
}

static void put(void *ctx, const char *name, const void *value, size_t length, int64_t ttl_ms,
                uint64_t fence, spay_store_operation *operation)
{
    file_store *store = ctx;
    spay__record lease;
    spay__record record = {.length = length, .fence = fence};
    int shard = length <= SPAY__MAX_VALUE ? enter(store, name) : -1;
    bool read = shard >= 0 && read_lease(shard, name, &lease);
    bool stale = read && (lease.fence != fence || !fence);
    bool wrote = read && !stale && write_value(store, shard, name, &record, value, ttl_ms);

    if (shard >= 0)
        leave(store, shard, wrote);
    spay_store_end(operation, stale   ? SPAY_STORE_STALE
                              : wrote ? SPAY_STORE_DONE
                                      : SPAY_STORE_ERROR);
}

static void release(void *ctx, const char *name, uint64_t fence, spay_store_operation *operation)
{
    file_store *store = ctx;
    spay__record lease;
    int shard = enter(store, name);
    bool read = shard >= 0 && read_lease(shard, name, &lease);
    bool stale = read && (lease.fence != fence || !fence);
    bool wrote = read && !stale && write_lease(store, shard, name, fence, 0);

    if (shard >= 0)
        leave(store, shard, wrote);
    spay_store_end(operation, stale   ? SPAY_STORE_STALE
                              : wrote ? SPAY_STORE_DONE
                                      : SPAY_STORE_ERROR);
}

static void destroy(void *ctx)
{
    file_store *store = ctx;

    free(store->path);
    free(store);
}

/* ---- making one ---- */

/* A copy without slashes at its end: with one, open() would follow a symbolic link. */
static char *copy_path(const char *path)
{
    size_t length = strlen(path);
    char *copy;

    while (length > 1 && path[length - 1] == '/')
        length--;
    copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, path, length);
        copy[length] = '\0';
    }
    return copy;
}

static spay_status check_path(const char *path, spay_error **error)
{
    if (!path)
        return spay__adapter_refuse(error, "directory", "missing", "is required");
    if (path[0] != '/')
        return spay__adapter_refuse(error, "directory", "not_absolute", "must begin with \"/\"");
    if (strlen(path) > MAX_PATH)
        return spay__adapter_refuse(error, "directory", "too_long", "must be 1 to 1024 bytes");
    return SPAY_OK;
}

/* Why a directory cannot be used that spay__directory_open() did not open. */
static spay_status explain(const char *path, spay_error **error)
{
    struct stat found;

    if (lstat(path, &found) != 0)
        return spay__adapter_refuse(error, "directory", "not_found",
                                    "does not exist and cannot be made");
    if (S_ISLNK(found.st_mode))
        return spay__adapter_refuse(error, "directory", "symbolic_link",
                                    "must not be a symbolic link");
    if (!S_ISDIR(found.st_mode))
        return spay__adapter_refuse(error, "directory", "not_a_directory", "is no directory");
    if (found.st_uid != geteuid())
        return spay__adapter_refuse(error, "directory", "owner", "belongs to another user");
    if (found.st_mode & (S_IRWXG | S_IRWXO))
        return spay__adapter_refuse(error, "directory", "mode",
                                    "must not be open to other users: chmod 700");
    return spay__adapter_refuse(error, "directory", "no_access", "cannot be written to");
}

static spay_status check_directory(const char *path, spay_error **error)
{
    int directory;

    (void)mkdir(path, S_IRWXU);
    directory = spay__directory_open(AT_FDCWD, path);
    if (directory < 0 || faccessat(directory, ".", W_OK | X_OK, AT_EACCESS) != 0) {
        if (directory >= 0)
            (void)close(directory);
        return explain(path, error);
    }
    (void)close(directory);
    return SPAY_OK;
}

static spay_status make(const char *directory, file_store **made, spay_error **error)
{
    file_store *store = calloc(1, sizeof(*store));
    spay_status status;

    if (store)
        store->path = copy_path(directory);
    if (!store || !store->path) {
        free(store);
        return spay__adapter_no_memory(error);
    }
    spay__file_clock_start(&store->clock);
    status = check_directory(store->path, error);
    if (status == SPAY_OK)
        *made = store;
    else
        destroy(store);
    return status;
}

spay_status spay_file_store_new(const spay_file_options *options, spay_store *store,
                                spay_error **error)
{
    spay_file_options own;
    spay_store table = SPAY_STORE_INIT;
    file_store *made = NULL;
    spay_status status = spay__adapter_begin(store, error);

    if (status == SPAY_OK)
        status = spay__adapter_load(&own, sizeof(own), FIRST_OPTIONS, options, error);
    if (status == SPAY_OK)
        status = check_path(own.directory, error);
    if (status == SPAY_OK)
        status = make(own.directory, &made, error);
    if (status != SPAY_OK)
        return status;
    table.ctx = made;
    table.get = get;
    table.put = put;
    table.acquire = acquire;
    table.release = release;
    table.destroy = destroy;
    spay__adapter_fill(store, &table);
    return SPAY_OK;
}

void spay_file_options_init(void *options, size_t struct_size)
{
    spay__adapter_init(options, struct_size);
}
