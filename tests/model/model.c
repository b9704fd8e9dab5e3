/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Every order of events, up to a depth: calls begin, are answered, wait, are canceled and freed; the
 * store answers, fails or is late; the process forks or stands still. After each event the rules of
 * tests/support/machine.h hold, and from every state all calls come to their end.
 *
 *     model [DEPTH]
 *
 * goes so far in the scenarios that would go less far by themselves.
 *
 * Breadth first. A state is reached by playing its events again from the start; one that has the
 * fingerprint of another is not followed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/world.h"
#include "support/tap.h"

#define HOOKS                                                                                      \
    {                                                                                              \
        true, true, true                                                                           \
    }

enum {
    MOST_DEPTH = 40
};

static const scenario scenarios[] = {
    {.name = "three calls that need a token, of different patience",
     .setup = {.kind = ACCOUNT_HOSTED_FIELDS,
               .even = true,
               .hooks = HOOKS,
               .timeout_ms = {10000, 3000, 10000},
               .max_attempts = {3, 1, 2},
               .attempt_timeout_ms = 4000},
     .calls = 3,
     .depth = 7},
    {.name = "three that look by themselves, and a fork",
     .setup = {.kind = ACCOUNT_HOSTED_FIELDS, .even = true, .attempt_timeout_ms = 4000},
     .calls = 3,
     .forks = true,
     .depth = 6},
    {.name = "three in two processes that share a token by a store",
     .setup = {.kind = ACCOUNT_HOSTED_FIELDS,
               .even = true,
               .hooks = HOOKS,
               .with_store = true,
               .two_processes = true,
               .timeout_ms = {10000, 3000, 3000}, /* less than a lease lasts */
               .attempt_timeout_ms = 4000},
     .calls = 3,
     .depth = 6},
    {.name = "three in two processes that share a session by a store",
     .setup = {.kind = ACCOUNT_CONNECT_SERVER,
               .even = true,
               .hooks = HOOKS,
               .with_store = true,
               .two_processes = true,
               .timeout_ms = {10000, 3000, 3000}, /* less than a lease lasts */
               .attempt_timeout_ms = 4000},
     .calls = 3,
     .intent = "order",
     .depth = 6},
    {.name = "one at WePay",
     .setup = {.kind = ACCOUNT_WEPAY, .even = true, .hooks = HOOKS},
     .calls = 1,
     .depth = MOST_DEPTH},
    {.name = "one that is never repeated",
     .setup = {.kind = ACCOUNT_HOSTED_FIELDS, .even = true, .hooks = HOOKS, .max_attempts = {1}},
     .calls = 1,
     .depth = MOST_DEPTH},
    {.name = "one with a token, and a fork",
     .setup = {.kind = ACCOUNT_HOSTED_FIELDS, .even = true, .attempt_timeout_ms = 4000},
     .calls = 1,
     .forks = true,
     .depth = 8},
    {.name = "one at Connect server, with clocks that differ",
     .setup = {.kind = ACCOUNT_CONNECT_SERVER, .even = true, .hooks = HOOKS},
     .calls = 1,
     .dates = true,
     .depth = MOST_DEPTH},
    {.name = "both steps of Apple Pay",
     .setup = {.kind = ACCOUNT_CONNECT_SERVER, .apple_pay = true, .even = true, .hooks = HOOKS},
     .calls = 1,
     .depth = MOST_DEPTH},
};

/* ---- states ---- */

typedef struct script {
    event events[MOST_DEPTH];
} script;

typedef struct scripts {
    script *items;
    size_t count;
    size_t room;
} scripts;

/* Fingerprints, by open addressing; 0 is an empty place. */
typedef struct seen {
    uint64_t *items;
    size_t count;
    size_t room; /* a power of two */
} seen;

typedef struct search {
    const scenario *explored;
    scripts levels[2]; /* the one that is expanded, and the next, by turns */
    seen states;
    size_t events;
    int depth;
} search;

static void *must_have(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static void append(scripts *to, const script *added)
{
    if (to->count == to->room) {
        to->room = to->room ? 2 * to->room : 1024;
        to->items = must_have(realloc(to->items, to->room * sizeof(*added)));
    }
    to->items[to->count++] = *added;
}

static uint64_t *place_of(const seen *states, uint64_t print)
{
    size_t at = (size_t)(print * 0x9e3779b97f4a7c15u) & (states->room - 1);

    while (states->items[at] && states->items[at] != print)
        at = (at + 1) & (states->room - 1);
    return &states->items[at];
}

static void grow(seen *states)
{
    seen larger = {.room = states->room ? 2 * states->room : 4096};
    size_t i;

    larger.items = must_have(calloc(larger.room, sizeof(*larger.items)));
    for (i = 0; i < states->room; i++)
        if (states->items[i])
            *place_of(&larger, states->items[i]) = states->items[i];
    larger.count = states->count;
    free(states->items);
    *states = larger;
}

/* Whether it is new. */
static bool remember(seen *states, uint64_t print)
{
    uint64_t *place;

    if (2 * states->count >= states->room)
        grow(states);
    print += print == 0;
    place = place_of(states, print);
    if (*place)
        return false;
    *place = print;
    states->count++;
    return true;
}

/* ---- searching ---- */

static void play(world *w, const scenario *explored, const script *played, int length)
{
    int i;

    if (!world_open(w, explored))
        abort();
    for (i = 0; i < length && !w->machine.broken; i++)
        world_happen(w, played->events[i]);
}

/* What broke it, and the events that lead there. */
static bool tell(const search *s, const script *played, int length, const char *broken)
{
    char text[80];
    world w;
    int i;

    tap_ok(false, "%s: %s", s->explored->name, broken);
    if (!world_open(&w, s->explored))
        abort();
    for (i = 0; i < length; i++) {
        tap_note("%lld ms: %s", (long long)machine_now_ms(&w.machine),
                 world_name(&w, played->events[i], text));
        world_happen(&w, played->events[i]);
    }
    world_close(&w);
    return false;
}

/* From a state that is new: everybody comes to an end. */
static bool ends(search *s, const script *played, int length, world *w)
{
    char broken[120];

    world_let_time_pass(w, true);
    if (!w->machine.broken) {
        world_close(w);
        play(w, s->explored, played, length);
        world_let_time_pass(w, false);
    }
    if (!w->machine.broken)
        return true;
    (void)snprintf(broken, sizeof(broken), "as time passes, %s", w->machine.broken);
    return tell(s, played, length, broken);
}

static bool try_event(search *s, const script *before, int length, event what)
{
    script played = *before;
    bool good = true;
    world w;

    played.events[length] = what;
    play(&w, s->explored, &played, length + 1);
    s->events++;
    if (w.machine.broken) {
        good = tell(s, &played, length + 1, w.machine.broken);
    } else if (remember(&s->states, world_fingerprint(&w))) {
        append(&s->levels[(length + 1) % 2], &played);
        good = ends(s, &played, length + 1, &w);
    }
    world_close(&w);
    return good;
}

static bool expand(search *s, const script *played, int length)
{
    event events[MOST_EVENTS];
    world w;
    int count;
    int i;

    play(&w, s->explored, played, length);
    count = world_events(&w, events);
    world_close(&w);
    for (i = 0; i < count; i++)
        if (!try_event(s, played, length, events[i]))
            return false;
    return true;
}

/* false: a rule is broken, and that was told. */
static bool search_all(search *s, int depth)
{
    script empty;
    size_t i;

    memset(&empty, 0, sizeof(empty));
    append(&s->levels[0], &empty);
    for (s->depth = 0; s->depth < depth && s->levels[s->depth % 2].count > 0; s->depth++) {
        const scripts *level = &s->levels[s->depth % 2];

        s->levels[(s->depth + 1) % 2].count = 0;
        for (i = 0; i < level->count; i++)
            if (!expand(s, &level->items[i], s->depth))
                return false;
    }
    return true;
}

static void explore(const scenario *explored, int depth)
{
    static search s;

    memset(&s, 0, sizeof(s));
    s.explored = explored;
    if (search_all(&s, depth))
        tap_ok(s.states.count > 0, "%s: %zu states, %zu events tried, %s depth %d", explored->name,
               s.states.count, s.events, s.levels[s.depth % 2].count ? "up to" : "complete at",
               s.depth);
    free(s.levels[0].items);
    free(s.levels[1].items);
    free(s.states.items);
}

int main(int count, char **arguments)
{
    long depth = count > 1 ? strtol(arguments[1], NULL, 10) : 0;
    size_t i;

    if (!tap_ok(world_prepare(), "forks can be simulated"))
        return tap_end();
    for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
        explore(&scenarios[i],
                depth > scenarios[i].depth && depth < MOST_DEPTH ? (int)depth : scenarios[i].depth);
    return tap_end();
}
