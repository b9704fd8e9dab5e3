/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What the doctor found: one check for each step, and what is to be done. Kept as JSON, printed as
 * JSON or as lines.
 */

#ifndef CLI_DOCTOR_DIAGNOSIS_H
#define CLI_DOCTOR_DIAGNOSIS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

struct diagnosis {
    cJSON *checks;
    cJSON *to_do;
    const char *provider;  /* whose checks follow; NULL for none */
    int first_of_provider; /* in to_do */
    bool has_faults;       /* of this provider, or of this machine */
    int status;            /* that of the first thing to do */
};

/* How a check ended. */
#define CHECK_OK "ok"
#define CHECK_WRONG "wrong"
#define CHECK_UNKNOWN "unknown" /* it could not be told */
#define CHECK_SKIPPED "skipped"

void diagnosis_begin(struct diagnosis *diagnosis);

/* The provider of what follows. */
void diagnosis_of(struct diagnosis *diagnosis, const char *provider);

/* Add a check. Returns it, so that facts can be added to it for --json. */
cJSON *diagnosis_check(struct diagnosis *diagnosis, const char *step, const char *state,
                       const char *text);

/*
 * Add something to do, once for each fault and subject of a provider, or, without a provider, of
 * this machine. The subject is a setting, or
 * NULL; status is the exit status that the fault stands for.
 */
void diagnosis_do(struct diagnosis *diagnosis, const char *fault, const char *subject, int status,
                  const char *text);

/* Print it, and free it. Returns the exit status. */
int diagnosis_end(struct diagnosis *diagnosis);

#endif
