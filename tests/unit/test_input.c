/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Checking the caller's input: each rule, its code and its field.
 */
#include "unit.h"

#include <string.h>

#include "api/input.h"
#include "base/alloc.h"

static spay__input begin(void)
{
    spay__input input = {SPAY_PROVIDER_WEPAY, NULL};

    return input;
}

/* Whether the faults are this one alone; NULL: none at all. Frees them. */
static void check_fault(spay__input *input, const char *name, const char *code)
{
    spay_error *error = NULL;
    spay_status status = spay__input_end(input, &error);
    const char *actual = spay_error_field_code(error, 0);

    ck_assert_msg((status == SPAY_OK) == !code, "%s: %s", name, actual);
    ck_assert_msg(!code || strcmp(actual, code) == 0, "%s: %s", name, actual);
    ck_assert_uint_eq(spay_error_field_count(error), code ? 1 : 0);
    ck_assert_str_eq(spay_error_field_path(error, 0), code ? "field" : "");
    spay_error_free(error);
}

/* ---- texts ---- */

typedef struct text_row {
    const char *name;
    const char *value;
    size_t least;
    size_t most;
    unsigned rules;
    const char *code; /* NULL: no fault */
} text_row;

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define TEXT(name_, value_, least_, most_, rules_, code_)                                          \
    {                                                                                              \
        .name = (name_), .value = (value_), .least = (least_), .most = (most_), .rules = (rules_), \
        .code = (code_)                                                                            \
    }

static const text_row text_rows[] = {
    TEXT("optional and absent", NULL, 1, 10, 0, NULL),
    TEXT("required and absent", NULL, 1, 10, SPAY__REQUIRED, "missing"),
    TEXT("required and there", "a", 1, 10, SPAY__REQUIRED, NULL),
    TEXT("empty", "", 1, 10, 0, "empty"),
    TEXT("required and empty", "", 1, 10, SPAY__REQUIRED, "empty"),
    TEXT("may be empty", "", 0, 10, 0, NULL),
    TEXT("shortest", "abcd", 4, 10, 0, NULL),
    TEXT("one too short", "abc", 4, 10, 0, "too_short"),
    TEXT("longest", "abcdefghij", 1, 10, 0, NULL),
    TEXT("one too long", "abcdefghijk", 1, 10, 0, "too_long"),
    TEXT("64 of 64", A64, 1, 64, 0, NULL),
    TEXT("65 of 64", A64 "b", 1, 64, 0, "too_long"),
    TEXT("bytes are counted", "\xc3\xa4\xc3\xa4\xc3\xa4", 1, 5, 0, "too_long"),
    TEXT("characters are counted", "\xc3\xa4\xc3\xa4\xc3\xa4", 1, 3, SPAY__CHARACTERS, NULL),
    TEXT("characters are counted, too many", "\xc3\xa4\xc3\xa4\xc3\xa4", 1, 2, SPAY__CHARACTERS,
         "too_long"),
    TEXT("characters are counted, too few", "\xf0\x9f\x98\x80", 2, 9, SPAY__CHARACTERS,
         "too_short"),
    TEXT("blank", "a b", 1, 10, 0, NULL),
    TEXT("UTF-8", "\xc3\xa4\xe2\x82\xac", 1, 10, 0, NULL),
    TEXT("newline", "a\nb", 1, 10, 0, "control_character"),
    TEXT("carriage return", "a\r", 1, 10, 0, "control_character"),
    TEXT("tab", "\ta", 1, 10, 0, "control_character"),
    TEXT("escape", "\x1b[m", 1, 10, 0, "control_character"),
    TEXT("DEL", "a\x7f", 1, 10, 0, "control_character"),
    TEXT("control byte before length", "a\nbbbbbbbbbbbbbbbb", 1, 10, 0, "control_character"),
    TEXT("ISO 8859-1", "caf\xe9", 1, 10, 0, "not_utf8"),
    TEXT("overlong", "\xc0\xaf", 1, 10, 0, "not_utf8"),
    TEXT("surrogate", "\xed\xa0\x80", 1, 10, 0, "not_utf8"),
    TEXT("cut character", "\xe2\x82", 1, 10, 0, "not_utf8"),
    TEXT("visible", "a!~", 1, 10, SPAY__VISIBLE, NULL),
    TEXT("blank is not visible", "a b", 1, 10, SPAY__VISIBLE, "forbidden_character"),
    TEXT("UTF-8 is not visible", "\xc3\xa4", 1, 10, SPAY__VISIBLE, "forbidden_character"),
    TEXT("control byte is named so", "a\n", 1, 10, SPAY__VISIBLE, "control_character"),
    TEXT("opaque bytes", "\xff\xfe", 1, 10, SPAY__OPAQUE, NULL),
    TEXT("opaque blank", "a b", 1, 10, SPAY__OPAQUE, NULL),
    TEXT("opaque control byte", "\xff\n", 1, 10, SPAY__OPAQUE, "control_character"),
    TEXT("segment", "a-b.c", 1, 10, SPAY__SEGMENT, NULL),
    TEXT("segment with UTF-8", "\xc3\xa4", 1, 10, SPAY__SEGMENT, NULL),
    TEXT("segment with percent sign", "a%2Fb", 1, 10, SPAY__SEGMENT, NULL),
    TEXT("segment with slash", "a/b", 1, 10, SPAY__SEGMENT, "forbidden_character"),
    TEXT("segment with question mark", "a?b", 1, 10, SPAY__SEGMENT, "forbidden_character"),
    TEXT("segment with hash", "a#b", 1, 10, SPAY__SEGMENT, "forbidden_character"),
    TEXT("dot", ".", 1, 10, SPAY__SEGMENT, "forbidden_character"),
    TEXT("two dots", "..", 1, 10, SPAY__SEGMENT, "forbidden_character"),
    TEXT("three dots", "...", 1, 10, SPAY__SEGMENT, NULL),
    TEXT("dots in front", "..a", 1, 10, SPAY__SEGMENT, NULL),
};

START_TEST(text_is_good_or_breaks_one_rule)
{
    const text_row *row = &text_rows[_i];
    spay__input input = begin();
    bool good = spay__input_text(&input, "field", row->value, row->least, row->most, row->rules);

    ck_assert_msg(good == (row->value && !row->code), "%s", row->name);
    check_fault(&input, row->name, row->code);
}
END_TEST

START_TEST(message_never_repeats_the_value)
{
    spay__input input = begin();
    spay_error *error = NULL;
    size_t i;

    spay__input_text(&input, "field", "SECRETSECRET\n", 1, 10, 0);
    spay__input_text(&input, "field", "SECRETSECRET", 1, 10, SPAY__SEGMENT);
    spay__input_text(&input, "field", "SECRET SECRET", 1, 10, SPAY__VISIBLE);
    spay__input_json_object(&input, "field", "SECRET");
    ck_assert_int_eq(spay__input_end(&input, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(spay_error_field_count(error), 4);
    ck_assert_ptr_null(strstr(spay_error_message(error), "SECRET"));
    for (i = 0; i < 4; i++)
        ck_assert_ptr_null(strstr(spay_error_field_message(error, i), "SECRET"));
    spay_error_free(error);
}
END_TEST

START_TEST(length_fault_tells_the_limits_and_the_unit)
{
    spay__input input = begin();
    spay_error *error = NULL;

    spay__input_text(&input, "a", "abc", 4, 50, SPAY__CHARACTERS);
    spay__input_text(&input, "b", "abc", 4, 50, 0);
    spay__input_end(&input, &error);
    ck_assert_str_eq(spay_error_field_message(error, 0), "must be 4 to 50 characters long");
    ck_assert_str_eq(spay_error_field_message(error, 1), "must be 4 to 50 bytes long");
    spay_error_free(error);
}
END_TEST

/* ---- numbers ---- */

typedef struct range_row {
    int64_t value;
    int64_t least;
    int64_t most;
    bool good;
} range_row;

static const range_row range_rows[] = {
    {.least = 1, .most = 10, .good = true},
    {.value = 1, .least = 1, .most = 10, .good = true},
    {.value = 10, .least = 1, .most = 10, .good = true},
    {.value = 11, .least = 1, .most = 10},
    {.value = -1, .least = 1, .most = 10},
    {.value = INT64_MAX, .least = 1, .most = 10},
    {.value = INT64_MIN, .least = 1, .most = 10},
    {.value = 5, .least = 5, .most = 5, .good = true},
    {.value = 4, .least = 5, .most = 5},
    {.least = 5, .most = 5, .good = true},
    {.value = 3600000, .least = 1, .most = 3600000, .good = true},
    {.value = 3600001, .least = 1, .most = 3600000},
};

START_TEST(number_is_zero_or_within_its_range)
{
    const range_row *row = &range_rows[_i];
    spay__input input = begin();

    spay__input_range(&input, "field", row->value, row->least, row->most);
    check_fault(&input, "range", row->good ? NULL : "out_of_range");
}
END_TEST

/* ---- URLs ---- */

typedef struct url_row {
    const char *value;
    bool with_path;
    const char *code;
} url_row;

static const url_row url_rows[] = {
    {"https://example.com", false, NULL},
    {"https://example.com/", false, NULL},
    {"https://example.com:8443", false, NULL},
    {"https://example.com/v1", true, NULL},
    {"https://example.com/v1/", true, NULL},
    {"http://127.0.0.1:8080", false, NULL},
    {"http://localhost/v1", true, NULL},
    {NULL, true, "missing"},
    {"", true, "empty"},
    {"https://example.com/v1", false, "pattern"},
    {"https://example.com//", false, "pattern"},
    {"https://example.com/../v1", true, "pattern"},
    {"https://example.com/v1/..", true, "pattern"},
    {"https://example.com/./v1", true, "pattern"},
    {"https://example.com/.well-known", true, "pattern"},
    {"https://example.com/%2e%2e/v1", true, "pattern"},
    {"https://example.com/v%31", true, "pattern"},
    {"http://example.com", true, "not_https"},
    {"http://10.0.0.1", false, "not_https"},
    {"ftp://example.com", true, "not_a_url"},
    {"example.com", true, "not_a_url"},
    {"https://user:secret@example.com", true, "not_a_url"},
    {"https://example.com?x=1", true, "not_a_url"},
    {"https://example.com#f", true, "not_a_url"},
    {"https://example.com/a b", true, "forbidden_character"},
    {"https://example.com\r\nX: y", true, "control_character"},
    {"https://ex\xc3\xa4mple.com", true, "forbidden_character"},
};

START_TEST(base_url_is_good_or_breaks_one_rule)
{
    const url_row *row = &url_rows[_i];
    spay__input input = begin();
    spay__url url;
    bool good = spay__input_base_url(&input, "field", row->value, row->with_path, &url);
    const char *name = row->value ? row->value : "NULL";

    ck_assert_msg(good == !row->code, "%s", name);
    check_fault(&input, name, row->code);
}
END_TEST

START_TEST(base_url_is_limited_to_2048_bytes)
{
    char text[2050] = "https://example.com/";
    spay__input input = begin();
    spay__url url;

    memset(text + 20, 'a', sizeof(text) - 20);
    text[2048] = '\0';
    ck_assert(spay__input_base_url(&input, "field", text, true, &url));
    text[2048] = 'a';
    text[2049] = '\0';
    ck_assert(!spay__input_base_url(&input, "field", text, true, &url));
    check_fault(&input, "long", "too_long");
}
END_TEST

/* ---- JSON ---- */

typedef struct json_row {
    const char *value;
    bool good;
    const char *code;
} json_row;

static const json_row json_rows[] = {
    {NULL, false, NULL},
    {"{}", true, NULL},
    {" {\"a\":[1]} ", true, NULL},
    {"", false, "not_json"},
    {"[]", false, "not_json"},
    {"null", false, "not_json"},
    {"{} {}", false, "not_json"},
    {"{\"a\":\"\\u0000\"}", false, "not_json"},
    {"{'a':1}", false, "not_json"},
    {"{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", false,
     "too_deep"},
    {"{\"a\":1,\"b\":2,\"a\":3}", false, "duplicate"},
    {"{\"a\":1,\"A\":2,\"aa\":3}", true, NULL},
    {"{\"a\":{\"b\":1,\"c\":[],\"b\":1}}", false, "duplicate"},
    {"{\"a\":[{},{\"b\":1},{\"b\":1,\"b\":{}}]}", false, "duplicate"},
    {"{\"a\":{\"b\":1},\"b\":{\"a\":1,\"b\":[{\"a\":1},{\"a\":2}]}}", true, NULL},
};

START_TEST(extra_json_must_be_an_object)
{
    const json_row *row = &json_rows[_i];
    spay__input input = begin();

    ck_assert_int_eq(spay__input_json_object(&input, "field", row->value), row->good);
    check_fault(&input, row->value ? row->value : "NULL", row->code);
}
END_TEST

START_TEST(json_with_too_many_values_says_so)
{
    static char text[8192] = "{\"a\":[0";
    spay__input input = begin();
    size_t at = strlen(text);
    int i;

    for (i = 0; i < 2000; i++) {
        text[at++] = ',';
        text[at++] = '0';
    }
    memcpy(text + at, "]}", 3);
    ck_assert(!spay__input_json_object(&input, "field", text));
    check_fault(&input, "many values", "too_many_values");
}
END_TEST

/* ---- secrets ---- */

static const struct secret_row {
    const char *value;
    const char *code;
} secret_rows[] = {
    {"secret", NULL},
    {"two words", NULL},
    {" secret", "white_space"},
    {"secret ", "white_space"},
    {"secret\n", "white_space"},
    {"secret\r\n", "white_space"},
    {"\tsecret", "white_space"},
    {" ", "white_space"},
    {"sec\nret", "control_character"},
    {"", "empty"},
};

START_TEST(secrets_have_no_white_space_at_their_ends)
{
    const struct secret_row *row = &secret_rows[_i];
    spay__input input = begin();

    ck_assert_int_eq(spay__input_text(&input, "field", row->value, 1, 100,
                                      SPAY__REQUIRED | SPAY__OPAQUE | SPAY__SECRET),
                     !row->code);
    check_fault(&input, row->value, row->code);
}
END_TEST

/* ---- collecting ---- */

START_TEST(all_faults_are_collected_in_order)
{
    spay__input input = begin();
    spay_error *error = NULL;

    spay__input_text(&input, "first", NULL, 1, 10, SPAY__REQUIRED);
    spay__input_text(&input, "good", "x", 1, 10, SPAY__REQUIRED);
    spay__input_range(&input, "second", 99, 1, 10);
    spay__input_fault_at(&input, "third", 12, "pattern", "is odd");
    ck_assert_int_eq(spay__input_end(&input, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(spay_error_field_count(error), 3);
    ck_assert_str_eq(spay_error_field_path(error, 0), "first");
    ck_assert_str_eq(spay_error_field_path(error, 1), "second");
    ck_assert_str_eq(spay_error_field_path(error, 2), "third[12]");
    ck_assert_str_eq(spay_error_field_code(error, 2), "pattern");
    ck_assert_str_eq(spay_error_message(error), "first: is required");
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_WEPAY);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_INPUT);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    spay_error_free(error);
}
END_TEST

START_TEST(faults_can_be_handed_out_once)
{
    spay__input input = begin();

    spay__input_fault(&input, "a", "b", "c");
    ck_assert_int_eq(spay__input_end(&input, NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay__input_end(&input, NULL), SPAY_OK);
}
END_TEST

START_TEST(very_many_faults_end_at_a_limit)
{
    spay__input input = begin();
    spay_error *error = NULL;
    size_t i;

    for (i = 0; i < 200; i++)
        spay__input_fault_at(&input, "list", i, "pattern", "is odd");
    ck_assert_int_eq(spay__input_end(&input, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(spay_error_field_count(error), 64);
    spay_error_free(error);
}
END_TEST

static int no_memory(void)
{
    return 0;
}

START_TEST(fault_without_memory_is_still_a_failure)
{
    spay__input input = begin();
    spay_error *error = NULL;

    spay__alloc_set_gate(no_memory);
    spay__input_fault(&input, "a", "b", "c");
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(spay__input_end(&input, &error), SPAY_E_NO_MEMORY);
    spay_error_free(error);
}
END_TEST

START_TEST(first_missing_argument_is_refused)
{
    static const int something;
    const spay__argument arguments[] = {
        {"one", &something}, {"two", NULL}, {"three", NULL}, {NULL, NULL}};
    spay_error *error = NULL;

    ck_assert_int_eq(spay__require(SPAY_PROVIDER_WEPAY, arguments, &error),
                     SPAY_E_INVALID_ARGUMENT);
    ck_assert_uint_eq(spay_error_field_count(error), 1);
    ck_assert_str_eq(spay_error_field_path(error, 0), "two");
    ck_assert_str_eq(spay_error_field_code(error, 0), "missing");
    spay_error_free(error);
}
END_TEST

START_TEST(arguments_that_are_there_empty_the_error)
{
    static const int something;
    const spay__argument arguments[] = {{"one", &something}, {NULL, NULL}};
    spay_error *error = (spay_error *)(uintptr_t)&something;

    ck_assert_int_eq(spay__require(SPAY_PROVIDER_WEPAY, arguments, &error), SPAY_OK);
    ck_assert_ptr_null(error);
    ck_assert_int_eq(spay__require(SPAY_PROVIDER_WEPAY, arguments, NULL), SPAY_OK);
}
END_TEST

Suite *input_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("input", &tests);

    tcase_add_loop_test(tests, text_is_good_or_breaks_one_rule, 0, ROWS(text_rows));
    tcase_add_test(tests, message_never_repeats_the_value);
    tcase_add_test(tests, length_fault_tells_the_limits_and_the_unit);
    tcase_add_loop_test(tests, number_is_zero_or_within_its_range, 0, ROWS(range_rows));
    tcase_add_loop_test(tests, base_url_is_good_or_breaks_one_rule, 0, ROWS(url_rows));
    tcase_add_test(tests, base_url_is_limited_to_2048_bytes);
    tcase_add_test(tests, json_with_too_many_values_says_so);
    tcase_add_loop_test(tests, secrets_have_no_white_space_at_their_ends, 0, ROWS(secret_rows));
    tcase_add_loop_test(tests, extra_json_must_be_an_object, 0, ROWS(json_rows));
    tcase_add_test(tests, all_faults_are_collected_in_order);
    tcase_add_test(tests, faults_can_be_handed_out_once);
    tcase_add_test(tests, very_many_faults_end_at_a_limit);
    tcase_add_test(tests, fault_without_memory_is_still_a_failure);
    tcase_add_test(tests, first_missing_argument_is_refused);
    tcase_add_test(tests, arguments_that_are_there_empty_the_error);
    return suite;
}
