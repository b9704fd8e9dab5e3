/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Tables of thousands of cases would drown TAP: a proof counts its cases and prints one line, with
 * the first that failed.
 */
#ifndef TORTURE_PROOF_H
#define TORTURE_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include "support/tap.h"

/* Sanitizers have a memory of their own, and need more stack. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PROOF_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PROOF_IS_SANITIZED 1
#endif
#endif
#ifndef PROOF_IS_SANITIZED
#define PROOF_IS_SANITIZED 0
#endif

typedef struct proof {
    const char *name;
    size_t cases;
    size_t failed;
    char notes[2048]; /* what failed first */
} proof;

void proof_begin(proof *p, const char *name);

/* Count a case. If it failed, say which it was, and how. Returns good. */
bool proof_case(proof *p, bool good, const char *format, ...) TAP_FORMAT(3);

/* Print the line. A proof without a case has failed. */
void proof_end(const proof *p);

#endif
