/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * From what happened back to the files of a case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/expand.h"
#include "golden/text.h"
#include "golden/update.h"

/* ---- JSON as the fixtures have it ------------------------------------------------------------ */

static char *append(char *text, const char *more)
{
    char *longer = golden_format("%s%s", text, more);

    free(text);
    return longer;
}

static char *append_line(char *text, int depth)
{
    char *line = golden_format("\n%*s", 2 * depth, "");

    text = append(text, line);
    free(line);
    return text;
}

static char *print(char *text, const cJSON *json, int depth);

static char *print_items(char *text, const cJSON *json, int depth)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, json)
    {
        text = append_line(text, depth + 1);
        if (cJSON_IsObject(json)) {
            char *name = golden_format("\"%s\": ", item->string);
            text = append(text, name);
            free(name);
        }
        text = print(text, item, depth + 1);
        if (item->next)
            text = append(text, ",");
    }
    return append_line(text, depth);
}

static char *print(char *text, const cJSON *json, int depth)
{
    char *scalar = NULL;
    int object = cJSON_IsObject(json);

    if (json->child) {
        text = append(text, object ? "{" : "[");
        text = print_items(text, json, depth);
        return append(text, object ? "}" : "]");
    }
    scalar = cJSON_PrintUnformatted(json);
    text = append(text, scalar);
    cJSON_free(scalar);
    return text;
}

/* ---- Files ----------------------------------------------------------------------------------- */

static int write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    int written = 0;

    if (!file)
        return 0;
    written = fprintf(file, "%s\n", text) >= 0;
    return fclose(file) == 0 && written;
}

static int write_request(const golden_play *play, const char *directory, size_t index)
{
    char *path = index ? golden_format("%s/request-%zu.http", directory, index + 1)
                       : golden_format("%s/request.http", directory);
    char *text = golden_request_text(play, index);
    int written = write_file(path, text);

    free(text);
    free(path);
    return written;
}

static int write_expected(const golden_play *play, const char *directory)
{
    char *path = golden_format("%s/expected.json", directory);
    cJSON *json = golden_result_json(play);
    char *text = print(golden_copy("", 0), json, 0);
    int written = 0;

    if (strstr(play->fixture->expected, "${key}"))
        text = golden_replace(text, golden_key(play), "${key}");
    written = write_file(path, text);
    cJSON_Delete(json);
    free(text);
    free(path);
    return written;
}

int golden_update(const golden_play *play, const char *directory)
{
    size_t made = spay_mock_request_count(play->mock);
    size_t count = made < play->fixture->count ? made : play->fixture->count;
    int written = 1;

    for (size_t i = 0; i < count && written; i++)
        written = write_request(play, directory, i);
    return written && write_expected(play, directory);
}
