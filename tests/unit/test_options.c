/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sized structs: older and newer callers, and the init functions.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <sessionpay/sessionpay.h>

#include "api/error.h"
#include "api/options.h"

typedef struct sample {
    size_t struct_size;
    int64_t first;
    const char *second;
    int64_t third; /* came later */
} sample;

/* The sample as a later version may have it. */
typedef struct later_sample {
    sample known;
    int64_t unknown[4];
} later_sample;

enum {
    FIRST_SIZE = offsetof(sample, third)
};

static spay_status load(sample *loaded, const void *given, spay_error **error)
{
    memset(loaded, 0xaa, sizeof(*loaded));
    return spay__options_load(loaded, sizeof(*loaded), FIRST_SIZE, given, SPAY_PROVIDER_WEPAY,
                              "options", error);
}

START_TEST(nothing_given_is_nothing_set)
{
    static const sample zero;
    sample loaded;

    ck_assert_int_eq(load(&loaded, NULL, NULL), SPAY_OK);
    ck_assert_mem_eq(&loaded, &zero, sizeof(zero));
}
END_TEST

START_TEST(struct_of_our_size_is_copied)
{
    sample given = {.struct_size = sizeof(sample), .first = 1, .second = "two", .third = 3};
    sample loaded;

    ck_assert_int_eq(load(&loaded, &given, NULL), SPAY_OK);
    ck_assert_int_eq(loaded.first, 1);
    ck_assert_str_eq(loaded.second, "two");
    ck_assert_int_eq(loaded.third, 3);
}
END_TEST

START_TEST(older_struct_leaves_later_members_unset)
{
    sample given = {.struct_size = FIRST_SIZE, .first = 1, .second = "two", .third = 3};
    sample loaded;

    ck_assert_int_eq(load(&loaded, &given, NULL), SPAY_OK);
    ck_assert_int_eq(loaded.first, 1);
    ck_assert_str_eq(loaded.second, "two");
    ck_assert_int_eq(loaded.third, 0);
}
END_TEST

START_TEST(older_struct_is_not_read_beyond_its_end)
{
    sample whole = {.struct_size = FIRST_SIZE, .first = 1, .second = "two", .third = 3};
    void *given = malloc(FIRST_SIZE);
    sample loaded;

    ck_assert_ptr_nonnull(given);
    memcpy(given, &whole, FIRST_SIZE);
    ck_assert_int_eq(load(&loaded, given, NULL), SPAY_OK);
    ck_assert_int_eq(loaded.third, 0);
    free(given);
}
END_TEST

static const size_t small_sizes[] = {0, 1, sizeof(size_t), FIRST_SIZE - 1};

START_TEST(struct_smaller_than_the_first_release_is_refused)
{
    sample given = {.first = 1, .second = "two", .third = 3};
    spay_error *error = NULL;
    sample loaded;

    given.struct_size = small_sizes[_i];
    ck_assert_int_eq(load(&loaded, &given, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "options");
    ck_assert_str_eq(spay_error_field_code(error, 0), "struct_size");
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_WEPAY);
    spay_error_free(error);
}
END_TEST

START_TEST(newer_struct_with_nothing_new_set_is_read)
{
    later_sample given;
    sample loaded;

    memset(&given, 0, sizeof(given));
    given.known.struct_size = sizeof(given);
    given.known.first = 1;
    given.known.third = 3;
    ck_assert_int_eq(load(&loaded, &given, NULL), SPAY_OK);
    ck_assert_int_eq(loaded.first, 1);
    ck_assert_int_eq(loaded.third, 3);
}
END_TEST

/* An uninitialized size is not a licence to read so far. */
START_TEST(struct_far_larger_than_ours_is_refused_unread)
{
    static const size_t sizes[] = {sizeof(sample) + 4097, 65536, SIZE_MAX / 2, SIZE_MAX};
    static unsigned char given[65536];
    spay_error *error = NULL;
    sample loaded;

    memcpy(given, &sizes[_i], sizeof(sizes[_i]));
    ck_assert_int_eq(load(&loaded, given, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_code(error, 0), "struct_size");
    spay_error_free(error);
}
END_TEST

START_TEST(newer_struct_with_any_unknown_byte_set_is_refused)
{
    spay_error *error = NULL;
    later_sample given;
    sample loaded;

    memset(&given, 0, sizeof(given));
    given.known.struct_size = sizeof(given);
    ((unsigned char *)&given)[sizeof(sample) + (size_t)_i] = 1;
    ck_assert_int_eq(load(&loaded, &given, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_code(error, 0), "struct_size");
    spay_error_free(error);
}
END_TEST

START_TEST(struct_a_little_newer_is_looked_at_to_its_end)
{
    spay_error *error = NULL;
    later_sample given;
    sample loaded;

    memset(&given, 0, sizeof(given));
    given.known.struct_size = sizeof(sample) + (size_t)_i;
    ck_assert_int_eq(load(&loaded, &given, NULL), SPAY_OK);
    ((unsigned char *)&given)[given.known.struct_size - 1] = 1;
    ck_assert_int_eq(load(&loaded, &given, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_code(error, 0), "struct_size");
    spay_error_free(error);
}
END_TEST

START_TEST(bytes_beyond_the_size_are_not_looked_at)
{
    later_sample given;
    sample loaded;

    memset(&given, 0xff, sizeof(given));
    given.known.struct_size = sizeof(given.known);
    ck_assert_int_eq(load(&loaded, &given, NULL), SPAY_OK);
}
END_TEST

/* ---- init functions ---- */

typedef struct init_row {
    const char *name;
    void (*init)(void *, size_t);
    size_t size;
} init_row;

static const init_row init_rows[] = {
    {"client", spay_client_options_init, sizeof(spay_client_options)},
    {"call", spay_call_options_init, sizeof(spay_call_options)},
    {"transport", spay_transport_init, sizeof(spay_transport)},
    {"platform", spay_platform_init, sizeof(spay_platform)},
#ifndef SPAY_DISABLE_WEPAY
    {"wepay", spay_wepay_options_init, sizeof(spay_wepay_options)},
    {"wepay request", spay_wepay_session_request_init, sizeof(spay_wepay_session_request)},
#endif
#ifndef SPAY_DISABLE_HOSTED_FIELDS
    {"hosted_fields", spay_hosted_fields_options_init, sizeof(spay_hosted_fields_options)},
    {"hosted_fields request", spay_hosted_fields_session_request_init,
     sizeof(spay_hosted_fields_session_request)},
#endif
#ifndef SPAY_DISABLE_CONNECT_SERVER
    {"connect_server", spay_connect_server_options_init, sizeof(spay_connect_server_options)},
    {"connect_server request", spay_connect_server_session_request_init,
     sizeof(spay_connect_server_session_request)},
#endif
#ifndef SPAY_DISABLE_CONNECT_CLIENT
    {"connect_client", spay_connect_client_options_init, sizeof(spay_connect_client_options)},
    {"connect_client request", spay_connect_client_session_request_init,
     sizeof(spay_connect_client_session_request)},
#endif
};

START_TEST(init_zeroes_all_but_the_size)
{
    const init_row *row = &init_rows[_i];
    unsigned char memory[1024];
    size_t size;
    size_t i;

    ck_assert_uint_lt(row->size, sizeof(memory) - 8);
    memset(memory, 0xaa, sizeof(memory));
    row->init(memory, row->size);
    memcpy(&size, memory, sizeof(size));
    ck_assert_msg(size == row->size, "%s", row->name);
    for (i = sizeof(size); i < row->size; i++)
        ck_assert_msg(memory[i] == 0, "%s: byte %zu", row->name, i);
    for (; i < sizeof(memory); i++)
        ck_assert_msg(memory[i] == 0xaa, "%s: byte %zu is beyond", row->name, i);
}
END_TEST

START_TEST(init_obeys_the_callers_size)
{
    const init_row *row = &init_rows[_i];
    unsigned char memory[64];

    memset(memory, 0xaa, sizeof(memory));
    row->init(memory, sizeof(size_t) + 4);
    ck_assert_uint_eq(memory[sizeof(size_t) + 3], 0);
    ck_assert_uint_eq(memory[sizeof(size_t) + 4], 0xaa);
}
END_TEST

START_TEST(init_without_room_does_nothing)
{
    const init_row *row = &init_rows[_i];
    unsigned char memory[sizeof(size_t)];

    memset(memory, 0xaa, sizeof(memory));
    row->init(NULL, 100);
    row->init(memory, sizeof(memory) - 1);
    row->init(memory, 0);
    ck_assert_uint_eq(memory[0], 0xaa);
}
END_TEST

START_TEST(init_macro_and_function_agree)
{
    spay_client_options by_macro = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options call_by_macro = SPAY_CALL_OPTIONS_INIT;
    spay_client_options client;
    spay_call_options call;

    spay_client_options_init(&client, sizeof(client));
    spay_call_options_init(&call, sizeof(call));
    ck_assert_uint_eq(by_macro.struct_size, client.struct_size);
    ck_assert_int_eq(by_macro.log_level, client.log_level);
    ck_assert_uint_eq(call_by_macro.struct_size, call.struct_size);
    ck_assert_int_eq(call_by_macro.max_attempts, call.max_attempts);
}
END_TEST

Suite *options_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("options", &tests);

    tcase_add_test(tests, nothing_given_is_nothing_set);
    tcase_add_test(tests, struct_of_our_size_is_copied);
    tcase_add_test(tests, older_struct_leaves_later_members_unset);
    tcase_add_test(tests, older_struct_is_not_read_beyond_its_end);
    tcase_add_loop_test(tests, struct_smaller_than_the_first_release_is_refused, 0,
                        ROWS(small_sizes));
    tcase_add_test(tests, newer_struct_with_nothing_new_set_is_read);
    tcase_add_loop_test(tests, struct_far_larger_than_ours_is_refused_unread, 0, 4);
    tcase_add_loop_test(tests, newer_struct_with_any_unknown_byte_set_is_refused, 0, 32);
    tcase_add_loop_test(tests, struct_a_little_newer_is_looked_at_to_its_end, 1, 33);
    tcase_add_test(tests, bytes_beyond_the_size_are_not_looked_at);
    tcase_add_loop_test(tests, init_zeroes_all_but_the_size, 0, ROWS(init_rows));
    tcase_add_loop_test(tests, init_obeys_the_callers_size, 0, ROWS(init_rows));
    tcase_add_loop_test(tests, init_without_room_does_nothing, 0, ROWS(init_rows));
    tcase_add_test(tests, init_macro_and_function_agree);
    return suite;
}
