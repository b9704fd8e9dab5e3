/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What both APIs of Worldline Connect have in common.
 */
#ifndef SPAY__PROVIDERS_CONNECT_H
#define SPAY__PROVIDERS_CONNECT_H

#include "provider.h"

/* clang-format off */
#define SPAY__CONNECT_ENVELOPE                                                                       \
    {                                                                                              \
        .list = "errors",                                                                          \
        .field_path = "propertyName",                                                              \
        .field_code = "code",                                                                      \
        .field_message = "message",                                                                \
        .field_message_else = "id",                                                                \
        .request_id = "errorId",                                                                   \
    }
/* clang-format on */

#endif
