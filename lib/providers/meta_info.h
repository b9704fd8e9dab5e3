/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline's X-GCS-...MetaInfo headers: base64 of a JSON object about who is calling.
 */
#ifndef SPAY__PROVIDERS_META_INFO_H
#define SPAY__PROVIDERS_META_INFO_H

#include <sessionpay/connect_client.h>

#include "api/input.h"

/* Check those of the options that go into the client's. */
void spay__client_meta_info_check(spay__input *input, const spay_connect_client_options *options);

/* All return text that the caller frees; NULL without memory. */
char *spay__server_meta_info(const spay_connect_server_options *options);
char *spay__client_meta_info(const spay_connect_client_options *options);

/* base64 of a JSON text that the caller of the library gave. */
char *spay__meta_info_encode(const char *json);

#endif
