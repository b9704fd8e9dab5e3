/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Payroc Hosted Fields: the bearer token, the session request, the session.
 */
#include <sessionpay/hosted_fields.h>

#include <string.h>

#include "api/error.h"
#include "api/options.h"
#include "base/alloc.h"
#include "base/ascii.h"
#include "base/date.h"
#include "body.h"
#include "environment.h"
#include "provider.h"

enum {
    SESSION_LIFETIME_MS = 600000
};

struct spay_hosted_fields {
    spay__account account;
    char *identity_url; /* NULL if the caller brings the tokens */
    spay__secret api_key;
};

static const spay__environment environments[] = {
    {SPAY_ENV_TEST, "https://api.uat.payroc.com/v1"},
    {SPAY_ENV_PRODUCTION, "https://api.payroc.com/v1"},
    {0, NULL},
};

static const spay__environment identity_environments[] = {
    {SPAY_ENV_TEST, "https://identity.uat.payroc.com"},
    {SPAY_ENV_PRODUCTION, "https://identity.payroc.com"},
    {0, NULL},
};

static const spay__rule rules[] = {
    SPAY__RULE(401, 401, NULL, AUTH, REJECTED, TOKEN, NULL),
    SPAY__RULE(409, 409, NULL, CONFLICT, REJECTED, NONE, "key_in_use"),
    SPAY__RULES_END,
};

/* The identity service documents no errors: any refusal means that the key is not accepted. */
static const spay__rule token_rules[] = {
    SPAY__RULE(400, 400, NULL, AUTH, REJECTED, NONE, NULL),
    SPAY__RULE(401, 401, NULL, AUTH, REJECTED, NONE, NULL),
    SPAY__RULE(403, 403, NULL, AUTH, REJECTED, NONE, NULL),
    SPAY__RULES_END,
};

/* ---- token ---- */

static void build_token_request(const spay__account *account, spay_http_request *http)
{
    const spay_hosted_fields *hosted_fields = (const spay_hosted_fields *)account;

    spay__http_request_set_url(http, hosted_fields->identity_url, "/authorize");
    spay__http_request_add_secret(http, "x-api-key", hosted_fields->api_key.text);
}

static const spay__token_source token_source = {
    .route = "POST /authorize",
    .build = build_token_request,
    .rules = token_rules,
};

static void authorize(const spay__account *account, spay_http_request *http,
                      const spay__secret *token, int64_t wall_ms)
{
    spay__buffer *value = spay__http_request_begin_header(http, "Authorization", true);

    (void)account;
    (void)wall_ms;
    spay__buffer_text(value, "Bearer ");
    spay__buffer_text(value, token->text);
    spay__http_request_end_header(http);
}

/* ---- reply ---- */

/* In this machine's clock. */
static int64_t read_expiry(const spay__reading *in, const char *text)
{
    int64_t expiry;

    if (text && spay__iso_date_parse(text, &expiry))
        return expiry - in->offset_ms;
    in->info->warnings |= SPAY_SESSION_WARNING_EXPIRY_ASSUMED;
    return in->now_ms + SESSION_LIFETIME_MS;
}

#define FIELD(member, name, presence)                                                              \
    SPAY__JSON_FIELD(spay_hosted_fields_session, member, name, TEXT, presence)

static const spay__json_field session_fields[] = {
    FIELD(token, "token", REQUIRED),
    FIELD(processing_terminal_id, "processingTerminalId", OPTIONAL),
    FIELD(expires_at, "expiresAt", OPTIONAL),
};

static spay_status read_session(const spay__reading *in, void *out)
{
    spay_hosted_fields_session *session = out;
    const char *terminal;

    session->info = in->info;
    SPAY__JSON_FILL(in->json, spay__json_root(in->json), "$", session_fields, session);
    terminal = session->processing_terminal_id;
    session->expires_at_ms = read_expiry(in, session->expires_at);
    if (terminal && in->subject && strcmp(terminal, in->subject) != 0)
        in->info->warnings |= SPAY_SESSION_WARNING_ACCOUNT_DIFFERS;
    in->info->value = session->token;
    in->info->id = "";
    in->info->expires_at_ms = session->expires_at_ms;
    return session->expires_at_ms > in->now_ms ? SPAY_OK : SPAY_E_EXPIRED;
}

/* ---- account ---- */

static void destroy(spay__account *account)
{
    spay_hosted_fields *hosted_fields = (spay_hosted_fields *)account;

    spay__secret_clear(&hosted_fields->api_key);
    spay__free(hosted_fields->identity_url);
}

static const char *identity_url(const spay_hosted_fields_options *options)
{
    const spay__environment *environment = identity_environments;

    while (environment->environment && environment->environment != options->environment)
        environment++;
    return options->identity_url ? options->identity_url : environment->base_url;
}

/* An API key must not reach the identity service of the other system. */
static void check_systems(spay__input *input, const spay_hosted_fields_options *options)
{
    int32_t identity = spay__environment_of(identity_environments, options->identity_url);
    int32_t api = options->base_url ? spay__environment_of(environments, options->base_url) : 0;

    if (options->environment)
        api = options->environment;
    if (identity && api && identity != api)
        spay__input_fault(input, "identity_url", "environment_mismatch",
                          "is the identity service of the other system");
}

static void check_bearer_token(spay__input *input, const char *bearer_token)
{
    spay__input_text(input, "bearer_token", bearer_token, 1, 16384, SPAY__VISIBLE | SPAY__SECRET);
}

static void check_credentials(spay__input *input, const spay_hosted_fields_options *options)
{
    spay__url parts;

    if (options->bearer_token && options->api_key)
        spay__input_fault(input, "bearer_token", "conflict", "must not be set with api_key");
    if (options->bearer_token) {
        check_bearer_token(input, options->bearer_token);
        return;
    }
    spay__input_text(input, "api_key", options->api_key, 1, 4096,
                     SPAY__REQUIRED | SPAY__OPAQUE | SPAY__SECRET);
    if (options->base_url && !options->identity_url)
        spay__input_fault(input, "identity_url", "missing", "is required with base_url");
    else if (options->identity_url &&
             spay__input_base_url(input, "identity_url", options->identity_url, true, &parts))
        check_systems(input, options);
}

static const char *check_account(spay__input *input, const void *caller_options)
{
    const spay_hosted_fields_options *options = caller_options;

    check_credentials(input, options);
    return spay__choose_base_url(input, environments, options->environment, options->base_url,
                                 true);
}

static bool fill(spay__account *account, const void *caller_options)
{
    spay_hosted_fields *hosted_fields = (spay_hosted_fields *)account;
    const spay_hosted_fields_options *options = caller_options;

    if (options->bearer_token)
        return spay__account_fix_token(account, options->bearer_token);
    hosted_fields->identity_url = spay__url_copy_base(identity_url(options));
    return hosted_fields->identity_url &&
           spay__secret_set(&hosted_fields->api_key, options->api_key, strlen(options->api_key)) &&
           spay__account_share_by(account, options->api_key);
}

static const spay__provider provider = {
    SPAY__PROVIDER_NAMED(hosted_fields, HOSTED_FIELDS, bearer_token),
    .accept = "application/json, application/problem+json",
    .shown_headers = "X-Request-Id\0",
    .envelope =
        {
            .code = "type",
            .code_is_fragment = true,
            .message = "detail",
            .message_else = "title",
            .list = "errors",
            .field_path = "parameter",
            .field_code = "detail",
            .field_message = "message",
            .request_id_header = "X-Request-Id",
        },
    .has_tokens = true,
    .check = check_account,
    .fill = fill,
    .destroy = destroy,
};

spay_status spay_hosted_fields_set_bearer_token(spay_hosted_fields *hosted_fields,
                                                const char *bearer_token, spay_error **error)
{
    const spay__argument arguments[] = {
        {"hosted_fields", hosted_fields}, {"bearer_token", bearer_token}, {NULL, NULL}};
    spay__input input = {SPAY_PROVIDER_HOSTED_FIELDS, NULL};
    spay_status status = spay__require(SPAY_PROVIDER_HOSTED_FIELDS, arguments, error);

    if (status != SPAY_OK)
        return status;
    if (hosted_fields->identity_url)
        return spay__fail(error, SPAY_E_STATE, "the account fetches its own tokens");
    check_bearer_token(&input, bearer_token);
    status = spay__input_end(&input, error);
    if (status == SPAY_OK && !spay__account_fix_token(&hosted_fields->account, bearer_token))
        status = spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    return status;
}

/* ---- request ---- */

/* Up to `most` digits; at least one. */
static const char *skip_digits(const char *text, int most)
{
    const char *start = text;

    while (spay__is_digit(*text) && text - start < most)
        text++;
    return text > start ? text : NULL;
}

/* ".\d+$": any one character, then digits to the end. */
static bool matches_build(const char *text)
{
    size_t digits;

    if (!*text)
        return false;
    digits = strspn(text + 1, "0123456789");
    return digits > 0 && !text[1 + digits];
}

/*
 * ^\d{1,2}.\d{1,2}.\d{1,2}(?:-beta)?.\d+$ with its dots unescaped, as Payroc publishes it: each
 * stands for any character, so every split of the digits has to be tried.
 */
static bool matches_version(const char *text, int part)
{
    int digits;

    for (digits = 2; digits >= 1; digits--) {
        const char *rest = skip_digits(text, digits);

        if (!rest || rest - text != digits)
            continue;
        if (part == 3) {
            if (matches_build(rest) || (strncmp(rest, "-beta", 5) == 0 && matches_build(rest + 5)))
                return true;
        } else if (*rest && matches_version(rest + 1, part + 1)) {
            return true;
        }
    }
    return false;
}

static void check_request(spay__input *input, const spay__account *account,
                          const void *caller_request)
{
    const spay_hosted_fields_session_request *request = caller_request;

    (void)account;
    spay__input_text(input, "processing_terminal_id", request->processing_terminal_id, 4, 50,
                     SPAY__REQUIRED | SPAY__CHARACTERS | SPAY__SEGMENT);
    if (spay__input_text(input, "lib_version", request->lib_version, 1, 64,
                         SPAY__REQUIRED | SPAY__VISIBLE) &&
        !matches_version(request->lib_version, 1))
        spay__input_fault(input, "lib_version", "pattern",
                          "must look like 1.7.0.261457 or 1.7.0-beta.261457");
    if (spay__input_text(input, "scenario", request->scenario, 1, 64, SPAY__REQUIRED) &&
        strcmp(request->scenario, "payment") != 0 && strcmp(request->scenario, "tokenization") != 0)
        spay__input_fault(input, "scenario", "enum", "must be payment or tokenization");
    spay__input_text(input, "secure_token_id", request->secure_token_id, 1, 200, SPAY__CHARACTERS);
    spay__input_json_object(input, "extra_json", request->extra_json);
}

static void build(spay__input *input, const spay__account *account, const void *caller_request,
                  spay__draft *draft)
{
    static const char taken[] = "libVersion\0scenario\0secureTokenId\0";
    const spay_hosted_fields_session_request *request = caller_request;
    spay__body body;

    spay__body_begin(&body);
    spay__json_write_text(&body.json, "libVersion", request->lib_version);
    spay__json_write_text(&body.json, "scenario", request->scenario);
    spay__json_write_text(&body.json, "secureTokenId", request->secure_token_id);
    spay__body_end(&body, input, request->extra_json, NULL, taken, draft->http);
    spay__http_request_set_url_around(draft->http, account->base_url, "/processing-terminals/",
                                      request->processing_terminal_id, "/hosted-fields-sessions");
    spay__http_request_add(draft->http, "Idempotency-Key", draft->key);
}

static const spay__operation create_session = {
    .provider = &provider,
    .route = "POST /processing-terminals/{id}/hosted-fields-sessions",
    SPAY__OPERATION_SIZES(hosted_fields, extra_json),
    .subject_offset = offsetof(spay_hosted_fields_session_request, processing_terminal_id),
    .header_bytes = 768, /* its key and a bearer token */
    .check = check_request,
    .build = build,
    .rules = rules,
    .key = {.longest = 36, .uuid = true, .automatic = true},
    .token = &token_source,
    .sign = authorize,
    .read = read_session,
};

SPAY__PUBLIC_FUNCTIONS(hosted_fields, provider, create_session)
