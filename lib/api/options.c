/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sized structs: a caller may have been compiled against an older or a newer header.
 */
#include "options.h"

#include <string.h>

#include <sessionpay/sessionpay.h>

#include "error.h"

enum {
    MOST_GROWTH = 4096 /* no version of a struct is so much larger: the size is garbage */
};

static bool all_zero(const unsigned char *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

const char *spay__options_copy(void *copy, size_t copy_size, size_t first_size,
                               const void *caller_struct)
{
    size_t size;

    memset(copy, 0, copy_size);
    if (!caller_struct)
        return NULL;
    memcpy(&size, caller_struct, sizeof(size));
    if (size < first_size)
        return "struct_size is not set, or smaller than any version of it";
    if (size > copy_size && size - copy_size > MOST_GROWTH)
        return "struct_size is far larger than any version of it";
    if (size > copy_size &&
        !all_zero((const unsigned char *)caller_struct + copy_size, size - copy_size))
        return "a member is set that this version of the library does not know";
    memcpy(copy, caller_struct, size < copy_size ? size : copy_size);
    return NULL;
}

spay_status spay__options_load(void *copy, size_t copy_size, size_t first_size,
                               const void *caller_struct, int32_t provider, const char *name,
                               spay_error **error)
{
    const char *message = spay__options_copy(copy, copy_size, first_size, caller_struct);

    return message ? spay__fail_field(error, provider, name, "struct_size", message) : SPAY_OK;
}

void spay__options_init(void *caller_struct, size_t struct_size)
{
    if (!caller_struct || struct_size < sizeof(struct_size))
        return;
    memset(caller_struct, 0, struct_size);
    memcpy(caller_struct, &struct_size, sizeof(struct_size));
}

void spay_client_options_init(void *options, size_t struct_size)
{
    spay__options_init(options, struct_size);
}

void spay_call_options_init(void *options, size_t struct_size)
{
    spay__options_init(options, struct_size);
}

void spay_transport_init(void *transport, size_t struct_size)
{
    spay__options_init(transport, struct_size);
}

void spay_platform_init(void *platform, size_t struct_size)
{
    spay__options_init(platform, struct_size);
}
