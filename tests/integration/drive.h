/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A client with a WePay account, whose calls go through one of the drivers: the same test takes
 * them all. The event loop of the third is poll(2), and it checks what it is told.
 */
#ifndef INTEGRATION_DRIVE_H
#define INTEGRATION_DRIVE_H

#include <poll.h>
#include <pthread.h>

#include "setup.h"

typedef enum drive_kind {
    DRIVE_BLOCKING,
    DRIVE_POLLED,
    DRIVE_FOREIGN_LOOP,
    DRIVE_KINDS
} drive_kind;

enum {
    DRIVE_SOCKETS = 1024
};

/* What became of a call. */
typedef struct drive_result {
    spay_status status;
    int32_t outcome; /* 0 if it succeeded */
    int32_t attempts;
    int32_t requests_sent;
    int32_t http_status;
    char reason[64];
    int64_t elapsed_us;
    /* From the events of its attempts. */
    int64_t bytes_sent;
    int64_t bytes_received;
    int64_t first_byte_us; /* of the last attempt */
    int64_t lookup_us;
    int64_t connect_us;
    int64_t tls_us;
    char phase[16];
    char message[384];
    int32_t events;
} drive_result;

typedef struct drive {
    drive_kind kind;
    test_accounts accounts;
    spay_multi *multi;                /* NULL: blocking */
    drive_result *noted;              /* where events are added up */
    struct pollfd fds[DRIVE_SOCKETS]; /* what the foreign loop watches */
    int fd_count;
    int64_t timer_us; /* -1: none */
    int misuses;      /* of the hooks */
    const char *misuse;
    struct drive *next; /* of those with a loop, for close() */
} drive;

const char *drive_name(drive_kind kind);

/*
 * Open a client whose WePay is at this URL; ca_pem and options may be NULL. A limit that the
 * options do not set is so long that no test reaches it.
 */
void drive_open(drive *opened, drive_kind kind, const char *url, const char *ca_pem,
                const spay_client_options *options, const spay_multi_options *multi_options);
void drive_close(drive *closed);

/* A call that can be made once more, with a body that is larger by so many bytes. */
spay_call *drive_make_call(const drive *d, const spay_call_options *options, size_t extra);

/* Run it to its end, and free it. */
drive_result drive_run(drive *d, spay_call *call);

/* Both, with one attempt. */
drive_result drive_call(drive *d);

/* A call on a thread of its own, which can be canceled until it is joined. The test makes both. */
typedef struct drive_worker {
    drive drive;
    spay_call *call;
    drive_result result;
    pthread_t thread;
} drive_worker;

void drive_start(drive_worker *started);
void drive_join(drive_worker *joined);

/* For several calls at once, and those that are canceled: not for the blocking driver. */
void drive_add(drive *d, spay_call *call, void (*done)(void *ctx, spay_call *call), void *ctx);
void drive_turn(drive *d, int64_t timeout_ms);

/* Read what became of a call that is done. */
void drive_read_result(drive_result *result, spay_call *call);

/* The foreign loop was never misled, and has nothing to wait for after the turn that an idle connection
   stays watched. */
void drive_expect_quiet(drive *d);

void drive_expect(const drive *d, const drive_result *result, spay_status status,
                  const char *reason, int32_t outcome);

int64_t drive_now_us(void);

/* Wait a moment, for a condition that is looked at again and again. */
void drive_pause(void);

#endif
