/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver. libcurl's cost for each request grows with the number of handles it holds,
 * so calls stand in line here, first come, first served, and only as many as may run at once have a
 * handle. A call that waits for a retry or for a token costs its own memory alone.
 */
#include <sessionpay/multi.h>

#include "../alloc.h"
#include "../call.h"
#include "../error.h"
#include "../options.h"
#include "curl.h"
#include "curl_exchange.h"
#include "heap.h"

enum {
    DEFAULT_CONNECTIONS = 64,
    LONGEST_POLL_MS = 1000
};

/* Where a call is. */
typedef enum place {
    IN_LINE, /* for a handle at its host */
    RUNNING, /* on a handle */
    RESTING, /* until its timer */
    PARKED,  /* until a token is there */
    FINISHED /* done, to be handed out by spay_multi_next() */
} place;

/* A call that was added. The timer is its first member, so that one leads to the other. */
typedef struct job {
    spay__timer timer; /* end of its rest, or its deadline while it stands in line */
    struct job *next;
    struct job *previous;
    spay_call *call;
    void (*done)(void *ctx, spay_call *call);
    void *ctx;
    struct lane *lane;
    struct slot *slot;
    place place;
} job;

typedef struct list {
    job *first;
    job *last;
} list;

/* The line in front of one host. The host's retry budget is what identifies it. */
typedef struct lane {
    struct lane *next;
    const spay__budget *host;
    int32_t running;
    list line;
} lane;

/* A libcurl handle, and what it is used for. */
typedef struct slot {
    struct slot *next;
    CURL *easy;
    job *job;
    spay__curl_exchange x;
} slot;

struct spay_multi {
    spay_client *client;
    spay_multi_options options;
    CURLM *curl;
    lane *lanes;
    slot *idle;
    spay__heap heap;
    list parked;
    list finished;
    list running;
    int64_t pending;
    int64_t parked_until_ms;  /* when to look again for a token that somebody else fetches */
    int64_t curl_timer_at_ms; /* -1: libcurl needs none */
    int64_t announced_ms;     /* what the foreign loop was told last */
    uint32_t cancels_seen;    /* of the client's calls */
    bool lines_grew;          /* since the lanes were last filled */
    bool entered;             /* within one of our functions: callbacks may add calls */
};

/* ---- lists ---- */

static void append(list *to, job *added)
{
    added->next = NULL;
    added->previous = to->last;
    if (to->last)
        to->last->next = added;
    else
        to->first = added;
    to->last = added;
}

static void take_out(list *from, job *taken)
{
    if (taken->previous)
        taken->previous->next = taken->next;
    else
        from->first = taken->next;
    if (taken->next)
        taken->next->previous = taken->previous;
    else
        from->last = taken->previous;
    taken->next = NULL;
    taken->previous = NULL;
}

static void prepend(list *to, job *added)
{
    added->previous = NULL;
    added->next = to->first;
    if (to->first)
        to->first->previous = added;
    else
        to->last = added;
    to->first = added;
}

/* All of one list in front of another. */
static void prepend_all(list *to, list *from)
{
    if (!from->first)
        return;
    from->last->next = to->first;
    if (to->first)
        to->first->previous = from->last;
    else
        to->last = from->last;
    to->first = from->first;
    from->first = NULL;
    from->last = NULL;
}

/* ---- where a call goes ---- */

static void complete(spay_multi *multi, job *finished)
{
    spay_call *call = finished->call;

    multi->pending--;
    spay__heap_unset(&multi->heap, &finished->timer);
    if (!finished->done) {
        finished->place = FINISHED;
        append(&multi->finished, finished);
        return;
    }
    finished->done(finished->ctx, call);
    spay__free(finished);
}

/*
 * A call in line has its deadline as timer, so that it does not outlive it there. One that has waited
 * before goes to the front.
 */
static void stand_in_line(spay_multi *multi, job *standing, bool in_front)
{
    standing->place = IN_LINE;
    if (in_front)
        prepend(&standing->lane->line, standing);
    else
        append(&standing->lane->line, standing);
    multi->lines_grew = true;
    spay__heap_set(&multi->heap, &standing->timer, standing->call->deadline_ms);
}

static void rest(spay_multi *multi, job *resting, int64_t duration_ms)
{
    resting->place = RESTING;
    spay__heap_set(&multi->heap, &resting->timer, spay__client_now_ms(multi->client) + duration_ms);
}

static void park(spay_multi *multi, job *parked, int64_t duration_ms)
{
    parked->place = PARKED;
    if (!multi->parked.first)
        multi->parked_until_ms = spay__client_now_ms(multi->client) + duration_ms;
    append(&multi->parked, parked);
    spay__heap_unset(&multi->heap, &parked->timer);
}

/* They go back to the front of their lines, in the order in which they came. */
static void unpark_all(spay_multi *multi)
{
    lane *at;

    for (at = multi->lanes; at; at = at->next) {
        list back = {NULL, NULL};
        job *parked = multi->parked.first;

        while (parked) {
            job *next = parked->next;

            if (parked->lane == at) {
                take_out(&multi->parked, parked);
                parked->place = IN_LINE;
                spay__heap_set(&multi->heap, &parked->timer, parked->call->deadline_ms);
                append(&back, parked);
            }
            parked = next;
        }
        multi->lines_grew = multi->lines_grew || back.first;
        prepend_all(&at->line, &back);
    }
}

static void take_from_place(spay_multi *multi, job *taken)
{
    if (taken->place == IN_LINE)
        take_out(&taken->lane->line, taken);
    else if (taken->place == PARKED)
        take_out(&multi->parked, taken);
    spay__heap_unset(&multi->heap, &taken->timer);
}

/* ---- handles ---- */

/* And wait for a connection that is being made rather than make another. */
static void set_http2(CURL *easy)
{
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
}

static slot *take_slot(spay_multi *multi)
{
    slot *taken = multi->idle;

    if (taken) {
        multi->idle = taken->next;
        return taken;
    }
    taken = spay__alloc(sizeof(*taken));
    if (!taken)
        return NULL;
    taken->easy = spay__curl_open(spay__curl_settings_of(&multi->client->transport), &taken->x);
    if (taken->easy && multi->options.http2 == SPAY_YES)
        set_http2(taken->easy);
    if (taken->easy)
        return taken;
    spay__free(taken);
    return NULL;
}

static void give_back_slot(spay_multi *multi, slot *given)
{
    given->job = NULL;
    given->next = multi->idle;
    multi->idle = given;
}

static void respond(spay_multi *multi, job *answered, spay_status status);

static spay_status start(spay_multi *multi, job *started, slot *taken)
{
    spay_status status = spay__curl_exchange_begin(&taken->x, spay_call_request(started->call),
                                                   spay_call_response(started->call));

    if (status == SPAY_OK && curl_multi_add_handle(multi->curl, taken->easy) != CURLM_OK)
        status = SPAY_E_NO_MEMORY;
    if (status != SPAY_OK)
        spay__curl_exchange_end(&taken->x);
    return status;
}

static void run(spay_multi *multi, job *started)
{
    slot *taken = take_slot(multi);
    spay_status status = taken ? start(multi, started, taken) : SPAY_E_NO_MEMORY;

    if (status != SPAY_OK) {
        if (taken)
            give_back_slot(multi, taken);
        respond(multi, started, status);
        return;
    }
    taken->job = started;
    started->slot = taken;
    started->place = RUNNING;
    started->lane->running++;
    append(&multi->running, started);
    spay__heap_unset(&multi->heap, &started->timer);
}

/* Let a call take its next step, and put it where that leads. */
static void advance(spay_multi *multi, job *advanced)
{
    switch (spay_call_step(advanced->call)) {
    case SPAY_CALL_SEND:
        run(multi, advanced);
        break;
    case SPAY_CALL_WAIT:
        if (advanced->call->state == SPAY__CALL_AWAITING_TOKEN)
            park(multi, advanced, spay_call_wait_ms(advanced->call));
        else
            rest(multi, advanced, spay_call_wait_ms(advanced->call));
        break;
    default:
        complete(multi, advanced);
    }
}

/* Hand a result to the call. What comes next may need a handle again, so it stands in line. */
static void respond(spay_multi *multi, job *answered, spay_status status)
{
    bool token = answered->call->state == SPAY__CALL_SENDING_TOKEN;

    (void)spay_call_respond(answered->call, status);
    if (token)
        unpark_all(multi);
    if (answered->call->state == SPAY__CALL_FINISHED)
        complete(multi, answered);
    else if (answered->call->state == SPAY__CALL_BACKING_OFF)
        rest(multi, answered, spay_call_wait_ms(answered->call));
    else
        stand_in_line(multi, answered, true);
}

static void stop(spay_multi *multi, job *stopped, CURLcode code)
{
    slot *used = stopped->slot;
    spay_status status = spay__curl_exchange_result(&used->x, code);

    spay__hold_forks();
    (void)curl_multi_remove_handle(multi->curl, used->easy);
    spay__let_fork();
    spay__curl_exchange_end(&used->x);
    take_out(&multi->running, stopped);
    stopped->slot = NULL;
    stopped->lane->running--;
    give_back_slot(multi, used);
    respond(multi, stopped, status);
}

/* ---- one round ---- */

static void collect(spay_multi *multi)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(multi->curl, &left)) != NULL) {
        spay__curl_exchange *x = NULL;

        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&x);
        stop(multi, ((slot *)((char *)x - offsetof(slot, x)))->job, message->data.result);
    }
}

static void ring_timers(spay_multi *multi)
{
    int64_t now = spay__client_now_ms(multi->client);
    spay__timer *first;

    if (multi->parked.first && now >= multi->parked_until_ms)
        unpark_all(multi);
    while ((first = spay__heap_first(&multi->heap)) != NULL && first->at_ms <= now) {
        job *woken = (job *)first;

        take_from_place(multi, woken);
        if (woken->place == IN_LINE || SPAY__ATOMIC_GET(&woken->call->canceled))
            advance(multi, woken); /* past its deadline, or cancelled: the step says so */
        else
            stand_in_line(multi, woken, false);
    }
}

static void fill_lane(spay_multi *multi, lane *filled)
{
    while (filled->line.first && filled->running < multi->options.max_connections) {
        job *next = filled->line.first;

        take_from_place(multi, next);
        advance(multi, next);
    }
}

/* A callback may add calls anywhere, so go round until nobody has joined a line. */
static void fill_lanes(spay_multi *multi)
{
    lane *at;

    do {
        multi->lines_grew = false;
        for (at = multi->lanes; at; at = at->next)
            fill_lane(multi, at);
    } while (multi->lines_grew);
}

static void stop_canceled(spay_multi *multi)
{
    job *at = multi->running.first;

    while (at) {
        job *next = at->next;

        if (SPAY__ATOMIC_GET(&at->call->canceled)) {
            at->slot->x.refused = SPAY_E_CANCELED;
            stop(multi, at, CURLE_ABORTED_BY_CALLBACK);
            at = multi->running.first; /* a callback may have changed the list */
        } else {
            at = next;
        }
    }
}

/* Cancelled calls are due at once, wherever they wait: their next step says what they are. */
static void wake_canceled(spay_multi *multi)
{
    size_t i;

    stop_canceled(multi);
    unpark_all(multi);
    for (i = 1; i <= multi->heap.count; i++)
        if (SPAY__ATOMIC_GET(&((job *)multi->heap.timers[i])->call->canceled))
            multi->heap.timers[i]->at_ms = INT64_MIN;
    spay__heap_rebuild(&multi->heap);
}

static void settle(spay_multi *multi)
{
    collect(multi);
    if (SPAY__ATOMIC_GET(&multi->client->cancels) != multi->cancels_seen) {
        multi->cancels_seen = SPAY__ATOMIC_GET(&multi->client->cancels);
        wake_canceled(multi);
    }
    ring_timers(multi);
    fill_lanes(multi);
}

static void perform(spay_multi *multi)
{
    int running;

    spay__hold_forks();
    (void)curl_multi_perform(multi->curl, &running);
    spay__let_fork();
}

/* The same for one socket, or for libcurl's timer. */
static void act_on(spay_multi *multi, curl_socket_t socket, int events)
{
    int running;

    spay__hold_forks();
    (void)curl_multi_socket_action(multi->curl, socket, events, &running);
    spay__let_fork();
}

/* How long until something of ours is due; -1 if nothing is. */
static int64_t next_timer_ms(const spay_multi *multi)
{
    const spay__timer *first = spay__heap_first(&multi->heap);
    int64_t now = spay__client_now_ms(multi->client);
    int64_t at = first ? first->at_ms : -1;

    if (multi->parked.first && (at < 0 || multi->parked_until_ms < at))
        at = multi->parked_until_ms;
    if (multi->curl_timer_at_ms >= 0 && (at < 0 || multi->curl_timer_at_ms < at))
        at = multi->curl_timer_at_ms;
    if (at < 0)
        return -1;
    return at > now ? at - now : 0;
}

int64_t spay_multi_poll(spay_multi *multi, int64_t timeout_ms)
{
    int64_t timer;
    int64_t before;

    if (!multi || multi->options.watch)
        return -1;
    before = multi->pending;
    multi->entered = true;
    perform(multi);
    settle(multi);
    timer = next_timer_ms(multi);
    if (timer >= 0 && timer < timeout_ms)
        timeout_ms = timer;
    if (timeout_ms > LONGEST_POLL_MS)
        timeout_ms = LONGEST_POLL_MS;
    if (timeout_ms > 0 && multi->pending == before)
        (void)curl_multi_poll(multi->curl, NULL, 0, (int)timeout_ms, NULL);
    perform(multi);
    settle(multi);
    multi->entered = false;
    return multi->pending;
}

/* ---- a foreign loop ---- */

static int on_watch(CURL *easy, curl_socket_t socket, int what, void *ctx, void *socket_ctx)
{
    static const int32_t events[] = {0, SPAY_SOCKET_READ, SPAY_SOCKET_WRITE,
                                     SPAY_SOCKET_READ | SPAY_SOCKET_WRITE, 0};
    spay_multi *multi = ctx;

    (void)easy;
    (void)socket_ctx;
    multi->options.watch(multi->options.loop_ctx, (int64_t)socket, events[what]);
    return 0;
}

static int on_curl_timer(CURLM *curl, long delay_ms, void *ctx)
{
    spay_multi *multi = ctx;

    (void)curl;
    multi->curl_timer_at_ms =
        delay_ms < 0 ? -1 : spay__client_now_ms(multi->client) + (int64_t)delay_ms + (delay_ms > 0);
    return 0;
}

/*
 * libcurl's own timer. It does not repeat one that comes early, so it hears of it only when it is
 * due: hence the millisecond more above.
 */
static void ring_curl_timer(spay_multi *multi)
{
    if (multi->curl_timer_at_ms < 0 || spay__client_now_ms(multi->client) < multi->curl_timer_at_ms)
        return;
    multi->curl_timer_at_ms = -1;
    act_on(multi, CURL_SOCKET_TIMEOUT, 0);
}

/* Tell the foreign loop when to come back, if that has changed. */
static void announce_timer(spay_multi *multi)
{
    int64_t delay = next_timer_ms(multi);
    int64_t at = delay < 0 ? -1 : spay__client_now_ms(multi->client) + delay;

    if (!multi->options.wake_in || at == multi->announced_ms)
        return;
    multi->announced_ms = at;
    multi->options.wake_in(multi->options.loop_ctx, delay);
}

/* After libcurl has had its turn. */
static int64_t finish_turn(spay_multi *multi)
{
    settle(multi);
    ring_curl_timer(multi);
    settle(multi);
    multi->entered = false;
    announce_timer(multi);
    return multi->pending;
}

int64_t spay_multi_on_socket(spay_multi *multi, int64_t socket, int32_t events)
{
    int bits = (events & SPAY_SOCKET_READ ? CURL_CSELECT_IN : 0) |
               (events & SPAY_SOCKET_WRITE ? CURL_CSELECT_OUT : 0) |
               (events & SPAY_SOCKET_ERROR ? CURL_CSELECT_ERR : 0);

    if (!multi || !multi->options.watch)
        return -1;
    multi->entered = true;
    act_on(multi, (curl_socket_t)socket, bits);
    return finish_turn(multi);
}

int64_t spay_multi_on_timer(spay_multi *multi)
{
    if (!multi || !multi->options.watch)
        return -1;
    multi->entered = true;
    multi->announced_ms = -1;
    ring_curl_timer(multi);
    return finish_turn(multi);
}

/* ---- adding and taking ---- */

static lane *find_lane(spay_multi *multi, const spay__budget *host)
{
    lane *at = multi->lanes;

    while (at && at->host != host)
        at = at->next;
    if (at)
        return at;
    at = spay__alloc(sizeof(*at));
    if (!at)
        return NULL;
    at->host = host;
    at->next = multi->lanes;
    multi->lanes = at;
    return at;
}

spay_status spay_multi_add(spay_multi *multi, spay_call *call,
                           void (*done)(void *ctx, spay_call *call), void *ctx)
{
    job *added;

    if (!multi || !call)
        return SPAY_E_INVALID_ARGUMENT;
    if (call->state != SPAY__CALL_NEW || call->client != multi->client)
        return SPAY_E_STATE;
    added = spay__alloc(sizeof(*added));
    if (added)
        added->lane = find_lane(multi, call->account->budget);
    if (!added || !added->lane || !spay__heap_reserve(&multi->heap, (size_t)multi->pending + 1)) {
        spay__free(added);
        return SPAY_E_NO_MEMORY;
    }
    added->call = call;
    added->done = done;
    added->ctx = ctx;
    multi->pending++;
    spay__call_start(call);
    stand_in_line(multi, added, false);
    if (multi->options.watch && !multi->entered) {
        multi->entered = true;
        fill_lanes(multi);
        multi->entered = false;
        announce_timer(multi);
    }
    return SPAY_OK;
}

spay_call *spay_multi_next(spay_multi *multi)
{
    job *first = multi ? multi->finished.first : NULL;
    spay_call *call = first ? first->call : NULL;

    if (first)
        take_out(&multi->finished, first);
    spay__free(first);
    return call;
}

int64_t spay_multi_pending(const spay_multi *multi)
{
    return multi ? multi->pending : 0;
}

void spay_multi_wakeup(spay_multi *multi)
{
    if (!multi)
        return;
    (void)curl_multi_wakeup(multi->curl);
}

/* ---- the driver ---- */

void spay_multi_options_init(void *options, size_t struct_size)
{
    spay__options_init(options, struct_size);
}

static spay_status check(spay_client *client, const spay_multi_options *options, spay_error **error)
{
    spay__input input = {SPAY_PROVIDER_NONE, NULL};

    spay__input_range(&input, "max_connections", options->max_connections, 1, 1024);
    spay__input_range(&input, "http2", options->http2, SPAY_YES, SPAY_NO);
    if (!options->watch != !options->wake_in)
        spay__input_fault(&input, options->watch ? "wake_in" : "watch", "missing",
                          "watch and wake_in belong together");
    if (input.error)
        return spay__input_end(&input, error);
    if (!spay__curl_settings_of(&client->transport))
        return spay__fail(error, SPAY_E_UNSUPPORTED, "the client has a transport of its own");
    return SPAY_OK;
}

static void set_up(spay_multi *multi)
{
    long connections = (long)multi->options.max_connections;

    (void)curl_multi_setopt(multi->curl, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, 8 * connections);
    (void)curl_multi_setopt(
        multi->curl, CURLMOPT_PIPELINING,
        (long)(multi->options.http2 == SPAY_YES ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING));
    if (!multi->options.watch)
        return;
    (void)curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, on_watch);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
}

spay_status spay_multi_new(spay_client *client, const spay_multi_options *theirs, spay_multi **out,
                           spay_error **error)
{
    const spay__argument arguments[] = {{"multi", out}, {"client", client}, {NULL, NULL}};
    spay_multi_options options;
    spay_multi *multi;
    spay_status status;

    if (!out)
        return spay__require(SPAY_PROVIDER_NONE, arguments, error);
    *out = NULL;
    status = spay__require(SPAY_PROVIDER_NONE, arguments, error);
    if (status == SPAY_OK)
        status = spay__options_load(&options, sizeof(options),
                                    SPAY__SIZE_UP_TO(spay_multi_options, loop_ctx), theirs,
                                    SPAY_PROVIDER_NONE, "options", error);
    if (status == SPAY_OK)
        status = check(client, &options, error);
    if (status != SPAY_OK)
        return status;
    multi = spay__alloc(sizeof(*multi));
    if (multi)
        multi->curl = curl_multi_init();
    if (!multi || !multi->curl) {
        spay__free(multi);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    }
    multi->client = spay__client_share(client);
    multi->options = options;
    if (!options.max_connections)
        multi->options.max_connections = DEFAULT_CONNECTIONS;
    multi->curl_timer_at_ms = -1;
    multi->announced_ms = -1;
    set_up(multi);
    *out = multi;
    return SPAY_OK;
}

static void cancel_all(spay_multi *multi)
{
    job *at;
    size_t i;

    for (at = multi->running.first; at; at = at->next)
        spay_call_cancel(at->call);
    for (at = multi->parked.first; at; at = at->next)
        spay_call_cancel(at->call);
    for (i = 1; i <= multi->heap.count; i++)
        spay_call_cancel(((job *)multi->heap.timers[i])->call);
}

/* Until nothing is left: callbacks may add more. */
static void finish_all(spay_multi *multi)
{
    multi->entered = true;
    collect(multi);
    while (multi->pending) {
        cancel_all(multi);
        wake_canceled(multi);
        ring_timers(multi);
    }
}

void spay_multi_free(spay_multi *multi)
{
    if (!multi)
        return;
    finish_all(multi);
    while (spay_multi_next(multi))
        ;
    while (multi->idle) {
        slot *closed = multi->idle;

        multi->idle = closed->next;
        curl_easy_cleanup(closed->easy);
        spay__free(closed);
    }
    (void)curl_multi_cleanup(multi->curl);
    while (multi->lanes) {
        lane *closed = multi->lanes;

        multi->lanes = closed->next;
        spay__free(closed);
    }
    spay__heap_clear(&multi->heap);
    spay_client_free(multi->client);
    spay__free(multi);
}
