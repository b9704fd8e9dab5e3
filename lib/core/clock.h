/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Which time it is for a call: this machine's, corrected by what the provider's `Date` tells. A
 * correction belongs to one call until the provider has accepted a signature that was made with it;
 * only then the account keeps it.
 */
#ifndef SPAY__CLOCK_H
#define SPAY__CLOCK_H

#include "call.h"

/* What to add to this machine's wall clock when the next attempt is signed. */
int64_t spay__clock_offset_ms(const spay_call *call);

/* The wall clock with that offset. */
int64_t spay__clock_wall_ms(const spay_call *call);

/* The provider's clock now if the reply tells it credibly, else the one that was signed with. */
int64_t spay__clock_provider_ms(const spay_call *call);

/* The provider's clock less this machine's, if they differ by more than can be chance; else 0. */
int64_t spay__clock_difference_ms(const spay_call *call);

/* Whether the difference of the two clocks explains a refused signature, and is to be believed. */
bool spay__clock_is_off(const spay_call *call);

/*
 * Note what the reply to a refused signature says. A date that cannot be right is believed only if
 * a second reply says the same.
 */
void spay__clock_note(const spay_call *call);

/* Sign the attempts of this call by the provider's clock from now on. */
void spay__clock_correct(spay_call *call);

/* The provider accepted a corrected signature: the account's calls are signed like that now. */
void spay__clock_confirm(const spay_call *call);

/* Make the error of a refused signature say what the clocks have to do with it. */
void spay__clock_explain(const spay_call *call, spay_error *error);

#endif
