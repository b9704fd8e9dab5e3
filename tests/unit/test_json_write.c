/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Writing JSON: escaping, order, numbers in full.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "json/read.h"
#include "json/write.h"

static void begin(spay__json_writer *writer, spay__buffer *out)
{
    spay__buffer_init(out, 4096);
    writer->out = out;
    writer->comma = false;
}

typedef struct escape_row {
    const char *text;
    const char *json;
} escape_row;

static const escape_row escape_rows[] = {
    {"", "\"\""},
    {"plain", "\"plain\""},
    {"\"", "\"\\\"\""},
    {"\\", "\"\\\\\""},
    {"\\u0041", "\"\\\\u0041\""},
    {"a/b", "\"a/b\""},
    {"\n", "\"\\u000a\""},
    {"\r\t", "\"\\u000d\\u0009\""},
    {"\x01\x1f", "\"\\u0001\\u001f\""},
    {"\x7f", "\"\x7f\""},
    {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"\",\"x\":\"", "\"\\\",\\\"x\\\":\\\"\""},
    {"</script>", "\"</script>\""},
};

START_TEST(text_is_escaped_as_value_and_name)
{
    const escape_row *row = &escape_rows[_i];
    spay__json_writer writer;
    spay__buffer out;
    char expected[200];

    begin(&writer, &out);
    spay__json_open(&writer, NULL, '{');
    spay__json_write_text(&writer, row->text, row->text);
    spay__json_close(&writer, '}');
    (void)snprintf(expected, sizeof(expected), "{%s:%s}", row->json, row->json);
    ck_assert_str_eq(out.data, expected);
    spay__buffer_clear(&out);
}
END_TEST

START_TEST(every_byte_comes_back_as_it_went)
{
    char text[300] = "";
    spay__json_reader reader;
    spay__json_writer writer;
    spay__buffer out;
    int byte;

    for (byte = 1; byte < 0x80; byte++)
        text[byte - 1] = (char)byte;
    strcat(text, "\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
    begin(&writer, &out);
    spay__json_open(&writer, NULL, '{');
    spay__json_write_text(&writer, "a", text);
    spay__json_close(&writer, '}');
    ck_assert(spay__json_read(&reader, out.data, out.length));
    ck_assert_str_eq(spay__json_as_text(spay__json_get(spay__json_root(&reader), "a")), text);
    spay__json_clear(&reader);
    spay__buffer_clear(&out);
}
END_TEST

typedef struct integer_row {
    int64_t value;
    const char *json;
} integer_row;

static const integer_row integer_rows[] = {
    {0, "0"},
    {-1, "-1"},
    {100, "100"},
    {1000000000000000, "1000000000000000"},
    {9007199254740993, "9007199254740993"},
    {INT64_MAX, "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808"},
};

START_TEST(integer_is_written_digit_by_digit)
{
    spay__json_writer writer;
    spay__buffer out;

    begin(&writer, &out);
    spay__json_write_integer(&writer, NULL, integer_rows[_i].value);
    ck_assert_str_eq(out.data, integer_rows[_i].json);
    spay__buffer_clear(&out);
}
END_TEST

START_TEST(members_stand_in_the_order_written)
{
    spay__json_writer writer;
    spay__buffer out;

    begin(&writer, &out);
    spay__json_open(&writer, NULL, '{');
    spay__json_write_text(&writer, "z", "1");
    spay__json_write_integer(&writer, "a", 2);
    spay__json_write_raw(&writer, BYTES("m"), BYTES("[3]"));
    spay__json_close(&writer, '}');
    ck_assert_str_eq(out.data, "{\"z\":\"1\",\"a\":2,\"m\":[3]}");
    spay__buffer_clear(&out);
}
END_TEST

START_TEST(commas_stand_between_elements_alone)
{
    spay__json_writer writer;
    spay__buffer out;

    begin(&writer, &out);
    spay__json_open(&writer, NULL, '{');
    spay__json_open(&writer, "list", '[');
    spay__json_write_text(&writer, NULL, "x");
    spay__json_open(&writer, NULL, '{');
    spay__json_close(&writer, '}');
    spay__json_open(&writer, NULL, '[');
    spay__json_close(&writer, ']');
    spay__json_write_integer(&writer, NULL, 1);
    spay__json_close(&writer, ']');
    spay__json_open(&writer, "empty", '{');
    spay__json_close(&writer, '}');
    spay__json_write_text(&writer, "last", "y");
    spay__json_close(&writer, '}');
    ck_assert_str_eq(out.data, "{\"list\":[\"x\",{},[],1],\"empty\":{},\"last\":\"y\"}");
    spay__buffer_clear(&out);
}
END_TEST

START_TEST(text_that_is_null_leaves_no_trace)
{
    spay__json_writer writer;
    spay__buffer out;

    begin(&writer, &out);
    spay__json_open(&writer, NULL, '{');
    spay__json_write_text(&writer, "a", NULL);
    spay__json_write_text(&writer, "b", "x");
    spay__json_write_text(&writer, "c", NULL);
    spay__json_close(&writer, '}');
    ck_assert_str_eq(out.data, "{\"b\":\"x\"}");
    spay__buffer_clear(&out);
}
END_TEST

static const escape_row raw_rows[] = {
    {"1.0e+05", "1.0e+05"},
    {"\"\\u0041\\/\"", "\"\\u0041\\/\""},
    {"{ \"c\" : null ,\t\"d\":\r\n[ 1, 2 ] }", "{\"c\":null,\"d\":[1,2]}"},
    {"\" a b\"", "\" a b\""},
    {"[ \" \\\" \" , \"\\\\\" , \" x \" ]", "[\" \\\" \",\"\\\\\",\" x \"]"},
    {"{\"a b\": \"c : d , e\"}", "{\"a b\":\"c : d , e\"}"},
};

START_TEST(raw_text_loses_its_blanks_alone)
{
    const escape_row *row = &raw_rows[_i];
    spay__json_writer writer;
    spay__buffer out;
    char expected[200];

    begin(&writer, &out);
    spay__json_open(&writer, NULL, '{');
    spay__json_write_raw(&writer, BYTES("\\u0061 \\\""), row->text, strlen(row->text));
    spay__json_close(&writer, '}');
    (void)snprintf(expected, sizeof(expected), "{\"\\u0061 \\\"\":%s}", row->json);
    ck_assert_str_eq(out.data, expected);
    spay__buffer_clear(&out);
}
END_TEST

START_TEST(what_does_not_fit_shows_in_the_buffer)
{
    spay__json_writer writer = {NULL, false};
    spay__buffer out;

    spay__buffer_init(&out, 8);
    writer.out = &out;
    spay__json_open(&writer, NULL, '{');
    spay__json_write_text(&writer, "name", "value");
    spay__json_close(&writer, '}');
    ck_assert_int_eq(out.state, SPAY__BUFFER_FULL);
    ck_assert_ptr_null(spay__buffer_take(&out));
}
END_TEST

Suite *json_write_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("json_write", &tests);

    tcase_add_loop_test(tests, text_is_escaped_as_value_and_name, 0, ROWS(escape_rows));
    tcase_add_test(tests, every_byte_comes_back_as_it_went);
    tcase_add_loop_test(tests, integer_is_written_digit_by_digit, 0, ROWS(integer_rows));
    tcase_add_test(tests, members_stand_in_the_order_written);
    tcase_add_test(tests, commas_stand_between_elements_alone);
    tcase_add_test(tests, text_that_is_null_leaves_no_trace);
    tcase_add_loop_test(tests, raw_text_loses_its_blanks_alone, 0, ROWS(raw_rows));
    tcase_add_test(tests, what_does_not_fit_shows_in_the_buffer);
    return suite;
}
