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

#define DOCUMENT(name_, text_, fault_)                                                             \
    {                                                                                              \
        .name = (name_), .text = (text_), .length = sizeof(text_) - 1, .fault = (fault_)           \
    }

static const scan_row scan_rows[] = {
    /* values */
    DOCUMENT("empty object", "{}", NULL),
    DOCUMENT("empty array", "[]", NULL),
    DOCUMENT("true", "true", NULL),
    DOCUMENT("false", "false", NULL),
    DOCUMENT("null", "null", NULL),
    DOCUMENT("empty string", "\"\"", NULL),
    DOCUMENT("blanks everywhere", " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n", NULL),
    DOCUMENT("blanks in empty brackets", "[ { } , [ ] ]", NULL),
    DOCUMENT("same name twice", "{\"a\":1,\"a\":2}", NULL),
    DOCUMENT("empty name", "{\"\":0}", NULL),
    DOCUMENT("nothing", "", "not_json"),
    DOCUMENT("only blanks", " \n", "not_json"),
    DOCUMENT("one NUL byte", "\0", "not_json"),
    DOCUMENT("bare word", "maybe", "not_json"),
    DOCUMENT("True", "True", "not_json"),
    DOCUMENT("NaN", "NaN", "not_json"),
    DOCUMENT("Infinity", "-Infinity", "not_json"),
    DOCUMENT("cut literal", "tru", "not_json"),
    DOCUMENT("literal with more letters", "nullx", "trailing_bytes"),
    DOCUMENT("HTML", "<html></html>", "not_json"),
    DOCUMENT("byte order mark", "\xef\xbb\xbf{}", "not_json"),
    DOCUMENT("form feed is no blank", "\f{}", "not_json"),
    DOCUMENT("no-break space is no blank", "\xc2\xa0{}", "not_json"),
    DOCUMENT("comment", "/* */{}", "not_json"),
    DOCUMENT("single quotes", "{'a':1}", "not_json"),
    DOCUMENT("name without quotes", "{a:1}", "not_json"),
    DOCUMENT("number as name", "{1:1}", "not_json"),

    /* structure */
    DOCUMENT("comma at the end of an object", "{\"a\":1,}", "not_json"),
    DOCUMENT("comma at the end of an array", "[1,]", "not_json"),
    DOCUMENT("comma alone", "[,]", "not_json"),
    DOCUMENT("two commas", "[1,,2]", "not_json"),
    DOCUMENT("no comma", "[1 2]", "not_json"),
    DOCUMENT("no colon", "{\"a\" 1}", "not_json"),
    DOCUMENT("no value", "{\"a\":}", "not_json"),
    DOCUMENT("no value after the name", "{\"a\"}", "not_json"),
    DOCUMENT("open object", "{\"a\":1", "not_json"),
    DOCUMENT("open array", "[1", "not_json"),
    DOCUMENT("bracket alone", "[", "not_json"),
    DOCUMENT("brace alone", "{", "not_json"),
    DOCUMENT("closed by the wrong bracket", "[1}", "not_json"),
    DOCUMENT("closing bracket alone", "]", "not_json"),
    DOCUMENT("NUL byte between tokens", "{\"a\":\0 1}", "not_json"),
    DOCUMENT("NUL byte for a bracket", "[1\0", "not_json"),

    /* what follows */
    DOCUMENT("second value", "{}{}", "trailing_bytes"),
    DOCUMENT("trailing comma", "{},", "trailing_bytes"),
    DOCUMENT("trailing bracket", "[]]", "trailing_bytes"),
    DOCUMENT("trailing NUL byte", "{}\0", "trailing_bytes"),
    DOCUMENT("trailing text", "1 x", "trailing_bytes"),

    /* numbers */
    DOCUMENT("zero", "0", NULL),
    DOCUMENT("minus zero", "-0", NULL),
    DOCUMENT("integer", "1234567890", NULL),
    DOCUMENT("fraction", "-0.05", NULL),
    DOCUMENT("exponent", "1e5", NULL),
    DOCUMENT("exponent with sign", "1E+5", NULL),
    DOCUMENT("everything", "-12.340e-05", NULL),
    DOCUMENT("zero with exponent", "0e0", NULL),
    DOCUMENT("very long number", "1234567890123456789012345678901234567890123456789012345678901234",
             NULL),
    DOCUMENT("leading zero", "[01]", "not_json"),
    DOCUMENT("minus and leading zero", "[-01]", "not_json"),
    DOCUMENT("minus alone", "-", "not_json"),
    DOCUMENT("two minus", "--1", "not_json"),
    DOCUMENT("plus", "+1", "not_json"),
    DOCUMENT("point first", ".5", "not_json"),
    DOCUMENT("point last", "5.", "not_json"),
    DOCUMENT("two points", "[1.2.3]", "not_json"),
    DOCUMENT("exponent without digits", "1e", "not_json"),
    DOCUMENT("exponent with sign alone", "1e+", "not_json"),
    DOCUMENT("fraction in exponent", "[1e1.5]", "not_json"),
    DOCUMENT("hexadecimal", "[0x10]", "not_json"),
    DOCUMENT("thousands", "[1_000]", "not_json"),
    DOCUMENT("blank in number", "[1 .5]", "not_json"),

    /* strings */
    DOCUMENT("all short escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", NULL),
    DOCUMENT("unicode escape", "\"\\u20aC\"", NULL),
    DOCUMENT("escaped surrogate pair", "\"\\ud83d\\uDE00\"", NULL),
    DOCUMENT("DEL is allowed", "\"\x7f\"", NULL),
    DOCUMENT("UTF-8 of every length", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"", NULL),
    DOCUMENT("U+2028", "\"\xe2\x80\xa8\"", NULL),
    DOCUMENT("escaped noncharacter", "\"\\uffff\"", NULL),
    DOCUMENT("open string", "\"abc", "not_json"),
    DOCUMENT("quote alone", "\"", "not_json"),
    DOCUMENT("backslash at the end", "\"\\", "not_json"),
    DOCUMENT("escaped quote at the end", "\"\\\"", "not_json"),
    DOCUMENT("unknown escape", "\"\\x41\"", "not_json"),
    DOCUMENT("escape of a single quote", "\"\\'\"", "not_json"),
    DOCUMENT("upper-case escape", "\"\\N\"", "not_json"),
    DOCUMENT("escaped NUL byte", "\"\\\0\"", "not_json"),
    DOCUMENT("escape with 3 digits", "\"\\u12\"", "not_json"),
    DOCUMENT("escape with a wrong digit", "\"\\u12g4\"", "not_json"),
    DOCUMENT("escape cut short", "\"\\u12", "not_json"),
    DOCUMENT("escape \\U", "\"\\U0041\"", "not_json"),
    DOCUMENT("newline in a string", "\"a\nb\"", "not_json"),
    DOCUMENT("tab in a string", "\"a\tb\"", "not_json"),
    DOCUMENT("control byte 1F in a string", "\"\x1f\"", "not_json"),
    DOCUMENT("NUL byte in a string", "\"a\0b\"", "not_json"),
    DOCUMENT("NUL byte in a name", "{\"a\0b\":1}", "not_json"),
    DOCUMENT("escaped NUL", "\"a\\u0000b\"", "nul_character"),
    DOCUMENT("escaped NUL in a name", "{\"\\u0000\":1}", "nul_character"),
    DOCUMENT("lone high surrogate", "\"\\ud83d\"", "not_utf8"),
    DOCUMENT("high surrogate, then text", "\"\\ud83dx\"", "not_utf8"),
    DOCUMENT("high surrogate, then another escape", "\"\\ud83d\\n\"", "not_utf8"),
    DOCUMENT("two high surrogates", "\"\\ud83d\\ud83d\"", "not_utf8"),
    DOCUMENT("high surrogate, then a letter", "\"\\ud83d\\u0041\"", "not_utf8"),
    DOCUMENT("lone low surrogate", "\"\\ude00\"", "not_utf8"),
    DOCUMENT("surrogates in the wrong order", "\"\\ude00\\ud83d\"", "not_utf8"),
    DOCUMENT("lone surrogate in a name", "{\"\\udfff\":1}", "not_utf8"),
    DOCUMENT("ISO 8859-1", "\"caf\xe9\"", "not_utf8"),
    DOCUMENT("overlong UTF-8", "\"\xc0\xaf\"", "not_utf8"),
    DOCUMENT("surrogate in UTF-8", "\"\xed\xa0\x80\"", "not_utf8"),
    DOCUMENT("bad UTF-8 in a name", "{\"\xff\":1}", "not_utf8"),
    DOCUMENT("UTF-8 cut by the quote", "\"\xe2\x82\"", "not_utf8"),
    DOCUMENT("UTF-16", "{\0}\0", "not_json"),
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
    {.open = "[", .middle = "", .close = "]", .times = 32},
    {.open = "[", .middle = "", .close = "]", .times = 33, .fault = "too_deep"},
    {.open = "[", .middle = "1", .close = "]", .times = 32},
    {.open = "{\"a\":", .middle = "1", .close = "}", .times = 32},
    {.open = "{\"a\":", .middle = "1", .close = "}", .times = 33, .fault = "too_deep"},
    {.open = "[{\"a\":", .middle = "1", .close = "}]", .times = 16},
    {.open = "[{\"a\":", .middle = "[]", .close = "}]", .times = 16, .fault = "too_deep"},
    {.open = "[", .middle = "", .close = "]", .times = 100000, .fault = "too_deep"},
    {.open = "[", .middle = "", .close = "", .times = 250000, .fault = "too_deep"},
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
