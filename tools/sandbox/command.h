/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Running a COMMAND beside the server.
 */
#ifndef SANDBOX_COMMAND_H
#define SANDBOX_COMMAND_H

/* Runs it to its end, passing signals on. Returns the exit status to end with. */
int command_run(char **command);

#endif
