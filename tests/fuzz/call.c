/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The call machine under any order of events: up to three calls, of one or two processes, take turns, and
 * the rules of tests/support/machine.h hold after each step. tests/model tries all orders up to a depth;
 * here they are long.
 *
 * input: account and world, then an action in each byte
 */
#include <string.h>

#include "support/input.h"
#include "support/machine.h"

enum {
    TIMEOUT_MS = 10000
};

static void open_world(machine *m, uint32_t how)
{
    machine_setup setup = {.kind = (account_kind)(how % 8 % ACCOUNT_KINDS),
                           .with_store = how & 128,
                           .two_processes = how & 64};

    for (int i = 0; i < MACHINE_CALLS; i++)
        setup.hooks[i] = how & 32;
    REQUIRE(machine_open(m, &setup));
}

/* ---- actions ---- */

static void begin(machine *m, int who, uint32_t how)
{
    static const char *const intents[] = {NULL, "order-1", "order-2", "order-1"};

    (void)machine_begin(m, who, m->store ? intents[how % 4] : NULL);
}

static void answer(machine *m, int who, uint32_t how)
{
    static const int32_t statuses[] = {200, 400, 401, 403, 409, 429, 500, 503};
    machine_answer made = {
        .http_status = statuses[how % 8],
        .body = how % 8 ? "{\"errorId\":\"e\",\"errors\":[{\"code\":\"9002\",\"message\":\"m\"}]}"
                        : NULL,
        .date = how & 8 ? "Thu, 01 Jan 2026 00:10:00 GMT" : NULL,
        .retry_after = how & 16 ? "2" : NULL};

    made.truth = made.http_status >= 400 && made.http_status < 500 ? SPAY_OUTCOME_REJECTED
                                                                   : SPAY_OUTCOME_UNKNOWN;
    (void)machine_answer_call(m, who, &made);
}

static void lose(machine *m, int who, uint32_t how)
{
    static const spay_status failures[] = {SPAY_E_CONNECT, SPAY_E_NETWORK, SPAY_E_TIMEOUT,
                                           SPAY_E_TLS};
    machine_answer made = {.failure = failures[how % 4], .sent = how & 4};

    made.truth = made.sent ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT;
    (void)machine_answer_call(m, who, &made);
}

/* Time passes, up to the moment at which one of the calls has to look again. */
static void pass(machine *m, uint32_t how)
{
    int64_t most = how ? 40 * (int64_t)how : 1;

    m->store_troubled = true; /* its answers may be late from now on */
    for (int i = 0; i < MACHINE_CALLS; i++) {
        const machine_call *one = &m->calls[i];
        int64_t left = one->deadline_ms - machine_now_ms(m);

        if (machine_is_live(one) && left < most)
            most = left;
        if (machine_is_live(one) && one->next == SPAY_CALL_WAIT &&
            spay_call_wait_ms(one->call) < most)
            most = spay_call_wait_ms(one->call);
    }
    machine_advance(m, most);
    for (int i = 0; i < MACHINE_CALLS; i++)
        if (m->calls[i].next == SPAY_CALL_WAIT)
            (void)machine_step(m, i);
}

static void set_mode(machine *m, uint32_t how)
{
    m->store_troubled = true;
    if (m->store)
        memory_store_set_mode(m->store, (memory_store_mode)(how % 6));
}

static void act(machine *m, fuzz_input *input)
{
    uint32_t action = fuzz_byte(input);
    int who = (int)(action / 32 % MACHINE_CALLS);
    uint32_t how = fuzz_byte(input);

    if (action % 8 == 0)
        begin(m, who, how);
    else if (action % 8 == 1)
        pass(m, how);
    else if (action % 8 == 2)
        set_mode(m, how);
    else if (action % 8 == 3 && m->store)
        (void)memory_store_answer(m->store);
    else if (action % 8 == 4 && how % 8 == 7)
        (void)machine_free(m, who);
    else if (action % 8 == 4)
        (void)machine_cancel(m, who);
    else if (action % 8 == 5)
        (void)machine_step(m, who);
    else if (action % 8 == 6)
        lose(m, who, how);
    else
        answer(m, who, how);
}

/* Nobody waits for ever: after its time every call is done. */
static void end(machine *m)
{
    machine_advance(m, TIMEOUT_MS);
    for (int i = 0; i < MACHINE_CALLS; i++) {
        lose(m, i, 6);
        (void)machine_step(m, i);
        REQUIRE(!machine_is_live(&m->calls[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    machine m;

    open_world(&m, fuzz_byte(&input));
    begin(&m, 0, 1);
    while (input.size && !m.broken)
        act(&m, &input);
    end(&m);
    if (m.broken)
        fuzz_fail(m.broken, __FILE__, __LINE__);
    machine_close(&m);
    return 0;
}
