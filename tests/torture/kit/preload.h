/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Programs that fail what the whole process calls: a library that is preloaded does it.
 */
#ifndef TORTURE_PRELOAD_H
#define TORTURE_PRELOAD_H

/*
 * Start the program again with preload/NAME.so, which is beside it; nothing happens if it is not
 * there. Call it if the library's functions are missing.
 */
void preload(char *const *argv, const char *name);

#endif
