/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Each allocation of a new store and of its operations fails in turn, also those of other libraries:
 * by an allocator that is preloaded.
 */
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From the library that is preloaded. */
#pragma weak fail_heap_at
#pragma weak fail_heap_count
void fail_heap_at(long nth, int for_good);
long fail_heap_count(void);

enum {
    MOST_ALLOCATIONS = 10000,
    OPERATIONS = 4
};

void preload(char **argv)
{
    char path[512];
    const char *slash = strrchr(argv[0], '/');

    if (getenv("SPAY_PRELOADED") || !slash) {
        (void)unsetenv("LD_PRELOAD"); /* so that servers do without */
        return;
    }
    (void)snprintf(path, sizeof(path), "%.*s/../torture/preload/fail_heap.so",
                   (int)(slash - argv[0]), argv[0]);
    if (access(path, R_OK) != 0)
        return;
    (void)setenv("SPAY_PRELOADED", "1", 1);
    (void)setenv("LD_PRELOAD", path, 1);
    (void)execv(argv[0], argv);
}

static void start(const spay_store *store, int which, uint64_t fence,
                  spay_store_operation *operation)
{
    const char *name = "without-memory";

    switch (which) {
    case 0:
        store->acquire(store->ctx, name, 1, operation);
        break;
    case 1:
        store->put(store->ctx, name, "value", 5, MINUTE_MS, fence, operation);
        break;
    case 2:
        store->get(store->ctx, name, operation);
        break;
    default:
        store->release(store->ctx, name, fence, operation);
        break;
    }
}

/* An error is what may become of each of them, and what would become of them with memory. */
static void check_result(int which, const answer *done)
{
    static const int32_t good[OPERATIONS] = {ACQUIRED, SPAY_STORE_DONE, FOUND, SPAY_STORE_DONE};

    if (done->result == FOUND)
        ck_assert_mem_eq(done->value, "value", 5);
    else
        ck_assert(done->result == good[which] || done->result == SPAY_STORE_ERROR ||
                  done->result == SPAY_STORE_HELD || done->result == SPAY_STORE_STALE ||
                  done->result == SPAY_STORE_MISS);
}

/* What came of the operations; the Check library must not be called meanwhile, since it allocates. */
typedef struct outcome {
    bool opened;
    answer answers[OPERATIONS];
} outcome;

static void use_store(spay_store_operation **operations, outcome *got)
{
    spay_store store;
    uint64_t fence = 0;
    int i;

    got->opened = try_to_open_store(&store);
    for (i = 0; i < OPERATIONS && got->opened; i++) {
        start(&store, i, fence, operations[i]);
        got->answers[i] = finish(operations[i]);
        if (i == 0)
            fence = got->answers[i].fence;
    }
    if (got->opened)
        close_store(&store);
}

/* One round with the trap set at an allocation. How many there were. */
static long try_with(long nth, int for_good)
{
    spay_store_operation *operations[OPERATIONS];
    outcome got = {.opened = false};
    long count;
    int i;

    for (i = 0; i < OPERATIONS; i++)
        operations[i] = prepare();
    fail_heap_at(nth, for_good);
    use_store(operations, &got);
    count = fail_heap_count();
    fail_heap_at(0, 0);
    for (i = 0; i < OPERATIONS; i++) {
        if (got.opened)
            check_result(i, &got.answers[i]);
        else
            forget(operations[i]);
        drop(&got.answers[i]);
    }
    return count;
}

START_TEST(without_memory_nothing_works_and_nothing_breaks)
{
    spay_store store;
    uint64_t fence;
    long nth = 1;

    while (nth < MOST_ALLOCATIONS && try_with(nth, _i) >= nth)
        nth++;
    ck_assert_int_gt(nth, 2);
    ck_assert_int_lt(nth, MOST_ALLOCATIONS);
    store = open_store();
    fence = acquire_at_last(&store, "without-memory");
    ck_assert_int_eq(release(&store, "without-memory", fence), SPAY_STORE_DONE);
    close_store(&store);
}
END_TEST

TCase *no_memory_case(void)
{
    TCase *tests = tcase_create("no_memory");

    tcase_set_timeout(tests, 120);
    if (fail_heap_at)
        tcase_add_loop_test(tests, without_memory_nothing_works_and_nothing_breaks, 0, 2);
    return tests;
}
