/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the caller set for the built-in transport, and what every libcurl handle gets of it.
 */
#ifndef SPAY__TRANSPORT_SETTINGS_H
#define SPAY__TRANSPORT_SETTINGS_H

#include <stdbool.h>

#include <sessionpay/client.h>

#include "base/secret.h"
#include "setter.h"

struct spay__trust;

/* Zero-initialize. */
typedef struct spay__curl_settings {
    char *ca_file;
    char *ca_pem;
    char *certificate_file;
    char *key_file;
    char *pinned_keys;
    char *proxy;
    spay__secret key_password;
    spay__secret proxy_credentials;
    struct spay__trust *trust; /* NULL: libcurl does it in its own way */
} spay__curl_settings;

/*
 * Copy what belongs to the transport, and read the caller's authorities. Clear it even after a
 * failure, and after all handles.
 */
spay_status spay__curl_settings_keep(spay__curl_settings *kept, const spay_client_options *options,
                                     spay_error **error);
void spay__curl_settings_clear(spay__curl_settings *kept);

/* The settings of a transport; NULL if it is not the built-in one. */
const spay__curl_settings *spay__curl_settings_of(const spay_transport *transport);

bool spay__curl_settings_proxy_is_https(const spay__curl_settings *kept);

/* Set all that is the same for every connection. */
void spay__curl_settings_set(const spay__curl_settings *kept, spay__curl_setter *set);

#endif
