/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A network of one's own, where nothing answers: only loopback, and a name server that takes
 * questions and keeps them.
 */
#ifndef TORTURE_PRIVATE_H
#define TORTURE_PRIVATE_H

#include <stdbool.h>

/*
 * Move this process into a network namespace and a mount namespace of its own, whose resolv.conf
 * names a server on 127.0.0.1. Before the process has threads. NULL if it is done, else why the
 * system does not allow it. The sandbox cannot be reached afterwards.
 */
const char *private_network(void);

/* In there: the socket of a name server that never answers; -1 if it cannot be had. */
int private_resolver(void);

#endif
