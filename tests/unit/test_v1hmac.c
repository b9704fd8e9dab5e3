/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * v1HMAC against vectors whose strings, digests and signatures were computed elsewhere, and against
 * the wrong signatures that the usual mistakes give.
 */
#include "unit.h"

#ifndef SPAY_DISABLE_CONNECT_SERVER

#include <string.h>

#include <openssl/evp.h>

#include "base/buffer.h"
#include "base/crypto.h"
#include "http/message.h"
#include "providers/v1hmac.h"

#define KEY_A "lsp-key-7f31c2"
#define SECRET_A "c2Vzc2lvbnBheS1leGFtcGxlLXNlY3JldC0wMQ=="
#define KEY_B "lsp-key-b0aa09"
#define SECRET_B "plain secret with spaces \xc3\xbc 42"
#define CMI "eyJ1c2VyQWdlbnQiOiJUZXN0QnJvd3Nlci8xLjAifQ=="
#define SMI                                                                                        \
    "eyJwbGF0Zm9ybUlkZW50aWZpZXIiOiJMaW51eC82LjEgQy9DMTEgKGdjYyAxMi4yOyBnbGliYyAyLjM2KSIsInNka0lk" \
    "ZW50aWZpZXIiOiJMaWJTZXNzaW9uUGF5L3YwLjEuMCIsInNka0NyZWF0b3IiOiJTZXNzaW9uUGF5IiwiaW50ZWdyYXRv" \
    "ciI6IkV4YW1wbGUgU2hvcCJ9"
#define API "https://api.preprod.connect.worldline-solutions.com"
#define MARCH_3 "Tue, 03 Mar 2026 09:15:42 GMT"

typedef struct vector {
    const char *name;
    const char *key_id;
    const char *secret;
    const char *method;
    const char *url;
    const char *headers[8]; /* name, value, name, value ... */
    const char *string;
    size_t length;
    const char *sha256;
    const char *signature;
} vector;

static const vector vectors[] = {
    {.name = "V1: no X-GCS headers, other headers do not count",
     .key_id = KEY_A,
     .secret = SECRET_A,
     .method = "POST",
     .url = API "/v1/4217/sessions",
     .headers = {"Content-Type", "application/json", "User-Agent", "libsessionpay/0.1", "Accept",
                 "application/json", "Date", MARCH_3},
     .string = "POST\napplication/json\n" MARCH_3 "\n/v1/4217/sessions\n",
     .length = 70,
     .sha256 = "0d8214039bf26b4fc9c28ecd4f2219a2fbcdd5ff3e13a4aaa942203c7854c966",
     .signature = "6366QoQ02+iV03QQvAs7nCFQFAfsXPzJwLeWB6YKxGo="},
    {.name = "V2: one X-GCS header",
     .key_id = KEY_A,
     .secret = SECRET_A,
     .method = "POST",
     .url = API "/v1/4217/sessions",
     .headers = {"Content-Type", "application/json", "X-GCS-ServerMetaInfo", SMI, "Date", MARCH_3},
     .string =
         "POST\napplication/json\n" MARCH_3 "\nx-gcs-servermetainfo:" SMI "\n/v1/4217/sessions\n",
     .length = 300,
     .sha256 = "d9229c2a831a6550af88ec357857d41b6c8c52108c9b66dff1362013104287f2",
     .signature = "7is0jiaLi1gSJ8y2PqM80s5zT1Vtu1Qk6IB/l44tXz8="},
    {.name = "V3: sorting and case",
     .key_id = KEY_A,
     .secret = SECRET_A,
     .method = "POST",
     .url = API "/v1/4217/sessions",
     .headers = {"X-GCS-ServerMetaInfo", SMI, "x-gcs-idempotence-key",
                 "5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e11", "X-Gcs-ClientMetaInfo", CMI},
     .string =
         "POST\napplication/json\nSun, 01 Mar 2026 00:00:05 GMT\nx-gcs-clientmetainfo:" CMI
         "\nx-gcs-idempotence-key:5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e11\nx-gcs-servermetainfo:" SMI
         "\n/v1/4217/sessions\n",
     .length = 425,
     .sha256 = "5a3108e7a959acf9d0cb73610f8aa3560aaf6cf07091dbfb36619ed567f65f3b",
     .signature = "lkOt/dpGr1HkKawXTz81wr/ziRNKKwLgWAHdFh78L88="},
    {.name = "V4: folding, trimming, empty value",
     .key_id = KEY_B,
     .secret = SECRET_B,
     .method = "POST",
     .url = API "/v1/4217/sessions",
     .headers = {"X-GCS-Note", "  alpha \r\n\t beta\n\n gamma  delta\t ", "X-GCS-Empty", ""},
     .string = "POST\napplication/json\nThu, 31 Dec 2026 23:59:59 GMT\nx-gcs-empty:\n"
               "x-gcs-note:alpha  beta  gamma  delta\n/v1/4217/sessions\n",
     .length = 120,
     .sha256 = "ed8bd43198c842251b4eea4dc8d9a5442b1a2d3c87f1e261f925a0c21fbee536",
     .signature = "Yta4bHuHSRG8dC1NqgPEndHwjh+Y4cx0pPq8pydvM9w="},
    {.name = "V5: no Content-Type, query is decoded",
     .key_id = KEY_B,
     .secret = SECRET_B,
     .method = "GET",
     .url = API "/v1/4217/products?countryCode=NL&currencyCode=EUR&label=caf%C3%A9%20noir",
     .headers = {"Date", "Mon, 20 Apr 2026 11:22:33 GMT"},
     .string =
         "GET\n\nMon, 20 Apr 2026 11:22:33 GMT\n/v1/4217/products?countryCode=NL&currencyCode=EUR"
         "&label=caf\xc3\xa9 noir\n",
     .length = 102,
     .sha256 = "40c80a19dc756864dd30618be0491d13c9b694a4ac6ed70cfdd6688027b31ef3",
     .signature = "tm895GX487DB7qAq9bZg7ZVEXAG/hHhvVZpTBlnx/f4="},
    {.name = "V6: path stays encoded",
     .key_id = KEY_A,
     .secret = SECRET_A,
     .method = "POST",
     .url = API "/v1/shop%2042%2F%C3%A4/sessions",
     .headers = {"X-GCS-ServerMetaInfo", SMI},
     .string = "POST\napplication/json\nWed, 08 Jul 2026 06:07:08 GMT\nx-gcs-servermetainfo:" SMI
               "\n/v1/shop%2042%2F%C3%A4/sessions\n",
     .length = 314,
     .sha256 = "97d1feb6d65688f4439aa3f0e4d7944c667296dd055022996969879078b4d34d",
     .signature = "HGjS60hXKxSh2fyO3QTEFnOUagHdZOIeNGboQ1i52RU="},
};

/* The headers that are the same in most vectors, where a row leaves them out. */
static const char *const dates[] = {NULL,
                                    NULL,
                                    "Sun, 01 Mar 2026 00:00:05 GMT",
                                    "Thu, 31 Dec 2026 23:59:59 GMT",
                                    NULL,
                                    "Wed, 08 Jul 2026 06:07:08 GMT"};

static void build(int index, spay_http_request *request)
{
    const vector *v = &vectors[index];
    size_t i;

    memset(request, 0, sizeof(*request));
    spay__http_request_set_url(request, v->url, "");
    request->method = v->method;
    for (i = 0; i < 8 && v->headers[i]; i += 2)
        spay__http_request_add(request, v->headers[i], v->headers[i + 1]);
    if (dates[index]) {
        spay__http_request_add(request, "Content-Type", "application/json");
        spay__http_request_add(request, "Date", dates[index]);
    }
    ck_assert(!request->failed);
}

static void string_to_sign(int index, spay__buffer *out)
{
    spay_http_request request;

    build(index, &request);
    spay__buffer_init(out, 4096);
    ck_assert(spay__v1hmac_string(&request, out));
    spay__http_request_clear(&request);
}

static void sign(int index, spay__buffer *out)
{
    spay__hmac *key = spay__hmac_new(vectors[index].secret, strlen(vectors[index].secret));
    spay_http_request request;

    build(index, &request);
    ck_assert_ptr_nonnull(key);
    spay__v1hmac_sign(&request, vectors[index].key_id, key);
    ck_assert(!request.failed);
    spay__buffer_init(out, 200);
    spay__buffer_text(out, spay__http_request_header(&request, "Authorization"));
    spay__hmac_free(key);
    spay__http_request_clear(&request);
}

START_TEST(string_to_sign_is_canonical)
{
    spay__buffer string;

    string_to_sign(_i, &string);
    ck_assert_msg(strcmp(string.data, vectors[_i].string) == 0, "%s", vectors[_i].name);
    spay__buffer_clear(&string);
}
END_TEST

START_TEST(string_to_sign_has_its_length)
{
    spay__buffer string;

    string_to_sign(_i, &string);
    ck_assert_msg(string.length == vectors[_i].length, "%s: %zu", vectors[_i].name, string.length);
    spay__buffer_clear(&string);
}
END_TEST

static void hex(const unsigned char *bytes, size_t length, char *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < length; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

START_TEST(string_to_sign_has_its_digest)
{
    unsigned char digest[SPAY__SHA256_SIZE];
    char text[2 * SPAY__SHA256_SIZE + 1];
    spay__buffer string;

    string_to_sign(_i, &string);
    ck_assert(EVP_Digest(string.data, string.length, digest, NULL, EVP_sha256(), NULL));
    hex(digest, sizeof(digest), text);
    ck_assert_msg(strcmp(text, vectors[_i].sha256) == 0, "%s: %s", vectors[_i].name, text);
    spay__buffer_clear(&string);
}
END_TEST

START_TEST(authorization_carries_key_id_and_signature)
{
    const vector *v = &vectors[_i];
    char expected[200] = "GCS v1HMAC:";
    spay__buffer value;

    sign(_i, &value);
    strcat(expected, v->key_id);
    strcat(expected, ":");
    strcat(expected, v->signature);
    ck_assert_msg(strcmp(value.data, expected) == 0, "%s: %s", v->name, value.data);
    spay__buffer_clear(&value);
}
END_TEST

/* ---- mistakes ---- */

typedef struct mistake {
    const char *name;
    int index; /* of the vector */
    const char *signature;
} mistake;

static const mistake mistakes[] = {
    {"last LF missing", 1, "GyTM35RjkBI+l8Ge2NnV6LdneGkgFcxtBf/zVkhpB08="},
    {"CR LF instead of LF", 1, "QJ9mg2kr7pXwj9xVqKEy7ou9T9OJny8JqC/t74vwi0k="},
    {"secret base64-decoded", 1, "51e4Z6sVdqM9ni+VvGl+g9Oi7ue5Tq3QgrVTTIPGW9E="},
    {"signed with a charset", 1, "SyzMwoPXgbG378/lKJlLTUuQCP//l3/mX8E7xICMFEE="},
    {"header name not in lower case", 1, "RiY/z9X6VFAtAdu/58vmqK742bLYPdrEjN8Sd6hMpf4="},
    {"blank after the header's colon", 1, "YeoOEDMgN6YVO+2yZWLf/332v+mEsyN2d8N4E6dUMvI="},
    {"whole URL instead of the path", 1, "rwJmp+VeGWUdnflOWVyirONxY4f3p6L1iq+Dw0ckjpQ="},
    {"URL-safe base64", 1, "7is0jiaLi1gSJ8y2PqM80s5zT1Vtu1Qk6IB_l44tXz8="},
    {"not sorted", 2, "Mknl94RgbOdYKx3oMJoP5yr55hMSh5edO/kqsSOgSFE="},
    {"query not decoded", 4, "gPNhC9pmHKoNadkM0roC3PUG1hGHVRNHxPHLKha+Xgk="},
};

START_TEST(signature_is_not_that_of_a_known_mistake)
{
    const mistake *row = &mistakes[_i];
    spay__buffer value;

    sign(row->index, &value);
    ck_assert_msg(!strstr(value.data, row->signature), "%s", row->name);
    spay__buffer_clear(&value);
}
END_TEST

/* The rows above are only worth something if the mistakes really give these signatures. */
static void check_mac(const char *name, const char *secret, const char *string,
                      const char *expected)
{
    unsigned char mac[SPAY__SHA256_SIZE];
    char text[SPAY__BASE64_SIZE(SPAY__SHA256_SIZE)];

    spay__hmac *key = spay__hmac_new(secret, strlen(secret));

    ck_assert_ptr_nonnull(key);
    spay__hmac_make(key, string, strlen(string), mac);
    spay__hmac_free(key);
    spay__base64_encode(text, mac, sizeof(mac));
    ck_assert_msg(strcmp(text, expected) == 0, "%s: %s", name, text);
}

START_TEST(mistakes_are_what_they_say)
{
    check_mac(mistakes[0].name, SECRET_A,
              "POST\napplication/json\n" MARCH_3 "\nx-gcs-servermetainfo:" SMI
              "\n/v1/4217/sessions",
              mistakes[0].signature);
    check_mac(mistakes[2].name, "sessionpay-example-secret-01", vectors[1].string,
              mistakes[2].signature);
    check_mac(mistakes[5].name, SECRET_A,
              "POST\napplication/json\n" MARCH_3 "\nx-gcs-servermetainfo: " SMI
              "\n/v1/4217/sessions\n",
              mistakes[5].signature);
    check_mac(mistakes[9].name, SECRET_B,
              "GET\n\nMon, 20 Apr 2026 11:22:33 GMT\n/v1/4217/products?countryCode=NL"
              "&currencyCode=EUR&label=caf%C3%A9%20noir\n",
              mistakes[9].signature);
}
END_TEST

/* ---- corners of the canonical form ---- */

typedef struct fold_row {
    const char *value;
    const char *line;
} fold_row;

static const fold_row fold_rows[] = {
    {"", ""},
    {"a", "a"},
    {" a ", "a"},
    {"\t\v\f a \r\n", "a"},
    {" \t ", ""},
    {"a  b", "a  b"},
    {"a\nb", "a b"},
    {"a\r\nb", "a b"},
    {"a\n b", "a b"},
    {"a\r\n \t\v\fb", "a b"},
    {"a \n b", "a  b"},
    {"a\n\nb", "a  b"},
    {"a\n \n b", "a  b"},
    {"a\r\n\r\nb", "a  b"},
    {"a\rb", "a\rb"},
    {"a\r b\n c", "a\r b c"},
};

START_TEST(folded_value_becomes_one_line)
{
    spay_http_request request;
    char expected[100] = "POST\n\n\nx-gcs-a:";
    spay__buffer string;

    memset(&request, 0, sizeof(request));
    spay__http_request_set_url(&request, "https://h.example", "/p");
    spay__http_request_add(&request, "X-GCS-A", fold_rows[_i].value);
    spay__buffer_init(&string, 1000);
    ck_assert(spay__v1hmac_string(&request, &string));
    strcat(expected, fold_rows[_i].line);
    strcat(expected, "\n/p\n");
    ck_assert_str_eq(string.data, expected);
    spay__buffer_clear(&string);
    spay__http_request_clear(&request);
}
END_TEST

static const fold_row resource_rows[] = {
    {"https://h.example/p", "/p"},
    {"https://h.example:8443/p/q", "/p/q"},
    {"http://127.0.0.1:1/p", "/p"},
    {"https://h.example/a%2Fb%20c", "/a%2Fb%20c"},
    {"https://h.example/a%3Fb", "/a%3Fb"},
    {"https://h.example/p?a=%41%2f%7E", "/p?a=A/~"},
    {"https://h.example/p?a=+", "/p?a=+"},
    {"https://h.example/p?a=%2B", "/p?a=+"},
    {"https://h.example/p?a=%", "/p?a=%"},
    {"https://h.example/p?a=%4", "/p?a=%4"},
    {"https://h.example/p?a=%zz", "/p?a=%zz"},
    {"https://h.example/%41?%41", "/%41?A"},
    {"https://h.example/p?a=?&b=%3F", "/p?a=?&b=?"},
    {"https://h.example", ""},
};

START_TEST(resource_is_raw_path_and_decoded_query)
{
    spay_http_request request;
    char expected[100] = "POST\n\n\n";
    spay__buffer string;

    memset(&request, 0, sizeof(request));
    spay__http_request_set_url(&request, resource_rows[_i].value, "");
    spay__buffer_init(&string, 1000);
    ck_assert(spay__v1hmac_string(&request, &string));
    strcat(strcat(expected, resource_rows[_i].line), "\n");
    ck_assert_str_eq(string.data, expected);
    spay__buffer_clear(&string);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(headers_are_sorted_whatever_their_case_and_order)
{
    static const char *const names[] = {"X-GCS-b", "x-gcs-A", "X-GCS-aa",
                                        "x-gcs",   "X-GCSZ",  "X-Gcs-C"};
    static const char expected[] =
        "POST\n\n\nx-gcs:3\nx-gcs-a:1\nx-gcs-aa:2\nx-gcs-b:0\nx-gcs-c:5\n"
        "x-gcsz:4\n/p\n";
    spay_http_request request;
    spay__buffer string;
    int i;

    memset(&request, 0, sizeof(request));
    spay__http_request_set_url(&request, "https://h.example", "/p");
    for (i = 0; i < 6; i++) {
        int at = (i + _i) % 6;
        char value[2] = {(char)('0' + at), '\0'};

        spay__http_request_add(&request, names[at], value);
    }
    spay__buffer_init(&string, 1000);
    ck_assert(spay__v1hmac_string(&request, &string));
    ck_assert_str_eq(string.data, expected);
    spay__buffer_clear(&string);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(body_is_not_signed)
{
    spay__buffer body;
    spay__buffer one;
    spay__buffer other;
    spay_http_request request;

    build(0, &request);
    spay__buffer_init(&one, 1000);
    spay__buffer_init(&other, 1000);
    ck_assert(spay__v1hmac_string(&request, &one));
    spay__buffer_init(&body, 10);
    ck_assert(spay__buffer_text(&body, "{}"));
    spay__http_request_take_body(&request, &body);
    ck_assert(spay__v1hmac_string(&request, &other));
    ck_assert_str_eq(one.data, other.data);
    spay__buffer_clear(&one);
    spay__buffer_clear(&other);
    spay__http_request_clear(&request);
}
END_TEST

Suite *v1hmac_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("v1hmac", &tests);

    tcase_add_loop_test(tests, string_to_sign_is_canonical, 0, ROWS(vectors));
    tcase_add_loop_test(tests, string_to_sign_has_its_length, 0, ROWS(vectors));
    tcase_add_loop_test(tests, string_to_sign_has_its_digest, 0, ROWS(vectors));
    tcase_add_loop_test(tests, authorization_carries_key_id_and_signature, 0, ROWS(vectors));
    tcase_add_loop_test(tests, signature_is_not_that_of_a_known_mistake, 0, ROWS(mistakes));
    tcase_add_test(tests, mistakes_are_what_they_say);
    tcase_add_loop_test(tests, folded_value_becomes_one_line, 0, ROWS(fold_rows));
    tcase_add_loop_test(tests, resource_is_raw_path_and_decoded_query, 0, ROWS(resource_rows));
    tcase_add_loop_test(tests, headers_are_sorted_whatever_their_case_and_order, 0, 6);
    tcase_add_test(tests, body_is_not_signed);
    return suite;
}

#else

Suite *v1hmac_suite(void)
{
    return suite_create("v1hmac");
}

#endif
