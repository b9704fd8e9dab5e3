/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The integration tests: the library and its own transport against the sandbox,
 * over HTTPS, and against a server that misbehaves at any byte.
 */
#ifndef INTEGRATION_INTEGRATION_H
#define INTEGRATION_INTEGRATION_H

#include <check.h>

Suite *addresses_suite(void);
Suite *bytes_suite(void);
Suite *certificates_suite(void);
Suite *connections_suite(void);
Suite *cuts_suite(void);
Suite *early_suite(void);
Suite *faults_suite(void);
Suite *kept_suite(void);
Suite *limits_suite(void);
Suite *loops_suite(void);
Suite *memory_suite(void);
Suite *multi_suite(void);
Suite *multi_loop_suite(void);
Suite *multi_queue_suite(void);
Suite *multi_sandbox_suite(void);
Suite *proxies_suite(void);
Suite *safety_suite(void);
Suite *sessions_suite(void);
Suite *store_suite(void);
Suite *submit_suite(void);
Suite *threads_suite(void);
Suite *trust_suite(void);

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

#endif
