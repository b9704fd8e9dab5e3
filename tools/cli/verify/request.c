/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * A call is one request, or two of which the first gets a bearer token or client session. Those are
 * asked for once, and the reply is given to all later calls.
 */

#include "request.h"

#include "cli/secrets.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* The host of a URL; false if it is longer than any. */
static bool host_of(const char *url, char host[256])
{
    const char *begin = strstr(url, "://");
    size_t length;

    begin = begin ? begin + 3 : "";
    length = *begin == '[' ? strcspn(begin, "]") + 1 : strcspn(begin, ":/?#");
    if (length > 255)
        return false;
    memcpy(host, begin, length);
    host[length] = '\0';
    return length > 0;
}

static bool is_loopback(const char *host)
{
    struct in_addr address;

    if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]"))
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), least = strlen(end);

    return length > least && !strcasecmp(text + length - least, end);
}

/* Worldline has many hosts, and says in their names what they are. */
bool verify_is_test_system(const char *url)
{
    static const char *const hosts[] = {"stage-api.wepay.com", "api.uat.payroc.com",
                                        "identity.uat.payroc.com"};
    char host[256];

    if (!host_of(url, host) || strchr(url, '@'))
        return false;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (!strcasecmp(hosts[i], host))
            return true;
    }
    bool worldline = ends_with(host, ".api-ingenico.com") ||
                     ends_with(host, ".api-worldline.com") ||
                     ends_with(host, ".connect.worldline-solutions.com");
    return is_loopback(host) || (worldline && (strstr(host, "preprod") || strstr(host, "sandbox")));
}

/* -- The request -- */

static spay_status copy_headers(const spay_http_request *from, const struct situation_facts *facts,
                                spay_http_request *to)
{
    const char *changed = facts->change == CHANGE_HEADER ? facts->where : "";
    spay_status status = SPAY_OK;

    for (size_t i = 0; status == SPAY_OK && i < spay_http_request_header_count(from); i++) {
        const char *name = spay_http_request_header_name(from, i);
        if (strcasecmp(name, changed) != 0)
            status = spay_http_request_add_header(to, name, spay_http_request_header_value(from, i),
                                                  spay_http_request_header_is_secret(from, i));
    }
    if (status == SPAY_OK && *changed && facts->what)
        status = spay_http_request_add_header(to, changed, facts->what, 0);
    return status;
}

static spay_status copy_body(const spay_http_request *from, const struct attempt *attempt,
                             spay_http_request *to)
{
    const struct situation_facts *facts = attempt->facts;
    size_t length;
    const char *body = spay_http_request_body(from, &length);

    if (facts->change != CHANGE_BODY)
        return spay_http_request_set_body(to, body, length);
    char *text = verify_expand(attempt->verify, facts->what);
    spay_status status = spay_http_request_set_body(to, text, strlen(text));
    secret_free(text);
    return status;
}

/* A copy with another segment, counted from the end. */
static char *change_segment(const char *url, int index, const char *segment)
{
    size_t end = strlen(url), begin = end;

    for (;; end = --begin, index--) {
        while (begin > 0 && url[begin - 1] != '/')
            begin--;
        if (index == 0 || begin == 0)
            break;
    }
    size_t size = begin + strlen(segment) + strlen(url + end) + 1;
    char *changed = xmalloc(size);
    snprintf(changed, size, "%.*s%s%s", (int)begin, url, segment, url + end);
    return changed;
}

static spay_status send_changed(struct attempt *attempt, const spay_http_request *request,
                                spay_http_response *response)
{
    const struct situation_facts *facts = attempt->facts;
    const char *method = facts->change == CHANGE_METHOD ? facts->what : NULL;
    spay_http_request *changed = NULL;
    char *url = NULL;

    if (facts->change == CHANGE_SEGMENT)
        url = change_segment(spay_http_request_url(request), atoi(facts->where), facts->what);
    spay_status status = spay_http_request_new(request, method, url, &changed);
    if (status == SPAY_OK)
        status = copy_headers(request, facts, changed);
    if (status == SPAY_OK)
        status = copy_body(request, attempt, changed);
    if (status == SPAY_OK)
        status = spay_client_exchange(attempt->verify->client, changed, response);
    spay_http_request_free(changed);
    free(url);
    return status;
}

/* -- The reply -- */

static void keep_key(struct trial *trial, const spay_http_request *request)
{
    static const char *const names[] = {"Unique-Key", "Idempotency-Key", "X-GCS-Idempotence-Key"};

    for (size_t i = 0; i < spay_http_request_header_count(request); i++) {
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (strcasecmp(names[k], spay_http_request_header_name(request, i)) != 0)
                continue;
            secret_free(trial->key);
            trial->key = xstrdup(spay_http_request_header_value(request, i));
        }
    }
}

static void keep_header(cJSON *headers, const spay_http_response *response, const char *name)
{
    const char *value = spay_http_response_header(response, name);

    if (value && !cJSON_HasObjectItem(headers, name))
        cJSON_AddStringToObject(headers, name, value);
}

static void keep_reply(struct trial *trial, const spay_http_response *response)
{
    struct timespec now;
    size_t length;
    const char *body = spay_http_response_body(response, &length);

    clock_gettime(CLOCK_REALTIME, &now);
    trial->at_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    trial->replied = true;
    trial->status = spay_http_response_status(response);
    trial->body = cJSON_ParseWithLength(body, length);
    trial->headers = cJSON_CreateObject();
    keep_header(trial->headers, response, "Content-Type");
    for (int i = 0; i < BELIEF_COUNT; i++) {
        if (beliefs[i].place && beliefs[i].place[0] != '$')
            keep_header(trial->headers, response, beliefs[i].place);
    }
}

/* -- The two requests of a call -- */

/* A request that only gets what the next one needs. */
static bool is_prior(const struct attempt *attempt, const char *url)
{
    if (attempt->facts->api == BELIEF_HOSTED_FIELDS)
        return ends_with(url, "/authorize");
    return attempt->facts->api == BELIEF_APPLE_PAY && !strstr(url, "/products/");
}

/* Written anew: whether the library could read it as it was is a belief of its own. */
static void keep_prior(struct verify *verify, const spay_http_response *response)
{
    size_t length;
    const char *body = spay_http_response_body(response, &length);

    if (verify->prior || spay_http_response_status(response) / 100 != 2)
        return;
    cJSON *parsed = cJSON_ParseWithLength(body, length);
    char *text = parsed ? cJSON_PrintUnformatted(parsed) : NULL;
    verify->prior = text ? xstrdup(text) : NULL;
    if (text)
        memset(text, 0, strlen(text));
    cJSON_free(text);
    cJSON_Delete(parsed);
}

static spay_status give_prior(const struct verify *verify, spay_http_response *response)
{
    spay_http_response_mark_sent(response);
    spay_status status = spay_http_response_set_status(response, 200);
    if (status == SPAY_OK)
        status = spay_http_response_add_header(response, "Content-Type", "application/json");
    if (status == SPAY_OK)
        status = spay_http_response_append_body(response, verify->prior, strlen(verify->prior));
    return status;
}

static spay_status ask_prior(struct attempt *attempt, const spay_http_request *request,
                             spay_http_response *response)
{
    struct verify *verify = attempt->verify;

    if (verify->prior)
        return give_prior(verify, response);
    verify->requests++;
    spay_status status = spay_client_exchange(verify->client, request, response);
    if (status == SPAY_OK)
        keep_prior(verify, response);
    verify->sessions += verify->prior && attempt->facts->api == BELIEF_APPLE_PAY;
    return status;
}

static spay_status try_it(struct attempt *attempt, const spay_http_request *request,
                          spay_http_response *response)
{
    struct verify *verify = attempt->verify;
    const char *url = spay_http_request_url(request);
    const char *host = strstr(url, "://") + 3;

    attempt->trial->tried = true;
    verify->requests++;
    snprintf(verify->origin, sizeof verify->origin, "%.*s",
             (int)(host - url) + (int)strcspn(host, "/"), url);
    keep_key(attempt->trial, request);
    spay_status status = send_changed(attempt, request, response);
    if (status == SPAY_OK)
        keep_reply(attempt->trial, response);
    if (status == SPAY_OK && attempt->facts->api == BELIEF_IDENTITY)
        keep_prior(verify, response);
    return status;
}

static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    struct attempt *attempt = ctx;
    struct trial *trial = attempt->trial;
    const char *url = spay_http_request_url(request);

    if (!verify_is_test_system(url)) {
        snprintf(trial->why, sizeof trial->why, "the host is no known test system");
        return SPAY_E_CANCELED;
    }
    if (is_prior(attempt, url))
        return ask_prior(attempt, request, response);
    if (attempt->facts->api == BELIEF_IDENTITY && !ends_with(url, "/authorize"))
        trial->read = true;
    if (trial->tried)
        return SPAY_E_CANCELED;
    return try_it(attempt, request, response);
}

spay_transport verify_transport(struct attempt *attempt)
{
    spay_transport transport = SPAY_TRANSPORT_INIT;

    transport.ctx = attempt;
    transport.perform = perform;
    return transport;
}
