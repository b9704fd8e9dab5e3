/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Options, refusals, names and wiping, for all adapters.
 */
#include "adapter.h"

#include <string.h>

enum {
    FIRST_STORE = sizeof(spay_store), /* as of the first release */
    MOST_GROWTH = 4096 /* no version of a struct is so much larger than copy: the size is garbage */
};

static spay_status give(spay_error *made, spay_error **error)
{
    spay_status status = spay_error_status(made);

    if (error)
        *error = made;
    else
        spay_error_free(made);
    return status;
}

spay_status spay__adapter_refuse(spay_error **error, const char *member, const char *rule,
                                 const char *message)
{
    return give(spay_error_new_input(member, rule, message), error);
}

spay_status spay__adapter_no_memory(spay_error **error)
{
    return give(spay_error_new(SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT, NULL), error);
}

static bool all_zero(const unsigned char *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

spay_status spay__adapter_load(void *copy, size_t copy_size, size_t first_size,
                               const void *caller_options, spay_error **error)
{
    size_t size;

    memset(copy, 0, copy_size);
    if (!caller_options)
        return spay__adapter_refuse(error, "options", "missing", "is required");
    memcpy(&size, caller_options, sizeof(size));
    if (size < first_size || (size > copy_size && size - copy_size > MOST_GROWTH))
        return spay__adapter_refuse(error, "options", "struct_size",
                                    "struct_size is not that of any version");
    if (size > copy_size &&
        !all_zero((const unsigned char *)caller_options + copy_size, size - copy_size))
        return spay__adapter_refuse(error, "options", "struct_size",
                                    "a member is set that this version does not know");
    memcpy(copy, caller_options, size < copy_size ? size : copy_size);
    return SPAY_OK;
}

spay_status spay__adapter_begin(const spay_store *store, spay_error **error)
{
    if (error)
        *error = NULL;
    if (!store)
        return spay__adapter_refuse(error, "store", "missing", "is required");
    if (store->struct_size < FIRST_STORE)
        return spay__adapter_refuse(error, "store", "struct_size",
                                    "struct_size is not that of any version");
    return SPAY_OK;
}

void spay__adapter_fill(spay_store *store, const spay_store *table)
{
    size_t size = store->struct_size;

    memcpy(store, table, size < sizeof(*table) ? size : sizeof(*table));
    store->struct_size = size;
}

void spay__adapter_init(void *options, size_t struct_size)
{
    if (!options || struct_size < sizeof(struct_size))
        return;
    memset(options, 0, struct_size);
    memcpy(options, &struct_size, sizeof(struct_size));
}

bool spay__adapter_is_name(const char *name)
{
    size_t length = strspn(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");

    return length > 0 && length <= SPAY__MAX_NAME && name[length] == '\0';
}

void spay__adapter_wipe(void *memory, size_t length)
{
    if (!memory)
        return;
    memset(memory, 0, length);
    __asm__ volatile("" : : "r"(memory) : "memory"); /* as if it were read now */
}
