/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Clocks and the report line that both drivers print.
 */
#ifndef BENCH_METER_H
#define BENCH_METER_H

#include <stddef.h>
#include <stdint.h>

typedef struct meter {
    int64_t cpu_us;
    int64_t wall_us;
    size_t requests; /* between start and stop */
    size_t errors;
    int64_t *latencies; /* one a request; may be NULL */
    size_t latency_count;
} meter;

int64_t meter_wall_us(void);

/* CPU time of the process, all threads, user and system. */
int64_t meter_cpu_us(void);

void meter_start(meter *clock);
void meter_stop(meter *clock, size_t requests);

/* Count a failed request; the first is told on stderr. */
void meter_fail(meter *clock, const char *what, const char *why);

/* "requests=... errors=... cpu_us=... wall_us=... peak_kb=... p50_us=... p99_us=..." on stdout. */
void meter_report(meter *clock);

/* Memory, or the end of the program. */
void *bench_alloc(size_t size);

/* A number of the command line, at least 1, or the end of the program. */
size_t bench_count(const char *text);

void bench_die(const char *what, const char *why)
#if defined(__GNUC__)
    __attribute__((noreturn))
#endif
    ;

/* Run one function on so many threads. */
void bench_threads(size_t threads, void *(*body)(void *ctx), void *ctx);

#endif
