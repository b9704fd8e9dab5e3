/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Plays files through a harness, in place of a fuzzer: any compiler will do.
 *
 * usage: NAME FILE...
 *
 * Prints each file's name before it is played, so the last one is that which ended the program.
 */
#include <stdio.h>
#include <stdlib.h>

#include "input.h"

/* In memory of exactly its size: so reading beyond it is seen by those who watch for that. */
static void play(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long size = 0;

    REQUIRE(file && fseek(file, 0, SEEK_END) == 0);
    size = ftell(file);
    REQUIRE(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
    data = malloc(size ? (size_t)size : 1);
    REQUIRE(data && fread(data, 1, (size_t)size, file) == (size_t)size);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        (void)puts(argv[i]);
        (void)fflush(stdout);
        play(argv[i]);
    }
    return 0;
}
