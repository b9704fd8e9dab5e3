/* Made by layouts.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT */
/* clang-format off */
#ifndef SESSIONPAY_LAYOUTS_H
#define SESSIONPAY_LAYOUTS_H

#include <stddef.h>

#include <sessionpay/store.h>

enum member_type {
    MEMBER_TEXT = 1,
    MEMBER_BYTES,
    MEMBER_INT32,
    MEMBER_UINT32,
    MEMBER_INT64,
    MEMBER_SIZE,
    MEMBER_CHOICE, /* SPAY_YES, SPAY_NO */
    MEMBER_TEXTS,
    MEMBER_INTS,
    MEMBER_STRUCT
};

struct layout;

struct member {
    const char *name;
    enum member_type type;
    int is_secret;
    size_t offset;
    size_t count; /* offset of the member with the number of elements, or 0 */
    const struct layout *points_to;
};

struct layout {
    const char *name;
    const struct member *members; /* ends with one without a name */
    size_t size;
    void (*init)(void *made, size_t size); /* NULL for what the library alone makes */
};

/* A store that is a library of its own. */
struct adapter {
    const char *name;
    const struct layout *options;
    spay_status (*make)(const void *options, spay_store *store, spay_error **error);
};

extern const struct layout layout_spay_event;
extern const struct layout layout_spay_send_record;
extern const struct layout layout_spay_client_options;
extern const struct layout layout_spay_call_options;
extern const struct layout layout_spay_session_info;
extern const struct layout layout_spay_connect_server_options;
extern const struct layout layout_spay_connect_server_filter;
extern const struct layout layout_spay_connect_server_session_request;
extern const struct layout layout_spay_connect_server_session;
extern const struct layout layout_spay_connect_client_options;
extern const struct layout layout_spay_connect_client_session_request;
extern const struct layout layout_spay_connect_client_session;
extern const struct layout layout_spay_hosted_fields_options;
extern const struct layout layout_spay_hosted_fields_session_request;
extern const struct layout layout_spay_hosted_fields_session;
extern const struct layout layout_spay_multi_options;
extern const struct layout layout_spay_wepay_options;
extern const struct layout layout_spay_wepay_session_request;
extern const struct layout layout_spay_wepay_owner;
extern const struct layout layout_spay_wepay_mobile_session;
extern const struct layout layout_spay_wepay_session;

/* All of them; ends with NULL. */
extern const struct layout *const layouts[];

/* Those that it was built with, by SESSIONPAY_WITH_...; ends with one without a name. */
extern const struct adapter adapters[];

#endif
