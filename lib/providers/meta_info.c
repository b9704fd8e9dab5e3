/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline's meta info headers.
 */
#include "meta_info.h"

#include <string.h>

#include <sessionpay/version.h>

#include "base/alloc.h"
#include "base/crypto.h"
#include "base/platform.h"
#include "body.h"
#include "json/write.h"

char *spay__meta_info_encode(const char *json)
{
    size_t length = strlen(json);
    char *encoded = spay__alloc(SPAY__BASE64_SIZE(length));

    if (encoded)
        spay__base64_encode(encoded, json, length);
    return encoded;
}

static void open_info(spay__json_writer *writer, const char *platform_identifier)
{
    spay__buffer_init(writer->out, 16 * 1024);
    spay__json_open(writer, NULL, '{');
    spay__json_write_text(writer, "platformIdentifier",
                          platform_identifier ? platform_identifier : spay__platform_name());
    spay__json_write_text(writer, "sdkIdentifier", "LibSessionPay/v" SPAY_VERSION_STRING);
    spay__json_write_text(writer, "sdkCreator", "libsessionpay");
}

static char *close_info(spay__json_writer *writer)
{
    char *encoded = NULL;

    spay__json_close(writer, '}');
    if (writer->out->state == SPAY__BUFFER_GOOD)
        encoded = spay__meta_info_encode(writer->out->data);
    spay__buffer_clear(writer->out);
    return encoded;
}

static void write_extension(spay__json_writer *writer, const spay_connect_server_options *options)
{
    if (!options->extension_creator)
        return;
    spay__json_open(writer, "shoppingCartExtension", '{');
    spay__json_write_text(writer, "creator", options->extension_creator);
    spay__json_write_text(writer, "name", options->extension_name);
    spay__json_write_text(writer, "version", options->extension_version);
    spay__json_write_text(writer, "extensionId", options->extension_id);
    spay__json_close(writer, '}');
}

char *spay__server_meta_info(const spay_connect_server_options *options)
{
    spay__buffer buffer;
    spay__json_writer writer = {&buffer, false};

    open_info(&writer, options->platform_identifier);
    spay__json_write_text(&writer, "integrator",
                          options->integrator ? options->integrator : "libsessionpay user");
    write_extension(&writer, options);
    return close_info(&writer);
}

void spay__client_meta_info_check(spay__input *input, const spay_connect_client_options *options)
{
    static const char taken[] = "platformIdentifier\0sdkIdentifier\0sdkCreator\0screenSize\0";
    static const char field[] = "meta_info_json";

    spay__input_text(input, "platform_identifier", options->platform_identifier, 1, 1024, 0);
    spay__input_text(input, "screen_size", options->screen_size, 1, 64, 0);
    if (spay__input_text(input, field, options->meta_info_json, 1, 4096, 0) &&
        spay__input_json_object(input, field, options->meta_info_json))
        (void)spay__body_check_members(input, field, options->meta_info_json,
                                       strlen(options->meta_info_json), NULL, taken);
}

char *spay__client_meta_info(const spay_connect_client_options *options)
{
    spay__buffer buffer;
    spay__json_writer writer = {&buffer, false};

    open_info(&writer, options->platform_identifier);
    spay__json_write_text(&writer, "screenSize", options->screen_size);
    if (options->meta_info_json)
        spay__body_add_members(&writer, options->meta_info_json, strlen(options->meta_info_json),
                               NULL);
    return close_info(&writer);
}
