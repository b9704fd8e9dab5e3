/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Errors: names, getters, sharing, and the limits of what a reply can put into one.
 */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sessionpay/version.h>

#include "api/error.h"
#include "base/alloc.h"
#include "base/ascii.h"

static int no_memory(void)
{
    return 0;
}

/* ---- names ---- */

typedef struct status_row {
    spay_status status;
    const char *name;
    int32_t group;
} status_row;

static const status_row status_rows[] = {
    {SPAY_OK, "SPAY_OK", SPAY_GROUP_NONE},
    {SPAY_E_INVALID_ARGUMENT, "SPAY_E_INVALID_ARGUMENT", SPAY_GROUP_PROGRAM},
    {SPAY_E_STATE, "SPAY_E_STATE", SPAY_GROUP_PROGRAM},
    {SPAY_E_UNSUPPORTED, "SPAY_E_UNSUPPORTED", SPAY_GROUP_PROGRAM},
    {SPAY_E_NO_MEMORY, "SPAY_E_NO_MEMORY", SPAY_GROUP_PROGRAM},
    {SPAY_E_AUTH, "SPAY_E_AUTH", SPAY_GROUP_SETUP},
    {SPAY_E_FORBIDDEN, "SPAY_E_FORBIDDEN", SPAY_GROUP_SETUP},
    {SPAY_E_CLOCK, "SPAY_E_CLOCK", SPAY_GROUP_SETUP},
    {SPAY_E_TLS, "SPAY_E_TLS", SPAY_GROUP_SETUP},
    {SPAY_E_PROXY, "SPAY_E_PROXY", SPAY_GROUP_SETUP},
    {SPAY_E_REJECTED, "SPAY_E_REJECTED", SPAY_GROUP_REQUEST},
    {SPAY_E_NOT_FOUND, "SPAY_E_NOT_FOUND", SPAY_GROUP_REQUEST},
    {SPAY_E_CONFLICT, "SPAY_E_CONFLICT", SPAY_GROUP_REQUEST},
    {SPAY_E_EXPIRED, "SPAY_E_EXPIRED", SPAY_GROUP_REQUEST},
    {SPAY_E_CONNECT, "SPAY_E_CONNECT", SPAY_GROUP_LATER},
    {SPAY_E_NETWORK, "SPAY_E_NETWORK", SPAY_GROUP_LATER},
    {SPAY_E_TIMEOUT, "SPAY_E_TIMEOUT", SPAY_GROUP_LATER},
    {SPAY_E_THROTTLED, "SPAY_E_THROTTLED", SPAY_GROUP_LATER},
    {SPAY_E_PROVIDER, "SPAY_E_PROVIDER", SPAY_GROUP_LATER},
    {SPAY_E_CANCELED, "SPAY_E_CANCELED", SPAY_GROUP_LATER},
    {SPAY_E_BUSY, "SPAY_E_BUSY", SPAY_GROUP_LATER},
    {SPAY_E_PROTOCOL, "SPAY_E_PROTOCOL", SPAY_GROUP_SUPPORT},
    {SPAY_E_LIMIT, "SPAY_E_LIMIT", SPAY_GROUP_SUPPORT},
    {SPAY_E_INTERNAL, "SPAY_E_INTERNAL", SPAY_GROUP_SUPPORT},
    /* of a newer library */
    {1, "SPAY_E_?", SPAY_GROUP_NONE},
    {-5, "SPAY_E_?", SPAY_GROUP_PROGRAM},
    {-9, "SPAY_E_?", SPAY_GROUP_PROGRAM},
    {-19, "SPAY_E_?", SPAY_GROUP_SETUP},
    {-29, "SPAY_E_?", SPAY_GROUP_REQUEST},
    {-39, "SPAY_E_?", SPAY_GROUP_LATER},
    {-49, "SPAY_E_?", SPAY_GROUP_SUPPORT},
    {-50, "SPAY_E_?", SPAY_GROUP_SUPPORT},
    {-1000, "SPAY_E_?", SPAY_GROUP_SUPPORT},
    {INT32_MIN, "SPAY_E_?", SPAY_GROUP_SUPPORT},
};

START_TEST(status_has_name_text_and_group)
{
    const status_row *row = &status_rows[_i];

    ck_assert_str_eq(spay_status_name(row->status), row->name);
    ck_assert_uint_gt(strlen(spay_status_text(row->status)), 0);
    ck_assert_msg(spay_status_group(row->status) == row->group, "%d: group %d", (int)row->status,
                  (int)spay_status_group(row->status));
}
END_TEST

START_TEST(texts_of_statuses_differ)
{
    int i;
    int k;

    for (i = 0; i < 23; i++)
        for (k = 0; k < i; k++)
            ck_assert_str_ne(spay_status_text(status_rows[i].status),
                             spay_status_text(status_rows[k].status));
}
END_TEST

typedef struct number_row {
    int32_t number;
    const char *name;
} number_row;

static const number_row outcome_rows[] = {
    {SPAY_OUTCOME_NOT_SENT, "not_sent"},
    {SPAY_OUTCOME_REJECTED, "rejected"},
    {SPAY_OUTCOME_UNKNOWN, "unknown"},
    {0, "none"},
    {-1, "none"},
    {4, "none"},
    {INT32_MAX, "none"},
    {INT32_MIN, "none"},
};

START_TEST(outcome_has_a_name)
{
    ck_assert_str_eq(spay_outcome_name(outcome_rows[_i].number), outcome_rows[_i].name);
}
END_TEST

static const number_row stage_rows[] = {
    {SPAY_STAGE_INPUT, "input"},
    {SPAY_STAGE_TOKEN, "token"},
    {SPAY_STAGE_REQUEST, "request"},
    {SPAY_STAGE_REPLY, "reply"},
    {0, "none"},
    {-1, "none"},
    {SPAY_STAGE_REPLY + 1, "none"},
};

START_TEST(stage_has_a_name)
{
    ck_assert_str_eq(spay__stage_name(stage_rows[_i].number), stage_rows[_i].name);
}
END_TEST

START_TEST(library_has_the_version_of_its_headers)
{
    ck_assert_str_eq(spay_version(), SPAY_VERSION_STRING);
}
END_TEST

static const number_row provider_rows[] = {
    {SPAY_PROVIDER_NONE, "none"},
    {SPAY_PROVIDER_WEPAY, "wepay"},
    {SPAY_PROVIDER_HOSTED_FIELDS, "hosted_fields"},
    {SPAY_PROVIDER_CONNECT_SERVER, "connect_server"},
    {SPAY_PROVIDER_CONNECT_CLIENT, "connect_client"},
    {1000, "none"},
    {-1, "none"},
    {INT32_MAX, "none"},
    {INT32_MIN, "none"},
};

START_TEST(provider_has_a_name)
{
    ck_assert_str_eq(spay_provider_name(provider_rows[_i].number), provider_rows[_i].name);
}
END_TEST

/* ---- getters ---- */

static const char *(*const text_getters[])(const spay_error *) = {
    spay_error_message,    spay_error_reason,          spay_error_provider_code,
    spay_error_request_id, spay_error_idempotency_key,
};

START_TEST(text_of_no_error_is_empty)
{
    ck_assert_str_eq(text_getters[_i](NULL), "");
}
END_TEST

START_TEST(text_that_was_not_set_is_empty)
{
    spay_error *error = spay__error_create(SPAY_E_AUTH, SPAY_STAGE_REPLY);

    ck_assert_str_eq(text_getters[_i](error), _i ? "" : spay_status_text(SPAY_E_AUTH));
    spay_error_free(error);
}
END_TEST

static int32_t fields_of(const spay_error *error)
{
    return (int32_t)spay_error_field_count(error);
}

static int32_t elapsed_of(const spay_error *error)
{
    return (int32_t)spay_error_elapsed_ms(error);
}

static int32_t (*const number_getters[])(const spay_error *) = {
    spay_error_status,
    spay_error_stage,
    spay_error_provider,
    spay_error_http_status,
    spay_error_attempts,
    spay_error_requests_sent,
    spay_error_retryable,
    spay_error_outcome,
    fields_of,
    elapsed_of,
};

START_TEST(number_of_no_error_is_zero)
{
    ck_assert_int_eq(number_getters[_i](NULL), 0);
}
END_TEST

START_TEST(no_error_tells_no_wait)
{
    ck_assert_int_eq(spay_error_retry_after_ms(NULL), -1);
}
END_TEST

START_TEST(no_error_is_named_ok)
{
    ck_assert_str_eq(spay_error_name(NULL), "SPAY_OK");
}
END_TEST

START_TEST(fields_of_no_error_are_empty)
{
    ck_assert_str_eq(spay_error_field_path(NULL, 0), "");
    ck_assert_str_eq(spay_error_field_code(NULL, 0), "");
    ck_assert_str_eq(spay_error_field_message(NULL, SIZE_MAX), "");
}
END_TEST

START_TEST(body_of_no_error_is_empty)
{
    size_t length = 5;

    ck_assert_str_eq(spay_error_body(NULL, &length), "");
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(spay_error_body(NULL, NULL), "");
}
END_TEST

START_TEST(freeing_no_error_does_nothing)
{
    spay_error_free(NULL);
    ck_assert_ptr_null(spay__error_share(NULL));
}
END_TEST

START_TEST(field_out_of_range_is_empty)
{
    spay_error *error = spay__error_create(SPAY_E_REJECTED, SPAY_STAGE_REPLY);

    spay__error_add_field(error, "a.b", "missing", "is required");
    ck_assert_uint_eq(spay_error_field_count(error), 1);
    ck_assert_str_eq(spay_error_field_path(error, 0), "a.b");
    ck_assert_str_eq(spay_error_field_code(error, 0), "missing");
    ck_assert_str_eq(spay_error_field_message(error, 0), "is required");
    ck_assert_str_eq(spay_error_field_path(error, 1), "");
    ck_assert_str_eq(spay_error_field_code(error, 1), "");
    ck_assert_str_eq(spay_error_field_message(error, SIZE_MAX), "");
    spay_error_free(error);
}
END_TEST

START_TEST(field_without_code_and_message_has_empty_ones)
{
    spay_error *error = spay__error_create(SPAY_E_REJECTED, SPAY_STAGE_REPLY);

    spay__error_add_field(error, "a", NULL, NULL);
    ck_assert_str_eq(spay_error_field_code(error, 0), "");
    ck_assert_str_eq(spay_error_field_message(error, 0), "");
    spay_error_free(error);
}
END_TEST

/* ---- making ---- */

START_TEST(new_error_is_as_asked_for)
{
    spay_error *error = spay_error_new(SPAY_E_THROTTLED, SPAY_OUTCOME_REJECTED, "slow down");

    ck_assert_int_eq(spay_error_status(error), SPAY_E_THROTTLED);
    ck_assert_str_eq(spay_error_name(error), "SPAY_E_THROTTLED");
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_REJECTED);
    ck_assert_str_eq(spay_error_message(error), "slow down");
    ck_assert_int_eq(spay_error_retry_after_ms(error), -1);
    spay_error_free(error);
}
END_TEST

START_TEST(new_error_without_message_has_the_status_text)
{
    spay_error *error = spay_error_new(SPAY_E_TIMEOUT, SPAY_OUTCOME_UNKNOWN, NULL);

    ck_assert_str_eq(spay_error_message(error), spay_status_text(SPAY_E_TIMEOUT));
    spay_error_free(error);
}
END_TEST

START_TEST(new_error_about_input_names_field_and_rule)
{
    spay_error *error = spay_error_new_input("url", "scheme", _i ? NULL : "has no scheme");

    ck_assert_int_eq(spay_error_status(error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_INPUT);
    ck_assert_uint_eq(spay_error_field_count(error), 1);
    ck_assert_str_eq(spay_error_field_path(error, 0), "url");
    ck_assert_str_eq(spay_error_field_code(error, 0), "scheme");
    ck_assert_str_eq(spay_error_field_message(error, 0), _i ? "is not valid" : "has no scheme");
    ck_assert_str_eq(spay_error_message(error), _i ? "url: is not valid" : "url: has no scheme");
    spay_error_free(error);
}
END_TEST

START_TEST(new_error_is_never_a_success)
{
    spay_error *error = spay_error_new(_i ? 1 : SPAY_OK, SPAY_OUTCOME_UNKNOWN, "x");

    ck_assert_int_lt(spay_error_status(error), 0);
    spay_error_free(error);
}
END_TEST

START_TEST(setting_null_empties_a_text)
{
    spay_error *error = spay_error_new(SPAY_E_AUTH, SPAY_OUTCOME_REJECTED, "x");

    spay__error_set(error, &error->reason, "word");
    ck_assert_str_eq(spay_error_reason(error), "word");
    spay__error_set(error, &error->reason, NULL);
    ck_assert_str_eq(spay_error_reason(error), "");
    spay_error_free(error);
}
END_TEST

START_TEST(body_is_kept_byte_for_byte)
{
    spay_error *error = spay_error_new(SPAY_E_PROVIDER, SPAY_OUTCOME_UNKNOWN, NULL);
    size_t length;

    spay__error_set_body(error, BYTES("<html>\r\n\0\xff</html>"));
    ck_assert_mem_eq(spay_error_body(error, &length), "<html>\r\n\0\xff</html>", 18);
    ck_assert_uint_eq(length, 17);
    spay__error_set_body(error, BYTES("y"));
    ck_assert_str_eq(spay_error_body(error, NULL), "y");
    spay_error_free(error);
}
END_TEST

/* ---- sharing and cloning ---- */

START_TEST(shared_error_lives_until_the_last_owner_frees_it)
{
    spay_error *error = spay_error_new(SPAY_E_AUTH, SPAY_OUTCOME_REJECTED, "shared");
    spay_error *second = spay__error_share(error);

    ck_assert_ptr_eq(error, second);
    spay_error_free(error);
    ck_assert_str_eq(spay_error_message(second), "shared");
    spay_error_free(second);
}
END_TEST

static spay_error *full_error(void)
{
    spay_error *error = spay_error_new(SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED, "message");

    error->provider = SPAY_PROVIDER_WEPAY;
    error->http_status = 422;
    error->attempts = 3;
    error->requests_sent = 2;
    error->retryable = 1;
    error->elapsed_ms = 12345678901;
    error->retry_after_ms = 4000;
    spay__error_set(error, &error->reason, "reason");
    spay__error_set(error, &error->provider_code, "CODE");
    spay__error_set(error, &error->request_id, "request");
    spay__error_set(error, &error->idempotency_key, "key");
    spay__error_set_body(error, BYTES("b\0dy"));
    spay__error_add_field(error, "path", "code", "text");
    spay__error_add_field(error, "path2", NULL, NULL);
    return error;
}

static void check_full(const spay_error *error)
{
    size_t length;

    ck_assert_int_eq(spay_error_status(error), SPAY_E_REJECTED);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_REJECTED);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_REQUEST);
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_WEPAY);
    ck_assert_int_eq(spay_error_http_status(error), 422);
    ck_assert_int_eq(spay_error_attempts(error), 3);
    ck_assert_int_eq(spay_error_requests_sent(error), 2);
    ck_assert_int_eq(spay_error_retryable(error), 1);
    ck_assert_int_eq(spay_error_elapsed_ms(error), 12345678901);
    ck_assert_int_eq(spay_error_retry_after_ms(error), 4000);
    ck_assert_str_eq(spay_error_message(error), "message");
    ck_assert_str_eq(spay_error_reason(error), "reason");
    ck_assert_str_eq(spay_error_provider_code(error), "CODE");
    ck_assert_str_eq(spay_error_request_id(error), "request");
    ck_assert_str_eq(spay_error_idempotency_key(error), "key");
    ck_assert_mem_eq(spay_error_body(error, &length), "b\0dy", 5);
    ck_assert_uint_eq(length, 4);
    ck_assert_uint_eq(spay_error_field_count(error), 2);
    ck_assert_str_eq(spay_error_field_path(error, 0), "path");
    ck_assert_str_eq(spay_error_field_code(error, 0), "code");
    ck_assert_str_eq(spay_error_field_message(error, 0), "text");
    ck_assert_str_eq(spay_error_field_path(error, 1), "path2");
}

START_TEST(clone_says_all_that_the_original_says)
{
    spay_error *error = full_error();
    spay_error *clone = spay__error_clone(error);

    check_full(error);
    spay_error_free(error);
    check_full(clone);
    spay_error_free(clone);
}
END_TEST

START_TEST(changing_a_clone_leaves_the_original)
{
    spay_error *error = full_error();
    spay_error *clone = spay__error_clone(error);

    spay__error_format(clone, "other %d", 1);
    spay__error_add_field(clone, "path3", NULL, NULL);
    clone->http_status = 500;
    check_full(error);
    ck_assert_str_eq(spay_error_message(clone), "other 1");
    spay_error_free(clone);
    check_full(error);
    spay_error_free(error);
}
END_TEST

START_TEST(clone_of_a_bare_error_is_bare)
{
    spay_error *error = spay__error_create(SPAY_E_TLS, SPAY_STAGE_TOKEN);
    spay_error *clone = spay__error_clone(error);

    ck_assert_str_eq(spay_error_message(clone), spay_status_text(SPAY_E_TLS));
    ck_assert_int_eq(spay_error_stage(clone), SPAY_STAGE_TOKEN);
    ck_assert_uint_eq(spay_error_field_count(clone), 0);
    ck_assert_str_eq(spay_error_body(clone, NULL), "");
    spay_error_free(error);
    spay_error_free(clone);
}
END_TEST

/* ---- limits ---- */

START_TEST(field_errors_end_at_their_limit)
{
    spay_error *error = spay_error_new(SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED, NULL);
    char path[16];
    int i;

    for (i = 0; i < SPAY__MAX_FIELD_ERRORS + 10; i++) {
        (void)snprintf(path, sizeof(path), "f%d", i);
        spay__error_add_field(error, path, NULL, NULL);
    }
    ck_assert_uint_eq(spay_error_field_count(error), SPAY__MAX_FIELD_ERRORS);
    ck_assert_str_eq(spay_error_field_path(error, 0), "f0");
    ck_assert_str_eq(spay_error_field_path(error, SPAY__MAX_FIELD_ERRORS - 1), "f63");
    spay_error_free(error);
}
END_TEST

START_TEST(control_bytes_become_blanks)
{
    spay_error *error = spay_error_new(SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED,
                                       "a\r\nb\tc\x1b[31m\x7f\x01 \xc3\xa4");

    ck_assert_str_eq(spay_error_message(error), "a  b c [31m   \xc3\xa4");
    spay__error_format(error, "%s", "x\ny");
    ck_assert_str_eq(spay_error_message(error), "x y");
    spay__error_add_field(error, "p\n", "c\r", "m\x1b");
    ck_assert_str_eq(spay_error_field_path(error, 0), "p ");
    ck_assert_str_eq(spay_error_field_code(error, 0), "c ");
    ck_assert_str_eq(spay_error_field_message(error, 0), "m ");
    spay_error_free(error);
}
END_TEST

/* One character of `size` bytes, again and again, after `before` bytes of ASCII. */
static const char *long_text(size_t before, size_t size)
{
    static const char *const characters[] = {"a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    static char text[4 * SPAY__MAX_ERROR_TEXT];
    size_t at = before;

    memset(text, 'b', before);
    while (at + size < sizeof(text)) {
        memcpy(text + at, characters[size - 1], size);
        at += size;
    }
    text[at] = '\0';
    return text;
}

static void check_cut(const char *text)
{
    size_t count;

    ck_assert_uint_le(strlen(text), SPAY__MAX_ERROR_TEXT);
    ck_assert_uint_gt(strlen(text), SPAY__MAX_ERROR_TEXT - 5);
    ck_assert_msg(spay__utf8_count(text, strlen(text), &count), "cut inside a character");
}

START_TEST(long_text_is_cut_between_characters)
{
    spay_error *error = spay_error_new(SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED,
                                       long_text((size_t)_i % 4, (size_t)_i / 4 + 1));

    check_cut(spay_error_message(error));
    spay_error_free(error);
}
END_TEST

START_TEST(long_formatted_message_is_cut_between_characters)
{
    spay_error *error = spay_error_new(SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED, NULL);

    spay__error_format(error, "%s", long_text((size_t)_i % 4, (size_t)_i / 4 + 1));
    check_cut(spay_error_message(error));
    spay_error_free(error);
}
END_TEST

START_TEST(text_of_the_greatest_length_is_whole)
{
    char text[SPAY__MAX_ERROR_TEXT + 1];
    spay_error *error;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    error = spay_error_new(SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED, text);
    ck_assert_str_eq(spay_error_message(error), text);
    spay_error_free(error);
}
END_TEST

START_TEST(text_of_continuation_bytes_alone_ends)
{
    char text[2 * SPAY__MAX_ERROR_TEXT];
    spay_error *error;

    memset(text, '\x80', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    error = spay_error_new(SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED, text);
    ck_assert_uint_le(strlen(spay_error_message(error)), SPAY__MAX_ERROR_TEXT);
    spay_error_free(error);
}
END_TEST

/* ---- out of memory ---- */

static spay_error *starved_error(void)
{
    spay_error *error;

    spay__alloc_set_gate(no_memory);
    error = spay_error_new(SPAY_E_AUTH, SPAY_OUTCOME_REJECTED, "x");
    spay__alloc_set_gate(NULL);
    return error;
}

START_TEST(without_memory_there_is_still_an_error)
{
    spay_error *error = starved_error();

    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(spay_error_status(error), SPAY_E_NO_MEMORY);
    ck_assert_str_eq(spay_error_message(error), spay_status_text(SPAY_E_NO_MEMORY));
    spay_error_free(error);
    spay_error_free(error);
    ck_assert_int_eq(spay_error_status(error), SPAY_E_NO_MEMORY);
}
END_TEST

START_TEST(constant_error_cannot_be_changed)
{
    spay_error *error = starved_error();

    spay__error_set(error, &error->message, "changed");
    spay__error_format(error, "changed");
    spay__error_add_field(error, "a", "b", "c");
    spay__error_set_body(error, BYTES("body"));
    ck_assert_str_eq(spay_error_message(error), spay_status_text(SPAY_E_NO_MEMORY));
    ck_assert_uint_eq(spay_error_field_count(error), 0);
    ck_assert_str_eq(spay_error_body(error, NULL), "");
    ck_assert_ptr_eq(spay__error_share(error), error);
    ck_assert_ptr_eq(starved_error(), error);
}
END_TEST

/* The status that comes back is that of the error, whichever function made it. */
START_TEST(failing_without_memory_reports_that)
{
    spay_error *error = NULL;
    spay_status status;

    spay__alloc_set_gate(no_memory);
    if (_i)
        status = spay__fail_field(&error, SPAY_PROVIDER_WEPAY, "a", "missing", "is required");
    else
        status = spay__fail(&error, SPAY_E_STATE, "not now");
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_INPUT);
    ck_assert_int_eq(status, SPAY_E_NO_MEMORY);
    ck_assert_int_eq(spay_error_status(error), SPAY_E_NO_MEMORY);
    spay_error_free(error);
}
END_TEST

static int gate_left;

static int count_down(void)
{
    return gate_left-- > 0;
}

START_TEST(error_made_with_little_memory_says_less_but_stands)
{
    spay_error *original = full_error();
    spay_error *clone;

    gate_left = _i;
    spay__alloc_set_gate(count_down);
    clone = spay__error_clone(original);
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(spay_error_status(clone), _i ? SPAY_E_REJECTED : SPAY_E_NO_MEMORY);
    ck_assert_uint_le(spay_error_field_count(clone), 2);
    ck_assert_ptr_nonnull(spay_error_message(clone));
    ck_assert_ptr_nonnull(spay_error_body(clone, NULL));
    spay_error_free(clone);
    spay_error_free(original);
}
END_TEST

/* ---- handing out ---- */

START_TEST(failure_is_handed_out_with_its_field)
{
    spay_error *error = NULL;

    ck_assert_int_eq(
        spay__fail_field(&error, SPAY_PROVIDER_WEPAY, "app_id", "missing", "is required"),
        SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_WEPAY);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_INPUT);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_str_eq(spay_error_message(error), "app_id: is required");
    ck_assert_str_eq(spay_error_field_path(error, 0), "app_id");
    ck_assert_str_eq(spay_error_field_code(error, 0), "missing");
    spay_error_free(error);
}
END_TEST

START_TEST(failure_needs_no_place_to_go)
{
    ck_assert_int_eq(spay__fail(NULL, SPAY_E_STATE, "x"), SPAY_E_STATE);
    ck_assert_int_eq(spay__fail_field(NULL, 0, "a", "b", "c"), SPAY_E_INVALID_ARGUMENT);
}
END_TEST

START_TEST(failure_is_formatted)
{
    spay_error *error = NULL;

    ck_assert_int_eq(spay__fail(&error, SPAY_E_STATE, "call 7"), SPAY_E_STATE);
    ck_assert_str_eq(spay_error_message(error), "call 7");
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    spay_error_free(error);
}
END_TEST

static void add_getters(TCase *tests)
{
    tcase_add_loop_test(tests, text_of_no_error_is_empty, 0, ROWS(text_getters));
    tcase_add_loop_test(tests, text_that_was_not_set_is_empty, 0, ROWS(text_getters));
    tcase_add_loop_test(tests, number_of_no_error_is_zero, 0, ROWS(number_getters));
    tcase_add_test(tests, no_error_tells_no_wait);
    tcase_add_test(tests, no_error_is_named_ok);
    tcase_add_test(tests, fields_of_no_error_are_empty);
    tcase_add_test(tests, body_of_no_error_is_empty);
    tcase_add_test(tests, freeing_no_error_does_nothing);
    tcase_add_test(tests, field_out_of_range_is_empty);
    tcase_add_test(tests, field_without_code_and_message_has_empty_ones);
}

Suite *error_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("error", &tests);

    tcase_add_loop_test(tests, status_has_name_text_and_group, 0, ROWS(status_rows));
    tcase_add_test(tests, texts_of_statuses_differ);
    tcase_add_loop_test(tests, outcome_has_a_name, 0, ROWS(outcome_rows));
    tcase_add_loop_test(tests, stage_has_a_name, 0, ROWS(stage_rows));
    tcase_add_test(tests, library_has_the_version_of_its_headers);
    tcase_add_loop_test(tests, provider_has_a_name, 0, ROWS(provider_rows));
    add_getters(tests);
    tcase_add_test(tests, new_error_is_as_asked_for);
    tcase_add_test(tests, new_error_without_message_has_the_status_text);
    tcase_add_loop_test(tests, new_error_about_input_names_field_and_rule, 0, 2);
    tcase_add_loop_test(tests, new_error_is_never_a_success, 0, 2);
    tcase_add_test(tests, setting_null_empties_a_text);
    tcase_add_test(tests, body_is_kept_byte_for_byte);
    tcase_add_test(tests, shared_error_lives_until_the_last_owner_frees_it);
    tcase_add_test(tests, clone_says_all_that_the_original_says);
    tcase_add_test(tests, changing_a_clone_leaves_the_original);
    tcase_add_test(tests, clone_of_a_bare_error_is_bare);
    tcase_add_test(tests, field_errors_end_at_their_limit);
    tcase_add_test(tests, control_bytes_become_blanks);
    tcase_add_loop_test(tests, long_text_is_cut_between_characters, 0, 16);
    tcase_add_loop_test(tests, long_formatted_message_is_cut_between_characters, 0, 16);
    tcase_add_test(tests, text_of_the_greatest_length_is_whole);
    tcase_add_test(tests, text_of_continuation_bytes_alone_ends);
    tcase_add_test(tests, without_memory_there_is_still_an_error);
    tcase_add_test(tests, constant_error_cannot_be_changed);
    tcase_add_loop_test(tests, failing_without_memory_reports_that, 0, 2);
    tcase_add_loop_test(tests, error_made_with_little_memory_says_less_but_stands, 0, 18);
    tcase_add_test(tests, failure_is_handed_out_with_its_field);
    tcase_add_test(tests, failure_needs_no_place_to_go);
    tcase_add_test(tests, failure_is_formatted);
    return suite;
}
