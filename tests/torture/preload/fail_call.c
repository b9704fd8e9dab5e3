/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * System calls that fail when they are told to, for the whole process: the library, libcurl and
 * OpenSSL. To be preloaded. Reading and writing count on sockets alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
    SOCKET,
    CONNECT,
    POLL,
    SEND,
    RECEIVE,
    OPEN,
    CLOCK,
    RANDOM,
    LOCK,
    THREAD
};

void fail_call_at(int which, long nth, int for_good);
long fail_call_count(void);

static int failing_kind = -1;
static long count;
static long failing; /* counted from 1 */
static int all_after;

/* Count the calls of this kind from now on, and fail the nth, or it and all after it. 0 ends both. */
void fail_call_at(int which, long nth, int for_good)
{
    failing_kind = nth ? which : -1;
    if (!nth)
        return;
    count = 0;
    failing = nth;
    all_after = for_good;
}

/* How many there were since. */
long fail_call_count(void)
{
    return count;
}

static int refuse(int which, int error)
{
    long number;

    if (failing_kind != which)
        return 0;
    number = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    if (number != failing && !(all_after && number > failing))
        return 0;
    errno = error;
    return 1;
}

static int is_socket(int fd)
{
    struct stat found;

    return fstat(fd, &found) == 0 && S_ISSOCK(found.st_mode);
}

/* The function that this one stands before. ISO C has no cast from an object to a function. */
#define TRUE_ONE(name)                                                                             \
    static __typeof__(&(name)) true_one;                                                           \
    if (!true_one)                                                                                 \
    *(void **)(void *)&true_one = dlsym(RTLD_NEXT, #name)

/* One that takes its place. */
#define STAND_BEFORE(type, name, parameters, arguments, which, is_meant, error)                    \
    type name parameters;                                                                          \
    type name parameters                                                                           \
    {                                                                                              \
        TRUE_ONE(name);                                                                            \
        return (is_meant) && refuse(which, error) ? (type)-1 : true_one arguments;                 \
    }

STAND_BEFORE(int, socket, (int domain, int type, int protocol), (domain, type, protocol), SOCKET, 1,
             EMFILE)
STAND_BEFORE(int, socketpair, (int domain, int type, int protocol, int fds[2]),
             (domain, type, protocol, fds), SOCKET, 1, EMFILE)
STAND_BEFORE(int, connect, (int fd, __CONST_SOCKADDR_ARG to, socklen_t length), (fd, to, length),
             CONNECT, to.__sockaddr__->sa_family != AF_UNIX, ENETUNREACH)
STAND_BEFORE(int, poll, (struct pollfd * fds, nfds_t number, int timeout), (fds, number, timeout),
             POLL, 1, ENOMEM)
STAND_BEFORE(ssize_t, send, (int fd, const void *bytes, size_t length, int flags),
             (fd, bytes, length, flags), SEND, 1, ECONNRESET)
STAND_BEFORE(ssize_t, write, (int fd, const void *bytes, size_t length), (fd, bytes, length), SEND,
             is_socket(fd), ECONNRESET)
STAND_BEFORE(ssize_t, writev, (int fd, const struct iovec *parts, int number), (fd, parts, number),
             SEND, is_socket(fd), ECONNRESET)
STAND_BEFORE(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
             (fd, message, flags), SEND, 1, ECONNRESET)
STAND_BEFORE(ssize_t, recv, (int fd, void *bytes, size_t length, int flags),
             (fd, bytes, length, flags), RECEIVE, 1, ECONNRESET)
STAND_BEFORE(ssize_t, read, (int fd, void *bytes, size_t length), (fd, bytes, length), RECEIVE,
             is_socket(fd), ECONNRESET)
STAND_BEFORE(int, clock_gettime, (clockid_t clock, struct timespec *now), (clock, now), CLOCK, 1,
             EPERM)
STAND_BEFORE(ssize_t, getrandom, (void *bytes, size_t length, unsigned int flags),
             (bytes, length, flags), RANDOM, 1, ENOSYS)

/* These return the error. */
#define STAND_BEFORE_LOCK(name, parameters, arguments)                                             \
    int name parameters;                                                                           \
    int name parameters                                                                            \
    {                                                                                              \
        TRUE_ONE(name);                                                                            \
        return refuse(LOCK, ENOMEM) ? ENOMEM : true_one arguments;                                 \
    }

STAND_BEFORE_LOCK(pthread_mutex_init, (pthread_mutex_t * lock, const pthread_mutexattr_t *kind),
                  (lock, kind))
STAND_BEFORE_LOCK(pthread_cond_init, (pthread_cond_t * lock, const pthread_condattr_t *kind),
                  (lock, kind))
STAND_BEFORE_LOCK(pthread_condattr_init, (pthread_condattr_t * kind), (kind))

/* Another descriptor for the same is one more; all else that it does is done. */
static int is_duplicate(int what)
{
    return what == F_DUPFD || what == F_DUPFD_CLOEXEC;
}

/* Its third argument, if it has one, is a number or a pointer. */
#define STAND_BEFORE_FCNTL(name)                                                                   \
    int name(int fd, int what, ...);                                                               \
    int name(int fd, int what, ...)                                                                \
    {                                                                                              \
        va_list rest;                                                                              \
        void *argument;                                                                            \
        TRUE_ONE(name);                                                                            \
                                                                                                   \
        va_start(rest, what);                                                                      \
        argument = va_arg(rest, void *);                                                           \
        va_end(rest);                                                                              \
        return is_duplicate(what) && refuse(SOCKET, EMFILE) ? -1 : true_one(fd, what, argument);   \
    }

STAND_BEFORE_FCNTL(fcntl)
STAND_BEFORE_FCNTL(fcntl64)

STAND_BEFORE(int, getentropy, (void *bytes, size_t length), (bytes, length), RANDOM, 1, ENOSYS)

/* /dev/urandom is what OpenSSL turns to without getrandom(). */
int open(const char *path, int flags, ...)
{
    mode_t mode = 0;

    TRUE_ONE(open);
    if (flags & O_CREAT) {
        va_list rest;

        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return refuse(OPEN, EMFILE) ? -1 : true_one(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    TRUE_ONE(fopen);
    return refuse(OPEN, EMFILE) ? NULL : true_one(path, mode);
}

FILE *fopen64(const char *path, const char *mode);
FILE *fopen64(const char *path, const char *mode)
{
    TRUE_ONE(fopen64);
    return refuse(OPEN, EMFILE) ? NULL : true_one(path, mode);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *ctx)
{
    TRUE_ONE(pthread_create);
    return refuse(THREAD, EAGAIN) ? EAGAIN : true_one(thread, attributes, start, ctx);
}

/* A name that is not that of this machine, so that libcurl starts a thread to look it up. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *wanted,
                struct addrinfo **found)
{
    TRUE_ONE(getaddrinfo);
    return true_one(name && strcmp(name, "sandbox.test") == 0 ? "127.0.0.1" : name, service, wanted,
                    found);
}
