/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the tests of the event-loop driver share: accounts, a driver, and a peer on the test's own
 * thread, which answers only when it is told to. With the sandbox in its place, the peer is unused.
 */
#ifndef INTEGRATION_MULTI_RIG_H
#define INTEGRATION_MULTI_RIG_H

#include "integration.h"
#include "setup.h"

enum {
    MOST_CONNECTIONS = 64,
    LONGEST_REQUEST = 8192,
    LIMIT_MS = 60000,
    LIFE_MS = 600000, /* for calls that are many: no machine is that slow */
    STARTS = 512
};

int64_t now_ms(void);

/* ---- the peer ---- */

/* A connection to it, and the request that came last. */
typedef struct peer_client {
    int fd;
    size_t length;
    int asked; /* which request of all this is; 0 while there is none to answer */
    char bytes[LONGEST_REQUEST];
} peer_client;

typedef struct peer {
    int listener;
    char url[40];
    int connections; /* taken so far */
    int requests;    /* read so far */
    int waiting;     /* for their answer now */
    int most_waiting;
    int count;
    peer_client clients[MOST_CONNECTIONS];
} peer;

void peer_open(peer *opened);
void peer_close(peer *closed);

/* Take what has come, without waiting. */
void peer_turn(peer *p);

/* The request that waits longest, of those that begin with this; NULL if none does. */
peer_client *peer_oldest(peer *p, const char *start);

/* Answer the oldest request that begins with this, well or not. false if there is none. */
bool peer_answer(peer *p, const char *start);
bool peer_answer_with(peer *p, const char *start, const char *body);
bool peer_refuse(peer *p, int status, const char *headers);

/* ---- the rig ---- */

typedef struct rig {
    test_accounts accounts;
    peer peer; /* unless it is the sandbox */
    bool has_peer;
    spay_multi *multi;
    int done;                /* calls that came back */
    unsigned starts[STARTS]; /* numbers of the calls, in the order in which they were sent */
    int start_count;
    unsigned refused; /* the number of a call that may not be sent; 0 for none */
} rig;

/* One call, and what became of it. */
typedef struct record {
    rig *rig;
    account_kind kind;
    spay_call *call;
    int times; /* that it came back */
    int order; /* in which calls came back: 1 for the first */
    spay_status status;
    int32_t outcome;
    int32_t requests_sent;
    int32_t token_requests;
    struct record *then; /* to be added by the callback */
} record;

/* The peer is the provider. Free with rig_close(). */
rig *rig_open(const spay_multi_options *options);
rig *rig_with(int32_t max_connections);
void rig_close(rig *closed);

/* Parts of that: the options that the rig does not set itself are kept. */
void open_client(rig *r, spay_client_options *options);
void open_accounts(test_accounts *opened, const accounts_setup *setup);
void open_accounts_at(test_accounts *opened, const char *url);

/* Accounts at another peer, with the client of the rig. */
void open_other_accounts(rig *r, test_accounts *other_accounts, peer *where);
void close_other_accounts(test_accounts *other_accounts);

/* ---- calls ---- */

/* The key of a call begins with its number; 0: a random key. Without a timeout: the client's. */
spay_call *make_call(const test_accounts *s, account_kind kind, unsigned number,
                     int64_t timeout_ms);
spay_call *make_limited_call(const test_accounts *s, account_kind kind, unsigned number,
                             int64_t timeout_ms, int64_t attempt_timeout_ms);

/* Make a call of the rig's accounts; add it; or both. */
void prepare(rig *r, record *made, account_kind kind, unsigned number, int64_t timeout_ms);
void add(record *added);
void begin(rig *r, record *made, account_kind kind, unsigned number);

/* The same with accounts at another peer; WePay. */
void prepare_at(rig *r, const test_accounts *other_accounts, record *made, unsigned number);

/* The callback of add(), with the record: it notes the end and frees the call. */
void on_done(void *ctx, spay_call *call);
void note_end(record *ended, spay_call *call);

/* ---- turns ---- */

/* One turn of the driver, one of the peer. */
void turn(rig *r);

/* Driver and peer take turns until it is so. */
#define UNTIL(r, condition)                                                                        \
    do {                                                                                           \
        int64_t end_ms_ = now_ms() + LIMIT_MS;                                                     \
                                                                                                   \
        while (!(condition)) {                                                                     \
            ck_assert_msg(now_ms() < end_ms_, "in vain: %s", #condition);                          \
            turn(r);                                                                               \
        }                                                                                          \
    } while (0)

/* Answer everything until so many calls are done. */
void serve_until_done(rig *r, int done);

/* ---- canceling ---- */

/* Where a call may be. */
typedef enum call_place {
    QUEUED,
    RUNNING,
    BACKING_OFF,
    AWAITING_TOKEN,
    PLACES
} call_place;

/* Bring a new call to that place; blockers are two records for calls that it needs there. */
void bring_to(rig *r, record *made, record *blockers, call_place at);

/* The call came back once, canceled, with the outcome that the place has. */
void check_canceled(const record *ended, call_place at);

#endif
