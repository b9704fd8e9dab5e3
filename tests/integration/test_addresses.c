/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Hosts with several addresses of which not all answer, and names that are looked up for long.
 */
#include "integration.h"

#include <stdio.h>
#include <stdlib.h>

#include "drive.h"
#include "names.h"
#include "server.h"

enum {
    CONNECT_TIMEOUT_MS = 5000, /* the default */
    FAILOVER_MS = 3000,
    REFUSED_MS = 20
};

static const char reply[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                            "Content-Length: 55\r\n\r\n"
                            "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}";

static void serve_all(server_connection *c, void *ctx)
{
    (void)ctx;
    while (server_read_request(c))
        (void)server_write_text(c, reply);
}

static server *start_server(const char *host)
{
    server_options options = {0};

    options.behave = serve_all;
    options.tls_host = host;
    return server_start(&options);
}

/* ---- several addresses ---- */

static void open_at(drive *opened, drive_kind kind, const server *s, const char *host)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char url[64];

    options.connect_timeout_ms = CONNECT_TIMEOUT_MS;
    drive_open(opened, kind, server_url(s, host, url), server_authority(s), &options, NULL);
}

/* All drivers at once, since it takes a while: half of the connect timeout with libcurl 7.88. */
START_TEST(address_that_drops_packets_is_passed_over)
{
    server *s = start_server("DNS:two.test");
    drive_worker *workers = calloc(DRIVE_KINDS, sizeof(*workers));
    black_hole hole;
    int i;

    ck_assert_ptr_nonnull(workers);
    if (!names_work() || !black_hole_open(&hole, "127.0.0.2", server_port(s))) {
        printf("# no names or no black holes of our own here\n");
    } else {
        names_set("two.test", "127.0.0.2,127.0.0.1");
        for (i = 0; i < DRIVE_KINDS; i++) {
            open_at(&workers[i].drive, (drive_kind)i, s, "two.test");
            workers[i].call = drive_make_call(&workers[i].drive, NULL, 0);
            drive_start(&workers[i]);
        }
        for (i = 0; i < DRIVE_KINDS; i++)
            drive_join(&workers[i]);
        for (i = 0; i < DRIVE_KINDS; i++) {
            drive *d = &workers[i].drive;

            drive_expect(d, &workers[i].result, SPAY_OK, NULL, 0);
            printf("# first address drops packets, %s: %d ms\n", drive_name(d->kind),
                   (int)(workers[i].result.elapsed_us / 1000));
            ck_assert_int_lt(workers[i].result.elapsed_us, FAILOVER_MS * 1000);
            drive_close(d);
        }
        black_hole_close(&hole);
    }
    server_stop(s);
    free(workers);
}
END_TEST

/* The least of some new connections, until TLS was ready. */
static int64_t least_us(drive_kind kind, const server *s)
{
    int64_t least = INT64_MAX;
    int i;

    for (i = 0; i < 9; i++) {
        drive_result result;
        drive d;

        open_at(&d, kind, s, "two.test");
        result = drive_call(&d);
        drive_expect(&d, &result, SPAY_OK, NULL, 0);
        drive_close(&d);
        if (result.tls_us < least)
            least = result.tls_us;
    }
    return least;
}

START_TEST(address_that_refuses_is_passed_over_at_once)
{
    server *s = start_server("DNS:two.test");

    if (names_work()) {
        int64_t without;
        int64_t with;

        names_set("two.test", "127.0.0.1");
        without = least_us((drive_kind)_i, s);
        names_set("two.test", "127.0.0.3,127.0.0.1");
        with = least_us((drive_kind)_i, s);
        printf("# first address refuses, %s: %d us, %d us with one address\n",
               drive_name((drive_kind)_i), (int)with, (int)without);
        ck_assert_int_lt(with - without, REFUSED_MS * 1000);
    }
    server_stop(s);
}
END_TEST

/* ---- a name that is looked up for long ---- */

static void on_done(void *ctx, spay_call *call)
{
    *(spay_status *)ctx = spay_call_status(call);
    spay_call_free(call);
}

/* The other call is one to the sandbox. */
START_TEST(lookup_of_a_name_does_not_hold_up_others)
{
    spay_status slow = 1; /* none */
    spay_status other = 1;
    spay_call *call = NULL;
    drive d;

    if (!names_work())
        return;
    names_block("slow.test");
    drive_open(&d, (drive_kind)_i, "https://slow.test:1", NULL, NULL, NULL);
    drive_add(&d, drive_make_call(&d, NULL, 0), on_done, &slow);
    while (!names_waiting())
        drive_turn(&d, 10);
    ck_assert_int_eq(accounts_new_call(&d.accounts, ACCOUNT_CONNECT_SERVER, NULL, &call, NULL),
                     SPAY_OK);
    drive_add(&d, call, on_done, &other);
    while (other == 1)
        drive_turn(&d, 1000);
    ck_assert_int_eq(other, SPAY_OK);
    ck_assert_int_eq(slow, 1);
    ck_assert_int_gt(names_waiting(), 0); /* newer versions of libcurl ask for each family */
    names_release();
    while (slow == 1)
        drive_turn(&d, 1000);
    ck_assert_int_eq(slow, SPAY_E_CONNECT);
    drive_close(&d);
}
END_TEST

Suite *addresses_suite(void)
{
    Suite *suite = suite_create("addresses");
    TCase *tests = tcase_create("addresses");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, address_that_drops_packets_is_passed_over);
    tcase_add_loop_test(tests, address_that_refuses_is_passed_over_at_once, 0, DRIVE_KINDS);
    tcase_add_loop_test(tests, lookup_of_a_name_does_not_hold_up_others, DRIVE_POLLED, DRIVE_KINDS);
    suite_add_tcase(suite, tests);
    return suite;
}
