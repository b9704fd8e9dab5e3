/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The library's attempt is the judge; addresses and the certificate are looked at besides, to be
 * shown.
 */

#include "examine.h"

#include "cli/command.h"
#include "cli/facts.h"
#include "cli/report.h"
#include "peer.h"
#include "reach.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum way {
    NAME_LOOKUP,
    CONNECTION,
    PROXY_TUNNEL,
    TLS,
    REPLY,
    NO_FAULT
};

enum {
    REACH_LIMIT_MS = 2000,
    CLOCK_LIMIT_S = 60, /* from there on the library corrects signatures */
    TEXT_SIZE = 1400
};

static const char *const steps[] = {"name lookup", "connection", "proxy", "TLS", "reply"};

/* A fault of the reply, by what the library made of it. */
struct fault {
    const char *name;
    int status;
    const char *advice;
};

static bool lacks_version(const struct probe *probe)
{
    const char *url = settings_get(probe->settings, HOSTED_FIELDS_BASE_URL);
    size_t length = url ? strlen(url) : 0;

    while (length > 0 && url[length - 1] == '/')
        length--;
    return probe->settings->product == HOSTED_FIELDS && probe->target == PROBE_API && length > 2 &&
           strncmp(url + length - 3, "/v1", 3) != 0;
}

/* What the error stands for; nothing was to be made, so no outcome is unknown. */
static int exit_status(const struct probe *probe)
{
    int status = report_exit_status(probe->error);

    return status == CLI_UNKNOWN ? CLI_LATER : status;
}

static struct fault fault_of_reply(const struct probe *probe)
{
    const spay_error *error = probe->error;
    const char *reason = spay_error_reason(error);
    const char *advice = fact_action("reason", reason);

    if (probe->made)
        return (struct fault){"session_made", CLI_SUPPORT, "report this"};
    if (!strcmp(reason, "redirect"))
        return (struct fault){reason, CLI_SETUP,
                              "log in to the network if that is its login page; otherwise correct "
                              "the base URL"};
    if (probe->http_status == 404 || probe->http_status == 405)
        return (struct fault){"base_url", CLI_SETUP,
                              lacks_version(probe) ? "add /v1 to the base URL of Hosted Fields"
                                                   : "correct the base URL: host and path"};
    if (spay_error_status(error) == SPAY_E_THROTTLED)
        return (struct fault){"throttled", CLI_LATER, "wait, and ask less often"};
    if (spay_error_status(error) == SPAY_E_PROVIDER)
        return (struct fault){"provider_down", CLI_LATER,
                              "try later; ask the provider if it lasts"};
    if (probe_is_page(probe))
        return (struct fault){"block_page", CLI_SETUP,
                              "a page answers instead of the provider: ask who runs the network or "
                              "its firewall to let the host through"};
    if (probe->http_status >= 400)
        return (struct fault){"foreign_reply", CLI_SETUP,
                              "the reply has no code of the provider: check what is in between, "
                              "then the credentials"};
    if (spay_status_group(spay_error_status(error)) == SPAY_GROUP_LATER)
        return (struct fault){reason, CLI_LATER,
                              "try later; the connection stands, but no complete reply comes"};
    return (struct fault){*reason ? reason : spay_error_name(error), exit_status(probe),
                          advice ? advice : fact_action("status", spay_error_name(error))};
}

/* Errors of WePay and Worldline have a code; how Payroc's identity host refuses is not documented. */
static bool is_answer(const struct probe *probe)
{
    bool coded = *spay_error_provider_code(probe->error);

    if (!probe->error)
        return !probe->made;
    if (probe_is_page(probe))
        return false;
    switch (spay_error_status(probe->error)) {
    case SPAY_E_AUTH:
    case SPAY_E_FORBIDDEN:
    case SPAY_E_CLOCK:
    case SPAY_E_REJECTED:
        return coded || probe->settings->product == HOSTED_FIELDS;
    case SPAY_E_NOT_FOUND: /* of a merchant that is nobody's */
        return coded && probe->settings->product & (CONNECT | APPLE_PAY);
    default:
        return false;
    }
}

/* Where it failed. */
static enum way failed_at(const struct probe *probe)
{
    static const char *const phases[] = {"name_lookup", "connect", "proxy", "tls"};

    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        if (!strcmp(probe->phase, phases[i]))
            return (enum way)i;
    }
    return is_answer(probe) ? NO_FAULT : REPLY;
}

/* Programs that use curl's tools obey variables that the library ignores. */
static const char *forgotten_proxy(const struct probe *probe)
{
    static const char *const names[] = {"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value && !settings_get(probe->settings, PROXY) && probe->encrypted)
            return names[i];
    }
    return NULL;
}

/* Dates of certificates are compared with this machine's. */
static void tell_today(const char *reason, char *text, size_t size)
{
    time_t now = time(NULL);
    struct tm parts;

    *text = '\0';
    if ((!strcmp(reason, "tls_certificate_expired") ||
         !strcmp(reason, "tls_certificate_not_yet_valid")) &&
        gmtime_r(&now, &parts))
        strftime(text, size, "; this machine has %Y-%m-%d", &parts);
}

static void blame(struct diagnosis *diagnosis, const struct probe *probe, enum way way)
{
    const char *reason = spay_error_reason(probe->error);
    const char *variable = way <= CONNECTION ? forgotten_proxy(probe) : NULL;
    struct fault fault = {reason, exit_status(probe), fact_action("reason", reason)};
    char text[TEXT_SIZE], today[48];

    tell_today(reason, today, sizeof today);
    if (way == REPLY || !fault.advice)
        fault = fault_of_reply(probe);
    snprintf(text, sizeof text, "%s%s%s%s (%s%s)", fault.advice,
             variable ? "; the proxy named by " : "", variable ? variable : "",
             variable ? " is not used: give it with --proxy or SPAY_PROXY" : "",
             probe_message(probe), today);
    diagnosis_do(diagnosis, fault.name, NULL, fault.status, text);
}

static cJSON *add_step(struct diagnosis *diagnosis, const struct probe *probe, enum way way,
                       const char *state, const char *text)
{
    cJSON *check = diagnosis_check(diagnosis, steps[way], state, text);

    cJSON_AddStringToObject(check, "host", probe->host);
    cJSON_AddNumberToObject(check, "port", probe->port);
    return check;
}

/* ---- name lookup and connection ---- */

/* Whom this machine itself connects to: the proxy, if there is one. */
static bool first_hop(const struct probe *probe, char host[256], int *port)
{
    const char *proxy = probe->encrypted ? settings_get(probe->settings, PROXY) : NULL;
    CURLU *url = proxy ? curl_url() : NULL;
    char *name = NULL, *number = NULL;

    snprintf(host, 256, "%s", probe->host);
    *port = probe->port;
    if (url && curl_url_set(url, CURLUPART_URL, proxy, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &name, 0) == CURLUE_OK) {
        size_t length = strlen(name);
        bool brackets = *name == '[' && name[length - 1] == ']';
        snprintf(host, 256, "%.*s", (int)(length - (brackets ? 2 : 0)), name + brackets);
        *port = curl_url_get(url, CURLUPART_PORT, &number, CURLU_DEFAULT_PORT) == CURLUE_OK
                    ? atoi(number)
                    : 1080;
    }
    curl_free(name);
    curl_free(number);
    curl_url_cleanup(url);
    return proxy != NULL;
}

static void append(char text[TEXT_SIZE], const char *more)
{
    size_t length = strlen(text);

    snprintf(text + length, TEXT_SIZE - length, "%s", more);
}

static cJSON *list_addresses(const struct reach *reach, char text[TEXT_SIZE])
{
    cJSON *list = cJSON_CreateArray();
    char piece[128];

    for (int i = 0; i < reach->count; i++) {
        const struct reach_address *address = &reach->addresses[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "address", address->text);
        cJSON_AddStringToObject(item, "state", address->problem ? address->problem : "ok");
        cJSON_AddItemToArray(list, item);
        if (address->problem)
            snprintf(piece, sizeof piece, "%s%s %s", i ? ", " : "", address->text,
                     address->problem);
        else
            snprintf(piece, sizeof piece, "%s%s answers in %d ms", i ? ", " : "", address->text,
                     address->elapsed_ms);
        append(text, piece);
    }
    return list;
}

static int reach_limit(const struct probe *probe)
{
    const char *ignored = NULL;
    long timeout_ms = settings_number(probe->settings, TIMEOUT_MS, &ignored);

    return timeout_ms > 0 && timeout_ms < REACH_LIMIT_MS ? (int)timeout_ms : REACH_LIMIT_MS;
}

static void examine_addresses(struct diagnosis *diagnosis, const struct probe *probe,
                              enum way wrong)
{
    char host[256], text[TEXT_SIZE], addresses[TEXT_SIZE] = "";
    struct reach reach = {.count = 0};
    int port;

    bool proxied = first_hop(probe, host, &port);
    if (wrong == NAME_LOOKUP) {
        add_step(diagnosis, probe, NAME_LOOKUP, CHECK_WRONG, probe_message(probe));
        return;
    }
    reach_host(&reach, host, port, reach_limit(probe));
    snprintf(text, sizeof text, "%s%s: ", proxied ? "the proxy " : "", host);
    for (int i = 0; i < reach.count; i++) {
        append(text, i ? ", " : "");
        append(text, reach.addresses[i].text);
    }
    add_step(diagnosis, probe, NAME_LOOKUP, CHECK_OK, text);
    cJSON *list = list_addresses(&reach, addresses);
    snprintf(text, sizeof text, "port %d: ", port);
    append(text, addresses);
    cJSON_AddItemToObject(
        add_step(diagnosis, probe, CONNECTION, wrong == CONNECTION ? CHECK_WRONG : CHECK_OK, text),
        "addresses", list);
}

static void examine_proxy(struct diagnosis *diagnosis, const struct probe *probe, enum way wrong)
{
    const char *proxy = settings_get(probe->settings, PROXY);
    char text[TEXT_SIZE];

    if (wrong == PROXY_TUNNEL) {
        add_step(diagnosis, probe, PROXY_TUNNEL, CHECK_WRONG, probe_message(probe));
        return;
    }
    if (!proxy || !probe->encrypted) {
        add_step(diagnosis, probe, PROXY_TUNNEL, CHECK_OK, "none");
        return;
    }
    snprintf(text, sizeof text, "%s opens a tunnel", proxy);
    add_step(diagnosis, probe, PROXY_TUNNEL, CHECK_OK, text);
}

/* ---- TLS ---- */

static void add_certificate(cJSON *check, const struct peer *peer)
{
    cJSON_AddStringToObject(check, "subject", peer->subject);
    cJSON_AddStringToObject(check, "issuer", peer->issuer);
    cJSON_AddStringToObject(check, "root", peer->root);
    cJSON_AddStringToObject(check, "not_before", peer->not_before);
    cJSON_AddStringToObject(check, "not_after", peer->not_after);
    cJSON_AddBoolToObject(check, "system_store", peer->in_system_store);
}

static void examine_tls(struct diagnosis *diagnosis, const struct probe *probe, bool wrong)
{
    struct peer peer;
    char text[TEXT_SIZE];

    if (!probe->encrypted) {
        add_step(diagnosis, probe, TLS, CHECK_OK, "none: plain HTTP on this machine");
        return;
    }
    bool silent = wrong && !strcmp(spay_error_reason(probe->error), "connect_timeout");
    bool seen = !silent && peer_look(&peer, probe->settings, probe->host, probe->port);
    if (wrong)
        snprintf(text, sizeof text, "%s", probe_message(probe));
    else
        snprintf(text, sizeof text, "%s, issued by %s, %s to %s; its authority %s", peer.subject,
                 peer.issuer, peer.not_before, peer.not_after,
                 peer.in_system_store ? "is in the system's store"
                                      : "is in the CA file, not in the system's store");
    if (!wrong && !seen)
        snprintf(text, sizeof text, "the certificate is accepted");
    cJSON *check = add_step(diagnosis, probe, TLS, wrong ? CHECK_WRONG : CHECK_OK, text);
    if (seen)
        add_certificate(check, &peer);
}

/* ---- reply ---- */

static void examine_reply(struct diagnosis *diagnosis, const struct probe *probe, bool wrong)
{
    char text[TEXT_SIZE];

    if (wrong)
        snprintf(text, sizeof text, "%s", probe_message(probe));
    else
        snprintf(text, sizeof text, "the provider answers in %lld ms, HTTP %d",
                 (long long)probe->elapsed_ms, probe->http_status);
    cJSON *check = add_step(diagnosis, probe, REPLY, wrong ? CHECK_WRONG : CHECK_OK, text);
    cJSON_AddNumberToObject(check, "http_status", probe->http_status);
}

bool examine_way(struct diagnosis *diagnosis, const struct probe *probe)
{
    enum way wrong = failed_at(probe);

    if (wrong != NO_FAULT)
        blame(diagnosis, probe, wrong);
    examine_addresses(diagnosis, probe, wrong);
    if (wrong >= PROXY_TUNNEL)
        examine_proxy(diagnosis, probe, wrong);
    if (wrong >= TLS)
        examine_tls(diagnosis, probe, wrong == TLS);
    if (wrong >= REPLY)
        examine_reply(diagnosis, probe, wrong == REPLY);
    return wrong == NO_FAULT;
}

/* ---- clock and credentials ---- */

void examine_clock(struct diagnosis *diagnosis, const struct probe *probe)
{
    long long offset_ms = (long long)probe->clock_offset_ms;
    long long off_s = (llabs(offset_ms) + 500) / 1000;
    char text[160];

    if (!probe->has_clock) {
        diagnosis_check(diagnosis, "clock", CHECK_UNKNOWN, "no reply with a Date has come");
        return;
    }
    if (off_s <= 1)
        snprintf(text, sizeof text, "the server's and this machine's agree to a second");
    else
        snprintf(text, sizeof text, "this machine's is %lld s %s the server's", off_s,
                 offset_ms > 0 ? "ahead of" : "behind");
    cJSON *check =
        diagnosis_check(diagnosis, "clock", off_s > CLOCK_LIMIT_S ? CHECK_WRONG : CHECK_OK, text);
    cJSON_AddNumberToObject(check, "offset_ms", (double)offset_ms);
    if (off_s <= CLOCK_LIMIT_S)
        return;
    snprintf(text, sizeof text, "set this machine's clock (NTP): it is %lld s %s the server's",
             off_s, offset_ms > 0 ? "ahead of" : "behind");
    const char *provider = diagnosis->provider;
    diagnosis->provider = NULL;
    diagnosis_do(diagnosis, "clock_differs", NULL, CLI_SETUP, text);
    diagnosis->provider = provider;
}

/* What a provider says of credentials that it takes. */
static const char *state_of(const struct probe *probe)
{
    spay_status status = spay_error_status(probe->error);

    if (!probe->error)
        return CHECK_OK;
    if (status == SPAY_E_AUTH)
        return CHECK_WRONG;
    if (probe->settings->product == WEPAY)
        return status == SPAY_E_FORBIDDEN ? CHECK_WRONG : CHECK_OK;
    if (probe->settings->product == HOSTED_FIELDS)
        return CHECK_WRONG;
    return status == SPAY_E_FORBIDDEN && !strcmp(spay_error_provider_code(probe->error), "9007")
               ? CHECK_OK
               : CHECK_UNKNOWN;
}

static const char *subject_of(const struct probe *probe)
{
    switch (probe->settings->product) {
    case WEPAY:
        return "app_id and app_token";
    case HOSTED_FIELDS:
        return "api_key";
    default:
        return "api_key_id and secret_api_key";
    }
}

void examine_credentials(struct diagnosis *diagnosis, const struct probe *probe)
{
    const char *state = state_of(probe), *subject = subject_of(probe);
    bool refused = !strcmp(state, CHECK_WRONG);
    bool plural = strchr(subject, ' ') != NULL;
    char text[TEXT_SIZE];

    if (refused)
        snprintf(text, sizeof text, "%s %s refused (%s)", subject, plural ? "are" : "is",
                 probe_message(probe));
    else if (!strcmp(state, CHECK_OK))
        snprintf(text, sizeof text, "%s %s accepted", subject, plural ? "are" : "is");
    else
        snprintf(text, sizeof text, "could not tell without --create (%s)", probe_message(probe));
    diagnosis_check(diagnosis, "credentials", state, text);
    if (!refused)
        return;
    snprintf(text, sizeof text, "check %s, and that %s of this environment (%s)", subject,
             plural ? "they are" : "it is", probe_message(probe));
    diagnosis_do(diagnosis, "credentials_refused", NULL, CLI_SETUP, text);
}
