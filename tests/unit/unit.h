/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The unit tests: one suite per module. Tests run over tables where they can, each row a test of
 * its own; a failure names the row.
 */
#ifndef SPAY_TESTS_UNIT_H
#define SPAY_TESTS_UNIT_H

#include <check.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

Suite *alloc_suite(void);
Suite *apple_pay_suite(void);
Suite *ascii_suite(void);
Suite *buffer_suite(void);
Suite *call_suite(void);
Suite *call_clock_suite(void);
Suite *call_diagnosis_suite(void);
Suite *call_keys_suite(void);
Suite *call_retries_suite(void);
Suite *call_sessions_suite(void);
Suite *call_tokens_suite(void);
Suite *client_suite(void);
Suite *date_suite(void);
Suite *envelope_suite(void);
Suite *error_suite(void);
Suite *event_suite(void);
Suite *heap_suite(void);
Suite *http_suite(void);
Suite *http1_suite(void);
Suite *idempotency_suite(void);
Suite *input_suite(void);
Suite *json_suite(void);
Suite *json_scan_suite(void);
Suite *json_texts_suite(void);
Suite *json_write_suite(void);
Suite *lib_version_suite(void);
Suite *limits_suite(void);
Suite *log_suite(void);
Suite *mock_suite(void);
Suite *no_memory_suite(void);
Suite *options_suite(void);
Suite *sockets_suite(void);
Suite *pool_suite(void);
Suite *redact_suite(void);
Suite *requests_suite(void);
Suite *retry_suite(void);
Suite *secret_suite(void);
Suite *session_suite(void);
Suite *store_suite(void);
Suite *token_cache_suite(void);
Suite *url_suite(void);
Suite *v1hmac_suite(void);

/* For the suite that fails allocations; before anything else of OpenSSL. */
bool take_over_openssl(void);

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* Bytes of a literal, NUL bytes inside included. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/* A suite with its one test case. */
static inline Suite *unit_suite(const char *name, TCase **tests)
{
    Suite *suite = suite_create(name);

    *tests = tcase_create(name);
    tcase_set_timeout(*tests, 120);
    suite_add_tcase(suite, *tests);
    return suite;
}

/* Repeatable random numbers (xorshift64). Start with any number but 0. */
static inline uint64_t unit_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
