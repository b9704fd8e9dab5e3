/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What a session is made with: one table of names, and where a value comes from. An option wins over
 * the profile, the profile over the environment. Secrets are never options.
 */

#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <cjson/cJSON.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum product {
    WEPAY = 1,
    HOSTED_FIELDS = 2,
    CONNECT = 4,
    APPLE_PAY = 8
};

enum setting {
    ENVIRONMENT,
    CA_FILE,
    PROXY,
    PROXY_CREDENTIALS,
    CLIENT_CERTIFICATE_FILE,
    CLIENT_KEY_FILE,
    CLIENT_KEY_PASSWORD,
    PINNED_PUBLIC_KEYS,
    KEY_SECRET,
    TIMEOUT_MS,
    MAX_ATTEMPTS,
    WEPAY_BASE_URL,
    WEPAY_APP_ID,
    WEPAY_APP_TOKEN,
    WEPAY_ACCOUNT_ID,
    WEPAY_TYPE,
    WEPAY_TIME_TO_LIVE,
    WEPAY_API_VERSION,
    WEPAY_RISK_TOKEN,
    WEPAY_CLIENT_IP,
    HOSTED_FIELDS_BASE_URL,
    HOSTED_FIELDS_IDENTITY_URL,
    HOSTED_FIELDS_API_KEY,
    HOSTED_FIELDS_BEARER_TOKEN,
    HOSTED_FIELDS_TERMINAL_ID,
    HOSTED_FIELDS_LIB_VERSION,
    HOSTED_FIELDS_SCENARIO,
    HOSTED_FIELDS_SECURE_TOKEN_ID,
    CONNECT_BASE_URL,
    CONNECT_MERCHANT_ID,
    CONNECT_API_KEY_ID,
    CONNECT_SECRET_API_KEY,
    CONNECT_INTEGRATOR,
    CONNECT_PLATFORM_IDENTIFIER,
    CONNECT_EXTENSION_CREATOR,
    CONNECT_EXTENSION_NAME,
    CONNECT_EXTENSION_VERSION,
    CONNECT_EXTENSION_ID,
    CONNECT_RESTRICT_TO,
    CONNECT_RESTRICT_TO_GROUPS,
    CONNECT_EXCLUDE,
    CONNECT_EXCLUDE_GROUPS,
    CONNECT_TOKENS,
    CONNECT_CLIENT_META_INFO,
    APPLE_PAY_DOMAIN_NAME,
    APPLE_PAY_VALIDATION_URL,
    APPLE_PAY_DISPLAY_NAME,
    EXTRA_JSON,
    SETTING_COUNT
};

struct settings {
    enum product product;
    char *given[SETTING_COUNT];  /* by options */
    char *stored[SETTING_COUNT]; /* by the journal, when a call is resumed */
    bool is_resumed;             /* then the journal alone tells what is not secret or local */
    char *profile[SETTING_COUNT];
    const char *config_path;
    const char *profile_name;
};

/* By the name that "create" takes; 0 for another. */
enum product product_by_name(const char *name);
const char *product_name(enum product product);

enum {
    /* Options of settings have codes from here on, below SETTINGS_LAST. */
    SETTINGS_FIRST = 1000,
    SETTINGS_LAST = SETTINGS_FIRST + 3 * SETTING_COUNT,
    SETTINGS_CONFIG = SETTINGS_LAST,
    SETTINGS_PROFILE,
    SETTINGS_END,
    SETTINGS_OPTIONS = 2 * SETTING_COUNT + 2 /* at most so many */
};

/* Append the options of these products' settings to a table that has room. Returns how many. */
size_t settings_add_options(struct option *options, int products);

/*
 * Take an option. Returns CLI_DONE, or an exit status after a complaint.
 */
int settings_take(struct settings *settings, const char *command, int code, const char *value);

/* Read the profile, if one is asked for. Returns CLI_DONE, or an exit status after a complaint. */
int settings_load(struct settings *settings);

/* The value, NULL if there is none. */
const char *settings_get(const struct settings *settings, enum setting setting);

/* A whole number from lowest to highest; 0 if it is not set. Complains into *problem. */
long settings_number(const struct settings *settings, enum setting setting, const char **problem);

enum {
    SETTINGS_LIST = 100 /* at most so many numbers in a list */
};

/* Whole numbers, separated by commas. Returns how many; -1 and *problem if it is no such list. */
int settings_list(const struct settings *settings, enum setting setting,
                  int32_t numbers[SETTINGS_LIST], const char **problem);

/* Words of a setting, separated by commas or line feeds. */
struct settings_words {
    char *text; /* a copy, in which the words are */
    size_t length;
    const char *words[SETTINGS_LIST];
    size_t count;
};

/* Complains into *problem if there are empty ones or too many. */
void settings_words(const struct settings *settings, enum setting setting,
                    struct settings_words *list, const char **problem);

/* They are wiped. */
void settings_words_free(struct settings_words *list);

/* All that a journal keeps: neither secrets nor what belongs to this machine. */
cJSON *settings_to_json(const struct settings *settings);

/* Take them out of a journal's entry. */
void settings_from_json(struct settings *settings, const cJSON *object);

/*
 * The option name of an account's setting that an option gives another value than the journal has;
 * NULL if there is none.
 */
const char *settings_moved(const struct settings *settings);

/*
 * How the field of the library's structs that path names is set, such as "--app-id or
 * SPAY_WEPAY_APP_ID"; "" if it is none of ours.
 */
void settings_hint(const struct settings *settings, const char *path, char *hint, size_t size);

/* The setting of a product that sets the field of the library's structs that path names, or -1. */
int settings_find(const struct settings *settings, const char *path);

/* Whether it must not be shown. */
bool settings_is_secret(enum setting setting);

/* The last part of its name in a profile, such as "app_id". */
const char *settings_name(enum setting setting);

/* Where its value is from: the variable, "the profile", "an option"; NULL if it has none. */
const char *settings_origin(const struct settings *settings, enum setting setting);

/* Whether it is one of the product's own, and not of every product. */
bool settings_is_own(enum setting setting, enum product product);

bool settings_is_of_all(enum setting setting);

/* Whether the option is of a setting that all products have. */
bool settings_is_common(int code);

void settings_print_help(FILE *stream, int products);

void settings_free(struct settings *settings);

#endif
