/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The table of beliefs, beliefs.def, as the command line and the sandbox see it.
 *
 * A situation is a request that a provider gets. It is brought about by one change of an ordinary
 * request. Beliefs are about the reply.
 */

#ifndef BELIEFS_H
#define BELIEFS_H

enum belief_api {
    BELIEF_WEPAY,
    BELIEF_IDENTITY,
    BELIEF_HOSTED_FIELDS,
    BELIEF_CONNECT,
    BELIEF_APPLE_PAY
};

/*
 * How the request differs from an ordinary one. $ACCOUNT is the user's account, terminal or
 * merchant; $CAPITALS the same in capitals; $API_VERSION, $LIB_VERSION, $DOMAIN and $VALIDATION_URL other
 * settings.
 */
enum belief_change {
    CHANGE_NOTHING,
    CHANGE_HEADER,  /* the header "where" has the value "what", or is absent */
    CHANGE_METHOD,  /* the method is "what" */
    CHANGE_SEGMENT, /* segment "where" of the path, from its end, is "what" */
    CHANGE_BODY,    /* the body is "what" */
    CHANGE_EXTRA,   /* the body has the members of "what" too */
    CHANGE_ACCOUNT, /* the account is "what" */
    CHANGE_CLOCK    /* the date is "what" seconds ahead */
};

enum situation {
    WHEN_NONE,
#define SITUATION(name, api, repeats, change, where, what, sentence) WHEN_##name,
#define BELIEF(situation, name, mark, check, place, expected, otherwise, sentence)
#include "beliefs.def"
#undef SITUATION
#undef BELIEF
    SITUATION_COUNT
};

struct situation_facts {
    const char *name;
    enum belief_api api;
    enum situation repeats; /* the idempotency key is that of this one */
    enum belief_change change;
    const char *where;
    const char *what;
    const char *sentence;
};

enum belief_number {
#define SITUATION(name, api, repeats, change, where, what, sentence)
#define BELIEF(situation, name, mark, check, place, expected, otherwise, sentence)                 \
    NUMBER_##situation##_##name,
#include "beliefs.def"
#undef SITUATION
#undef BELIEF
    BELIEF_COUNT
};

enum belief_mark {
    BELIEF_DOCUMENTED,
    BELIEF_INFERRED,
    BELIEF_UNKNOWN
};

/*
 * What must hold. "place" is a header's name, or a member such as "$.errors[0].code"; after "#" the
 * path goes on inside of the JSON text that the member is. "otherwise" is what a sandbox that
 * deviates makes of it: a status, a header's value, or JSON; NULL removes the header or member.
 */
enum belief_check {
    CHECK_STATUS,       /* the status is "expected" */
    CHECK_REFUSED,      /* the status is 4xx */
    CHECK_READ,         /* the library can read it; "otherwise" comes behind the body */
    CHECK_HEADER,       /* there is such a header */
    CHECK_NO_HEADER,    /* there is none */
    CHECK_HEADER_DATE,  /* its value is an HTTP date */
    CHECK_HEADER_MS,    /* its value is a UNIX time in milliseconds of the last minutes */
    CHECK_OTHER_HEADER, /* its value is not that of the repeated situation */
    CHECK_MEDIA_TYPE,   /* Content-Type is "expected", whatever its parameters */
    CHECK_TEXT,         /* a string that is not empty */
    CHECK_TEXT_OR_NULL,
    CHECK_INTEGER,
    CHECK_OBJECT,
    CHECK_ARRAY,
    CHECK_COUNT,     /* an array with at least "expected" elements */
    CHECK_NO_MEMBER, /* absent, null or empty */
    CHECK_IS,        /* a string or number; the strings of an array are joined by "." */
    CHECK_STARTS,
    CHECK_ENDS,
    CHECK_SAME,     /* as in the repeated situation */
    CHECK_OTHER,    /* not as in the repeated situation */
    CHECK_ISO_TIME, /* a date and time of ISO 8601 with an offset */
    CHECK_AHEAD_S,  /* a UNIX time in seconds, "expected" seconds from now */
    CHECK_AHEAD_MS, /* the same in milliseconds */
    CHECK_AHEAD_ISO
};

struct belief {
    const char *name; /* "wepay_created.status" */
    enum situation situation;
    enum belief_mark mark;
    enum belief_check check;
    const char *place;
    const char *expected;
    const char *otherwise;
    const char *sentence; /* without its full stop */
};

/* By enum situation; the first is empty. */
extern const struct situation_facts situations[SITUATION_COUNT];

/* In the order of their situations. */
extern const struct belief beliefs[BELIEF_COUNT];

/* NULL if there is none of that name. */
const struct belief *belief_find(const char *name);

/* The status that we believe a situation has, or the one that it repeats. */
int belief_status(enum situation situation);

/* "documented", "inferred", "unknown". */
const char *belief_mark_name(enum belief_mark mark);

#endif
