/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Secrets: canaries as credentials and in answers, the log at its most talkative, all hooks on,
 * over successes and failures of every kind. Nothing that the library says may hold one, in any
 * usual encoding; and when everything is freed, no memory of the process may.
 *
 * A canary is computed letter by letter, so that the test itself keeps none in memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"

#if ALL_PROVIDERS

enum {
    APP_TOKEN,
    RISK_TOKEN,
    API_KEY,
    BEARER_TOKEN,
    SECRET_API_KEY,
    CLIENT_SESSION,
    KEY_SECRET,
    PROXY_PASSWORD,
    KEY_PASSWORD,
    ACCESS_TOKEN, /* in answers */
    WEPAY_SESSION,
    HOSTED_SESSION,
    SERVER_SESSION,
    APPLE_SESSION,
    CANARIES
};

static const char *const canary_names[CANARIES] = {
    "app_token",         "risk_token",   "api_key",         "bearer_token",  "secret_api_key",
    "client_session_id", "key_secret",   "proxy password",  "key password",  "access_token",
    "session_token",     "hosted token", "clientSessionId", "sessionObject",
};

enum {
    LENGTH = 24,
    SIZE = LENGTH + 1
};

/* Letter `at` of a canary. Some are not letters, so that encodings show. */
static char letter(int canary, size_t at)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
    uint32_t mixed = (uint32_t)(canary + 1) * 2654435761u + (uint32_t)at * 40503u;

    if (at == 9)
        return '+';
    if (at == 17)
        return '/';
    mixed ^= mixed >> 13;
    mixed *= 2246822519u;
    mixed ^= mixed >> 16;
    return letters[mixed % (sizeof(letters) - 1)];
}

static char *spell(char out[SIZE], int canary)
{
    size_t i;

    for (i = 0; i < LENGTH; i++)
        out[i] = letter(canary, i);
    out[LENGTH] = '\0';
    return out;
}

/* memset() of what is not read again may be left out by the compiler. */
static void wipe(void *memory, size_t length)
{
    volatile unsigned char *at = memory;

    while (length--)
        *at++ = 0;
}

/* ---- accounts whose credentials are canaries ---- */

typedef struct words {
    char text[CANARIES][SIZE];
} words;

static words *spell_all(words *all)
{
    int i;

    for (i = 0; i < CANARIES; i++)
        spell(all->text[i], i);
    return all;
}

/* Where the accounts send to. */
typedef struct places {
    const char *wepay;
    const char *hosted;
    const char *identity;
    const char *connect;
} places;

static const places nowhere = {.wepay = "https://wepay.example",
                               .hosted = "https://payroc.example/v1",
                               .identity = "https://identity.example",
                               .connect = "https://connect.example"};

static bool open_with_canaries(test_accounts *opened, const places *to,
                               const spay_client_options *options)
{
    words all;
    accounts_setup setup = {
        .wepay_url = to->wepay,
        .app_id = "700123",
        .app_token = all.text[APP_TOKEN],
        .hosted_fields_url = to->hosted,
        .identity_url = to->identity,
        .api_key = all.text[API_KEY],
        .connect_url = to->connect,
        .merchant_id = "4217",
        .api_key_id = "key-id",
        .secret_api_key = all.text[SECRET_API_KEY],
        .client_session_id = all.text[CLIENT_SESSION],
        .customer_id = "90a1",
        .bearer_token = all.text[BEARER_TOKEN],
    };
    spay_mock *mock = opened->mock;
    bool done;

    spell_all(&all);
    done = accounts_open_at(opened, &setup, options);
    opened->mock = mock;
    wipe(&all, sizeof(all));
    return done;
}

/* WePay's risk token is a secret of the request; the other requests have none. */
static spay_status create(const test_accounts *opened, account_kind kind,
                          const spay_call_options *options, void **session, spay_error **error)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_wepay_session *made = NULL;
    spay_status status;
    char risk[SIZE];

    if (kind != ACCOUNT_WEPAY)
        return accounts_create_session(opened, kind, options, session, error);
    request.type = "mobile_session";
    request.account_id = "2f8d6c1b";
    request.risk_token = spell(risk, RISK_TOKEN);
    status = spay_wepay_session_create(opened->wepay, &request, options, &made, error);
    wipe(risk, sizeof(risk));
    *session = made;
    return status;
}

/* ---- answers with canaries: "@" stands for one ---- */

typedef struct answer {
    const char *path; /* the request's */
    const char *body;
    int canary;
} answer;

static const answer answers[] = {
    {"/authorize", "{\"access_token\":\"@\",\"expires_in\":3600}", ACCESS_TOKEN},
    {"/session_tokens", "{\"id\":\"a\",\"session_token\":\"@\",\"expire_time\":4102444800}",
     WEPAY_SESSION},
    {"/hosted-fields-sessions", "{\"token\":\"@\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}",
     HOSTED_SESSION},
    {"/products/302/sessions",
     "{\"paymentProductSession302SpecificOutput\":"
     "{\"sessionObject\":\"{\\\"nonce\\\":\\\"@\\\"}\"}}",
     APPLE_SESSION},
    {"/sessions",
     "{\"clientSessionId\":\"@\",\"customerId\":\"90a1\",\"clientApiUrl\":\"https://c.example\"}",
     SERVER_SESSION},
};

static const answer *answer_for(const char *url)
{
    size_t i;

    for (i = 0; i + 1 < sizeof(answers) / sizeof(answers[0]); i++)
        if (strstr(url, answers[i].path))
            return &answers[i];
    return &answers[i];
}

/* How an answer is spoilt, if it is. */
typedef enum mood {
    GOOD,
    TORN,         /* cut after the canary */
    WRONG_TYPE,   /* what is required is a list with the canary in it */
    TWICE,        /* what is required is there twice */
    UNAUTHORIZED, /* 401 */
    FAILING,      /* 500 */
    MOODS
} mood;

static size_t fill_in(char *out, size_t size, const answer *from, mood how)
{
    const char *in = from->body;
    size_t used = 0;
    size_t i;

    for (; *in && used + SIZE + 64 < size; in++) {
        if (*in != '@') {
            out[used++] = *in;
            continue;
        }
        for (i = 0; i < LENGTH; i++)
            out[used++] = letter(from->canary, i);
        if (how == TORN)
            return used;
    }
    if (how == TWICE) {
        memcpy(out + used - 1, ",", 1);
        for (i = 1; from->body[i] && used + SIZE + 64 < size; i++)
            out[used++] = from->body[i] == '@' ? letter(from->canary, 3) : from->body[i];
    }
    if (how == WRONG_TYPE) {
        memmove(out + 1, out, used);
        out[0] = '[';
        out[used + 1] = ']';
        used += 2;
    }
    return used;
}

static spay_status give_answer(spay_http_response *response, const char *url, mood how)
{
    static char body[4096];
    spay_status status = spay_http_response_set_status(response, how == UNAUTHORIZED ? 401
                                                                 : how == FAILING    ? 500
                                                                                     : 200);
    size_t length = fill_in(body, sizeof(body), answer_for(url), how);

    if (status == SPAY_OK)
        status = spay_http_response_append_body(response, body, length);
    wipe(body, sizeof(body));
    return status;
}

/* A transport that keeps nothing. */
static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    const mood *how = ctx;

    spay_http_response_mark_sent(response);
    return give_answer(response, spay_http_request_url(request), *how);
}

/* ---- what the library says ---- */

typedef struct heard {
    char *text;
    size_t length;
    size_t size;
} heard;

static void hear(heard *all, const char *text)
{
    size_t length = text ? strlen(text) : 0;

    if (all->length + length + 2 > all->size) {
        all->size = 2 * (all->length + length + 4096);
        all->text = realloc(all->text, all->size);
        if (!all->text)
            exit(1);
    }
    if (length)
        memcpy(all->text + all->length, text, length);
    all->length += length;
    all->text[all->length++] = '\n';
}

static void hear_line(void *ctx, int32_t level, const char *line)
{
    (void)level;
    hear(ctx, line);
}

static void hear_event(void *ctx, const spay_event *event)
{
    hear(ctx, event->operation);
    hear(ctx, event->route);
    hear(ctx, event->idempotency_key);
    hear(ctx, event->request_id);
}

static spay_status hear_record(void *ctx, const spay_send_record *record)
{
    hear(ctx, record->route);
    hear(ctx, record->idempotency_key);
    hear(ctx, record->body_sha256);
    return SPAY_OK;
}

/* Where the documentation says that a body may hold a session, it is not for the log. */
static bool body_may_hold_session(const spay_error *error)
{
    int32_t http_status = spay_error_http_status(error);

    return http_status >= 200 && http_status <= 299 &&
           (spay_error_status(error) == SPAY_E_PROTOCOL ||
            spay_error_status(error) == SPAY_E_EXPIRED);
}

static void hear_error(heard *all, const spay_error *error)
{
    size_t i;

    hear(all, spay_error_message(error));
    hear(all, spay_error_reason(error));
    hear(all, spay_error_provider_code(error));
    hear(all, spay_error_request_id(error));
    hear(all, spay_error_idempotency_key(error));
    for (i = 0; i < spay_error_field_count(error); i++) {
        hear(all, spay_error_field_path(error, i));
        hear(all, spay_error_field_code(error, i));
        hear(all, spay_error_field_message(error, i));
    }
    if (spay_error_stage(error) == SPAY_STAGE_TOKEN || !body_may_hold_session(error))
        hear(all, spay_error_body(error, NULL));
}

static void hear_flight(heard *all, spay_client *client)
{
    char *record = spay_client_flight_record(client);

    hear(all, record);
    spay_free(record);
}

static void set_hooks(spay_client_options *options, heard *all)
{
    options->log = hear_line;
    options->log_ctx = all;
    options->log_level = SPAY_LOG_TRACE;
    options->event = hear_event;
    options->event_ctx = all;
    options->before_send = hear_record;
    options->before_send_ctx = all;
}

/* ---- looking for canaries in what was heard ---- */

static size_t base64_of(char *out, const char *text, size_t length, const char *digits)
{
    size_t used = 0;
    size_t i;

    for (i = 0; i + 2 < length; i += 3) {
        unsigned group = (unsigned)((unsigned char)text[i] << 16 | (unsigned char)text[i + 1] << 8 |
                                    (unsigned char)text[i + 2]);

        out[used++] = digits[group >> 18];
        out[used++] = digits[group >> 12 & 63];
        out[used++] = digits[group >> 6 & 63];
        out[used++] = digits[group & 63];
    }
    out[used] = '\0';
    return used;
}

static void percent_of(char *out, const char *text, const char *format, bool all)
{
    for (; *text; text++) {
        bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                     (*text >= '0' && *text <= '9');

        if (plain && !all)
            *out++ = *text;
        else
            out += sprintf(out, format, (unsigned)(unsigned char)*text);
    }
    *out = '\0';
}

typedef struct form {
    char name[16];
    char text[4 * 256];
} form;

/* Every usual way to write a text down; whole groups of three bytes alone for base64. */
static size_t write_forms(form *forms, const char *text)
{
    static const char standard[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char urlsafe[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const char *const formats[] = {"%%%02X", "%%%02x", "%02x", "%02X", "\\u%04x"};
    size_t count = 0;
    size_t i;

    strcpy(forms[count].name, "raw");
    strcpy(forms[count++].text, text);
    for (i = 0; i < 3; i++) {
        strcpy(forms[count].name, "base64");
        base64_of(forms[count++].text, text + i, strlen(text) - i, standard);
        strcpy(forms[count].name, "base64url");
        base64_of(forms[count++].text, text + i, strlen(text) - i, urlsafe);
    }
    for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        strcpy(forms[count].name, "encoded");
        percent_of(forms[count++].text, text, formats[i], true);
    }
    strcpy(forms[count].name, "URL-encoded");
    percent_of(forms[count++].text, text, "%%%02X", false);
    strcpy(forms[count].name, "URL-encoded");
    percent_of(forms[count++].text, text, "%%%02x", false);
    return count;
}

static bool contains(const heard *all, const char *text)
{
    size_t length = strlen(text);
    const char *at = all->text;
    const char *end = all->text + all->length;

    while (at && length && (size_t)(end - at) >= length) {
        at = memchr(at, text[0], (size_t)(end - at) - length + 1);
        if (at && memcmp(at++, text, length) == 0)
            return true;
    }
    return false;
}

static void look_for(proof *p, const heard *all, const char *name, const char *text,
                     const char *when)
{
    static form forms[16];
    size_t count = write_forms(forms, text);
    size_t i;

    for (i = 0; i < count; i++)
        proof_case(p, !contains(all, forms[i].text), "%s: %s, %s", when, name, forms[i].name);
}

static void look_for_all(proof *p, const heard *all, const char *when)
{
    char text[SIZE];
    int i;

    for (i = 0; i < CANARIES; i++)
        look_for(p, all, canary_names[i], spell(text, i), when);
}

/* If the search found nothing anywhere, it would prove nothing. */
static void prove_search(void)
{
    static form forms[16];
    char text[SIZE];
    size_t count = write_forms(forms, spell(text, APP_TOKEN));
    size_t i;
    proof p;

    proof_begin(&p, "the search finds what is there");
    for (i = 0; i < count; i++) {
        heard all = {NULL, 0, 0};

        hear(&all, "some words");
        hear(&all, forms[i].text);
        hear(&all, "and more");
        proof_case(&p, contains(&all, forms[i].text), "%s", forms[i].name);
        free(all.text);
    }
    proof_end(&p);
}

/* ---- calls over the mock ---- */

typedef struct scene {
    heard all;
    test_accounts opened;
} scene;

static void begin_scene(scene *at, bool talk)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char secret[SIZE];

    memset(at, 0, sizeof(*at));
    if (spay_mock_new(&at->opened.mock, NULL) != SPAY_OK)
        exit(1);
    if (talk)
        set_hooks(&options, &at->all);
    options.transport = spay_mock_transport(at->opened.mock);
    options.platform = spay_mock_platform(at->opened.mock);
    options.key_secret = spell(secret, KEY_SECRET);
    options.key_secret_length = LENGTH;
    if (!open_with_canaries(&at->opened, &nowhere, &options))
        exit(1);
}

static void end_scene(scene *at, proof *p, const char *when)
{
    hear_flight(&at->all, at->opened.client);
    proof_case(p, at->all.length > 20, "%s: nothing was heard", when);
    look_for_all(p, &at->all, when);
    free(at->all.text);
    accounts_close(&at->opened);
}

static void call_all(scene *at, const spay_call_options *options)
{
    int kind;

    for (kind = 0; kind < ACCOUNT_KINDS; kind++) {
        spay_call_options call_options = SPAY_CALL_OPTIONS_INIT;
        spay_error *error = NULL;
        void *session = NULL;

        if (options)
            call_options = *options;
        if (kind == ACCOUNT_CONNECT_CLIENT)
            call_options.intent = NULL;
        (void)create(&at->opened, (account_kind)kind, &call_options, &session, &error);
        hear_error(&at->all, error);
        accounts_free_session((account_kind)kind, session);
        spay_error_free(error);
    }
}

/* Secrets in fields of an answer that are nobody's business. */
static const char telltale_headers[] =
    "Content-Type: application/json\nSet-Cookie: session=@; Secure\n"
    "Authorization: Bearer @\nWWW-Authenticate: Bearer error=\"@\"\nLocation: https://x/?t=@\n"
    "X-Session-Token: @\nX-Api-Key: @\nLink: <https://x/@>\nServer: @";

static void with_canary(char *out, size_t size, const char *text, int canary)
{
    size_t used = 0;

    for (; *text && used + SIZE < size; text++)
        if (*text == '@')
            used += strlen(spell(out + used, canary));
        else
            out[used++] = *text == '\1' ? '@' : *text;
    out[used] = '\0';
}

static void script(scene *at, int32_t status, mood how, size_t times)
{
    char headers[1024];
    char body[4096];
    size_t i;
    size_t j;

    for (i = 0; i < times; i++)
        for (j = 0; j < sizeof(answers) / sizeof(answers[0]); j++) {
            size_t length = fill_in(body, sizeof(body), &answers[j], how);

            with_canary(headers, sizeof(headers), telltale_headers, answers[j].canary);
            (void)spay_mock_reply(at->opened.mock, status, headers, body, length);
        }
}

/* Each kind of call in the order of its answers, so that they are the ones that it wants. */
static void prove_successes(void)
{
    static const size_t order[] = {1, 0, 2, 2, 4, 3};
    spay_call_options intent = SPAY_CALL_OPTIONS_INIT;
    char headers[1024];
    char body[4096];
    scene at;
    size_t i;
    proof p;

    proof_begin(&p, "nothing is said about the secrets of a call that succeeds");
    begin_scene(&at, true);
    intent.intent = "order 4711, try 1";
    for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const answer *from = &answers[order[i]];
        size_t length = fill_in(body, sizeof(body), from, GOOD);

        with_canary(headers, sizeof(headers), telltale_headers, from->canary);
        (void)spay_mock_reply(at.opened.mock, 200, headers, body, length);
    }
    call_all(&at, &intent);
    proof_case(&p, strstr(at.all.text, "SPAY_E_") == NULL, "a call failed");
    end_scene(&at, &p, "success");
    proof_end(&p);
}

static void prove_replies(void)
{
    static const int32_t statuses[] = {200, 201, 202, 204, 301, 302, 400, 401, 402, 403,
                                       404, 405, 406, 408, 409, 410, 413, 415, 422, 425,
                                       429, 451, 500, 501, 502, 503, 504, 599};
    static const mood moods[] = {TORN, WRONG_TYPE, TWICE};
    char when[64];
    size_t i;
    size_t j;
    proof p;

    proof_begin(&p, "nor of one that is answered with an error, or with nonsense");
    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        for (j = 0; j < sizeof(moods) / sizeof(moods[0]); j++) {
            scene at;

            if (statuses[i] >= 300 && j > 0)
                continue; /* the body of an error may hold what it likes; here it has none */
            begin_scene(&at, true);
            if (statuses[i] < 300)
                script(&at, statuses[i], moods[j], 8);
            else
                for (int n = 0; n < 40; n++)
                    accounts_reply(&at.opened, statuses[i],
                                   "Retry-After: 1\nDate: Thu, 01 Jan 2026 00:00:00 GMT",
                                   "{\"error_code\":\"X\",\"error_message\":\"no\"}");
            call_all(&at, NULL);
            (void)snprintf(when, sizeof(when), "HTTP %d, mood %zu", (int)statuses[i], j);
            end_scene(&at, &p, when);
        }
    proof_end(&p);
}

static void prove_networks(void)
{
    static const spay_status statuses[] = {SPAY_E_CONNECT,  SPAY_E_TLS,       SPAY_E_NETWORK,
                                           SPAY_E_TIMEOUT,  SPAY_E_CANCELED,  SPAY_E_LIMIT,
                                           SPAY_E_PROTOCOL, SPAY_E_NO_MEMORY, SPAY_E_INTERNAL};
    char when[64];
    size_t i;
    int32_t sent;
    int n;
    proof p;

    proof_begin(&p, "nor of one that the network fails");
    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        for (sent = SPAY_YES; sent <= SPAY_NO; sent++) {
            scene at;

            begin_scene(&at, true);
            for (n = 0; n < 40; n++)
                (void)spay_mock_fail(at.opened.mock, statuses[i], sent);
            call_all(&at, NULL);
            (void)snprintf(when, sizeof(when), "%s, sent %d", spay_status_name(statuses[i]),
                           (int)sent);
            end_scene(&at, &p, when);
        }
    proof_end(&p);
}

/* ---- bad input ---- */

enum {
    IN_CLIENT,
    IN_WEPAY,
    IN_WEPAY_REQUEST,
    IN_HOSTED,
    IN_SERVER,
    IN_SERVER_REQUEST,
    IN_CONNECT,
    IN_CONNECT_REQUEST
};

typedef struct bad {
    int in;
    size_t offset;
    const char *text; /* "@" stands for the canary, "#" for 20,000 bytes, "\1" for "@" */
} bad;

#define BAD(in, type, member, text)                                                                \
    {                                                                                              \
        in, offsetof(type, member), text                                                           \
    }

static const bad bads[] = {
    BAD(IN_CLIENT, spay_client_options, proxy, "http://user:@\1proxy:3128"),
    BAD(IN_CLIENT, spay_client_options, proxy, "ftp://@/"),
    BAD(IN_CLIENT, spay_client_options, proxy, "http://@\n"),
    BAD(IN_CLIENT, spay_client_options, proxy_credentials, "user:@"),
    BAD(IN_CLIENT, spay_client_options, user_agent, "Shop/@\r\n"),
    BAD(IN_CLIENT, spay_client_options, ca_file, "/nowhere/@.pem"),
    BAD(IN_CLIENT, spay_client_options, client_key_file, "/nowhere/@.key"),
    BAD(IN_CLIENT, spay_client_options, pinned_public_keys, "sha1//@"),
    BAD(IN_WEPAY, spay_wepay_options, app_token, "@\n"),
    BAD(IN_WEPAY, spay_wepay_options, app_token, "\t@"),
    BAD(IN_WEPAY, spay_wepay_options, app_token, "@ @"),
    BAD(IN_WEPAY, spay_wepay_options, app_token, "@\xff"),
    BAD(IN_WEPAY, spay_wepay_options, app_token, "@#"),
    BAD(IN_WEPAY, spay_wepay_options, app_id, "@\n"),
    BAD(IN_WEPAY, spay_wepay_options, api_version, "@ "),
    BAD(IN_WEPAY, spay_wepay_options, base_url, "https://user:@\1wepay.example"),
    BAD(IN_WEPAY, spay_wepay_options, base_url, "https://wepay.example/?token=@"),
    BAD(IN_WEPAY, spay_wepay_options, base_url, "http://wepay.example/@"),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, risk_token, "@\n"),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, risk_token, "@#"),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, account_id, "@\n"),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, type, "@ "),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, client_ip, "@"),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, extra_json, "{\"@\":}"),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, extra_json, "{\"type\":\"@\"}"),
    BAD(IN_WEPAY_REQUEST, spay_wepay_session_request, extra_json, "\"@\""),
    BAD(IN_HOSTED, spay_hosted_fields_options, api_key, "@\n"),
    BAD(IN_HOSTED, spay_hosted_fields_options, api_key, "@#"),
    BAD(IN_HOSTED, spay_hosted_fields_options, bearer_token, "@ @"),
    BAD(IN_HOSTED, spay_hosted_fields_options, bearer_token, "@#"),
    BAD(IN_HOSTED, spay_hosted_fields_options, bearer_token, "@"), /* beside an api_key */
    BAD(IN_HOSTED, spay_hosted_fields_options, identity_url, "https://i.example/?k=@"),
    BAD(IN_SERVER, spay_connect_server_options, secret_api_key, "@\n"),
    BAD(IN_SERVER, spay_connect_server_options, secret_api_key, "@#"),
    BAD(IN_SERVER, spay_connect_server_options, api_key_id, "@:@"),
    BAD(IN_SERVER, spay_connect_server_options, merchant_id, "@/"),
    BAD(IN_SERVER, spay_connect_server_options, base_url, "https://connect.example/@"),
    BAD(IN_SERVER_REQUEST, spay_connect_server_session_request, client_meta_info, "{\"@\""),
    BAD(IN_SERVER_REQUEST, spay_connect_server_session_request, extra_json, "{\"tokens\":[\"@\"]}"),
    BAD(IN_CONNECT, spay_connect_client_options, client_session_id, "@\n"),
    BAD(IN_CONNECT, spay_connect_client_options, client_session_id, "@#"),
    BAD(IN_CONNECT, spay_connect_client_options, customer_id, "@\n"),
    BAD(IN_CONNECT, spay_connect_client_options, client_api_url, "https://@.evil.example"),
    BAD(IN_CONNECT, spay_connect_client_options, client_api_url, "https://c.example/#@"),
    BAD(IN_CONNECT_REQUEST, spay_connect_client_session_request, validation_url,
        "https://apple-pay-gateway.apple.com/paymentservices/startSession?@"),
    BAD(IN_CONNECT_REQUEST, spay_connect_client_session_request, validation_url, "https://@"),
    BAD(IN_CONNECT_REQUEST, spay_connect_client_session_request, domain_name, "@"),
    BAD(IN_CONNECT_REQUEST, spay_connect_client_session_request, display_name, "@\n"),
    BAD(IN_CONNECT_REQUEST, spay_connect_client_session_request, extra_json, "[\"@\"]"),
};

static void make_bad(char *out, size_t size, const char *text, int canary)
{
    const char *tail = strchr(text, '#');

    with_canary(out, size, text, canary);
    if (tail && !tail[1]) {
        size_t used = strlen(out) - 1;

        memset(out + used, 'x', 20000);
        out[used + 20000] = '\0';
    }
}

static void put(void *base, const bad *row, const char *value)
{
    memcpy((char *)base + row->offset, &value, sizeof(value));
}

static spay_status give_client(const bad *row, const char *value, heard *all, spay_error **error)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_status status;

    set_hooks(&options, all);
    put(&options, row, value);
    status = spay_client_new(&options, &client, error);
    spay_client_free(client);
    return status;
}

static spay_status give_hosted(const scene *at, const bad *row, const char *value,
                               spay_error **error)
{
    spay_hosted_fields_options options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    spay_hosted_fields *made = NULL;
    spay_status status;

    options.base_url = "https://payroc.example/v1";
    options.identity_url = "https://identity.example";
    options.api_key = "key";
    put(&options, row, value);
    status = spay_hosted_fields_new(at->opened.client, &options, &made, error);
    spay_hosted_fields_free(made);
    return status;
}

static spay_status give_wepay(const scene *at, const bad *row, const char *value,
                              spay_error **error)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_wepay_session *session = NULL;
    spay_wepay *made = NULL;
    spay_status status;

    options.base_url = "https://wepay.example";
    options.app_id = "700123";
    options.app_token = "stage_x";
    request.type = "mobile_session";
    request.account_id = "2f8d6c1b";
    put(row->in == IN_WEPAY ? (void *)&options : (void *)&request, row, value);
    status = spay_wepay_new(at->opened.client, &options, &made, error);
    if (status == SPAY_OK)
        status = spay_wepay_session_create(made, &request, NULL, &session, error);
    spay_wepay_free(made);
    return status;
}

static spay_status give_server(const scene *at, const bad *row, const char *value,
                               spay_error **error)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    spay_connect_server_session *session = NULL;
    spay_connect_server *made = NULL;
    spay_status status;

    options.base_url = "https://connect.example";
    options.merchant_id = "4217";
    options.api_key_id = "key-id";
    options.secret_api_key = "secret";
    put(row->in == IN_SERVER ? (void *)&options : (void *)&request, row, value);
    status = spay_connect_server_new(at->opened.client, &options, &made, error);
    if (status == SPAY_OK)
        status = spay_connect_server_session_create(made, &request, NULL, &session, error);
    spay_connect_server_free(made);
    return status;
}

static spay_status give_connect(const scene *at, const bad *row, const char *value,
                                spay_error **error)
{
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    spay_connect_client_session *session = NULL;
    spay_connect_client *made = NULL;
    spay_status status;

    options.client_session_id = "client-session";
    options.customer_id = "90a1";
    options.client_api_url = "https://eu.api-ingenico.com";
    request.domain_name = "shop.example";
    request.validation_url = "https://apple-pay-gateway.apple.com/paymentservices/startSession";
    put(row->in == IN_CONNECT ? (void *)&options : (void *)&request, row, value);
    status = spay_connect_client_new(at->opened.client, &options, &made, error);
    if (status == SPAY_OK)
        status = spay_connect_client_session_create(made, &request, NULL, &session, error);
    spay_connect_client_free(made);
    return status;
}

static spay_status give(scene *at, const bad *row, const char *value, spay_error **error)
{
    switch (row->in) {
    case IN_CLIENT:
        return give_client(row, value, &at->all, error);
    case IN_WEPAY:
    case IN_WEPAY_REQUEST:
        return give_wepay(at, row, value, error);
    case IN_HOSTED:
        return give_hosted(at, row, value, error);
    case IN_SERVER:
    case IN_SERVER_REQUEST:
        return give_server(at, row, value, error);
    default:
        return give_connect(at, row, value, error);
    }
}

static void prove_input(void)
{
    static char value[32 * 1024];
    size_t i;
    proof p;

    proof_begin(&p, "input that is refused is not repeated");
    for (i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
        spay_error *error = NULL;
        spay_status status;
        scene at;

        begin_scene(&at, true);
        make_bad(value, sizeof(value), bads[i].text, APP_TOKEN);
        status = give(&at, &bads[i], value, &error);
        proof_case(&p, status == SPAY_E_INVALID_ARGUMENT, "\"%.40s\": %s", bads[i].text,
                   spay_status_name(status));
        hear_error(&at.all, error);
        spay_error_free(error);
        end_scene(&at, &p, bads[i].text);
    }
    proof_end(&p);
}

/* What a provider repeats is its own word; how far it gets is worth knowing. */
static void measure_echo(void)
{
    char body[512];
    char text[SIZE];
    spay_error *error = NULL;
    void *session = NULL;
    heard all = {NULL, 0, 0};
    scene at;

    begin_scene(&at, true);
    with_canary(body, sizeof(body),
                "{\"error_code\":\"INVALID\",\"error_message\":\"token @ is not known\"}",
                APP_TOKEN);
    accounts_reply(&at.opened, 401, NULL, body);
    (void)create(&at.opened, ACCOUNT_WEPAY, NULL, &session, &error);
    hear(&all, spay_error_message(error));
    spell(text, APP_TOKEN);
    printf("# a credential that a provider repeats in its error text is %s spay_error_message(), "
           "%s the log\n",
           contains(&all, text) ? "in" : "not in", contains(&at.all, text) ? "in" : "not in");
    spay_error_free(error);
    free(all.text);
    free(at.all.text);
    accounts_close(&at.opened);
}

/* ---- the built-in transport, against the sandbox ---- */

static bool sandbox_places(places *to)
{
    to->wepay = getenv("SPAY_WEPAY_BASE_URL");
    to->hosted = getenv("SPAY_HOSTED_FIELDS_BASE_URL");
    to->identity = getenv("SPAY_HOSTED_FIELDS_IDENTITY_URL");
    to->connect = getenv("SPAY_CONNECT_BASE_URL");
    return to->wepay && to->hosted && to->identity && to->connect;
}

/* The sandbox refuses the canaries, but they go all the way through libcurl and TLS. */
static void prove_transport(void)
{
    const char *name = "nor through the built-in transport, with TLS";
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    places to;
    scene at;
    proof p;

    if (!sandbox_places(&to)) {
        tap_skip(name, "needs the sandbox");
        return;
    }
    proof_begin(&p, name);
    memset(&at, 0, sizeof(at));
    set_hooks(&options, &at.all);
    options.ca_file = getenv("SPAY_CA_FILE");
    options.max_attempts = 1;
    if (!open_with_canaries(&at.opened, &to, &options))
        exit(1);
    call_all(&at, NULL);
    proof_case(&p, strstr(at.all.text, "HTTP 4") != NULL, "no call got as far as the sandbox");
    end_scene(&at, &p, "sandbox");
    proof_end(&p);
}

/* ---- the sandbox's own credentials, which it accepts, and the sessions that it makes ---- */

static const char *const accepted[] = {"SPAY_WEPAY_APP_TOKEN", "SPAY_HOSTED_FIELDS_API_KEY",
                                       "SPAY_CONNECT_SECRET_API_KEY"};

static bool open_accepted(scene *at, const places *to)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_wepay_options wepay = SPAY_WEPAY_OPTIONS_INIT;
    spay_hosted_fields_options hosted = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    spay_connect_server_options server = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    test_accounts *opened = &at->opened;

    set_hooks(&options, &at->all);
    options.ca_file = getenv("SPAY_CA_FILE");
    wepay.base_url = to->wepay;
    wepay.app_id = getenv("SPAY_WEPAY_APP_ID");
    wepay.app_token = getenv(accepted[0]);
    hosted.base_url = to->hosted;
    hosted.identity_url = to->identity;
    hosted.api_key = getenv(accepted[1]);
    server.base_url = to->connect;
    server.merchant_id = getenv("SPAY_CONNECT_MERCHANT_ID");
    server.api_key_id = getenv("SPAY_CONNECT_API_KEY_ID");
    server.secret_api_key = getenv(accepted[2]);
    return spay_client_new(&options, &opened->client, NULL) == SPAY_OK &&
           spay_wepay_new(opened->client, &wepay, &opened->wepay, NULL) == SPAY_OK &&
           spay_hosted_fields_new(opened->client, &hosted, &opened->hosted_fields, NULL) ==
               SPAY_OK &&
           spay_connect_server_new(opened->client, &server, &opened->connect_server, NULL) ==
               SPAY_OK;
}

static void accepted_session(proof *p, scene *at, account_kind kind, char *value, size_t size)
{
    spay_error *error = NULL;
    void *session = NULL;

    proof_case(p, accounts_create_session(&at->opened, kind, NULL, &session, &error) == SPAY_OK,
               "%s", spay_error_message(error));
    if (session)
        (void)snprintf(value, size, "%s", accounts_session_info(session)->value);
    accounts_free_session(kind, session);
    spay_error_free(error);
}

static void accepted_apple_pay(proof *p, scene *at, char *value, size_t size)
{
    spay_connect_server_session *first = NULL;
    spay_connect_client_session *second = NULL;
    spay_error *error = NULL;

    proof_case(
        p, accounts_apple_pay(&at->opened, TEST_GATEWAY, NULL, &first, &second, &error) == SPAY_OK,
        "%s", spay_error_message(error));
    if (first)
        (void)snprintf(value, size, "%s", first->client_session_id);
    spay_connect_server_session_free(first);
    spay_connect_client_session_free(second);
    spay_error_free(error);
}

static void prove_accepted(void)
{
    const char *name = "nor when the sandbox accepts the credentials";
    char value[3][1024] = {{0}};
    places to;
    scene at;
    size_t i;
    proof p;

    if (!sandbox_places(&to)) {
        tap_skip(name, "needs the sandbox");
        return;
    }
    proof_begin(&p, name);
    memset(&at, 0, sizeof(at));
    if (!open_accepted(&at, &to))
        exit(1);
    accepted_session(&p, &at, ACCOUNT_WEPAY, value[0], sizeof(value[0]));
    accepted_session(&p, &at, ACCOUNT_HOSTED_FIELDS, value[1], sizeof(value[1]));
    accepted_apple_pay(&p, &at, value[2], sizeof(value[2]));
    hear_flight(&at.all, at.opened.client);
    for (i = 0; i < 3; i++) {
        look_for(&p, &at.all, accepted[i], getenv(accepted[i]), "sandbox");
        if (strlen(value[i]) < 250 && value[i][0])
            look_for(&p, &at.all, "a session", value[i], "sandbox");
    }
    free(at.all.text);
    accounts_close(&at.opened);
    proof_end(&p);
}

/* ---- memory ---- */

/* How often each canary is in the memory that this process can write to. */
typedef struct traces {
    size_t count[CANARIES];
    size_t sum;
    size_t bytes; /* looked at */
} traces;

static void look_at(traces *found, const char *memory, size_t length)
{
    size_t i;
    size_t at;
    int canary;

    found->bytes += length;
    for (canary = 0; canary < CANARIES; canary++) {
        char first = letter(canary, 0);

        for (i = 0; i + LENGTH <= length; i++) {
            if (memory[i] != first)
                continue;
            for (at = 1; at < LENGTH && memory[i + at] == letter(canary, at);)
                at++;
            found->count[canary] += at == LENGTH;
            found->sum += at == LENGTH;
        }
    }
}

/* In place, without a copy: a copy would be found in its turn. */
static void look_everywhere(traces *found)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    static char line[1024];

    memset(found, 0, sizeof(*found));
    while (maps && fgets(line, sizeof(line), maps)) {
        uintptr_t from;
        uintptr_t to;
        char rights[8];

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &from, &to, rights) == 3 &&
            strncmp(rights, "rw", 2) == 0 && !strstr(line, "[v"))
            look_at(found, (const char *)from, to - from);
    }
    if (maps)
        fclose(maps);
}

typedef struct memory_report {
    traces alive; /* while the accounts are there */
    traces gone;
    spay_status statuses[ACCOUNT_KINDS];
} memory_report;

static void use_accounts(test_accounts *opened, memory_report *report)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    int kind;

    for (kind = 0; kind < ACCOUNT_KINDS; kind++) {
        spay_error *error = NULL;
        void *session = NULL;

        options.intent = kind == ACCOUNT_CONNECT_CLIENT ? NULL : "order 4711";
        options.max_attempts = 2;
        report->statuses[kind] = create(opened, (account_kind)kind, &options, &session, &error);
        accounts_free_session((account_kind)kind, session);
        spay_error_free(error);
    }
}

static void set_secrets(spay_client_options *options, char secret[SIZE])
{
    options->key_secret = spell(secret, KEY_SECRET);
    options->key_secret_length = LENGTH;
}

/* Everything with a transport that keeps nothing: what is left is the library's. */
static void leave_traces(memory_report *report, mood how)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_transport transport = SPAY_TRANSPORT_INIT;
    char secret[SIZE];
    spay_mock *mock;
    test_accounts opened;

    memset(&opened, 0, sizeof(opened));
    transport.ctx = &how;
    transport.perform = perform;
    options.transport = &transport;
    if (spay_mock_new(&mock, NULL) != SPAY_OK)
        _exit(1);
    options.platform = spay_mock_platform(mock); /* its clock alone */
    set_secrets(&options, secret);
    if (!open_with_canaries(&opened, &nowhere, &options))
        _exit(1);
    wipe(secret, sizeof(secret));
    use_accounts(&opened, report);
    look_everywhere(&report->alive);
    accounts_close(&opened);
    spay_mock_free(mock);
    look_everywhere(&report->gone);
}

/* The same through libcurl, in clear text to a peer, or with TLS to the sandbox. */
static void leave_traces_in_curl(memory_report *report, const places *to, const char *ca_file)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char secret[SIZE];
    test_accounts opened;

    memset(&opened, 0, sizeof(opened));
    options.ca_file = ca_file;
    set_secrets(&options, secret);
    if (!open_with_canaries(&opened, to, &options))
        _exit(1);
    wipe(secret, sizeof(secret));
    use_accounts(&opened, report);
    look_everywhere(&report->alive);
    accounts_close(&opened);
    look_everywhere(&report->gone);
}

/* Credentials that are libcurl's business alone: nothing is sent before it has them. */
static void leave_settings(memory_report *report)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char proxy[SIZE + 8] = "user:";
    char password[SIZE];
    test_accounts opened;

    memset(&opened, 0, sizeof(opened));
    spell(proxy + 5, PROXY_PASSWORD);
    options.proxy = "http://127.0.0.1:1";
    options.proxy_credentials = proxy;
    options.client_key_password = spell(password, KEY_PASSWORD);
    options.max_attempts = 1;
    if (!open_with_canaries(&opened, &nowhere, &options))
        _exit(1);
    wipe(proxy, sizeof(proxy));
    wipe(password, sizeof(password));
    look_everywhere(&report->alive);
    accounts_close(&opened);
    look_everywhere(&report->gone);
}

/* ---- a peer in a process of its own, whose answers hold the canaries ---- */

static void answer_connection(int fd)
{
    static char request[64 * 1024];
    static char body[4096];
    size_t used = 0;
    ssize_t got;

    while ((got = recv(fd, request + used, sizeof(request) - 1 - used, 0)) > 0) {
        const char *end;
        char head[128];
        size_t length;

        used += (size_t)got;
        request[used] = '\0';
        end = strstr(request, "\r\n\r\n");
        if (!end || (!strstr(request, "Content-Length: 0") && !end[4]))
            continue;
        length = fill_in(body, sizeof(body), answer_for(request), GOOD);
        (void)snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
                       length);
        (void)send(fd, head, strlen(head), MSG_NOSIGNAL);
        (void)send(fd, body, length, MSG_NOSIGNAL);
        used = 0;
    }
}

/* Until the process is killed. */
static void answer_connections(int listener)
{
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0) {
            answer_connection(fd);
            close(fd);
        }
    }
}

static pid_t start_peer(int *port)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    pid_t peer;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
        listen(listener, 8) || getsockname(listener, (struct sockaddr *)&address, &length))
        exit(1);
    *port = ntohs(address.sin_port);
    fflush(NULL);
    peer = fork();
    if (peer == 0)
        answer_connections(listener);
    close(listener);
    return peer;
}

/* ---- each look at memory is made by a process that has nothing else in it ---- */

typedef enum setting {
    OWN_TRANSPORT,
    PLAIN_CURL,
    TLS_CURL,
    CURL_SETTINGS
} setting;

static void run_setting(setting which, mood how, const char *base, memory_report *report)
{
    places to = {.wepay = base, .hosted = base, .identity = base, .connect = base};

    if (which == OWN_TRANSPORT)
        leave_traces(report, how);
    else if (which == CURL_SETTINGS)
        leave_settings(report);
    else if (which == PLAIN_CURL || sandbox_places(&to))
        leave_traces_in_curl(report, &to, which == TLS_CURL ? getenv("SPAY_CA_FILE") : NULL);
}

static bool look_in_child(setting which, mood how, const char *base, memory_report *report)
{
    int ends[2];
    int status = -1;
    pid_t child;
    ssize_t got;

    memset(report, 0, sizeof(*report));
    if (pipe(ends))
        exit(1);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        run_setting(which, how, base, report);
        (void)!write(ends[1], report, sizeof(*report));
        _exit(0);
    }
    close(ends[1]);
    got = read(ends[0], report, sizeof(*report));
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return got == (ssize_t)sizeof(*report) && status == 0;
}

static void expect_none(proof *p, const memory_report *report, const char *what)
{
    int i;

    proof_case(p, report->gone.bytes > 64 * 1024, "%s: only %zu bytes of memory were seen", what,
               report->gone.bytes);
    for (i = 0; i < CANARIES; i++)
        proof_case(p, report->gone.count[i] == 0, "%s: %zu copies of %s are left", what,
                   report->gone.count[i], canary_names[i]);
}

static const char *const mood_names[MOODS] = {"good answers",       "torn answers", "lists",
                                              "answers said twice", "401",          "500"};

static void prove_memory(void)
{
    memory_report report;
    int how;
    proof p;

    proof_begin(&p, "when all is freed no memory holds a secret");
    for (how = 0; how < MOODS; how++) {
        bool done = look_in_child(OWN_TRANSPORT, (mood)how, "", &report);

        proof_case(&p, done, "%s: the process died", mood_names[how]);
        proof_case(&p, how != GOOD || report.statuses[0] == SPAY_OK, "no call succeeded");
        proof_case(
            &p, report.alive.count[APP_TOKEN] == 1 && report.alive.count[KEY_SECRET] == 0,
            "%s: before that, %zu copies of app_token, wanted 1; %zu of key_secret, wanted 0",
            mood_names[how], report.alive.count[APP_TOKEN], report.alive.count[KEY_SECRET]);
        expect_none(&p, &report, mood_names[how]);
    }
    proof_end(&p);
    proof_begin(&p, "nor what libcurl was never given");
    proof_case(&p, look_in_child(CURL_SETTINGS, GOOD, "", &report), "the process died");
    proof_case(&p, report.alive.count[PROXY_PASSWORD] && report.alive.count[KEY_PASSWORD],
               "the search finds nothing");
    expect_none(&p, &report, "settings");
    proof_end(&p);
}

/* What libcurl and OpenSSL do not wipe is out of reach; how much that is. */
static void measure_curl(setting which, const char *name, const char *base)
{
    memory_report report;
    int i;

    if (!look_in_child(which, GOOD, base, &report)) {
        printf("# %s: the process died\n", name);
        return;
    }
    printf("# %s, all freed: %zu copies of secrets in memory that was given back", name,
           report.gone.sum);
    for (i = 0; i < CANARIES; i++)
        if (report.gone.count[i])
            printf("%s %s %zu", i ? "," : ":", canary_names[i], report.gone.count[i]);
    printf("\n");
}

static void measure_libraries(void)
{
    char base[64];
    int port;
    pid_t peer = start_peer(&port);

    (void)snprintf(base, sizeof(base), "http://127.0.0.1:%d", port);
    measure_curl(PLAIN_CURL, "libcurl without TLS", base);
    if (peer > 0) {
        kill(peer, SIGKILL);
        (void)waitpid(peer, NULL, 0);
    }
    if (getenv("SPAY_CA_FILE"))
        measure_curl(TLS_CURL, "libcurl and OpenSSL, requests alone", "");
}

int main(void)
{
    if (PROOF_IS_SANITIZED) {
        tap_skip("when all is freed no memory holds a secret", "a sanitizer keeps what is freed");
    } else {
        prove_memory(); /* first: the rest fills memory with canaries */
        measure_libraries();
    }
    prove_search();
    prove_successes();
    prove_replies();
    prove_networks();
    prove_input();
    measure_echo();
    prove_transport();
    prove_accepted();
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
