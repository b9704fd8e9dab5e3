/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What can be asked of the sessions of all providers.
 */
#include <sessionpay/session.h>

int64_t spay_session_expires_in_ms(const spay_session_info *info, int64_t now_ms, int64_t margin_ms)
{
    int64_t end;

    if (!info)
        return 0;
    if (info->expires_at_ms < 0)
        return INT64_MAX;
    if (margin_ms < 0)
        margin_ms = 0;
    end = info->expires_at_ms > margin_ms ? info->expires_at_ms - margin_ms : 0;
    return now_ms < end ? end - (now_ms < 0 ? 0 : now_ms) : 0;
}
