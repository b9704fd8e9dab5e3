/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The store in a directory; TAP on stdout.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sessionpay/file.h>

#include "conformance.h"

static char home[] = "/tmp/spay-store-XXXXXX";
static char directory[64];

spay_store open_store(void)
{
    spay_file_options options = SPAY_FILE_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;

    options.directory = directory;
    ck_assert_int_eq(spay_file_store_new(&options, &store, NULL), SPAY_OK);
    return store;
}

bool try_to_open_store(spay_store *opened)
{
    spay_file_options options = SPAY_FILE_OPTIONS_INIT;

    *opened = (spay_store)SPAY_STORE_INIT;
    options.directory = directory;
    return spay_file_store_new(&options, opened, NULL) == SPAY_OK;
}

void close_store(spay_store *store)
{
    store->destroy(store->ctx);
    store->ctx = NULL;
}

static void run_shell(const char *command)
{
    ck_assert_int_eq(system(command), 0);
}

static void in_home(char path[64], const char *name)
{
    (void)snprintf(path, 64, "%s/%s", home, name);
}

/* Where a name's file is, found by its name; "" if there is none. */
static void find(char path[256], const char *name, const char *suffix)
{
    char command[256];
    FILE *found;

    (void)snprintf(command, sizeof(command), "find %s -name '%s%s'", directory, name, suffix);
    found = popen(command, "r");
    ck_assert_ptr_nonnull(found);
    if (!fgets(path, 256, found))
        path[0] = '\0';
    path[strcspn(path, "\n")] = '\0';
    (void)pclose(found);
}

/* ---- making one ---- */

static spay_status make_at(const char *path, spay_error **error)
{
    spay_file_options options = SPAY_FILE_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;
    spay_status status;

    options.directory = path;
    status = spay_file_store_new(&options, &store, error);
    if (status == SPAY_OK)
        store.destroy(store.ctx);
    return status;
}

static void check_refused(const char *path, const char *rule)
{
    spay_error *error = NULL;

    ck_assert_int_eq(make_at(path, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "directory");
    ck_assert_str_eq(spay_error_field_code(error, 0), rule);
    spay_error_free(error);
    ck_assert_int_eq(make_at(path, NULL), SPAY_E_INVALID_ARGUMENT);
}

START_TEST(directory_is_made)
{
    char path[64];
    struct stat made;

    in_home(path, "new///");
    (void)umask(0);
    ck_assert_int_eq(make_at(path, NULL), SPAY_OK);
    ck_assert_int_eq(stat(path, &made), 0);
    ck_assert_uint_eq(made.st_mode & 07777, 0700);
    ck_assert_int_eq(make_at(path, NULL), SPAY_OK);
}
END_TEST

START_TEST(directory_must_be_named)
{
    char longest[1100];

    check_refused(NULL, "missing");
    check_refused("", "not_absolute");
    check_refused("tmp/store", "not_absolute");
    memset(longest, '/', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    check_refused(longest, "too_long");
}
END_TEST

START_TEST(directory_must_be_there)
{
    check_refused("/nowhere/at/all", "not_found");
    check_refused("/dev/null", "not_a_directory");
}
END_TEST

START_TEST(symbolic_link_is_refused)
{
    static const char *const ends[] = {"", "/", "///"};
    char target[64];
    char link[64];
    char path[70];

    in_home(target, "target");
    in_home(link, "link");
    ck_assert_int_eq(make_at(target, NULL), SPAY_OK);
    ck_assert(symlink(target, link) == 0 || errno == EEXIST);
    (void)snprintf(path, sizeof(path), "%s%s", link, ends[_i]);
    check_refused(path, "symbolic_link");
}
END_TEST

START_TEST(directory_that_others_can_enter_is_refused)
{
    static const mode_t modes[] = {0777, 0770, 0755, 0750, 0701, 0720, 01777};
    char path[64];

    in_home(path, "open");
    ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
    ck_assert_int_eq(chmod(path, modes[_i]), 0);
    check_refused(path, "mode");
    ck_assert_int_eq(chmod(path, 0700), 0);
    ck_assert_int_eq(make_at(path, NULL), SPAY_OK);
}
END_TEST

START_TEST(directory_of_another_user_is_refused)
{
    char path[64];

    if (geteuid() != 0) {
        check_refused("/", "owner");
        return;
    }
    in_home(path, "foreign");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(chown(path, 1, (gid_t)-1), 0);
    check_refused(path, "owner");
}
END_TEST

START_TEST(options_of_no_version_are_refused)
{
    spay_file_options options = SPAY_FILE_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;
    spay_error *error = NULL;

    options.directory = directory;
    ck_assert_int_eq(spay_file_store_new(NULL, &store, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "options");
    spay_error_free(error);
    ck_assert_int_eq(spay_file_store_new(&options, NULL, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "store");
    spay_error_free(error);
    options.struct_size = 0;
    ck_assert_int_eq(spay_file_store_new(&options, &store, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_code(error, 0), "struct_size");
    spay_error_free(error);
    spay_file_options_init(&options, sizeof(options));
    options.directory = directory;
    store.struct_size = 8;
    ck_assert_int_eq(spay_file_store_new(&options, &store, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "store");
    spay_error_free(error);
}
END_TEST

/* ---- what may happen to it ---- */

static spay_store store;

static void before(void)
{
    store = open_store();
}

static void after(void)
{
    close_store(&store);
}

static void keep(const char *name)
{
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);

    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
}

static int32_t try_put(const char *name)
{
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);

    return put(&store, name, "value", 5, MINUTE_MS, fence);
}

START_TEST(nobody_else_can_read_the_files)
{
    const char *name = fresh_name();
    char path[256];
    struct stat file;

    (void)umask(0);
    keep(name);
    find(path, name, ".value");
    ck_assert_int_eq(stat(path, &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0600);
    *strrchr(path, '/') = '\0';
    ck_assert_int_eq(stat(path, &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0700);
}
END_TEST

START_TEST(directory_that_becomes_open_is_an_error)
{
    const char *name = fresh_name();

    keep(name);
    ck_assert_int_eq(chmod(directory, 0770), 0);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(finish(start_acquire(&store, name, 1)).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, 1), SPAY_STORE_ERROR);
    ck_assert_int_eq(release(&store, name, 1), SPAY_STORE_ERROR);
    ck_assert_int_eq(chmod(directory, 0700), 0);
    ck_assert_int_eq(finish(start_acquire(&store, name, 1)).result, SPAY_STORE_HELD);
}
END_TEST

START_TEST(store_works_again_when_its_directory_is_back)
{
    const char *name = fresh_name();
    char aside[64];

    keep(name);
    in_home(aside, "aside");
    ck_assert_int_eq(rename(directory, aside), 0);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(symlink(aside, directory), 0);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(unlink(directory), 0);
    ck_assert_int_eq(mkdir(directory, 0700), 0);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
    keep(name);
}
END_TEST

/* Something else in the place of a value. */
static const char *const strange[] = {
    "ln -s /etc/passwd '%s'",      "mkfifo '%s'", "mkdir '%s'", "true", "printf x >'%s'",
    "head -c 200 /dev/zero >'%s'",
};

START_TEST(what_is_no_value_is_a_miss_or_an_error)
{
    const char *name = fresh_name();
    char path[256];
    char command[600];
    int32_t result;

    keep(name);
    find(path, name, ".value");
    ck_assert_int_eq(unlink(path), 0);
    (void)snprintf(command, sizeof(command), strange[_i], path);
    run_shell(command);
    result = get(&store, name).result;
    ck_assert(result == SPAY_STORE_MISS || (_i == 0 && result == SPAY_STORE_ERROR));
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", path);
    run_shell(command);
}
END_TEST

START_TEST(truncated_value_is_a_miss)
{
    const char *name = fresh_name();
    char path[256];
    struct stat file;
    off_t length;

    keep(name);
    find(path, name, ".value");
    ck_assert_int_eq(stat(path, &file), 0);
    for (length = file.st_size - 1; length >= 0; length--) {
        ck_assert_int_eq(truncate(path, length), 0);
        ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
    }
}
END_TEST

START_TEST(lease_file_that_is_not_whole_counts_as_none)
{
    const char *name = fresh_name();
    char path[256];
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);

    find(path, name, ".lease");
    ck_assert_int_eq(truncate(path, 7), 0);
    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_STALE);
    ck_assert_uint_gt(acquire(&store, name, MINUTE_MS, NULL), fence);
}
END_TEST

/* The header has the boot from its byte 8 on, and when the lifetime began from 48 on. */
static void overwrite(const char *path, off_t offset, const void *bytes, size_t length)
{
    int file = open(path, O_WRONLY);

    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(pwrite(file, bytes, length, offset), (ssize_t)length);
    (void)close(file);
}

START_TEST(value_from_before_a_restart_is_a_miss)
{
    const char *name = fresh_name();
    char path[256];

    keep(name);
    find(path, name, ".value");
    overwrite(path, 8, "another", 7);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
}
END_TEST

START_TEST(lease_from_before_a_restart_is_free)
{
    const char *name = fresh_name();
    char path[256];
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);

    find(path, name, ".lease");
    overwrite(path, 8, "another", 7);
    ck_assert_uint_gt(acquire(&store, name, MINUTE_MS, NULL), fence);
}
END_TEST

START_TEST(value_from_the_future_is_a_miss)
{
    const char *name = fresh_name();
    int64_t later = _i ? INT64_MAX : INT64_MAX / 2;
    char path[256];

    keep(name);
    find(path, name, ".value");
    overwrite(path, 48, &later, sizeof(later));
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
}
END_TEST

START_TEST(unfinished_file_of_a_crash_is_replaced)
{
    const char *name = fresh_name();
    char path[256];
    char command[600];

    keep(name);
    find(path, name, ".value");
    strcpy(strrchr(path, '/'), "/new");
    (void)snprintf(command, sizeof(command), _i ? "ln -s /nowhere '%s'" : "printf half >'%s'",
                   path);
    run_shell(command);
    (void)finish(start_acquire(&store, name, 1));
    find(path, name, ".lease");
    (void)unlink(path);
    keep(name);
    ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

/* A process that is stopped while it has the lock: others go on without, and soon. */
START_TEST(held_lock_is_an_error)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    char path[256];
    answer found;
    int shard;

    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    find(path, name, ".value");
    *strrchr(path, '/') = '\0';
    shard = open(path, O_RDONLY);
    ck_assert_int_eq(flock(shard, LOCK_EX), 0);
    ck_assert_int_eq(finish(start_acquire(&store, name, 1)).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(put(&store, name, "other", 5, MINUTE_MS, fence), SPAY_STORE_ERROR);
    ck_assert_int_eq(release(&store, name, fence), SPAY_STORE_ERROR);
    found = get(&store, name);
    ck_assert_int_eq(found.result, FOUND);
    drop(&found);
    (void)close(shard);
    ck_assert_int_eq(release(&store, name, fence), SPAY_STORE_DONE);
}
END_TEST

/* As on a full disk, after some bytes. */
static int write_within_limits(void *ctx)
{
    const char *name = ctx;
    char value[5000] = {0};
    const struct rlimit limit = {4096, 4096};
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    int32_t result;
    answer found;

    if (put(&store, name, "value", 5, MINUTE_MS, fence) != SPAY_STORE_DONE)
        return 1;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 2;
    result = put(&store, name, value, sizeof(value), MINUTE_MS, fence);
    found = get(&store, name);
    return result == SPAY_STORE_ERROR && found.result == FOUND && found.length == 5 ? 0 : 3;
}

START_TEST(value_that_cannot_be_written_leaves_the_old_one)
{
    char path[256];

    ck_assert_int_eq(run_in_child(write_within_limits, (void *)(uintptr_t)fresh_name()), 0);
    find(path, "new", "");
    ck_assert_str_eq(path, "");
}
END_TEST

static int use_without_files(void *ctx)
{
    const char *name = ctx;
    const struct rlimit limit = {3, 3};

    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    return get(&store, name).result == SPAY_STORE_ERROR && try_put(name) == SPAY_STORE_ERROR ? 0
                                                                                             : 2;
}

START_TEST(without_file_descriptors_it_is_an_error)
{
    const char *name = fresh_name();

    keep(name);
    ck_assert_int_eq(run_in_child(use_without_files, (void *)(uintptr_t)name), 0);
}
END_TEST

/* Killed at any moment, it leaves a store that works, and whole values. */
static void write_for_ever(void)
{
    static char value[100000];

    for (;;) {
        uint64_t fence = acquire(&store, "killed", 1, NULL);

        memset(value, (int)('a' + fence % 26), sizeof(value));
        if (fence)
            (void)put(&store, "killed", value, sizeof(value), MINUTE_MS, fence);
    }
}

static bool is_one_letter(const answer *found)
{
    size_t i;

    for (i = 0; i < found->length; i++)
        if (found->value[i] != found->value[0])
            return false;
    return true;
}

START_TEST(writer_killed_at_any_moment_leaves_whole_values)
{
    int round;

    for (round = 0; round < 30; round++) {
        pid_t child = fork();
        answer found;
        uint64_t fence;
        int i;

        if (child == 0)
            write_for_ever();
        for (i = 0; i <= round * 3; i++) {
            found = get(&store, "killed");
            ck_assert(found.result == FOUND || found.result == SPAY_STORE_MISS);
            ck_assert(is_one_letter(&found));
            drop(&found);
        }
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        fence = acquire_at_last(&store, "killed");
        ck_assert_int_eq(release(&store, "killed", fence), SPAY_STORE_DONE);
    }
}
END_TEST

START_TEST(what_has_expired_is_removed)
{
    char name[40];
    char command[160];
    int i;

    for (i = 0; i < 400; i++) {
        uint64_t fence;

        (void)snprintf(name, sizeof(name), "order-%d", i);
        fence = acquire(&store, name, 1, NULL);
        ck_assert_int_eq(put(&store, name, "value", 5, 1, fence), SPAY_STORE_DONE);
    }
    (void)acquire(&store, "clock", 1, NULL);
    (void)acquire_at_last(&store, "clock"); /* all of them have expired */
    for (i = 0; i < 8000; i++) {
        (void)snprintf(name, sizeof(name), "order-%d", i % 400);
        (void)acquire(&store, name, 1, NULL);
    }
    (void)snprintf(command, sizeof(command), "test $(find %s -name '*.value' | wc -l) -lt 100",
                   directory);
    run_shell(command);
}
END_TEST

/* ---- ---- */

static TCase *making(void)
{
    TCase *tests = tcase_create("making");

    tcase_add_test(tests, directory_is_made);
    tcase_add_test(tests, directory_must_be_named);
    tcase_add_test(tests, directory_must_be_there);
    tcase_add_loop_test(tests, symbolic_link_is_refused, 0, 3);
    tcase_add_loop_test(tests, directory_that_others_can_enter_is_refused, 0, 7);
    tcase_add_test(tests, directory_of_another_user_is_refused);
    tcase_add_test(tests, options_of_no_version_are_refused);
    return tests;
}

static TCase *accidents(void)
{
    TCase *tests = tcase_create("accidents");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, before, after);
    tcase_add_test(tests, nobody_else_can_read_the_files);
    tcase_add_test(tests, directory_that_becomes_open_is_an_error);
    tcase_add_test(tests, store_works_again_when_its_directory_is_back);
    tcase_add_loop_test(tests, what_is_no_value_is_a_miss_or_an_error, 0,
                        (int)(sizeof(strange) / sizeof(strange[0])));
    tcase_add_test(tests, truncated_value_is_a_miss);
    tcase_add_test(tests, lease_file_that_is_not_whole_counts_as_none);
    tcase_add_test(tests, value_from_before_a_restart_is_a_miss);
    tcase_add_test(tests, lease_from_before_a_restart_is_free);
    tcase_add_loop_test(tests, value_from_the_future_is_a_miss, 0, 2);
    tcase_add_loop_test(tests, unfinished_file_of_a_crash_is_replaced, 0, 2);
    tcase_add_test(tests, held_lock_is_an_error);
    tcase_add_test(tests, value_that_cannot_be_written_leaves_the_old_one);
    tcase_add_test(tests, without_file_descriptors_it_is_an_error);
    tcase_add_test(tests, writer_killed_at_any_moment_leaves_whole_values);
    tcase_add_test(tests, what_has_expired_is_removed);
    return tests;
}

static Suite *file_suite(void)
{
    Suite *suite = suite_create("file");

    suite_add_tcase(suite, making());
    suite_add_tcase(suite, accidents());
    return suite;
}

int main(int argc, char **argv)
{
    char command[80];
    SRunner *runner;
    int failed;

    (void)argc;
    preload(argv);
    if (!mkdtemp(home))
        return 1;
    in_home(directory, "store");
    runner = srunner_create(conformance_suite());
    srunner_add_suite(runner, file_suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    (void)snprintf(command, sizeof(command), "rm -rf %s", home);
    return system(command) != 0 || failed ? 1 : 0;
}
