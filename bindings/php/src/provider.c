/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "provider.h"

#define PROVIDER(name, class_name, kept)                                                           \
    static spay_status new_##name(spay_client *client, const void *options, void **made,           \
                                  spay_error **error)                                              \
    {                                                                                              \
        spay_##name *account = NULL;                                                               \
        spay_status status = spay_##name##_new(client, options, &account, error);                  \
        *made = account;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static void free_##name(void *account)                                                         \
    {                                                                                              \
        spay_##name##_free(account);                                                               \
    }                                                                                              \
    static spay_status call_##name(void *account, const void *request,                             \
                                   const spay_call_options *options, spay_call **call,             \
                                   spay_error **error)                                             \
    {                                                                                              \
        return spay_##name##_session_call_new(account, request, options, call, error);             \
    }                                                                                              \
    static spay_status take_##name(spay_call *call, void **made, spay_error **error)               \
    {                                                                                              \
        spay_##name##_session *session = NULL;                                                     \
        spay_status status = spay_##name##_session_from_call(call, &session, error);               \
        *made = session;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static void free_session_##name(void *session)                                                 \
    {                                                                                              \
        spay_##name##_session_free(session);                                                       \
    }                                                                                              \
    const struct provider sessionpay_##name = {CLASS_##class_name,                                 \
                                               &layout_spay_##name##_options,                      \
                                               &layout_spay_##name##_session,                      \
                                               kept,                                               \
                                               new_##name,                                         \
                                               free_##name,                                        \
                                               call_##name,                                        \
                                               take_##name,                                        \
                                               free_session_##name};

PROVIDER(wepay, WePay, true)
PROVIDER(hosted_fields, HostedFields, true)
PROVIDER(connect_server, ConnectServer, true)
PROVIDER(connect_client, ConnectClient, false) /* each is for one consumer */
