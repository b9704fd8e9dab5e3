/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A list that only grows.
 */
#include "orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

enum {
    MOST_ORDERS = 10000
};

const struct item items[] = {
    {.id = "lamp", .name = "Bicycle lamp", .amount = "24.90"},
    {.id = "helmet", .name = "Helmet", .amount = "59.00"},
    {.id = "bicycle", .name = "City bicycle", .amount = "649.00"},
};
const size_t item_count = sizeof(items) / sizeof(*items);
const char currency[] = "EUR";

static struct order *orders[MOST_ORDERS];
static size_t order_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct item *find_item(const char *id)
{
    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].id, id) == 0)
            return &items[i];
    }
    return NULL;
}

static bool make_id(char id[ORDER_ID_SIZE])
{
    unsigned char bytes[(ORDER_ID_SIZE - 1) / 2];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static bool keep(struct order *order)
{
    pthread_mutex_lock(&lock);
    bool room = order_count < MOST_ORDERS;
    if (room)
        orders[order_count++] = order;
    pthread_mutex_unlock(&lock);
    return room;
}

struct order *order_new(const char *item_id)
{
    struct order *made = calloc(1, sizeof(*made));

    if (!made)
        return NULL;
    made->item = find_item(item_id);
    pthread_mutex_init(&made->lock, NULL);
    if (made->item && make_id(made->id) && keep(made))
        return made;
    pthread_mutex_destroy(&made->lock);
    free(made);
    return NULL;
}

struct order *order_find(const char *id)
{
    struct order *found = NULL;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < order_count && !found; i++)
        found = strcmp(orders[i]->id, id) == 0 ? orders[i] : NULL;
    pthread_mutex_unlock(&lock);
    return found;
}

void orders_free(void)
{
    for (size_t i = 0; i < order_count; i++) {
        spay_hosted_fields_session_free(orders[i]->card);
        pthread_mutex_destroy(&orders[i]->lock);
        free(orders[i]);
    }
    order_count = 0;
}
