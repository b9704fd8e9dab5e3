/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The JSON scanner against RFC 8259, and the walk over members.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/scan.h"

typedef struct scan_row {
    const char *name;
    const char *text;
    size_t length;
    const char *fault; /* NULL: good */
} scan_row;

static const scan_row scan_rows[] = {
    /* values */
    {"empty object", BYTES("{}"), NULL},
    {"empty array", BYTES("[]"), NULL},
    {"true", BYTES("true"), NULL},
    {"false", BYTES("false"), NULL},
    {"null", BYTES("null"), NULL},
    {"empty string", BYTES("\"\""), NULL},
    {"blanks everywhere", BYTES(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n"), NULL},
    {"blanks in empty brackets", BYTES("[ { } , [ ] ]"), NULL},
    {"same name twice", BYTES("{\"a\":1,\"a\":2}"), NULL},
    {"empty name", BYTES("{\"\":0}"), NULL},
    {"nothing", BYTES(""), "not_json"},
    {"only blanks", BYTES(" \n"), "not_json"},
    {"one NUL byte", BYTES("\0"), "not_json"},
    {"bare word", BYTES("maybe"), "not_json"},
    {"True", BYTES("True"), "not_json"},
    {"NaN", BYTES("NaN"), "not_json"},
    {"Infinity", BYTES("-Infinity"), "not_json"},
    {"cut literal", BYTES("tru"), "not_json"},
    {"literal with more letters", BYTES("nullx"), "trailing_bytes"},
    {"HTML", BYTES("<html></html>"), "not_json"},
    {"byte order mark", BYTES("\xef\xbb\xbf{}"), "not_json"},
    {"form feed is no blank", BYTES("\f{}"), "not_json"},
    {"no-break space is no blank", BYTES("\xc2\xa0{}"), "not_json"},
    {"comment", BYTES("/* */{}"), "not_json"},
    {"single quotes", BYTES("{'a':1}"), "not_json"},
    {"name without quotes", BYTES("{a:1}"), "not_json"},
    {"number as name", BYTES("{1:1}"), "not_json"},

    /* structure */
    {"comma at the end of an object", BYTES("{\"a\":1,}"), "not_json"},
    {"comma at the end of an array", BYTES("[1,]"), "not_json"},
    {"comma alone", BYTES("[,]"), "not_json"},
    {"two commas", BYTES("[1,,2]"), "not_json"},
    {"no comma", BYTES("[1 2]"), "not_json"},
    {"no colon", BYTES("{\"a\" 1}"), "not_json"},
    {"no value", BYTES("{\"a\":}"), "not_json"},
    {"no value after the name", BYTES("{\"a\"}"), "not_json"},
    {"open object", BYTES("{\"a\":1"), "not_json"},
    {"open array", BYTES("[1"), "not_json"},
    {"bracket alone", BYTES("["), "not_json"},
    {"brace alone", BYTES("{"), "not_json"},
    {"closed by the wrong bracket", BYTES("[1}"), "not_json"},
    {"closing bracket alone", BYTES("]"), "not_json"},
    {"NUL byte between tokens", BYTES("{\"a\":\0 1}"), "not_json"},
    {"NUL byte for a bracket", BYTES("[1\0"), "not_json"},

    /* what follows */
    {"second value", BYTES("{}{}"), "trailing_bytes"},
    {"trailing comma", BYTES("{},"), "trailing_bytes"},
    {"trailing bracket", BYTES("[]]"), "trailing_bytes"},
    {"trailing NUL byte", BYTES("{}\0"), "trailing_bytes"},
    {"trailing text", BYTES("1 x"), "trailing_bytes"},

    /* numbers */
    {"zero", BYTES("0"), NULL},
    {"minus zero", BYTES("-0"), NULL},
    {"integer", BYTES("1234567890"), NULL},
    {"fraction", BYTES("-0.05"), NULL},
    {"exponent", BYTES("1e5"), NULL},
    {"exponent with sign", BYTES("1E+5"), NULL},
    {"everything", BYTES("-12.340e-05"), NULL},
    {"zero with exponent", BYTES("0e0"), NULL},
    {"very long number", BYTES("1234567890123456789012345678901234567890123456789012345678901234"),
     NULL},
    {"leading zero", BYTES("[01]"), "not_json"},
    {"minus and leading zero", BYTES("[-01]"), "not_json"},
    {"minus alone", BYTES("-"), "not_json"},
    {"two minus", BYTES("--1"), "not_json"},
    {"plus", BYTES("+1"), "not_json"},
    {"point first", BYTES(".5"), "not_json"},
    {"point last", BYTES("5."), "not_json"},
    {"two points", BYTES("[1.2.3]"), "not_json"},
    {"exponent without digits", BYTES("1e"), "not_json"},
    {"exponent with sign alone", BYTES("1e+"), "not_json"},
    {"fraction in exponent", BYTES("[1e1.5]"), "not_json"},
    {"hexadecimal", BYTES("[0x10]"), "not_json"},
    {"thousands", BYTES("[1_000]"), "not_json"},
    {"blank in number", BYTES("[1 .5]"), "not_json"},

    /* strings */
    {"all short escapes", BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), NULL},
    {"unicode escape", BYTES("\"\\u20aC\""), NULL},
    {"escaped surrogate pair", BYTES("\"\\ud83d\\uDE00\""), NULL},
    {"DEL is allowed", BYTES("\"\x7f\""), NULL},
    {"UTF-8 of every length", BYTES("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""), NULL},
    {"U+2028", BYTES("\"\xe2\x80\xa8\""), NULL},
    {"escaped noncharacter", BYTES("\"\\uffff\""), NULL},
    {"open string", BYTES("\"abc"), "not_json"},
    {"quote alone", BYTES("\""), "not_json"},
    {"backslash at the end", BYTES("\"\\"), "not_json"},
    {"escaped quote at the end", BYTES("\"\\\""), "not_json"},
    {"unknown escape", BYTES("\"\\x41\""), "not_json"},
    {"escape of a single quote", BYTES("\"\\'\""), "not_json"},
    {"upper-case escape", BYTES("\"\\N\""), "not_json"},
    {"escaped NUL byte", BYTES("\"\\\0\""), "not_json"},
    {"escape with 3 digits", BYTES("\"\\u12\""), "not_json"},
    {"escape with a wrong digit", BYTES("\"\\u12g4\""), "not_json"},
    {"escape cut short", BYTES("\"\\u12"), "not_json"},
    {"escape \\U", BYTES("\"\\U0041\""), "not_json"},
    {"newline in a string", BYTES("\"a\nb\""), "not_json"},
    {"tab in a string", BYTES("\"a\tb\""), "not_json"},
    {"control byte 1F in a string", BYTES("\"\x1f\""), "not_json"},
    {"NUL byte in a string", BYTES("\"a\0b\""), "not_json"},
    {"NUL byte in a name", BYTES("{\"a\0b\":1}"), "not_json"},
    {"escaped NUL", BYTES("\"a\\u0000b\""), "nul_character"},
    {"escaped NUL in a name", BYTES("{\"\\u0000\":1}"), "nul_character"},
    {"lone high surrogate", BYTES("\"\\ud83d\""), "not_utf8"},
    {"high surrogate, then text", BYTES("\"\\ud83dx\""), "not_utf8"},
    {"high surrogate, then another escape", BYTES("\"\\ud83d\\n\""), "not_utf8"},
    {"two high surrogates", BYTES("\"\\ud83d\\ud83d\""), "not_utf8"},
    {"high surrogate, then a letter", BYTES("\"\\ud83d\\u0041\""), "not_utf8"},
    {"lone low surrogate", BYTES("\"\\ude00\""), "not_utf8"},
    {"surrogates in the wrong order", BYTES("\"\\ude00\\ud83d\""), "not_utf8"},
    {"lone surrogate in a name", BYTES("{\"\\udfff\":1}"), "not_utf8"},
    {"ISO 8859-1", BYTES("\"caf\xe9\""), "not_utf8"},
    {"overlong UTF-8", BYTES("\"\xc0\xaf\""), "not_utf8"},
    {"surrogate in UTF-8", BYTES("\"\xed\xa0\x80\""), "not_utf8"},
    {"bad UTF-8 in a name", BYTES("{\"\xff\":1}"), "not_utf8"},
    {"UTF-8 cut by the quote", BYTES("\"\xe2\x82\""), "not_utf8"},
    {"UTF-16", BYTES("{\0}\0"), "not_json"},
};

static bool same_fault(const char *actual, const char *expected)
{
    return actual && expected ? strcmp(actual, expected) == 0 : actual == expected;
}

/* The same bytes in a block of their own, so that a checker sees a read beyond them. */
static char *tight(const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, length);
    return copy;
}

START_TEST(json_is_scanned_by_rfc_8259)
{
    const scan_row *row = &scan_rows[_i];
    char *text = tight(row->text, row->length);
    spay__json_scan scan;
    bool good = spay__json_scan_value(&scan, text, row->length);

    free(text);
    ck_assert_msg(good == !row->fault, "%s: %s", row->name, scan.fault ? scan.fault : "accepted");
    ck_assert_msg(same_fault(scan.fault, row->fault), "%s: %s", row->name,
                  scan.fault ? scan.fault : "accepted");
}
END_TEST

static const char rich[] =
    "{\"a\":[1,-2.5e+3,true,null,{\"b\":\"\\ud83d\\ude00 \\\"x\\\" \xc3\xa4\"}]"
    ",\"c\":{},\"d\":[],\"e\":false}";

START_TEST(every_cut_of_a_document_is_refused)
{
    size_t length;

    for (length = 0; length < sizeof(rich) - 1; length++) {
        char *text = tight(rich, length);
        spay__json_scan scan;
        bool good = spay__json_scan_value(&scan, text, length);

        free(text);
        ck_assert_msg(!good, "accepted after %zu bytes", length);
    }
}
END_TEST

START_TEST(no_changed_byte_confuses_the_scanner)
{
    size_t at;
    int byte;

    for (at = 0; at < sizeof(rich) - 1; at++)
        for (byte = 0; byte < 256; byte++) {
            char *text = tight(rich, sizeof(rich) - 1);
            spay__json_scan scan;
            bool good;

            text[at] = (char)byte;
            good = spay__json_scan_value(&scan, text, sizeof(rich) - 1);
            free(text);
            ck_assert_msg(good == !scan.fault, "byte %02x at %zu", (unsigned)byte, at);
            ck_assert_msg(!good || byte >= 0x20 || strchr("\t\n\r", byte), "byte %02x at %zu",
                          (unsigned)byte, at);
        }
}
END_TEST

/*
 * Strings are read eight bytes at a time where they are plain: each byte must be noticed wherever
 * it stands among plain ones, and whatever comes after it.
 */
START_TEST(no_byte_hides_among_plain_ones)
{
    enum {
        LENGTH = 21
    };
    int byte;

    for (byte = 0; byte < 256; byte++) {
        bool good = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
        char text[LENGTH + 2];
        spay__json_scan scan;

        memset(text, ' ', sizeof(text)); /* next to control characters */
        text[0] = '"';
        text[LENGTH + 1] = '"';
        text[1 + _i] = (char)byte;
        ck_assert_msg(spay__json_scan_value(&scan, text, sizeof(text)) == good,
                      "byte %02x at %d of a string", (unsigned)byte, _i);
    }
}
END_TEST

/* ---- values that are noted ---- */

/* "index name value next" of each, a line each. */
static void list_nodes(const char *text, const spay__json_node *nodes, size_t count, char *out,
                       size_t size)
{
    size_t i;

    *out = '\0';
    for (i = 0; i < count; i++) {
        size_t used = strlen(out);

        (void)snprintf(out + used, size - used, "%zu [%.*s] [%.*s] %u%s%s\n", i,
                       (int)nodes[i].name_length, text + nodes[i].name, (int)nodes[i].value_length,
                       text + nodes[i].value, (unsigned)nodes[i].next,
                       nodes[i].name_escapes ? " name has escapes" : "",
                       nodes[i].escapes && text[nodes[i].value] == '"' ? " has escapes" : "");
    }
}

START_TEST(values_are_noted_where_they_stand)
{
    static const char text[] =
        " {\"a\" : 1,\"b\":[ 2 ,{\"c\":\"x\"}] , \"\\u0064\":\"\\n\",\"e\":{}} ";
    static const char expected[] =
        "0 [] [{\"a\" : 1,\"b\":[ 2 ,{\"c\":\"x\"}] , \"\\u0064\":\"\\n\",\"e\":{}}] 0\n"
        "1 [a] [1] 2\n"
        "2 [b] [[ 2 ,{\"c\":\"x\"}]] 6\n"
        "3 [] [2] 4\n"
        "4 [] [{\"c\":\"x\"}] 0\n"
        "5 [c] [\"x\"] 0\n"
        "6 [\\u0064] [\"\\n\"] 7 name has escapes has escapes\n"
        "7 [e] [{}] 0\n";
    spay__json_node nodes[8];
    spay__json_scan scan;
    char list[1000];

    ck_assert(spay__json_scan_nodes(&scan, text, strlen(text), nodes, 8));
    ck_assert_uint_eq(scan.values, 8);
    list_nodes(text, nodes, 8, list, sizeof(list));
    ck_assert_str_eq(list, expected);
}
END_TEST

START_TEST(values_without_room_are_counted)
{
    spay__json_node nodes[3];
    spay__json_scan scan;

    memset(nodes, 0x55, sizeof(nodes));
    ck_assert(spay__json_scan_nodes(&scan, BYTES("[1,[2,3],4,5]"), nodes, 2));
    ck_assert_uint_eq(scan.values, 7);
    ck_assert_uint_eq(nodes[1].value, 1);
    ck_assert_uint_eq(nodes[2].value, 0x55555555);
}
END_TEST

/* ---- limits ---- */

static char *repeat(const char *open, const char *middle, const char *close, size_t times)
{
    char *text = malloc(times * (strlen(open) + strlen(close)) + strlen(middle) + 1);
    char *end = text;
    size_t i;

    ck_assert_ptr_nonnull(text);
    *end = '\0';
    for (i = 0; i < times; i++)
        end = strcpy(end, open) + strlen(open);
    end = strcpy(end, middle) + strlen(middle);
    for (i = 0; i < times; i++)
        end = strcpy(end, close) + strlen(close);
    return text;
}

typedef struct depth_row {
    const char *open;
    const char *middle;
    const char *close;
    size_t times;
    const char *fault;
} depth_row;

static const depth_row depth_rows[] = {
    {"[", "", "]", 32, NULL},
    {"[", "", "]", 33, "too_deep"},
    {"[", "1", "]", 32, NULL},
    {"{\"a\":", "1", "}", 32, NULL},
    {"{\"a\":", "1", "}", 33, "too_deep"},
    {"[{\"a\":", "1", "}]", 16, NULL},
    {"[{\"a\":", "[]", "}]", 16, "too_deep"},
    {"[", "", "]", 100000, "too_deep"},
    {"[", "", "", 250000, "too_deep"},
};

START_TEST(depth_is_limited_to_32)
{
    const depth_row *row = &depth_rows[_i];
    char *text = repeat(row->open, row->middle, row->close, row->times);
    spay__json_scan scan;
    bool good = spay__json_scan_value(&scan, text, strlen(text));

    free(text);
    ck_assert_int_eq(good, !row->fault);
    ck_assert_pstr_eq(scan.fault, row->fault);
}
END_TEST

START_TEST(values_are_limited_to_2000)
{
    /* n elements and the array around them */
    char *most = repeat("1,", "1]", "", SPAY__JSON_MAX_VALUES - 2);
    char *text = malloc(strlen(most) + 4);
    spay__json_scan scan;

    ck_assert_ptr_nonnull(text);
    strcat(strcpy(text, "["), most);
    ck_assert(spay__json_scan_value(&scan, text, strlen(text)));
    ck_assert_uint_eq(scan.values, SPAY__JSON_MAX_VALUES);
    strcat(strcpy(text, "[1,"), most);
    ck_assert(!spay__json_scan_value(&scan, text, strlen(text)));
    ck_assert_str_eq(scan.fault, "too_many_values");
    free(text);
    free(most);
}
END_TEST

START_TEST(names_are_not_values)
{
    spay__json_scan scan;

    ck_assert(spay__json_scan_value(&scan, BYTES("{\"a\":1,\"b\":[2,3]}")));
    ck_assert_uint_eq(scan.values, 5);
}
END_TEST

/* ---- objects ---- */

START_TEST(object_is_asked_for_by_name)
{
    static const char *const others[] = {"[]", "\"{}\"", "1", "null", "true", " [{}]"};
    spay__json_scan scan;

    ck_assert(!spay__json_scan_object(&scan, others[_i], strlen(others[_i])));
    ck_assert_str_eq(scan.fault, "not_an_object");
}
END_TEST

START_TEST(object_may_stand_between_blanks)
{
    spay__json_scan scan;

    ck_assert(spay__json_scan_object(&scan, BYTES(" \n{} ")));
    ck_assert_ptr_null(scan.fault);
}
END_TEST

START_TEST(broken_object_keeps_its_own_fault)
{
    spay__json_scan scan;

    ck_assert(!spay__json_scan_object(&scan, BYTES("{} x")));
    ck_assert_str_eq(scan.fault, "trailing_bytes");
}
END_TEST

typedef struct member_row {
    const char *object;
    const char *members; /* "name=value;" each */
} member_row;

static const member_row member_rows[] = {
    {"{}", ""},
    {" { } ", ""},
    {"{\"a\":1}", "a=1;"},
    {"{\"a\":1,\"b\":2}", "a=1;b=2;"},
    {" { \"a\" : 1 , \"b\" : \"x\" } ", "a=1;b=\"x\";"},
    {"{\"a\":{\"b\":1,\"c\":[2]},\"d\":3}", "a={\"b\":1,\"c\":[2]};d=3;"},
    {"{\"a\":[{\"x\":1},[]],\"b\":null}", "a=[{\"x\":1},[]];b=null;"},
    {"{\"a\":-1.5e+3,\"b\":true,\"c\":false}", "a=-1.5e+3;b=true;c=false;"},
    {"{\"a\\\"b\":\"c\\\"d,}\"}", "a\\\"b=\"c\\\"d,}\";"},
    {"{\"\":0}", "=0;"},
    {"{\"a\":1,\"a\":2}", "a=1;a=2;"},
    {"{\"\\u00e4\":\"\\ud83d\\ude00\"}", "\\u00e4=\"\\ud83d\\ude00\";"},
    {"{\"a\":\"[{\",\"b\":1}", "a=\"[{\";b=1;"},
};

START_TEST(members_are_walked_in_order_as_raw_text)
{
    const member_row *row = &member_rows[_i];
    size_t length = strlen(row->object);
    char *text = tight(row->object, length);
    spay__json_member member;
    spay__json_scan scan;
    char seen[200] = "";

    ck_assert(spay__json_scan_object(&scan, text, length));
    spay__json_members(&scan, text, length);
    while (spay__json_next_member(&scan, &member)) {
        strncat(seen, member.name, member.name_length);
        strcat(seen, "=");
        strncat(seen, member.value, member.value_length);
        strcat(seen, ";");
    }
    ck_assert_ptr_null(scan.fault);
    ck_assert(!spay__json_next_member(&scan, &member));
    free(text);
    ck_assert_str_eq(seen, row->members);
}
END_TEST

Suite *json_scan_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("json_scan", &tests);

    tcase_add_loop_test(tests, json_is_scanned_by_rfc_8259, 0, ROWS(scan_rows));
    tcase_add_test(tests, every_cut_of_a_document_is_refused);
    tcase_add_test(tests, no_changed_byte_confuses_the_scanner);
    tcase_add_loop_test(tests, no_byte_hides_among_plain_ones, 0, 21);
    tcase_add_test(tests, values_are_noted_where_they_stand);
    tcase_add_test(tests, values_without_room_are_counted);
    tcase_add_loop_test(tests, depth_is_limited_to_32, 0, ROWS(depth_rows));
    tcase_add_test(tests, values_are_limited_to_2000);
    tcase_add_test(tests, names_are_not_values);
    tcase_add_loop_test(tests, object_is_asked_for_by_name, 0, 6);
    tcase_add_test(tests, object_may_stand_between_blanks);
    tcase_add_test(tests, broken_object_keeps_its_own_fault);
    tcase_add_loop_test(tests, members_are_walked_in_order_as_raw_text, 0, ROWS(member_rows));
    return suite;
}
