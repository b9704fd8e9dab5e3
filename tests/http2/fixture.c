/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "fixture.h"

rig at;
bytes said;

void open_rig(void)
{
    rig_open(&at);
}

void close_rig(void)
{
    rig_close(&at);
    bytes_free(&said);
}

spay_status receive(void)
{
    spay_status status = rig_receive(&at, &said);

    (void)rig_count_ended(&at);
    return status;
}
