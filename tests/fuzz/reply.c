/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Replies of every provider and of the token endpoint: whatever comes, a call ends with a session
 * that has its value or with an error that says what may have happened; and the library counts what
 * was sent as the transport does.
 *
 * input: account, number of replies, then of each: status, header fields, body
 */
#include <stdlib.h>
#include <string.h>

#include "support/accounts.h"
#include "support/input.h"

static const int32_t statuses[] = {200, 201, 202, 204, 301, 400, 401, 402, 403, 404,
                                   405, 409, 422, 429, 500, 502, 503, 504, 599, 299};

static const spay_status failures[] = {SPAY_E_CONNECT, SPAY_E_NETWORK, SPAY_E_TIMEOUT, SPAY_E_TLS};

static void script(const test_accounts *accounts, fuzz_input *input)
{
    uint32_t kind = fuzz_below(input, 28);
    char *headers;
    char *body;

    if (kind >= 24) {
        (void)spay_mock_fail(accounts->mock, failures[kind - 24],
                             fuzz_below(input, 2) ? SPAY_YES : SPAY_NO);
        return;
    }
    headers = fuzz_optional_text(input);
    body = fuzz_text(input);
    (void)spay_mock_reply(accounts->mock, statuses[kind % 20], headers, body, strlen(body));
    free(headers);
    free(body);
}

static void check_error(const spay_error *error)
{
    REQUIRE(error && *spay_error_message(error) && *spay_error_name(error));
    REQUIRE(!strpbrk(spay_error_message(error), "\r\n\x1b"));
    REQUIRE(spay_error_outcome(error) >= SPAY_OUTCOME_NOT_SENT &&
            spay_error_outcome(error) <= SPAY_OUTCOME_UNKNOWN);
    REQUIRE(spay_error_requests_sent(error) > 0 ||
            spay_error_outcome(error) == SPAY_OUTCOME_NOT_SENT);
    for (size_t i = 0; i < spay_error_field_count(error); i++)
        REQUIRE(spay_error_field_path(error, i) && spay_error_field_message(error, i));
}

static void check_session(const void *session)
{
    const spay_session_info *info = accounts_session_info(session);

    REQUIRE(*info->value && info->id && info->request_id && info->idempotency_key);
    REQUIRE(strlen(info->raw_json) == info->raw_json_length);
    REQUIRE(info->requests_sent >= 1 && info->requests_sent <= info->attempts);
}

static void create(const test_accounts *accounts, account_kind kind)
{
    spay_error *error = NULL;
    void *session = NULL;
    spay_status status = accounts_create_session(accounts, kind, NULL, &session, &error);

    REQUIRE((status == SPAY_OK) == (session != NULL) && (status == SPAY_OK) == (error == NULL));
    if (session)
        check_session(session);
    else
        check_error(error);
    accounts_free_session(kind, session);
    spay_error_free(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    account_kind kind = fuzz_below(&input, ACCOUNT_KINDS);
    uint32_t count = 1 + fuzz_below(&input, 4);
    test_accounts accounts;

    REQUIRE(accounts_open(&accounts, NULL));
    while (count--)
        script(&accounts, &input);
    create(&accounts, kind);
    REQUIRE(spay_mock_request_count(accounts.mock) <= 2 * 3 + 4);
    accounts_close(&accounts);
    return 0;
}
