/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A child that cannot tell that it was not started directly.
 */
#include "command.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "options.h"
#include "signals.h"

extern char **environ;

enum {
    EXIT_CANNOT_RUN = 126,
    EXIT_NOT_FOUND = 127,
    EXIT_SIGNAL = 128
};

static int spawn(pid_t *child, char **command)
{
    posix_spawnattr_t attributes;
    sigset_t mask, defaults;

    signals_for_child(&mask, &defaults);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int trouble = posix_spawnp(child, command[0], NULL, &attributes, command, environ);
    posix_spawnattr_destroy(&attributes);
    return trouble;
}

/* The exit status of the child if it has ended, else -1. */
static int ended(pid_t child)
{
    int status;
    pid_t who = waitpid(child, &status, WNOHANG);

    if (who < 0)
        return EXIT_TROUBLE;
    if (who == 0)
        return -1;
    return WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The terminal's own signals reach the child without us; sent twice they would mean more. */
static void pass_on(pid_t child, struct signal_note note)
{
    if (note.number != SIGCHLD && !note.from_terminal)
        kill(child, note.number);
}

int command_run(char **command)
{
    pid_t child;
    int trouble = spawn(&child, command);

    if (trouble) {
        fprintf(stderr, "sessionpay-sandbox: cannot run %s: %s\n", command[0], strerror(trouble));
        return trouble == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
    }
    for (;;) {
        int status = ended(child);
        if (status >= 0)
            return status;
        pass_on(child, signals_wait(-1));
    }
}
