/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A thread for each connection: the calls of the library block.
 */
#include "web.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "payments.h"

enum {
    MOST_BODY = 4096,
    MOST_PAGE = 65536,
    MOST_POLICY = 1024
};

/* A request on its way in. */
struct exchange {
    struct MHD_Connection *connection;
    char body[MOST_BODY + 1];
    size_t length;
};

static struct web_settings settings;
static char own_origin[64];

/* -- Answers -- */

/* Scripts, styles and connections of the shop itself and of what it names; nothing inline. */
static void add_headers(struct MHD_Response *response, const char *type)
{
    char policy[MOST_POLICY];

    snprintf(policy, sizeof(policy),
             "default-src 'none'; script-src 'self' %s; connect-src 'self' %s; style-src 'self'; "
             "img-src 'self'; frame-src %s; form-action 'self'; base-uri 'none'; "
             "frame-ancestors 'none'",
             settings.sources, settings.sources, settings.sources);
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Content-Security-Policy", policy);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "same-origin");
    MHD_add_response_header(response, "Cache-Control", "no-store");
}

static enum MHD_Result send_bytes(struct exchange *exchange, unsigned int status, const char *type,
                                  const char *text, size_t length)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, (void *)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result queued;

    if (!response)
        return MHD_NO;
    add_headers(response, type);
    queued = MHD_queue_response(exchange->connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result send_text(struct exchange *exchange, unsigned int status, const char *text)
{
    return send_bytes(exchange, status, "text/plain; charset=utf-8", text, strlen(text));
}

/* Takes over the document. What went wrong is in it: the page has words for it. */
static enum MHD_Result send_json(struct exchange *exchange, cJSON *document)
{
    char *text = document ? cJSON_PrintUnformatted(document) : NULL;
    enum MHD_Result queued = text
                                 ? send_bytes(exchange, 200, "application/json", text, strlen(text))
                                 : send_text(exchange, 500, "There is no memory left.\n");

    cJSON_free(text);
    cJSON_Delete(document);
    return queued;
}

static enum MHD_Result redirect(struct exchange *exchange, const char *target)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued;

    if (!response)
        return MHD_NO;
    add_headers(response, "text/plain");
    MHD_add_response_header(response, "Location", target);
    queued = MHD_queue_response(exchange->connection, 303, response);
    MHD_destroy_response(response);
    return queued;
}

/* -- Files, with settings and prices in place of {{names}} -- */

static const char *setting(const char *name, size_t length)
{
    if (length == 11 && strncmp(name, "card-script", length) == 0)
        return settings.card_script;
    if (length == 9 && strncmp(name, "integrity", length) == 0)
        return settings.integrity;
    if (length == 9 && strncmp(name, "apple-pay", length) == 0)
        return settings.apple_pay;
    for (size_t i = 0; i < item_count; i++) {
        if (strlen(items[i].id) == length && strncmp(name, items[i].id, length) == 0)
            return items[i].amount;
    }
    return "";
}

static size_t fill(char *page, size_t room, const char *text)
{
    size_t used = 0;

    while (*text && used + 1 < room) {
        const char *end = strncmp(text, "{{", 2) == 0 ? strstr(text, "}}") : NULL;
        if (!end) {
            page[used++] = *text++;
            continue;
        }
        const char *value = setting(text + 2, (size_t)(end - text) - 2);
        while (*value && used + 1 < room)
            page[used++] = *value++;
        text = end + 2;
    }
    return used;
}

static enum MHD_Result send_file(struct exchange *exchange, const char *name, const char *type)
{
    char path[1024], text[MOST_PAGE], page[MOST_PAGE];

    snprintf(path, sizeof(path), "%s/%s", settings.pages, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return send_text(exchange, 404, "There is no such page.\n");
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    return send_bytes(exchange, 200, type, page, fill(page, sizeof(page), text));
}

/* The files that anybody may have; those of an order come with it. */
static const struct file {
    const char *path;
    const char *name;
    const char *type;
} files[] = {
    {"/", "shop.html", "text/html; charset=utf-8"},
    {"/checkout.css", "checkout.css", "text/css; charset=utf-8"},
    {"/checkout.js", "checkout.js", "text/javascript; charset=utf-8"},
    {"/card.js", "card.js", "text/javascript; charset=utf-8"},
    {"/apple-pay.js", "apple-pay.js", "text/javascript; charset=utf-8"},
    {"/icon.svg", "icon.svg", "image/svg+xml"},
};

/* -- Orders -- */

static const cJSON *member(const cJSON *body, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(body, name);

    return cJSON_IsString(value) ? value : NULL;
}

static const char *text_of(const cJSON *body, const char *name)
{
    const cJSON *value = member(body, name);

    return value ? value->valuestring : NULL;
}

static cJSON *describe(struct order *order)
{
    cJSON *answer = cJSON_CreateObject();

    pthread_mutex_lock(&order->lock);
    cJSON_AddStringToObject(answer, "id", order->id);
    cJSON_AddStringToObject(answer, "item", order->item->name);
    cJSON_AddStringToObject(answer, "amount", order->item->amount);
    cJSON_AddStringToObject(answer, "currency", currency);
    cJSON_AddBoolToObject(answer, "paid", order->paid);
    pthread_mutex_unlock(&order->lock);
    return answer;
}

/* A shop hands the token of the form, or of Apple Pay, to its payment API here. */
static cJSON *pay(struct order *order, const cJSON *body)
{
    if (!text_of(body, "token"))
        return payments_fault();
    pthread_mutex_lock(&order->lock);
    order->paid = true;
    pthread_mutex_unlock(&order->lock);
    return describe(order);
}

static enum MHD_Result get_order(struct exchange *exchange, struct order *order, const char *what)
{
    if (strcmp(what, "card") == 0)
        return send_file(exchange, "card.html", "text/html; charset=utf-8");
    if (strcmp(what, "apple-pay") == 0)
        return send_file(exchange, "apple-pay.html", "text/html; charset=utf-8");
    if (strcmp(what, "state") == 0)
        return send_json(exchange, describe(order));
    return send_text(exchange, 404, "There is no such page.\n");
}

static enum MHD_Result post_order(struct exchange *exchange, struct order *order, const char *what)
{
    cJSON *body = cJSON_ParseWithLength(exchange->body, exchange->length);
    cJSON *answer = NULL;

    if (strcmp(what, "card-session") == 0)
        answer = payments_card(order, text_of(body, "refused"));
    else if (strcmp(what, "merchant-session") == 0 && text_of(body, "validationURL"))
        answer = payments_apple(order, text_of(body, "validationURL"));
    else if (strcmp(what, "reader-session") == 0)
        answer = payments_reader(order);
    else if (strcmp(what, "payment") == 0)
        answer = pay(order, body);
    cJSON_Delete(body);
    return answer ? send_json(exchange, answer)
                  : send_text(exchange, 400, "This is not what the pages ask.\n");
}

/* /orders/{id}/{what} */
static enum MHD_Result answer_order(struct exchange *exchange, bool post, const char *path)
{
    char id[ORDER_ID_SIZE];
    const char *slash = strchr(path, '/');
    struct order *order = NULL;

    if (slash && (size_t)(slash - path) == sizeof(id) - 1) {
        memcpy(id, path, sizeof(id) - 1);
        id[sizeof(id) - 1] = '\0';
        order = order_find(id);
    }
    if (!order)
        return send_text(exchange, 404, "There is no such order.\n");
    return post ? post_order(exchange, order, slash + 1) : get_order(exchange, order, slash + 1);
}

/* A form: item=lamp&pay=card */
static enum MHD_Result new_order(struct exchange *exchange)
{
    char item_id[32] = "", way[16] = "", target[128];
    struct order *order = NULL;

    if (sscanf(exchange->body, "item=%31[a-z]&pay=%15[a-z-]", item_id, way) == 2)
        order = order_new(item_id);
    if (!order)
        return send_text(exchange, 400, "We do not sell this.\n");
    snprintf(target, sizeof(target), "/orders/%s/%s", order->id, way);
    return redirect(exchange, target);
}

/* -- Requests -- */

/* A page of another site must not act for the shopper. */
static bool is_own_page(struct MHD_Connection *connection)
{
    const char *origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin");

    return origin && strcmp(origin, own_origin) == 0;
}

static enum MHD_Result answer(struct exchange *exchange, const char *path, const char *method)
{
    static const char orders[] = "/orders/";
    bool post = strcmp(method, "POST") == 0;

    if (!post && strcmp(method, "GET") != 0)
        return send_text(exchange, 405, "Only GET and POST.\n");
    if (post && !is_own_page(exchange->connection))
        return send_text(exchange, 403, "Only pages of this shop.\n");
    if (post && exchange->length > MOST_BODY)
        return send_text(exchange, 413, "This is too long.\n");
    if (strncmp(path, orders, sizeof(orders) - 1) == 0)
        return answer_order(exchange, post, path + sizeof(orders) - 1);
    if (post)
        return strcmp(path, "/orders") == 0 ? new_order(exchange)
                                            : send_text(exchange, 404, "There is no such page.\n");
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        if (strcmp(files[i].path, path) == 0)
            return send_file(exchange, files[i].name, files[i].type);
    }
    return send_text(exchange, 404, "There is no such page.\n");
}

/* Called when the headers are there, for pieces of the body, and at the end. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **state)
{
    struct exchange *exchange = *state;

    (void)context;
    (void)version;
    if (!exchange) {
        *state = exchange = calloc(1, sizeof(*exchange));
        return exchange ? MHD_YES : MHD_NO;
    }
    exchange->connection = connection;
    if (*upload_size == 0)
        return answer(exchange, path, method);
    size_t room = MOST_BODY - (exchange->length < MOST_BODY ? exchange->length : MOST_BODY);
    memcpy(exchange->body + (MOST_BODY - room), upload, *upload_size < room ? *upload_size : room);
    exchange->length += *upload_size;
    *upload_size = 0;
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)context;
    (void)connection;
    (void)why;
    free(*state);
    *state = NULL;
}

/* Negative if that fails. *port is the one that was taken. */
static int listen_on_loopback(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
        listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        if (listener >= 0)
            close(listener);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return listener;
}

struct MHD_Daemon *web_start(const struct web_settings *wanted, int *port)
{
    unsigned int flags =
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
    const char *public_origin =
        getenv("CHECKOUT_ORIGIN"); /* behind a proxy: "https://shop.example" */
    int listener = listen_on_loopback(port);

    if (listener < 0)
        return NULL;
    /* Before there are threads. */
    settings = *wanted;
    if (public_origin)
        snprintf(own_origin, sizeof(own_origin), "%s", public_origin);
    else
        snprintf(own_origin, sizeof(own_origin), "http://127.0.0.1:%d", *port);
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, NULL, MHD_OPTION_LISTEN_SOCKET,
                            listener, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
                            MHD_OPTION_END);
}
