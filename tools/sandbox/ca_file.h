/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The CA certificate where clients can read it, for as long as the sandbox runs.
 */
#ifndef SANDBOX_CA_FILE_H
#define SANDBOX_CA_FILE_H

/* Writes to a new file at path, or, if path is NULL, in a new private directory. Returns the path,
 * owned by the caller, or NULL after a message on stderr. */
char *ca_file_write(const char *path, const char *pem);
/* Removes the file, and its directory if we made one. */
void ca_file_remove(const char *file, const char *path);

#endif
