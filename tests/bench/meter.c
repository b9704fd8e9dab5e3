/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Clocks and the report line that both drivers print.
 */
#include "meter.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static int64_t clock_us(clockid_t which)
{
    struct timespec now;

    (void)clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t meter_wall_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

int64_t meter_cpu_us(void)
{
    return clock_us(CLOCK_PROCESS_CPUTIME_ID);
}

void meter_start(meter *clock)
{
    clock->wall_us = -meter_wall_us();
    clock->cpu_us = -meter_cpu_us();
}

void meter_stop(meter *clock, size_t requests)
{
    clock->cpu_us += meter_cpu_us();
    clock->wall_us += meter_wall_us();
    clock->requests = requests;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

static long long percentile(const meter *clock, size_t percent)
{
    return clock->latency_count ? clock->latencies[clock->latency_count * percent / 100] : 0;
}

/* Of this program's own life: what the one that started it used does not count. */
static long peak_kb(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[128];
    long peak = 0;

    while (status && fgets(line, sizeof(line), status))
        if (sscanf(line, "VmHWM: %ld", &peak) == 1)
            break;
    if (status)
        (void)fclose(status);
    return peak;
}

void meter_fail(meter *clock, const char *what, const char *why)
{
    if (clock->errors++ == 0)
        (void)fprintf(stderr, "%s: %s\n", what, why);
}

void meter_report(meter *clock)
{
    long peak = peak_kb();

    if (clock->latency_count)
        qsort(clock->latencies, clock->latency_count, sizeof(*clock->latencies), compare);
    (void)printf("requests=%zu errors=%zu cpu_us=%lld wall_us=%lld peak_kb=%ld p50_us=%lld "
                 "p99_us=%lld\n",
                 clock->requests, clock->errors, (long long)clock->cpu_us,
                 (long long)clock->wall_us, peak, percentile(clock, 50), percentile(clock, 99));
}

void *bench_alloc(size_t size)
{
    void *memory = calloc(1, size);

    if (!memory)
        bench_die("memory", "none left");
    return memory;
}

size_t bench_count(const char *text)
{
    long count = strtol(text, NULL, 10);

    if (count < 1)
        bench_die(text, "not a count");
    return (size_t)count;
}

void bench_die(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

void bench_threads(size_t threads, void *(*body)(void *ctx), void *ctx)
{
    pthread_t *running = bench_alloc(threads * sizeof(*running));
    size_t i;

    for (i = 0; i < threads; i++)
        if (pthread_create(&running[i], NULL, body, ctx))
            bench_die("thread", "could not be started");
    for (i = 0; i < threads; i++)
        (void)pthread_join(running[i], NULL);
    free(running);
}
