/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Name resolution with names of our own.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* RTLD_NEXT */
#endif

#include "names.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

enum {
    MOST_NAMES = 8,
    NAME_SIZE = 64,
    OURS = 0x4f555253 /* in ai_flags, which marks lists that were made here */
};

typedef struct entry {
    char name[NAME_SIZE];
    char addresses[NAME_SIZE]; /* "": its lookup blocks */
} entry;

typedef struct node {
    struct addrinfo info;
    struct sockaddr_in address;
} node;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static entry entries[MOST_NAMES];
static int entry_count;
static bool blocking;
static int waiting;
static int asked;

static entry *find(const char *name)
{
    int i;

    for (i = 0; i < entry_count; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

static void set(const char *name, const char *addresses)
{
    entry *at = find(name);

    if (!at && entry_count < MOST_NAMES)
        at = &entries[entry_count++];
    if (!at)
        abort();
    (void)snprintf(at->name, NAME_SIZE, "%s", name);
    (void)snprintf(at->addresses, NAME_SIZE, "%s", addresses);
}

void names_set(const char *name, const char *addresses)
{
    (void)pthread_mutex_lock(&lock);
    set(name, addresses);
    (void)pthread_mutex_unlock(&lock);
}

void names_block(const char *name)
{
    (void)pthread_mutex_lock(&lock);
    set(name, "");
    blocking = true;
    (void)pthread_mutex_unlock(&lock);
}

void names_release(void)
{
    (void)pthread_mutex_lock(&lock);
    blocking = false;
    (void)pthread_cond_broadcast(&released);
    (void)pthread_mutex_unlock(&lock);
}

int names_waiting(void)
{
    int count;

    (void)pthread_mutex_lock(&lock);
    count = waiting;
    (void)pthread_mutex_unlock(&lock);
    return count;
}

/* ---- the lookup ---- */

static struct addrinfo *make_node(const char *address, const char *service,
                                  const struct addrinfo *hints)
{
    node *made = calloc(1, sizeof(*made));

    if (!made)
        abort();
    made->address.sin_family = AF_INET;
    made->address.sin_port = htons((unsigned short)(service ? strtol(service, NULL, 10) : 0));
    (void)inet_pton(AF_INET, address, &made->address.sin_addr);
    made->info.ai_flags = OURS;
    made->info.ai_family = AF_INET;
    made->info.ai_socktype = hints ? hints->ai_socktype : SOCK_STREAM;
    made->info.ai_protocol = hints ? hints->ai_protocol : 0;
    made->info.ai_addr = (struct sockaddr *)&made->address;
    made->info.ai_addrlen = sizeof(made->address);
    return &made->info;
}

static struct addrinfo *make_list(const char *addresses, const char *service,
                                  const struct addrinfo *hints)
{
    struct addrinfo *first = NULL;
    struct addrinfo **end = &first;
    char copy[NAME_SIZE];
    char *rest = copy;
    char *address;

    (void)snprintf(copy, sizeof(copy), "%s", addresses);
    while ((address = strtok_r(rest, ",", &rest)) != NULL) {
        *end = make_node(address, service, hints);
        end = &(*end)->ai_next;
    }
    return first;
}

/* With the lock. */
static void wait_for_release(void)
{
    waiting++;
    while (blocking)
        (void)pthread_cond_wait(&released, &lock);
    waiting--;
}

/* false: the name is not one of ours. */
static bool look_up(const char *name, const char *service, const struct addrinfo *hints,
                    struct addrinfo **list, int *result)
{
    const entry *found;

    (void)pthread_mutex_lock(&lock);
    asked++;
    found = find(name);
    *result = EAI_NONAME;
    if (found && !*found->addresses) {
        wait_for_release();
    } else if (found) {
        *list = make_list(found->addresses, service, hints);
        *result = 0;
    }
    (void)pthread_mutex_unlock(&lock);
    return found != NULL;
}

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **list)
{
    int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    int result;

    if (name && look_up(name, service, hints, list, &result))
        return result;
    *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    return next(name, service, hints, list);
}

__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *list)
{
    void (*next)(struct addrinfo *);

    while (list && list->ai_flags == OURS) {
        struct addrinfo *freed = list;

        list = freed->ai_next;
        free(freed);
    }
    if (!list)
        return;
    *(void **)&next = dlsym(RTLD_NEXT, "freeaddrinfo");
    next(list);
}

/* A libcurl with a resolver of its own asks nobody. */
bool names_work(void)
{
    CURL *easy = curl_easy_init();
    int before;
    int after;

    names_set("names-work.test", "127.0.0.1");
    (void)pthread_mutex_lock(&lock);
    before = asked;
    (void)pthread_mutex_unlock(&lock);
    (void)curl_easy_setopt(easy, CURLOPT_URL, "http://names-work.test:1/");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 5000L);
    (void)curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    (void)pthread_mutex_lock(&lock);
    after = asked;
    (void)pthread_mutex_unlock(&lock);
    return after > before;
}
