/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The handler writes each signal into a pipe, where poll finds it beside other input.
 */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

enum {
    FROM_TERMINAL = 0x80,
    READ_END = 0,
    WRITE_END = 1
};

static const int watched[] = {SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
enum {
    WATCHED = sizeof(watched) / sizeof(*watched)
};

static int notes[2];
static sigset_t original_mask;
static sigset_t changed; /* signals whose disposition is not the one we were started with */

static void take_note(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    unsigned char note = (unsigned char)number;

    (void)context;
#ifdef SI_KERNEL
    if (info->si_code == SI_KERNEL)
#else
    if (info->si_pid == 0)
#endif
        note |= FROM_TERMINAL;
    if (write(notes[WRITE_END], &note, 1) < 0) {
        /* The pipe is full of signals nobody has looked at yet: one more adds nothing. */
    }
    errno = saved;
}

static bool open_pipe(void)
{
    if (pipe(notes) != 0) {
        perror("sessionpay-sandbox: cannot open a pipe");
        return false;
    }
    for (int end = READ_END; end <= WRITE_END; end++)
        fcntl(notes[end], F_SETFD, FD_CLOEXEC);
    fcntl(notes[WRITE_END], F_SETFL, O_NONBLOCK);
    return true;
}

static bool is_ignored(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void ignore_broken_pipes(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    if (is_ignored(SIGPIPE))
        return;
    sigaction(SIGPIPE, &action, NULL);
    sigaddset(&changed, SIGPIPE);
}

bool signals_init(bool as_found)
{
    struct sigaction action = {.sa_sigaction = take_note, .sa_flags = SA_SIGINFO | SA_RESTART};

    if (!open_pipe())
        return false;
    sigemptyset(&action.sa_mask);
    sigemptyset(&changed);
    for (int i = 0; i < WATCHED; i++) {
        if (as_found && watched[i] != SIGCHLD && is_ignored(watched[i]))
            continue;
        sigaction(watched[i], &action, NULL);
        sigaddset(&changed, watched[i]);
    }
    ignore_broken_pipes();
    /* Whoever started us may have blocked what we wait for. */
    sigprocmask(SIG_UNBLOCK, &changed, &original_mask);
    return true;
}

struct signal_note signals_wait(int input)
{
    struct pollfd sources[] = {{notes[READ_END], POLLIN, 0}, {input, POLLIN, 0}};
    unsigned char note;

    while (poll(sources, 2, -1) < 0) { /* interrupted by the very signal we wait for */
    }
    if (sources[0].revents && read(notes[READ_END], &note, 1) == 1)
        return (struct signal_note){note & ~FROM_TERMINAL, (note & FROM_TERMINAL) != 0};
    return (struct signal_note){0, false};
}

void signals_for_child(sigset_t *mask, sigset_t *defaults)
{
    *mask = original_mask;
    *defaults = changed;
}

void signals_free(void)
{
    close(notes[READ_END]);
    close(notes[WRITE_END]);
}
