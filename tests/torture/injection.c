/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Header injection: every control byte, at the start, in the middle and at the end of every text
 * that a caller or a provider can give, is refused by name before anything is sent. The table is
 * compared with the public headers, so no member is forgotten.
 *
 * usage: SRCDIR=. injection
 */
#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"

#if ALL_PROVIDERS

/* ---- one of each struct that a caller fills ---- */

enum {
    CLIENT,
    CALL,
    WEPAY,
    WEPAY_REQUEST,
    HOSTED,
    HOSTED_REQUEST,
    SERVER,
    SERVER_REQUEST,
    FILTER,
    CONNECT,
    CONNECT_REQUEST,
    STRUCTS
};

static const char *const struct_names[STRUCTS] = {
    "spay_client_options",
    "spay_call_options",
    "spay_wepay_options",
    "spay_wepay_session_request",
    "spay_hosted_fields_options",
    "spay_hosted_fields_session_request",
    "spay_connect_server_options",
    "spay_connect_server_session_request",
    "spay_connect_server_filter",
    "spay_connect_client_options",
    "spay_connect_client_session_request",
};

typedef struct inputs {
    spay_client_options client;
    spay_call_options call;
    spay_wepay_options wepay;
    spay_wepay_session_request wepay_request;
    spay_hosted_fields_options hosted;
    spay_hosted_fields_session_request hosted_request;
    spay_connect_server_options server;
    spay_connect_server_session_request server_request;
    spay_connect_server_filter filter;
    spay_connect_client_options connect;
    spay_connect_client_session_request connect_request;
} inputs;

static void *struct_at(inputs *in, int which)
{
    void *const structs[STRUCTS] = {&in->client,        &in->call,           &in->wepay,
                                    &in->wepay_request, &in->hosted,         &in->hosted_request,
                                    &in->server,        &in->server_request, &in->filter,
                                    &in->connect,       &in->connect_request};

    return structs[which];
}

/* ---- the table ---- */

typedef enum member_kind {
    TEXT,     /* const char * */
    FIRST,    /* const char *const *: its first element */
    JSON,     /* JSON text: the byte goes into a string of it */
    OFF_WIRE, /* never leaves the process; why is in `text` */
} member_kind;

typedef struct member {
    int in;
    const char *name;
    size_t offset;
    size_t count; /* offset of the count of a list */
    member_kind kind;
    const char *text; /* a good value to spoil */
} member;

#define ROW(which, type, field, is, good)                                                          \
    {                                                                                              \
        .in = (which), .name = #field, .offset = offsetof(type, field), .kind = (is),              \
        .text = (good)                                                                             \
    }
#define LIST(which, type, field, size, good)                                                       \
    {                                                                                              \
        .in = (which), .name = #field, .offset = offsetof(type, field),                            \
        .count = offsetof(type, size), .kind = FIRST, .text = (good)                               \
    }
#define C(field, kind, text) ROW(CLIENT, spay_client_options, field, kind, text)
#define WO(field, text) ROW(WEPAY, spay_wepay_options, field, TEXT, text)
#define WR(field, kind, text) ROW(WEPAY_REQUEST, spay_wepay_session_request, field, kind, text)
#define HO(field, text) ROW(HOSTED, spay_hosted_fields_options, field, TEXT, text)
#define HR(field, kind, text)                                                                      \
    ROW(HOSTED_REQUEST, spay_hosted_fields_session_request, field, kind, text)
#define SO(field, text) ROW(SERVER, spay_connect_server_options, field, TEXT, text)
#define SR(field, kind, text)                                                                      \
    ROW(SERVER_REQUEST, spay_connect_server_session_request, field, kind, text)
#define CO(field, kind, text) ROW(CONNECT, spay_connect_client_options, field, kind, text)
#define CR(field, kind, text)                                                                      \
    ROW(CONNECT_REQUEST, spay_connect_client_session_request, field, kind, text)

#define GATEWAY "https://apple-pay-gateway-cert.apple.com/paymentservices/startSession"
#define EXTRA "{\"more\":\"value\"}"

static const member members[] = {
    C(user_agent, TEXT, "Shop/1.2 (kiosk)"),
    C(ca_file, OFF_WIRE, "the name of a file"),
    C(ca_pem, OFF_WIRE, "PEM has lines"),
    C(client_certificate_file, OFF_WIRE, "the name of a file"),
    C(client_key_file, OFF_WIRE, "the name of a file"),
    C(client_key_password, OFF_WIRE, "opens a file"),
    C(pinned_public_keys, OFF_WIRE, "compared with the peer's key"),
    C(proxy, TEXT, "http://proxy.example:3128"),
    C(proxy_credentials, TEXT, "user:password"),
    ROW(CALL, spay_call_options, idempotency_key, TEXT, "0b9f6c52-1a2d-4e7b-9c3f-5d8e7a6b4c2d"),
    ROW(CALL, spay_call_options, intent, TEXT, "order 4711, try 1"),
    WO(base_url, "https://wepay.example/v3"),
    WO(app_id, "700123"),
    WO(app_token, "stage_not-a-real-token"),
    WO(api_version, "3.0"),
    WR(type, TEXT, "mobile_session"),
    WR(account_id, TEXT, "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852"),
    WR(risk_token, TEXT, "risk-token"),
    WR(client_ip, TEXT, "192.0.2.7"),
    WR(extra_json, JSON, EXTRA),
    HO(base_url, "https://payroc.example/v1"),
    HO(identity_url, "https://identity.example/x"),
    HO(api_key, "not a real key"),
    HO(bearer_token, "brought-token"),
    HR(processing_terminal_id, TEXT, "7702014"),
    HR(lib_version, TEXT, "1.7.0.261457"),
    HR(scenario, TEXT, "payment"),
    HR(secure_token_id, TEXT, "MREF_1"),
    HR(extra_json, JSON, EXTRA),
    SO(base_url, "https://connect.example"),
    SO(merchant_id, "4217"),
    SO(api_key_id, "key-id"),
    SO(secret_api_key, "bm90LWEtcmVhbC1zZWNyZXQ="),
    SO(integrator, "Example Bikes"),
    SO(platform_identifier, "Linux on a kiosk"),
    SO(extension_creator, "Creator"),
    SO(extension_name, "Name"),
    SO(extension_version, "1.0"),
    SO(extension_id, "id-1"),
    LIST(FILTER, spay_connect_server_filter, groups, group_count, "cards"),
    LIST(SERVER_REQUEST, spay_connect_server_session_request, tokens, token_count, "token-1"),
    SR(client_meta_info, TEXT, "{\"platformIdentifier\": \"x\"}"),
    SR(extra_json, JSON, EXTRA),
    CO(client_session_id, TEXT, "client-session"),
    CO(customer_id, TEXT, "90a1cd6d"),
    CO(client_api_url, TEXT, "https://eu.api-ingenico.com/client/v1"),
    CO(allowed_hosts, OFF_WIRE, "compared with clientApiUrl's host, which is clean"),
    CO(platform_identifier, TEXT, "Mozilla/5.0 (kiosk)"),
    CO(screen_size, TEXT, "1280x800"),
    CO(meta_info_json, TEXT, "{\"deviceBrand\": \"x\"}"),
    CR(display_name, TEXT, "Example Bikes"),
    CR(domain_name, TEXT, "checkout.example-bikes.test"),
    CR(validation_url, TEXT, GATEWAY),
    CR(extra_json, JSON, EXTRA),
};

enum {
    MEMBERS = sizeof(members) / sizeof(members[0])
};

/* ---- the headers ---- */

static const char *headers_path(void)
{
    static char path[1024];
    const char *sources = getenv("SRCDIR") ? getenv("SRCDIR") : ".";

    (void)snprintf(path, sizeof(path), "%s/include/sessionpay", sources);
    return path;
}

static char *read_header(const char *name)
{
    static char text[65536];
    char path[2048];
    size_t length;
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", headers_path(), name);
    file = fopen(path, "rb");
    length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
    return text;
}

static bool is_listed(const char *in, const char *name)
{
    size_t i;

    for (i = 0; i < MEMBERS; i++)
        if (strcmp(struct_names[members[i].in], in) == 0 && strcmp(members[i].name, name) == 0)
            return true;
    return false;
}

/* "    const char *name;" and "    const char *const *name;" give a name. */
static bool take_member(const char *line, char name[128])
{
    return sscanf(line, " const char *const *%127[a-z0-9_];", name) == 1 ||
           sscanf(line, " const char *%127[a-z0-9_];", name) == 1;
}

/* Only callers' structs have these endings; sessions and events are the library's. */
static bool is_input(const char *name)
{
    return strstr(name, "_options") || strstr(name, "_request") || strstr(name, "_filter");
}

static size_t check_header(proof *p, const char *header)
{
    char *line = strtok(read_header(header), "\n");
    char in[128] = "";
    char name[128];
    size_t found = 0;

    for (; line; line = strtok(NULL, "\n")) {
        if (sscanf(line, "typedef struct %127[a-z_] {", in) == 1 || !is_input(in))
            continue;
        if (line[0] == '}')
            in[0] = '\0';
        if (in[0] && take_member(line, name)) {
            found++;
            proof_case(p, is_listed(in, name), "%s::%s is not in the table", in, name);
        }
    }
    return found;
}

/* Those libraries send nothing to a provider. */
static bool is_of_adapter(const char *header)
{
    return strcmp(header, "file.h") == 0 || strcmp(header, "redis.h") == 0;
}

static void prove_table(void)
{
    DIR *headers = opendir(headers_path());
    const struct dirent *entry;
    size_t found = 0;
    proof p;

    proof_begin(&p, "the table has every text of the public headers");
    while (headers && (entry = readdir(headers)) != NULL)
        if (strstr(entry->d_name, ".h") && !is_of_adapter(entry->d_name))
            found += check_header(&p, entry->d_name);
    if (headers)
        closedir(headers);
    proof_case(&p, found == MEMBERS, "%zu in the headers, %d in the table; is SRCDIR right?", found,
               (int)MEMBERS);
    proof_end(&p);
}

/* ---- good inputs ---- */

static void fill(inputs *in)
{
    spay_client_options_init(&in->client, sizeof(in->client));
    in->client.key_secret = "a secret of more than 16 bytes";
    in->client.key_secret_length = 30;
    spay_call_options_init(&in->call, sizeof(in->call));
    spay_wepay_options_init(&in->wepay, sizeof(in->wepay));
    in->wepay.base_url = "https://wepay.example/v3";
    in->wepay.app_id = "700123";
    in->wepay.app_token = "stage_not-a-real-token";
    spay_wepay_session_request_init(&in->wepay_request, sizeof(in->wepay_request));
    in->wepay_request.type = "mobile_session";
    in->wepay_request.account_id = "2f8d6c1b";
    spay_hosted_fields_options_init(&in->hosted, sizeof(in->hosted));
    in->hosted.base_url = "https://payroc.example/v1";
    in->hosted.identity_url = "https://identity.example/x";
    in->hosted.api_key = "not a real key";
    spay_hosted_fields_session_request_init(&in->hosted_request, sizeof(in->hosted_request));
    in->hosted_request.processing_terminal_id = "7702014";
    in->hosted_request.lib_version = "1.7.0.261457";
    in->hosted_request.scenario = "payment";
}

static void fill_connect(inputs *in)
{
    spay_connect_server_options_init(&in->server, sizeof(in->server));
    in->server.base_url = "https://connect.example";
    in->server.merchant_id = "4217";
    in->server.api_key_id = "key-id";
    in->server.secret_api_key = "bm90LWEtcmVhbC1zZWNyZXQ=";
    in->server.extension_creator = "Creator";
    in->server.extension_name = "Name";
    in->server.extension_version = "1.0";
    spay_connect_server_filter_init(&in->filter, sizeof(in->filter));
    spay_connect_server_session_request_init(&in->server_request, sizeof(in->server_request));
    in->server_request.exclude = &in->filter;
    spay_connect_client_options_init(&in->connect, sizeof(in->connect));
    in->connect.environment = SPAY_ENV_TEST;
    in->connect.client_session_id = "client-session";
    in->connect.customer_id = "90a1cd6d";
    in->connect.client_api_url = "https://eu.api-ingenico.com/client/v1";
    spay_connect_client_session_request_init(&in->connect_request, sizeof(in->connect_request));
    in->connect_request.domain_name = "checkout.example-bikes.test";
    in->connect_request.validation_url = GATEWAY;
}

/* ---- making the call of one provider, as far as it goes ---- */

typedef struct attempt {
    inputs in;
    const char *list[1]; /* where a spoilt list points to */
    spay_mock *mock;
    spay_client *client;
    spay_status status;
    spay_error *error;
} attempt;

static void try_wepay(attempt *a)
{
    spay_wepay *account = NULL;
    spay_wepay_session *session = NULL;

    a->status = spay_wepay_new(a->client, &a->in.wepay, &account, &a->error);
    if (a->status == SPAY_OK)
        a->status = spay_wepay_session_create(account, &a->in.wepay_request, &a->in.call, &session,
                                              &a->error);
    spay_wepay_session_free(session);
    spay_wepay_free(account);
}

static void try_hosted(attempt *a)
{
    spay_hosted_fields *account = NULL;
    spay_hosted_fields_session *session = NULL;

    a->status = spay_hosted_fields_new(a->client, &a->in.hosted, &account, &a->error);
    if (a->status == SPAY_OK)
        a->status = spay_hosted_fields_session_create(account, &a->in.hosted_request, &a->in.call,
                                                      &session, &a->error);
    spay_hosted_fields_session_free(session);
    spay_hosted_fields_free(account);
}

static void try_server(attempt *a)
{
    spay_connect_server *account = NULL;
    spay_connect_server_session *session = NULL;

    a->status = spay_connect_server_new(a->client, &a->in.server, &account, &a->error);
    if (a->status == SPAY_OK)
        a->status = spay_connect_server_session_create(account, &a->in.server_request, &a->in.call,
                                                       &session, &a->error);
    spay_connect_server_session_free(session);
    spay_connect_server_free(account);
}

static void try_connect(attempt *a)
{
    spay_connect_client *account = NULL;
    spay_connect_client_session *session = NULL;

    a->status = spay_connect_client_new(a->client, &a->in.connect, &account, &a->error);
    if (a->status == SPAY_OK)
        a->status = spay_connect_client_session_create(account, &a->in.connect_request, NULL,
                                                       &session, &a->error);
    spay_connect_client_session_free(session);
    spay_connect_client_free(account);
}

static void (*const tries[])(attempt *) = {try_wepay, try_hosted, try_server, try_connect};

/* Which of them a struct is for. A call's options are for three. */
static bool is_for(const member *what, size_t provider)
{
    switch (what->in) {
    case CLIENT:
        return provider == 0;
    case CALL:
        return provider < 3;
    case WEPAY:
    case WEPAY_REQUEST:
        return provider == 0;
    case HOSTED:
    case HOSTED_REQUEST:
        return provider == 1;
    case CONNECT:
    case CONNECT_REQUEST:
        return provider == 3;
    default:
        return provider == 2;
    }
}

/* A member that would have to be refused for another reason makes room. */
static void make_room(attempt *a, const member *what)
{
    bool transport = what->in == CLIENT && strcmp(what->name, "user_agent") != 0;

    if (what->in == HOSTED && strcmp(what->name, "bearer_token") == 0)
        a->in.hosted.api_key = NULL;
    if (what->in == CLIENT && strcmp(what->name, "proxy_credentials") == 0)
        a->in.client.proxy = "http://proxy.example:3128";
    if (!transport)
        a->in.client.transport = spay_mock_transport(a->mock);
    a->in.client.platform = spay_mock_platform(a->mock);
}

static void put(attempt *a, const member *what, const char *value)
{
    char *at = struct_at(&a->in, what->in);
    const char *const *list = a->list;
    size_t one = 1;

    a->list[0] = value;
    if (what->kind == FIRST) {
        memcpy(at + what->offset, &list, sizeof(list));
        memcpy(at + what->count, &one, sizeof(one));
    } else {
        memcpy(at + what->offset, &value, sizeof(value));
    }
}

static void begin(attempt *a, const member *what, const char *value)
{
    memset(a, 0, sizeof(*a));
    if (spay_mock_new(&a->mock, NULL) != SPAY_OK)
        exit(1);
    fill(&a->in);
    fill_connect(&a->in);
    make_room(a, what);
    put(a, what, value);
    a->status = spay_client_new(&a->in.client, &a->client, &a->error);
}

static void end(attempt *a)
{
    spay_error_free(a->error);
    spay_client_free(a->client);
    spay_mock_free(a->mock);
}

/* ---- bad values ---- */

enum {
    CONTROLS = 32 /* 0x01 to 0x1f, and 0x7f */
};

static const char *const sequences[] = {"\r\n",      "\n\r",       "\r\nX: y",
                                        "\r\n X: y", "\r\n\r\n{}", "\x7f\x01"};

enum {
    POISONS = CONTROLS + sizeof(sequences) / sizeof(sequences[0]),
    PLACES = 3
};

static const char *bad_bytes(size_t index, char byte[2])
{
    if (index >= CONTROLS)
        return sequences[index - CONTROLS];
    byte[0] = index + 1 < CONTROLS ? (char)(index + 1) : '\x7f';
    byte[1] = '\0';
    return byte;
}

/*
 * Put the bad bytes into the text: at the start, in the middle, at the end; inside a string of
 * JSON.
 */
static void spoil(char *out, size_t size, const member *what, size_t index, size_t place)
{
    size_t length = strlen(what->text);
    const size_t places[PLACES] = {0, length / 2, length};
    size_t at = what->kind == JSON ? strlen("{\"more\":\"") + 2 * place : places[place];
    char byte[2];

    (void)snprintf(out, size, "%.*s%s%s", (int)at, what->text, bad_bytes(index, byte),
                   what->text + at);
}

/* The field that the error names: the member, or "member[0]", or "filter.member[0]". */
static bool names_field(const spay_error *error, const member *what)
{
    const char *path = spay_error_field_path(error, 0);
    size_t length = strlen(what->name);

    if (what->in == FILTER && strncmp(path, "exclude.", 8) == 0)
        path += 8;
    return strncmp(path, what->name, length) == 0 &&
           (path[length] == '\0' || strcmp(path + length, "[0]") == 0);
}

static void check(proof *p, const attempt *a, const member *what, size_t index)
{
    proof_case(p,
               a->status == SPAY_E_INVALID_ARGUMENT && names_field(a->error, what) &&
                   spay_error_outcome(a->error) == SPAY_OUTCOME_NOT_SENT &&
                   spay_error_stage(a->error) == SPAY_STAGE_INPUT &&
                   spay_mock_request_count(a->mock) == 0,
               "%s::%s, bad bytes %zu: %s at \"%s\", %zu requests", struct_names[what->in],
               what->name, index, spay_status_name(a->status), spay_error_field_path(a->error, 0),
               spay_mock_request_count(a->mock));
}

/* In a string of JSON, 0x7f is a character like any other; it goes no further than the body. */
static bool is_harmless(const member *what, size_t index)
{
    return what->kind == JSON && index == CONTROLS - 1;
}

static void try_value(proof *p, const member *what, const char *value, size_t index)
{
    size_t provider;

    for (provider = 0; provider < sizeof(tries) / sizeof(tries[0]); provider++) {
        attempt a;

        if (!is_for(what, provider))
            continue;
        begin(&a, what, value);
        if (a.status == SPAY_OK && a.in.client.transport)
            tries[provider](&a);
        check(p, &a, what, index);
        end(&a);
    }
}

static void prove_member(const member *what)
{
    char name[128];
    char value[512];
    size_t place;
    size_t i;
    proof p;

    (void)snprintf(name, sizeof(name), "no control byte gets through %s::%s",
                   struct_names[what->in], what->name);
    proof_begin(&p, name);
    for (i = 0; i < POISONS; i++)
        for (place = 0; place < PLACES; place++) {
            spoil(value, sizeof(value), what, i, place);
            if (!is_harmless(what, i))
                try_value(&p, what, value, i);
        }
    proof_end(&p);
}

/* Without it the same inputs reach the transport, or the refusals would prove nothing. */
static void prove_good_inputs(void)
{
    size_t provider;
    size_t i;
    proof p;

    proof_begin(&p, "the same texts without a control byte are sent");
    for (i = 0; i < MEMBERS; i++)
        for (provider = 0; provider < sizeof(tries) / sizeof(tries[0]); provider++) {
            attempt a;

            if (members[i].kind == OFF_WIRE || !is_for(&members[i], provider))
                continue;
            if (members[i].in == CLIENT && strcmp(members[i].name, "user_agent") != 0)
                continue; /* the proxy's do not go with the mock */
            begin(&a, &members[i], members[i].text);
            if (members[i].in == CALL && provider == 2)
                a.in.call.idempotency_key = a.in.call.intent ? NULL : "key";
            if (a.status == SPAY_OK)
                tries[provider](&a);
            proof_case(&p, spay_mock_request_count(a.mock) > 0, "%s::%s: %s %s",
                       struct_names[members[i].in], members[i].name, spay_status_name(a.status),
                       spay_error_message(a.error));
            end(&a);
        }
    proof_end(&p);
}

/* ---- texts that do not come in a struct ---- */

static void prove_bearer_token(void)
{
    const member what = {
        .in = HOSTED, .name = "bearer_token", .kind = TEXT, .text = "brought-token"};
    char value[512];
    size_t place;
    size_t i;
    test_accounts opened;
    proof p;

    proof_begin(&p, "no control byte gets through spay_hosted_fields_set_bearer_token()");
    if (!accounts_open(&opened, NULL))
        exit(1);
    for (i = 0; i < POISONS; i++)
        for (place = 0; place < PLACES; place++) {
            spay_error *error = NULL;
            spay_status status;

            spoil(value, sizeof(value), &what, i, place);
            status = spay_hosted_fields_set_bearer_token(opened.hosted_bearer, value, &error);
            proof_case(&p,
                       status == SPAY_E_INVALID_ARGUMENT &&
                           strcmp(spay_error_field_path(error, 0), "bearer_token") == 0,
                       "bad bytes %zu at %zu: %s", i, place, spay_status_name(status));
            spay_error_free(error);
        }
    accounts_close(&opened);
    proof_end(&p);
}

/* A JSON text with the bad bytes escaped, as a provider would have to write it. */
static void escape(char *out, size_t size, const char *text)
{
    size_t used = 0;

    for (; *text && used + 8 < size; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f || *text == '"')
            used += (size_t)snprintf(out + used, size - used, "\\u%04x", (unsigned char)*text);
        else
            out[used++] = *text;
    out[used] = '\0';
}

/* What a provider answers goes into headers and URLs of the next request. */
static void answer_token(proof *p, const char *escaped)
{
    spay_error *error = NULL;
    char body[2048];
    void *session;
    test_accounts opened;
    spay_status status;

    if (!accounts_open(&opened, NULL))
        exit(1);
    (void)snprintf(body, sizeof(body), "{\"access_token\":\"%s\"}", escaped);
    accounts_reply(&opened, 200, NULL, body);
    status = accounts_create_session(&opened, ACCOUNT_HOSTED_FIELDS, NULL, &session, &error);
    proof_case(p,
               status == SPAY_E_PROTOCOL && spay_mock_request_count(opened.mock) == 1 &&
                   strcmp(spay_error_field_path(error, 0), "$.access_token") == 0,
               "access_token \"%s\": %s, %zu requests", escaped, spay_status_name(status),
               spay_mock_request_count(opened.mock));
    spay_error_free(error);
    accounts_close(&opened);
}

/* What the second request of Apple Pay takes from the first reply. */
enum {
    SERVER_MEMBERS = 3
};

static const char *const server_members[SERVER_MEMBERS] = {"clientSessionId", "customerId",
                                                           "clientApiUrl"};
static const char *const server_values[] = {"client-session", "90a1cd6d",
                                            "https://connect.example/client"};
static const char *const server_fields[] = {"client_session_id", "customer_id", "client_api_url"};

static void answer_session(proof *p, size_t which, const char *escaped)
{
    spay_connect_server_session *first = NULL;
    spay_connect_client_session *second = NULL;
    spay_error *error = NULL;
    char body[2048] = "{";
    test_accounts opened;
    spay_status status;
    size_t i;

    if (!accounts_open(&opened, NULL))
        exit(1);
    for (i = 0; i < SERVER_MEMBERS; i++)
        (void)snprintf(body + strlen(body), sizeof(body) - strlen(body), "%s\"%s\":\"%s\"",
                       i ? "," : "", server_members[i], i == which ? escaped : server_values[i]);
    strcat(body, "}");
    accounts_reply(&opened, 200, NULL, body);
    accounts_reply_good(&opened, ACCOUNT_CONNECT_CLIENT);
    status = accounts_apple_pay(&opened, TEST_GATEWAY, NULL, &first, &second, &error);
    proof_case(p,
               status == SPAY_E_INVALID_ARGUMENT && spay_mock_request_count(opened.mock) == 1 &&
                   strcmp(spay_error_field_path(error, 0), server_fields[which]) == 0,
               "%s \"%s\": %s at \"%s\", %zu requests", server_members[which], escaped,
               spay_status_name(status), spay_error_field_path(error, 0),
               spay_mock_request_count(opened.mock));
    spay_connect_server_session_free(first);
    spay_connect_client_session_free(second);
    spay_error_free(error);
    accounts_close(&opened);
}

static void prove_answers(void)
{
    member what = {.in = CONNECT, .name = "", .kind = TEXT, .text = "token-1"};
    char value[512];
    char escaped[1024];
    size_t which;
    size_t place;
    size_t i;
    proof p;

    proof_begin(&p, "no control byte of an answer gets into the next request");
    for (i = 0; i < POISONS; i++)
        for (place = 0; place < PLACES; place++) {
            what.text = "token-1";
            spoil(value, sizeof(value), &what, i, place);
            escape(escaped, sizeof(escaped), value);
            answer_token(&p, escaped);
            for (which = 0; which < SERVER_MEMBERS; which++) {
                what.text = server_values[which];
                spoil(value, sizeof(value), &what, i, place);
                escape(escaped, sizeof(escaped), value);
                answer_session(&p, which, escaped);
            }
        }
    proof_end(&p);
}

int main(void)
{
    size_t i;

    prove_table();
    prove_good_inputs();
    for (i = 0; i < MEMBERS; i++)
        if (members[i].kind != OFF_WIRE)
            prove_member(&members[i]);
    prove_bearer_token();
    prove_answers();
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
