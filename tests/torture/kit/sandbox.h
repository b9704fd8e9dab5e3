/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts (tests/support/accounts.h) over the built-in transport, at a peer or at the sandbox; and
 * the sandbox's controls.
 */
#ifndef TORTURE_SANDBOX_H
#define TORTURE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "support/accounts.h"

/*
 * Open the accounts at the base URL, wepay and hosted_fields with the sandbox's credentials, and
 * its certificate authority unless the options name one. options may be NULL. false with
 * opened->error. Close with accounts_close() in any case.
 */
bool open_at(test_accounts *opened, const char *base_url, const spay_client_options *options);

/*
 * One blocking call. id, of 80 bytes, receives what tells sessions apart: info->value, cut; may be
 * NULL. error may be NULL.
 */
spay_status create_session(const test_accounts *opened, account_kind kind,
                           const spay_call_options *options, char id[80], spay_error **error);

/* As create_session, but with this key and nothing else. */
spay_status create_session_with_key(const test_accounts *opened, account_kind kind,
                                    const char *key);

/* Print why a call failed, as notes; then free the error. */
void explain_error(spay_error *error);

/* "https://127.0.0.1:1234", or NULL if no sandbox runs. */
const char *sandbox_url(void);
uint16_t sandbox_port(void);

/*
 * Ask the sandbox: "GET" or "POST" of a path below /_sandbox/, and a body for POST. The text of its
 * answer, to be freed with free(); NULL if it has none.
 */
char *sandbox_ask(const char *method, const char *path, const char *body);

/*
 * Whether libcurl by itself, with these authorities, can connect to the sandbox. What OpenSSL 3 had no
 * memory or no lock for when it was first asked, it may not make again: its generator of random
 * numbers, or an algorithm.
 */
bool sandbox_connects_libcurl(const char *ca_file, int64_t timeout_ms);

/* The number after "name": in a JSON text; -1 if there is none. For flat answers. */
int64_t json_number(const char *json, const char *name);

#endif
