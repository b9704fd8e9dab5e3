/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Writing and reading it. A line that a crash cut off is followed by a new one.
 */

#include "journal.h"

#include "secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A new file is found after a crash only if its directory is on the disk too. */
static bool sync_directory(const char *path)
{
    char *copy = xstrdup(path);
    int descriptor = open(dirname(copy), O_RDONLY | O_CLOEXEC);
    bool done = descriptor >= 0 && fsync(descriptor) == 0;

    if (descriptor >= 0)
        close(descriptor);
    free(copy);
    return done;
}

static bool write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t put = write(descriptor, bytes, length);
        if (put < 0 && errno != EINTR)
            return false;
        bytes += put > 0 ? put : 0;
        length -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

static bool end_torn_line(int descriptor)
{
    off_t end = lseek(descriptor, 0, SEEK_END);
    char last = '\n';

    if (end > 0 && pread(descriptor, &last, 1, end - 1) != 1)
        return false;
    return last == '\n' || write_all(descriptor, "\n", 1);
}

bool journal_open(struct journal *journal)
{
    journal->descriptor = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return journal->descriptor >= 0 && end_torn_line(journal->descriptor) &&
           sync_directory(journal->path);
}

void journal_close(struct journal *journal)
{
    if (journal->descriptor >= 0)
        close(journal->descriptor);
    journal->descriptor = -1;
}

/* One write, so that lines of several processes do not mix. Deletes the entry. */
static bool append(struct journal *journal, cJSON *entry)
{
    char *text = cJSON_PrintUnformatted(entry);
    bool done = false;

    cJSON_Delete(entry);
    if (text) {
        size_t length = strlen(text);
        text[length] = '\n'; /* in place of the NUL */
        done = write_all(journal->descriptor, text, length + 1) && fsync(journal->descriptor) == 0;
        cJSON_free(text);
    }
    return done;
}

spay_status journal_before_send(void *ctx, const spay_send_record *record)
{
    struct journal *journal = ctx;

    if (journal->expected_sha256 && !strcmp(record->idempotency_key, journal->key) &&
        strcmp(record->body_sha256, journal->expected_sha256) != 0) {
        journal->differs = true;
        return SPAY_E_STATE;
    }
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "event", "send");
    cJSON_AddNumberToObject(entry, "at_ms", (double)record->at_ms);
    cJSON_AddStringToObject(entry, "product", product_name(journal->settings->product));
    cJSON_AddStringToObject(entry, "route", record->route);
    cJSON_AddStringToObject(entry, "idempotency_key", record->idempotency_key);
    cJSON_AddNumberToObject(entry, "attempt", record->attempt);
    cJSON_AddStringToObject(entry, "body_sha256", record->body_sha256);
    cJSON_AddNumberToObject(entry, "body_length", (double)record->body_length);
    cJSON_AddItemToObject(entry, "settings", settings_to_json(journal->settings));
    journal->broken = !append(journal, entry);
    return journal->broken ? SPAY_E_INTERNAL : SPAY_OK;
}

void journal_end(struct journal *journal, const cJSON *made, const spay_error *error)
{
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(made, "idempotency_key");
    cJSON *entry = cJSON_CreateObject();

    cJSON_AddStringToObject(entry, "event", "end");
    cJSON_AddStringToObject(entry, "idempotency_key",
                            key ? key->valuestring : spay_error_idempotency_key(error));
    cJSON_AddStringToObject(entry, "status", made ? "SPAY_OK" : spay_error_name(error));
    cJSON_AddStringToObject(entry, "outcome", spay_outcome_name(spay_error_outcome(error)));
    (void)append(journal, entry);
}

static bool is_send_of(const cJSON *entry, const char *key)
{
    const char *found =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "idempotency_key"));
    const char *event = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "event"));

    return found && event && !strcmp(found, key) && !strcmp(event, "send");
}

cJSON *journal_find(const char *path, const char *key, const char **problem)
{
    FILE *file = fopen(path, "r");
    cJSON *found = NULL;
    char *line = NULL;
    size_t size = 0;

    if (!file) {
        *problem = "it cannot be opened";
        return NULL;
    }
    while (getline(&line, &size, file) > 0) {
        cJSON *entry = cJSON_Parse(line);
        if (is_send_of(entry, key)) {
            cJSON_Delete(found);
            found = entry;
        } else {
            cJSON_Delete(entry);
        }
    }
    free(line);
    fclose(file);
    *problem = found ? NULL : "it has no request with this key";
    return found;
}
