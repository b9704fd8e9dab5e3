/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Compares each reply with what the table says of it.
 */

#include "findings.h"

#include "beliefs/place.h"
#include "cli/date.h"
#include "cli/secrets.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    TOLERANCE_S = 120,
    CLOCKS_MOST_S = 86400
};

/* What a belief is compared with. */
struct subject {
    const struct verify *verify;
    const struct belief *belief;
    const struct trial *trial;
    const struct trial *first; /* the repeated situation's */
    struct finding *finding;
};

__attribute__((format(printf, 2, 3))) static void expect(const struct subject *subject,
                                                         const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(subject->finding->expected, WHY_MAX, format, arguments);
    va_end(arguments);
}

__attribute__((format(printf, 2, 3))) static void see(const struct subject *subject,
                                                      const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(subject->finding->seen, WHY_MAX, format, arguments);
    va_end(arguments);
}

static enum verdict verdict(bool good)
{
    return good ? AS_BELIEVED : DIFFERS;
}

static enum verdict unknown(const struct subject *subject, const char *why)
{
    see(subject, "%s", why);
    return COULD_NOT_TELL;
}

/* -- Status and headers -- */

static enum verdict check_status(const struct subject *subject)
{
    const struct belief *belief = subject->belief;
    int status = subject->trial->status;

    see(subject, "%d", status);
    if (belief->check == CHECK_REFUSED) {
        expect(subject, "400 to 499");
        return verdict(status / 100 == 4);
    }
    expect(subject, "%s", belief->expected);
    return verdict(status == atoi(belief->expected));
}

static const char *header_of(const struct trial *trial, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(trial->headers, name));
}

static void see_header(const struct subject *subject, const char *value)
{
    cJSON *text = value ? cJSON_CreateString(value) : NULL;

    verify_describe(subject->verify, text, subject->finding->seen, WHY_MAX);
    cJSON_Delete(text);
}

static enum verdict check_media_type(const struct subject *subject)
{
    const char *value = header_of(subject->trial, "Content-Type");
    const char *expected = subject->belief->expected;
    size_t length = value ? strcspn(value, "; \t") : 0;

    expect(subject, "%s", expected);
    see_header(subject, value);
    return verdict(value && length == strlen(expected) && !strncasecmp(value, expected, length));
}

static bool is_recent_ms(const struct trial *trial, const char *value)
{
    char *end;
    long long at_ms = value ? strtoll(value, &end, 10) : 0;

    return value && *value && !*end && llabs(at_ms - trial->at_ms) < CLOCKS_MOST_S * 1000LL;
}

static enum verdict check_header(const struct subject *subject)
{
    const struct belief *belief = subject->belief;
    const char *value = header_of(subject->trial, belief->place);
    const char *first = subject->first ? header_of(subject->first, belief->place) : NULL;
    int64_t date_ms;

    see_header(subject, value);
    switch (belief->check) {
    case CHECK_MEDIA_TYPE:
        return check_media_type(subject);
    case CHECK_NO_HEADER:
        expect(subject, "no %s", belief->place);
        return verdict(!value);
    case CHECK_HEADER_DATE:
        expect(subject, "an HTTP date");
        return verdict(value && date_parse_http(value, &date_ms));
    case CHECK_HEADER_MS:
        expect(subject, "milliseconds since 1970, of today");
        return verdict(is_recent_ms(subject->trial, value));
    case CHECK_OTHER_HEADER:
        expect(subject, "another value than the first");
        if (!first || !value)
            return unknown(subject, "the header is missing");
        see(subject, "%s", strcmp(first, value) ? "another value" : "the first value");
        return verdict(strcmp(first, value) != 0);
    default:
        expect(subject, "%s", belief->place);
        return verdict(value && *value);
    }
}

/* -- Members -- */

/* The time that the reply was made at by the clock of whoever made it. */
static int64_t reply_time_ms(const struct trial *trial)
{
    const char *date = header_of(trial, "Date");
    int64_t at_ms;

    return date && date_parse_http(date, &at_ms) ? at_ms : trial->at_ms;
}

/* 0 if it is no time. */
static double time_of(const cJSON *value, enum belief_check check)
{
    int64_t at_ms = 0;

    if (check == CHECK_AHEAD_ISO)
        return cJSON_IsString(value) && date_parse_iso(value->valuestring, &at_ms) ? (double)at_ms
                                                                                   : 0;
    return check == CHECK_AHEAD_MS ? cJSON_GetNumberValue(value)
                                   : cJSON_GetNumberValue(value) * 1000;
}

static bool is_near(double number, double wanted)
{
    return number >= wanted - (double)TOLERANCE_S && number <= wanted + (double)TOLERANCE_S;
}

static enum verdict check_ahead(const struct subject *subject, const cJSON *value)
{
    double wanted = atof(subject->belief->expected);
    double at_ms = time_of(value, subject->belief->check);

    expect(subject, "%.0f s from now", wanted);
    if (!(at_ms > 0))
        return unknown(subject, "it is no time");
    double ahead = (at_ms - (double)reply_time_ms(subject->trial)) / 1000;
    see(subject, "%.15g s from now", ahead);
    return verdict(is_near(ahead, wanted));
}

/* Strings as they are, whole numbers in digits, elements of an array with dots between them. */
static void to_text(const cJSON *value, char *text, size_t size)
{
    const cJSON *item;
    size_t length = 0;

    *text = '\0';
    if (cJSON_IsString(value))
        snprintf(text, size, "%s", value->valuestring);
    else if (cJSON_IsNumber(value))
        snprintf(text, size, "%.15g", value->valuedouble);
    if (!cJSON_IsArray(value))
        return;
    cJSON_ArrayForEach(item, value)
    {
        if (cJSON_IsString(item) && length < size)
            length += (size_t)snprintf(text + length, size - length, "%s%s", length ? "." : "",
                                       item->valuestring);
    }
}

static bool fits(enum belief_check check, const char *text, const char *expected)
{
    size_t length = strlen(text), least = strlen(expected);

    if (check == CHECK_STARTS)
        return !strncmp(text, expected, least);
    if (check == CHECK_ENDS)
        return length >= least && !strcmp(text + length - least, expected);
    return !strcmp(text, expected);
}

static enum verdict check_text(const struct subject *subject, const cJSON *value)
{
    static const char *const how[] = {
        [CHECK_IS] = "", [CHECK_STARTS] = "begins with ", [CHECK_ENDS] = "ends in "};
    const struct belief *belief = subject->belief;
    char *expected = verify_expand(subject->verify, belief->expected);
    char text[512];

    if (strchr(belief->expected, '$')) {
        expect(subject, "%swhat was sent", how[belief->check]);
        if (cJSON_IsString(value) || cJSON_IsNumber(value))
            see(subject, "something else"); /* whose account that is, is not told */
    } else {
        expect(subject, "%s%s", how[belief->check], belief->expected);
    }
    to_text(value, text, sizeof text);
    bool good = value && fits(belief->check, text, expected);
    secret_free(expected);
    return verdict(good);
}

static enum verdict check_first(const struct subject *subject, const cJSON *value)
{
    bool same = subject->belief->check == CHECK_SAME;
    cJSON *first = subject->first ? place_get(subject->first->body, subject->belief->place) : NULL;
    bool equal = cJSON_Compare(first, value, true);

    expect(subject, "%s", same ? "the first value" : "another value than the first");
    if (!first || (!value && !same)) {
        cJSON_Delete(first);
        return unknown(subject, "the member is missing");
    }
    cJSON_Delete(first);
    if (value)
        see(subject, "%s", equal ? "the first value" : "another value");
    return verdict(equal == same);
}

static bool is_whole(const cJSON *value)
{
    double number = cJSON_GetNumberValue(value);

    return number > -9e15 && number < 9e15 && (double)(int64_t)number == number;
}

static enum verdict check_kind(const struct subject *subject, const cJSON *value)
{
    const char *expected = subject->belief->expected;
    bool is_text = cJSON_IsString(value) && *value->valuestring;
    int64_t at_ms;

    switch (subject->belief->check) {
    case CHECK_TEXT:
        expect(subject, "a string");
        return verdict(is_text);
    case CHECK_TEXT_OR_NULL:
        expect(subject, "a string or null");
        return verdict(is_text || cJSON_IsNull(value));
    case CHECK_INTEGER:
        expect(subject, "an integer");
        return verdict(is_whole(value));
    case CHECK_OBJECT:
        expect(subject, "an object");
        return verdict(cJSON_IsObject(value));
    case CHECK_ARRAY:
        expect(subject, "a list");
        return verdict(cJSON_IsArray(value));
    case CHECK_COUNT:
        expect(subject, "a list of at least %s", expected);
        return verdict(cJSON_IsArray(value) && cJSON_GetArraySize(value) >= atoi(expected));
    case CHECK_ISO_TIME:
        expect(subject, "a date and time of ISO 8601");
        return verdict(is_text && date_parse_iso(value->valuestring, &at_ms));
    default: /* CHECK_NO_MEMBER */
        expect(subject, "nothing");
        return verdict(!value || cJSON_IsNull(value) ||
                       (cJSON_IsArray(value) && !cJSON_GetArraySize(value)));
    }
}

static enum verdict check_value(const struct subject *subject, const cJSON *value)
{
    verify_describe(subject->verify, value, subject->finding->seen, WHY_MAX);
    switch (subject->belief->check) {
    case CHECK_IS:
    case CHECK_STARTS:
    case CHECK_ENDS:
        return check_text(subject, value);
    case CHECK_SAME:
    case CHECK_OTHER:
        return check_first(subject, value);
    case CHECK_AHEAD_S:
    case CHECK_AHEAD_MS:
    case CHECK_AHEAD_ISO:
        return check_ahead(subject, value);
    default:
        return check_kind(subject, value);
    }
}

/* -- All of them -- */

/* What gateways and limits answer says nothing about the provider. */
static bool is_busy(int status)
{
    return status == 429 || (status >= 502 && status <= 504);
}

static enum verdict check(const struct subject *subject)
{
    const struct belief *belief = subject->belief;
    const struct trial *trial = subject->trial;

    if (!trial->replied)
        return unknown(subject, trial->why);
    if (is_busy(trial->status)) {
        see(subject, "the provider is busy: HTTP %d", trial->status);
        return COULD_NOT_TELL;
    }
    if (belief->check == CHECK_STATUS || belief->check == CHECK_REFUSED)
        return check_status(subject);
    if (trial->status / 100 != belief_status(belief->situation) / 100) {
        see(subject, "the reply has the status %d", trial->status);
        return COULD_NOT_TELL;
    }
    if (belief->check == CHECK_READ) {
        expect(subject, "a reply that the library can read");
        see(subject, "%s", trial->read ? "one" : "another");
        return verdict(trial->read);
    }
    if (belief->check == CHECK_MEDIA_TYPE || *belief->place != '$')
        return check_header(subject);
    if (!trial->body)
        return unknown(subject, "the reply is no JSON");
    cJSON *value = place_get(trial->body, belief->place);
    enum verdict found = check_value(subject, value);
    cJSON_Delete(value);
    return found;
}

static bool is_ordinary(const struct situation_facts *facts)
{
    return facts->change == CHANGE_NOTHING && !facts->repeats;
}

void verify_check(struct verify *verify)
{
    for (int i = 0; i < BELIEF_COUNT; i++) {
        enum situation situation = beliefs[i].situation;
        enum situation first = situations[situation].repeats;
        struct subject subject = {
            .verify = verify,
            .belief = &beliefs[i],
            .trial = &verify->trials[situation],
            .first = first ? &verify->trials[first] : NULL,
            .finding = &verify->findings[i],
        };
        if (!verify_includes(verify, situations[situation].api))
            continue;
        subject.finding->verdict = check(&subject);
        /* A session that is refused says more about the credentials than about the provider. */
        if (is_ordinary(&situations[situation]) && subject.trial->replied &&
            subject.trial->status / 100 != 2) {
            see(&subject, "no session was made: HTTP %d", subject.trial->status);
            subject.finding->verdict = COULD_NOT_TELL;
        }
    }
}

int verify_count(const struct verify *verify, enum verdict wanted)
{
    int count = 0;

    for (int i = 0; i < BELIEF_COUNT; i++) {
        count += verify_includes(verify, situations[beliefs[i].situation].api) &&
                 verify->findings[i].verdict == wanted;
    }
    return count;
}
