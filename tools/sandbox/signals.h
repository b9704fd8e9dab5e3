/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Signals, turned into something that can be waited for.
 */
#ifndef SANDBOX_SIGNALS_H
#define SANDBOX_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct signal_note {
    int number;         /* 0: no signal, the input became readable */
    bool from_terminal; /* sent to all of the foreground at once, by a key */
};

/* Catches the signals that end or concern us. With as_found, one that was ignored at the start
 * stays ignored, as a wrapper must keep it. False, with a message, if that fails. */
bool signals_init(bool as_found);
/* Waits for a signal, or, unless input is negative, for that descriptor to become readable. */
struct signal_note signals_wait(int input);
/* What a child must be started with to find things as we found them. */
void signals_for_child(sigset_t *mask, sigset_t *defaults);
void signals_free(void);

#endif
