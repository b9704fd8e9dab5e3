/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The store in a directory, in which anything may lie: a value is found only in a whole record of this boot,
 * for as long as that says and ten years at most; whatever is there, a new lease is newer than the last,
 * and what is put under it is found.
 *
 * input: of the value, of the lease, and of a third file with its name: its kind, then bytes, or members
 * of a record
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sessionpay/file.h>

#include "file/clock.h"
#include "file/record.h"
#include "file/shard.h"
#include "store/operation.h"
#include "support/input.h"

#define NAME "0123456789abcdef"

enum {
    BYTES,
    RECORD, /* whole, with any members */
    OURS,   /* the same, of this boot */
    MISSING,
    DIRECTORY,
    PIPE,
    LINK,
    UNEVEN, /* of this boot, with another length than it says */
    KINDS
};

/* What a file has in it, if it is one; RECORD or OURS by what it says. */
typedef struct content {
    uint32_t kind;
    spay__record record;
    const uint8_t *value;
} content;

static const int64_t ten_years_ms = INT64_C(10) * 365 * 24 * 3600 * 1000;

static spay__file_clock our_clock;

/* ---- files ---- */

/* Times near to now, mostly: others are seldom guessed. */
static int64_t near(fuzz_input *input, int64_t now)
{
    uint32_t how = fuzz_byte(input);

    if (how < 64)
        return fuzz_int64(input);
    return now + 1000 * ((int64_t)how - 128);
}

static void make_record(content *made, fuzz_input *input)
{
    spay__record *record = &made->record;
    size_t length = 0;

    spay__file_stamp(&our_clock, record, 60000);
    record->since_ms = near(input, record->since_ms);
    record->ttl_ms = near(input, record->ttl_ms);
    record->fence = (uint64_t)near(input, 1);
    if (made->kind == RECORD)
        record->boot[fuzz_byte(input) % SPAY__BOOT_SIZE] ^= 1;
    length = fuzz_byte(input);
    record->length = length < input->size ? length : input->size;
    made->value = input->data;
    input->data += record->length;
    input->size -= record->length;
}

static void write_file(int shard, const char *path, const void *head, size_t head_length,
                       const void *rest, size_t rest_length)
{
    int file = openat(shard, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

    REQUIRE(file >= 0 && write(file, head, head_length) == (ssize_t)head_length);
    REQUIRE(!rest_length || write(file, rest, rest_length) == (ssize_t)rest_length);
    (void)close(file);
}

static void write_bytes(content *made, int shard, const char *path, fuzz_input *input)
{
    size_t length = fuzz_byte(input);

    length = length < input->size ? length : input->size;
    write_file(shard, path, input->data, length, NULL, 0);
    if (length >= sizeof(made->record)) {
        memcpy(&made->record, input->data, sizeof(made->record));
        made->value = input->data + sizeof(made->record);
        if (made->record.length == length - sizeof(made->record))
            made->kind = RECORD;
    }
    input->data += length;
    input->size -= length;
}

static content make_file(int shard, const char *path, fuzz_input *input)
{
    content made = {.kind = fuzz_below(input, KINDS)};

    if (made.kind == BYTES) {
        write_bytes(&made, shard, path, input);
    } else if (made.kind == RECORD || made.kind == OURS) {
        make_record(&made, input);
        write_file(shard, path, &made.record, sizeof(made.record), made.value,
                   (size_t)made.record.length);
    } else if (made.kind == UNEVEN) {
        size_t length;

        make_record(&made, input);
        length = (size_t)made.record.length;
        made.record.length += (uint64_t)((int64_t)fuzz_byte(input) - 128) | 1;
        write_file(shard, path, &made.record, sizeof(made.record), made.value, length);
    } else if (made.kind == DIRECTORY) {
        REQUIRE(mkdirat(shard, path, S_IRWXU) == 0);
    } else if (made.kind == PIPE) {
        REQUIRE(mkfifoat(shard, path, S_IRWXU) == 0);
    } else if (made.kind == LINK) {
        REQUIRE(symlinkat("/etc/passwd", shard, path) == 0);
    }
    return made;
}

/* A file of any name, for the sweep. */
static void make_other_file(int shard, fuzz_input *input)
{
    char *name = fuzz_text(input);

    if (*name && *name != '.' && strlen(name) < 200 && !strchr(name, '/') &&
        strcmp(name, "new") != 0 && strncmp(name, NAME, strlen(NAME)) != 0)
        (void)make_file(shard, name, input);
    free(name);
}

/* ---- what must hold ---- */

/* How long a record still lives, by its members; 0 if it is none, or not of this boot. */
static int64_t time_left(const content *file)
{
    const spay__record *r = &file->record;
    spay__record now;

    spay__file_stamp(&our_clock, &now, 0);
    if ((file->kind != RECORD && file->kind != OURS) ||
        memcmp(r->magic, SPAY__RECORD_MAGIC, sizeof(r->magic)) != 0 ||
        memcmp(r->boot, our_clock.boot, SPAY__BOOT_SIZE) != 0)
        return 0;
    if (r->since_ms < 0 || r->since_ms > now.since_ms || r->ttl_ms < 0 || r->ttl_ms > ten_years_ms)
        return 0;
    return r->ttl_ms > now.since_ms - r->since_ms ? r->ttl_ms - (now.since_ms - r->since_ms) : 0;
}

static void check_get(const spay_store *store, const content *value)
{
    int64_t left = time_left(value);
    answer found = get(store, NAME);

    if (found.result == FOUND) {
        REQUIRE(left > 0 && found.ttl_left_ms <= left && found.length == value->record.length);
        REQUIRE(found.value && value->value);
        REQUIRE(memcmp(found.value, value->value, found.length) == 0);
    }
    REQUIRE(found.result == FOUND || left < 1000);
    drop(&found);
}

static void check_put(const spay_store *store, uint64_t fence, bool possible)
{
    int32_t result = put(store, NAME, "new", 3, 60000, fence);
    answer found = get(store, NAME);

    if (possible)
        REQUIRE(result == SPAY_STORE_DONE);
    if (result == SPAY_STORE_DONE)
        REQUIRE(found.result == FOUND && found.length == 3 && memcmp(found.value, "new", 3) == 0);
    REQUIRE(release(store, NAME, fence) == SPAY_STORE_DONE);
    drop(&found);
}

static void check_lease(const spay_store *store, const content *lease, const content *value)
{
    bool whole =
        (lease->kind == RECORD || lease->kind == OURS) &&
        memcmp(lease->record.magic, SPAY__RECORD_MAGIC, sizeof(lease->record.magic)) == 0 &&
        !lease->record.boot[SPAY__BOOT_SIZE - 1];
    int64_t left = time_left(lease);
    int32_t result = 0;
    uint64_t fence = acquire(store, NAME, 60000, &result);

    REQUIRE(result != SPAY_STORE_HELD || left > 0);
    REQUIRE(result != ACQUIRED || left < 1000);
    REQUIRE(result != SPAY_STORE_ERROR || lease->kind == DIRECTORY || lease->kind == LINK);
    if (result != ACQUIRED)
        return;
    REQUIRE(fence && (!whole || fence > lease->record.fence || lease->record.fence == UINT64_MAX));
    check_put(store, fence, value->kind != DIRECTORY);
}

/* ---- the directory ---- */

static void remove_all(int directory)
{
    DIR *listed = fdopendir(directory);
    const struct dirent *entry;

    REQUIRE(listed);
    while ((entry = readdir(listed)) != NULL)
        if (unlinkat(directory, entry->d_name, 0) != 0)
            (void)unlinkat(directory, entry->d_name, AT_REMOVEDIR);
    (void)closedir(listed);
}

/* In memory, where there is such a place. */
static void make_directory(char path[64])
{
    (void)snprintf(path, 64, "%s/spay-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    REQUIRE(mkdtemp(path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    spay_file_options options = SPAY_FILE_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;
    fuzz_input input = {data, size};
    content value, lease;
    char path[64];
    int shard;

    make_directory(path);
    spay__file_clock_start(&our_clock);
    options.directory = path;
    REQUIRE(spay_file_store_new(&options, &store, NULL) == SPAY_OK);
    shard = spay__shard_open(path, NAME, true);
    REQUIRE(shard >= 0);
    value = make_file(shard, NAME SPAY__VALUE, &input);
    lease = make_file(shard, NAME SPAY__LEASE, &input);
    make_other_file(shard, &input);
    check_get(&store, &value);
    check_lease(&store, &lease, &value);
    store.destroy(store.ctx);
    remove_all(shard);
    shard = open(path, O_RDONLY | O_DIRECTORY);
    REQUIRE(shard >= 0);
    remove_all(shard);
    REQUIRE(rmdir(path) == 0);
    return 0;
}
