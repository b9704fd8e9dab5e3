/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * URLs: which are taken apart, which are refused, and what a host is.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/url.h"

/* ---- accepted ---- */

typedef struct good_row {
    const char *text;
    bool https;
    const char *host;
    int port;
    const char *path;
} good_row;

static const good_row good_rows[] = {
    {.text = "https://example.com", .https = true, .host = "example.com", .port = 443, .path = ""},
    {.text = "https://example.com/",
     .https = true,
     .host = "example.com",
     .port = 443,
     .path = "/"},
    {.text = "https://example.com/v1",
     .https = true,
     .host = "example.com",
     .port = 443,
     .path = "/v1"},
    {.text = "https://example.com/v1/a%2Fb",
     .https = true,
     .host = "example.com",
     .port = 443,
     .path = "/v1/a%2Fb"},
    {.text = "https://example.com/a:b//c",
     .https = true,
     .host = "example.com",
     .port = 443,
     .path = "/a:b//c"},
    {.text = "https://example.com:443",
     .https = true,
     .host = "example.com",
     .port = 443,
     .path = ""},
    {.text = "https://example.com:8443/v1",
     .https = true,
     .host = "example.com",
     .port = 8443,
     .path = "/v1"},
    {.text = "https://example.com:1", .https = true, .host = "example.com", .port = 1, .path = ""},
    {.text = "https://example.com:65535/",
     .https = true,
     .host = "example.com",
     .port = 65535,
     .path = "/"},
    {.text = "HTTPS://EXAMPLE.Com/V1",
     .https = true,
     .host = "example.com",
     .port = 443,
     .path = "/V1"},
    {.text = "https://a-b.c-d.example",
     .https = true,
     .host = "a-b.c-d.example",
     .port = 443,
     .path = ""},
    {.text = "https://xn--bcher-kva.example",
     .https = true,
     .host = "xn--bcher-kva.example",
     .port = 443,
     .path = ""},
    {.text = "https://192.0.2.7", .https = true, .host = "192.0.2.7", .port = 443, .path = ""},
    {.text = "https://[2001:db8::7]",
     .https = true,
     .host = "[2001:db8::7]",
     .port = 443,
     .path = ""},
    {.text = "https://[2001:DB8::7]:8443/v1",
     .https = true,
     .host = "[2001:db8::7]",
     .port = 8443,
     .path = "/v1"},
    {.text = "https://[::ffff:192.0.2.7]/",
     .https = true,
     .host = "[::ffff:192.0.2.7]",
     .port = 443,
     .path = "/"},
    {.text = "https://localhost", .https = true, .host = "localhost", .port = 443, .path = ""},
    {.text = "http://localhost", .host = "localhost", .port = 80, .path = ""},
    {.text = "http://LOCALHOST:8080/v1", .host = "localhost", .port = 8080, .path = "/v1"},
    {.text = "http://127.0.0.1", .host = "127.0.0.1", .port = 80, .path = ""},
    {.text = "http://127.0.0.1:8080/", .host = "127.0.0.1", .port = 8080, .path = "/"},
    {.text = "http://127.255.255.254:1", .host = "127.255.255.254", .port = 1, .path = ""},
    {.text = "http://[::1]", .host = "[::1]", .port = 80, .path = ""},
    {.text = "http://[::1]:8080/v1", .host = "[::1]", .port = 8080, .path = "/v1"},
};

START_TEST(good_url_is_taken_apart)
{
    const good_row *row = &good_rows[_i];
    spay__url url;
    const char *rule = spay__url_parse(row->text, &url);

    ck_assert_msg(!rule, "%s: %s", row->text, rule ? rule : "");
    ck_assert_msg(url.https == row->https, "%s", row->text);
    ck_assert_str_eq(url.host, row->host);
    ck_assert_int_eq(url.port, row->port);
    ck_assert_str_eq(url.path, row->path);
    ck_assert_ptr_eq(url.path, row->text + strlen(row->text) - strlen(row->path));
}
END_TEST

/* ---- refused ---- */

static const char *const bad_urls[] = {
    "",
    "/",
    "//",
    "example.com",
    "//example.com",
    "/v1",
    "https",
    "https:",
    "https:/",
    "https:example.com",
    "https:/example.com",
    "https:\\\\example.com",
    "https://",
    "https:///",
    "https:///v1",
    "https://:443",
    "http://",
    "httpss://example.com",
    "https ://example.com",
    " https://example.com",
    "https://example.com ",
    "https:// example.com",
    "https://exam ple.com",
    "https://example.com/a b",
    "https://example.com/\tv1",
    "https://example.com\r\nHost: evil.test",
    "https://example.com/\nX: y",
    "https://example.com\x7f",
    "https://example.com/\x01",
    "ftp://example.com",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "javascript:alert(1)",
    "data:text/html,x",
    "ws://localhost",
    "https://user@example.com",
    "https://user:password@example.com",
    "https://@example.com",
    "https://example.com@evil.test",
    "https://example.com:443@evil.test",
    "https://example.com/@evil",
    "https://evil.test\\@example.com",
    "https://evil.test\\.example.com",
    "https://example.com\\v1",
    "https://example.com/..\\v1",
    "https://example.com?x=1",
    "https://example.com/v1?x=1",
    "https://example.com/?",
    "https://example.com#f",
    "https://example.com/v1#f",
    "https://evil.test#@example.com",
    "https://evil.test?@example.com",
    "https://exam%70le.com",
    "https://example.com%2eevil.test",
    "https://example%00.com",
    "https://%65xample.com",
    "https://ex\xc3\xa4mple.com",
    "https://example\xe3\x80\x82.com",
    "https://example.com/\xc3\xa4",
    "https://\xe2\x93\x94xample.com",
    "https://.example.com",
    "https://example..com",
    "https://example.com.",
    "https://.",
    "https://..",
    "https://127.08.0.1",
    "http://0",
    "http://127.1",
    "http://127.0.1",
    "http://127",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://0x7f000001",
    "http://0177.0.0.1",
    "http://127.0.0.256",
    "http://127.0.0.1.1",
    "http://1270.0.0.1",
    "http://127.08.0.1",
    "http://127.00.0.1",
    "https://2130706433",
    "https://0x7f.0.0.0x1",
    "https://192.0.2.256",
    "https://192.0.2.7.1",
    "https://example.1",
    "https://exam_ple.com",
    "https://exam!ple.com",
    "https://exam$ple.com",
    "https://exam*ple.com",
    "https://*.example.com",
    "https://exam,ple.com",
    "https://exam;ple.com",
    "https://exam'ple.com",
    "https://example.com\"",
    "https://example.com/<v1>",
    "https://example.com/`id`",
    "https://example.com/{v1}",
    "https://example.com/a|b",
    "https://example.com/a^b",
    "https://example.com:",
    "https://example.com:/",
    "https://example.com:0",
    "https://example.com:65536",
    "https://example.com:99999",
    "https://example.com:100000",
    "https://example.com:443443",
    "https://example.com:4294967739", /* 443 in 32 bits */
    "https://example.com:-443",
    "https://example.com:+443",
    "https://example.com:44a",
    "https://example.com:0x1bb",
    "https://example.com:443:443",
    "https://example.com::443",
    "https://[",
    "https://[]",
    "https://[]/",
    "https://[:",
    "https://[::1",
    "https://[::1/",
    "https://[::1/]",
    "https://::1",
    "https://::1]",
    "https://2001:db8::7",
    "https://[::1]443",
    "https://[::1].example.com",
    "https://[::1]@evil.test",
    "https://[::1]:",
    "https://[fe80::1%25eth0]",
    "https://[fe80::1%eth0]",
    "https://[example.com]",
    "https://[v1.x]",
    "https://[[::1]]",
};

START_TEST(bad_url_is_refused)
{
    spay__url url;
    const char *rule = spay__url_parse(bad_urls[_i], &url);

    ck_assert_msg(rule != NULL, "accepted: %s", bad_urls[_i]);
    ck_assert_str_eq(rule, "not_a_url");
}
END_TEST

static const char *const plain_http_urls[] = {
    "http://example.com",
    "http://example.com:8080/v1",
    "http://192.0.2.7",
    "http://0.0.0.0",
    "http://127.0.0.1.evil.test",
    "http://128.0.0.1",
    "http://10.0.0.1",
    "http://localhost.evil.test",
    "http://evil-localhost",
    "http://localhost.localdomain",
    "http://sub.localhost.evil.test",
    "http://localhos",
    "http://[::]",
    "http://[::2]",
    "http://[::ffff:127.0.0.1]",
    "http://[2001:db8::1]",
};

START_TEST(http_is_refused_but_for_loopback)
{
    spay__url url;
    const char *rule = spay__url_parse(plain_http_urls[_i], &url);

    ck_assert_msg(rule != NULL, "accepted: %s", plain_http_urls[_i]);
    ck_assert_str_eq(rule, "not_https");
}
END_TEST

static void write_host(char *text, size_t labels, size_t last)
{
    size_t i;

    *text = '\0';
    for (i = 0; i < labels; i++)
        strcat(text, "abcdefghi.");
    memset(text + labels * 10, 'z', last);
    text[labels * 10 + last] = '\0';
}

START_TEST(host_of_255_bytes_fits_and_256_does_not)
{
    char text[400] = "https://";
    spay__url url;

    write_host(text + 8, 25, 5);
    ck_assert_ptr_null(spay__url_parse(text, &url));
    ck_assert_uint_eq(strlen(url.host), 255);
    write_host(text + 8, 25, 6);
    ck_assert_str_eq(spay__url_parse(text, &url), "not_a_url");
}
END_TEST

START_TEST(label_of_63_bytes_fits_and_64_does_not)
{
    char text[100] = "https://";
    spay__url url;

    write_host(text + 8, 0, 63);
    ck_assert_ptr_null(spay__url_parse(text, &url));
    write_host(text + 8, 0, 64);
    ck_assert_str_eq(spay__url_parse(text, &url), "not_a_url");
}
END_TEST

START_TEST(no_byte_outside_visible_ascii_passes_anywhere)
{
    static const char pattern[] = "https://example.com:8443/v1/x";
    char text[sizeof(pattern)];
    spay__url url;
    size_t at;
    int byte;

    for (at = 0; at < sizeof(pattern) - 1; at++)
        for (byte = 1; byte < 256; byte++) {
            if (byte > 0x20 && byte < 0x7f)
                continue;
            memcpy(text, pattern, sizeof(pattern));
            text[at] = (char)byte;
            ck_assert_msg(spay__url_parse(text, &url) != NULL, "byte %02x at %zu", (unsigned)byte,
                          at);
        }
}
END_TEST

/* ---- loopback ---- */

typedef struct host_row {
    const char *host;
    bool loopback;
} host_row;

static const host_row host_rows[] = {
    {"localhost", true},
    {"[::1]", true},
    {"127.0.0.1", true},
    {"127.0.0.0", true},
    {"127.1.2.3", true},
    {"127.255.255.255", true},
    {"", false},
    {"127.", false},
    {"127.0.0", false},
    {"127.0.0.", false},
    {"127.0.0.1.", false},
    {"127..0.1", false},
    {"127.0.0.1000", false},
    {"127.0.0.256", false},
    {"127.256.0.1", false},
    {"127.0.999.1", false},
    {"127.0.0.1x", false},
    {"127.0.0.x", false},
    {"127.0.0.-1", false},
    {"126.0.0.1", false},
    {"0.0.0.0", false},
    {"::1", false},
    {"[::]", false},
    {"[::11]", false},
    {"[::1]x", false},
    {"localhost.", false},
    {"localhosts", false},
    {"xlocalhost", false},
    {"localhost.example", false},
    {"a.localhost.example", false},
};

START_TEST(loopback_is_this_machine_alone)
{
    ck_assert_msg(spay__host_is_loopback(host_rows[_i].host) == host_rows[_i].loopback, "\"%s\"",
                  host_rows[_i].host);
}
END_TEST

/* ---- domains ---- */

typedef struct under_row {
    const char *host;
    const char *domain;
    bool under;
} under_row;

static const under_row under_rows[] = {
    {"worldline-solutions.com", "worldline-solutions.com", true},
    {"a.worldline-solutions.com", "worldline-solutions.com", true},
    {"a.b.c.worldline-solutions.com", "worldline-solutions.com", true},
    {"evilworldline-solutions.com", "worldline-solutions.com", false},
    {"evil-worldline-solutions.com", "worldline-solutions.com", false},
    {"worldline-solutions.com.evil.test", "worldline-solutions.com", false},
    {"worldline-solutions.co", "worldline-solutions.com", false},
    {"orldline-solutions.com", "worldline-solutions.com", false},
    {"com", "worldline-solutions.com", false},
    {"", "worldline-solutions.com", false},
    {"worldline-solutions.com.", "worldline-solutions.com", false},
    {"worldline-solutions.org", "worldline-solutions.com", false},
};

START_TEST(host_is_under_whole_labels_alone)
{
    const under_row *row = &under_rows[_i];

    ck_assert_msg(spay__host_is_under(row->host, row->domain) == row->under, "%s", row->host);
}
END_TEST

/* ---- path segments ---- */

typedef struct segment_row {
    const char *segment;
    const char *encoded;
} segment_row;

static const segment_row segment_rows[] = {
    {"", ""},
    {"4217", "4217"},
    {"AZaz09-._~", "AZaz09-._~"},
    {"a/b", "a%2Fb"},
    {"a b", "a%20b"},
    {"a%2Fb", "a%252Fb"},
    {"a?b#c", "a%3Fb%23c"},
    {"a+b&c=d", "a%2Bb%26c%3Dd"},
    {"a:b@c", "a%3Ab%40c"},
    {"../x", "..%2Fx"},
    {"shop 42/\xc3\xa4", "shop%2042%2F%C3%A4"},
    {"\xf0\x9f\x98\x80", "%F0%9F%98%80"},
    {"\"<>\\^`{|}", "%22%3C%3E%5C%5E%60%7B%7C%7D"},
    {"!$'()*,;[]", "%21%24%27%28%29%2A%2C%3B%5B%5D"},
};

START_TEST(segment_is_percent_encoded)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 200);
    ck_assert(spay__buffer_text(&buffer, "/"));
    ck_assert(spay__url_append_segment(&buffer, segment_rows[_i].segment));
    ck_assert_str_eq(buffer.data + 1, segment_rows[_i].encoded);
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(each_byte_is_encoded_or_unreserved)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    int byte;

    for (byte = 1; byte < 256; byte++) {
        char segment[2] = {(char)byte, '\0'};
        char expected[4];
        spay__buffer buffer;

        (void)snprintf(expected, sizeof(expected), strchr(unreserved, byte) ? "%c" : "%%%02X",
                       (unsigned)byte);
        spay__buffer_init(&buffer, 8);
        ck_assert(spay__url_append_segment(&buffer, segment));
        ck_assert_str_eq(buffer.data, expected);
        spay__buffer_clear(&buffer);
    }
}
END_TEST

START_TEST(segment_beyond_the_limit_fails)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 5);
    ck_assert(!spay__url_append_segment(&buffer, "a//b"));
    spay__buffer_clear(&buffer);
}
END_TEST

/* ---- IP addresses ---- */

static bool system_reads(const char *text)
{
    unsigned char parsed[16];

    return inet_pton(AF_INET, text, parsed) == 1 || inet_pton(AF_INET6, text, parsed) == 1;
}

static const char *const addresses[] = {
    "192.0.2.7",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3.",
    "1..2.3",
    "1.2.3.4 ",
    "0x7f.0.0.1",
    "",
    ":",
    "::",
    ":::",
    "::1",
    "1::",
    "1:",
    ":1",
    "1::2::3",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::2:3:4:5:6:7:8",
    "::1:2:3:4:5:6:7:8",
    "2001:DB8::abcd",
    "12345::",
    "g::",
    "::ffff:192.0.2.7",
    "1:2:3:4:5:6:192.0.2.7",
    "1:2:3:4:5:6:7:192.0.2.7",
    "::192.0.2.7:1",
    "fe80::1%eth0",
    "[::1]",
};

START_TEST(address_is_read_as_the_system_does)
{
    ck_assert_int_eq(spay__is_ip_address(addresses[_i]), system_reads(addresses[_i]));
}
END_TEST

/* Good addresses with a few bytes changed: what is nearly right is where two readers differ. */
START_TEST(broken_addresses_are_read_as_the_system_does)
{
    static const char bytes[] = "0123459afF:::...g";
    uint32_t random = 20260303;
    int good = 0;
    int i;

    for (i = 0; i < 100000; i++) {
        char text[48];
        int changes;

        (void)snprintf(text, sizeof(text), "%s", addresses[(uint32_t)i % ROWS(addresses)]);
        for (changes = i % 4; changes > 0 && *text; changes--) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % strlen(text)] = bytes[(random >> 16) % (sizeof(bytes) - 1)];
        }
        ck_assert_msg(spay__is_ip_address(text) == system_reads(text), "%s", text);
        good += system_reads(text);
    }
    ck_assert_int_gt(good, 10000);
}
END_TEST

Suite *url_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("url", &tests);

    tcase_add_loop_test(tests, good_url_is_taken_apart, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, bad_url_is_refused, 0, ROWS(bad_urls));
    tcase_add_loop_test(tests, http_is_refused_but_for_loopback, 0, ROWS(plain_http_urls));
    tcase_add_test(tests, host_of_255_bytes_fits_and_256_does_not);
    tcase_add_test(tests, label_of_63_bytes_fits_and_64_does_not);
    tcase_add_test(tests, no_byte_outside_visible_ascii_passes_anywhere);
    tcase_add_loop_test(tests, loopback_is_this_machine_alone, 0, ROWS(host_rows));
    tcase_add_loop_test(tests, host_is_under_whole_labels_alone, 0, ROWS(under_rows));
    tcase_add_loop_test(tests, segment_is_percent_encoded, 0, ROWS(segment_rows));
    tcase_add_test(tests, each_byte_is_encoded_or_unreserved);
    tcase_add_test(tests, segment_beyond_the_limit_fails);
    tcase_add_loop_test(tests, address_is_read_as_the_system_does, 0, ROWS(addresses));
    tcase_add_test(tests, broken_addresses_are_read_as_the_system_does);
    return suite;
}
