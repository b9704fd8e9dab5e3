/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Idempotency keys: the shape of a UUIDv4, and keys derived from what the caller is about to do.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/client.h"
#include "core/idempotency.h"
#include "core/random.h"

/* ---- shape ---- */

typedef struct uuid_row {
    const char *text;
    bool good;
} uuid_row;

static const uuid_row uuid_rows[] = {
    {"5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e11", true},
    {"5B1F0C2E-8F44-4C0B-9A0D-6F3F6F0C7E11", true},
    {"00000000-0000-4000-8000-000000000000", true},
    {"ffffffff-ffff-4fff-bfff-ffffffffffff", true},
    {"5b1f0c2e-8f44-4c0b-aa0d-6f3f6f0c7e11", true},
    {"5b1f0c2e-8f44-4c0b-Ba0d-6f3f6f0c7e11", true},
    {"", false},
    {"5b1f0c2e", false},
    {"00000000-0000-0000-0000-000000000000", false},
    {"5b1f0c2e-8f44-1c0b-9a0d-6f3f6f0c7e11", false},
    {"5b1f0c2e-8f44-5c0b-9a0d-6f3f6f0c7e11", false},
    {"5b1f0c2e-8f44-7c0b-9a0d-6f3f6f0c7e11", false},
    {"5b1f0c2e-8f44-4c0b-7a0d-6f3f6f0c7e11", false},
    {"5b1f0c2e-8f44-4c0b-ca0d-6f3f6f0c7e11", false},
    {"5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e1", false},
    {"5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e111", false},
    {"5b1f0c2e8f444c0b9a0d6f3f6f0c7e11", false},
    {"{5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e11}", false},
    {"5b1f0c2e-8f44-4c0b-9a0d_6f3f6f0c7e11", false},
    {"5b1f0c2e-8f444-c0b-9a0d-6f3f6f0c7e11", false},
    {"5b1f0c2g-8f44-4c0b-9a0d-6f3f6f0c7e11", false},
    {"-b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e11", false},
    {"5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e1\n", false},
    {" 5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e1", false},
};

START_TEST(uuid_is_version_4_or_refused)
{
    ck_assert_msg(spay__uuid_is_v4(uuid_rows[_i].text) == uuid_rows[_i].good, "\"%s\"",
                  uuid_rows[_i].text);
}
END_TEST

START_TEST(bytes_become_the_text_of_a_uuid)
{
    unsigned char zeros[16] = {0};
    unsigned char ones[16];
    unsigned char mixed[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                               0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
    char text[SPAY__UUID_SIZE];

    memset(ones, 0xff, sizeof(ones));
    spay__uuid_format(zeros, text);
    ck_assert_str_eq(text, "00000000-0000-4000-8000-000000000000");
    spay__uuid_format(ones, text);
    ck_assert_str_eq(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    spay__uuid_format(mixed, text);
    ck_assert_str_eq(text, "01234567-89ab-4def-bedc-ba9876543210");
}
END_TEST

START_TEST(any_bytes_give_a_uuid_of_version_4)
{
    uint64_t random = 99;
    int i;

    for (i = 0; i < 2000; i++) {
        unsigned char bytes[16];
        char text[SPAY__UUID_SIZE];
        size_t at;

        for (at = 0; at < sizeof(bytes); at++)
            bytes[at] = (unsigned char)(unit_random(&random) >> 32);
        spay__uuid_format(bytes, text);
        ck_assert_msg(spay__uuid_is_v4(text), "%s", text);
        ck_assert_uint_eq(strspn(text, "0123456789abcdef-"), SPAY__UUID_SIZE - 1);
    }
}
END_TEST

/* ---- derived ---- */

/*
 * Computed with Python's hmac: SHA-256 of "sessionpay idempotency key 1", provider, subject and
 * intent with a NUL between, the first 16 bytes as a UUID of version 4.
 */
typedef struct derive_row {
    const char *secret;
    size_t length;
    const char *provider;
    const char *subject;
    const char *intent;
    const char *key;
} derive_row;

#define SECRET "0123456789abcdef"
#define BINARY                                                                                     \
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"                             \
    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
#define K8 "kkkkkkkk"
#define K64 K8 K8 K8 K8 K8 K8 K8 K8
#define X51 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

#define DERIVED(secret_, provider_, subject_, intent_, key_)                                       \
    {                                                                                              \
        .secret = (secret_), .length = sizeof(secret_) - 1, .provider = (provider_),               \
        .subject = (subject_), .intent = (intent_), .key = (key_)                                  \
    }

static const derive_row derive_rows[] = {
    DERIVED(SECRET, "wepay", "", "order-1/try-1", "8574f55c-3916-4bbc-890d-4713acd12e0e"),
    DERIVED(SECRET, "wepay", "", "order-1/try-2", "a096fd77-453f-4fe5-ade9-a332f4712e69"),
    DERIVED(SECRET, "wepay", "a1", "order-1/try-1", "9552b7bd-3e57-4226-ba0c-6fd795c66857"),
    DERIVED(SECRET, "wepay", "a2", "order-1/try-1", "3ad01bc0-cb1f-4c38-b86d-daf9dcf3daf8"),
    DERIVED(SECRET, "wepay", "a", "1order-1/try-1", "522f2327-4e13-4f7e-848c-6f6c03dae0bc"),
    DERIVED(SECRET, "hosted_fields", "7702014", "order-1/try-1",
            "e99e4da1-e5f8-4e72-b163-0e889076717d"),
    DERIVED(SECRET, "connect_server", "4217", "order-1/try-1",
            "829858e6-5204-459b-a27d-9705d3ddfc9a"),
    DERIVED(SECRET, "wepay", "7702014", "order-1/try-1", "573db05d-3a4d-45e8-8b0e-bd79438b5ccd"),
    DERIVED("0123456789abcdeg", "wepay", "", "order-1/try-1",
            "8634620a-e05a-4227-aed3-5f0d1e9bb119"),
    DERIVED(BINARY, "wepay", "", "order-1/try-1", "7586f1e9-5703-46ad-89cc-5bf5ac7f8d6e"),
    DERIVED(SECRET, "wepay", "", "x", "021ae387-f410-4686-b488-48096da348e4"),
    DERIVED(SECRET, "wepay", "x", "", "1c700ea2-642b-4e40-817c-990b7c59a60d"),
    DERIVED(SECRET, "wepay", "", X51 X51 X51 X51 X51, "c9344aff-f675-492a-aa55-2cf2f2aaf33b"),
    DERIVED(SECRET, "wepay", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
            "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "b264cd6a-993a-43b1-b402-ff7ec63a8702"),
    DERIVED(SECRET, "wepayo", "", "rder-1/try-1", "27cf81a2-6fa2-45d6-a23c-4aa3c2734be5"),
    DERIVED(K64, "wepay", "", "a", "7e2a73e7-3a5c-4095-b2e7-dd0e79d4b64b"),
    DERIVED(K64 "k", "wepay", "", "a", "9e433e5b-12a0-42a4-81fc-8632d5b24424"),
    DERIVED(K64 K64 K64 K8, "wepay", "", "a", "95d3a7ad-529a-4187-aeba-95478ee33b3b"),
};

static void derive(const derive_row *row, char key[SPAY__UUID_SIZE])
{
    spay__hmac *secret;

    secret = spay__hmac_new(row->secret, row->length);
    ck_assert_ptr_nonnull(secret);
    ck_assert(spay__key_derive(secret, row->provider, row->subject, row->intent, key));
    spay__hmac_free(secret);
}

START_TEST(intent_gives_the_key_that_hmac_gives)
{
    char key[SPAY__UUID_SIZE];

    derive(&derive_rows[_i], key);
    ck_assert_str_eq(key, derive_rows[_i].key);
    ck_assert(spay__uuid_is_v4(key));
}
END_TEST

START_TEST(same_intent_gives_the_same_key_again)
{
    char first[SPAY__UUID_SIZE];
    char second[SPAY__UUID_SIZE];

    derive(&derive_rows[_i], first);
    derive(&derive_rows[_i], second);
    ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(other_intent_subject_provider_or_secret_gives_another_key)
{
    int i;
    int k;

    for (i = 0; i < ROWS(derive_rows); i++)
        for (k = 0; k < i; k++) {
            char one[SPAY__UUID_SIZE];
            char other[SPAY__UUID_SIZE];

            derive(&derive_rows[i], one);
            derive(&derive_rows[k], other);
            ck_assert_msg(strcmp(one, other) != 0, "rows %d and %d", i, k);
        }
}
END_TEST

START_TEST(intent_that_does_not_fit_gives_no_key)
{
    static char intent[5000];
    spay__hmac *secret;
    char key[SPAY__UUID_SIZE];

    memset(intent, 'x', sizeof(intent) - 1);
    secret = spay__hmac_new(BYTES(SECRET));
    ck_assert_ptr_nonnull(secret);
    ck_assert(!spay__key_derive(secret, "wepay", "", intent, key));
    spay__hmac_free(secret);
}
END_TEST

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

/* Bit i of byte j is set in half of the keys, give or take six standard deviations. */
static void check_uniform(const unsigned char *bytes, size_t count)
{
    size_t bit;

    for (bit = 0; bit < 128; bit++) {
        size_t ones = 0;
        double off;
        size_t i;

        if (bit / 8 == 6 || bit / 8 == 8)
            continue; /* version and variant */
        for (i = 0; i < count; i++)
            ones += bytes[16 * i + bit / 8] >> bit % 8 & 1;
        off = (double)ones - (double)count / 2;
        ck_assert_msg(off * off < 36.0 * (double)count / 4, "bit %zu: %zu of %zu", bit, ones,
                      count);
    }
}

START_TEST(random_keys_are_uniform_and_never_the_same)
{
    size_t count = getenv("SPAY_TORTURE") ? 1000000 : 50000;
    unsigned char *bytes = malloc(16 * count);
    spay_client *client;
    char key[SPAY__UUID_SIZE];
    size_t i;

    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(spay_client_new(NULL, &client, NULL), SPAY_OK);
    for (i = 0; i < count; i++) {
        ck_assert(spay__client_random(client, bytes + 16 * i, 16));
        spay__uuid_format(bytes + 16 * i, key);
        ck_assert_msg(spay__uuid_is_v4(key), "%s", key);
    }
    check_uniform(bytes, count);
    qsort(bytes, count, 16, compare_keys);
    for (i = 1; i < count; i++)
        ck_assert(compare_keys(bytes + 16 * (i - 1), bytes + 16 * i) != 0);
    free(bytes);
    spay_client_free(client);
}
END_TEST

/* Numbers that were handed out are not in the block any more, and what is left of it is still good. */
START_TEST(random_numbers_are_handed_out_once)
{
    static const unsigned char zeros[SPAY__RANDOM_BLOCK];
    unsigned char bytes[16];
    spay__random random;
    size_t left;

    memset(&random, 0, sizeof(random));
    ck_assert(spay__random_init(&random));
    for (left = SPAY__RANDOM_BLOCK; left > 0;) {
        left -= 16;
        ck_assert(spay__random_take(&random, bytes, 16));
        ck_assert_uint_eq(random.left, left);
        ck_assert_mem_eq(random.block + left, zeros, SPAY__RANDOM_BLOCK - left);
        ck_assert(left == 0 || memcmp(random.block + left - 16, zeros, 16) != 0);
        ck_assert(left == 0 || memcmp(random.block + left - 16, bytes, 16) != 0);
    }
    spay__random_clear(&random);
}
END_TEST

Suite *idempotency_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("idempotency", &tests);

    tcase_add_loop_test(tests, uuid_is_version_4_or_refused, 0, ROWS(uuid_rows));
    tcase_add_test(tests, bytes_become_the_text_of_a_uuid);
    tcase_add_test(tests, any_bytes_give_a_uuid_of_version_4);
    tcase_add_test(tests, random_keys_are_uniform_and_never_the_same);
    tcase_add_test(tests, random_numbers_are_handed_out_once);
    tcase_add_loop_test(tests, intent_gives_the_key_that_hmac_gives, 0, ROWS(derive_rows));
    tcase_add_loop_test(tests, same_intent_gives_the_same_key_again, 0, ROWS(derive_rows));
    tcase_add_test(tests, other_intent_subject_provider_or_secret_gives_another_key);
    tcase_add_test(tests, intent_that_does_not_fit_gives_no_key);
    return suite;
}
