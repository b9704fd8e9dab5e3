/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Reading the configuration file.
 */

#include "config.h"

#include "command.h"
#include "output.h"
#include "secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r"

struct reader {
    const struct config *config;
    bool is_private;
    bool inside; /* the profile that is asked for */
    bool found;
};

static char *trim(char *text)
{
    size_t length;

    text += strspn(text, BLANKS);
    for (length = strlen(text); length > 0 && strchr(BLANKS, text[length - 1]); length--)
        text[length - 1] = '\0';
    return text;
}

static const char *read_line(struct reader *reader, char *line)
{
    const struct config *config = reader->config;
    char *equals;
    size_t length;

    line = trim(line);
    length = strlen(line);
    if (!*line || *line == '#' || *line == ';')
        return NULL;
    if (*line == '[' && line[length - 1] == ']') {
        line[length - 1] = '\0';
        reader->inside = !strcmp(trim(line + 1), config->profile ? config->profile : "default");
        reader->found = reader->found || reader->inside;
        return NULL;
    }
    equals = strchr(line, '=');
    if (!equals)
        return "is neither [profile] nor key = value";
    *equals = '\0';
    return config->line(reader->inside ? config->ctx : NULL, trim(line), trim(equals + 1),
                        reader->is_private);
}

static int read_lines(struct reader *reader, const char *path, char *text)
{
    char message[160];
    int number = 0;

    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        number++;
        const char *problem = read_line(reader, line);
        if (problem) {
            snprintf(message, sizeof message, "line %d %s", number, problem);
            return output_fail(CLI_SETUP, path, message);
        }
    }
    return reader->found ? CLI_DONE : output_fail(CLI_SETUP, path, "it has no such profile");
}

static void default_path(char *path, size_t size)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");

    if (config && *config)
        snprintf(path, size, "%s/sessionpay/config", config);
    else
        snprintf(path, size, "%s/.config/sessionpay/config", home ? home : "");
}

/* Lines are cut into pieces by NUL bytes, so the text is wiped by its length. */
int config_read(const struct config *config)
{
    struct reader reader = {.config = config};
    char path[4096];
    const char *problem = NULL;

    if (config->path)
        snprintf(path, sizeof path, "%s", config->path);
    else
        default_path(path, sizeof path);
    char *text = file_read(path, &reader.is_private, &problem);
    if (!text)
        return output_fail(CLI_SETUP, path, problem);
    size_t length = strlen(text);
    int status = read_lines(&reader, path, text);
    secret_wipe(text, length);
    free(text);
    return status;
}
