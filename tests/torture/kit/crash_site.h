/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Where a child crashes, for trials without memory, which OpenSSL and libcurl do not all survive.
 * A crash counts as theirs only if it happens within them, and if a child that does not use the
 * library crashes in the same function.
 */
#ifndef TORTURE_CRASH_SITE_H
#define TORTURE_CRASH_SITE_H

#include <stdbool.h>
#include <stdio.h>

enum {
    CRASH_SITE_SIZE = 200
};

/* In a child: write to this file where it crashes, if it does. Does nothing without glibc. */
void crash_site_tell(FILE *heard);

/* What it wrote, "FUNCTION of OBJECT". false if it wrote nothing. */
bool crash_site_read(FILE *heard, char site[CRASH_SITE_SIZE]);

/*
 * Whether a child that runs alone(nth), for an nth from 1 to most, crashes at this site. alone() lets
 * the nth allocation fail, and returns whether it got so far.
 */
bool crash_site_is_of_others(const char *site, bool (*alone)(long nth), long most);

/*
 * For alone(): make the objects of a TLS connection in the order in which libcurl does. From 3.2 on
 * SSL_set_connect_state() ignores that it has no memory for the record layer, and SSL_set0_rbio() or
 * SSL_set0_wbio() goes through its null pointer. Then hash a public key as libcurl 7.88 does, which goes
 * on without a digest if EVP_DigestInit() has none. fail_at(nth) sets the trap, and fail_at(0) ends it.
 */
void crash_site_use_openssl(void (*fail_at)(long nth), long nth);

#endif
