/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Many calls on one thread: a driver for programs with an event loop, on libcurl. Calls are made
 * with the spay_..._session_call_new() functions, added here, and come back when they are done.
 *
 * Either the driver waits itself, in spay_multi_poll(), or the program's own loop does: it then
 * sets the two hooks, watches the sockets that it is told, and reports what happens on them. Absent
 * from a build without libcurl.
 */
#ifndef SESSIONPAY_MULTI_H
#define SESSIONPAY_MULTI_H

#include <sessionpay/call.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A driver. One thread at a time, except for spay_multi_submit() and spay_multi_wakeup(). After
 * fork() it belongs to the parent; the child makes its own.
 */
typedef struct spay_multi spay_multi;

/** What to watch a socket for, and what happened on it; bits. @bits */
enum {
    SPAY_SOCKET_READ = 1,
    SPAY_SOCKET_WRITE = 2,
    SPAY_SOCKET_ERROR = 4 /**< only in what happened */
};

/** Settings of a driver. Everything is optional. */
typedef struct spay_multi_options {
    /** Set by SPAY_MULTI_OPTIONS_INIT or spay_multi_options_init(). */
    size_t struct_size;
    /**
     * How many connections there are to one host at most, 1 to 1024. Default 64. Over HTTP/1.1 each
     * carries one request at a time. Further calls wait in a queue, in the order in which they were
     * added, and use memory only.
     */
    int32_t max_connections;
    /**
     * SPAY_YES: speak HTTP/2 with hosts that can: many requests over a connection, and another
     * connection only when the host allows no more on the existing ones. Default no. Needs a
     * library built with nghttp2; another refuses it with SPAY_E_UNSUPPORTED.
     */
    int32_t http2;
    /**
     * How many requests run at once at one host that speaks HTTP/2, 1 to 1024. Default 64, or
     * max_connections if that is more. Until the host has spoken it, max_connections holds. Most
     * hosts allow 100 or more on a connection; requests beyond what all connections allow wait, and
     * their deadlines run. Needs http2.
     */
    int32_t max_requests;
    /**
     * For a foreign loop: watch a socket for these SPAY_SOCKET_... bits from now on; 0 means no
     * longer. Called from within the driver's functions; it must not call them, nor fork. Needs
     * wake_in.
     */
    void (*watch)(void *ctx, int64_t socket, int32_t events);
    /**
     * For a foreign loop: call spay_multi_on_timer() after so many ms; -1 means that no timer is
     * needed. There is one timer; a new value replaces the last. As for watch.
     */
    void (*wake_in)(void *ctx, int64_t delay_ms);
    /** Passed to watch and wake_in. */
    void *loop_ctx;
    /**
     * For a foreign loop: SPAY_YES if other threads will call spay_multi_submit() or
     * spay_multi_wakeup(). A socket of the driver's own is watched then from the beginning to the
     * end. Without hooks both are always possible.
     */
    int32_t submit;
} spay_multi_options;

#define SPAY_MULTI_OPTIONS_INIT SPAY_SIZED(spay_multi_options)

/** Initialize an options struct of the given size: all zero except struct_size. */
SPAY_API void spay_multi_options_init(void *options, size_t struct_size);

/**
 * Make a driver. It has connections of its own, with the TLS and proxy settings of the client.
 *
 * @param client  the client, of which a reference is kept.
 * @param options settings; NULL for all defaults. @nullable
 * @param multi   receives the driver, to be freed with spay_multi_free(); NULL on failure.
 * @param error   receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names;
 *         SPAY_E_UNSUPPORTED: the client has a transport of its own, or http2 is set and the
 *         library was built without nghttp2; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_multi_new(spay_client *client, const spay_multi_options *options,
                                    spay_multi **multi, spay_error **error);

/**
 * Free a driver. Calls that are not done are canceled and completed first, callbacks included;
 * these cannot add calls. The caller still frees the calls. Must not be called from a
 * callback. NULL is ignored.
 */
SPAY_API void spay_multi_free(spay_multi *multi);

/**
 * Add a call. The caller keeps ownership; only spay_call_cancel() may be used until it is done. Its
 * deadline starts now.
 *
 * @param call a new call of the driver's client.
 * @param done called when the call is done, from within the driver's functions; it may add calls
 *             and free this one. With hooks it can be called from within this function. NULL:
 *             spay_multi_next() returns the call. @nullable
 * @param ctx  passed to done. @nullable
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT if multi or call is NULL; SPAY_E_STATE if the call has
 *         been stepped before, or belongs to another client, or the driver is being freed;
 *         SPAY_E_NO_MEMORY. Unless SPAY_OK, the call is as before, and done is not called.
 */
SPAY_API spay_status spay_multi_add(spay_multi *multi, spay_call *call,
                                    void (*done)(void *ctx, spay_call *call), void *ctx);

/**
 * Run: send, receive, wait until something happens or the time has passed, and complete what is
 * done. Not for a driver with hooks. @blocks
 *
 * @param timeout_ms how long to wait at most; 0 to look only. It waits also while no call is
 *                   pending, for spay_multi_wakeup(), and may return earlier, after a second at the
 *                   latest.
 * @return how many calls are not done; -1 if multi is NULL or has hooks.
 */
SPAY_API int64_t spay_multi_poll(spay_multi *multi, int64_t timeout_ms);

/**
 * Add a call from any thread. Its deadline starts now; it is sent in the driver's next turn, which
 * this brings about. The caller keeps ownership, and may use only spay_call_cancel(), followed by
 * spay_multi_wakeup(), until it is done. All threads must have returned from here before the driver
 * is freed.
 *
 * @param call a new call of the driver's client.
 * @param done called on the driver's thread when the call is done; see spay_multi_add(). NULL: the
 *             call is handed out by spay_multi_next(), on the driver's thread. @nullable
 * @param ctx  passed to done.
 * @return SPAY_OK: the call will be done, and its status says how; SPAY_E_INVALID_ARGUMENT if multi
 *         or call is NULL; SPAY_E_STATE if the call has been stepped before or belongs to another
 *         client, or the driver has hooks but not `submit`, or is being freed; SPAY_E_NO_MEMORY.
 *         Unless SPAY_OK, the call is as before.
 */
SPAY_API spay_status spay_multi_submit(spay_multi *multi, spay_call *call,
                                       void (*done)(void *ctx, spay_call *call), void *ctx);

/** The next call that is done and has no callback; NULL if there is none. @nullable */
SPAY_API spay_call *spay_multi_next(spay_multi *multi);

/** How many calls are not done, those included that spay_multi_submit() has handed in. */
SPAY_API int64_t spay_multi_pending(const spay_multi *multi);

/**
 * Let spay_multi_poll() return soon, and handle calls that spay_call_cancel() has canceled. Any
 * thread. A foreign loop without `submit` calls spay_multi_on_timer() on its own thread instead.
 */
SPAY_API void spay_multi_wakeup(spay_multi *multi);

/**
 * A foreign loop reports what happened on a socket.
 *
 * @param events SPAY_SOCKET_... bits.
 * @return how many calls are not done; -1 if multi is NULL or has no hooks.
 */
SPAY_API int64_t spay_multi_on_socket(spay_multi *multi, int64_t socket, int32_t events);

/**
 * A foreign loop reports that the timer has expired. It may be called early, to make the
 * driver look for canceled calls.
 *
 * @return how many calls are not done; -1 if multi is NULL or has no hooks.
 */
SPAY_API int64_t spay_multi_on_timer(spay_multi *multi);

#ifdef __cplusplus
}
#endif

#endif
