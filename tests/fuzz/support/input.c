/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t fuzz_byte(fuzz_input *input)
{
    if (!input->size)
        return 0;
    input->size--;
    return *input->data++;
}

uint32_t fuzz_below(fuzz_input *input, uint32_t limit)
{
    return fuzz_byte(input) % limit;
}

int64_t fuzz_int64(fuzz_input *input)
{
    uint64_t number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | fuzz_byte(input);
    return (int64_t)number;
}

char *fuzz_text(fuzz_input *input)
{
    const uint8_t *end = input->size ? memchr(input->data, 0, input->size) : NULL;
    size_t length = end ? (size_t)(end - input->data) : input->size;
    char *text = malloc(length + 1);

    REQUIRE(text);
    if (length)
        memcpy(text, input->data, length);
    text[length] = '\0';
    length += end ? 1 : 0;
    input->data += length;
    input->size -= length;
    return text;
}

char *fuzz_optional_text(fuzz_input *input)
{
    char *text = fuzz_text(input);

    if (*text != 1)
        return text;
    free(text);
    return NULL;
}

void fuzz_fail(const char *broken, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, broken);
    abort();
}
