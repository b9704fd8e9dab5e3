/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * How long each text may be, of accounts and of requests.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "support/accounts.h"
#include "unit.h"

#if ALL_PROVIDERS

/* What is read. All but the text that is tried is missing, so that nothing is ever sent. */
typedef union structs {
    spay_wepay_options wepay;
    spay_wepay_session_request wepay_request;
    spay_hosted_fields_options hosted_fields;
    spay_hosted_fields_session_request hosted_fields_request;
    spay_connect_server_options connect_server;
    spay_connect_server_session_request connect_server_request;
    spay_connect_client_options connect_client;
    spay_connect_client_session_request connect_client_request;
} structs;

typedef spay_error *reader(const test_accounts *box, const structs *given);

/* Whatever is missing: an account is not made, and a session neither. */
#define ACCOUNT_READER(name)                                                                       \
    static spay_error *read_##name(const test_accounts *box, const structs *given)                 \
    {                                                                                              \
        spay_##name *account = NULL;                                                               \
        spay_error *error = NULL;                                                                  \
                                                                                                   \
        (void)spay_##name##_new(box->client, &given->name, &account, &error);                      \
        ck_assert_ptr_null(account);                                                               \
        return error;                                                                              \
    }

#define REQUEST_READER(name)                                                                       \
    static spay_error *read_##name##_request(const test_accounts *box, const structs *given)       \
    {                                                                                              \
        spay_error *error = NULL;                                                                  \
        spay_call *call = NULL;                                                                    \
                                                                                                   \
        (void)spay_##name##_session_call_new(box->name, &given->name##_request, NULL, &call,       \
                                             &error);                                              \
        spay_call_free(call);                                                                      \
        return error;                                                                              \
    }

ACCOUNT_READER(wepay)
ACCOUNT_READER(hosted_fields)
ACCOUNT_READER(connect_server)
ACCOUNT_READER(connect_client)
REQUEST_READER(wepay)
REQUEST_READER(hosted_fields)
REQUEST_READER(connect_server)
REQUEST_READER(connect_client)

static structs given;

static const struct limit {
    reader *read;
    size_t size;
    const char *field;
    const char **text; /* the field, in "given" */
    size_t least;
    size_t most;
} limits[] = {
#define LIMIT(name, field, least, most)                                                            \
    {                                                                                              \
        read_##name, sizeof(given.name), #field, &given.name.field, least, most                    \
    }
    LIMIT(wepay, app_id, 1, 255),
    LIMIT(wepay, app_token, 1, 4096),
    LIMIT(wepay, api_version, 1, 64),
    LIMIT(wepay_request, client_ip, 2, 45),
    LIMIT(wepay_request, type, 1, 64),
    LIMIT(wepay_request, account_id, 1, 255),
    LIMIT(wepay_request, risk_token, 1, 255),
    LIMIT(hosted_fields, bearer_token, 1, 16384),
    LIMIT(hosted_fields, api_key, 1, 4096),
    LIMIT(hosted_fields_request, processing_terminal_id, 4, 50),
    LIMIT(hosted_fields_request, lib_version, 1, 64),
    LIMIT(hosted_fields_request, scenario, 1, 64),
    LIMIT(hosted_fields_request, secure_token_id, 1, 200),
    LIMIT(connect_server, merchant_id, 1, 64),
    LIMIT(connect_server, api_key_id, 1, 255),
    LIMIT(connect_server, secret_api_key, 1, 4096),
    LIMIT(connect_server, integrator, 1, 255),
    LIMIT(connect_server, platform_identifier, 1, 255),
    LIMIT(connect_server, extension_creator, 1, 255),
    LIMIT(connect_server, extension_name, 1, 255),
    LIMIT(connect_server, extension_version, 1, 255),
    LIMIT(connect_server, extension_id, 1, 255),
    LIMIT(connect_server_request, client_meta_info, 1, 4096),
    LIMIT(connect_client, client_session_id, 1, 255),
    LIMIT(connect_client, customer_id, 1, 255),
    LIMIT(connect_client, platform_identifier, 1, 1024),
    LIMIT(connect_client, screen_size, 1, 64),
    LIMIT(connect_client, meta_info_json, 1, 4096),
    LIMIT(connect_client_request, display_name, 1, 64),
    LIMIT(connect_client_request, domain_name, 1, 253),
    LIMIT(connect_client_request, validation_url, 1, 2048),
};

/* What is said of the field's length: NULL, "empty", "too_short" or "too_long". */
static const char *fault_of_length(const spay_error *error, const char *field)
{
    static const char *const codes[] = {"empty", "too_short", "too_long"};
    size_t i;
    int code;

    for (i = 0; i < spay_error_field_count(error); i++)
        for (code = 0; code < ROWS(codes); code++)
            if (strcmp(spay_error_field_path(error, i), field) == 0 &&
                strcmp(spay_error_field_code(error, i), codes[code]) == 0)
                return codes[code];
    return NULL;
}

static void try_length(const test_accounts *box, const struct limit *row, size_t length,
                       const char *expected)
{
    char *text = malloc(length + 1);
    const char *fault;
    spay_error *error;

    ck_assert_ptr_nonnull(text);
    memset(text, '1', length);
    text[length] = '\0';
    memset(&given, 0, sizeof(given));
    memcpy(&given, &row->size, sizeof(row->size));
    *row->text = text;
    error = row->read(box, &given);
    fault = fault_of_length(error, row->field);
    ck_assert_msg((!fault && !expected) || (fault && expected && strcmp(fault, expected) == 0),
                  "%s of %d: %s", row->field, (int)length, fault ? fault : "accepted");
    spay_error_free(error);
    free(text);
}

START_TEST(texts_are_as_long_as_they_may_be)
{
    const struct limit *row = &limits[_i];
    test_accounts box;

    ck_assert(accounts_open(&box, NULL));
    try_length(&box, row, 0, "empty");
    if (row->least > 1)
        try_length(&box, row, row->least - 1, "too_short");
    try_length(&box, row, row->least, NULL);
    try_length(&box, row, row->most, NULL);
    try_length(&box, row, row->most + 1, "too_long");
    accounts_close(&box);
}
END_TEST

Suite *limits_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("limits", &tests);

    tcase_add_loop_test(tests, texts_are_as_long_as_they_may_be, 0, ROWS(limits));
    return suite;
}

#else

Suite *limits_suite(void)
{
    return suite_create("limits");
}

#endif
