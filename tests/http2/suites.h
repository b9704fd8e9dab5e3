/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The unit tests of the HTTP/2 module, one suite per file.
 */
#ifndef HTTP2_SUITES_H
#define HTTP2_SUITES_H

#include "rig.h"

Suite *http2_connection_suite(void);
Suite *http2_memory_suite(void);
Suite *http2_messages_suite(void);
Suite *http2_outcomes_suite(void);
Suite *http2_server_suite(void);

#endif
