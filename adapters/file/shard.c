/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The directories of a store.
 */
#include "file/shard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapter.h"
#include "file/record.h"

enum {
    LOCK_TRIES = 16,
    FIRST_PAUSE_NS = 50000,
    LONGEST_PAUSE_NS = 1600000, /* all pauses together are 20 ms */
    MOST_SWEPT = 2000,          /* files looked at in one sweep */
    LEASE_KEPT_MS = 3600 * 1000 /* so that a late holder is told that it was late */
};

int spay__directory_open(int at, const char *path)
{
    int directory = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat found;

    if (directory < 0)
        return -1;
    if (fstat(directory, &found) == 0 && found.st_uid == geteuid() &&
        !(found.st_mode & (S_IRWXG | S_IRWXO)))
        return directory;
    (void)close(directory);
    errno = EPERM;
    return -1;
}

/* FNV-1a */
static unsigned hash(const char *name)
{
    uint32_t sum = 2166136261U;

    for (; *name; name++)
        sum = (sum ^ (unsigned char)*name) * 16777619U;
    return (sum ^ sum >> 8 ^ sum >> 16 ^ sum >> 24) & 0xFF;
}

int spay__shard_open(const char *path, const char *name, bool make)
{
    int store = spay__adapter_is_name(name) ? spay__directory_open(AT_FDCWD, path) : -1;
    char shard_name[4];
    int shard;
    int reason;

    if (store < 0) {
        errno = EIO; /* whatever it was: the store itself has to be there */
        return -1;
    }
    (void)snprintf(shard_name, sizeof(shard_name), "%02x", hash(name));
    shard = spay__directory_open(store, shard_name);
    if (shard < 0 && errno == ENOENT && make) {
        (void)mkdirat(store, shard_name, S_IRWXU);
        shard = spay__directory_open(store, shard_name);
    }
    reason = errno;
    (void)close(store);
    errno = reason;
    return shard;
}

bool spay__shard_lock(int shard)
{
    struct timespec pause = {0, FIRST_PAUSE_NS};
    int tries;

    for (tries = 0; tries < LOCK_TRIES; tries++) {
        if (flock(shard, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        (void)nanosleep(&pause, NULL);
        if (pause.tv_nsec < LONGEST_PAUSE_NS)
            pause.tv_nsec *= 2;
    }
    return false;
}

/* Closing is not enough: a child that was forked in between would keep it locked. */
void spay__shard_unlock(int shard)
{
    (void)flock(shard, LOCK_UN);
}

/* The name that a file belongs to. false: not a file of ours. */
static bool split(const char *file, const char *suffix, char name[SPAY__MAX_NAME + 1])
{
    size_t length = strcspn(file, ".");

    if (length > SPAY__MAX_NAME || strcmp(file + length, suffix) != 0)
        return false;
    memcpy(name, file, length);
    name[length] = '\0';
    return true;
}

static void sweep_file(int shard, const char *file, const char *suffix, int64_t kept_ms,
                       const spay__file_clock *clock)
{
    char name[SPAY__MAX_NAME + 1];
    spay__record record;
    bool over;

    if (!split(file, suffix, name))
        return;
    if (spay__record_read(shard, name, suffix, &record, NULL))
        over = spay__file_time_left(clock, &record) <= -kept_ms;
    else
        over = errno == ENOENT; /* not whole */
    if (over)
        (void)spay__record_remove(shard, name, suffix);
}

void spay__shard_sweep(int shard, const spay__file_clock *clock)
{
    int own = openat(shard, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = own >= 0 ? fdopendir(own) : NULL;
    const struct dirent *entry;
    int count = 0;

    if (!directory) {
        if (own >= 0)
            (void)close(own);
        return;
    }
    while (count++ < MOST_SWEPT && (entry = readdir(directory)) != NULL) {
        sweep_file(shard, entry->d_name, SPAY__VALUE, 0, clock);
        sweep_file(shard, entry->d_name, SPAY__LEASE, LEASE_KEPT_MS, clock);
    }
    (void)closedir(directory);
}
