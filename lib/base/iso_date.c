/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * ISO 8601 dates, for the providers that send them.
 */
#include "date.h"

#include "ascii.h"
#include "date_scan.h"

/* ".123456789" as milliseconds */
static int take_fraction(spay__date_scan *s)
{
    int value = 0;
    int digits = 0;

    spay__date_take(s, ".");
    for (; s->ok && spay__is_digit(*s->at); s->at++, digits++)
        if (digits < 3)
            value = value * 10 + (*s->at - '0');
    s->ok = s->ok && digits >= 1 && digits <= 9;
    for (; digits < 3; digits++)
        value *= 10;
    return value;
}

/* "Z", "+02:00", "+0200" or "+02", in minutes east */
static int take_offset(spay__date_scan *s)
{
    int sign = *s->at == '-' ? -1 : 1;
    int hours;
    int minutes = 0;

    if (*s->at == 'Z') {
        s->at++;
        return 0;
    }
    spay__date_take(s, sign < 0 ? "-" : "+");
    hours = spay__date_digits(s, 2);
    if (s->ok && *s->at) {
        s->at += *s->at == ':';
        minutes = spay__date_digits(s, 2);
    }
    s->ok = s->ok && hours <= 23 && minutes <= 59;
    return sign * (hours * 60 + minutes);
}

bool spay__iso_date_parse(const char *text, int64_t *unix_ms)
{
    spay__date_scan s = {text, true};
    spay__date date;
    int fraction = 0;
    int offset;

    date.year = spay__date_digits(&s, 4);
    spay__date_take(&s, "-");
    date.month = spay__date_digits(&s, 2);
    spay__date_take(&s, "-");
    date.day = spay__date_digits(&s, 2);
    spay__date_take(&s, "T");
    spay__date_clock(&s, &date);
    if (s.ok && *s.at == '.')
        fraction = take_fraction(&s);
    offset = s.ok ? take_offset(&s) : 0;
    if (!s.ok || *s.at || !spay__date_is_valid(&date))
        return false;
    *unix_ms = (spay__date_seconds(&date) - offset * 60) * 1000 + fraction;
    return true;
}
