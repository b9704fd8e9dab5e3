/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Figures, waiting, and processes.
 */
#include "torture/kit/torture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/leave.h"

bool torture_is_full(void)
{
    const char *wanted = getenv("SPAY_TORTURE");

    return wanted && *wanted;
}

int torture_pick(int sample, int full)
{
    return torture_is_full() ? full : sample;
}

int64_t torture_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t torture_now_ms(void)
{
    return torture_now_us() / 1000;
}

bool torture_await(bool (*done)(void *ctx), void *ctx, int64_t limit_ms)
{
    const struct timespec pause = {0, 1000000};
    int64_t until = torture_now_ms() + limit_ms;

    while (!done(ctx)) {
        if (torture_now_ms() >= until)
            return done(ctx);
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

typedef struct goal {
    const int32_t *counter;
    int32_t value;
} goal;

static bool is_reached(void *ctx)
{
    const goal *wanted = ctx;

    return __atomic_load_n(wanted->counter, __ATOMIC_ACQUIRE) >= wanted->value;
}

bool torture_await_count(const int32_t *counter, int32_t value, int64_t limit_ms)
{
    goal wanted = {counter, value};

    return torture_await(is_reached, &wanted, limit_ms);
}

pid_t torture_fork(int (*run)(void *ctx), void *ctx)
{
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0)
        leave(run(ctx));
    return child;
}

typedef struct ending {
    pid_t child;
    int status;
    bool over;
} ending;

static bool is_over(void *ctx)
{
    ending *end = ctx;
    pid_t found = waitpid(end->child, &end->status, WNOHANG);

    end->over = found == end->child || (found < 0 && errno != EINTR);
    return end->over;
}

int torture_reap(pid_t child, int64_t limit_ms)
{
    ending end = {child, -1, false};

    if (child <= 0)
        return -1;
    if (!torture_await(is_over, &end, limit_ms)) {
        (void)kill(child, SIGKILL);
        (void)torture_await(is_over, &end, 10000);
    }
    return end.over ? end.status : -1;
}

const char *torture_ending(int status)
{
    static char text[40];

    if (status == -1)
        snprintf(text, sizeof(text), "no process");
    else if (WIFSIGNALED(status))
        snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
    else
        snprintf(text, sizeof(text), "exit status %d", WEXITSTATUS(status));
    return text;
}
