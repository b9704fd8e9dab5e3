/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The call machine in a simulated world: up to three calls, virtual time, a server that knows what it
 * processed, a store, one or two processes. Whoever drives it says what happens next; what must hold
 * of every call is checked after each event.
 */
#ifndef SUPPORT_MACHINE_H
#define SUPPORT_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "support/accounts.h"
#include "support/memory_store.h"

#if ALL_PROVIDERS

enum {
    MACHINE_CALLS = 3,
    MACHINE_PROCESSES = 2,
    MACHINE_KEY_SIZE = 256,
    MACHINE_BODY_SIZE = 1024
};

/* The world at its start. */
typedef struct machine_setup {
    account_kind kind; /* of all calls */
    bool apple_pay;    /* both steps in one call, with ACCOUNT_CONNECT_SERVER */
    bool with_store;
    bool two_processes;        /* the last call is of another one: it shares the store alone */
    bool hooks[MACHINE_CALLS]; /* its driver is woken; otherwise it looks by itself */
    int64_t timeout_ms[MACHINE_CALLS];   /* 0: 10 s */
    int32_t max_attempts[MACHINE_CALLS]; /* 0: the usual */
    int64_t attempt_timeout_ms;          /* 0: the usual */
    bool even;                           /* random bytes are all the same but in keys */
} machine_setup;

/* What comes back for a request. */
typedef struct machine_answer {
    const char *name;
    int32_t http_status; /* 0: the network fails */
    const char *body;    /* NULL: the good one of what was asked, with its status */
    const char *retry_after;
    const char *date;
    spay_status failure;
    bool sent; /* a failure that came after bytes of the request had left */
    int32_t
        truth; /* SPAY_OUTCOME_...: what the server knows of the request, _UNKNOWN: processed, perhaps */
} machine_answer;

typedef struct machine_call {
    struct machine *machine;
    spay_call *call; /* NULL: not begun, or freed */
    int process;
    bool begun;
    bool woken;
    bool inherited; /* begun before the last fork */
    bool canceled;
    bool good;       /* the server has answered its operation with a session */
    int32_t next;    /* what it asked for */
    int32_t asked;   /* requests of the operation that it asked for */
    int32_t sent;    /* those that left, perhaps in part */
    int32_t tokens;  /* token requests that it asked for */
    int32_t refused; /* attempts that were answered with 401 */
    int32_t truth;   /* the worst of what the server knows */
    int64_t began_ms;
    int64_t deadline_ms;
    int64_t expires_ms; /* when the transport gives up the request that is out */
    spay_status status; /* when it is done */
    int64_t ended_ms;
    const void *operation;
    char key[MACHINE_KEY_SIZE];
    char url[256];
    char body[MACHINE_BODY_SIZE];
} machine_call;

typedef struct machine {
    machine_setup setup;
    test_accounts accounts[MACHINE_PROCESSES]; /* the second is that of the other process */
    memory_store *store;
    bool store_troubled; /* it failed, or was late */
    int32_t tokens_made;
    uint64_t refused_tokens[MACHINE_PROCESSES]; /* bits; each process knows of its own */
    unsigned char random;
    spay_platform platform;
    machine_call calls[MACHINE_CALLS];
    spay_call *lost[MACHINE_CALLS]; /* of the threads that a child does not have */
    const char *broken;             /* the first rule that did not hold */
} machine;

/* The world without calls; false without memory. Close it in any case. */
bool machine_open(machine *m, const machine_setup *setup);
void machine_close(machine *m);

int64_t machine_now_ms(const machine *m);

/* Events. Those that do not fit the call's state do nothing, and return false. */
bool machine_begin(machine *m, int who, const char *intent);
bool machine_step(machine *m, int who);
bool machine_answer_call(machine *m, int who, const machine_answer *answer);
bool machine_cancel(machine *m, int who);
bool machine_free(machine *m, int who);
void machine_advance(machine *m, int64_t duration_ms);

/*
 * From here on the process is a forked child of the one before, whose calls it goes on with; alone, they
 * were those of other threads, which it does not have.
 */
void machine_note_fork(machine *m, bool alone);

/* Whether the request that is out is for a token. */
bool machine_sends_token(const machine_call *one);

/* Whether it exists, and is not done. */
bool machine_is_live(const machine_call *one);

/* What must hold of the calls together; the events check it too. */
void machine_check(machine *m);

#endif
#endif
