/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sessions for orders: the only part of the shop that knows libsessionpay, and the words that a shopper
 * reads when there is none.
 */
#ifndef CHECKOUT_PAYMENTS_H
#define CHECKOUT_PAYMENTS_H

#include <cjson/cJSON.h>

#include "orders.h"

/** Makes the accounts from the environment. False, with a message, if that fails. */
bool payments_start(void);
void payments_stop(void);

/**
 * What the card form needs: {"token", "mode", "expiresIn"}, or {"paid": true}, or {"problem": {...}}. The
 * session that the order has, unless it is about to expire or is the one whose token the form refused.
 */
cJSON *payments_card(struct order *order, const char *refused_token);

/** Apple's merchant session, or {"paid": true}, or {"problem": {...}}. */
cJSON *payments_apple(struct order *order, const char *validation_url);

/** What an app with a card reader needs: {"token", "expiresIn"}, or {"paid": true}, or {"problem": {...}}. */
cJSON *payments_reader(struct order *order);

/** {"problem": {...}} for what is the shop's own fault. */
cJSON *payments_fault(void);

#endif
