/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Records in a store: what was not sealed by us under this name does not open, whatever it is.
 */
#include <stdlib.h>
#include <string.h>

#include "core/seal.h"
#include "support/input.h"

static const char name[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const unsigned char nonce[SPAY__AEAD_NONCE_SIZE] = {7};

/* Sealed, then changed as the input says: only without a change it opens. */
static void check_changed(const spay__seal *seal, fuzz_input *input)
{
    uint32_t at = fuzz_byte(input);
    uint8_t change = fuzz_byte(input);
    spay__buffer record;
    spay__buffer sealed;
    spay__buffer opened;

    spay__buffer_init(&record, input->size);
    spay__buffer_init(&sealed, SPAY__LONGEST_RECORD);
    spay__buffer_init(&opened, SPAY__LONGEST_RECORD);

    REQUIRE(spay__buffer_append(&record, input->data, input->size));
    REQUIRE(spay__seal_close(seal, nonce, name, &record, &sealed));
    sealed.data[at % sealed.length] = (char)(sealed.data[at % sealed.length] ^ change);
    REQUIRE(spay__seal_open(seal, name, sealed.data, sealed.length, &opened) == !change);
    REQUIRE(change || opened.length == record.length);
    spay__buffer_clear(&record);
    spay__buffer_clear(&sealed);
    spay__buffer_clear(&opened);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static spay__seal *seal;
    fuzz_input input = {data, size};
    spay__buffer opened;

    if (!seal)
        seal = spay__seal_new("wepay", "a credential");
    REQUIRE(seal);
    spay__buffer_init(&opened, SPAY__LONGEST_RECORD);
    REQUIRE(!spay__seal_open(seal, name, data, size, &opened) && !opened.length);
    spay__buffer_clear(&opened);
    if (size > 2)
        check_changed(seal, &input);
    return 0;
}
