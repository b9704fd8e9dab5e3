/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The client: what its accounts and calls share.
 */
#ifndef SPAY__CLIENT_H
#define SPAY__CLIENT_H

#include <stdbool.h>

#include <sessionpay/client.h>

#include "base/crypto.h"
#include "budget.h"
#include "random.h"
#include "recorder.h"
#include "store.h"

/* Limits of what a client, or a call, may be told. */
enum {
    SPAY__LONGEST_TIMEOUT_MS = 3600000,
    SPAY__MOST_ATTEMPTS = 10
};

struct spay_client {
    int32_t references;
    uint32_t cancels; /* how many calls have been canceled: drivers look when it moves */
    int64_t timeout_ms;
    int64_t attempt_timeout_ms;
    int64_t connect_timeout_ms;
    int32_t max_attempts;
    char *user_agent;
    spay__hmac *key_secret; /* NULL: none */
    spay_transport transport;
    spay_platform platform;
    bool own_sleep;  /* the platform's sleep is the machine's own */
    bool own_random; /* so are its random bytes */
    void (*log)(void *ctx, int32_t level, const char *line);
    void *log_ctx;
    void (*log_destroy)(void *ctx);
    int32_t log_level;
    void (*event)(void *ctx, const spay_event *event);
    void *event_ctx;
    void (*event_destroy)(void *ctx);
    spay_status (*before_send)(void *ctx, const spay_send_record *record);
    void *before_send_ctx;
    void (*before_send_destroy)(void *ctx);
    spay__recorder *recorder;
    spay__random random;
    spay__budgets budgets;
    spay__store store;
};

spay_client *spay__client_share(spay_client *client);

int64_t spay__client_now_ms(const spay_client *client);
int64_t spay__client_wall_ms(const spay_client *client);
bool spay__client_random(spay_client *client, void *buffer, size_t length);

/* Sleep in slices that a canceled call can bear. */
void spay__client_sleep(const spay_client *client, int64_t duration_ms, const int32_t *canceled);

#endif
