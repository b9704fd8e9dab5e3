/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One table of keys for all providers; the provider is part of the name.
 */
#include "idempotency.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "buffer.h"
#include "clock.h"
#include "table.h"
#include "xalloc.h"

enum {
    DIGEST_SIZE = 32
};

struct record {
    uint64_t number; /* tells a claim from a later one under the same key */
    bool finished;
    int64_t first_ms;
    char *target;
    unsigned char content[DIGEST_SIZE];
    struct reply reply;
};

struct idempotency {
    pthread_mutex_t lock;
    struct table *records;
    uint64_t next_number;
};

static void record_free(void *value)
{
    struct record *record = value;

    reply_free(&record->reply);
    free(record->target);
    free(record);
}

struct idempotency *idempotency_new(void)
{
    struct idempotency *keys = xcalloc(1, sizeof(*keys));

    pthread_mutex_init(&keys->lock, NULL);
    keys->records = table_new(record_free);
    return keys;
}

/* A digest is all that is needed to compare, and bodies can be large. */
static void digest(unsigned char out[DIGEST_SIZE], const struct buffer *content)
{
    memset(out, 0, DIGEST_SIZE);
    if (content)
        EVP_Digest(buffer_text(content), content->length, out, NULL, EVP_sha256(), NULL);
}

static enum key_state look(const struct record *record, const unsigned char *content, bool lenient,
                           struct earlier *earlier)
{
    earlier->first_ms = record->first_ms;
    earlier->target = xstrdup(record->target);
    if (!record->finished)
        return KEY_RUNNING;
    earlier->differs = memcmp(record->content, content, DIGEST_SIZE) != 0;
    if (earlier->differs && !lenient)
        return KEY_DIFFERS;
    reply_copy(&earlier->reply, &record->reply);
    return KEY_REPLAY;
}

static void begin(struct idempotency *keys, const char *name, const unsigned char *content,
                  const struct keyed_request *request, struct claim *claim)
{
    struct record *record = xcalloc(1, sizeof(*record));

    record->number = keys->next_number++;
    record->first_ms = clock_wall_ms();
    record->target = xstrdup(request->target);
    memcpy(record->content, content, DIGEST_SIZE);
    table_put(keys->records, name, record,
              clock_monotonic_ms() + (int64_t)request->retention_s * 1000);
    claim->name = xstrdup(name);
    claim->number = record->number;
}

enum key_state idempotency_claim(struct idempotency *keys, const struct keyed_request *request,
                                 struct claim *claim, struct earlier *earlier)
{
    unsigned char content[DIGEST_SIZE];
    enum key_state state = KEY_NEW;
    char *name = xasprintf("%s %s", request->provider, request->key);

    digest(content, request->content);
    pthread_mutex_lock(&keys->lock);
    const struct record *record = table_get(keys->records, name);
    if (record)
        state = look(record, content, request->lenient, earlier);
    else
        begin(keys, name, content, request, claim);
    pthread_mutex_unlock(&keys->lock);
    free(name);
    claim->state = state;
    return state;
}

void earlier_free(struct earlier *earlier)
{
    reply_free(&earlier->reply);
    free(earlier->target);
}

void idempotency_settle(struct idempotency *keys, struct claim *claim, const struct reply *reply)
{
    if (!claim->name)
        return;
    pthread_mutex_lock(&keys->lock);
    struct record *record = table_get(keys->records, claim->name);
    if (record && record->number == claim->number) {
        if (reply) {
            reply_copy(&record->reply, reply);
            record->finished = true;
        } else {
            table_remove(keys->records, claim->name);
        }
    }
    pthread_mutex_unlock(&keys->lock);
    free(claim->name);
    claim->name = NULL;
}

size_t idempotency_count(struct idempotency *keys)
{
    pthread_mutex_lock(&keys->lock);
    size_t count = table_count(keys->records);
    pthread_mutex_unlock(&keys->lock);
    return count;
}

void idempotency_clear(struct idempotency *keys)
{
    pthread_mutex_lock(&keys->lock);
    table_clear(keys->records);
    pthread_mutex_unlock(&keys->lock);
}

void idempotency_free(struct idempotency *keys)
{
    table_free(keys->records);
    pthread_mutex_destroy(&keys->lock);
    free(keys);
}
