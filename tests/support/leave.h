/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The end of a forked child: by _exit(), since what atexit() runs is the parent's to run. A build for
 * coverage keeps what the child has counted.
 */
#ifndef SUPPORT_LEAVE_H
#define SUPPORT_LEAVE_H

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef SPAY_COVERAGE
void __gcov_dump(void); /* of libgcov */
#endif

static inline void leave(int status)
{
#ifdef SPAY_COVERAGE
    __gcov_dump();
#endif
    _exit(status);
}

/* Run it in a forked child. Returns what it returns, 0 to 254; 255 if there was no child, or it died. */
static inline int run_in_child(int (*run)(void *ctx), void *ctx)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        leave(run(ctx));
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 255;
    return WEXITSTATUS(status);
}

#endif
