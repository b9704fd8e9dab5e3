/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The scripted faults that wait for their requests. Safe from any thread.
 */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include "fault.h"

struct faults;

struct faults *faults_new(void);
/* Appends one fault or an array of them, all or none. Returns NULL, or a complaint that the
 * caller frees. */
char *faults_script(struct faults *faults, const cJSON *description);
/* The first fault for this request, or NULL. Give it back when the request is done. */
const struct fault *faults_take(struct faults *faults, const struct request *request);
void faults_give_back(struct faults *faults, const struct fault *fault);
/* [{"name": ..., "path": ..., "method": ..., "count": n, "skip": n}, ...], those that wait. */
cJSON *faults_to_json(struct faults *faults);
/* Number of requests that the waiting faults are still good for. */
long faults_pending(struct faults *faults);
void faults_clear(struct faults *faults);
void faults_free(struct faults *faults);

#endif
