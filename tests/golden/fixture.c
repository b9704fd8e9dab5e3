/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading a case from disk; see fixture.h.
 */
#include <stdlib.h>
#include <string.h>

#include "golden/fixture.h"
#include "golden/text.h"

/* An HTTP message in its three parts. */
typedef struct message {
    char *first;
    char *headers;
    char *body;
} message;

static void split(const char *text, message *parts)
{
    const char *blank = strstr(text, "\n\n");
    size_t head = blank ? (size_t)(blank - text) : strlen(text);
    const char *body = blank ? blank + 2 : "";
    size_t length = strlen(body);

    if (!blank && head && text[head - 1] == '\n')
        head--;
    if (length && body[length - 1] == '\n')
        length--;
    size_t first = strcspn(text, "\n");
    parts->first = golden_copy(text, first);
    parts->headers =
        golden_copy(text + first + (first < head), first < head ? head - first - 1 : 0);
    parts->body = golden_copy(body, length);
}

/* The file `base`-`index`.`suffix`, without a number for the first; NULL if there is none. */
static char *read_part(const char *directory, const char *base, size_t index, const char *suffix)
{
    char *path = index ? golden_format("%s/%s-%zu.%s", directory, base, index + 1, suffix)
                       : golden_format("%s/%s.%s", directory, base, suffix);
    char *text = golden_read_file(path);

    free(path);
    return text;
}

static void take_request(golden_exchange *exchange, const char *text)
{
    message parts = {NULL, NULL, NULL};

    split(text, &parts);
    exchange->request = golden_format("%s\n%s\n\n%s", parts.first, parts.headers, parts.body);
    free(parts.first);
    free(parts.headers);
    free(parts.body);
}

static void take_response(golden_exchange *exchange, golden_report *report, const char *text)
{
    const char *version = "HTTP/1.1 ";
    message parts = {NULL, NULL, NULL};

    split(text, &parts);
    exchange->headers = parts.headers;
    exchange->body = parts.body;
    if (strncmp(parts.first, version, strlen(version)) == 0)
        exchange->http_status = (int32_t)strtol(parts.first + strlen(version), NULL, 10);
    if (!exchange->http_status)
        golden_fault(report, "fixture: a response begins with \"%s\"", parts.first);
    free(parts.first);
}

/* The status that has a name; SPAY_OK if none has. */
static spay_status status_by_name(const char *name)
{
    for (spay_status status = -1; status > -100; status--) {
        if (strcmp(spay_status_name(status), name) == 0)
            return status;
    }
    return SPAY_OK;
}

static void take_failure(golden_exchange *exchange, golden_report *report, const char *text)
{
    cJSON *json = cJSON_Parse(text);
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "status"));
    const cJSON *sent = cJSON_GetObjectItemCaseSensitive(json, "sent");

    exchange->failure = name ? status_by_name(name) : SPAY_OK;
    exchange->sent = cJSON_IsTrue(sent) ? SPAY_YES : SPAY_NO;
    if (exchange->failure == SPAY_OK || !cJSON_IsBool(sent))
        golden_fault(report, "fixture: a failure needs a status and sent");
    cJSON_Delete(json);
}

/* Read exchange `index`; false after the last one. */
static int load_exchange(golden_fixture *fixture, golden_report *report, const char *directory,
                         size_t index)
{
    golden_exchange *exchange = &fixture->exchanges[index];
    char *request = read_part(directory, "request", index, "http");
    char *response = read_part(directory, "response", index, "http");
    char *failure = read_part(directory, "failure", index, "json");
    int found = request || response || failure;

    if (found && (!request || !response == !failure))
        golden_fault(report, "fixture: exchange %zu needs a request and one answer", index + 1);
    if (request)
        take_request(exchange, request);
    if (response)
        take_response(exchange, report, response);
    else if (failure)
        take_failure(exchange, report, failure);
    free(request);
    free(response);
    free(failure);
    return found;
}

/* A file that no exchange uses would look like a proof and be none. */
static void count_files(const golden_fixture *fixture, golden_report *report, const char *directory)
{
    char **names = golden_list(directory);
    size_t count = 0;

    for (; names[count]; count++)
        free(names[count]);
    free(names);
    if (count != 2 + 2 * fixture->count)
        golden_fault(report, "fixture: %zu files for %zu exchanges", count, fixture->count);
}

void golden_fixture_load(golden_fixture *fixture, golden_report *report, const char *directory)
{
    char *input = read_part(directory, "input", 0, "json");

    memset(fixture, 0, sizeof(*fixture));
    fixture->input = cJSON_Parse(input ? input : "");
    fixture->expected = read_part(directory, "expected", 0, "json");
    if (!fixture->input)
        golden_fault(report, "fixture: input.json is missing or not JSON");
    if (!fixture->expected)
        golden_fault(report, "fixture: expected.json is missing");
    while (fixture->count < GOLDEN_EXCHANGES &&
           load_exchange(fixture, report, directory, fixture->count))
        fixture->count++;
    count_files(fixture, report, directory);
    free(input);
}

void golden_fixture_free(golden_fixture *fixture)
{
    for (size_t i = 0; i < GOLDEN_EXCHANGES; i++) {
        free(fixture->exchanges[i].request);
        free(fixture->exchanges[i].headers);
        free(fixture->exchanges[i].body);
    }
    cJSON_Delete(fixture->input);
    free(fixture->expected);
}
