/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Runs the suites of the HTTP/2 module; TAP on stdout.
 */
#include "suites.h"

#include <stdlib.h>

int main(void)
{
    SRunner *runner = srunner_create(http2_outcomes_suite());
    int failed;

    srunner_add_suite(runner, http2_messages_suite());
    srunner_add_suite(runner, http2_memory_suite());
    srunner_add_suite(runner, http2_server_suite());
    srunner_add_suite(runner, http2_connection_suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
