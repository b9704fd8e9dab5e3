/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Lines and JSON.
 */

#include "output.h"

#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool as_json;
static bool color_allowed;

void output_init(int argc, char **argv)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    for (int i = 1; i < argc; i++)
        as_json = as_json || !strcmp(argv[i], "--json");
    color_allowed = !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0;
}

bool output_is_json(void)
{
    return as_json;
}

bool output_has_color(FILE *stream)
{
    return color_allowed && isatty(fileno(stream));
}

int output_end(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("sessionpay: standard output cannot be written\n", stderr);
    return status == CLI_DONE ? CLI_SETUP : status;
}

/* Besides those of ASCII there are U+0080 to U+009F, which some terminals obey too. */
static bool is_control(const char *text)
{
    unsigned char byte = (unsigned char)text[0], next = (unsigned char)text[1];

    return byte < 0x20 || byte == 0x7F || (byte == 0xC2 && next >= 0x80 && next < 0xA0);
}

void output_text(FILE *stream, const char *text)
{
    for (; *text; text++) {
        bool control = is_control(text);
        putc(control ? '?' : *text, stream);
        text += control && (unsigned char)*text == 0xC2;
    }
}

static bool is_empty(const cJSON *item)
{
    if (cJSON_IsString(item))
        return !*item->valuestring;
    return cJSON_IsNull(item) || ((cJSON_IsArray(item) || cJSON_IsObject(item)) && !item->child);
}

/* Lists are separated by semicolons; an object begins with its name: "app_id: missing, ...". */
static const char *separator(const cJSON *item, const cJSON *member)
{
    if (!member->next)
        return "";
    if (cJSON_IsArray(item))
        return "; ";
    return member == item->child ? ": " : ", ";
}

static void print_value(const cJSON *item, FILE *stream)
{
    const cJSON *member;

    if (cJSON_IsString(item)) {
        output_text(stream, item->valuestring);
    } else if (cJSON_IsNumber(item)) {
        fprintf(stream, "%.0f", item->valuedouble);
    } else if (cJSON_IsBool(item)) {
        fputs(cJSON_IsTrue(item) ? "yes" : "no", stream);
    } else {
        cJSON_ArrayForEach(member, item)
        {
            print_value(member, stream);
            fputs(separator(item, member), stream);
        }
    }
}

static void print_label(const char *name, size_t width, FILE *stream)
{
    size_t length = strlen(name);

    for (; *name; name++)
        putc(*name == '_' ? ' ' : *name, stream);
    fprintf(stream, "%*s", (int)(width - length) + 2, "");
}

static void print_lines(const cJSON *object, FILE *stream)
{
    const cJSON *member;
    size_t width = 0;

    cJSON_ArrayForEach(member, object)
    {
        if (!is_empty(member) && strlen(member->string) > width)
            width = strlen(member->string);
    }
    cJSON_ArrayForEach(member, object)
    {
        if (is_empty(member))
            continue;
        print_label(member->string, width, stream);
        print_value(member, stream);
        putc('\n', stream);
    }
}

static void print_json(const cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);

    if (!text) {
        fputs("sessionpay: out of memory\n", stderr);
        exit(CLI_USAGE);
    }
    puts(text);
    memset(text, 0, strlen(text));
    cJSON_free(text);
}

int output_object(cJSON *object, FILE *stream, int status)
{
    if (as_json)
        print_json(object);
    else
        print_lines(object, stream);
    cJSON_Delete(object);
    return output_end(status);
}

static int fail_as_json(int status, const char *subject, const char *message)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "result", "failed");
    cJSON_AddNumberToObject(object, "exit", status);
    if (subject)
        cJSON_AddStringToObject(object, "subject", subject);
    cJSON_AddStringToObject(object, "message", message);
    return output_object(object, stdout, status);
}

int output_refuse(const char *command, const char *message)
{
    if (as_json)
        return fail_as_json(CLI_USAGE, command, message);
    fprintf(stderr, "sessionpay: %s%s%s\nTry 'sessionpay %s%s--help'.\n", command ? command : "",
            command ? ": " : "", message, command ? command : "", command ? " " : "");
    return CLI_USAGE;
}

int output_fail(int status, const char *subject, const char *message)
{
    if (as_json)
        return fail_as_json(status, subject, message);
    fputs("sessionpay: ", stderr);
    output_text(stderr, subject);
    fprintf(stderr, ": %s\n", message);
    return status;
}
