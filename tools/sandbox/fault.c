/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading a fault's description and applying it to an answer.
 */
#include "fault.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "xalloc.h"

static bool read_text(char **text, const cJSON *item)
{
    if (!cJSON_IsString(item))
        return false;
    *text = xstrdup(item->valuestring);
    return true;
}

static bool read_number(long *number, const cJSON *item, long lowest, long highest)
{
    if (!json_is_integer(item, lowest, highest))
        return false;
    *number = (long)item->valuedouble;
    return true;
}

static bool read_name(struct fault *fault, const cJSON *item)
{
    return read_text(&fault->name, item);
}

static bool read_path(struct fault *fault, const cJSON *item)
{
    return read_text(&fault->path, item);
}

static bool read_method(struct fault *fault, const cJSON *item)
{
    return read_text(&fault->method, item);
}

static bool read_count(struct fault *fault, const cJSON *item)
{
    return read_number(&fault->count, item, 1, 1000000);
}

static bool read_skip(struct fault *fault, const cJSON *item)
{
    return read_number(&fault->skip, item, 0, 1000000);
}

static bool read_delay(struct fault *fault, const cJSON *item)
{
    return read_number(&fault->delay_ms, item, 0, 600000);
}

static bool read_status(struct fault *fault, const cJSON *item)
{
    long status;

    if (!read_number(&status, item, 200, 599))
        return false;
    fault->status = (int)status;
    return true;
}

static bool is_header_text(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return false;
    }
    return true;
}

static bool is_header_name(const char *name)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /* The framing of the answer is the server's business; "close" and "body" can break it. */
    return *name && name[strspn(name, token)] == '\0' && strcasecmp(name, "Content-Length") != 0 &&
           strcasecmp(name, "Transfer-Encoding") != 0;
}

static bool read_headers(struct fault *fault, const cJSON *item)
{
    const cJSON *field;

    if (!cJSON_IsObject(item))
        return false;
    cJSON_ArrayForEach(field, item)
    {
        if (!cJSON_IsString(field) || !is_header_name(field->string) ||
            !is_header_text(field->valuestring))
            return false;
        headers_add(&fault->headers, field->string, field->valuestring);
    }
    return true;
}

static bool read_body(struct fault *fault, const cJSON *item)
{
    if (cJSON_IsString(item))
        return read_text(&fault->body, item);
    if (!cJSON_IsObject(item) && !cJSON_IsArray(item))
        return false;
    char *text = cJSON_PrintUnformatted(item);
    fault->body = xstrdup(text);
    cJSON_free(text);
    return true;
}

static const char *const close_names[] = {NULL, "before", "middle", "after_processing"};

static bool read_close(struct fault *fault, const cJSON *item)
{
    for (size_t i = CLOSE_BEFORE; i <= CLOSE_AFTER_PROCESSING; i++) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, close_names[i]) == 0)
            fault->close = (enum fault_close)i;
    }
    return fault->close != CLOSE_NEVER;
}

static bool read_patch(struct fault *fault, const cJSON *item)
{
    if (!cJSON_IsObject(item))
        return false;
    fault->patch = cJSON_Duplicate(item, true);
    return true;
}

static const struct member {
    const char *name;
    bool (*read)(struct fault *fault, const cJSON *item);
    const char *expected;
} members[] = {
    {"name", read_name, "a string"},
    {"path", read_path, "a string"},
    {"method", read_method, "a string"},
    {"count", read_count, "a whole number from 1 to 1000000"},
    {"skip", read_skip, "a whole number from 0 to 1000000"},
    {"status", read_status, "a whole number from 200 to 599"},
    {"headers", read_headers,
     "an object of strings with valid header names, without Content-Length and Transfer-Encoding"},
    {"body", read_body, "a string, an object or an array"},
    {"delay_ms", read_delay, "a whole number from 0 to 600000"},
    {"close", read_close, "\"before\", \"middle\" or \"after_processing\""},
    {"patch", read_patch, "an object"},
};

static const struct member *member_named(const char *name)
{
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    }
    return NULL;
}

static char *read_members(struct fault *fault, const cJSON *description)
{
    const cJSON *item, *seen = NULL;

    if (!cJSON_IsObject(description))
        return xstrdup("a fault must be a JSON object");
    cJSON_ArrayForEach(item, description)
    {
        const struct member *member = member_named(item->string);
        if (!member)
            return xasprintf("unknown member \"%s\"", item->string);
        seen = json_member(description, item->string);
        if (seen != item)
            return xasprintf("\"%s\" is there twice", item->string);
        if (!member->read(fault, item))
            return xasprintf("\"%s\" must be %s", item->string, member->expected);
    }
    return NULL;
}

/* Members that make no sense together are mistakes that would otherwise cost somebody an hour. */
static const char *contradiction(const struct fault *fault)
{
    bool alters = fault->headers.count > 0 || fault->body || fault->patch;

    if (fault->close == CLOSE_BEFORE && (fault->status || alters))
        return "\"close\" is \"before\", so nothing is answered: remove the members that "
               "describe an answer";
    if (fault->close == CLOSE_AFTER_PROCESSING && fault->status)
        return "\"close\" is \"after_processing\", but with \"status\" nothing is processed";
    if (fault->patch && fault->status)
        return "\"patch\" changes the normal answer, but \"status\" replaces it";
    if (fault->patch && fault->body)
        return "\"patch\" changes the normal body, but \"body\" replaces it";
    if (fault->close == CLOSE_NEVER && !fault->status && !alters && fault->delay_ms == 0)
        return "nothing to do: give \"status\", \"headers\", \"body\", \"delay_ms\", \"close\" or "
               "\"patch\"";
    return NULL;
}

static char *default_name(const struct fault *fault)
{
    if (fault->close != CLOSE_NEVER)
        return xasprintf("close:%s", close_names[fault->close]);
    if (fault->status)
        return xasprintf("status:%d", fault->status);
    if (fault->patch)
        return xstrdup("patch");
    return xstrdup(fault->body ? "body" : fault->headers.count ? "headers" : "delay");
}

struct fault *fault_parse(const cJSON *description, char **complaint)
{
    struct fault *fault = xcalloc(1, sizeof(*fault));

    fault->count = 1;
    *complaint = read_members(fault, description);
    if (!*complaint && contradiction(fault))
        *complaint = xstrdup(contradiction(fault));
    if (*complaint) {
        fault_free(fault);
        return NULL;
    }
    if (!fault->name)
        fault->name = default_name(fault);
    return fault;
}

bool fault_matches(const struct fault *fault, const struct request *request)
{
    return (!fault->path || strstr(request->target, fault->path)) &&
           (!fault->method || strcmp(request->method, fault->method) == 0);
}

static void apply_patch(const cJSON *patch, struct reply *reply)
{
    cJSON *document = json_parse_object(reply->body ? reply->body : "", reply->length);
    const cJSON *change;

    if (!document)
        return;
    cJSON_ArrayForEach(change, patch)
    {
        cJSON_DeleteItemFromObjectCaseSensitive(document, change->string);
        if (!cJSON_IsNull(change))
            cJSON_AddItemToObject(document, change->string, cJSON_Duplicate(change, true));
    }
    char *text = cJSON_PrintUnformatted(document);
    reply_set_body(reply, text, strlen(text));
    cJSON_free(text);
    cJSON_Delete(document);
}

/* A body of another kind than the provider's has another type. JSON need not be valid to be meant
 * as JSON: cut documents are what faults are for. */
static void replace_body(const char *body, struct reply *reply)
{
    const char *old = headers_get(&reply->headers, "Content-Type");
    char first = body[strspn(body, " \t\r\n")];

    reply_set_body(reply, body, strlen(body));
    if (first == '<')
        reply_header(reply, "Content-Type", "text/html");
    else if (first != '{' && first != '[')
        reply_header(reply, "Content-Type", "text/plain");
    else if (!old || !strstr(old, "json"))
        reply_header(reply, "Content-Type", "application/json");
}

void fault_alter(const struct fault *fault, struct reply *reply)
{
    if (fault->body)
        replace_body(fault->body, reply);
    if (fault->patch && reply->status >= 200 && reply->status < 300)
        apply_patch(fault->patch, reply);
    for (size_t i = 0; i < fault->headers.count; i++)
        reply_header(reply, fault->headers.items[i].name, fault->headers.items[i].value);
}

void fault_free(struct fault *fault)
{
    free(fault->name);
    free(fault->path);
    free(fault->method);
    free(fault->body);
    headers_free(&fault->headers);
    cJSON_Delete(fault->patch);
    free(fault);
}
