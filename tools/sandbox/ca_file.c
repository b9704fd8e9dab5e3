/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Writing the CA certificate without ever overwriting anything.
 */
#include "ca_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xalloc.h"

static const char file_name[] = "/ca.pem";

static char *make_directory(void)
{
    const char *parent = getenv("TMPDIR");
    char *directory =
        xasprintf("%s/sessionpay-sandbox-XXXXXX", parent && *parent ? parent : "/tmp");

    if (mkdtemp(directory))
        return directory;
    fprintf(stderr, "sessionpay-sandbox: cannot make a directory %s: %s\n", directory,
            strerror(errno));
    free(directory);
    return NULL;
}

static void remove_directory_of(const char *file)
{
    char *directory = xstrndup(file, strlen(file) - strlen(file_name));

    rmdir(directory);
    free(directory);
}

static bool write_new(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t length = strlen(text);
    bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length;
    int reason = errno;

    if (fd >= 0) {
        close(fd);
        if (!written)
            unlink(file);
    }
    if (!written)
        fprintf(stderr, "sessionpay-sandbox: cannot write %s: %s\n", file, strerror(reason));
    return written;
}

static char *write_in_new_directory(const char *pem)
{
    char *directory = make_directory();
    if (!directory)
        return NULL;
    char *file = xasprintf("%s%s", directory, file_name);

    if (!write_new(file, pem)) {
        rmdir(directory);
        free(file);
        file = NULL;
    }
    free(directory);
    return file;
}

char *ca_file_write(const char *path, const char *pem)
{
    if (!path)
        return write_in_new_directory(pem);
    return write_new(path, pem) ? xstrdup(path) : NULL;
}

void ca_file_remove(const char *file, const char *path)
{
    unlink(file);
    if (!path)
        remove_directory_of(file);
}
