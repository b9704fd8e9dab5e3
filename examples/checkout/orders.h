/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Orders, in memory: what was ordered, and the session that was made to pay for it. A shop has them in
 * its database.
 */
#ifndef CHECKOUT_ORDERS_H
#define CHECKOUT_ORDERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <sessionpay/sessionpay.h>

/** What the shop sells. Prices are here and nowhere else: a page only names the item. */
struct item {
    const char *id;
    const char *name;
    const char *amount; /* "49.00" */
};

extern const struct item items[];
extern const size_t item_count;
extern const char currency[];

enum {
    ORDER_ID_SIZE = 33
};

struct order {
    char id[ORDER_ID_SIZE]; /* not to be guessed: who knows it may pay for the order */
    const struct item *item;
    pthread_mutex_t lock; /* for what follows; held while a session is made, so that there is one */
    bool paid;
    int card_try;  /* counts the sessions that this order has had, */
    int apple_try; /* each try is an intent of its own */
    spay_hosted_fields_session *card;
};

/** NULL if there is no such item, or no room. */
struct order *order_new(const char *item_id);
/** NULL if there is none. */
struct order *order_find(const char *id);
/** All of them, and their sessions. */
void orders_free(void);

#endif
