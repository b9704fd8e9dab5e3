/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Everything that is printed: results as aligned lines or as JSON, complaints, colours.
 */

#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Look for --json among the arguments, so that mistakes in the others are told as JSON too, and at
 * NO_COLOR and TERM.
 */
void output_init(int argc, char **argv);

bool output_is_json(void);

/* Whether escape sequences may be written to this stream: a terminal that NO_COLOR permits. */
bool output_has_color(FILE *stream);

/* Flush standard output. Returns status, or CLI_SETUP if what was printed did not get out. */
int output_end(int status);

/*
 * Print an object and delete it: as JSON on standard output, or its members as aligned lines on
 * stream. Members that are "", null or empty are left out of the lines. Returns as output_end().
 */
int output_object(cJSON *object, FILE *stream, int status);

/* Text for a terminal: control characters become '?'. */
void output_text(FILE *stream, const char *text);

/*
 * Complain on standard error, with a hint to --help of command (NULL: of the program). The message
 * may not hold what the user typed except names of options. Returns CLI_USAGE.
 */
int output_refuse(const char *command, const char *message);

/* Complain that something about the machine or a file is wrong. Returns status. */
int output_fail(int status, const char *subject, const char *message);

#endif
