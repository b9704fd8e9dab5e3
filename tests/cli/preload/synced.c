/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What a loss of power would leave, to be preloaded: each file that is synced is copied to the
 * directory SYNCED as "file", as it is then, and a directory leaves "directory" there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int keep(int descriptor)
{
    char path[4096], ours[64], bytes[4096];
    struct stat facts;
    ssize_t got;

    if (fstat(descriptor, &facts) != 0)
        return -1;
    snprintf(path, sizeof path, "%s/%s", getenv("SYNCED"),
             S_ISDIR(facts.st_mode) ? "directory" : "file");
    snprintf(ours, sizeof ours, "/proc/self/fd/%d", descriptor);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int from = S_ISDIR(facts.st_mode) ? -1 : open(ours, O_RDONLY);
    while (from >= 0 && (got = read(from, bytes, sizeof bytes)) > 0) {
        if (write(to, bytes, (size_t)got) != got)
            abort();
    }
    close(from);
    return close(to);
}

int fsync(int descriptor)
{
    return syscall(SYS_fsync, descriptor) == 0 ? keep(descriptor) : -1;
}

int fdatasync(int descriptor)
{
    return syscall(SYS_fdatasync, descriptor) == 0 ? keep(descriptor) : -1;
}
