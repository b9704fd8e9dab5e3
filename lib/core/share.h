/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One record that all processes share through the store: it is there, somebody makes it and the
 * others wait, or this call makes it. The store is a help and no more: if it fails, the call makes
 * the record by itself.
 */
#ifndef SPAY__SHARE_H
#define SPAY__SHARE_H

#include "seal.h"

struct spay_store_operation;

typedef enum spay__share_answer {
    SPAY__SHARE_WAIT,  /* until woken, or until wake_ms */
    SPAY__SHARE_FOUND, /* the record is there */
    SPAY__SHARE_MAKE   /* make it, then publish it, or end */
} spay__share_answer;

typedef enum spay__share_state {
    SPAY__SHARE_NEW,
    SPAY__SHARE_LOOKING,   /* for the record */
    SPAY__SHARE_ACQUIRING, /* the lease, since there is none */
    SPAY__SHARE_CHECKING,  /* again with the lease: it may have come in between */
    SPAY__SHARE_AWAITING,  /* another holds the lease */
    SPAY__SHARE_READY,     /* the record was found */
    SPAY__SHARE_MAKING
} spay__share_state;

/* Zero-initialize; set what comes first. */
typedef struct spay__share {
    struct spay_call *call; /* whose client has the store */
    char name[SPAY__STORE_NAME_SIZE];
    int64_t lease_ms; /* how long the record may take to make */
    int64_t until_ms; /* how long to wait for another; then make it without the lease */

    spay__share_state state;
    struct spay_store_operation *operation; /* in flight */
    int64_t began_ms;                       /* when it was started */
    int64_t wake_ms;
    int32_t rounds; /* of looking while another has the lease */
    uint64_t fence; /* of the lease; 0: none */
    spay__buffer record;
    int64_t ttl_left_ms; /* of the record that was found */
} spay__share;

/* Go on as far as possible without waiting. The same answer as before, once it is not WAIT. */
spay__share_answer spay__share_step(spay__share *share, int64_t now_ms);

/* The record that was found is of no use: go on as if it were not there. */
void spay__share_reject(spay__share *share);

/* Store the record that was made, if there is a lease for it, and give the lease back. */
void spay__share_publish(spay__share *share, const spay__buffer *record, int64_t ttl_ms);

/* End it, in any state; a lease is given back. The share is zeroed. */
void spay__share_end(spay__share *share);

#endif
