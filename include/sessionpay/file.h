/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store in a directory, for the processes of one machine that run as one user. In a library of its
 * own: pkg-config libsessionpay-file. See sessionpay/store.h for what a store is.
 */
#ifndef SESSIONPAY_FILE_H
#define SESSIONPAY_FILE_H

#include <sessionpay/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Settings of a store in a directory. All text is copied. */
typedef struct spay_file_options {
    /** Set by SPAY_FILE_OPTIONS_INIT or spay_file_options_init(). */
    size_t struct_size;
    /**
     * An absolute path on a local file system; best is one in memory, such as "/run/shop/sessions".
     * The directory is made, with mode 0700, if only its last part is missing. It must belong to the
     * effective user, nobody else may have any right to it, and it must not be a symbolic link.
     * This is checked again in each operation, which ends with SPAY_STORE_ERROR if it does not hold.
     * @required
     */
    const char *directory;
} spay_file_options;

#define SPAY_FILE_OPTIONS_INIT SPAY_SIZED(spay_file_options)

/**
 * Start options: all zero except struct_size.
 *
 * @param options     the struct to fill.
 * @param struct_size its size with which the caller was compiled.
 */
SPAY_API void spay_file_options_init(void *options, size_t struct_size);

/**
 * Make a store in a directory. Every operation ends before the function that started it returns, on
 * the same thread; it takes some system calls on files that are in memory as a rule. A lock is held
 * for such an operation alone, and waited for at most about 20 ms; then the operation ends with
 * SPAY_STORE_ERROR. Nothing is flushed to the disk, and after a restart of the machine all values
 * are misses. Lifetimes count on a clock that nobody sets. What has expired is removed bit by bit;
 * the directory's content may be deleted at any time.
 *
 * Any thread, any number of processes; parent and child may go on using the store after fork().
 *
 * @param options settings.
 * @param[in,out] store a table to fill, started with SPAY_STORE_INIT, to be given to
 *                spay_client_new(), which takes it over; a store that no client took is freed with
 *                store->destroy(store->ctx).
 * @param error   receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names, its code is
 *         "missing", "too_long", "not_absolute", "not_found", "symbolic_link", "not_a_directory",
 *         "owner", "mode" or "no_access"; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_file_store_new(const spay_file_options *options, spay_store *store,
                                         spay_error **error);

#ifdef __cplusplus
}
#endif

#endif
