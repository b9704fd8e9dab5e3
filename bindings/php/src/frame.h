/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A call that is running, and the functions of PHP that it calls. Nothing of PHP may leave through the
 * library's functions: exceptions, exit() and fatal errors wait here until the call has ended.
 */
#ifndef SESSIONPAY_FRAME_H
#define SESSIONPAY_FRAME_H

#include "engine.h"

enum hook {
    HOOK_LOG,
    HOOK_EVENT,
    HOOK_BEFORE_SEND,
    HOOK_COUNT
};

struct frame {
    zval *hooks;         /* HOOK_COUNT */
    zval *call_ctx;      /* NULL if there is none */
    zend_object *thrown; /* by a hook or a signal handler */
    bool has_bailed_out; /* so has PHP */
};

/* The functions that the options name run the hooks that are set. */
void sessionpay_frame_set_hooks(spay_client_options *options, const zval *hooks);

void sessionpay_frame_begin(struct frame *frame, zval *hooks, zval *call_ctx);

/* Then the exceptions may be thrown, by sessionpay_frame_throw(). */
void sessionpay_frame_end(struct frame *frame);

/* Whether a hook wants something else than the call's result; if so, it is done, and `error` freed. */
bool sessionpay_frame_throw(struct frame *frame, spay_error *error);

/* Run a call, with PHP's signal handlers in between. */
void sessionpay_frame_run(struct frame *frame, spay_multi *multi, spay_call *call);

#endif
