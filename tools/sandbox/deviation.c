/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Nearly everything follows from the table: which place of the answer, and what to put there.
 */
#include "deviation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beliefs/place.h"
#include "clock.h"
#include "exchange.h"
#include "options.h"
#include "xalloc.h"

bool deviation_take(struct options *options, const char *name)
{
    const struct belief *belief = belief_find(name);

    if (belief)
        options->deviates[belief - beliefs] = true;
    return belief;
}

void deviation_list(void)
{
    for (int i = 0; i < BELIEF_COUNT; i++)
        printf("%-40s %-10s  %s\n", beliefs[i].name, belief_mark_name(beliefs[i].mark),
               beliefs[i].sentence);
}

int deviation_enter(struct exchange *exchange, enum situation situation)
{
    exchange->situation = situation;
    return belief_status(situation);
}

bool deviation_has_others(const cJSON *object, const char *const *names)
{
    int known = 0;

    for (; *names; names++)
        known += cJSON_HasObjectItem(object, *names);
    return cJSON_GetArraySize(object) > known;
}

static void truncate_array(cJSON *root, const struct belief *belief)
{
    cJSON *array = place_get(root, belief->place);

    while (cJSON_GetArraySize(array) > atoi(belief->otherwise))
        cJSON_DeleteItemFromArray(array, cJSON_GetArraySize(array) - 1);
    place_set(root, belief->place, array);
}

static cJSON *time_ahead(const struct exchange *exchange, const struct belief *belief)
{
    int64_t at_ms = sandbox_now_ms(exchange->sandbox) + atol(belief->otherwise) * 1000;
    int64_t at = at_ms / 1000;
    char text[CLOCK_TEXT_MAX];

    if (belief->check == CHECK_AHEAD_MS)
        return cJSON_CreateNumber((double)at_ms);
    if (belief->check == CHECK_AHEAD_S)
        return cJSON_CreateNumber((double)at);
    clock_format_iso(text, at_ms);
    return cJSON_CreateString(text);
}

static void spoil_body(struct exchange *exchange, const struct belief *belief)
{
    struct reply *reply = &exchange->reply;
    cJSON *root = cJSON_ParseWithLength(reply->body ? reply->body : "", reply->length);

    if (!root)
        return;
    if (belief->check == CHECK_COUNT)
        truncate_array(root, belief);
    else if (belief->check >= CHECK_AHEAD_S)
        place_set(root, belief->place, time_ahead(exchange, belief));
    else
        place_set(root, belief->place, belief->otherwise ? cJSON_Parse(belief->otherwise) : NULL);
    char *text = cJSON_PrintUnformatted(root);
    reply_set_body(reply, text, strlen(text));
    cJSON_free(text);
    cJSON_Delete(root);
}

/* Strict readers do not accept anything behind the value. */
static void add_behind(struct exchange *exchange, const char *text)
{
    struct reply *reply = &exchange->reply;
    char *body = xasprintf("%s%s", reply->body ? reply->body : "", text);

    reply_set_body(reply, body, strlen(body));
    free(body);
}

static void spoil_header(struct exchange *exchange, const char *name, const char *value)
{
    if (value)
        reply_header(&exchange->reply, name, value);
    else
        headers_remove(&exchange->reply.headers, name);
}

static void spoil(struct exchange *exchange, const struct belief *belief)
{
    switch (belief->check) {
    case CHECK_STATUS:
    case CHECK_REFUSED:
        exchange->reply.status = atoi(belief->otherwise);
        break;
    case CHECK_READ:
        add_behind(exchange, belief->otherwise);
        break;
    case CHECK_MEDIA_TYPE:
        spoil_header(exchange, "Content-Type", belief->otherwise);
        break;
    case CHECK_HEADER:
    case CHECK_NO_HEADER:
    case CHECK_HEADER_DATE:
    case CHECK_HEADER_MS:
    case CHECK_OTHER_HEADER:
        spoil_header(exchange, belief->place, belief->otherwise);
        break;
    default:
        spoil_body(exchange, belief);
    }
}

/* What must differ from an earlier answer becomes the same in both. */
static bool is_about(const struct belief *belief, enum situation situation)
{
    bool both = belief->check == CHECK_OTHER || belief->check == CHECK_OTHER_HEADER;

    return belief->situation == situation ||
           (both && situations[belief->situation].repeats == situation);
}

void deviation_apply(struct exchange *exchange)
{
    for (int i = 0; exchange->situation && i < BELIEF_COUNT; i++) {
        if (exchange->sandbox->options->deviates[i] && is_about(&beliefs[i], exchange->situation))
            spoil(exchange, &beliefs[i]);
    }
}
