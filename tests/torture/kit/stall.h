/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The places where a call can get stuck, each with a peer that makes it so and a way to see that
 * the call is there.
 */
#ifndef TORTURE_STALL_H
#define TORTURE_STALL_H

#include <stdbool.h>

#include "support/accounts.h"
#include "torture/kit/peer.h"

typedef enum stall_place {
    STALL_RESOLVING,   /* a name server that does not answer; needs private_network() */
    STALL_CONNECTING,  /* SYNs that nobody takes */
    STALL_TLS,         /* a handshake with someone silent */
    STALL_REPLY,       /* the request is out, and nothing comes */
    STALL_HEADER,      /* the reply's header comes a byte a second */
    STALL_BODY,        /* the reply's body does */
    STALL_BACKING_OFF, /* the provider asks to come back in 50 s */
    STALL_TOKEN,       /* the token endpoint takes the request, and nothing comes */
    STALL_TOKEN_BODY,  /* the token comes a byte a second */
    STALL_OTHERS_TOKEN /* another call of the account is stuck in STALL_TOKEN */
} stall_place;

enum {
    STALL_PLACES = STALL_OTHERS_TOKEN + 1
};

typedef struct stall {
    stall_place place;
    peer server;
    int resolver;
    int listener; /* of the black hole */
    int fillers[4];
    test_accounts accounts;
    account_kind kind;
    spay_call *other; /* the call that fetches the token, and never gets it */
    struct stall_thread *thread;
    int32_t backing_off; /* counts events */
} stall;

const char *stall_name(stall_place place);

/* Set the place up. NULL, or why it cannot be had here. Close it in any case. */
const char *stall_open(stall *s, stall_place place);

/* A call that will get stuck there, with so long to live. NULL without memory. */
spay_call *stall_call(stall *s, int64_t timeout_ms);

/* Look until the call is there, at most ten seconds. */
bool stall_await(stall *s, const spay_call *call);

void stall_close(stall *s);

#endif
