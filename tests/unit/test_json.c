/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading JSON replies: members by exact name, their types, exact integers, the path of a fault.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "json/read.h"

static spay__json read_root(spay__json_reader *reader, const char *text)
{
    ck_assert_msg(spay__json_read(reader, text, strlen(text)), "%s", text);
    return spay__json_root(reader);
}

static void check_fault(const spay__json_reader *reader, const char *fault, const char *path)
{
    ck_assert_pstr_eq(reader->fault, fault);
    ck_assert_str_eq(reader->path, path);
}

/* One member, as a table of one field reads it. */
static void read_field(spay__json_reader *reader, spay__json object, const char *parent,
                       const char *name, spay__presence presence, char kind, void *out)
{
    spay__json_field field = {.name = "",
                              .name_length = (uint8_t)strlen(name),
                              .kind = kind,
                              .presence = (uint8_t)presence};

    (void)strcpy(field.name, name);
    spay__json_fill(reader, object, parent, &field, 1, out);
}

static const char *text_of(spay__json_reader *reader, spay__json object, const char *parent,
                           const char *name, spay__presence presence)
{
    const char *text = "never read";

    read_field(reader, object, parent, name, presence, SPAY__JSON_TEXT, &text);
    return text;
}

static int64_t count_of(spay__json_reader *reader, spay__json object, const char *parent,
                        const char *name, spay__presence presence)
{
    int64_t count = -2;

    read_field(reader, object, parent, name, presence, SPAY__JSON_COUNT, &count);
    return count;
}

/* ---- documents ---- */

typedef struct document_row {
    const char *text;
    size_t length;
    const char *fault;
} document_row;

static const document_row bad_documents[] = {
    {BYTES(""), "not_json"},
    {BYTES("<html>"), "not_json"},
    {BYTES("{\"a\":1"), "not_json"},
    {BYTES("{} {}"), "trailing_bytes"},
    {BYTES("{}\0"), "trailing_bytes"},
    {BYTES("{\"a\":\"\\u0000\"}"), "nul_character"},
    {BYTES("{\"a\":\"\\udc00\"}"), "not_utf8"},
    {BYTES("{\"a\":\"\xff\"}"), "not_utf8"},
    {BYTES("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), "too_deep"},
    {BYTES("[]"), "wrong_type"},
    {BYTES("[{}]"), "wrong_type"},
    {BYTES("null"), "wrong_type"},
    {BYTES("\"{}\""), "wrong_type"},
    {BYTES("0"), "wrong_type"},
    {BYTES("true"), "wrong_type"},
};

START_TEST(bad_document_is_a_fault_of_the_root)
{
    const document_row *row = &bad_documents[_i];
    spay__json_reader reader;

    ck_assert(!spay__json_read(&reader, row->text, row->length));
    check_fault(&reader, row->fault, "$");
    spay__json_clear(&reader);
    ck_assert_ptr_null(spay__json_root(&reader).node);
}
END_TEST

/* All of these passed the scanner, so the reader has to take them. */
static const char *const good_documents[] = {
    "{}",
    "{\"\":0}",
    "{\"a\":[[],{},null,true,false,\"\"]}",
    " {\"a\" : 1}\n",
    "{\"a\":\"\\u20ac \\ud83d\\ude00 \\/\"}",
    "{\"a\":-0.5e-3}",
    "{\"a\":1e999}",
    "{\"a\":12345678901234567890}",
    "{\"a\":0.1000000000000000055511151231257827021181583404541015625}",
    "{\"a\":1000000000000000000000000000000000000000000000000000000000000000000000}",
    "{\"a\":0.33333333333333333333333333333333333333333333333333333333333333333333}",
};

START_TEST(what_the_scanner_accepts_is_read)
{
    const char *text = good_documents[_i];
    spay__json_reader reader;
    bool good = spay__json_read(&reader, text, strlen(text));

    ck_assert_msg(good, "%s: %s", text, reader.fault ? reader.fault : "");
    ck_assert_ptr_null(reader.fault);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(number_of_values_is_told)
{
    spay__json_reader reader;

    (void)read_root(&reader, "{\"a\":[1,2],\"b\":{}}");
    ck_assert_uint_eq(reader.values, 5);
    spay__json_clear(&reader);
}
END_TEST

/* So many that they do not fit into the reader itself. */
START_TEST(members_of_a_large_document_are_found)
{
    enum {
        MEMBERS = SPAY__JSON_MAX_VALUES - 1
    };
    char *text = malloc(MEMBERS * 24 + 3);
    char *end = text;
    spay__json_reader reader;
    spay__json root;
    char name[16];
    int i;

    ck_assert_ptr_nonnull(text);
    for (i = 0; i < MEMBERS; i++)
        end += sprintf(end, "%c\"m%d\":\"%d\\n\"", i ? ',' : '{', i, i);
    (void)strcpy(end, "}");
    root = read_root(&reader, text);
    ck_assert_uint_eq(reader.values, MEMBERS + 1);
    for (i = 0; i < MEMBERS; i += 199) {
        char expected[16];

        (void)snprintf(name, sizeof(name), "m%d", i);
        (void)snprintf(expected, sizeof(expected), "%d\n", i);
        ck_assert_pstr_eq(text_of(&reader, root, "$", name, SPAY__JSON_REQUIRED), expected);
    }
    ck_assert_ptr_null(reader.fault);
    spay__json_clear(&reader);
    free(text);
}
END_TEST

/* They stay what they are while others are read, and read again. */
START_TEST(texts_do_not_disturb_each_other)
{
    static const char text[] = "{\"\\u0061\":\"\\u00e4\",\"b\":\"\",\"c\":\"xyz\",\"d\":\"\\\\\"}";
    static const char *const names[] = {"a", "b", "c", "d"};
    static const char *const values[] = {"\xc3\xa4", "", "xyz", "\\"};
    const char *read[4];
    spay__json_reader reader;
    spay__json root = read_root(&reader, text);
    char memory[sizeof(text) - 1];
    int i;

    if (_i)
        spay__json_put_texts(&reader, memory);
    for (i = 0; i < 8; i++)
        read[i % 4] = text_of(&reader, root, "$", names[i % 4], SPAY__JSON_OPTIONAL);
    for (i = 0; i < 4; i++) {
        ck_assert_str_eq(read[i], values[i]);
        ck_assert_int_eq(_i, read[i] >= memory && read[i] < memory + sizeof(memory));
    }
    spay__json_clear(&reader);
}
END_TEST

static int no_memory(void)
{
    return 0;
}

START_TEST(text_without_memory_is_a_fault)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"a\":\"x\"}");

    spay__alloc_set_gate(no_memory);
    ck_assert_ptr_null(text_of(&reader, root, "$", "a", SPAY__JSON_OPTIONAL));
    spay__alloc_set_gate(NULL);
    check_fault(&reader, "no_memory", "$");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(document_needs_no_nul_behind_it)
{
    static const char bytes[] = {'{', '"', 'a', '"', ':', '1', '}', '9'};
    spay__json_reader reader;

    ck_assert(spay__json_read(&reader, bytes, 7));
    ck_assert_int_eq(count_of(&reader, spay__json_root(&reader), "$", "a", SPAY__JSON_REQUIRED), 1);
    spay__json_clear(&reader);
}
END_TEST

/* ---- members ---- */

typedef struct member_row {
    const char *name;
    const char *text;     /* of the member "a" */
    const char *value;    /* expected; NULL for none */
    const char *required; /* fault if required */
    bool ignored;         /* noted if optional */
} member_row;

static const member_row text_rows[] = {
    {.name = "text", .text = "{\"a\":\"x\"}", .value = "x"},
    {.name = "text with escapes", .text = "{\"a\":\"\\u00e4\\n\"}", .value = "\xc3\xa4\n"},
    {.name = "second member", .text = "{\"b\":1,\"a\":\"x\"}", .value = "x"},
    {.name = "absent", .text = "{\"b\":\"x\"}", .required = "missing"},
    {.name = "null", .text = "{\"a\":null}", .required = "missing"},
    {.name = "other case", .text = "{\"A\":\"x\"}", .required = "missing"},
    {.name = "escaped name", .text = "{\"\\u0061\":\"x\"}", .value = "x"},
    {.name = "number", .text = "{\"a\":1}", .required = "wrong_type", .ignored = true},
    {.name = "truth value", .text = "{\"a\":true}", .required = "wrong_type", .ignored = true},
    {.name = "object", .text = "{\"a\":{}}", .required = "wrong_type", .ignored = true},
    {.name = "array", .text = "{\"a\":[\"x\"]}", .required = "wrong_type", .ignored = true},
};

START_TEST(required_text_is_there_or_a_fault)
{
    const member_row *row = &text_rows[_i];
    spay__json_reader reader;
    spay__json root = read_root(&reader, row->text);
    const char *value = text_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED);

    ck_assert_pstr_eq(value, row->value);
    check_fault(&reader, row->required, row->required ? "$.a" : "");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(optional_text_is_never_a_fault)
{
    const member_row *row = &text_rows[_i];
    spay__json_reader reader;
    spay__json root = read_root(&reader, row->text);
    const char *value = text_of(&reader, root, "$", "a", SPAY__JSON_OPTIONAL);

    ck_assert_pstr_eq(value, row->value);
    ck_assert_ptr_null(reader.fault);
    ck_assert_msg(reader.ignored == row->ignored, "%s", row->name);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(required_text_must_not_be_empty)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"a\":\"\"}");

    ck_assert_ptr_null(text_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED));
    check_fault(&reader, "empty", "$.a");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(optional_text_may_be_empty)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"a\":\"\"}");

    ck_assert_str_eq(text_of(&reader, root, "$", "a", SPAY__JSON_OPTIONAL), "");
    ck_assert_ptr_null(reader.fault);
    spay__json_clear(&reader);
}
END_TEST

/* Their order must not matter, nor how a name is spelt. */
static const char *const duplicates[] = {
    "{\"a\":\"x\",\"a\":\"x\"}", "{\"a\":1,\"b\":2,\"a\":\"y\"}",   "{\"a\":null,\"a\":\"y\"}",
    "{\"a\":\"y\",\"a\":null}",  "{\"a\":\"x\",\"\\u0061\":\"y\"}",
};

START_TEST(required_member_must_not_come_twice)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, duplicates[_i]);

    ck_assert_ptr_null(text_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED));
    check_fault(&reader, "duplicate", "$.a");
    spay__json_clear(&reader);
    root = read_root(&reader, duplicates[_i]);
    ck_assert_int_eq(count_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED), -1);
    check_fault(&reader, "duplicate", "$.a");
    spay__json_clear(&reader);
    root = read_root(&reader, duplicates[_i]);
    ck_assert_ptr_null(spay__json_object(&reader, root, "$", "a", SPAY__JSON_REQUIRED).node);
    check_fault(&reader, "duplicate", "$.a");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(optional_member_that_comes_twice_counts_as_none)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, duplicates[_i]);

    ck_assert_ptr_null(text_of(&reader, root, "$", "a", SPAY__JSON_OPTIONAL));
    ck_assert_int_eq(count_of(&reader, root, "$", "a", SPAY__JSON_OPTIONAL), -1);
    ck_assert_ptr_null(spay__json_object(&reader, root, "$", "a", SPAY__JSON_OPTIONAL).node);
    ck_assert_ptr_null(reader.fault);
    ck_assert(reader.ignored);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(same_name_in_other_case_is_no_duplicate)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"A\":\"x\",\"a\":\"y\",\"a \":\"z\"}");

    ck_assert_str_eq(text_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED), "y");
    ck_assert_ptr_null(reader.fault);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(duplicate_of_a_member_that_nobody_reads_is_fine)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"b\":1,\"b\":2,\"a\":\"y\"}");

    ck_assert_str_eq(text_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED), "y");
    ck_assert_ptr_null(reader.fault);
    spay__json_clear(&reader);
}
END_TEST

typedef struct shop {
    const char *name;
    int64_t age;
    const char *town;
    const char *owner;
} shop;

static const spay__json_field shop_fields[] = {
    SPAY__JSON_FIELD(shop, owner, "owner", TEXT, REQUIRED),
    SPAY__JSON_FIELD(shop, name, "name", TEXT, REQUIRED),
    SPAY__JSON_FIELD(shop, age, "age", COUNT, OPTIONAL),
    SPAY__JSON_FIELD(shop, town, "town", TEXT, OPTIONAL),
};

START_TEST(fields_are_filled_in_whatever_order_they_come)
{
    static const char *const texts[] = {
        "{\"name\":\"Bikes\",\"age\":7,\"owner\":\"\\u0041nn\"}",
        "{\"owner\":\"Ann\",\"a\":[{\"town\":\"x\"}],\"age\":7,\"name\":\"Bikes\"}",
        "{\"\\u0061ge\":7,\"nam\":0,\"name\":\"Bikes\",\"names\":1,\"owner\":\"Ann\"}",
    };
    spay__json_reader reader;
    spay__json root = read_root(&reader, texts[_i]);
    shop read;

    SPAY__JSON_FILL(&reader, root, "$", shop_fields, &read);
    ck_assert_ptr_null(reader.fault);
    ck_assert_str_eq(read.name, "Bikes");
    ck_assert_str_eq(read.owner, "Ann");
    ck_assert_int_eq(read.age, 7);
    ck_assert_ptr_null(read.town);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(first_fault_is_that_of_the_first_field)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"name\":1,\"age\":-7,\"town\":\"x\"}");
    shop read;

    SPAY__JSON_FILL(&reader, root, "$.shop", shop_fields, &read);
    check_fault(&reader, "missing", "$.shop.owner");
    ck_assert_ptr_null(read.name);
    ck_assert_ptr_null(read.owner);
    ck_assert_int_eq(read.age, -1);
    ck_assert_str_eq(read.town, "x");
    ck_assert(reader.ignored);
    spay__json_clear(&reader);
}
END_TEST

/* ---- integers ---- */

typedef struct count_row {
    const char *text;
    int64_t value; /* -1: refused */
    const char *fault;
} count_row;

static const count_row count_rows[] = {
    {"0", 0, NULL},
    {"1", 1, NULL},
    {"-0", -1, "out_of_range"},
    {"1767225600000", 1767225600000, NULL},
    {"1e3", -1, "out_of_range"},
    {"12.0", -1, "out_of_range"},
    {"2147483648", 2147483648, NULL},
    {"4294967296", 4294967296, NULL},
    {"1000000000000000", 1000000000000000, NULL},
    {"9007199254740990", 9007199254740990, NULL},
    {"9007199254740991", 9007199254740991, NULL},
    {"9007199254740992", 9007199254740992, NULL},
    {"9007199254740993", 9007199254740993, NULL},
    {"9223372036854775807", INT64_MAX, NULL},
    {"9223372036854775808", -1, "out_of_range"},
    {"18446744073709551616", -1, "out_of_range"},
    {"1e300", -1, "out_of_range"},
    {"1e999", -1, "out_of_range"},
    {"-1e999", -1, "out_of_range"},
    {"-1", -1, "out_of_range"},
    {"-9007199254740991", -1, "out_of_range"},
    {"0.5", -1, "out_of_range"},
    {"1.000001", -1, "out_of_range"},
    {"1e-1", -1, "out_of_range"},
    {"1.00000000000000000001", -1, "out_of_range"},
    {"9007199254740990.6", -1, "out_of_range"},
    {"null", -1, "missing"},
    {"\"1\"", -1, "wrong_type"},
    {"true", -1, "wrong_type"},
    {"[1]", -1, "wrong_type"},
    {"{}", -1, "wrong_type"},
};

START_TEST(count_is_exact_or_refused)
{
    const count_row *row = &count_rows[_i];
    spay__json_reader reader;
    char text[80];
    int64_t value;
    spay__json root;

    (void)snprintf(text, sizeof(text), "{\"a\":%s}", row->text);
    root = read_root(&reader, text);
    value = count_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED);
    spay__json_clear(&reader); /* the fault stays */
    ck_assert_msg(value == row->value, "%s read as %lld", row->text, (long long)value);
    check_fault(&reader, row->fault, row->fault ? "$.a" : "");
}
END_TEST

START_TEST(optional_count_is_never_a_fault)
{
    const count_row *row = &count_rows[_i];
    spay__json_reader reader;
    char text[80];
    int64_t value;
    spay__json root;

    (void)snprintf(text, sizeof(text), "{\"a\":%s}", row->text);
    root = read_root(&reader, text);
    value = count_of(&reader, root, "$", "a", SPAY__JSON_OPTIONAL);
    spay__json_clear(&reader); /* the fault stays */
    ck_assert_msg(value == row->value, "%s read as %lld", row->text, (long long)value);
    ck_assert_ptr_null(reader.fault);
    ck_assert_int_eq(reader.ignored, row->fault && strcmp(row->fault, "missing") != 0);
}
END_TEST

START_TEST(absent_count_is_minus_one)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{}");

    ck_assert_int_eq(count_of(&reader, root, "$", "a", SPAY__JSON_OPTIONAL), -1);
    ck_assert(!reader.ignored);
    ck_assert_int_eq(count_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED), -1);
    check_fault(&reader, "missing", "$.a");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(integers_of_error_replies_may_be_negative)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"a\":[-9007199254740991,-1]}");
    spay__json item = spay__json_first(spay__json_get(root, "a"));
    int64_t number = 0;

    ck_assert(spay__json_as_integer(item, &number));
    ck_assert_int_eq(number, -9007199254740991);
    item = spay__json_next(item);
    ck_assert(spay__json_as_integer(item, &number));
    ck_assert_int_eq(number, -1);
    spay__json_clear(&reader);
}
END_TEST

/* ---- objects, arrays, paths ---- */

START_TEST(fault_in_a_nested_object_has_its_path)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"owner\":{\"id\":7}}");
    spay__json owner = spay__json_object(&reader, root, "$", "owner", SPAY__JSON_REQUIRED);

    ck_assert_ptr_nonnull(owner.node);
    ck_assert_ptr_null(text_of(&reader, owner, "$.owner", "id", SPAY__JSON_REQUIRED));
    check_fault(&reader, "wrong_type", "$.owner.id");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(members_of_an_absent_object_are_absent)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{}");
    spay__json owner = spay__json_object(&reader, root, "$", "owner", SPAY__JSON_OPTIONAL);

    ck_assert_ptr_null(owner.node);
    ck_assert_ptr_null(text_of(&reader, owner, "$.owner", "id", SPAY__JSON_OPTIONAL));
    ck_assert_int_eq(count_of(&reader, owner, "$.owner", "n", SPAY__JSON_OPTIONAL), -1);
    ck_assert_ptr_null(reader.fault);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(object_of_another_type_is_a_fault_if_required)
{
    static const char *const texts[] = {"{\"a\":[]}", "{\"a\":\"x\"}", "{\"a\":1}", "{\"a\":true}"};
    spay__json_reader reader;
    spay__json root = read_root(&reader, texts[_i]);

    ck_assert_ptr_null(spay__json_object(&reader, root, "$", "a", SPAY__JSON_OPTIONAL).node);
    ck_assert(reader.ignored);
    ck_assert_ptr_null(spay__json_object(&reader, root, "$", "a", SPAY__JSON_REQUIRED).node);
    check_fault(&reader, "wrong_type", "$.a");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(first_fault_stays)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"b\":1}");

    (void)text_of(&reader, root, "$", "a", SPAY__JSON_REQUIRED);
    (void)text_of(&reader, root, "$", "b", SPAY__JSON_REQUIRED);
    check_fault(&reader, "missing", "$.a");
    spay__json_set_fault(&reader, "other", "$", "c");
    check_fault(&reader, "missing", "$.a");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(fault_of_the_parent_has_no_dot)
{
    spay__json_reader reader;

    (void)read_root(&reader, "{}");
    spay__json_set_fault(&reader, "odd", "$.owner", "");
    check_fault(&reader, "odd", "$.owner");
    spay__json_clear(&reader);
}
END_TEST

START_TEST(very_long_path_is_cut)
{
    spay__json_reader reader;
    char name[400];

    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    (void)read_root(&reader, "{}");
    spay__json_set_fault(&reader, "missing", "$", name);
    ck_assert_uint_eq(strlen(reader.path), SPAY__JSON_PATH_SIZE - 1);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(array_elements_are_walked_in_order)
{
    spay__json_reader reader;
    spay__json root = read_root(&reader, "{\"a\":[\"x\",1,\"y\"]}");
    spay__json array = spay__json_array(&reader, root, "$", "a");
    spay__json item = spay__json_first(array);

    ck_assert_uint_eq(spay__json_length(array), 3);
    ck_assert_str_eq(spay__json_as_text(item), "x");
    item = spay__json_next(item);
    ck_assert_ptr_null(spay__json_as_text(item));
    item = spay__json_next(item);
    ck_assert_str_eq(spay__json_as_text(item), "y");
    item = spay__json_next(item);
    ck_assert_ptr_null(item.node);
    ck_assert_ptr_null(spay__json_next(item).node);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(what_is_no_array_has_no_elements)
{
    static const char *const texts[] = {"{}", "{\"a\":null}", "{\"a\":{\"b\":1}}", "{\"a\":\"x\"}",
                                        "{\"a\":[]}"};
    spay__json_reader reader;
    spay__json root = read_root(&reader, texts[_i]);
    spay__json array = spay__json_array(&reader, root, "$", "a");

    ck_assert_uint_eq(spay__json_length(array), 0);
    ck_assert_ptr_null(spay__json_first(array).node);
    ck_assert_ptr_null(reader.fault);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(tolerant_access_takes_anything)
{
    static const char *const texts[] = {
        "{}",           "{\"a\":null}",  "{\"a\":true}",      "{\"a\":[]}",
        "{\"a\":[{}]}", "{\"A\":\"x\"}", "{\"b\":{\"a\":1}}", "{\"a\":1.5}",
    };
    spay__json_reader reader;
    spay__json root = read_root(&reader, texts[_i]);
    spay__json member = spay__json_get(root, "a");
    int64_t number = 0;

    ck_assert_ptr_null(spay__json_as_text(member));
    ck_assert(!spay__json_as_integer(member, &number));
    ck_assert(!spay__json_is_object(member));
    ck_assert_ptr_null(spay__json_as_text(spay__json_first(member)));
    ck_assert_ptr_null(spay__json_get(member, "b").node);
    spay__json_clear(&reader);
}
END_TEST

START_TEST(reader_can_be_cleared_twice)
{
    spay__json_reader reader;

    (void)read_root(&reader, "{\"a\":[\"x\",{\"b\":\"y\"}]}");
    spay__json_clear(&reader);
    ck_assert_ptr_null(spay__json_root(&reader).node);
    spay__json_clear(&reader);
}
END_TEST

Suite *json_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("json", &tests);

    tcase_add_loop_test(tests, bad_document_is_a_fault_of_the_root, 0, ROWS(bad_documents));
    tcase_add_loop_test(tests, what_the_scanner_accepts_is_read, 0, ROWS(good_documents));
    tcase_add_test(tests, number_of_values_is_told);
    tcase_add_test(tests, members_of_a_large_document_are_found);
    tcase_add_loop_test(tests, texts_do_not_disturb_each_other, 0, 2);
    tcase_add_test(tests, text_without_memory_is_a_fault);
    tcase_add_test(tests, document_needs_no_nul_behind_it);
    tcase_add_loop_test(tests, required_text_is_there_or_a_fault, 0, ROWS(text_rows));
    tcase_add_loop_test(tests, optional_text_is_never_a_fault, 0, ROWS(text_rows));
    tcase_add_test(tests, required_text_must_not_be_empty);
    tcase_add_test(tests, optional_text_may_be_empty);
    tcase_add_loop_test(tests, required_member_must_not_come_twice, 0, ROWS(duplicates));
    tcase_add_loop_test(tests, optional_member_that_comes_twice_counts_as_none, 0,
                        ROWS(duplicates));
    tcase_add_test(tests, same_name_in_other_case_is_no_duplicate);
    tcase_add_test(tests, duplicate_of_a_member_that_nobody_reads_is_fine);
    tcase_add_loop_test(tests, fields_are_filled_in_whatever_order_they_come, 0, 3);
    tcase_add_test(tests, first_fault_is_that_of_the_first_field);
    tcase_add_loop_test(tests, count_is_exact_or_refused, 0, ROWS(count_rows));
    tcase_add_loop_test(tests, optional_count_is_never_a_fault, 0, ROWS(count_rows));
    tcase_add_test(tests, absent_count_is_minus_one);
    tcase_add_test(tests, integers_of_error_replies_may_be_negative);
    tcase_add_test(tests, fault_in_a_nested_object_has_its_path);
    tcase_add_test(tests, members_of_an_absent_object_are_absent);
    tcase_add_loop_test(tests, object_of_another_type_is_a_fault_if_required, 0, 4);
    tcase_add_test(tests, first_fault_stays);
    tcase_add_test(tests, fault_of_the_parent_has_no_dot);
    tcase_add_test(tests, very_long_path_is_cut);
    tcase_add_test(tests, array_elements_are_walked_in_order);
    tcase_add_loop_test(tests, what_is_no_array_has_no_elements, 0, 5);
    tcase_add_loop_test(tests, tolerant_access_takes_anything, 0, 8);
    tcase_add_test(tests, reader_can_be_cleared_twice);
    return suite;
}
