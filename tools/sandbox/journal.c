/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A circular buffer of entries, kept as the JSON objects that the control API shows.
 */
#include "journal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "clock.h"
#include "json.h"
#include "utf8.h"
#include "xalloc.h"

enum {
    ENTRIES_MAX = 20000,
    BYTES_MAX = 128 * 1024 * 1024
};

struct entry {
    cJSON *json;
    uint64_t number;  /* unique for the life of the process, unlike the index */
    uint64_t version; /* which change of the journal was the last one of this entry */
    size_t bytes;     /* request and answer bodies, roughly what the entry costs */
};

struct journal {
    pthread_mutex_t lock;
    struct entry entries[ENTRIES_MAX];
    size_t first;
    size_t count;
    size_t bytes;
    size_t dropped;
    uint64_t next_number;
    uint64_t version; /* counts changes */
    uint64_t cleared; /* which of them was the last clearing */
};

struct journal *journal_new(void)
{
    struct journal *journal = xcalloc(1, sizeof(*journal));

    pthread_mutex_init(&journal->lock, NULL);
    return journal;
}

/* Bodies that are not text go into a member of their own. */
static void add_body(cJSON *entry, const char *bytes, size_t length)
{
    if (utf8_valid(bytes, length) && !memchr(bytes, '\0', length)) {
        cJSON_AddStringToObject(entry, "body", bytes);
        return;
    }
    char *base64 = xmalloc(length / 3 * 4 + 5);
    EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)bytes, (int)length);
    cJSON_AddNullToObject(entry, "body");
    cJSON_AddStringToObject(entry, "body_base64", base64);
    free(base64);
}

static cJSON *text_or_null(const char *text)
{
    return text ? cJSON_CreateString(text) : cJSON_CreateNull();
}

static cJSON *describe(const struct request *request, const char *fault)
{
    cJSON *entry = cJSON_CreateObject();

    cJSON_AddNumberToObject(entry, "index", 0); /* set when it is added */
    cJSON_AddStringToObject(entry, "method", request->method);
    cJSON_AddItemToObject(entry, "path", json_text(request->target, strlen(request->target)));
    cJSON_AddItemToObject(entry, "headers", headers_to_json(&request->headers));
    add_body(entry, buffer_text(&request->body), request->body.length);
    cJSON_AddNullToObject(entry, "answer");
    cJSON_AddItemToObject(entry, "fault", text_or_null(fault));
    cJSON_AddNumberToObject(entry, "at_ms", (double)clock_monotonic_ms());
    cJSON_AddNullToObject(entry, "end");
    cJSON_AddNullToObject(entry, "key");
    cJSON_AddNullToObject(entry, "took_ms");
    return entry;
}

static struct entry *nth(struct journal *journal, size_t n)
{
    return &journal->entries[(journal->first + n) % ENTRIES_MAX];
}

static void drop_oldest(struct journal *journal)
{
    struct entry *oldest = nth(journal, 0);

    cJSON_Delete(oldest->json);
    journal->bytes -= oldest->bytes;
    journal->first = (journal->first + 1) % ENTRIES_MAX;
    journal->count--;
}

static void make_room(struct journal *journal, size_t entries, size_t bytes)
{
    while (journal->count > 0 &&
           (journal->count + entries > ENTRIES_MAX || journal->bytes + bytes > BYTES_MAX)) {
        drop_oldest(journal);
        journal->dropped++;
    }
}

uint64_t journal_add(struct journal *journal, const struct request *request, const char *fault)
{
    cJSON *json = describe(request, fault);
    size_t bytes = request->body.length;

    pthread_mutex_lock(&journal->lock);
    make_room(journal, 1, bytes);
    uint64_t number = journal->next_number++;
    double index = (double)(journal->dropped + journal->count);
    cJSON_SetNumberValue(cJSON_GetObjectItemCaseSensitive(json, "index"), index);
    *nth(journal, journal->count++) = (struct entry){
        .json = json, .number = number, .version = ++journal->version, .bytes = bytes};
    journal->bytes += bytes;
    pthread_mutex_unlock(&journal->lock);
    return number;
}

static cJSON *describe_answer(const struct reply *reply)
{
    cJSON *answer = cJSON_CreateObject();

    cJSON_AddNumberToObject(answer, "status", reply->status);
    cJSON_AddItemToObject(answer, "headers", headers_to_json(&reply->headers));
    add_body(answer, reply->body ? reply->body : "", reply->length);
    return answer;
}

static void replace(cJSON *entry, const char *name, cJSON *value)
{
    cJSON_ReplaceItemInObjectCaseSensitive(entry, name, value);
}

/* Call with the lock held. NULL if it is gone. */
static struct entry *find(struct journal *journal, uint64_t number)
{
    if (journal->count == 0 || number < nth(journal, 0)->number || number >= journal->next_number)
        return NULL;
    return nth(journal, (size_t)(number - nth(journal, 0)->number));
}

void journal_end(struct journal *journal, uint64_t number, const struct journal_end *end)
{
    cJSON *answer = end->reply ? describe_answer(end->reply) : cJSON_CreateNull();

    pthread_mutex_lock(&journal->lock);
    struct entry *entry = find(journal, number);
    if (entry) {
        size_t bytes = end->reply ? end->reply->length : 0;
        replace(entry->json, "answer", answer);
        answer = NULL;
        replace(entry->json, "end", cJSON_CreateString(end->how));
        replace(entry->json, "key", text_or_null(end->key));
        replace(entry->json, "took_ms", cJSON_CreateNumber((double)end->us / 1000));
        entry->version = ++journal->version;
        entry->bytes += bytes;
        journal->bytes += bytes;
        make_room(journal, 0, 0);
    }
    pthread_mutex_unlock(&journal->lock);
    cJSON_Delete(answer);
}

cJSON *journal_find(struct journal *journal, uint64_t number)
{
    pthread_mutex_lock(&journal->lock);
    const struct entry *entry = find(journal, number);
    cJSON *copy = entry ? cJSON_Duplicate(entry->json, true) : NULL;
    pthread_mutex_unlock(&journal->lock);
    return copy;
}

/* Between two passes: where the next one begins and ends. */
static void begin_pass(const struct journal *journal, struct journal_place *place)
{
    place->cleared = journal->cleared > place->since;
    if (place->cleared)
        place->since = journal->cleared;
    place->until = journal->version;
    place->next = 0;
}

bool journal_follow(struct journal *journal, struct journal_place *place, size_t limit,
                    journal_show *show, void *context)
{
    size_t shown = 0;

    pthread_mutex_lock(&journal->lock);
    place->cleared = false;
    if (place->until == 0)
        begin_pass(journal, place);
    place->oldest = journal->count ? nth(journal, 0)->number : journal->next_number;
    place->dropped = journal->dropped;
    if (place->next < place->oldest)
        place->next = place->oldest;
    for (; place->next < journal->next_number && shown < limit; place->next++) {
        const struct entry *entry = find(journal, place->next);
        if (entry->version <= place->since)
            continue;
        show(context, entry->number, entry->json);
        shown++;
    }
    bool more = place->next < journal->next_number;
    if (!more) {
        place->since = place->until;
        place->until = 0;
    }
    pthread_mutex_unlock(&journal->lock);
    return more;
}

static bool matches(const cJSON *entry, const char *path)
{
    return !path || strstr(json_member(entry, "path")->valuestring, path);
}

cJSON *journal_to_json(struct journal *journal, const char *path)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *requests = cJSON_AddArrayToObject(document, "requests");

    pthread_mutex_lock(&journal->lock);
    for (size_t i = 0; i < journal->count; i++) {
        if (matches(nth(journal, i)->json, path))
            cJSON_AddItemToArray(requests, cJSON_Duplicate(nth(journal, i)->json, true));
    }
    cJSON_AddNumberToObject(document, "dropped", (double)journal->dropped);
    pthread_mutex_unlock(&journal->lock);
    return document;
}

cJSON *journal_counts(struct journal *journal)
{
    cJSON *counts = cJSON_CreateObject();

    pthread_mutex_lock(&journal->lock);
    cJSON_AddNumberToObject(counts, "requests", (double)journal->count);
    cJSON_AddNumberToObject(counts, "dropped", (double)journal->dropped);
    pthread_mutex_unlock(&journal->lock);
    return counts;
}

void journal_clear(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    while (journal->count > 0)
        drop_oldest(journal);
    journal->dropped = 0;
    journal->cleared = ++journal->version;
    pthread_mutex_unlock(&journal->lock);
}

void journal_free(struct journal *journal)
{
    journal_clear(journal);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}
