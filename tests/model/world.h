/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What can happen in the simulated world (tests/support/machine.h) at one moment, one event at a time;
 * and a fingerprint of all that its future depends on.
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include "support/machine.h"

/* What is explored. */
typedef struct scenario {
    const char *name;
    machine_setup setup;
    int calls;
    const char *intent; /* of all calls; NULL: none */
    bool forks;         /* the process may fork, once */
    bool dates;         /* refusals may come with a date that shows a wrong clock */
    int depth;          /* that is reached in some seconds, together with the other scenarios */
} scenario;

/* One event. */
typedef struct event {
    uint8_t verb;
    uint8_t who; /* the call */
    uint8_t how; /* of the answers */
} event;

enum {
    MOST_EVENTS = 96 /* that are possible at one moment */
};

typedef struct world {
    machine machine;
    const scenario *scenario;
    bool stalled;
    bool forked;
} world;

/* Before the first world: see to it that forks can be simulated. */
bool world_prepare(void);

bool world_open(world *w, const scenario *explored);
void world_close(world *w);

/* What can happen now. Returns how many. */
int world_events(const world *w, event found[MOST_EVENTS]);

/* Let one of them happen. w->machine.broken tells what it broke. */
void world_happen(world *w, event what);

/* For people: "call 1: 503". */
const char *world_name(const world *w, event what, char text[80]);

uint64_t world_fingerprint(const world *w);

/*
 * Nobody waits for ever: let time pass, with a server and a store that never answer, or that answer at
 * once and well, until all calls are done. It breaks a rule if they are not done in time.
 */
void world_let_time_pass(world *w, bool silent);

#endif
