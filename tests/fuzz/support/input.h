/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the harnesses share: an input is taken apart from its front, and what must hold is required.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

typedef struct fuzz_input {
    const uint8_t *data;
    size_t size;
} fuzz_input;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next byte; 0 at the end. */
uint8_t fuzz_byte(fuzz_input *input);

/* A number below the limit. */
uint32_t fuzz_below(fuzz_input *input, uint32_t limit);

/* Eight bytes, as they are. */
int64_t fuzz_int64(fuzz_input *input);

/* What comes before the next NUL, or all that is left, with a NUL at its end; to be freed. */
char *fuzz_text(fuzz_input *input);

/* The same, or NULL if it begins with byte 1: a member that is not set. */
char *fuzz_optional_text(fuzz_input *input);

/* Ends the program unless it holds. */
#define REQUIRE(condition) ((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))

void fuzz_fail(const char *broken, const char *file, int line) __attribute__((noreturn));

#endif
