/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The 256 directories of a store, and their locks.
 */
#ifndef SPAY__FILE_SHARD_H
#define SPAY__FILE_SHARD_H

#include <stdbool.h>

#include "file/clock.h"

/*
 * Open a directory that is ours alone: not a symbolic link, the effective user's, mode 0700 or less.
 * -1 otherwise, with errno.
 */
int spay__directory_open(int at, const char *path);

/*
 * Open the directory that a name belongs to, to be closed by the caller. -1: not possible; errno is
 * ENOENT if the store is there, and has no such directory, and none is to be made.
 */
int spay__shard_open(const char *path, const char *name, bool make);

/* Lock it against all other threads and processes. false: others have had it for 20 ms. */
bool spay__shard_lock(int shard);
void spay__shard_unlock(int shard);

/* Remove what has expired. Under the lock. */
void spay__shard_sweep(int shard, const spay__file_clock *clock);

#endif
