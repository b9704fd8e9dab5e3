/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Runs all suites; TAP on stdout. The variables of the Check library work: CK_FORK=no,
 * CK_RUN_SUITE=url and so on.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

typedef Suite *(*suite_maker)(void);

static const suite_maker makers[] = {
    alloc_suite,         ascii_suite,          buffer_suite,      date_suite,
    url_suite,           secret_suite,         error_suite,       options_suite,
    sockets_suite,       input_suite,          json_scan_suite,   json_suite,
    json_texts_suite,    json_write_suite,     http_suite,        retry_suite,
    idempotency_suite,   v1hmac_suite,         envelope_suite,    session_suite,
    store_suite,         token_cache_suite,    log_suite,         mock_suite,
    apple_pay_suite,     lib_version_suite,    client_suite,      call_suite,
    call_keys_suite,     call_retries_suite,   call_tokens_suite, call_clock_suite,
    call_sessions_suite, call_diagnosis_suite, no_memory_suite,   event_suite,
    heap_suite,          limits_suite,         http1_suite,       pool_suite,
    redact_suite,        requests_suite,
};

int main(void)
{
    SRunner *runner;
    int failed;
    size_t i;

    if (!take_over_openssl())
        return EXIT_FAILURE;
    runner = srunner_create(NULL);
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a crash does not take what passed before it */
    for (i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
        srunner_add_suite(runner, makers[i]());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
