/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Hash table with chaining; a second list through all entries keeps the order of arrival.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "xalloc.h"

enum {
    BUCKETS = 4096,
    ENTRIES_MAX = 100000
};

struct entry {
    char *name;
    void *value;
    int64_t expires_ms;
    struct entry *chain; /* next in the same bucket */
    struct entry *older, *newer;
};

struct table {
    void (*free_value)(void *);
    struct entry *buckets[BUCKETS];
    struct entry *oldest, *newest;
    size_t count;
};

struct table *table_new(void (*free_value)(void *))
{
    struct table *table = xcalloc(1, sizeof(*table));

    table->free_value = free_value;
    return table;
}

/* FNV-1a */
static struct entry **bucket_of(struct table *table, const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return &table->buckets[hash % BUCKETS];
}

/* Where the pointer to the entry of that name is, or where it would be. */
static struct entry **find(struct table *table, const char *name)
{
    struct entry **link = bucket_of(table, name);

    while (*link && strcmp((*link)->name, name) != 0)
        link = &(*link)->chain;
    return link;
}

static void unlink_by_age(struct table *table, struct entry *entry)
{
    *(entry->older ? &entry->older->newer : &table->oldest) = entry->newer;
    *(entry->newer ? &entry->newer->older : &table->newest) = entry->older;
}

static void drop(struct table *table, struct entry **link)
{
    struct entry *entry = *link;

    if (!entry)
        return;
    *link = entry->chain;
    unlink_by_age(table, entry);
    table->free_value(entry->value);
    free(entry->name);
    free(entry);
    table->count--;
}

void table_put(struct table *table, const char *name, void *value, int64_t expires_ms)
{
    table_remove(table, name);
    if (table->count == ENTRIES_MAX)
        table_remove(table, table->oldest->name);

    struct entry **link = find(table, name);
    struct entry *entry = xcalloc(1, sizeof(*entry));
    entry->name = xstrdup(name);
    entry->value = value;
    entry->expires_ms = expires_ms;
    *link = entry;

    entry->older = table->newest;
    *(table->newest ? &table->newest->newer : &table->oldest) = entry;
    table->newest = entry;
    table->count++;
}

void *table_get(struct table *table, const char *name)
{
    struct entry **link = find(table, name);

    if (*link && (*link)->expires_ms <= clock_monotonic_ms())
        drop(table, link);
    else if (*link)
        return (*link)->value;
    return NULL;
}

void table_remove(struct table *table, const char *name)
{
    drop(table, find(table, name));
}

void table_clear(struct table *table)
{
    while (table->oldest)
        table_remove(table, table->oldest->name);
}

size_t table_count(struct table *table)
{
    int64_t now = clock_monotonic_ms();

    for (struct entry *entry = table->oldest, *next; entry; entry = next) {
        next = entry->newer;
        if (entry->expires_ms <= now)
            table_remove(table, entry->name);
    }
    return table->count;
}

void table_free(struct table *table)
{
    table_clear(table);
    free(table);
}
