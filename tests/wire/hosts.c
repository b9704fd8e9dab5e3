/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One host, three readers: 10,000 spellings of URLs to our check, to libcurl's parser, and to the
 * system's resolver, which is asked for addresses alone, so that no name server hears of it. What
 * the check lets pass the others must read as the same host, or a credential goes elsewhere.
 *
 * usage: hosts [COUNT [SEED]]
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/readers/host.h"

enum {
    LONGEST = 512,
    SHOWN = 10
};

/* ---- spellings ---- */

static uint32_t state = 1;

static uint32_t below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

#define PICK(list) (list)[below((uint32_t)(sizeof(list) / sizeof((list)[0])))]

static const char *const schemes[] = {"https://", "http://", "HTTPS://", "Http://",
                                      "https:/",  "https:",  "//",       "https:\\\\"};

static const char *const hosts[] = {
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.08.0.1",
    "127.0.0.01",
    "127.0.0.1.",
    "127.0.0.256",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "127.0.0.0x1",
    "127.255.255.254",
    "127.0.0.1.1",
    "0",
    "00.0.0.0",
    "0x",
    "0x.0x.0x.0x",
    "1.2.3.0x",
    "192.0.2.7",
    "255.255.255.255",
    "4294967295",
    "4294967296",
    "1.2.3.4.5",
    "08",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "localhost.localdomain",
    "a.localhost",
    "api.example",
    "API.Example",
    "a-b.c-d.example",
    "xn--bcher-kva.example",
    "b\xc3\xbc"
    "cher.example",
    "1.example",
    "example.1",
    "example.0x1",
    "example.0xg",
    "3com.example",
    "example.3com",
    "dead.beef",
    "api.example.",
    "api..example",
    ".example",
    "ex%61mple",
    "127%2e0.0.1",
    "%31%32%37.0.0.1",
    "127\xe3\x80\x82"
    "0.0.1",
    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
    "127.0.0.1%00.example",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::0001]",
    "[::00001]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.01]",
    "[2001:DB8::7]",
    "[2001:db8::g]",
    "[fe80::1%25lo]",
    "[fe80::1%lo]",
    "[::1%251]",
    "[1::2::3]",
    "[1:2:3:4:5:6:7:8]",
    "[1:2:3:4:5:6:7::]",
    "[::2:3:4:5:6:7:8]",
    "[1:2:3:4:5:6:7:8:9]",
    "[1:2:3:4:5:6:1.2.3.4]",
    "[1::1.2.3.4]",
    "[v1.a]",
    "[127.0.0.1]",
    "[]",
    "[:]",
    "[:::]",
    "[::1",
    "::1",
    "[::1].example",
    "[:1:2:3:4:5:6:7]",
    "[1.2.3.4::]",
    "user@127.0.0.1",
    "127.0.0.1@api.example",
    "a:b@api.example",
    "api.example\\@127.0.0.1",
    "127.0.0.1\\.api.example",
    "api.example\t",
    "api.\nexample",
    " ",
};

static const char *const ports[] = {"",    "",    "",       ":443",    ":80",   ":",
                                    ":0",  ":01", ":65535", ":65536",  ":0x50", ":+1",
                                    ": 1", ":1 ", ":8443",  ":443:443"};
static const char *const paths[] = {"",   "",   "/",  "/v1",  "/../v1", "?x",
                                    "#x", "//", "\\", "/a:b", "/@b",    "/%2e%2e/v1"};
static const char bytes[] = "0123456789..::xXaAfFgG-_%[]@\\/?# \t\r\n\x01\x7f\x80\xff";

/* One byte goes, comes, changes, or is there twice. */
static void change(char *text)
{
    size_t length = strlen(text);
    size_t at = below((uint32_t)length + 1);
    char byte = bytes[below(sizeof(bytes) - 1)];

    switch (below(4)) {
    case 0:
        if (at < length)
            memmove(text + at, text + at + 1, length - at);
        break;
    case 1:
        if (at < length)
            text[at] = byte;
        break;
    case 2:
        byte = at < length ? text[at] : byte;
        /* fall through */
    default:
        memmove(text + at + 1, text + at, length - at + 1);
        text[at] = byte;
    }
}

static void append_number(char *text, uint32_t number)
{
    static const char *const formats[] = {"%u", "%u", "%u", "%02u", "%03u", "0%o", "0x%x", "0X%X"};
    char digits[24];

    (void)snprintf(digits, sizeof(digits), PICK(formats), number);
    (void)strcat(text, digits);
}

/* One to five numbers, most of which are good parts of an address. */
static void append_numbers(char *text)
{
    uint32_t parts = below(4) ? 4 : 1 + below(5);
    uint32_t i;

    for (i = 0; i < parts; i++) {
        (void)strcat(text, i ? "." : "");
        append_number(text, i == 0 && below(2) ? 127 : below(8) ? below(256) : below(70000));
    }
}

static void append_groups(char *text)
{
    uint32_t groups = 1 + below(8);
    uint32_t i;

    (void)strcat(text, below(4) ? "[" : "[::");
    for (i = 0; i < groups; i++) {
        char group[16];

        (void)snprintf(group, sizeof(group), below(2) ? "%x" : "%04X", (unsigned)below(0x10000));
        (void)strcat(text, i == 0 ? "" : below(6) ? ":" : "::");
        (void)strcat(text, below(12) ? group : "1.2.3.4");
    }
    (void)strcat(text, "]");
}

static void spell(char text[LONGEST])
{
    uint32_t changes = below(4) ? 0 : 1 + below(2);

    (void)strcpy(text, below(4) ? schemes[below(2)] : PICK(schemes));
    switch (below(6)) {
    case 0:
        append_numbers(text);
        break;
    case 1:
        append_groups(text);
        break;
    default:
        (void)strcat(text, PICK(hosts));
    }
    (void)strcat(text, below(2) ? "" : PICK(ports));
    (void)strcat(text, below(2) ? "" : PICK(paths));
    while (changes--)
        change(text);
}

/* ---- the test ---- */

typedef struct counts {
    int differing;
    int names;
    int ipv4;
    int ipv6;
    int loopback; /* in clear text */
} counts;

static void show(const char *text, const char *fault)
{
    (void)printf("# %s: \"", fault);
    for (; *text; text++)
        (void)printf(*text > 0x1f && *text < 0x7f ? "%c" : "\\x%02x", (unsigned char)*text);
    (void)printf("\"\n");
}

static void try_spelling(counts *seen, const char *text)
{
    const char *fault;
    spay__url ours;
    host_kind kind;

    if (spay__url_parse(text, &ours))
        return;
    kind = host_kind_of(ours.host);
    seen->names += kind == HOST_NAME;
    seen->ipv4 += kind == HOST_IPV4;
    seen->ipv6 += kind == HOST_IPV6;
    seen->loopback += !ours.https;
    fault = host_readers_differ(text, &ours);
    if (fault && seen->differing++ < SHOWN)
        show(text, fault);
}

static int report(bool good, int number, const char *what, int count)
{
    (void)printf("%sok %d - %s (%d)\n", good ? "" : "not ", number, what, count);
    return !good;
}

int main(int argc, char **argv)
{
    int left = argc > 1 ? atoi(argv[1]) : 10000;
    char text[LONGEST];
    counts seen = {.differing = 0};
    int failed;

    if (argc > 2)
        state = (uint32_t)strtoul(argv[2], NULL, 10);
    while (left--) {
        spell(text);
        try_spelling(&seen, text);
    }
    failed = report(!seen.differing, 1, "what is accepted is read as the same host by all",
                    seen.differing);
    failed += report(seen.names > 100, 2, "names are accepted", seen.names);
    failed += report(seen.ipv4 > 100, 3, "IPv4 addresses are accepted", seen.ipv4);
    failed += report(seen.ipv6 > 100, 4, "IPv6 addresses are accepted", seen.ipv6);
    failed += report(seen.loopback > 50, 5, "loopback is accepted in clear text", seen.loopback);
    (void)printf("1..5\n");
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
