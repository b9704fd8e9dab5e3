/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * URLs: a small strict parser, percent-encoding, and host comparison.
 */
#include "url.h"

#include <string.h>

#include "alloc.h"
#include "ascii.h"

/* Visible ASCII without what only attackers put into a base URL. */
static bool has_plain_bytes(const char *text)
{
    size_t i;

    for (i = 0; spay__is_visible(text[i]); i++)
        ;
    return !text[i] && strcspn(text, "\\@?#<>\"`{}|^") == i;
}

/* ---- addresses ---- */

static bool is_ipv4(const char *text)
{
    int part;

    for (part = 0; part < 4; part++) {
        int value = 0;
        int digits = 0;

        for (; spay__is_digit(*text) && digits < 3; text++, digits++)
            value = value * 10 + (*text - '0');
        if (digits == 0 || value > 255 || (digits > 1 && text[-digits] == '0'))
            return false;
        if (*text++ != (part < 3 ? '.' : '\0'))
            return false;
    }
    return true;
}

/* Past a group of hexadecimal digits; NULL if there is none. */
static const char *skip_group(const char *text)
{
    size_t digits = 0;

    while (spay__hex_value(text[digits]) >= 0)
        digits++;
    return digits >= 1 && digits <= 4 ? text + digits : NULL;
}

/* "::", once, stands for one group or more; the last two groups may be an IPv4 address. */
static bool is_ipv6(const char *text)
{
    bool gap = strncmp(text, "::", 2) == 0;
    int groups = 0;

    if (gap)
        text += 2;
    while (*text) {
        if (is_ipv4(text)) {
            groups += 2;
            break;
        }
        text = skip_group(text);
        if (!text)
            return false;
        groups++;
        if (!gap && strncmp(text, "::", 2) == 0) {
            gap = true;
            text += 2;
        } else if (*text && (*text++ != ':' || !*text)) {
            return false;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

bool spay__is_ip_address(const char *text)
{
    return is_ipv4(text) || is_ipv6(text);
}

/* ---- hosts ---- */

/* Labels of letters, digits and hyphens, no empty one. */
static bool is_host_name(const char *host)
{
    size_t label = 0;

    for (; *host; host++) {
        if (*host == '.' && label == 0)
            return false;
        if (*host != '.' && *host != '-' && !spay__is_alpha(*host) && !spay__is_digit(*host))
            return false;
        label = *host == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label > 0;
}

/* As resolvers see it, "0x7f.1", "127.1" and "127.08.0.1" are addresses, names, or neither. */
static bool ends_in_number(const char *host)
{
    const char *dot = strrchr(host, '.');
    const char *last = dot ? dot + 1 : host;
    bool hexadecimal = last[0] == '0' && last[1] == 'x';

    if (hexadecimal)
        last += 2;
    while (hexadecimal ? spay__hex_value(*last) >= 0 : spay__is_digit(*last))
        last++;
    return !*last;
}

/* In brackets, which are length bytes with what they hold. */
static bool is_ipv6_literal(char *host, size_t length)
{
    bool good;

    host[length - 1] = '\0';
    good = is_ipv6(host + 1);
    host[length - 1] = ']';
    return good;
}

/* What could be read in two ways is refused: a name server must not say who gets a credential. */
static bool copy_host(char out[SPAY__HOST_SIZE], const char *from, size_t length)
{
    size_t i;

    if (length == 0 || length >= SPAY__HOST_SIZE)
        return false;
    for (i = 0; i < length; i++)
        out[i] = spay__to_lower(from[i]);
    out[length] = '\0';
    if (out[0] == '[')
        return is_ipv6_literal(out, length);
    return ends_in_number(out) ? is_ipv4(out) : is_host_name(out);
}

/* ":8443" up to end, or nothing; 0 if malformed */
static int parse_port(const char *from, const char *end, int standard)
{
    int port = 0;

    if (from == end)
        return standard;
    if (*from++ != ':' || from == end || end - from > 5 || *from == '0')
        return 0;
    for (; from < end; from++) {
        if (!spay__is_digit(*from))
            return 0;
        port = port * 10 + (*from - '0');
    }
    return port <= 65535 ? port : 0;
}

const char *spay__url_parse(const char *text, spay__url *url)
{
    const char *host;
    const char *end;
    const char *colon;

    url->https = spay__starts_with_ignoring_case(text, "https://");
    if (!url->https && !spay__starts_with_ignoring_case(text, "http://"))
        return "not_a_url";
    host = text + (url->https ? 8 : 7);
    end = host + strcspn(host, "/");
    if (!has_plain_bytes(text))
        return "not_a_url";
    colon = *host == '[' ? host + strcspn(host, "]") + 1 : host + strcspn(host, ":/");
    if (colon > end || !copy_host(url->host, host, (size_t)(colon - host)))
        return "not_a_url";
    url->port = parse_port(colon, end, url->https ? 443 : 80);
    url->path = end;
    if (!url->port)
        return "not_a_url";
    return url->https || spay__host_is_loopback(url->host) ? NULL : "not_https";
}

bool spay__host_is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (strncmp(host, "127.", 4) == 0 && is_ipv4(host));
}

bool spay__host_is_under(const char *host, const char *domain)
{
    size_t length = strlen(host);
    size_t suffix = strlen(domain);

    if (length < suffix || strcmp(host + length - suffix, domain) != 0)
        return false;
    return length == suffix || host[length - suffix - 1] == '.';
}

static bool is_unreserved(char c)
{
    return spay__is_alpha(c) || spay__is_digit(c) || (c && strchr("-._~", c));
}

bool spay__url_append_segment(spay__buffer *buffer, const char *segment)
{
    for (;;) {
        size_t plain = 0;
        unsigned char byte;

        while (is_unreserved(segment[plain]))
            plain++;
        spay__buffer_append(buffer, segment, plain);
        segment += plain;
        if (!*segment)
            return buffer->state == SPAY__BUFFER_GOOD;
        byte = (unsigned char)*segment++;
        spay__buffer_byte(buffer, '%');
        spay__buffer_byte(buffer, spay__hex_capitals[byte >> 4]);
        spay__buffer_byte(buffer, spay__hex_capitals[byte & 15]);
    }
}

char *spay__url_copy_base(const char *url)
{
    size_t length = strlen(url);

    return spay__copy(url, url[length - 1] == '/' ? length - 1 : length);
}
