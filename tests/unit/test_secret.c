/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Secrets: copied, replaced without loss, empty when cleared; wiping; random bytes.
 */
#include "unit.h"

#include <string.h>

#include <openssl/hmac.h>

#include "base/alloc.h"
#include "base/crypto.h"
#include "base/secret.h"

static int no_memory(void)
{
    return 0;
}

START_TEST(secret_is_a_copy)
{
    char text[] = "hush";
    spay__secret secret = {NULL, 0};

    ck_assert(spay__secret_set(&secret, text, 4));
    text[0] = 'x';
    ck_assert_str_eq(secret.text, "hush");
    ck_assert_uint_eq(secret.length, 4);
    spay__secret_clear(&secret);
}
END_TEST

START_TEST(secret_may_hold_any_bytes)
{
    spay__secret secret = {NULL, 0};

    ck_assert(spay__secret_set(&secret, BYTES("a\0\xff")));
    ck_assert_mem_eq(secret.text, "a\0\xff", 4);
    ck_assert_uint_eq(secret.length, 3);
    spay__secret_clear(&secret);
}
END_TEST

START_TEST(secret_may_be_empty)
{
    spay__secret secret = {NULL, 0};

    ck_assert(spay__secret_set(&secret, "", 0));
    ck_assert_str_eq(secret.text, "");
    spay__secret_clear(&secret);
}
END_TEST

START_TEST(new_secret_replaces_the_old_one)
{
    spay__secret secret = {NULL, 0};

    ck_assert(spay__secret_set(&secret, BYTES("first and long")));
    ck_assert(spay__secret_set(&secret, BYTES("second")));
    ck_assert_str_eq(secret.text, "second");
    ck_assert_uint_eq(secret.length, 6);
    spay__secret_clear(&secret);
}
END_TEST

START_TEST(secret_can_be_set_to_a_part_of_itself)
{
    spay__secret secret = {NULL, 0};

    ck_assert(spay__secret_set(&secret, BYTES("Bearer abc")));
    ck_assert(spay__secret_set(&secret, secret.text + 7, 3));
    ck_assert_str_eq(secret.text, "abc");
    spay__secret_clear(&secret);
}
END_TEST

START_TEST(without_memory_the_old_secret_stays)
{
    spay__secret secret = {NULL, 0};

    ck_assert(spay__secret_set(&secret, BYTES("old")));
    spay__alloc_set_gate(no_memory);
    ck_assert(!spay__secret_set(&secret, BYTES("new")));
    spay__alloc_set_gate(NULL);
    ck_assert_str_eq(secret.text, "old");
    spay__secret_clear(&secret);
}
END_TEST

START_TEST(cleared_secret_is_empty_and_can_be_cleared_again)
{
    spay__secret secret = {NULL, 0};

    ck_assert(spay__secret_set(&secret, BYTES("hush")));
    spay__secret_clear(&secret);
    ck_assert_ptr_null(secret.text);
    ck_assert_uint_eq(secret.length, 0);
    spay__secret_clear(&secret);
}
END_TEST

START_TEST(shared_secret_lives_as_long_as_one_has_it)
{
    spay__secret one = {NULL, 0};
    spay__secret two = {NULL, 0};
    spay__secret three = {NULL, 0};

    ck_assert(spay__secret_set(&one, BYTES("hush")));
    ck_assert(spay__secret_set(&two, BYTES("other")));
    spay__secret_share(&two, &one);
    spay__secret_share(&three, &two);
    ck_assert_ptr_eq(two.text, one.text);
    spay__secret_clear(&one);
    ck_assert(spay__secret_set(&two, BYTES("new")));
    ck_assert_str_eq(three.text, "hush");
    ck_assert_uint_eq(three.length, 4);
    spay__secret_share(&three, &three);
    ck_assert_str_eq(three.text, "hush");
    spay__secret_clear(&three);
    spay__secret_clear(&two);
}
END_TEST

START_TEST(wiped_memory_is_zero)
{
    char memory[100];
    size_t i;

    memset(memory, 's', sizeof(memory));
    spay__wipe(memory + 1, sizeof(memory) - 2);
    ck_assert_int_eq(memory[0], 's');
    ck_assert_int_eq(memory[99], 's');
    for (i = 1; i < sizeof(memory) - 1; i++)
        ck_assert_int_eq(memory[i], 0);
}
END_TEST

START_TEST(random_bytes_differ)
{
    unsigned char one[32] = {0};
    unsigned char other[32] = {0};

    ck_assert(spay__random_bytes(one, sizeof(one)));
    ck_assert(spay__random_bytes(other, sizeof(other)));
    ck_assert_mem_ne(one, other, sizeof(one));
    ck_assert(spay__random_bytes(one, 0));
}
END_TEST

/* RFC 4231 */
typedef struct mac_row {
    const char *key;
    size_t key_length;
    const char *data;
    size_t data_length;
    const char *start; /* of the MAC */
} mac_row;

#define MAC(key_, data_, start_)                                                                   \
    {                                                                                              \
        .key = (key_), .key_length = sizeof(key_) - 1, .data = (data_),                            \
        .data_length = sizeof(data_) - 1, .start = (start_)                                        \
    }

static const mac_row mac_rows[] = {
    MAC("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
        "Hi There", "\xb0\x34\x4c\x61\xd8\xdb\x38\x53"),
    MAC("Jefe", "what do ya want for nothing?", "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e"),
};

START_TEST(mac_is_that_of_rfc_4231)
{
    const mac_row *row = &mac_rows[_i];
    unsigned char mac[SPAY__SHA256_SIZE];

    spay__hmac *key = spay__hmac_new(row->key, row->key_length);

    ck_assert_ptr_nonnull(key);
    spay__hmac_make(key, row->data, row->data_length, mac);
    ck_assert_mem_eq(mac, row->start, 8);
    spay__hmac_free(key);
}
END_TEST

/* Keys are hashed first beyond a block, and data is taken in blocks. */
START_TEST(mac_is_openssls_for_all_lengths)
{
    unsigned char bytes[200];
    size_t key_length;
    size_t length;

    for (length = 0; length < sizeof(bytes); length++)
        bytes[length] = (unsigned char)(length * 7 + 3);
    for (key_length = 0; key_length < sizeof(bytes); key_length++) {
        spay__hmac *key = spay__hmac_new(bytes, key_length);

        ck_assert_ptr_nonnull(key);
        for (length = 0; length < sizeof(bytes); length += 1 + key_length % 5) {
            unsigned char expected[SPAY__SHA256_SIZE];
            unsigned char mac[SPAY__SHA256_SIZE];

            ck_assert_ptr_nonnull(
                HMAC(EVP_sha256(), bytes, (int)key_length, bytes, length, expected, NULL));
            spay__hmac_make(key, bytes, length, mac);
            ck_assert_mem_eq(mac, expected, sizeof(mac));
        }
        spay__hmac_free(key);
    }
}
END_TEST

/* Each time the same MAC, whatever came before. */
START_TEST(key_makes_the_same_macs_again)
{
    spay__hmac *key = spay__hmac_new("Jefe", 4);
    unsigned char empty[SPAY__SHA256_SIZE];
    unsigned char mac[SPAY__SHA256_SIZE];
    int i;

    ck_assert_ptr_nonnull(key);
    spay__hmac_make(key, "", 0, empty);
    for (i = 0; i < 3; i++) {
        spay__hmac_make(key, mac_rows[1].data, mac_rows[1].data_length, mac);
        ck_assert_mem_eq(mac, mac_rows[1].start, 8);
        spay__hmac_make(key, "", 0, mac);
        ck_assert_mem_eq(mac, empty, sizeof(mac));
    }
    spay__hmac_free(key);
    spay__hmac_free(NULL);
}
END_TEST

/* RFC 4648 */
static const char *const base64_rows[][2] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xff\xef\xfe", "/+/+"},
};

START_TEST(base64_is_that_of_rfc_4648)
{
    char text[SPAY__BASE64_SIZE(6)];
    size_t length = strlen(base64_rows[_i][0]);

    spay__base64_encode(text, base64_rows[_i][0], length);
    ck_assert_str_eq(text, base64_rows[_i][1]);
    ck_assert_uint_eq(strlen(text) + 1, SPAY__BASE64_SIZE(length));
}
END_TEST

Suite *secret_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("secret", &tests);

    tcase_add_test(tests, secret_is_a_copy);
    tcase_add_test(tests, secret_may_hold_any_bytes);
    tcase_add_test(tests, secret_may_be_empty);
    tcase_add_test(tests, new_secret_replaces_the_old_one);
    tcase_add_test(tests, secret_can_be_set_to_a_part_of_itself);
    tcase_add_test(tests, without_memory_the_old_secret_stays);
    tcase_add_test(tests, cleared_secret_is_empty_and_can_be_cleared_again);
    tcase_add_test(tests, shared_secret_lives_as_long_as_one_has_it);
    tcase_add_test(tests, wiped_memory_is_zero);
    tcase_add_test(tests, random_bytes_differ);
    tcase_add_loop_test(tests, mac_is_that_of_rfc_4231, 0, ROWS(mac_rows));
    tcase_add_test(tests, mac_is_openssls_for_all_lengths);
    tcase_add_test(tests, key_makes_the_same_macs_again);
    tcase_add_loop_test(tests, base64_is_that_of_rfc_4648, 0, ROWS(base64_rows));
    return suite;
}
