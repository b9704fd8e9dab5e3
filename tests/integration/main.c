/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Runs all suites; TAP on stdout. Run it as "sessionpay-sandbox --
 * build/tests/integration".
 */
#include <stdio.h>
#include <stdlib.h>

#include "integration.h"

int main(void)
{
    SRunner *runner;
    int failed;

    if (!getenv("SPAY_SANDBOX_URL") || !getenv("SPAY_CA_FILE")) {
        fputs("run it as: sessionpay-sandbox -- build/tests/integration\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a crash does not take what passed before it */
    runner = srunner_create(sessions_suite());
    srunner_add_suite(runner, faults_suite());
    srunner_add_suite(runner, threads_suite());
    srunner_add_suite(runner, safety_suite());
    srunner_add_suite(runner, connections_suite());
    srunner_add_suite(runner, cuts_suite());
    srunner_add_suite(runner, multi_suite());
    srunner_add_suite(runner, multi_queue_suite());
    srunner_add_suite(runner, multi_loop_suite());
    srunner_add_suite(runner, multi_sandbox_suite());
    srunner_add_suite(runner, trust_suite());
    srunner_add_suite(runner, addresses_suite());
    srunner_add_suite(runner, certificates_suite());
    srunner_add_suite(runner, proxies_suite());
    srunner_add_suite(runner, limits_suite());
    srunner_add_suite(runner, kept_suite());
    srunner_add_suite(runner, early_suite());
    srunner_add_suite(runner, bytes_suite());
    srunner_add_suite(runner, loops_suite());
    srunner_add_suite(runner, memory_suite());
    srunner_add_suite(runner, submit_suite());
    srunner_add_suite(runner, store_suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
