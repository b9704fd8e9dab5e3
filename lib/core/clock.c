/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Clock correction for signatures.
 */
#include "clock.h"

#include "api/error.h"
#include "base/ascii.h"
#include "base/date.h"
#include "log.h"

enum {
    TOLERANCE_MS = 60000
};

/* The library is not older than this, so no date before it can be the present. */
static const int64_t first_release_ms = INT64_C(1767225600) * 1000;

static const int64_t year_ms = INT64_C(366) * 86400 * 1000;

int64_t spay__clock_offset_ms(const spay_call *call)
{
    return call->clock_corrected ? call->clock_offset_ms
                                 : SPAY__ATOMIC_GET(&call->account->clock_offset_ms);
}

int64_t spay__clock_wall_ms(const spay_call *call)
{
    return spay__client_wall_ms(call->client) + spay__clock_offset_ms(call);
}

/* What the clock that the attempt was signed with says now. */
static int64_t signed_clock_ms(const spay_call *call)
{
    return call->attempt_began_wall_ms + spay__client_now_ms(call->client) - call->attempt_began_ms;
}

static bool read_date(const spay_call *call, int64_t *provider_ms)
{
    const char *date = spay_http_response_header(&call->response, "Date");

    if (!date || !spay__http_date_parse(date, signed_clock_ms(call) / 1000, provider_ms))
        return false;
    *provider_ms *= 1000;
    return true;
}

static bool differ(int64_t one_ms, int64_t other_ms)
{
    return one_ms - other_ms > TOLERANCE_MS || other_ms - one_ms > TOLERANCE_MS;
}

/* A machine whose clock was never set cannot tell which year is too far ahead. */
static bool is_plausible(const spay_call *call, int64_t provider_ms)
{
    int64_t wall_ms = spay__client_wall_ms(call->client);
    int64_t last_ms =
        wall_ms < first_release_ms ? first_release_ms + 10 * year_ms : wall_ms + 2 * year_ms;

    return provider_ms >= first_release_ms - TOLERANCE_MS && provider_ms <= last_ms;
}

/* Whether an earlier reply told the same difference. 0 stands for none. */
static bool has_witness(const spay_call *call, int64_t provider_ms)
{
    int64_t noted = SPAY__ATOMIC_GET(&call->account->doubtful_offset_ms);

    return noted && !differ(noted, provider_ms - spay__client_wall_ms(call->client));
}

static bool read_credible_date(const spay_call *call, int64_t *provider_ms)
{
    return read_date(call, provider_ms) &&
           (is_plausible(call, *provider_ms) || has_witness(call, *provider_ms));
}

int64_t spay__clock_provider_ms(const spay_call *call)
{
    int64_t provider_ms;

    return read_credible_date(call, &provider_ms) ? provider_ms : signed_clock_ms(call);
}

int64_t spay__clock_difference_ms(const spay_call *call)
{
    int64_t difference = spay__clock_provider_ms(call) - spay__client_wall_ms(call->client);

    return differ(difference, 0) ? difference : 0;
}

bool spay__clock_is_off(const spay_call *call)
{
    return differ(spay__clock_provider_ms(call), signed_clock_ms(call));
}

void spay__clock_note(const spay_call *call)
{
    int64_t provider_ms;

    if (read_date(call, &provider_ms) && !is_plausible(call, provider_ms))
        SPAY__ATOMIC_SET(&call->account->doubtful_offset_ms,
                         provider_ms - spay__client_wall_ms(call->client));
}

void spay__clock_correct(spay_call *call)
{
    call->clock_offset_ms = spay__clock_difference_ms(call);
    call->clock_corrected = true;
}

/* "this machine's clock is 600 s slow" */
static const char *describe(int64_t offset_ms, char seconds[SPAY__INTEGER_SIZE])
{
    return spay__integer_text((offset_ms < 0 ? -offset_ms : offset_ms) / 1000, seconds);
}

static const char *direction(int64_t offset_ms)
{
    return offset_ms < 0 ? "fast" : "slow";
}

void spay__clock_confirm(const spay_call *call)
{
    char seconds[SPAY__INTEGER_SIZE];

    if (!call->clock_corrected)
        return;
    SPAY__ATOMIC_SET(&call->account->clock_offset_ms, call->clock_offset_ms);
    spay__log(call->client, SPAY_LOG_INFO,
              "%s: this machine's clock is %s s %s; requests are signed with the provider's time",
              call->operation->provider->name, describe(call->clock_offset_ms, seconds),
              direction(call->clock_offset_ms));
}

static void blame_clock(const spay_call *call, spay_error *error)
{
    int64_t offset = spay__clock_provider_ms(call) - spay__client_wall_ms(call->client);
    char seconds[SPAY__INTEGER_SIZE];

    error->status = SPAY_E_CLOCK;
    spay__error_format(error, "the signature was refused, and this machine's clock is %s s %s",
                       describe(offset, seconds), direction(offset));
}

/* One of the two clocks is far from the present; if it is this machine's, that can be told. */
static void doubt(const spay_call *call, spay_error *error)
{
    if (spay__client_wall_ms(call->client) < first_release_ms)
        error->status = SPAY_E_CLOCK;
    spay__error_format(error,
                       "%s; the reply's Date is too far from this machine's clock to be used",
                       spay_error_message(error));
}

void spay__clock_explain(const spay_call *call, spay_error *error)
{
    int64_t provider_ms;

    if (call->clock_corrected)
        spay__error_format(error,
                           "%s; refused with the provider's time as well: not the clock, "
                           "but the key id or the secret is wrong",
                           spay_error_message(error));
    else if (spay__clock_is_off(call))
        blame_clock(call, error);
    else if (read_date(call, &provider_ms) && !is_plausible(call, provider_ms))
        doubt(call, error);
}
