/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline's X-GCS-...MetaInfo headers: base64 of a JSON object about who is calling.
 */
#ifndef SPAY__PROVIDERS_META_INFO_H
#define SPAY__PROVIDERS_META_INFO_H

#include <sessionpay/connect_server.h>

/* All return text that the caller frees; NULL without memory. */
char *spay__server_meta_info(const spay_connect_server_options *options);
char *spay__client_meta_info(const char *platform_identifier);

/* base64 of a JSON text that the caller of the library gave. */
char *spay__meta_info_encode(const char *json);

#endif
