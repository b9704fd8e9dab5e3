/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What checkout pages load: stand-ins for Payroc's Hosted Fields script and for a browser's Apple Pay,
 * with the same interfaces, and where the former sends a card form. Card numbers are not sent.
 */
#include <string.h>

#include "apis.h"
#include "clock.h"
#include "exchange.h"
#include "grants.h"
#include "identifier.h"
#include "json.h"
#include "scripts.h"
#include "url.h"

enum {
    PAYMENT_TOKEN_LIFETIME_S = 1800
};

static void refuse(struct exchange *exchange, int status)
{
    reply_text(&exchange->reply, status, "text/plain", "The script's part is not available.\n");
}

static bool show_script(struct exchange *exchange, const char *name)
{
    for (const struct asset *asset = assets; asset->name; asset++) {
        size_t stem = strlen(asset->name) - 3; /* without ".js" */
        /* "hosted-fields.js" is there in every version: "hosted-fields-1.7.0.261457.js". */
        if (strncmp(name, asset->name, stem) != 0 || !strstr(name + stem, ".js"))
            continue;
        exchange->reply.status = 200;
        reply_header(&exchange->reply, "Content-Type", asset->type);
        reply_header(&exchange->reply, "Cache-Control", "no-store");
        reply_set_body(&exchange->reply, (const char *)asset->bytes, asset->length);
        return true;
    }
    return false;
}

/* A session is good for one submission. */
static void take_submission(struct exchange *exchange, const cJSON *body)
{
    const cJSON *token = json_member(body, "sessionToken");
    struct grants *sessions = exchange->sandbox->page_sessions;
    cJSON *answer = cJSON_CreateObject();
    char text[33], expires_at[CLOCK_TEXT_MAX];

    if (cJSON_IsString(token) && grants_use(sessions, token->valuestring)) {
        identifier_hex(text, 32);
        clock_format_iso(expires_at, sandbox_now_ms(exchange->sandbox) +
                                         (int64_t)PAYMENT_TOKEN_LIFETIME_S * 1000);
        cJSON_AddStringToObject(answer, "token", text);
        cJSON_AddStringToObject(answer, "expiresAt", expires_at);
    } else {
        cJSON_AddStringToObject(answer, "error", "sessionExpired");
    }
    reply_json(&exchange->reply, 200, "application/json", answer);
}

static void answer_submission(struct exchange *exchange)
{
    const struct buffer *text = &exchange->request.body;
    cJSON *body = json_parse_object(buffer_text(text), text->length);

    if (body)
        take_submission(exchange, body);
    else
        refuse(exchange, 400);
    cJSON_Delete(body);
}

static void answer(struct exchange *exchange)
{
    const char *name = strrchr(exchange->request.target, '/') + 1;
    bool get = strcmp(exchange->request.method, "GET") == 0;

    if (target_path_is(exchange->request.target, "/js/hosted-fields/submissions") && !get)
        answer_submission(exchange);
    else if (!get || !show_script(exchange, name))
        refuse(exchange, 404);
}

const struct api pages_api = {
    .prefix = "/js/",
    .answer = answer,
    .refuse = refuse,
    .name = "Script of a page",
    .path = "/js/hosted-fields/submissions",
    .words = {"/js/"},
};
