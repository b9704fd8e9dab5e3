/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Whom a client trusts over TLS, and whose sessions it resumes: against a peer that resumes, with
 * authorities in directories and bundles of the test's own.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "core/client.h"
#include "integration.h"
#include "setup.h"
#include "support/leave.h"
#include "tls_peer.h"
#include "transport/settings.h"
#include "transport/trust.h"

enum {
    CALLS = 5,
    THREADS = 8
};

#define A_DAY ((int64_t)24 * 60 * 60 * 1000)

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

static tls_peer server;
static tls_peer other_server;
static char directory[256]; /* a directory for one test */
static char bundle[300];

/* ---- authorities in files ---- */

static const char *path_of(const char *name)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void put_into_directory(const tls_peer *peer)
{
    write_file(peer->authority_file, peer->authority);
}

static void put_into_bundle(const tls_peer *peer)
{
    write_file("bundle.pem", peer->authority);
}

static void open_room(void)
{
    const char *temporary = getenv("TMPDIR");

    snprintf(directory, sizeof(directory), "%.200s/sessionpay-trust-XXXXXX",
             temporary ? temporary : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(bundle, sizeof(bundle), "%s/bundle.pem", directory);
}

static void close_room(void)
{
    (void)unlink(path_of(server.authority_file));
    (void)unlink(path_of(other_server.authority_file));
    (void)unlink(bundle);
    ck_assert_int_eq(rmdir(directory), 0);
}

static void start(void)
{
    tls_peer_start(&server, TLS1_3_VERSION);
    tls_peer_start(&other_server, TLS1_3_VERSION);
    open_room();
}

static void stop(void)
{
    close_room();
    tls_peer_stop(&other_server);
    tls_peer_stop(&server);
}

/* ---- clients ---- */

static void open_client(test_accounts *opened, const tls_peer *peer, spay_client_options *options)
{
    accounts_setup setup = setup_of_sandbox();

    setup.wepay_url = peer->url;
    setup_open(opened, &setup, options);
}

static void open_trusting(test_accounts *opened, const tls_peer *peer, const char *authority)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.ca_pem = authority;
    open_client(opened, peer, &options);
}

/* A client whose authorities are where the test says. */
static void open_with(test_accounts *opened, const tls_peer *peer, const spay__trust_source *source)
{
    spay__curl_settings *settings;
    bool empty;

    open_trusting(opened, peer, peer->authority);
    settings = (spay__curl_settings *)spay__curl_settings_of(&opened->client->transport);
    spay__trust_free(settings->trust);
    settings->trust = spay__trust_new(source, &empty);
    ck_assert_ptr_nonnull(settings->trust);
}

/* On a connection of its own. */
static call_result call_anew(const test_accounts *with)
{
    spay_client_drop_connections(with->client);
    return blocking_call(with, ACCOUNT_WEPAY, NULL);
}

static void expect_good(const test_accounts *with)
{
    call_result result = call_anew(with);

    expect_call(&result, SPAY_OK);
}

static void expect_refused(const test_accounts *with, const char *reason)
{
    call_result result = call_anew(with);

    expect_call(&result, SPAY_E_TLS);
    ck_assert_str_eq(result.reason, reason);
    ck_assert_int_eq(result.requests_sent, 0);
}

/* ---- where authorities are found ---- */

typedef enum found_in {
    NOWHERE = 0,
    IN_DIRECTORY = 1,
    IN_BUNDLE = 2,
    IN_BOTH = 3
} found_in;

#define PLACE(name_, directory_, bundle_, server_, other_server_)                                  \
    {                                                                                              \
        .name = (name_), .directory = (directory_), .bundle = (bundle_), .server = (server_),      \
        .other_server = (other_server_)                                                            \
    }

static const struct {
    const char *name;
    bool directory; /* whether there is one */
    bool bundle;
    found_in server;
    found_in other_server;
} places[] = {
    PLACE("in the directory, beside a bundle", true, true, IN_DIRECTORY, IN_BUNDLE),
    PLACE("in the directory alone", true, false, IN_DIRECTORY, NOWHERE),
    PLACE("in the bundle, beside a directory", true, true, IN_BUNDLE, IN_DIRECTORY),
    PLACE("in the bundle alone", false, true, IN_BUNDLE, NOWHERE),
    PLACE("in both", true, true, IN_BOTH, NOWHERE),
    PLACE("in the directory; the bundle is not there", true, true, IN_DIRECTORY, NOWHERE),
    PLACE("in neither", true, true, NOWHERE, IN_BOTH),
    PLACE("in neither; both are empty", true, true, NOWHERE, NOWHERE),
    PLACE("not in the directory, which is all there is", true, false, NOWHERE, IN_DIRECTORY),
    PLACE("not in the bundle, which is all there is", false, true, NOWHERE, IN_BUNDLE),
};

static void put(const tls_peer *peer, found_in where)
{
    if (where & IN_DIRECTORY)
        put_into_directory(peer);
    if (where & IN_BUNDLE)
        put_into_bundle(peer);
}

START_TEST(authority_is_found_where_it_is)
{
    spay__trust_source source = {.directory = places[_i].directory ? directory : NULL,
                                 .bundle = places[_i].bundle ? bundle : NULL,
                                 .lifetime_ms = A_DAY};
    test_accounts accounts;
    int i;

    put(&server, places[_i].server);
    put(&other_server, places[_i].other_server);
    open_with(&accounts, &server, &source);
    for (i = 0; i < 2; i++) {
        if (places[_i].server)
            expect_good(&accounts);
        else
            expect_refused(&accounts, "tls_authority_unknown");
    }
    accounts_close(&accounts);
}
END_TEST

START_TEST(bundle_that_holds_nothing_is_no_trouble_of_the_directorys)
{
    const spay__trust_source source = {
        .directory = directory, .bundle = bundle, .lifetime_ms = A_DAY};
    test_accounts accounts;

    write_file("bundle.pem", "no authority\n");
    open_with(&accounts, &server, &source);
    expect_refused(&accounts, "tls_authority_unknown");
    put_into_directory(&server);
    expect_good(&accounts);
    accounts_close(&accounts);
}
END_TEST

/* As when the system's authorities are updated, one file after the other. */
START_TEST(bundle_that_comes_later_is_read)
{
    const spay__trust_source source = {
        .directory = directory, .bundle = bundle, .lifetime_ms = A_DAY};
    test_accounts accounts;

    open_with(&accounts, &server, &source);
    expect_refused(&accounts, "tls_authority_unknown");
    put_into_bundle(&server);
    expect_good(&accounts);
    accounts_close(&accounts);
}
END_TEST

START_TEST(new_authority_in_the_directory_counts_at_once)
{
    const spay__trust_source source = {
        .directory = directory, .bundle = bundle, .lifetime_ms = A_DAY};
    test_accounts accounts;

    put(&other_server, IN_BOTH);
    open_with(&accounts, &server, &source);
    expect_refused(&accounts, "tls_authority_unknown");
    put_into_directory(&server);
    expect_good(&accounts);
    accounts_close(&accounts);
}
END_TEST

/* Read once: what becomes of the files then is for the next store. */
START_TEST(store_keeps_what_it_has_read)
{
    const spay__trust_source bundled = {.bundle = bundle, .lifetime_ms = A_DAY};
    const spay__trust_source own = {.own_file = bundle, .lifetime_ms = A_DAY};
    test_accounts accounts[2];
    int i;

    put_into_bundle(&server);
    open_with(&accounts[0], &server, &bundled);
    open_with(&accounts[1], &server, &own);
    expect_good(&accounts[0]);
    ck_assert_int_eq(unlink(bundle), 0);
    for (i = 0; i < 2; i++) {
        expect_good(&accounts[i]);
        accounts_close(&accounts[i]);
    }
}
END_TEST

START_TEST(own_authorities_are_all_there_is)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    test_accounts accounts;

    put_into_bundle(&other_server);
    options.ca_file = bundle;
    open_client(&accounts, &server, &options);
    expect_refused(&accounts, "tls_authority_unknown");
    accounts_close(&accounts);
    open_trusting(&accounts, &server, other_server.authority);
    expect_refused(&accounts, "tls_authority_unknown");
    accounts_close(&accounts);
}
END_TEST

/* A store that is due at once is renewed for each connection. */
START_TEST(renewed_store_follows_its_file)
{
    const spay__trust_source source = {.own_file = bundle};
    test_accounts accounts;

    put_into_bundle(&server);
    open_with(&accounts, &server, &source);
    expect_good(&accounts);
    put_into_bundle(&other_server);
    expect_refused(&accounts, "tls_authority_unknown");
    ck_assert_int_eq(unlink(bundle), 0);
    expect_refused(&accounts, "tls_ca_unreadable");
    put_into_bundle(&server);
    expect_good(&accounts);
    accounts_close(&accounts);
}
END_TEST

/* ---- sessions ---- */

START_TEST(next_connection_resumes)
{
    tls_peer peer;
    tls_counts counts;
    test_accounts accounts;
    int i;

    tls_peer_start(&peer, versions[_i]);
    open_trusting(&accounts, &peer, peer.authority);
    for (i = 0; i < CALLS; i++)
        expect_good(&accounts);
    counts = tls_peer_look(&peer);
    ck_assert_int_eq(counts.handshakes, CALLS);
    ck_assert_int_eq(counts.resumed, CALLS - 1);
    accounts_close(&accounts);
    tls_peer_stop(&peer);
}
END_TEST

START_TEST(clients_resume_their_own_sessions_only)
{
    test_accounts accounts[2];
    tls_counts counts;
    int i;

    for (i = 0; i < 2; i++) {
        open_trusting(&accounts[i], &server, server.authority);
        expect_good(&accounts[i]);
    }
    counts = tls_peer_look(&server);
    ck_assert_int_eq(counts.handshakes, 2);
    ck_assert_int_eq(counts.resumed, 0);
    for (i = 0; i < 2; i++) {
        expect_good(&accounts[i]);
        accounts_close(&accounts[i]);
    }
    ck_assert_int_eq(tls_peer_look(&server).resumed, 2);
}
END_TEST

START_TEST(each_host_has_a_session_of_its_own)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    char both[2 * TLS_PEER_PEM_SIZE];
    spay_wepay *wepay[2];
    test_accounts accounts;
    int i;

    snprintf(both, sizeof(both), "%s%s", server.authority, other_server.authority);
    open_trusting(&accounts, &server, both);
    options.base_url = other_server.url;
    options.app_id = "700123";
    options.app_token = "token";
    wepay[0] = accounts.wepay;
    ck_assert_int_eq(spay_wepay_new(accounts.client, &options, &wepay[1], NULL), SPAY_OK);
    for (i = 0; i < 2 * CALLS; i++) {
        accounts.wepay = wepay[i % 2];
        expect_good(&accounts);
    }
    ck_assert_int_eq(tls_peer_look(&server).resumed, CALLS - 1);
    ck_assert_int_eq(tls_peer_look(&other_server).resumed, CALLS - 1);
    accounts.wepay = wepay[0];
    spay_wepay_free(wepay[1]);
    accounts_close(&accounts);
}
END_TEST

/* What another store has verified is verified again. */
START_TEST(session_ends_with_its_store)
{
    tls_peer peer;
    spay__trust_source source = {.own_file = NULL};
    tls_counts counts;
    test_accounts accounts;
    int i;

    tls_peer_start(&peer, versions[_i]);
    source.own_pem = peer.authority;
    open_with(&accounts, &peer, &source);
    for (i = 0; i < CALLS; i++)
        expect_good(&accounts);
    counts = tls_peer_look(&peer);
    ck_assert_int_eq(counts.handshakes, CALLS);
    ck_assert_int_eq(counts.resumed, 0);
    accounts_close(&accounts);
    tls_peer_stop(&peer);
}
END_TEST

static void *call_often(void *ctx)
{
    const test_accounts *accounts = ctx;
    bool good = true;
    int i;

    for (i = 0; i < CALLS; i++)
        good = call_anew(accounts).status == SPAY_OK && good;
    return good ? ctx : NULL;
}

static void run_threads(test_accounts *accounts)
{
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, call_often, accounts), 0);
    for (i = 0; i < THREADS; i++) {
        void *done = NULL;

        ck_assert_int_eq(pthread_join(threads[i], &done), 0);
        ck_assert_ptr_nonnull(done);
    }
}

/* All of them offer the one session that is there first. */
START_TEST(threads_resume)
{
    tls_counts counts;
    tls_peer peer;
    test_accounts accounts;

    tls_peer_start(&peer, versions[_i]);
    open_trusting(&accounts, &peer, peer.authority);
    expect_good(&accounts);
    run_threads(&accounts);
    counts = tls_peer_look(&peer);
    ck_assert_int_eq(counts.handshakes, 1 + THREADS * CALLS);
    ck_assert_int_eq(counts.resumed, THREADS * CALLS);
    accounts_close(&accounts);
    tls_peer_stop(&peer);
}
END_TEST

/* Stores come and go, and the bundle is read, while others verify. */
START_TEST(threads_verify_while_stores_are_renewed)
{
    const spay__trust_source source = {
        .directory = directory, .bundle = bundle, .lifetime_ms = _i ? A_DAY : 0};
    test_accounts accounts;

    put(&other_server, IN_DIRECTORY);
    put(&server, IN_BUNDLE);
    open_with(&accounts, &server, &source);
    run_threads(&accounts);
    ck_assert_int_eq(tls_peer_look(&server).replies, THREADS * CALLS);
    accounts_close(&accounts);
}
END_TEST

static void add_call(spay_multi *multi, const test_accounts *accounts)
{
    spay_call *call = NULL;

    ck_assert_int_eq(accounts_new_call(accounts, ACCOUNT_WEPAY, NULL, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_multi_add(multi, call, NULL, NULL), SPAY_OK);
}

static void take_call(spay_multi *multi)
{
    spay_call *call = spay_multi_next(multi);
    void *session = NULL;

    ck_assert_ptr_nonnull(call);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_WEPAY, call, &session, NULL), SPAY_OK);
    accounts_free_session(ACCOUNT_WEPAY, session);
    spay_call_free(call);
}

/* What a blocking call began; and what one driver's calls began, in another. */
START_TEST(event_loops_resume)
{
    spay_multi *multi;
    test_accounts accounts;
    int turn;
    int i;

    open_trusting(&accounts, &server, server.authority);
    expect_good(&accounts);
    for (turn = 0; turn < 2; turn++) {
        ck_assert_int_eq(spay_multi_new(accounts.client, NULL, &multi, NULL), SPAY_OK);
        for (i = 0; i < CALLS; i++)
            add_call(multi, &accounts);
        while (spay_multi_poll(multi, 1000) > 0)
            continue;
        for (i = 0; i < CALLS; i++)
            take_call(multi);
        spay_multi_free(multi);
    }
    ck_assert_int_eq(tls_peer_look(&server).handshakes, 1 + 2 * CALLS);
    ck_assert_int_eq(tls_peer_look(&server).resumed, 2 * CALLS);
    accounts_close(&accounts);
}
END_TEST

/* ---- forks ---- */

static int fork_and_call(const test_accounts *accounts)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        leave(call_anew(accounts).status == SPAY_OK && call_anew(accounts).status == SPAY_OK ? 0
                                                                                             : 1);
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

/* The child makes its own cache, and leaves its parent's alone. */
START_TEST(forked_child_begins_anew)
{
    test_accounts accounts;

    open_trusting(&accounts, &server, server.authority);
    expect_good(&accounts);
    ck_assert_int_eq(fork_and_call(&accounts), 0);
    ck_assert_int_eq(tls_peer_look(&server).resumed, 1);
    expect_good(&accounts);
    ck_assert_int_eq(tls_peer_look(&server).handshakes, 4);
    ck_assert_int_eq(tls_peer_look(&server).resumed, 2);
    accounts_close(&accounts);
}
END_TEST

Suite *trust_suite(void)
{
    Suite *suite = suite_create("trust");
    TCase *tests = tcase_create("trust");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, authority_is_found_where_it_is, 0, ROWS(places));
    tcase_add_test(tests, bundle_that_holds_nothing_is_no_trouble_of_the_directorys);
    tcase_add_test(tests, bundle_that_comes_later_is_read);
    tcase_add_test(tests, new_authority_in_the_directory_counts_at_once);
    tcase_add_test(tests, store_keeps_what_it_has_read);
    tcase_add_test(tests, own_authorities_are_all_there_is);
    tcase_add_test(tests, renewed_store_follows_its_file);
    tcase_add_loop_test(tests, next_connection_resumes, 0, ROWS(versions));
    tcase_add_test(tests, clients_resume_their_own_sessions_only);
    tcase_add_test(tests, each_host_has_a_session_of_its_own);
    tcase_add_loop_test(tests, session_ends_with_its_store, 0, ROWS(versions));
    tcase_add_loop_test(tests, threads_resume, 0, ROWS(versions));
    tcase_add_loop_test(tests, threads_verify_while_stores_are_renewed, 0, 2);
    tcase_add_test(tests, event_loops_resume);
    tcase_add_test(tests, forked_child_begins_anew);
    suite_add_tcase(suite, tests);
    return suite;
}
