/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The version of the Hosted Fields page library: the published pattern, beside regexec().
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "support/accounts.h"
#include "support/input.h"

static const char pattern[] = "^[0-9]{1,2}.[0-9]{1,2}.[0-9]{1,2}(-beta)?.[0-9]+$";

static spay_status create(const test_accounts *accounts, const char *version)
{
    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    spay_error *error = NULL;
    spay_call *call = NULL;
    spay_status status;

    request.processing_terminal_id = TEST_TERMINAL;
    request.scenario = "payment";
    request.lib_version = version;
    status =
        spay_hosted_fields_session_call_new(accounts->hosted_bearer, &request, NULL, &call, &error);
    REQUIRE((status == SPAY_OK) == (call != NULL));
    REQUIRE((status == SPAY_OK) == (error == NULL));
    if (error)
        REQUIRE(strcmp(spay_error_field_path(error, 0), "lib_version") == 0);
    spay_error_free(error);
    spay_call_free(call);
    return status;
}

/* Other rules come first: length, and what is not printable ASCII. */
static int is_plain(const char *text)
{
    size_t length = strlen(text);

    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at >= 0x7f)
            return 0;
    return length > 0 && length <= 64;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static test_accounts accounts;
    static regex_t regex;
    fuzz_input input = {data, size};
    char *version = fuzz_text(&input);

    if (!accounts.client) {
        REQUIRE(accounts_open(&accounts, NULL));
        REQUIRE(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0);
    }
    if (create(&accounts, version) == SPAY_OK)
        REQUIRE(is_plain(version) && regexec(&regex, version, 0, NULL, 0) == 0);
    else
        REQUIRE(!is_plain(version) || regexec(&regex, version, 0, NULL, 0) != 0);
    free(version);
    return 0;
}
