/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The raw libcurl driver: the least that a program can do with libcurl to send the same bytes and
 * keep the reply. Everything is prepared once: URL, headers, body, options.
 *
 *   raw seq|fresh|multi|http2|threads FILE COUNT [WIDTH]
 *
 * FILE holds URL, headers and body, as "ours dump" writes them. BENCH_CA names a bundle,
 * BENCH_CA_DIR a hashed directory; with neither, libcurl's defaults hold.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "meter.h"

enum {
    MOST_CONNECTIONS = 64,
    LONGEST_FILE = 65536,
    LONGEST_REPLY = 65536
};

typedef struct request {
    char text[LONGEST_FILE];
    const char *url;
    struct curl_slist *headers;
    const char *body;
    long body_length;
} request;

/* A handle and where its reply goes. */
typedef struct handle {
    CURL *easy;
    size_t length;
    char *reply;
    int64_t began_us;
    bool late; /* began when another was done: its latency counts */
} handle;

static request sent;
static size_t per_thread;
static bool http2;

static void read_request(const char *path)
{
    FILE *file = fopen(path, "r");
    char *line;
    char *end;

    if (!file)
        bench_die(path, "cannot be read");
    sent.text[fread(sent.text, 1, sizeof(sent.text) - 1, file)] = '\0';
    (void)fclose(file);
    sent.url = sent.text;
    line = strchr(sent.text, '\n');
    while (line && line[1] != '\n') {
        *line++ = '\0';
        end = strchr(line, '\n');
        if (end)
            *end = '\0';
        sent.headers = curl_slist_append(sent.headers, line);
        if (end)
            *end = '\n';
        line = end;
    }
    if (!line)
        bench_die(path, "not a request");
    *line = '\0';
    sent.body = line + 2;
    sent.body_length = (long)strlen(sent.body);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    handle *used = ctx;
    size_t length = size * count;

    if (used->length + length > LONGEST_REPLY)
        return 0;
    memcpy(used->reply + used->length, bytes, length);
    used->length += length;
    return length;
}

static void set_authorities(CURL *easy)
{
    const char *file = getenv("BENCH_CA");
    const char *directory = getenv("BENCH_CA_DIR");

    if (!file && !directory)
        return;
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, file);
    (void)curl_easy_setopt(easy, CURLOPT_CAPATH, directory);
}

static void open_handle(handle *opened, bool fresh)
{
    opened->reply = malloc(LONGEST_REPLY);
    opened->easy = curl_easy_init();
    if (!opened->easy || !opened->reply)
        bench_die("handle", "out of memory");
    set_authorities(opened->easy);
    (void)curl_easy_setopt(opened->easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(opened->easy, CURLOPT_HTTP_VERSION,
                           http2 ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(opened->easy, CURLOPT_PIPEWAIT, http2 ? 1L : 0L);
    (void)curl_easy_setopt(opened->easy, CURLOPT_URL, sent.url);
    (void)curl_easy_setopt(opened->easy, CURLOPT_HTTPHEADER, sent.headers);
    (void)curl_easy_setopt(opened->easy, CURLOPT_POSTFIELDS, sent.body);
    (void)curl_easy_setopt(opened->easy, CURLOPT_POSTFIELDSIZE, sent.body_length);
    (void)curl_easy_setopt(opened->easy, CURLOPT_TIMEOUT_MS, 600000L);
    (void)curl_easy_setopt(opened->easy, CURLOPT_FORBID_REUSE, fresh ? 1L : 0L);
    (void)curl_easy_setopt(opened->easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(opened->easy, CURLOPT_WRITEDATA, opened);
    (void)curl_easy_setopt(opened->easy, CURLOPT_PRIVATE, opened);
}

static void close_handle(handle *closed)
{
    curl_easy_cleanup(closed->easy);
    free(closed->reply);
}

/* What went wrong; NULL if nothing did. */
static const char *fault(const handle *used, CURLcode code)
{
    long status = 0;

    if (code != CURLE_OK)
        return curl_easy_strerror(code);
    (void)curl_easy_getinfo(used->easy, CURLINFO_RESPONSE_CODE, &status);
    return status < 200 || status > 299 || !used->length ? "not a success" : NULL;
}

static void send_one(handle *used)
{
    const char *why;

    used->length = 0;
    why = fault(used, curl_easy_perform(used->easy));
    if (why)
        bench_die("request", why);
}

static void sequential(size_t count, bool fresh)
{
    meter clock = {0};
    handle used = {0};
    size_t i;

    open_handle(&used, fresh);
    send_one(&used);
    meter_start(&clock);
    for (i = 1; i < count; i++)
        send_one(&used);
    meter_stop(&clock, count - 1);
    meter_report(&clock);
    close_handle(&used);
}

static void *thread_body(void *ctx)
{
    handle used = {0};
    size_t i;

    (void)ctx;
    open_handle(&used, false);
    for (i = 0; i < per_thread; i++)
        send_one(&used);
    close_handle(&used);
    return NULL;
}

static void threaded(size_t count, size_t threads)
{
    meter clock = {0};

    per_thread = count / threads;
    meter_start(&clock);
    bench_threads(threads, thread_body, NULL);
    meter_stop(&clock, per_thread * threads);
    meter_report(&clock);
}

typedef struct crowd {
    CURLM *multi;
    size_t width;
    size_t count;
    size_t begun;
    size_t done;
    meter clock;
} crowd;

static void begin(crowd *all, handle *used)
{
    used->length = 0;
    used->late = all->begun++ >= all->width;
    used->began_us = meter_wall_us();
    if (curl_multi_add_handle(all->multi, used->easy) != CURLM_OK)
        bench_die("multi", "handle refused");
}

static void end(crowd *all, handle *used, CURLcode code)
{
    const char *why = fault(used, code);

    if (why)
        meter_fail(&all->clock, "request", why);
    if (used->late)
        all->clock.latencies[all->clock.latency_count++] = meter_wall_us() - used->began_us;
    (void)curl_multi_remove_handle(all->multi, used->easy);
    if (++all->done == all->width)
        meter_start(&all->clock);
    if (all->begun < all->count)
        begin(all, used);
}

static void drive(crowd *all)
{
    int running;
    int left;
    CURLMsg *message;

    while (all->done < all->count) {
        (void)curl_multi_perform(all->multi, &running);
        while ((message = curl_multi_info_read(all->multi, &left)) != NULL) {
            handle *used = NULL;

            (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&used);
            end(all, used, message->data.result);
        }
        if (all->done < all->count)
            (void)curl_multi_poll(all->multi, NULL, 0, 1000, NULL);
    }
}

/* Always so many in flight; the clock starts when the first lot is through. */
static void crowded(size_t count, size_t width)
{
    crowd all = {0};
    handle *handles = bench_alloc(width * sizeof(*handles));
    size_t i;

    all.multi = curl_multi_init();
    all.width = width;
    all.count = count;
    all.clock.latencies = bench_alloc(count * sizeof(int64_t));
    (void)curl_multi_setopt(all.multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)MOST_CONNECTIONS);
    (void)curl_multi_setopt(all.multi, CURLMOPT_MAXCONNECTS, (long)MOST_CONNECTIONS);
    for (i = 0; i < width; i++) {
        open_handle(&handles[i], false);
        begin(&all, &handles[i]);
    }
    drive(&all);
    meter_stop(&all.clock, count - width);
    meter_report(&all.clock);
    for (i = 0; i < width; i++)
        close_handle(&handles[i]);
    (void)curl_multi_cleanup(all.multi);
    free(all.clock.latencies);
    free(handles);
}

int main(int argc, char **argv)
{
    size_t count = argc > 3 ? bench_count(argv[3]) : 0;
    size_t width = argc > 4 ? bench_count(argv[4]) : 1;

    if (argc < 4 || count < width)
        bench_die("usage", "raw MODE FILE COUNT [WIDTH]");
    http2 = strcmp(argv[1], "http2") == 0;
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    read_request(argv[2]);
    if (strcmp(argv[1], "seq") == 0)
        sequential(count, false);
    else if (strcmp(argv[1], "fresh") == 0)
        sequential(count, true);
    else if (strcmp(argv[1], "threads") == 0)
        threaded(count, width);
    else if (http2 || strcmp(argv[1], "multi") == 0)
        crowded(count, width);
    else
        bench_die(argv[1], "unknown mode");
    curl_slist_free_all(sent.headers);
    curl_global_cleanup();
    return 0;
}
