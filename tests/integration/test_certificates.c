/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Servers that nobody should pay at: nothing is sent to them, and the error says what is wrong with
 * them.
 */
#include <string.h>

#include "drive.h"
#include "identity.h"
#include "integration.h"
#include "server.h"

static void reply(server_connection *c, void *ctx)
{
    (void)ctx;
    if (server_read_request(c))
        (void)server_write_text(c, "HTTP/1.1 500 Internal Server Error\r\n\r\n");
}

/* As a web server does on its port for plain HTTP. */
static void answer_plainly(server_connection *c, void *ctx)
{
    (void)ctx;
    if (server_read_bytes(c, 1))
        (void)server_write_text(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
}

static const struct flaw {
    server_options options;
    const char *authority; /* of the client, by its name; NULL: the server's */
    const char *reason;
    const char *text; /* in the message */
} flaws[] = {
    {.options = {.tls_host = "IP:127.0.0.1", .tls_days = -3},
     .reason = "tls_certificate_expired",
     .text = "has expired"},
    {.options = {.tls_host = "IP:127.0.0.1", .tls_days = 3},
     .reason = "tls_certificate_not_yet_valid",
     .text = "not yet valid"},
    {.options = {.tls_host = "IP:127.0.0.1", .tls_self_signed = true},
     .reason = "tls_certificate_self_signed",
     .text = "self"},
    {.options = {.tls_host = "IP:127.0.0.1"},
     .authority = "somebody else",
     .reason = "tls_authority_unknown",
     .text = "issuer"},
    {.options = {.tls_host = "IP:127.0.0.1"},
     .authority = "authority of a test", /* with another key */
     .reason = "tls_certificate_refused",
     .text = "signature"},
    {.options = {.tls_host = "IP:127.0.0.2"}, .reason = "tls_host_mismatch", .text = "127.0.0.1"},
    {.options = {.tls_host = "DNS:other.test"}, .reason = "tls_host_mismatch", .text = "127.0.0.1"},
    {.options = {.behave = answer_plainly}, .reason = "tls_plain_http", .text = "plain HTTP"},
};

START_TEST(a_server_that_is_not_who_it_should_be_gets_nothing)
{
    const struct flaw *row = &flaws[_i / DRIVE_KINDS];
    identity other = identity_make_authority(row->authority ? row->authority : "nobody");
    server_options options = row->options;
    server *flawed;
    drive_result result;
    char authority[4096];
    char url[64];
    drive d;

    if (!options.behave)
        options.behave = reply;
    flawed = server_start(&options);
    identity_write(&other, authority, sizeof(authority));
    server_url(flawed, NULL, url);
    if (strncmp(url, "http://", 7) == 0) {
        memmove(url + 5, url + 4, strlen(url + 4) + 1);
        url[4] = 's';
    }
    drive_open(&d, (drive_kind)(_i % DRIVE_KINDS), url,
               row->authority || !row->options.tls_host ? authority : server_authority(flawed),
               NULL, NULL);
    result = drive_call(&d);
    drive_expect(&d, &result, SPAY_E_TLS, row->reason, SPAY_OUTCOME_NOT_SENT);
    ck_assert_msg(strstr(result.message, row->text), "%s", result.message);
    ck_assert_int_eq(server_look(flawed).whole, 0);
    drive_close(&d);
    server_stop(flawed);
    identity_free(&other);
}
END_TEST

Suite *certificates_suite(void)
{
    Suite *suite = suite_create("certificates");
    TCase *tests = tcase_create("certificates");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_server_that_is_not_who_it_should_be_gets_nothing, 0,
                        DRIVE_KINDS * (int)(sizeof(flaws) / sizeof(flaws[0])));
    suite_add_tcase(suite, tests);
    return suite;
}
