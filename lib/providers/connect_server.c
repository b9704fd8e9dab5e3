/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline Connect, server API: the signed session request and the client session.
 */
#include "connect_server.h"

#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/date.h"
#include "body.h"
#include "connect.h"
#include "environment.h"
#include "meta_info.h"
#include "v1hmac.h"

enum {
    SESSION_LIFETIME_MS = 7200000,
    MOST_ELEMENTS = 1000
};

static const spay__environment environments[] = {
    {SPAY_ENV_TEST, "https://api.preprod.connect.worldline-solutions.com"},
    {SPAY_ENV_PRODUCTION, "https://api.connect.worldline-solutions.com"},
    {SPAY_CONNECT_ENV_PRODUCTION_WORLD, "https://api.connect.worldline-solutions.com"},
    {SPAY_CONNECT_ENV_PRODUCTION_EUROPE, "https://eu.api-ingenico.com"},
    {SPAY_CONNECT_ENV_PRODUCTION_INDIA, "https://mum.api-ingenico.com"},
    {SPAY_CONNECT_ENV_PREPROD_WORLD, "https://api.preprod.connect.worldline-solutions.com"},
    {SPAY_CONNECT_ENV_PREPROD_EUROPE, "https://eu.preprod.api-ingenico.com"},
    {SPAY_CONNECT_ENV_PREPROD_INDIA, "https://mum-preprod.api-ingenico.com"},
    {SPAY_CONNECT_ENV_SANDBOX, "https://eu.sandbox.api-ingenico.com"},
    {0, NULL},
};

/* 401 and 403 are both seen for a signature that is refused. */
static const spay__rule rules[] = {
    SPAY__RULE(401, 403, "9002", AUTH, REJECTED, CLOCK, NULL),
    SPAY__RULE(401, 401, NULL, AUTH, REJECTED, CLOCK, NULL),
    SPAY__RULE(409, 409, "1409", BUSY, UNKNOWN, SLOW_DOWN, "key_in_use"),
    SPAY__RULES_END,
};

static void sign(const spay__account *account, spay_http_request *http, const spay__secret *token,
                 int64_t wall_ms)
{
    const spay_connect_server *server = (const spay_connect_server *)account;
    char date[SPAY__HTTP_DATE_SIZE];

    (void)token;
    spay__http_date_format(wall_ms / 1000, date);
    spay__http_request_add(http, "Date", date);
    spay__v1hmac_sign(http, server->api_key_id, server->secret_api_key);
}

/* ---- reply ---- */

static void read_invalid_tokens(const spay__reading *in, spay__json root,
                                spay_connect_server_session *session)
{
    spay__json array = spay__json_array(in->json, root, "$", "invalidTokens");
    size_t length = spay__json_length(array);
    const char **tokens = length ? spay__arena_take(in->arena, length * sizeof(*tokens)) : NULL;
    spay__json element = spay__json_first(array);

    for (; tokens && element.node; element = spay__json_next(element)) {
        const char *text = spay__json_as_text(element);

        if (text)
            tokens[session->invalid_token_count++] = text;
        else
            in->json->ignored = true;
    }
    session->invalid_tokens = session->invalid_token_count ? tokens : NULL;
}

#define FIELD(member, name, presence)                                                              \
    SPAY__JSON_FIELD(spay_connect_server_session, member, name, TEXT, presence)

static const spay__json_field session_fields[] = {
    FIELD(client_session_id, "clientSessionId", REQUIRED),
    FIELD(customer_id, "customerId", REQUIRED),
    FIELD(client_api_url, "clientApiUrl", REQUIRED),
    FIELD(asset_url, "assetUrl", OPTIONAL),
    FIELD(region, "region", OPTIONAL),
};

/* When the first request with this key was made, in the provider's milliseconds; -1 if not told. */
static int64_t read_first_request(const spay__reading *in)
{
    const char *text =
        spay_http_response_header(in->response, "X-GCS-Idempotence-Request-Timestamp");
    int64_t first_ms = 0;

    if (!text || !*text || !*in->key)
        return -1;
    for (; *text; text++) {
        if (!spay__is_digit(*text) || first_ms > INT64_MAX / 100)
            return -1;
        first_ms = first_ms * 10 + (*text - '0');
    }
    return first_ms;
}

/* A repetition of a key gives the first session, which has lived for a while. */
static int64_t read_beginning(const spay__reading *in)
{
    int64_t first_ms = read_first_request(in);

    return first_ms >= 0 && first_ms - in->offset_ms < in->began_ms ? first_ms - in->offset_ms
                                                                    : in->began_ms;
}

static spay_status read_session(const spay__reading *in, void *out)
{
    spay_connect_server_session *session = out;
    spay__json root = spay__json_root(in->json);
    int64_t end_ms = read_beginning(in) + SESSION_LIFETIME_MS;

    session->info = in->info;
    SPAY__JSON_FILL(in->json, root, "$", session_fields, session);
    read_invalid_tokens(in, root, session);
    in->info->value = session->client_session_id;
    in->info->id = session->customer_id;
    in->info->expires_at_ms = end_ms;
    if (session->invalid_token_count)
        in->info->warnings |= SPAY_SESSION_WARNING_INVALID_TOKENS;
    return end_ms > in->now_ms ? SPAY_OK : SPAY_E_EXPIRED;
}

/* ---- account ---- */

static void destroy(spay__account *account)
{
    spay_connect_server *server = (spay_connect_server *)account;

    spay__hmac_free(server->secret_api_key);
    spay__free(server->api_key_id);
}

static void check_extension(spay__input *input, const spay_connect_server_options *options)
{
    unsigned required = options->extension_creator || options->extension_name ||
                                options->extension_version || options->extension_id
                            ? SPAY__REQUIRED
                            : 0;

    spay__input_text(input, "extension_creator", options->extension_creator, 1, 255, required);
    spay__input_text(input, "extension_name", options->extension_name, 1, 255, required);
    spay__input_text(input, "extension_version", options->extension_version, 1, 255, required);
    spay__input_text(input, "extension_id", options->extension_id, 1, 255, 0);
}

static const char *check_account(spay__input *input, const void *caller_options)
{
    const spay_connect_server_options *options = caller_options;

    spay__input_text(input, "merchant_id", options->merchant_id, 1, 64,
                     SPAY__REQUIRED | SPAY__CHARACTERS | SPAY__SEGMENT);
    if (spay__input_text(input, "api_key_id", options->api_key_id, 1, 255,
                         SPAY__REQUIRED | SPAY__VISIBLE) &&
        strchr(options->api_key_id, ':'))
        spay__input_fault(input, "api_key_id", "forbidden_character", "must not contain \":\"");
    spay__input_text(input, "secret_api_key", options->secret_api_key, 1, 4096,
                     SPAY__REQUIRED | SPAY__OPAQUE | SPAY__SECRET);
    spay__input_text(input, "integrator", options->integrator, 1, 255, 0);
    spay__input_text(input, "platform_identifier", options->platform_identifier, 1, 255, 0);
    check_extension(input, options);
    spay__input_range(input, "idempotence", options->idempotence, SPAY_YES, SPAY_NO);
    return spay__choose_base_url(input, environments, options->environment, options->base_url,
                                 false);
}

/*
 * Whose production or test system: a base URL alone counts as production, unless it is loopback.
 */
static int32_t kind_of(const spay_connect_server_options *options)
{
    int32_t environment = options->environment;
    spay__url url;

    if (!environment)
        return spay__url_parse(options->base_url, &url) || !spay__host_is_loopback(url.host)
                   ? SPAY_ENV_PRODUCTION
                   : SPAY_ENV_TEST;
    return environment == SPAY_ENV_PRODUCTION ||
                   (environment >= SPAY_CONNECT_ENV_PRODUCTION_WORLD &&
                    environment <= SPAY_CONNECT_ENV_PRODUCTION_INDIA)
               ? SPAY_ENV_PRODUCTION
               : SPAY_ENV_TEST;
}

static bool fill_common(spay__account *account, const spay_connect_server_options *options)
{
    char *meta_info = spay__server_meta_info(options);

    spay__http_request_set_url_around(&account->common, account->base_url, "/v1/", account->subject,
                                      "/sessions");
    spay__http_request_add(&account->common, "X-GCS-ServerMetaInfo", meta_info);
    spay__free(meta_info);
    return meta_info != NULL;
}

static bool fill(spay__account *account, const void *caller_options)
{
    spay_connect_server *server = (spay_connect_server *)account;
    const spay_connect_server_options *options = caller_options;

    account->subject = spay__copy_text(options->merchant_id);
    server->api_key_id = spay__copy_text(options->api_key_id);
    server->secret_api_key =
        spay__hmac_new(options->secret_api_key, strlen(options->secret_api_key));
    account->with_keys = options->idempotence == SPAY_YES;
    server->environment = kind_of(options);
    return account->subject && server->api_key_id && server->secret_api_key &&
           fill_common(account, options) &&
           spay__account_share_by(account, options->secret_api_key);
}

static const spay__provider provider = {
    SPAY__PROVIDER_NAMED(connect_server, CONNECT_SERVER, idempotence),
    .accept = "application/json",
    .shown_headers = "X-GCS-Idempotence-Request-Timestamp\0",
    .envelope = SPAY__CONNECT_ENVELOPE,
    .check = check_account,
    .fill = fill,
    .destroy = destroy,
};

/* ---- request ---- */

void spay_connect_server_filter_init(void *filter, size_t struct_size)
{
    spay__options_init(filter, struct_size);
}

static bool check_count(spay__input *input, const char *field, const void *elements, size_t count)
{
    if (count > MOST_ELEMENTS)
        spay__input_fault(input, field, "too_long", "has more than 1000 elements");
    else if (count && !elements)
        spay__input_fault(input, field, "missing", "is required with its count");
    else
        return true;
    return false;
}

static void fault_duplicate(spay__input *input, const char *field, size_t index)
{
    spay__input_fault_at(input, field, index, "duplicate", "repeats an element before");
}

static void check_texts(spay__input *input, const char *field, const char *const *texts,
                        size_t count, bool unique)
{
    size_t i;
    size_t j;

    if (!check_count(input, field, texts, count))
        return;
    for (i = 0; i < count; i++) {
        spay__input_text_at(input, field, i, texts[i], 1, 255, SPAY__REQUIRED);
        for (j = 0; unique && texts[i] && j < i; j++)
            if (texts[j] && strcmp(texts[i], texts[j]) == 0)
                fault_duplicate(input, field, i);
    }
}

static void check_products(spay__input *input, const char *field, const int32_t *products,
                           size_t count)
{
    size_t i;
    size_t j;

    if (!check_count(input, field, products, count))
        return;
    for (i = 0; i < count; i++) {
        if (products[i] < 1)
            spay__input_fault_at(input, field, i, "out_of_range", "must be greater than 0");
        for (j = 0; j < i; j++)
            if (products[i] == products[j])
                fault_duplicate(input, field, i);
    }
}

/* A filter is a sized struct of its own. false: its size is wrong, which is noted. */
static bool load_filter(spay__input *input, const char *name,
                        const spay_connect_server_filter *caller_filter,
                        spay_connect_server_filter *filter)
{
    return spay__input_load(input, name, caller_filter, filter, sizeof(*filter),
                            SPAY__SIZE_UP_TO(spay_connect_server_filter, product_count));
}

static void check_filter(spay__input *input, const char *name, const char *groups,
                         const char *products, const spay_connect_server_filter *caller_filter)
{
    spay_connect_server_filter filter;

    if (!load_filter(input, name, caller_filter, &filter))
        return;
    check_texts(input, groups, filter.groups, filter.group_count, true);
    check_products(input, products, filter.products, filter.product_count);
}

static void check_request(spay__input *input, const spay__account *account,
                          const void *caller_request)
{
    const spay_connect_server_session_request *request = caller_request;

    (void)account;
    check_filter(input, "exclude", "exclude.groups", "exclude.products", request->exclude);
    check_filter(input, "restrict_to", "restrict_to.groups", "restrict_to.products",
                 request->restrict_to);
    check_texts(input, "tokens", request->tokens, request->token_count, false);
    if (spay__input_text(input, "client_meta_info", request->client_meta_info, 1, 4096, 0))
        spay__input_json_object(input, "client_meta_info", request->client_meta_info);
    spay__input_json_object(input, "extra_json", request->extra_json);
}

static bool is_empty(const spay_connect_server_filter *filter)
{
    return !filter->group_count && !filter->product_count;
}

static void write_texts(spay__json_writer *writer, const char *name, const char *const *texts,
                        size_t count)
{
    size_t i;

    if (!count)
        return;
    spay__json_open(writer, name, '[');
    for (i = 0; i < count; i++)
        spay__json_write_text(writer, NULL, texts[i]);
    spay__json_close(writer, ']');
}

/* Empty filters are left out: what they would mean is not documented. */
static void write_filter(spay__json_writer *writer, const char *name,
                         const spay_connect_server_filter *filter)
{
    size_t i;

    if (is_empty(filter))
        return;
    spay__json_open(writer, name, '{');
    write_texts(writer, "groups", filter->groups, filter->group_count);
    if (filter->product_count) {
        spay__json_open(writer, "products", '[');
        for (i = 0; i < filter->product_count; i++)
            spay__json_write_integer(writer, NULL, filter->products[i]);
        spay__json_close(writer, ']');
    }
    spay__json_close(writer, '}');
}

static void write_filters(spay__json_writer *writer, spay__input *input,
                          const spay_connect_server_session_request *request)
{
    spay_connect_server_filter exclude;
    spay_connect_server_filter restrict_to;

    if (!load_filter(input, "exclude", request->exclude, &exclude) ||
        !load_filter(input, "restrict_to", request->restrict_to, &restrict_to) ||
        (is_empty(&exclude) && is_empty(&restrict_to)))
        return;
    spay__json_open(writer, "paymentProductFilters", '{');
    write_filter(writer, "exclude", &exclude);
    write_filter(writer, "restrictTo", &restrict_to);
    spay__json_close(writer, '}');
}

static void add_headers(const char *client_meta_info, const char *key, spay_http_request *http)
{
    char *encoded = client_meta_info ? spay__meta_info_encode(client_meta_info) : NULL;

    http->failed = http->failed || (client_meta_info && !encoded);
    spay__http_request_add(http, "X-GCS-ClientMetaInfo", encoded);
    spay__http_request_add(http, "X-GCS-Idempotence-Key", *key ? key : NULL);
    spay__free(encoded);
}

static void build(spay__input *input, const spay__account *account, const void *caller_request,
                  spay__draft *draft)
{
    static const char taken[] = "paymentProductFilters\0tokens\0";
    const spay_connect_server_session_request *request = caller_request;
    spay__body body;

    (void)account;
    spay__body_begin(&body);
    write_filters(&body.json, input, request);
    write_texts(&body.json, "tokens", request->tokens, request->token_count);
    spay__body_end(&body, input, request->extra_json, NULL, taken, draft->http);
    add_headers(request->client_meta_info, draft->key, draft->http);
}

static const spay__operation create_session = {
    .provider = &provider,
    .route = "POST /v1/{merchantId}/sessions",
    SPAY__OPERATION_SIZES(connect_server, extra_json),
    .request_optional = true,
    .header_bytes = 256, /* its date and signature */
    .check = check_request,
    .build = build,
    .rules = rules,
    .key = {.longest = 40, .uuid = false, .automatic = false},
    .shares_sessions = true,
    .sign = sign,
    .read = read_session,
};

SPAY__PUBLIC_FUNCTIONS(connect_server, provider, create_session)
