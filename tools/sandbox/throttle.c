/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * WePay's published limit: 30 requests in 10 seconds.
 */
#include "throttle.h"

#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "xalloc.h"

enum {
    LIMIT = 30,
    WINDOW_MS = 10000
};

struct throttle {
    pthread_mutex_t lock;
    int64_t admitted_ms[LIMIT]; /* circular: the slot to write next holds the oldest */
    size_t next;
    size_t count;
};

struct throttle *throttle_new(void)
{
    struct throttle *throttle = xcalloc(1, sizeof(*throttle));

    pthread_mutex_init(&throttle->lock, NULL);
    return throttle;
}

bool throttle_admit(struct throttle *throttle)
{
    int64_t now = clock_monotonic_ms();

    pthread_mutex_lock(&throttle->lock);
    bool admitted =
        throttle->count < LIMIT || now - throttle->admitted_ms[throttle->next] >= WINDOW_MS;
    if (admitted) {
        throttle->admitted_ms[throttle->next] = now;
        throttle->next = (throttle->next + 1) % LIMIT;
        if (throttle->count < LIMIT)
            throttle->count++;
    }
    pthread_mutex_unlock(&throttle->lock);
    return admitted;
}

void throttle_clear(struct throttle *throttle)
{
    pthread_mutex_lock(&throttle->lock);
    throttle->count = 0;
    throttle->next = 0;
    pthread_mutex_unlock(&throttle->lock);
}

void throttle_free(struct throttle *throttle)
{
    pthread_mutex_destroy(&throttle->lock);
    free(throttle);
}
