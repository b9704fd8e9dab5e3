/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A real redis-server (or valkey-server) in a directory of its own, on a Unix socket; and a peer that
 * only says what it is told to say.
 */
#ifndef SPAY_TESTS_STORE_REDIS_SERVER_H
#define SPAY_TESTS_STORE_REDIS_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct redis_server {
    char home[32];
    char socket[48];
    pid_t process;
} redis_server;

/* The program to run; NULL: there is none. */
const char *redis_program(void);

/* `options` are further words of its command line, NULL at the end, or NULL. Waits until it answers. */
void redis_start(redis_server *server, const char *const *options);
/* With cert.pem and key.pem for 127.0.0.1 in its directory. */
void redis_start_with_certificate(redis_server *server, const char *const *options);
/* Once more, in the same place, after redis_kill(). */
void redis_start_again(redis_server *server, const char *const *options);
void redis_kill(redis_server *server);
/* With SIGSTOP, until SIGCONT. Waits until it has stopped. */
void redis_stop(redis_server *server);
void redis_continue(redis_server *server);
/* Kill, and remove its directory. */
void redis_remove(redis_server *server);

/* Send one command, words separated by blanks, and receive one reply of at most 4 KiB, as it is. */
void redis_ask(const redis_server *server, const char *command, char reply[4096]);

/* Gives the same bytes for whatever each connection says; then closes it, if it is to. */
typedef struct fake_server {
    char home[32];
    char socket[48];
    const char *says;
    size_t length;
    bool closes;
    int listener;
    int stop[2];
    pthread_t thread;
} fake_server;

void fake_start(fake_server *server, const char *says, size_t length, bool closes);
void fake_stop(fake_server *server);

#endif
