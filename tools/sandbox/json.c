/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Strict reading, tolerant quoting.
 */
#include "json.h"

#include <stdlib.h>

#include "buffer.h"
#include "json_syntax.h"
#include "utf8.h"
#include "xalloc.h"

cJSON *json_parse(const char *bytes, size_t length)
{
    return json_syntax_valid(bytes, length) ? cJSON_ParseWithLength(bytes, length) : NULL;
}

cJSON *json_parse_object(const char *bytes, size_t length)
{
    cJSON *document = json_parse(bytes, length);

    if (cJSON_IsObject(document))
        return document;
    cJSON_Delete(document);
    return NULL;
}

const cJSON *json_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

bool json_is_integer(const cJSON *item, int64_t lowest, int64_t highest)
{
    if (!cJSON_IsNumber(item))
        return false;
    double number = item->valuedouble;
    return number >= (double)lowest && number <= (double)highest &&
           number == (double)(int64_t)number;
}

cJSON *json_text(const char *bytes, size_t length)
{
    struct buffer text = {0};
    bool utf8 = utf8_valid(bytes, length);

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        char two[2] = {(char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F))};
        if (utf8 || byte < 0x80)
            buffer_append(&text, &bytes[i], 1);
        else
            buffer_append(&text, two, 2);
    }
    cJSON *string = cJSON_CreateString(buffer_text(&text));
    buffer_free(&text);
    return string;
}
