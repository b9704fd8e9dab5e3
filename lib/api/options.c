/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sized structs: a caller may have been compiled against an older or a newer header than ours.
 */
#include "options.h"

#include <string.h>

#include <sessionpay/sessionpay.h>

#include "error.h"

enum {
    MOST_GROWTH = 4096 /* no version of a struct is so much larger than ours: the size is garbage */
};

static bool all_zero(const unsigned char *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

const char *spay__options_copy(void *ours, size_t our_size, size_t first_size, const void *theirs)
{
    size_t size;

    memset(ours, 0, our_size);
    if (!theirs)
        return NULL;
    memcpy(&size, theirs, sizeof(size));
    if (size < first_size)
        return "struct_size is not set, or smaller than any version of it";
    if (size > our_size && size - our_size > MOST_GROWTH)
        return "struct_size is far larger than any version of it";
    if (size > our_size && !all_zero((const unsigned char *)theirs + our_size, size - our_size))
        return "a member is set that this version of the library does not know";
    memcpy(ours, theirs, size < our_size ? size : our_size);
    return NULL;
}

spay_status spay__options_load(void *ours, size_t our_size, size_t first_size, const void *theirs,
                               int32_t provider, const char *name, spay_error **error)
{
    const char *message = spay__options_copy(ours, our_size, first_size, theirs);

    return message ? spay__fail_field(error, provider, name, "struct_size", message) : SPAY_OK;
}

void spay__options_init(void *theirs, size_t struct_size)
{
    if (!theirs || struct_size < sizeof(struct_size))
        return;
    memset(theirs, 0, struct_size);
    memcpy(theirs, &struct_size, sizeof(struct_size));
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
