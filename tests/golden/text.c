/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Memory, files and text; see text.h.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/text.h"

static void out_of_memory(void)
{
    fputs("Bail out! out of memory\n", stdout);
    exit(1);
}

void *golden_alloc(size_t size)
{
    void *memory = calloc(1, size ? size : 1);

    if (!memory)
        out_of_memory();
    return memory;
}

char *golden_copy(const char *bytes, size_t length)
{
    char *copy = golden_alloc(length + 1);

    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *golden_format(const char *format, ...)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    va_list values;

    if (!stream)
        out_of_memory();
    va_start(values, format);
    vfprintf(stream, format, values);
    va_end(values);
    if (fclose(stream) != 0 || !text)
        out_of_memory();
    return text;
}

char *golden_read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size = -1;

    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    rewind(file);
    if (size >= 0) {
        text = golden_alloc((size_t)size + 1);
        size_t got = fread(text, 1, (size_t)size, file);
        text[got] = '\0';
    }
    fclose(file);
    return text;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

char **golden_list(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry = directory ? readdir(directory) : NULL;
    char **names = golden_alloc(sizeof(*names));
    size_t count = 0;

    for (; entry; entry = readdir(directory)) {
        char **more = NULL;
        if (entry->d_name[0] == '.')
            continue;
        more = golden_alloc((count + 2) * sizeof(*more));
        memcpy(more, names, count * sizeof(*more));
        free(names);
        names = more;
        names[count++] = golden_copy(entry->d_name, strlen(entry->d_name));
    }
    if (directory)
        closedir(directory);
    qsort(names, count, sizeof(*names), by_name);
    return names;
}

/* How many times `part`, which is not empty, occurs in `text`. */
static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = strstr(text, part); at; at = strstr(at + strlen(part), part))
        count++;
    return count;
}

char *golden_replace(char *text, const char *from, const char *to)
{
    size_t count = occurrences(text, from);
    char *result = golden_alloc(strlen(text) + count * strlen(to) + 1);
    char *end = result;
    const char *rest = text;

    for (const char *at = strstr(rest, from); at; at = strstr(rest, from)) {
        memcpy(end, rest, (size_t)(at - rest));
        end += at - rest;
        memcpy(end, to, strlen(to));
        end += strlen(to);
        rest = at + strlen(from);
    }
    memcpy(end, rest, strlen(rest) + 1);
    free(text);
    return result;
}
