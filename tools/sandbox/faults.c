/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A locked list of faults. A fault in use stays alive when the list forgets it.
 */
#include "faults.h"

#include <pthread.h>
#include <stdlib.h>

#include "xalloc.h"

struct faults {
    pthread_mutex_t lock;
    struct fault *first;
};

struct faults *faults_new(void)
{
    struct faults *faults = xcalloc(1, sizeof(*faults));

    pthread_mutex_init(&faults->lock, NULL);
    return faults;
}

/* Call with the lock held, or before the fault is shared. */
static void release(struct fault *fault)
{
    if (--fault->users == 0)
        fault_free(fault);
}

static void release_list(struct fault *fault)
{
    while (fault) {
        struct fault *next = fault->next;
        release(fault);
        fault = next;
    }
}

/* Parses into *end; the new end of the list comes back, or NULL with a complaint. */
static struct fault **parse_onto(struct fault **end, const cJSON *description, char **complaint)
{
    *end = fault_parse(description, complaint);
    if (!*end)
        return NULL;
    (*end)->users = 1;
    return &(*end)->next;
}

static char *parse_array(struct fault **list, const cJSON *array)
{
    struct fault **end = list;
    const cJSON *item;
    int index = 0;

    cJSON_ArrayForEach(item, array)
    {
        char *complaint = NULL;
        end = parse_onto(end, item, &complaint);
        if (!end) {
            char *numbered = xasprintf("fault %d: %s", index, complaint);
            free(complaint);
            return numbered;
        }
        index++;
    }
    return NULL;
}

char *faults_script(struct faults *faults, const cJSON *description)
{
    struct fault *list = NULL;
    char *complaint = NULL;

    if (cJSON_IsArray(description))
        complaint = parse_array(&list, description);
    else
        parse_onto(&list, description, &complaint);
    if (complaint) {
        release_list(list);
        return complaint;
    }

    pthread_mutex_lock(&faults->lock);
    struct fault **end = &faults->first;
    while (*end)
        end = &(*end)->next;
    *end = list;
    pthread_mutex_unlock(&faults->lock);
    return NULL;
}

/* The link to the first fault that strikes now. Faults that skip this request count it. */
static struct fault **find(struct faults *faults, const struct request *request)
{
    struct fault **link = &faults->first;

    for (; *link; link = &(*link)->next) {
        if (!fault_matches(*link, request))
            continue;
        if ((*link)->skip == 0)
            break;
        (*link)->skip--;
    }
    return link;
}

const struct fault *faults_take(struct faults *faults, const struct request *request)
{
    pthread_mutex_lock(&faults->lock);
    struct fault **link = find(faults, request);
    struct fault *fault = *link;
    if (fault) {
        fault->users++;
        if (--fault->count == 0) {
            *link = fault->next;
            release(fault);
        }
    }
    pthread_mutex_unlock(&faults->lock);
    return fault;
}

void faults_give_back(struct faults *faults, const struct fault *fault)
{
    if (!fault)
        return;
    pthread_mutex_lock(&faults->lock);
    release((struct fault *)fault);
    pthread_mutex_unlock(&faults->lock);
}

long faults_pending(struct faults *faults)
{
    long pending = 0;

    pthread_mutex_lock(&faults->lock);
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        pending += fault->count;
    pthread_mutex_unlock(&faults->lock);
    return pending;
}

static cJSON *describe(const struct fault *fault)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "name", fault->name);
    cJSON_AddItemToObject(object, "path",
                          fault->path ? cJSON_CreateString(fault->path) : cJSON_CreateNull());
    cJSON_AddItemToObject(object, "method",
                          fault->method ? cJSON_CreateString(fault->method) : cJSON_CreateNull());
    cJSON_AddNumberToObject(object, "count", (double)fault->count);
    cJSON_AddNumberToObject(object, "skip", (double)fault->skip);
    return object;
}

cJSON *faults_to_json(struct faults *faults)
{
    cJSON *list = cJSON_CreateArray();

    pthread_mutex_lock(&faults->lock);
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        cJSON_AddItemToArray(list, describe(fault));
    pthread_mutex_unlock(&faults->lock);
    return list;
}

void faults_clear(struct faults *faults)
{
    pthread_mutex_lock(&faults->lock);
    release_list(faults->first);
    faults->first = NULL;
    pthread_mutex_unlock(&faults->lock);
}

void faults_free(struct faults *faults)
{
    faults_clear(faults);
    pthread_mutex_destroy(&faults->lock);
    free(faults);
}
