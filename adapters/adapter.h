/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the adapters share. They are libraries of their own, so they use the public interface of
 * libsessionpay and nothing else of it.
 */
#ifndef SPAY__ADAPTER_H
#define SPAY__ADAPTER_H

#include <stdbool.h>

#include <sessionpay/store.h>

enum {
    SPAY__MAX_NAME = 80,
    SPAY__MAX_VALUE = 1024 * 1024 /* more than the library ever stores */
};

/* Fail about one member of the options: its name, the rule, and a sentence. */
spay_status spay__adapter_refuse(spay_error **error, const char *member, const char *rule,
                                 const char *message);

spay_status spay__adapter_no_memory(spay_error **error);

/*
 * Copy options of any version into a struct that is zeroed first: newer members of the caller's
 * must be zero. `first_size` is that of the first release.
 */
spay_status spay__adapter_load(void *copy, size_t copy_size, size_t first_size,
                               const void *caller_options, spay_error **error);

/*
 * Before a table is made: *error, which may be NULL, is emptied, and the table that is to be filled
 * is checked.
 */
spay_status spay__adapter_begin(const spay_store *store, spay_error **error);

/* Fill it, except struct_size. */
void spay__adapter_fill(spay_store *store, const spay_store *table);

/* Start options of any version: all zero except the size. */
void spay__adapter_init(void *options, size_t struct_size);

/* Whether it is a name as sessionpay/store.h has them. */
bool spay__adapter_is_name(const char *name);

/* Overwrite memory in a way that the compiler keeps. NULL is ignored. */
void spay__adapter_wipe(void *memory, size_t length);

#endif
