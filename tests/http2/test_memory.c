/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Memory: every allocation of a connection's life fails in turn, and secrets are wiped.
 */
#include "suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ---- no memory ---- */

static int allocations;
static int failing; /* counted from 1; 0 for none */
static bool for_good;

static int gate(void)
{
    allocations++;
    return !(failing && (allocations == failing || (for_good && allocations > failing)));
}

enum {
    STREAMS = 4
};

/* A life in which most things happen. What the peer says is there before memory is short. */
typedef struct life {
    rig at;
    bytes greeting;
    bytes answers;
    bytes farewell;
    exchange x[STREAMS];
    spay_status opened[STREAMS];
} life;

static void prepare(life *lived)
{
    int i;

    memset(lived, 0, sizeof(*lived));
    put_settings(&lived->greeting, MAX_CONCURRENT_STREAMS, 100);
    put_headers(&lived->answers, 1, 0, ":status: 103\nlink: </a>");
    put_answer(&lived->answers, 1);
    put_number(&lived->answers, RST_STREAM, 3, REFUSED_STREAM);
    put_frame(&lived->answers, PING, 0, 0, "8 octets", 8);
    put_headers(&lived->answers, 5, 0, ":status: 200\nconnection: close");
    put_goaway(&lived->farewell, 7, ENHANCE_YOUR_CALM);
    put_headers(&lived->farewell, 7, 0, ":status: 200");
    put_data(&lived->farewell, 7, 0, "{\"cut");
    for (i = 0; i < STREAMS; i++)
        exchange_init(&lived->x[i], "{\"some\":\"body\"}");
}

static void live(life *lived)
{
    rig *at = &lived->at;
    int i;

    at->h2 = spay__http2_new();
    if (!at->h2)
        return;
    (void)rig_receive(at, &lived->greeting);
    for (i = 0; i < STREAMS; i++) {
        lived->opened[i] = spay__http2_open(at->h2, &lived->x[i].stream, &lived->x[i].request,
                                            &lived->x[i].response);
        if (lived->opened[i] != SPAY_OK)
            lived->x[i].stream.status = lived->opened[i];
    }
    rig_send(at);
    (void)rig_receive(at, &lived->answers);
    (void)rig_count_ended(at);
    (void)rig_receive(at, &lived->farewell);
    spay__http2_end(at->h2, SPAY_E_NETWORK, "connection_lost", "lost");
    (void)rig_count_ended(at);
}

static bool was_handed_out(const rig *at, int32_t id)
{
    const bytes frames = {at->sent.data + PREFACE_LENGTH, at->sent.length - PREFACE_LENGTH, 0};
    size_t position = 0;
    wire_frame next;

    if (at->sent.length <= PREFACE_LENGTH)
        return false;
    while (next_frame(&frames, &position, &next))
        if (next.type == HEADERS && next.stream == id)
            return true;
    return false;
}

/* Each stream that was opened ended once; and what was sent is known even now. */
static void judge(const life *lived, const exchange *x, spay_status opened)
{
    bool refused = x->stream.id == 3 && x->stream.status == SPAY_E_NETWORK;

    if (opened != SPAY_OK || !x->stream.request) {
        ck_assert_int_eq(x->ended, 0);
        ck_assert(!x->response.sent);
        return;
    }
    ck_assert_int_eq(x->ended, 1);
    if (x->response.sent || !refused)
        ck_assert_int_eq(x->response.sent, was_handed_out(&lived->at, x->stream.id));
}

static void judge_without_failure(const life *lived)
{
    ck_assert_int_eq(lived->x[0].stream.status, SPAY_OK);
    ck_assert_str_eq(lived->x[1].response.reason, "stream_refused");
    ck_assert(!lived->x[1].response.sent);
    ck_assert_str_eq(lived->x[2].response.reason, "malformed_reply");
    ck_assert_str_eq(lived->x[3].response.reason, "reply_cut");
}

static bool live_with_failure_at(int nth)
{
    life lived;
    int i;

    prepare(&lived);
    allocations = 0;
    failing = nth;
    spay__alloc_set_gate(gate);
    live(&lived);
    spay__alloc_set_gate(NULL);
    if (allocations < failing)
        judge_without_failure(&lived);
    for (i = 0; i < STREAMS; i++) {
        judge(&lived, &lived.x[i], lived.opened[i]);
        exchange_clear(&lived.x[i]);
    }
    rig_close(&lived.at);
    bytes_free(&lived.greeting);
    bytes_free(&lived.answers);
    bytes_free(&lived.farewell);
    return allocations >= failing;
}

START_TEST(connection_without_memory_knows_what_was_sent)
{
    int nth = 1;

    for_good = _i == 1;
    while (live_with_failure_at(nth))
        nth++;
    ck_assert_int_gt(nth, 50);
}
END_TEST

/* ---- secrets ---- */

/* Letters that Huffman coding leaves alone, for it would make them longer. */
static const char letters[] = "~|{}`#$^";

enum {
    SECRET_LENGTH = 40
};

static char letter(size_t i)
{
    return letters[(i * i + i / 3) % (sizeof(letters) - 1)];
}

static size_t count_in(const char *memory, size_t length)
{
    size_t count = 0;
    size_t same;
    size_t i;

    for (i = 0; i + SECRET_LENGTH <= length; i++) {
        for (same = 0; same < SECRET_LENGTH && memory[i + same] == letter(same);)
            same++;
        count += same == SECRET_LENGTH;
    }
    return count;
}

/* How often the secret is in the memory of this process. */
static size_t count_copies(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024];
    size_t count = 0;

    while (maps && fgets(line, sizeof(line), maps)) {
        uintptr_t from;
        uintptr_t to;
        char rights[8];

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &from, &to, rights) == 3 &&
            strncmp(rights, "rw", 2) == 0 && !strstr(line, "[v"))
            count += count_in((const char *)from, to - from);
    }
    if (maps)
        fclose(maps);
    return count;
}

static void add_secret(exchange *x)
{
    spay__buffer *value = spay__http_request_begin_header(&x->request, "X-Secret", true);
    size_t i;

    for (i = 0; i < SECRET_LENGTH; i++)
        spay__buffer_byte(value, letter(i));
    spay__http_request_end_header(&x->request);
    ck_assert(!x->request.failed);
}

/* The output is thrown away: what is found is the library's. */
static void send_to_nobody(spay__http2 *h2)
{
    size_t length;

    while (spay__http2_output(h2, &length))
        spay__http2_output_taken(h2, length);
}

/* A sanitizer has more memory than can be searched. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#define IS_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define IS_SANITIZED 0
#endif

START_TEST(secrets_are_wiped)
{
    spay__http2 *h2 = spay__http2_new();
    exchange x;

    exchange_init(&x, "{}");
    add_secret(&x);
    ck_assert_uint_eq(count_copies(), 1);
    ck_assert_int_eq(spay__http2_open(h2, &x.stream, &x.request, &x.response), SPAY_OK);
    ck_assert_uint_eq(count_copies(), 2);
    send_to_nobody(h2);
    spay__http2_cancel(h2, &x.stream);
    exchange_clear(&x);
    ck_assert_uint_le(count_copies(), 1); /* in nghttp2's buffer for frames */
    spay__http2_free(h2);
    ck_assert_uint_eq(count_copies(), 0);
}
END_TEST

Suite *http2_memory_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http2_memory", &tests);

    tcase_add_loop_test(tests, connection_without_memory_knows_what_was_sent, 0, 2);
    tcase_add_loop_test(tests, secrets_are_wiped, 0, IS_SANITIZED ? 0 : 1);
    return suite;
}
