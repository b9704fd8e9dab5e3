/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The store on Redis; TAP on stdout. It starts a real server, several of them for some tests.
 */
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sessionpay/redis.h>

#include "conformance.h"
#include "redis/scripts.h"
#include "redis/url.h"
#include "redis_server.h"

enum {
    MANY = 500,
    TOO_MANY = 2500,
    MANY_VALUES = 100, /* of 300 KiB */
    SHORT_MS = 100
};

static redis_server common;

/* What the log said last, and whether it ever said something that it must not. */
typedef struct diary {
    pthread_mutex_t lock;
    char last[80];
    bool told_a_secret;
} diary;

static diary log_book = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void write_down(void *ctx, const char *line)
{
    diary *book = ctx;

    (void)pthread_mutex_lock(&book->lock);
    (void)snprintf(book->last, sizeof(book->last), "%s", line);
    book->told_a_secret = book->told_a_secret || strstr(line, "geheim");
    (void)pthread_mutex_unlock(&book->lock);
}

static bool has_written(const char *line)
{
    bool equal;

    (void)pthread_mutex_lock(&log_book.lock);
    equal = strcmp(log_book.last, line) == 0;
    (void)pthread_mutex_unlock(&log_book.lock);
    return equal;
}

/* It is written after the operation has ended. */
static void check_log(const char *line)
{
    int tries;

    for (tries = 0; tries < 10000 && !has_written(line); tries++)
        (void)poll(NULL, 0, 1);
    ck_assert_msg(has_written(line), "not logged: %s", line);
    ck_assert(!log_book.told_a_secret);
}

/* ---- stores ---- */

static spay_store open_with(const char *url, int32_t timeout_ms)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;

    options.url = url;
    options.connect_timeout_ms = timeout_ms;
    options.command_timeout_ms = timeout_ms;
    options.log = write_down;
    options.log_ctx = &log_book;
    ck_assert_int_eq(spay_redis_store_new(&options, &store, NULL), SPAY_OK);
    return store;
}

static spay_store open_at(const char *socket, const char *credentials, const char *query,
                          int32_t timeout_ms)
{
    char url[128];

    (void)snprintf(url, sizeof(url), "unix://%s%s%s", credentials, socket, query);
    return open_with(url, timeout_ms);
}

/* Patient: on a busy machine, what works must not fail. */
spay_store open_store(void)
{
    return open_at(common.socket, "", "", MINUTE_MS);
}

bool try_to_open_store(spay_store *store)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;
    char url[64];

    *store = (spay_store)SPAY_STORE_INIT;
    (void)snprintf(url, sizeof(url), "unix://%s", common.socket);
    options.url = url;
    return spay_redis_store_new(&options, store, NULL) == SPAY_OK;
}

void close_store(spay_store *store)
{
    store->destroy(store->ctx);
    store->ctx = NULL;
}

/* All four operations work. */
static void check_works(const spay_store *store)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(store, name, MINUTE_MS, NULL);
    answer found;

    ck_assert_uint_ne(fence, 0);
    ck_assert_int_eq(put(store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    ck_assert_int_eq(release(store, name, fence), SPAY_STORE_DONE);
    found = get(store, name);
    ck_assert_int_eq(found.result, FOUND);
    drop(&found);
}

static void check_fails(const spay_store *store)
{
    const char *name = fresh_name();

    ck_assert_int_eq(get(store, name).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(put(store, name, "value", 5, MINUTE_MS, 1), SPAY_STORE_ERROR);
    ck_assert_int_eq(finish(start_acquire(store, name, MINUTE_MS)).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(release(store, name, 1), SPAY_STORE_ERROR);
}

/* After a failure it is not tried again at once. */
static void wait_until_it_works(const spay_store *store)
{
    int32_t result;

    do {
        result = get(store, fresh_name()).result;
        ck_assert(result == SPAY_STORE_ERROR || result == SPAY_STORE_MISS);
    } while (result != SPAY_STORE_MISS);
    check_works(store);
}

/* ---- making one ---- */

static const struct {
    const char *url;
    const char *rule;
} bad_urls[] = {
    {NULL, "missing"},
    {"", "scheme"},
    {"localhost", "scheme"},
    {"http://localhost", "scheme"},
    {"REDIS://localhost", "scheme"},
    {"redis:/localhost", "scheme"},
    {"redis://", "host"},
    {"redis:///3", "host"},
    {"redis://:6379", "host"},
    {"redis://[::1", "host"},
    {"redis://[::1]x", "host"},
    {"redis://[]:1", "host"},
    {"redis://host:", "port"},
    {"redis://host:0", "port"},
    {"redis://host:65536", "port"},
    {"redis://host:+1", "port"},
    {"redis://host:1x", "port"},
    {"redis://host:99999999999999999999", "port"},
    {"redis://host/x", "database"},
    {"redis://host/-1", "database"},
    {"redis://host/1/2", "database"},
    {"redis://host/1?db=1", "database"},
    {"redis://host/100000", "database"},
    {"redis://host?db=", "database"},
    {"redis://host?database=1", "query"},
    {"redis://host?db=1&x=2", "database"},
    {"redis://geheim@host", "credentials"},
    {"redis://user:@host", "credentials"},
    {"redis://@host", "credentials"},
    {"redis://:geheim%@host", "percent_encoding"},
    {"redis://:geheim%4@host", "percent_encoding"},
    {"redis://:geheim%gg@host", "percent_encoding"},
    {"redis://:geheim%00@host", "percent_encoding"},
    {"redis://us%er:geheim@host", "percent_encoding"},
    {"redis://:ge heim@host", "forbidden_character"},
    {"redis://:geheim@host\n", "forbidden_character"},
    {"redis://:geheim@h\xC3\xB6st", "forbidden_character"},
    {"redis://host#geheim", "forbidden_character"},
    {"unix://", "path"},
    {"unix://tmp/socket", "path"},
    {"unix://:geheim@tmp/socket", "path"},
    {"unix://geheim@/tmp/socket", "credentials"},
    {"unix:///tmp/%zz", "percent_encoding"},
    {"unix:///tmp/socket?db=x", "database"},
    {"unix:///tmp/socket?user=geheim", "query"},
    {"unix:///a/path/that/is/longer/than/what/the/address/of/a/socket/can/have/which/is/one/hundred/"
     "and/eight/bytes/on/Linux",
     "path"},
};

static void check_refused(const spay_redis_options *options, const char *field, const char *rule)
{
    spay_store store = SPAY_STORE_INIT;
    spay_error *error = NULL;

    ck_assert_int_eq(spay_redis_store_new(options, &store, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), field);
    ck_assert_str_eq(spay_error_field_code(error, 0), rule);
    ck_assert_ptr_null(strstr(spay_error_message(error), "geheim"));
    ck_assert_ptr_null(store.ctx);
    spay_error_free(error);
    ck_assert_int_eq(spay_redis_store_new(options, &store, NULL), SPAY_E_INVALID_ARGUMENT);
}

START_TEST(url_that_does_not_parse_is_refused)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;

    options.url = bad_urls[_i].url;
    check_refused(&options, "url", bad_urls[_i].rule);
}
END_TEST

START_TEST(url_has_a_longest_length)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;
    char url[2100];

    (void)snprintf(url, sizeof(url), "redis://:%02049d@host", 0);
    options.url = url;
    check_refused(&options, "url", "too_long");
}
END_TEST

static const struct {
    const char *text;
    const char *host;
    int32_t port;
    int32_t database;
    const char *user;
    const char *password;
    const char *path;
    bool tls;
} good_urls[] = {
    {.text = "redis://host", .host = "host", .port = 6379},
    {.text = "redis://host/", .host = "host", .port = 6379},
    {.text = "redis://host:1/15", .host = "host", .port = 1, .database = 15},
    {.text = "redis://host:65535?db=2", .host = "host", .port = 65535, .database = 2},
    {.text = "redis://:p@10.0.0.1", .host = "10.0.0.1", .port = 6379, .password = "p"},
    {.text = "redis://u:p@[::1]:7/1",
     .host = "::1",
     .port = 7,
     .database = 1,
     .user = "u",
     .password = "p"},
    {.text = "redis://[::1]", .host = "::1", .port = 6379},
    {.text = "redis://u%3A:p%40%2f%3F:x@host",
     .host = "host",
     .port = 6379,
     .user = "u:",
     .password = "p@/?:x"},
    {.text = "redis://u:p@q@host", .host = "host", .port = 6379, .user = "u", .password = "p@q"},
    {.text = "rediss://u:p@host",
     .host = "host",
     .port = 6379,
     .user = "u",
     .password = "p",
     .tls = true},
    {.text = "unix:///run/redis.sock", .path = "/run/redis.sock"},
    {.text = "unix:///run/a@b%20c?db=99999", .database = 99999, .path = "/run/a@b c"},
    {.text = "unix://:p@/run/redis.sock?db=1",
     .database = 1,
     .password = "p",
     .path = "/run/redis.sock"},
    {.text = "unix://u:p@/run/redis.sock", .user = "u", .password = "p", .path = "/run/redis.sock"},
};

static void check_text(const char *text, const char *expected)
{
    if (expected)
        ck_assert_str_eq(text, expected);
    else
        ck_assert_ptr_null(text);
}

START_TEST(url_says_where_and_who)
{
    spay__redis_url url;

    ck_assert_int_eq(spay__redis_url_parse(&url, good_urls[_i].text, NULL), SPAY_OK);
    check_text(url.host, good_urls[_i].host);
    check_text(url.user, good_urls[_i].user);
    check_text(url.password, good_urls[_i].password);
    check_text(url.path, good_urls[_i].path);
    ck_assert_int_eq(url.port, good_urls[_i].port);
    ck_assert_int_eq(url.database, good_urls[_i].database);
    ck_assert_int_eq(url.tls, good_urls[_i].tls);
    spay__redis_url_clear(&url);
    ck_assert_ptr_null(url.password);
}
END_TEST

START_TEST(other_options_are_checked)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;
    char prefix[70];

    options.url = "redis://localhost";
    options.connect_timeout_ms = -1;
    check_refused(&options, "connect_timeout_ms", "out_of_range");
    options.connect_timeout_ms = 0;
    options.command_timeout_ms = 60001;
    check_refused(&options, "command_timeout_ms", "out_of_range");
    options.command_timeout_ms = 0;
    options.key_prefix = "a b";
    check_refused(&options, "key_prefix", "forbidden_character");
    options.key_prefix = "a{b";
    check_refused(&options, "key_prefix", "forbidden_character");
    (void)snprintf(prefix, sizeof(prefix), "%065d", 0);
    options.key_prefix = prefix;
    check_refused(&options, "key_prefix", "too_long");
    options.key_prefix = NULL;
    options.ca_file = "/dev/null";
    check_refused(&options, "ca_file", "not_applicable");
    options.struct_size--;
    check_refused(&options, "options", "struct_size");
    check_refused(NULL, "options", "missing");
}
END_TEST

START_TEST(tls_is_there_or_refused)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;
    spay_error *error = NULL;

    options.url = "rediss://localhost";
    if (spay_redis_store_new(&options, &store, &error) != SPAY_OK) {
        check_refused(&options, "url", "tls_unsupported");
        spay_error_free(error);
        return;
    }
    close_store(&store);
    options.ca_file = "/dev/null";
    check_refused(&options, "ca_file", "ca_file");
}
END_TEST

static bool has_tls(void)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;

    options.url = "rediss://localhost";
    if (spay_redis_store_new(&options, &store, NULL) != SPAY_OK)
        return false;
    close_store(&store);
    return true;
}

/* ---- ways to a server ---- */

START_TEST(nobody_there_is_an_error)
{
    spay_store store = open_at("/nowhere/at/all", "", "", SHORT_MS);

    check_fails(&store);
    check_log("cannot connect");
    close_store(&store);
    store = open_with("redis://127.0.0.1:1", SHORT_MS);
    check_fails(&store);
    close_store(&store);
}
END_TEST

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int bound = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(bound, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(getsockname(bound, (struct sockaddr *)&address, &length), 0);
    (void)close(bound);
    return ntohs(address.sin_port);
}

START_TEST(tcp_works)
{
    char port[8];
    char url[64];
    const char *const options[] = {"--port", port, "--bind", "127.0.0.1", NULL};
    redis_server server;
    spay_store store;

    (void)snprintf(port, sizeof(port), "%d", free_port());
    redis_start(&server, options);
    (void)snprintf(url, sizeof(url), "redis://%s:%s/2", _i ? "localhost" : "127.0.0.1", port);
    store = open_with(url, MINUTE_MS);
    check_works(&store);
    close_store(&store);
    redis_remove(&server);
}
END_TEST

static spay_store open_tls(const char *host, const char *port, const char *ca_file)
{
    spay_redis_options options = SPAY_REDIS_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;
    char url[64];

    (void)snprintf(url, sizeof(url), "rediss://:geheim@%s:%s/1", host, port);
    options.url = url;
    options.ca_file = ca_file;
    options.connect_timeout_ms = MINUTE_MS;
    options.command_timeout_ms = MINUTE_MS;
    options.log = write_down;
    options.log_ctx = &log_book;
    ck_assert_int_eq(spay_redis_store_new(&options, &store, NULL), SPAY_OK);
    return store;
}

/* The certificate is for 127.0.0.1; "localhost" is the same machine, and another name. */
START_TEST(tls_is_for_the_host_in_the_url)
{
    char port[8];
    const char *const options[] = {"--tls-port",
                                   port,
                                   "--bind",
                                   "127.0.0.1",
                                   "--tls-cert-file",
                                   "cert.pem",
                                   "--tls-key-file",
                                   "key.pem",
                                   "--tls-ca-cert-file",
                                   "cert.pem",
                                   "--tls-auth-clients",
                                   "no",
                                   "--requirepass",
                                   "geheim",
                                   NULL};
    char ca_file[64];
    redis_server server;
    spay_store store;
    int i;

    if (!has_tls())
        return;
    (void)snprintf(port, sizeof(port), "%d", free_port());
    redis_start_with_certificate(&server, options);
    (void)snprintf(ca_file, sizeof(ca_file), "%s/cert.pem", server.home);
    store = open_tls("127.0.0.1", port, ca_file);
    for (i = 0; i < 20; i++)
        check_works(&store);
    close_store(&store);
    store = open_tls("localhost", port, ca_file);
    check_fails(&store);
    check_log("no safe connection by TLS");
    close_store(&store);
    store = open_tls("127.0.0.1", port, NULL);
    check_fails(&store);
    close_store(&store);
    redis_remove(&server);
}
END_TEST

START_TEST(password_is_given)
{
    static const char *const options[] = {"--requirepass", "geheim", NULL};
    redis_server server;
    spay_store store;

    redis_start(&server, options);
    store = open_at(server.socket, ":geheim@", "", MINUTE_MS);
    check_works(&store);
    close_store(&store);
    store = open_at(server.socket, "default:geheim@", "", MINUTE_MS);
    check_works(&store);
    close_store(&store);
    store = open_at(server.socket, ":geheimer@", "", MINUTE_MS);
    check_fails(&store);
    check_log("AUTH refused: WRONGPASS");
    close_store(&store);
    store = open_at(server.socket, "", "", MINUTE_MS);
    check_fails(&store);
    check_log("a command was refused: NOAUTH");
    close_store(&store);
    redis_remove(&server);
}
END_TEST

/* What docs/fleet.md says that a user needs. */
START_TEST(user_with_few_rights_is_enough)
{
    redis_server server;
    spay_store store;
    char reply[4096];

    redis_start(&server, NULL);
    redis_ask(&server,
              "ACL SETUSER shop on >geheim ~sessionpay:* +eval +evalsha +select +get +set +del "
              "+exists +pttl +time",
              reply);
    ck_assert_str_eq(reply, "+OK\r\n");
    store = open_at(server.socket, "shop:geheim@", "?db=1", MINUTE_MS);
    check_works(&store);
    close_store(&store);
    redis_ask(&server, "ACL SETUSER shop -set", reply);
    store = open_at(server.socket, "shop:geheim@", "", MINUTE_MS);
    ck_assert_int_eq(finish(start_acquire(&store, fresh_name(), 1)).result, SPAY_STORE_ERROR);
    close_store(&store);
    redis_remove(&server);
}
END_TEST

START_TEST(databases_and_prefixes_keep_names_apart)
{
    const char *name = fresh_name();
    spay_store one = open_store();
    spay_store two = open_at(common.socket, "", "?db=3", MINUTE_MS);
    uint64_t fence = acquire(&one, name, MINUTE_MS, NULL);
    char command[128];
    char reply[4096];

    ck_assert_int_eq(put(&one, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    ck_assert_int_eq(get(&two, name).result, SPAY_STORE_MISS);
    (void)snprintf(command, sizeof(command),
                   "EXISTS sessionpay:{%s}:value sessionpay:{%s}:lease sessionpay:{%s}:fence", name,
                   name, name);
    redis_ask(&common, command, reply);
    ck_assert_str_eq(reply, ":3\r\n");
    close_store(&one);
    close_store(&two);
    two = open_at(common.socket, "", "?db=99", MINUTE_MS);
    check_fails(&two);
    check_log("SELECT refused: ERR");
    close_store(&two);
}
END_TEST

START_TEST(everything_in_redis_expires)
{
    static const char *const kinds[] = {"value", "lease", "fence"};
    const char *name = fresh_name();
    spay_store store = open_store();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    char command[128];
    char reply[4096];

    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    (void)snprintf(command, sizeof(command), "PTTL sessionpay:{%s}:%s", name, kinds[_i]);
    redis_ask(&common, command, reply);
    ck_assert_int_gt(atol(reply + 1), 0);
    ck_assert_int_le(atol(reply + 1), _i == 2 ? MINUTE_MS + 24 * 3600 * 1000 : MINUTE_MS);
    close_store(&store);
}
END_TEST

/* ---- scripts ---- */

START_TEST(scripts_have_their_digests)
{
    spay_store store = open_store();
    char command[512];
    char reply[4096];

    check_works(&store);
    (void)snprintf(command, sizeof(command), "SCRIPT EXISTS %s %s %s %s",
                   spay__redis_scripts[0].sha1, spay__redis_scripts[1].sha1,
                   spay__redis_scripts[2].sha1, spay__redis_scripts[3].sha1);
    redis_ask(&common, command, reply);
    ck_assert_str_eq(reply, "*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n");
    close_store(&store);
}
END_TEST

START_TEST(scripts_that_were_flushed_are_sent_again)
{
    spay_store store = open_store();
    spay_store_operation *operations[MANY];
    char reply[4096];
    int i;

    check_works(&store);
    redis_ask(&common, "SCRIPT FLUSH", reply);
    for (i = 0; i < MANY; i++)
        operations[i] = start_acquire(&store, fresh_name(), 1);
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(finish(operations[i]).result, ACQUIRED);
    check_works(&store);
    close_store(&store);
}
END_TEST

/* On a new connection, and when the scripts are flushed, and with many in between. */
START_TEST(operations_take_effect_in_their_order)
{
    const char *name = fresh_name();
    spay_store store = open_store();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    char reply[4096];
    int round;

    for (round = 0; round < 50; round++) {
        spay_store_operation *writes = start_put(&store, name, "value", 5, MINUTE_MS, fence);
        spay_store_operation *reads = start_get(&store, name);
        spay_store_operation *removes = start_put(&store, name, "", 0, 0, fence);
        spay_store_operation *looks = start_get(&store, name);
        spay_store_operation *ends = start_release(&store, name, fence);
        spay_store_operation *begins = start_acquire(&store, name, MINUTE_MS);
        answer found;

        ck_assert_int_eq(finish(writes).result, SPAY_STORE_DONE);
        found = finish(reads);
        ck_assert_int_eq(found.result, FOUND);
        drop(&found);
        ck_assert_int_eq(finish(removes).result, SPAY_STORE_DONE);
        ck_assert_int_eq(finish(looks).result, SPAY_STORE_MISS);
        ck_assert_int_eq(finish(ends).result, SPAY_STORE_DONE);
        found = finish(begins);
        ck_assert_int_eq(found.result, ACQUIRED);
        ck_assert_uint_gt(found.fence, fence);
        fence = found.fence;
        if (round % 10 == 9)
            redis_ask(&common, "SCRIPT FLUSH", reply);
        if (round % 7 == 6) {
            close_store(&store);
            store = open_store();
        }
    }
    close_store(&store);
}
END_TEST

START_TEST(name_of_another_type_is_an_error_for_itself_alone)
{
    const char *name = fresh_name();
    spay_store store = open_store();
    char command[128];
    char reply[4096];

    (void)snprintf(command, sizeof(command), "RPUSH sessionpay:{%s}:value x", name);
    redis_ask(&common, command, reply);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_ERROR);
    check_log("a command was refused: WRONGTYPE");
    check_works(&store);
    check_log("works again");
    (void)snprintf(command, sizeof(command), "SET sessionpay:{%s}:fence garbage", name);
    redis_ask(&common, command, reply);
    ck_assert_int_eq(finish(start_acquire(&store, name, 1)).result, SPAY_STORE_ERROR);
    close_store(&store);
}
END_TEST

/* Also after a failover to a replica that never had it. */
START_TEST(fences_grow_when_everything_is_lost)
{
    const char *name = fresh_name();
    redis_server server;
    spay_store store;
    uint64_t first;
    uint64_t second;
    char reply[4096];

    redis_start(&server, NULL);
    store = open_at(server.socket, "", "", MINUTE_MS);
    first = acquire(&store, name, MINUTE_MS, NULL);
    redis_ask(&server, "FLUSHALL", reply);
    ck_assert_int_eq(put(&store, name, "late", 4, MINUTE_MS, first), SPAY_STORE_STALE);
    second = acquire(&store, name, MINUTE_MS, NULL);
    ck_assert_uint_gt(second, first);
    ck_assert_int_eq(put(&store, name, "late", 4, MINUTE_MS, first), SPAY_STORE_STALE);
    ck_assert_int_eq(release(&store, name, first), SPAY_STORE_STALE);
    ck_assert_int_eq(put(&store, name, "good", 4, MINUTE_MS, second), SPAY_STORE_DONE);
    close_store(&store);
    redis_remove(&server);
}
END_TEST

/* ---- failures ---- */

START_TEST(killed_server_is_an_error_until_it_is_back)
{
    redis_server server;
    spay_store store;
    int round;

    redis_start(&server, NULL);
    store = open_at(server.socket, "", "", MINUTE_MS);
    for (round = 0; round < 3; round++) {
        spay_store_operation *operations[MANY];
        int i;

        check_works(&store);
        for (i = 0; i < MANY; i++) {
            operations[i] = start_acquire(&store, fresh_name(), 1);
            if (i == MANY / 2)
                redis_kill(&server);
        }
        for (i = 0; i < MANY; i++) {
            int32_t result = finish(operations[i]).result;

            ck_assert(result == ACQUIRED || result == SPAY_STORE_ERROR);
        }
        check_fails(&store);
        redis_start_again(&server, NULL);
        wait_until_it_works(&store);
        check_log("works again");
    }
    close_store(&store);
    redis_remove(&server);
}
END_TEST

START_TEST(stopped_server_is_an_error_until_it_goes_on)
{
    redis_server server;
    spay_store store;
    spay_store_operation *operations[MANY];
    int i;

    redis_start(&server, NULL);
    store = open_at(server.socket, "", "", SHORT_MS);
    wait_until_it_works(&store);
    redis_stop(&server);
    for (i = 0; i < MANY; i++)
        operations[i] = start_get(&store, fresh_name());
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(finish(operations[i]).result, SPAY_STORE_ERROR);
    check_fails(&store);
    redis_continue(&server);
    wait_until_it_works(&store);
    close_store(&store);
    redis_remove(&server);
}
END_TEST

START_TEST(store_goes_while_its_server_hangs)
{
    redis_server server;
    spay_store store;
    spay_store_operation *operations[MANY];
    int i;

    redis_start(&server, NULL);
    store = open_at(server.socket, "", "", MINUTE_MS);
    check_works(&store);
    redis_stop(&server);
    for (i = 0; i < MANY; i++)
        operations[i] = start_get(&store, fresh_name());
    close_store(&store);
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(finish(operations[i]).result, SPAY_STORE_ERROR);
    redis_remove(&server);
}
END_TEST

START_TEST(queue_has_an_end)
{
    static spay_store_operation *operations[TOO_MANY];
    static const char value[300 * 1024];
    bool large = _i;
    int count = large ? MANY_VALUES : TOO_MANY;
    redis_server server;
    spay_store store;
    int i;

    redis_start(&server, NULL);
    store = open_at(server.socket, "", "", MINUTE_MS);
    check_works(&store);
    redis_stop(&server);
    for (i = 0; i < count; i++)
        operations[i] = large ? start_put(&store, fresh_name(), value, sizeof(value), 1, 1)
                              : start_get(&store, fresh_name());
    ck_assert_int_eq(put(&store, fresh_name(), value, sizeof(value), 1, 1), SPAY_STORE_ERROR);
    close_store(&store);
    for (i = 0; i < count; i++)
        ck_assert_int_eq(finish(operations[i]).result, SPAY_STORE_ERROR);
    redis_remove(&server);
}
END_TEST

START_TEST(connection_closed_while_idle_is_made_anew)
{
    spay_store store = open_store();
    char reply[4096];
    int i;

    for (i = 0; i < 20; i++) {
        check_works(&store);
        redis_ask(&common, "CLIENT KILL TYPE normal SKIPME yes", reply);
    }
    check_works(&store);
    close_store(&store);
}
END_TEST

START_TEST(server_that_became_a_replica_is_left)
{
    redis_server server;
    spay_store store;
    char reply[4096];

    redis_start(&server, NULL);
    store = open_at(server.socket, "", "", MINUTE_MS);
    check_works(&store);
    redis_ask(&server, "REPLICAOF 127.0.0.1 1", reply);
    ck_assert_int_eq(finish(start_acquire(&store, fresh_name(), 1)).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(get(&store, fresh_name()).result, SPAY_STORE_ERROR);
    redis_ask(&server, "REPLICAOF NO ONE", reply);
    wait_until_it_works(&store);
    close_store(&store);
    redis_remove(&server);
}
END_TEST

#define SAYS(literal) (literal), sizeof(literal) - 1

static const struct {
    const char *bytes;
    size_t length;
    bool closes;
} nonsense[] = {
    {SAYS(""), true},
    {SAYS(""), false},
    {SAYS("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), true},
    {SAYS("+OK\r\n"), false},
    {SAYS("+PONG\r\n"), false},
    {SAYS(":\r\n"), false},
    {SAYS(":7\r\n"), false},
    {SAYS("$5\r\nabcde\r\n"), false},
    {SAYS("$20\r\n99999999999999999999\r\n"), false},
    {SAYS("$-2\r\n"), false},
    {SAYS("$1000000000\r\nx"), false},
    {SAYS("$5\r\nab"), true},
    {SAYS("*2\r\n$1\r\nx\r\n$1\r\ny\r\n"), false},
    {SAYS("*2\r\n:1\r\n:1\r\n"), false},
    {SAYS("*1\r\n$1\r\nx\r\n"), false},
    {SAYS("*0\r\n"), false},
    {SAYS("*9\r\n"), false},
    {SAYS("*1000000000\r\n"), false},
    {SAYS("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"), false},
    {SAYS("-geheim\r\n"), false},
    {SAYS("-ERR geheim\r\n"), false},
    {SAYS("-NOSCRIPT No matching script.\r\n"), false},
    {SAYS("\0\0\0\0\r\n"), false},
    {SAYS("\xFF\xFE\r\n\r\n"), false},
    {SAYS("-LOADING Redis is loading the dataset in memory\r\n"), false},
};

START_TEST(nonsense_is_an_error)
{
    fake_server server;
    spay_store store;

    fake_start(&server, nonsense[_i].bytes, nonsense[_i].length, nonsense[_i].closes);
    store = open_at(server.socket, "", "", SHORT_MS);
    check_fails(&store);
    close_store(&store);
    store = open_at(server.socket, ":geheim@", "?db=2", SHORT_MS);
    check_fails(&store);
    ck_assert(!log_book.told_a_secret);
    close_store(&store);
    fake_stop(&server);
}
END_TEST

/* The last call of a client may end on the store's own thread, and the client with it. */
typedef struct last_call {
    spay_store store;
    int ends[2];
} last_call;

static void close_from_inside(void *ctx)
{
    last_call *last = ctx;

    close_store(&last->store);
    (void)close(last->ends[1]);
}

START_TEST(store_may_go_from_its_own_thread)
{
    static last_call last;
    char byte;

    last.store = open_store();
    ck_assert_int_eq(pipe(last.ends), 0);
    start_get_then(&last.store, fresh_name(), close_from_inside, &last);
    ck_assert_int_eq(read(last.ends[0], &byte, 1), 0); /* it waits until the other end is closed */
    (void)close(last.ends[0]);
}
END_TEST

START_TEST(many_operations_go_out_together)
{
    static spay_store_operation *operations[MANY];
    char reply[4096];
    spay_store store = open_store();
    int i;

    check_works(&store);
    for (i = 0; i < MANY; i++)
        operations[i] = start_get(&store, fresh_name());
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(finish(operations[i]).result, SPAY_STORE_MISS);
    redis_ask(&common, "PING", reply);
    close_store(&store);
}
END_TEST

/* ---- ---- */

static TCase *making(void)
{
    TCase *tests = tcase_create("making");

    tcase_add_loop_test(tests, url_that_does_not_parse_is_refused, 0,
                        (int)(sizeof(bad_urls) / sizeof(bad_urls[0])));
    tcase_add_test(tests, url_has_a_longest_length);
    tcase_add_loop_test(tests, url_says_where_and_who, 0,
                        (int)(sizeof(good_urls) / sizeof(good_urls[0])));
    tcase_add_test(tests, other_options_are_checked);
    tcase_add_test(tests, tls_is_there_or_refused);
    return tests;
}

static TCase *ways(void)
{
    TCase *tests = tcase_create("ways");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, nobody_there_is_an_error);
    tcase_add_loop_test(tests, tcp_works, 0, 2);
    tcase_add_test(tests, tls_is_for_the_host_in_the_url);
    tcase_add_test(tests, password_is_given);
    tcase_add_test(tests, user_with_few_rights_is_enough);
    tcase_add_test(tests, databases_and_prefixes_keep_names_apart);
    tcase_add_loop_test(tests, everything_in_redis_expires, 0, 3);
    tcase_add_test(tests, scripts_have_their_digests);
    tcase_add_test(tests, scripts_that_were_flushed_are_sent_again);
    tcase_add_test(tests, operations_take_effect_in_their_order);
    tcase_add_test(tests, name_of_another_type_is_an_error_for_itself_alone);
    tcase_add_test(tests, fences_grow_when_everything_is_lost);
    return tests;
}

static TCase *failures(void)
{
    TCase *tests = tcase_create("failures");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, killed_server_is_an_error_until_it_is_back);
    tcase_add_test(tests, stopped_server_is_an_error_until_it_goes_on);
    tcase_add_test(tests, store_goes_while_its_server_hangs);
    tcase_add_loop_test(tests, queue_has_an_end, 0, 2);
    tcase_add_test(tests, connection_closed_while_idle_is_made_anew);
    tcase_add_test(tests, server_that_became_a_replica_is_left);
    tcase_add_loop_test(tests, nonsense_is_an_error, 0,
                        (int)(sizeof(nonsense) / sizeof(nonsense[0])));
    tcase_add_test(tests, store_may_go_from_its_own_thread);
    tcase_add_test(tests, many_operations_go_out_together);
    return tests;
}

static Suite *redis_suite(void)
{
    Suite *suite = suite_create("redis");

    suite_add_tcase(suite, making());
    suite_add_tcase(suite, ways());
    suite_add_tcase(suite, failures());
    return suite;
}

int main(int argc, char **argv)
{
    SRunner *runner;
    int failed;

    (void)argc;
    preload(argv);
    if (!redis_program()) {
        puts("1..0 # SKIP no redis-server here; ./bootstrap redis installs it");
        return 0;
    }
    redis_start(&common, NULL);
    runner = srunner_create(conformance_suite());
    srunner_add_suite(runner, redis_suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    redis_remove(&common);
    return failed ? 1 : 0;
}
