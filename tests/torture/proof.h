/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * TAP for proofs: tables of thousands of cases would drown it, so a proof counts its cases and
 * prints one line, with the first that failed.
 */
#ifndef TORTURE_PROOF_H
#define TORTURE_PROOF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* How many lines are out, and how many of them "not ok". */
static size_t proof_lines;
static size_t proof_failures;

/* The full figures, or the sample of "make check". */
static inline bool proof_is_full(void)
{
    return getenv("SPAY_TORTURE") != NULL;
}

static inline void proof_begin(proof *p, const char *name)
{
    memset(p, 0, sizeof(*p));
    p->name = name;
}

#if defined(__GNUC__)
static inline bool proof_case(proof *p, bool good, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#endif

/* Count a case. If it failed, say which it was, and how. */
static inline bool proof_case(proof *p, bool good, const char *format, ...)
{
    size_t used = strlen(p->notes);
    va_list arguments;

    p->cases++;
    if (good)
        return true;
    p->failed++;
    if (used + 512 > sizeof(p->notes))
        return false;
    used += (size_t)snprintf(p->notes + used, sizeof(p->notes) - used, "#   ");
    va_start(arguments, format);
    (void)vsnprintf(p->notes + used, 400, format, arguments);
    va_end(arguments);
    strcat(p->notes, "\n");
    return false;
}

/* Print the line. A proof without a case is none. */
static inline void proof_end(const proof *p)
{
    bool good = p->cases > 0 && p->failed == 0;

    proof_failures += !good;
    printf("%sok %zu - %s, %zu case%s\n", good ? "" : "not ", ++proof_lines, p->name, p->cases,
           p->cases == 1 ? "" : "s");
    if (!good)
        printf("#   %zu of %zu failed\n%s", p->failed, p->cases, p->notes);
    fflush(stdout);
}

static inline void proof_skip(const char *name, const char *reason)
{
    printf("ok %zu - %s # SKIP %s\n", ++proof_lines, name, reason);
    fflush(stdout);
}

/* The plan, and what main() returns. */
static inline int proof_plan(void)
{
    printf("1..%zu\n", proof_lines);
    return proof_failures > 0 || proof_lines == 0;
}

#endif
