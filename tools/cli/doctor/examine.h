/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * From a probe to checks: name lookup, connection, proxy, TLS, reply, clock, credentials.
 */

#ifndef CLI_DOCTOR_EXAMINE_H
#define CLI_DOCTOR_EXAMINE_H

#include "diagnosis.h"
#include "probe.h"

/* The way to the host and back. Returns whether it was the provider that answered. */
bool examine_way(struct diagnosis *diagnosis, const struct probe *probe);

void examine_clock(struct diagnosis *diagnosis, const struct probe *probe);

/* Whether the provider accepted the credentials of the probe. */
void examine_credentials(struct diagnosis *diagnosis, const struct probe *probe);

#endif
