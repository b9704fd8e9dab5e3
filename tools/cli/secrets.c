/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Secrets come from files with mode 0600 or from descriptors, and are wiped.
 */

#include "secrets.h"

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LONGEST = 1 << 20
};

void *xmalloc(size_t size)
{
    void *memory = malloc(size);

    if (memory)
        return memory;
    fputs("sessionpay: out of memory\n", stderr);
    exit(CLI_USAGE);
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xmalloc(size), text, size);
}

/* All that a descriptor gives; NULL if it is too much, has a NUL, or cannot be read. */
static char *read_all(int descriptor, const char **problem)
{
    char *text = xmalloc(LONGEST + 1);
    size_t length = 0;
    ssize_t got = 0;

    do {
        got = read(descriptor, text + length, LONGEST - length);
        length += got > 0 ? (size_t)got : 0;
    } while ((got > 0 && length < LONGEST) || (got < 0 && errno == EINTR));
    text[length] = '\0';
    if (got < 0)
        *problem = "it cannot be read";
    else if (length == LONGEST)
        *problem = "it is longer than 1 MiB";
    else if (strlen(text) != length)
        *problem = "it holds a NUL byte";
    else
        return text;
    secret_free(text);
    return NULL;
}

char *file_read(const char *path, bool *is_private, const char **problem)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat facts;
    char *text = NULL;

    if (descriptor < 0 || fstat(descriptor, &facts) != 0) {
        *problem = errno == ENOENT ? "there is no such file" : "it cannot be opened";
    } else if (!S_ISREG(facts.st_mode)) {
        *problem = "it is not a regular file";
    } else {
        *is_private = !(facts.st_mode & (S_IRWXG | S_IRWXO)) && facts.st_uid == geteuid();
        text = read_all(descriptor, problem);
    }
    if (descriptor >= 0)
        close(descriptor);
    return text;
}

char *secret_read(const struct secret_source *source, const char **problem)
{
    bool is_private = true;
    char *text = source->path ? file_read(source->path, &is_private, problem)
                              : read_all(source->descriptor, problem);

    if (!text)
        return NULL;
    if (!is_private) {
        *problem = "others may read or write it: chmod 600";
        secret_free(text);
        return NULL;
    }
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    if (length > 0 && text[length - 1] == '\r')
        text[--length] = '\0';
    return text;
}

void secret_wipe(char *text, size_t length)
{
    for (volatile char *byte = text; length > 0; length--)
        *byte++ = '\0';
}

void secret_free(char *text)
{
    if (text)
        secret_wipe(text, strlen(text));
    free(text);
}
