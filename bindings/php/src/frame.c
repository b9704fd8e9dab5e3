/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "frame.h"

#include <zend_exceptions.h>

#include "failure.h"
#include "values.h"

enum {
    TURN_MS = 50 /* how late a signal may be noticed that does not interrupt the wait */
};

void sessionpay_frame_begin(struct frame *frame, zval *hooks, zval *call_ctx)
{
    *frame = (struct frame){.hooks = hooks, .call_ctx = call_ctx};
    SESSIONPAY_G(current) = frame;
}

void sessionpay_frame_end(struct frame *frame)
{
    (void)frame;
    SESSIONPAY_G(current) = NULL;
}

/* Takes what is being thrown; what was thrown before becomes its previous exception. */
static void keep_thrown(struct frame *frame)
{
    zend_object *thrown = EG(exception);

    if (!thrown)
        return;
    GC_ADDREF(thrown);
    zend_clear_exception();
    if (frame->thrown && zend_is_unwind_exit(thrown))
        OBJ_RELEASE(frame->thrown);
    else if (frame->thrown)
        zend_exception_set_previous(thrown, frame->thrown);
    frame->thrown = thrown;
}

bool sessionpay_frame_throw(struct frame *frame, spay_error *error)
{
    zend_object *thrown = frame->thrown;

    if (frame->has_bailed_out) {
        spay_error_free(error);
        zend_bailout();
    }
    if (!thrown)
        return false;
    if (zend_is_unwind_exit(thrown)) {
        spay_error_free(error);
        OBJ_RELEASE(thrown);
        zend_throw_unwind_exit();
        return true;
    }
    if (error) { /* what became of the call is the first of the previous exceptions */
        sessionpay_throw(error);
        zend_object *result = EG(exception);
        GC_ADDREF(result);
        zend_clear_exception();
        zend_exception_set_previous(thrown, result);
    }
    zend_throw_exception_internal(thrown);
    return true;
}

/* ---- Hooks ----------------------------------------------------------------------------------- */

/* What a hook is called for. */
struct occasion {
    enum hook hook;
    int32_t level; /* of a log line */
    const char *line;
    const struct layout *layout; /* of what the others are shown */
    const void *made;
    bool is_refused; /* the hook said false */
};

static void show_with_ctx(struct frame *frame, zval *shown, const struct occasion *occasion)
{
    uint32_t count = 0;

    sessionpay_show(shown, occasion->layout, occasion->made);
    while (occasion->layout->members[count].name)
        count++;
    if (frame->call_ctx)
        ZVAL_COPY_DEREF(OBJ_PROP_NUM(Z_OBJ_P(shown), count), frame->call_ctx);
    else
        ZVAL_NULL(OBJ_PROP_NUM(Z_OBJ_P(shown), count));
}

static void call_hook(struct frame *frame, struct occasion *occasion)
{
    zval arguments[2], result;

    ZVAL_UNDEF(&result);
    ZVAL_UNDEF(&arguments[1]);
    if (occasion->line) {
        ZVAL_LONG(&arguments[0], occasion->level);
        ZVAL_STRING(&arguments[1], occasion->line);
    } else {
        show_with_ctx(frame, &arguments[0], occasion);
    }
    call_user_function(NULL, NULL, &frame->hooks[occasion->hook], &result, occasion->line ? 2 : 1,
                       arguments);
    occasion->is_refused = Z_TYPE(result) == IS_FALSE;
    zval_ptr_dtor(&arguments[0]);
    zval_ptr_dtor(&arguments[1]);
    zval_ptr_dtor(&result);
    keep_thrown(frame);
}

/* false: the call had better end. */
static bool run_hook(struct occasion *occasion)
{
    struct frame *frame = SESSIONPAY_G(current);

    if (!frame || frame->has_bailed_out || Z_TYPE(frame->hooks[occasion->hook]) == IS_UNDEF)
        return true;
    zend_try
    {
        call_hook(frame, occasion);
    }
    zend_catch
    {
        frame->has_bailed_out = true;
    }
    zend_end_try();
    return !occasion->is_refused && !frame->thrown && !frame->has_bailed_out;
}

static void run_log(void *ctx, int32_t level, const char *line)
{
    struct occasion occasion = {.hook = HOOK_LOG, .level = level, .line = line};

    (void)ctx;
    (void)run_hook(&occasion);
}

static void run_event(void *ctx, const spay_event *event)
{
    struct occasion occasion = {.hook = HOOK_EVENT, .layout = &layout_spay_event, .made = event};

    (void)ctx;
    (void)run_hook(&occasion);
}

static spay_status run_before_send(void *ctx, const spay_send_record *record)
{
    struct occasion occasion = {
        .hook = HOOK_BEFORE_SEND, .layout = &layout_spay_send_record, .made = record};

    (void)ctx;
    return run_hook(&occasion) ? SPAY_OK : SPAY_E_CANCELED;
}

void sessionpay_frame_set_hooks(spay_client_options *options, const zval *hooks)
{
    options->log = Z_TYPE(hooks[HOOK_LOG]) == IS_UNDEF ? NULL : run_log;
    options->event = Z_TYPE(hooks[HOOK_EVENT]) == IS_UNDEF ? NULL : run_event;
    options->before_send = Z_TYPE(hooks[HOOK_BEFORE_SEND]) == IS_UNDEF ? NULL : run_before_send;
}

/* ---- Signals --------------------------------------------------------------------------------- */

/* What the VM does between two statements: handlers of pcntl. A time limit is the VM's own matter. */
static void interrupts(struct frame *frame, spay_call *call)
{
    if (zend_atomic_bool_load_ex(&EG(timed_out))) {
        spay_call_cancel(call);
    } else if (zend_interrupt_function && zend_atomic_bool_load_ex(&EG(vm_interrupt))) {
        zend_atomic_bool_store_ex(&EG(vm_interrupt), false);
        zend_try
        {
            zend_interrupt_function(EG(current_execute_data));
        }
        zend_catch
        {
            frame->has_bailed_out = true;
        }
        zend_end_try();
        if (!frame->has_bailed_out)
            keep_thrown(frame);
    }
    if (frame->thrown || frame->has_bailed_out)
        spay_call_cancel(call);
}

void sessionpay_frame_run(struct frame *frame, spay_multi *multi, spay_call *call)
{
    if (!multi || spay_multi_add(multi, call, NULL, NULL) != SPAY_OK) {
        (void)spay_call_perform(call, NULL);
        return;
    }
    while (spay_multi_pending(multi) > 0) {
        (void)spay_multi_poll(multi, TURN_MS);
        interrupts(frame, call);
    }
    (void)spay_multi_next(multi);
}
