/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Servers for the tests of the store on Redis.
 */
#include "redis_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
    MOST_WORDS = 32,
    MOST_PEERS = 16
};

/* Also outside of tests, where the Check library has no assertions. */
static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "cannot %s\n", what);
    abort();
}

const char *redis_program(void)
{
    static const char *const names[] = {"redis-server", "valkey-server"};
    size_t i;

    for (i = 0; i < 2; i++) {
        char command[64];

        (void)snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", names[i]);
        if (system(command) == 0)
            return names[i];
    }
    return NULL;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int connected = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (connect(connected, (struct sockaddr *)&address, sizeof(address)) == 0)
        return connected;
    (void)close(connected);
    return -1;
}

/* false: it does not answer yet. */
static bool try_to_ask(const redis_server *server, const char *command, char reply[4096])
{
    int connected = connect_to(server->socket);
    ssize_t count = -1;

    if (connected < 0)
        return false;
    if (dprintf(connected, "%s\r\n", command) > 0)
        count = read(connected, reply, 4095);
    (void)close(connected);
    reply[count > 0 ? count : 0] = '\0';
    return count > 0;
}

void redis_ask(const redis_server *server, const char *command, char reply[4096])
{
    must(try_to_ask(server, command, reply), "ask redis-server");
}

static void become_server(const redis_server *server, const char *const *options)
{
    const char *words[MOST_WORDS] = {redis_program(),
                                     "--port",
                                     "0",
                                     "--unixsocket",
                                     server->socket,
                                     "--dir",
                                     server->home,
                                     "--save",
                                     "",
                                     "--appendonly",
                                     "no",
                                     "--daemonize",
                                     "no",
                                     "--logfile",
                                     "log"};
    int count = 15;
    int i;

    for (i = 0; options && options[i]; i++)
        words[count++] = options[i];
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    for (i = 3; i < 100; i++)
        (void)close(i);
    (void)execvp(words[0], (char *const *)(uintptr_t)words);
    _exit(127);
}

void redis_start_again(redis_server *server, const char *const *options)
{
    char reply[4096];

    (void)unlink(server->socket);
    server->process = fork();
    must(server->process >= 0, "fork");
    if (server->process == 0)
        become_server(server, options);
    while (!try_to_ask(server, "PING", reply)) {
        must(waitpid(server->process, NULL, WNOHANG) == 0, "start redis-server");
        (void)poll(NULL, 0, 5);
    }
}

static void make_home(redis_server *server)
{
    strcpy(server->home, "/tmp/spay-redis-XXXXXX");
    must(mkdtemp(server->home) != NULL, "make a directory");
    (void)snprintf(server->socket, sizeof(server->socket), "%s/socket", server->home);
}

void redis_start(redis_server *server, const char *const *options)
{
    make_home(server);
    redis_start_again(server, options);
}

void redis_start_with_certificate(redis_server *server, const char *const *options)
{
    char command[400];

    make_home(server);
    (void)snprintf(command, sizeof(command),
                   "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
                   "-nodes -days 2 -subj /CN=redis -addext subjectAltName=IP:127.0.0.1 "
                   "-keyout key.pem -out cert.pem >/dev/null 2>&1",
                   server->home);
    must(system(command) == 0, "make a certificate: openssl is missing?");
    redis_start_again(server, options);
}

void redis_kill(redis_server *server)
{
    (void)kill(server->process, SIGKILL);
    (void)waitpid(server->process, NULL, 0);
}

void redis_stop(redis_server *server)
{
    int status = 0;

    (void)kill(server->process, SIGSTOP);
    must(waitpid(server->process, &status, WUNTRACED) == server->process && WIFSTOPPED(status),
         "stop redis-server");
}

void redis_continue(redis_server *server)
{
    (void)kill(server->process, SIGCONT);
}

static void remove_home(const char *home)
{
    char command[64];

    (void)snprintf(command, sizeof(command), "rm -rf %s", home);
    must(system(command) == 0, "remove a directory");
}

void redis_remove(redis_server *server)
{
    redis_kill(server);
    remove_home(server->home);
}

/* ---- the peer that says one thing ---- */

static bool answer_one(const fake_server *server, int peer)
{
    char heard[65536];

    if (read(peer, heard, sizeof(heard)) <= 0)
        return false;
    return send(peer, server->says, server->length, MSG_NOSIGNAL) == (ssize_t)server->length &&
           !server->closes;
}

static void *serve(void *ctx)
{
    const fake_server *server = ctx;
    struct pollfd sockets[MOST_PEERS] = {{.fd = server->stop[0], .events = POLLIN},
                                         {.fd = server->listener, .events = POLLIN}};
    nfds_t count = 2;
    nfds_t i;

    while (poll(sockets, count, -1) >= 0 && !sockets[0].revents) {
        for (i = 2; i < count; i++) {
            if (sockets[i].revents && !answer_one(server, sockets[i].fd)) {
                (void)close(sockets[i].fd);
                sockets[i] = sockets[--count];
                sockets[i].revents = 0;
            }
        }
        if (sockets[1].revents && count < MOST_PEERS) {
            sockets[count].fd = accept(server->listener, NULL, NULL);
            sockets[count].events = POLLIN;
            sockets[count++].revents = 0;
        }
    }
    for (i = 2; i < count; i++)
        (void)close(sockets[i].fd);
    return NULL;
}

void fake_start(fake_server *server, const char *says, size_t length, bool closes)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strcpy(server->home, "/tmp/spay-redis-XXXXXX");
    must(mkdtemp(server->home) != NULL, "make a directory");
    (void)snprintf(server->socket, sizeof(server->socket), "%s/socket", server->home);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", server->socket);
    server->says = says;
    server->length = length;
    server->closes = closes;
    server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    must(bind(server->listener, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
    must(listen(server->listener, MOST_PEERS) == 0, "listen");
    must(pipe(server->stop) == 0, "pipe");
    must(pthread_create(&server->thread, NULL, serve, server) == 0, "start a thread");
}

void fake_stop(fake_server *server)
{
    (void)close(server->stop[1]);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->stop[0]);
    (void)close(server->listener);
    remove_home(server->home);
}
