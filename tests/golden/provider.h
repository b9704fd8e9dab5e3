/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A provider as the runner sees it: file NAME.c defines golden_NAME.
 */
#ifndef GOLDEN_PROVIDER_H
#define GOLDEN_PROVIDER_H

#include <sessionpay/sessionpay.h>

#include "golden/member.h"

typedef struct golden_provider {
    const char *name;
    golden_shape options;
    golden_shape request;
    golden_shape session;
    spay_status (*open)(spay_client *client, const void *options, void **account,
                        spay_error **error);
    void (*close)(void *account);
    spay_status (*create)(void *account, const void *request, const spay_call_options *options,
                          void **session, spay_error **error);
    spay_status (*call_new)(void *account, const void *request, const spay_call_options *options,
                            spay_call **call, spay_error **error);
    spay_status (*from_call)(spay_call *call, void **session, spay_error **error);
    void (*free)(void *session);
} golden_provider;

/* The functions of a provider, which differ in their types alone, with void pointers instead. */
#define GOLDEN_PROVIDER_FUNCTIONS(p)                                                               \
    static spay_status open_account(spay_client *client, const void *options, void **account,      \
                                    spay_error **error)                                            \
    {                                                                                              \
        spay_##p *made = NULL;                                                                     \
        spay_status status = spay_##p##_new(client, options, &made, error);                        \
        *account = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static void close_account(void *account)                                                       \
    {                                                                                              \
        spay_##p##_free(account);                                                                  \
    }                                                                                              \
    static spay_status create(void *account, const void *request,                                  \
                              const spay_call_options *options, void **session,                    \
                              spay_error **error)                                                  \
    {                                                                                              \
        spay_##p##_session *made = NULL;                                                           \
        spay_status status = spay_##p##_session_create(account, request, options, &made, error);   \
        *session = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static spay_status call_new(void *account, const void *request,                                \
                                const spay_call_options *options, spay_call **call,                \
                                spay_error **error)                                                \
    {                                                                                              \
        return spay_##p##_session_call_new(account, request, options, call, error);                \
    }                                                                                              \
    static spay_status from_call(spay_call *call, void **session, spay_error **error)              \
    {                                                                                              \
        spay_##p##_session *made = NULL;                                                           \
        spay_status status = spay_##p##_session_from_call(call, &made, error);                     \
        *session = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static void free_session(void *session)                                                        \
    {                                                                                              \
        spay_##p##_session_free(session);                                                          \
    }

/* Their places in a golden_provider. */
#define GOLDEN_PROVIDER_TABLE                                                                      \
    .open = open_account, .close = close_account, .create = create, .call_new = call_new,          \
    .from_call = from_call, .free = free_session

/* The shape of spay_session_info, without what the runner checks in every case by itself. */
extern const golden_shape golden_session_info;

/* Constants of more than one provider. */
extern const golden_word golden_environments[];
extern const golden_word golden_yes_no[];

#endif
