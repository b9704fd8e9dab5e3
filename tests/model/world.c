/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Events of the simulated world.
 */
#include "model/world.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/call.h"
#include "core/client.h"

#define REFUSED "{\"error_code\":\"X\",\"errorId\":\"e\",\"errors\":[{\"code\":\"9002\"}]}"
#define IN_USE                                                                                     \
    "{\"error_code\":\"CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING\",\"errorId\":\"e\","           \
    "\"errors\":[{\"code\":\"1409\"}]}"
#define TEN_MINUTES_ON "Thu, 01 Jan 2026 00:10:00 GMT"

enum {
    STALL_MS = 60000,
    MOST_TURNS = 2000,
    LEAST_BUDGET = 100 /* the dearest retry takes 14 */
};

typedef enum verb {
    BEGIN,
    STEP,
    ANSWER,
    CANCEL,
    FREE,
    PASS,  /* until something is due */
    STALL, /* the process stands still until all deadlines are over */
    FORK,
    STORE
} verb;

/* When an answer is possible. */
enum {
    IN_TIME = 13, /* these, while the transport waits */
    WITH_DATE = 11,
    IF_CANCELED = 12
};

static const machine_answer answers[] = {
    {.name = "well", .http_status = 200, .truth = SPAY_OUTCOME_UNKNOWN},
    {.name = "400", .http_status = 400, .body = REFUSED, .truth = SPAY_OUTCOME_REJECTED},
    {.name = "401", .http_status = 401, .body = REFUSED, .truth = SPAY_OUTCOME_REJECTED},
    {.name = "409", .http_status = 409, .body = IN_USE, .truth = SPAY_OUTCOME_REJECTED},
    {.name = "429 in 2 s",
     .http_status = 429,
     .body = REFUSED,
     .retry_after = "2",
     .truth = SPAY_OUTCOME_REJECTED},
    {.name = "429 in 40 s",
     .http_status = 429,
     .body = REFUSED,
     .retry_after = "40",
     .truth = SPAY_OUTCOME_REJECTED},
    {.name = "503", .http_status = 503, .body = "busy", .truth = SPAY_OUTCOME_UNKNOWN},
    {.name = "200 with garbage", .http_status = 200, .body = "{\"", .truth = SPAY_OUTCOME_UNKNOWN},
    {.name = "no connection", .failure = SPAY_E_CONNECT, .truth = SPAY_OUTCOME_NOT_SENT},
    {.name = "broken before it was sent",
     .failure = SPAY_E_NETWORK,
     .truth = SPAY_OUTCOME_NOT_SENT},
    {.name = "broken, maybe sent",
     .failure = SPAY_E_NETWORK,
     .sent = true,
     .truth = SPAY_OUTCOME_UNKNOWN},
    {.name = "403 from another time",
     .http_status = 403,
     .body = REFUSED,
     .date = TEN_MINUTES_ON,
     .truth = SPAY_OUTCOME_REJECTED},
    {.name = "given up, since canceled",
     .failure = SPAY_E_CANCELED,
     .sent = true,
     .truth = SPAY_OUTCOME_UNKNOWN},
    {.name = "timeout before it was sent",
     .failure = SPAY_E_TIMEOUT,
     .truth = SPAY_OUTCOME_NOT_SENT},
    {.name = "timeout, maybe sent",
     .failure = SPAY_E_TIMEOUT,
     .sent = true,
     .truth = SPAY_OUTCOME_UNKNOWN},
};

enum {
    WELL = 0,
    SILENCE = 14,
    ANSWERS = sizeof(answers) / sizeof(answers[0])
};

/* ---- forks ---- */

/*
 * A fork is simulated: what the library does in the child is done, in this process, whose memory is the
 * same. For that it is asked here to watch forks, instead of the system.
 */
static void (*before_fork)(void);
static void (*in_child)(void);

int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    (void)parent;
    before_fork = prepare;
    in_child = child;
    return 0;
}

bool world_prepare(void)
{
    spay_client *client = NULL;
    uint32_t generation;

    if (spay_client_new(NULL, &client, NULL) != SPAY_OK || !in_child)
        return false;
    spay_client_free(client);
    generation = spay__fork_generation();
    before_fork();
    in_child();
    return spay__fork_generation() == generation + 1;
}

/* ---- the world ---- */

bool world_open(world *w, const scenario *explored)
{
    memset(w, 0, sizeof(*w));
    w->scenario = explored;
    if (!machine_open(&w->machine, &explored->setup))
        return false;
    if (w->machine.store)
        memory_store_set_mode(w->machine.store, MEMORY_STORE_DEFERS);
    return true;
}

void world_close(world *w)
{
    machine_close(&w->machine);
}

/* When a call needs attention next. */
static int64_t due_ms(const machine_call *one)
{
    int64_t due = one->deadline_ms;

    if (one->next == SPAY_CALL_SEND)
        return one->expires_ms;
    if ((one->call->state == SPAY__CALL_BACKING_OFF ||
         one->call->state == SPAY__CALL_AWAITING_STORE) &&
        one->call->wake_ms < due)
        due = one->call->wake_ms;
    return due;
}

static bool is_due(const world *w, const machine_call *one)
{
    return due_ms(one) <= machine_now_ms(&w->machine);
}

/* Whether its driver would step now. One that is not woken looks when it likes. */
static bool may_step(const world *w, const machine_call *one)
{
    return one->next == SPAY_CALL_WAIT && (one->woken || is_due(w, one) || !one->call->waiter.wake);
}

/* How long nothing happens by itself; 0 if something is due. */
static int64_t quiet_ms(const world *w)
{
    int64_t next = INT64_MAX;
    int i;

    for (i = 0; i < MACHINE_CALLS; i++) {
        const machine_call *one = &w->machine.calls[i];

        if (!machine_is_live(one))
            continue;
        if (one->woken && one->next == SPAY_CALL_WAIT)
            return 0;
        if (due_ms(one) < next)
            next = due_ms(one);
    }
    if (next == INT64_MAX || next <= machine_now_ms(&w->machine))
        return 0;
    return next - machine_now_ms(&w->machine);
}

/* A store whose answers are not there yet is late, or soon will be. */
static void pass(world *w, int64_t duration_ms)
{
    if (w->machine.store && memory_store_pending(w->machine.store))
        w->machine.store_troubled = true;
    machine_advance(&w->machine, duration_ms);
}

/* ---- what can happen ---- */

typedef struct listing {
    event *found;
    int count;
} listing;

static void list(listing *l, verb what, int who, int how)
{
    event one = {(uint8_t)what, (uint8_t)who, (uint8_t)how};

    if (l->count < MOST_EVENTS)
        l->found[l->count++] = one;
}

static void list_answers(const world *w, listing *l, int who)
{
    const machine_call *one = &w->machine.calls[who];
    int how;

    if (is_due(w, one)) {
        for (how = IN_TIME; how < ANSWERS; how++)
            list(l, ANSWER, who, how);
        return;
    }
    for (how = 0; how < IN_TIME; how++)
        if ((how != WITH_DATE || w->scenario->dates) && (how != IF_CANCELED || one->canceled))
            list(l, ANSWER, who, how);
}

static void list_call(const world *w, listing *l, int who)
{
    const machine_call *one = &w->machine.calls[who];

    if (!one->begun && who < w->scenario->calls &&
        (who == 0 || w->machine.calls[who - 1].begun || w->scenario->setup.two_processes))
        list(l, BEGIN, who, 0);
    if (!machine_is_live(one))
        return;
    if (one->next == SPAY_CALL_SEND)
        list_answers(w, l, who);
    else if (may_step(w, one))
        list(l, STEP, who, 0);
    if (!one->canceled)
        list(l, CANCEL, who, 0);
    list(l, FREE, who, 0);
}

int world_events(const world *w, event found[MOST_EVENTS])
{
    listing l = {found, 0};
    bool live = false;
    int i;

    for (i = 0; i < MACHINE_CALLS; i++) {
        list_call(w, &l, i);
        live = live || machine_is_live(&w->machine.calls[i]);
    }
    if (quiet_ms(w))
        list(&l, PASS, 0, 0);
    if (live && !w->stalled)
        list(&l, STALL, 0, 0);
    for (i = 0; i < 2 && live && w->scenario->forks && !w->forked; i++)
        list(&l, FORK, 0, i);
    if (w->machine.store && memory_store_pending(w->machine.store))
        for (i = 0; i < 3; i++)
            list(&l, STORE, 0, i);
    return l.count;
}

/* ---- what happens ---- */

/* 0: the thread that had all the calls forks; 1: one that had none of them. */
static void fork_here(world *w, int how)
{
    before_fork();
    in_child();
    machine_note_fork(&w->machine, how == 1);
    w->forked = true;
}

/* 0: as it should; 1: it fails; 2: it does what was asked for, but that is not heard. */
static void answer_store(world *w, int how)
{
    w->machine.store_troubled = w->machine.store_troubled || how > 0;
    (void)memory_store_answer_first(w->machine.store, how != 1, how == 0);
}

static void check_budget(world *w)
{
    const spay__budget *budget = w->machine.accounts[0].client->budgets.first;

    for (; budget; budget = budget->next)
        if (budget->left < LEAST_BUDGET && !w->machine.broken)
            w->machine.broken = "the budget is never near its end: the fingerprint leaves it out";
}

void world_happen(world *w, event what)
{
    machine *m = &w->machine;

    switch ((verb)what.verb) {
    case BEGIN:
        (void)machine_begin(m, what.who, w->scenario->intent);
        break;
    case STEP:
        (void)machine_step(m, what.who);
        break;
    case ANSWER:
        (void)machine_answer_call(m, what.who, &answers[what.how]);
        break;
    case CANCEL:
        (void)machine_cancel(m, what.who);
        break;
    case FREE:
        (void)machine_free(m, what.who);
        break;
    case PASS:
        pass(w, quiet_ms(w));
        break;
    case STALL:
        w->stalled = true;
        pass(w, STALL_MS);
        break;
    case FORK:
        fork_here(w, what.how);
        break;
    case STORE:
        answer_store(w, what.how);
        break;
    }
    check_budget(w);
}

const char *world_name(const world *w, event what, char text[80])
{
    static const char *const verbs[] = {"begins",
                                        "steps",
                                        "",
                                        "is canceled",
                                        "is freed",
                                        "time passes",
                                        "all stands still",
                                        "the process forks",
                                        "the store answers"};
    static const char *const ends[] = {"well", "with an error", "not at all, but did it"};
    bool token = machine_sends_token(&w->machine.calls[what.who]);

    if (what.verb == ANSWER)
        (void)snprintf(text, 80, "call %d, %s: %s", what.who, token ? "token" : "session",
                       answers[what.how].name);
    else if (what.verb == STORE)
        (void)snprintf(text, 80, "%s: %s", verbs[what.verb], ends[what.how]);
    else if (what.verb >= PASS)
        (void)snprintf(text, 80, "%s", verbs[what.verb]);
    else
        (void)snprintf(text, 80, "call %d %s", what.who, verbs[what.verb]);
    return text;
}

/* ---- nobody waits for ever ---- */

static void attend(world *w, int who, bool silent)
{
    const machine_call *one = &w->machine.calls[who];

    if (!machine_is_live(one))
        return;
    if (may_step(w, one))
        (void)machine_step(&w->machine, who);
    else if (one->next == SPAY_CALL_SEND && (!silent || is_due(w, one)))
        (void)machine_answer_call(&w->machine, who, &answers[silent ? SILENCE : WELL]);
}

static bool all_are_done(const world *w)
{
    int i;

    for (i = 0; i < MACHINE_CALLS; i++)
        if (machine_is_live(&w->machine.calls[i]))
            return false;
    return true;
}

static bool is_asking(const world *w)
{
    int i;

    for (i = 0; i < MACHINE_CALLS; i++)
        if (machine_is_live(&w->machine.calls[i]) && w->machine.calls[i].next == SPAY_CALL_SEND)
            return true;
    return false;
}

/* Where there is something to be seen, those that look by themselves look when they say. */
static int64_t patience_ms(const world *w, bool silent)
{
    int64_t least = quiet_ms(w);
    int i;

    for (i = 0; i < MACHINE_CALLS && !silent; i++) {
        const machine_call *one = &w->machine.calls[i];

        if (machine_is_live(one) && one->next == SPAY_CALL_WAIT &&
            spay_call_wait_ms(one->call) < least)
            least = spay_call_wait_ms(one->call);
    }
    return least;
}

/* What was still to be done when it began must not end for want of time. */
static void judge_end(world *w, bool in_time[MACHINE_CALLS], bool silent)
{
    const char **broken = &w->machine.broken;
    int i;

    if (!all_are_done(w) && !*broken)
        *broken = silent ? "everybody is done at his deadline, although nobody answers"
                         : "everybody is done soon, if everybody answers";
    for (i = 0; i < MACHINE_CALLS; i++)
        if (in_time[i] && !silent && !*broken && w->machine.calls[i].status == SPAY_E_TIMEOUT &&
            w->machine.calls[i].ended_ms >= w->machine.calls[i].deadline_ms)
            *broken = "nobody runs out of time, if everybody answers";
}

/* A fetch that it may wait for, or have to continue, may not go on before its deadline. */
static bool is_held_up(const machine *m, const machine_call *one)
{
    const spay__token_cache *tokens = one->call ? one->call->account->tokens : NULL;
    int i;

    if (tokens && tokens->retry_at_ms >= one->deadline_ms)
        return true;
    for (i = 0; i < MACHINE_CALLS; i++)
        if (&m->calls[i] != one && machine_is_live(&m->calls[i]) &&
            m->calls[i].call->state == SPAY__CALL_BACKING_OFF &&
            m->calls[i].call->wake_ms >= one->deadline_ms)
            return true;
    return false;
}

void world_let_time_pass(world *w, bool silent)
{
    machine *m = &w->machine;
    bool in_time[MACHINE_CALLS];
    int turns;
    int i;

    for (i = 0; i < MACHINE_CALLS; i++)
        in_time[i] = machine_is_live(&m->calls[i]) && machine_now_ms(m) < m->calls[i].deadline_ms &&
                     !is_held_up(m, &m->calls[i]);
    for (turns = 0; turns < MOST_TURNS && !all_are_done(w); turns++) {
        for (i = 0; i < MACHINE_CALLS; i++)
            attend(w, i, silent);
        if (m->store && !silent)
            (void)memory_store_answer(m->store);
        for (i = 0; i < MACHINE_CALLS; i++)
            if (machine_is_live(&m->calls[i]) && !w->stalled &&
                machine_now_ms(m) > m->calls[i].deadline_ms && !m->broken)
                m->broken = "everybody is done at his deadline";
        if (silent || !is_asking(w))
            pass(w, patience_ms(w, silent));
    }
    judge_end(w, in_time, silent);
}
