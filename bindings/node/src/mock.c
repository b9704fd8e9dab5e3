/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* The library's mock, alive as long as JavaScript or a client has it. */
#include <stdlib.h>

#include "binding.h"

struct mock {
    struct addon *addon;
    spay_mock *mock;
    int references;
};

struct mock *mock_hold(napi_env env, napi_value value)
{
    struct mock *mock = NULL;
    if (napi_get_value_external(env, value, (void **)&mock) != napi_ok)
        return NULL;
    mock->references++;
    return mock;
}

void mock_release(struct mock *mock)
{
    if (!mock || --mock->references)
        return;
    spay_mock_free(mock->mock);
    addon_release(mock->addon);
    free(mock);
}

const spay_transport *mock_transport(struct mock *mock)
{
    return spay_mock_transport(mock->mock);
}

const spay_platform *mock_platform(struct mock *mock)
{
    return spay_mock_platform(mock->mock);
}

static void free_mock(napi_env env, void *data, void *hint)
{
    (void)env;
    (void)hint;
    mock_release(data);
}

napi_value mock_new(napi_env env, napi_callback_info info)
{
    struct mock *mock = calloc(1, sizeof *mock);
    (void)info;
    if (!mock || spay_mock_new(&mock->mock, NULL) != SPAY_OK) {
        free(mock);
        napi_throw_error(env, NULL, "out of memory");
        return NULL;
    }
    mock->addon = addon_of(env);
    mock->references = 1;
    addon_hold(mock->addon);
    return make_external(env, mock, free_mock);
}

/* The mock of the first argument; NULL, with an exception, if it is none. */
static spay_mock *mock_argument(napi_env env, napi_callback_info info, napi_value *arguments)
{
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    struct mock *mock = external_of(env, arguments[0]);
    return mock ? mock->mock : NULL;
}

/* mockReply(mock, status, headers or undefined, body): the text of what is wrong, or null */
napi_value mock_reply(napi_env env, napi_callback_info info)
{
    struct arena arena;
    napi_value arguments[ARGUMENTS_MAX];
    spay_mock *mock = mock_argument(env, info, arguments);
    void *body = NULL;
    size_t length = 0;
    if (!mock)
        return NULL;
    arena_init(&arena);
    napi_get_typedarray_info(env, arguments[3], NULL, &length, &body, NULL, NULL);
    spay_status status =
        spay_mock_reply(mock, (int32_t)number_of(env, arguments[1]),
                        text_of(env, &arena, arguments[2]), body, body ? length : 0);
    arena_clear(&arena);
    return make_text(env, status == SPAY_OK ? NULL : spay_status_text(status), NAPI_AUTO_LENGTH);
}

/* mockFail(mock, status, sent): as mockReply() */
napi_value mock_fail(napi_env env, napi_callback_info info)
{
    napi_value arguments[ARGUMENTS_MAX];
    spay_mock *mock = mock_argument(env, info, arguments);
    bool is_sent = false;
    if (!mock)
        return NULL;
    napi_get_value_bool(env, arguments[2], &is_sent);
    spay_status status =
        spay_mock_fail(mock, (int32_t)number_of(env, arguments[1]), is_sent ? SPAY_YES : SPAY_NO);
    return make_text(env, status == SPAY_OK ? NULL : spay_status_text(status), NAPI_AUTO_LENGTH);
}

/* mockSet(mock, which, ms) */
napi_value mock_set(napi_env env, napi_callback_info info)
{
    static void (*const setters[])(spay_mock * mock, int64_t ms) = {
        spay_mock_set_latency, spay_mock_advance, spay_mock_set_wall};
    napi_value arguments[ARGUMENTS_MAX];
    spay_mock *mock = mock_argument(env, info, arguments);
    int64_t which = mock ? number_of(env, arguments[1]) : -1;
    if (which >= 0 && which < 3)
        setters[which](mock, number_of(env, arguments[2]));
    return NULL;
}

napi_value mock_now_ms(napi_env env, napi_callback_info info)
{
    napi_value arguments[ARGUMENTS_MAX];
    spay_mock *mock = mock_argument(env, info, arguments);
    return make_number(env, spay_mock_now_ms(mock));
}

/* method, URL, headers, body, time, method, ... */
napi_value mock_requests(napi_env env, napi_callback_info info)
{
    napi_value arguments[ARGUMENTS_MAX], shown = NULL;
    spay_mock *mock = mock_argument(env, info, arguments);
    size_t count = mock ? spay_mock_request_count(mock) : 0;
    uint32_t at = 0;
    napi_create_array(env, &shown);
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        const char *body = spay_mock_request_body(mock, i, &length);
        const char *texts[] = {spay_mock_request_method(mock, i), spay_mock_request_url(mock, i),
                               spay_mock_request_headers(mock, i)};
        for (int j = 0; j < 3; j++)
            napi_set_element(env, shown, at++, make_text(env, texts[j], NAPI_AUTO_LENGTH));
        napi_set_element(env, shown, at++, make_bytes(env, body, length));
        napi_set_element(env, shown, at++, make_number(env, spay_mock_request_at_ms(mock, i)));
    }
    return shown;
}
