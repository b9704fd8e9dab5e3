/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * How differential.py talks to the programs here. In: for each reply a line with its length and a
 * number, then its bytes. Out: a line of four words for each reply, see print_outcome().
 */
#ifndef SPAY_TESTS_WIRE_FRAMES_H
#define SPAY_TESTS_WIRE_FRAMES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bytes {
    char *data;
    size_t length;
} bytes;

static inline void bytes_append(bytes *to, const void *data, size_t length)
{
    char *larger = realloc(to->data, to->length + length + 1);

    if (!larger)
        exit(EXIT_FAILURE);
    to->data = larger;
    memcpy(to->data + to->length, data, length);
    to->length += length;
}

/* The next reply, freed by the caller; 0 at the end. */
static inline int read_frame(bytes *reply, unsigned *number)
{
    reply->data = NULL;
    if (scanf("%zu %u", &reply->length, number) != 2 || getchar() != '\n')
        return 0;
    reply->data = malloc(reply->length + 1);
    return reply->data && fread(reply->data, 1, reply->length, stdin) == reply->length;
}

static inline void print_hex(const bytes *of)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    (void)putchar(' ');
    if (!of->length)
        (void)putchar('-');
    for (i = 0; i < of->length; i++) {
        unsigned char byte = (unsigned char)of->data[i];

        (void)putchar(digits[byte >> 4]);
        (void)putchar(digits[byte & 15]);
    }
}

/*
 * Print what became of a reply. The verdict is what becomes of the connection, "keep" or "close",
 * if the reply was accepted, otherwise why it was not. Then the status; and in hexadecimal the
 * fields, as "name\0value\0", and the body.
 */
static inline void print_outcome(const char *verdict, int status, const bytes *fields,
                                 const bytes *body)
{
    (void)printf("%s %d", verdict, status);
    print_hex(fields);
    print_hex(body);
    (void)putchar('\n');
}

#endif
