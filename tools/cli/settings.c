/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The table of settings, and looking them up.
 */

#include "settings.h"

#include "command.h"
#include "config.h"
#include "output.h"
#include "secrets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum trait {
    PLAIN = 0,
    SECRET = 1, /* never an option, never in a journal */
    LOCAL = 2,  /* of this machine: not in a journal */
    ACCOUNT = 4 /* a key must not be repeated at another account */
};

enum {
    ANY = WEPAY | HOSTED_FIELDS | CONNECT | APPLE_PAY,
    WORLDLINE = CONNECT | APPLE_PAY
};

struct description {
    const char *option;
    const char *variable;
    const char *key; /* in a profile, and in the journal */
    int products;
    int traits;
    const char *help;
};

static const struct description table[SETTING_COUNT] = {
    [ENVIRONMENT] = {"env", "SPAY_ENVIRONMENT", "environment", ANY, ACCOUNT,
                     "test or production; needed without a base URL"},
    [CA_FILE] = {"ca-file", "SPAY_CA_FILE", "ca_file", ANY, LOCAL,
                 "certificate authorities instead of the system's"},
    [PROXY] = {"proxy", "SPAY_PROXY", "proxy", ANY, LOCAL, "such as http://proxy.example:3128"},
    [PROXY_CREDENTIALS] = {"proxy-credentials", "SPAY_PROXY_CREDENTIALS", "proxy_credentials", ANY,
                           SECRET | LOCAL, "user:password for the proxy"},
    [CLIENT_CERTIFICATE_FILE] = {"client-certificate-file", "SPAY_CLIENT_CERTIFICATE_FILE",
                                 "client_certificate_file", ANY, LOCAL,
                                 "your own certificate, if the other end wants one"},
    [CLIENT_KEY_FILE] = {"client-key-file", "SPAY_CLIENT_KEY_FILE", "client_key_file", ANY, LOCAL,
                         "its private key"},
    [CLIENT_KEY_PASSWORD] = {"client-key-password", "SPAY_CLIENT_KEY_PASSWORD",
                             "client_key_password", ANY, SECRET | LOCAL, "the private key's"},
    [PINNED_PUBLIC_KEYS] = {"pinned-public-keys", "SPAY_PINNED_PUBLIC_KEYS", "pinned_public_keys",
                            ANY, LOCAL, "keys to accept: sha256//BASE64, several with ';'"},
    [KEY_SECRET] = {"key-secret", "SPAY_KEY_SECRET", "key_secret", ANY, SECRET,
                    "keys are derived from it for --intent"},
    [TIMEOUT_MS] = {"timeout-ms", "SPAY_TIMEOUT_MS", "timeout_ms", ANY, LOCAL,
                    "for the whole call; default 25000"},
    [MAX_ATTEMPTS] = {"max-attempts", "SPAY_MAX_ATTEMPTS", "max_attempts", ANY, LOCAL,
                      "1 to 10; default 3"},
    [WEPAY_BASE_URL] = {"base-url", "SPAY_WEPAY_BASE_URL", "wepay.base_url", WEPAY, ACCOUNT,
                        "another base URL than the environment's"},
    [WEPAY_APP_ID] = {"app-id", "SPAY_WEPAY_APP_ID", "wepay.app_id", WEPAY, ACCOUNT,
                      "the application's id"},
    [WEPAY_APP_TOKEN] = {"app-token", "SPAY_WEPAY_APP_TOKEN", "wepay.app_token", WEPAY, SECRET,
                         "the application's token"},
    [WEPAY_ACCOUNT_ID] = {"account-id", "SPAY_WEPAY_ACCOUNT_ID", "wepay.account_id", WEPAY, PLAIN,
                          "the merchant's account"},
    [WEPAY_TYPE] = {"type", NULL, "wepay.type", WEPAY, PLAIN, "default mobile_session"},
    [WEPAY_TIME_TO_LIVE] = {"time-to-live", NULL, "wepay.time_to_live", WEPAY, PLAIN, "seconds"},
    [WEPAY_API_VERSION] = {"api-version", NULL, "wepay.api_version", WEPAY, ACCOUNT, "default 3.0"},
    [WEPAY_RISK_TOKEN] = {"risk-token", "SPAY_WEPAY_RISK_TOKEN", "wepay.risk_token", WEPAY, SECRET,
                          "WePay's risk token; sessions do not need it"},
    [WEPAY_CLIENT_IP] = {"client-ip", NULL, "wepay.client_ip", WEPAY, PLAIN,
                         "the consumer's address; sessions do not need it"},
    [HOSTED_FIELDS_BASE_URL] = {"base-url", "SPAY_HOSTED_FIELDS_BASE_URL", "hosted_fields.base_url",
                                HOSTED_FIELDS, ACCOUNT,
                                "another base URL than the environment's, with /v1"},
    [HOSTED_FIELDS_IDENTITY_URL] = {"identity-url", "SPAY_HOSTED_FIELDS_IDENTITY_URL",
                                    "hosted_fields.identity_url", HOSTED_FIELDS, ACCOUNT,
                                    "another identity URL; goes with --base-url"},
    [HOSTED_FIELDS_API_KEY] = {"api-key", "SPAY_HOSTED_FIELDS_API_KEY", "hosted_fields.api_key",
                               HOSTED_FIELDS, SECRET, "Payroc's API key"},
    [HOSTED_FIELDS_BEARER_TOKEN] = {"bearer-token", "SPAY_HOSTED_FIELDS_BEARER_TOKEN",
                                    "hosted_fields.bearer_token", HOSTED_FIELDS, SECRET,
                                    "a bearer token of your own instead of the API key"},
    [HOSTED_FIELDS_TERMINAL_ID] = {"terminal-id", "SPAY_HOSTED_FIELDS_TERMINAL_ID",
                                   "hosted_fields.terminal_id", HOSTED_FIELDS, PLAIN,
                                   "the processing terminal"},
    [HOSTED_FIELDS_LIB_VERSION] = {"lib-version", "SPAY_HOSTED_FIELDS_LIB_VERSION",
                                   "hosted_fields.lib_version", HOSTED_FIELDS, PLAIN,
                                   "of the JavaScript that the page loads"},
    [HOSTED_FIELDS_SCENARIO] = {"scenario", NULL, "hosted_fields.scenario", HOSTED_FIELDS, PLAIN,
                                "payment (default) or tokenization"},
    [HOSTED_FIELDS_SECURE_TOKEN_ID] = {"secure-token-id", NULL, "hosted_fields.secure_token_id",
                                       HOSTED_FIELDS, PLAIN, "saved details to update"},
    [CONNECT_BASE_URL] = {"base-url", "SPAY_CONNECT_BASE_URL", "connect_server.base_url", WORLDLINE,
                          ACCOUNT, "another base URL than the environment's"},
    [CONNECT_MERCHANT_ID] = {"merchant-id", "SPAY_CONNECT_MERCHANT_ID",
                             "connect_server.merchant_id", WORLDLINE, ACCOUNT, "the merchant"},
    [CONNECT_API_KEY_ID] = {"api-key-id", "SPAY_CONNECT_API_KEY_ID", "connect_server.api_key_id",
                            WORLDLINE, ACCOUNT, "the key pair's id"},
    [CONNECT_SECRET_API_KEY] = {"secret-api-key", "SPAY_CONNECT_SECRET_API_KEY",
                                "connect_server.secret_api_key", WORLDLINE, SECRET,
                                "the key pair's secret"},
    [CONNECT_INTEGRATOR] = {"integrator", NULL, "connect_server.integrator", WORLDLINE, PLAIN,
                            "who integrated, for Worldline's logs"},
    [CONNECT_PLATFORM_IDENTIFIER] = {"platform-identifier", NULL,
                                     "connect_server.platform_identifier", WORLDLINE, PLAIN,
                                     "this system, for Worldline's logs"},
    [CONNECT_EXTENSION_CREATOR] = {"extension-creator", NULL, "connect_server.extension_creator",
                                   WORLDLINE, PLAIN, "who made the shopping cart extension"},
    [CONNECT_EXTENSION_NAME] = {"extension-name", NULL, "connect_server.extension_name", WORLDLINE,
                                PLAIN, "its name"},
    [CONNECT_EXTENSION_VERSION] = {"extension-version", NULL, "connect_server.extension_version",
                                   WORLDLINE, PLAIN, "its version"},
    [CONNECT_EXTENSION_ID] = {"extension-id", NULL, "connect_server.extension_id", WORLDLINE, PLAIN,
                              "its id"},
    [CONNECT_RESTRICT_TO] = {"restrict-to", NULL, "connect_server.restrict_to", CONNECT, PLAIN,
                             "offer these payment products at most: 302,320"},
    [CONNECT_RESTRICT_TO_GROUPS] = {"restrict-to-groups", NULL, "connect_server.restrict_to_groups",
                                    CONNECT, PLAIN, "and these groups: cards"},
    [CONNECT_EXCLUDE] = {"exclude", NULL, "connect_server.exclude", CONNECT, PLAIN,
                         "never offer these payment products"},
    [CONNECT_EXCLUDE_GROUPS] = {"exclude-groups", NULL, "connect_server.exclude_groups", CONNECT,
                                PLAIN, "nor these groups: cards"},
    [CONNECT_TOKENS] = {"tokens", "SPAY_CONNECT_TOKENS", "connect_server.tokens", CONNECT, SECRET,
                        "the consumer's stored tokens, with commas or one a line"},
    [CONNECT_CLIENT_META_INFO] = {"client-meta-info", NULL, "connect_server.client_meta_info",
                                  CONNECT, PLAIN, "a JSON object about the consumer's device"},
    [APPLE_PAY_DOMAIN_NAME] = {"domain-name", "SPAY_APPLE_PAY_DOMAIN_NAME",
                               "connect_client.domain_name", APPLE_PAY, PLAIN,
                               "domain of the page with the button"},
    [APPLE_PAY_VALIDATION_URL] = {"validation-url", "SPAY_APPLE_PAY_VALIDATION_URL",
                                  "connect_client.validation_url", APPLE_PAY, PLAIN,
                                  "event.validationURL of the page"},
    [APPLE_PAY_DISPLAY_NAME] = {"display-name", NULL, "connect_client.display_name", APPLE_PAY,
                                PLAIN, "the company's name on the sheet"},
    [EXTRA_JSON] = {"extra-json", NULL, "extra_json", ANY, PLAIN,
                    "an object with further members of the body"},
};

static const struct {
    enum product product;
    const char *name;
} products[] = {
    {WEPAY, "wepay"},
    {HOSTED_FIELDS, "hosted-fields"},
    {CONNECT, "connect"},
    {APPLE_PAY, "apple-pay"},
};

enum product product_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        if (!strcmp(products[i].name, name))
            return products[i].product;
    }
    return 0;
}

const char *product_name(enum product product)
{
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        if (products[i].product == product)
            return products[i].name;
    }
    return "";
}

/* How a secret's option ends, and how others do. */
static const char *const suffixes[] = {"", "-file", "-fd"};

/* Names of options live as long as the program. */
static const char *option_name(enum setting setting, size_t suffix)
{
    static char names[SETTING_COUNT][3][40];
    char *name = names[setting][suffix];

    snprintf(name, sizeof names[setting][suffix], "%s%s", table[setting].option, suffixes[suffix]);
    return name;
}

static bool is_listed(const struct option *options, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(options[i].name, name))
            return true;
    }
    return false;
}

/* "base-url" is one option for several settings; the product decides which it is. */
size_t settings_add_options(struct option *options, int wanted)
{
    size_t count = 0;

    for (int i = 0; i < SETTING_COUNT; i++) {
        bool secret = table[i].traits & SECRET;
        if (!(table[i].products & wanted))
            continue;
        for (size_t suffix = secret ? 1 : 0; suffix <= (secret ? 2 : 0); suffix++) {
            const char *name = option_name((enum setting)i, suffix);
            if (!is_listed(options, count, name))
                options[count++] = (struct option){name, required_argument, NULL,
                                                   SETTINGS_FIRST + 3 * i + (int)suffix};
        }
    }
    options[count++] = (struct option){"config", required_argument, NULL, SETTINGS_CONFIG};
    options[count++] = (struct option){"profile", required_argument, NULL, SETTINGS_PROFILE};
    return count;
}

static void replace(char **slot, char *text)
{
    secret_free(*slot);
    *slot = text;
}

static int take_secret(struct settings *settings, enum setting setting, int suffix,
                       const char *value)
{
    struct secret_source source = {.path = suffix == 1 ? value : NULL, .descriptor = -1};
    const char *problem = "it is not the number of an open descriptor";
    char *end = NULL;
    char *text = NULL;

    if (suffix == 2) {
        long number = strtol(value, &end, 10);
        source.descriptor = *value && !*end && number >= 0 && number < 65536 ? (int)number : -1;
    }
    if (source.path || source.descriptor >= 0)
        text = secret_read(&source, &problem);
    if (!text)
        return output_fail(CLI_SETUP, option_name(setting, (size_t)suffix), problem);
    replace(&settings->given[setting], text);
    return CLI_DONE;
}

/* The setting of the product that has the same option. */
static int for_product(int setting, enum product product)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if ((table[i].products & (int)product) && !strcmp(table[i].option, table[setting].option))
            return i;
    }
    return -1;
}

int settings_take(struct settings *settings, const char *command, int code, const char *value)
{
    int suffix = (code - SETTINGS_FIRST) % 3;
    char message[120];

    if (code == SETTINGS_CONFIG || code == SETTINGS_PROFILE) {
        *(code == SETTINGS_CONFIG ? &settings->config_path : &settings->profile_name) = value;
        return CLI_DONE;
    }
    int setting = for_product((code - SETTINGS_FIRST) / 3, settings->product);
    if (setting < 0) {
        snprintf(message, sizeof message, "--%s does not go with %s",
                 table[(code - SETTINGS_FIRST) / 3].option, product_name(settings->product));
        return output_refuse(command, message);
    }
    if (suffix > 0)
        return take_secret(settings, (enum setting)setting, suffix, value);
    replace(&settings->given[setting], xstrdup(value));
    return CLI_DONE;
}

/* What a line of a profile sets. */
static const char *take_line(void *ctx, const char *key, const char *value, bool is_private)
{
    struct settings *settings = ctx;

    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(table[i].key, key) != 0)
            continue;
        if ((table[i].traits & SECRET) && !is_private)
            return "has a secret, and others may read or write the file: chmod 600";
        if (settings && settings->profile[i])
            return "sets what the profile has set already";
        if (settings)
            settings->profile[i] = xstrdup(value);
        return NULL;
    }
    return "is no known setting";
}

int settings_load(struct settings *settings)
{
    struct config config = {
        .path = settings->config_path,
        .profile = settings->profile_name,
        .line = take_line,
        .ctx = settings,
    };

    return config.path || config.profile ? config_read(&config) : CLI_DONE;
}

static const char *from_environment(enum setting setting)
{
    const char *value = table[setting].variable ? getenv(table[setting].variable) : NULL;

    return value && *value ? value : NULL;
}

const char *settings_get(const struct settings *settings, enum setting setting)
{
    if (settings->given[setting])
        return settings->given[setting];
    if (settings->is_resumed && !(table[setting].traits & (SECRET | LOCAL)))
        return settings->stored[setting];
    if (settings->profile[setting])
        return settings->profile[setting];
    return from_environment(setting);
}

long settings_number(const struct settings *settings, enum setting setting, const char **problem)
{
    const char *text = settings_get(settings, setting);
    char *end;

    if (!text)
        return 0;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < 1 || value > 2147483647)
        *problem = table[setting].option;
    return value;
}

int settings_list(const struct settings *settings, enum setting setting,
                  int32_t numbers[SETTINGS_LIST], const char **problem)
{
    const char *text = settings_get(settings, setting);
    int count = 0;

    while (text && count < SETTINGS_LIST) {
        char *end;
        errno = 0;
        long value = strtol(text, &end, 10);
        if (errno || end == text || value < 1 || value > INT32_MAX)
            break;
        numbers[count++] = (int32_t)value;
        if (!*end)
            return count;
        text = *end == ',' ? end + 1 : "";
    }
    if (!text)
        return 0;
    *problem = table[setting].option;
    return -1;
}

void settings_words(const struct settings *settings, enum setting setting,
                    struct settings_words *list, const char **problem)
{
    const char *text = settings_get(settings, setting);

    list->count = 0;
    list->text = text ? xstrdup(text) : NULL;
    list->length = text ? strlen(text) : 0;
    for (char *word = list->text, *next; word; word = next) {
        next = strpbrk(word, ",\n");
        if (next)
            *next++ = '\0';
        if (!*word || list->count == SETTINGS_LIST) {
            *problem = table[setting].option;
            return;
        }
        list->words[list->count++] = word;
    }
}

void settings_words_free(struct settings_words *list)
{
    if (list->text)
        secret_wipe(list->text, list->length);
    free(list->text);
}

cJSON *settings_to_json(const struct settings *settings)
{
    cJSON *object = cJSON_CreateObject();

    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *value = settings_get(settings, (enum setting)i);
        if (value && !(table[i].traits & (SECRET | LOCAL)) &&
            (table[i].products & (int)settings->product))
            cJSON_AddStringToObject(object, table[i].key, value);
    }
    return object;
}

void settings_from_json(struct settings *settings, const cJSON *object)
{
    settings->is_resumed = true;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, table[i].key);
        if (cJSON_IsString(item) && !(table[i].traits & (SECRET | LOCAL)))
            replace(&settings->stored[i], xstrdup(item->valuestring));
    }
}

const char *settings_moved(const struct settings *settings)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *given = settings->given[i], *stored = settings->stored[i];
        if (given && (table[i].traits & ACCOUNT) && (!stored || strcmp(given, stored) != 0))
            return table[i].option;
    }
    return NULL;
}

/* "processing_terminal_id" is our "terminal_id". */
static bool names(const char *key, const char *path)
{
    const char *dot = strchr(key, '.');
    const char *name = dot ? dot + 1 : key;
    size_t length = strlen(name), whole = strlen(path);

    if (whole < length || strcmp(path + whole - length, name) != 0)
        return false;
    return whole == length || !strcmp(path, "processing_terminal_id");
}

int settings_find(const struct settings *settings, const char *path)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if ((table[i].products & (int)settings->product) && names(table[i].key, path))
            return i;
    }
    return -1;
}

void settings_hint(const struct settings *settings, const char *path, char *hint, size_t size)
{
    int found = settings_find(settings, path);
    const struct description *entry = &table[found < 0 ? 0 : found];

    *hint = '\0';
    if (found >= 0)
        snprintf(hint, size, "--%s%s%s%s", entry->option, entry->traits & SECRET ? "-file" : "",
                 entry->variable ? " or " : "", entry->variable ? entry->variable : "");
}

bool settings_is_secret(enum setting setting)
{
    return table[setting].traits & SECRET;
}

const char *settings_name(enum setting setting)
{
    const char *dot = strchr(table[setting].key, '.');

    return dot ? dot + 1 : table[setting].key;
}

const char *settings_origin(const struct settings *settings, enum setting setting)
{
    const char *value = settings_get(settings, setting);

    if (!value)
        return NULL;
    if (value == settings->given[setting])
        return "an option";
    return value == settings->profile[setting] ? "the profile" : table[setting].variable;
}

bool settings_is_own(enum setting setting, enum product product)
{
    return table[setting].products != ANY && (table[setting].products & (int)product);
}

bool settings_is_of_all(enum setting setting)
{
    return table[setting].products == ANY;
}

bool settings_is_common(int code)
{
    return code >= SETTINGS_LAST || settings_is_of_all((enum setting)((code - SETTINGS_FIRST) / 3));
}

static void print_setting(FILE *stream, enum setting setting)
{
    const struct description *entry = &table[setting];
    char option[96];

    if (entry->traits & SECRET)
        snprintf(option, sizeof option, "--%s-file F, --%s-fd N", entry->option, entry->option);
    else
        snprintf(option, sizeof option, "--%s VALUE", entry->option);
    fprintf(stream, "  %-24s%s%s\n", option,
            strlen(option) > 23 ? "\n                          " : "", entry->help);
    fprintf(stream, "                          %s%s%s\n", entry->variable ? entry->variable : "",
            entry->variable ? ", " : "", entry->key);
}

void settings_print_help(FILE *stream, int wanted)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (table[i].products & wanted)
            print_setting(stream, (enum setting)i);
    }
}

void settings_free(struct settings *settings)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        secret_free(settings->given[i]);
        secret_free(settings->stored[i]);
        secret_free(settings->profile[i]);
    }
}
