/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading the sized structs that callers fill: the one place where versions of a struct meet.
 */
#ifndef SPAY__OPTIONS_H
#define SPAY__OPTIONS_H

#include <stdint.h>

#include <sessionpay/error.h>

/*
 * Copy a caller's struct into the library's copy, which is zeroed first. `first_size` is the
 * struct's size in the first release that had it. NULL counts as a struct without anything set.
 *
 * Returns NULL, or what is wrong with its size.
 */
const char *spay__options_copy(void *copy, size_t copy_size, size_t first_size,
                               const void *caller_struct);

/* The same, with an error that calls the struct by a name. */
spay_status spay__options_load(void *copy, size_t copy_size, size_t first_size,
                               const void *caller_struct, int32_t provider, const char *name,
                               spay_error **error);

/* Up to and including its last member in the first release. */
#define SPAY__SIZE_UP_TO(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

/* What the public init functions do. */
void spay__options_init(void *caller_struct, size_t struct_size);

#endif
