/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The table, and looking things up in it.
 */

#include "beliefs.h"

#include <stdlib.h>
#include <string.h>

const struct situation_facts situations[SITUATION_COUNT] = {
#define SITUATION(id, provider, base, changed, place, text, says)                                  \
    [WHEN_##id] = {.name = #id,                                                                    \
                   .api = BELIEF_##provider,                                                       \
                   .repeats = WHEN_##base,                                                         \
                   .change = CHANGE_##changed,                                                     \
                   .where = (place),                                                               \
                   .what = (text),                                                                 \
                   .sentence = (says)},
#define BELIEF(situation, name, mark, check, place, expected, otherwise, sentence)
#include "beliefs.def"
#undef SITUATION
#undef BELIEF
};

const struct belief beliefs[BELIEF_COUNT] = {
#define SITUATION(name, api, repeats, change, where, what, sentence)
#define BELIEF(when, id, marked, checked, where, wanted, deviating, says)                          \
    {.name = #when "." #id,                                                                        \
     .situation = WHEN_##when,                                                                     \
     .mark = BELIEF_##marked,                                                                      \
     .check = CHECK_##checked,                                                                     \
     .place = (where),                                                                             \
     .expected = (wanted),                                                                         \
     .otherwise = (deviating),                                                                     \
     .sentence = (says)},
#include "beliefs.def"
#undef SITUATION
#undef BELIEF
};

const struct belief *belief_find(const char *name)
{
    for (int i = 0; i < BELIEF_COUNT; i++) {
        if (!strcmp(beliefs[i].name, name))
            return &beliefs[i];
    }
    return NULL;
}

int belief_status(enum situation situation)
{
    for (int i = 0; i < BELIEF_COUNT; i++) {
        if (beliefs[i].situation == situation && beliefs[i].check == CHECK_STATUS)
            return atoi(beliefs[i].expected);
    }
    return situations[situation].repeats ? belief_status(situations[situation].repeats) : 0;
}

const char *belief_mark_name(enum belief_mark mark)
{
    static const char *const names[] = {"documented", "inferred", "unknown"};

    return names[mark];
}
