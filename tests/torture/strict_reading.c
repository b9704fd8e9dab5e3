/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Strict reading, through a whole call: what is not exactly JSON, or says two things at once, is no
 * session. Every document is answered to each kind of call that reads one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"

#if ALL_PROVIDERS

/* A literal that may hold NUL bytes. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/* Which document is read. */
typedef enum reader {
    READ_WEPAY,
    READ_HOSTED,
    READ_SERVER,
    READ_CLIENT,
    READ_TOKEN,  /* the reply of the token endpoint */
    READ_OBJECT, /* the JSON text inside connect_client's sessionObject */
    READERS
} reader;

/* The members of a good answer without braces, for each reader. */
static const char *const members[READERS] = {
    "\"id\":\"0c2ef14b\",\"session_token\":\"stage_session\",\"expire_time\":4102444800",
    "\"token\":\"page-token\",\"expiresAt\":\"2030-01-01T00:00:00Z\"",
    "\"clientSessionId\":\"a\",\"customerId\":\"90a1\",\"clientApiUrl\":\"https://c.example\"",
    "\"paymentProductSession302SpecificOutput\":{\"sessionObject\":\"{\\\"nonce\\\":1}\"}",
    "\"access_token\":\"token-1\",\"expires_in\":3600",
    "\"nonce\":\"70e2\"",
};

static const char *const names[READERS] = {"wepay",          "hosted_fields", "connect_server",
                                           "connect_client", "token",         "session object"};

static const account_kind kinds[READERS] = {ACCOUNT_WEPAY,          ACCOUNT_HOSTED_BEARER,
                                            ACCOUNT_CONNECT_SERVER, ACCOUNT_CONNECT_CLIENT,
                                            ACCOUNT_HOSTED_FIELDS,  ACCOUNT_CONNECT_CLIENT};

typedef struct answer {
    test_accounts opened;
    spay_status status;
    void *session;
    spay_error *error;
    account_kind kind;
} answer;

/* Escape a document into the string member of another. A NUL byte cannot be written there. */
static size_t wrap_object(char *out, const char *text, size_t length)
{
    size_t used =
        (size_t)sprintf(out, "{\"paymentProductSession302SpecificOutput\":{\"sessionObject\":\"");
    size_t i;

    for (i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte == '"' || byte == '\\')
            out[used++] = '\\';
        if (byte < 0x20)
            used += (size_t)sprintf(out + used, "\\u%04x", byte);
        else
            out[used++] = text[i];
    }
    return used + (size_t)sprintf(out + used, "\"}}");
}

static void ask(answer *got, reader who, int32_t http_status, const char *text, size_t length)
{
    char wrapped[16384];
    test_accounts *opened = &got->opened;

    memset(got, 0, sizeof(*got));
    got->kind = kinds[who];
    if (!accounts_open(opened, NULL))
        exit(1);
    if (who == READ_OBJECT) {
        length = wrap_object(wrapped, text, length);
        text = wrapped;
    }
    (void)spay_mock_reply(opened->mock, http_status, NULL, text, length);
    if (who == READ_TOKEN)
        accounts_reply_good(opened, ACCOUNT_HOSTED_FIELDS);
    got->status = accounts_create_session(opened, got->kind, NULL, &got->session, &got->error);
}

static void forget(answer *got)
{
    accounts_free_session(got->kind, got->session);
    spay_error_free(got->error);
    accounts_close(&got->opened);
}

/* ---- documents that are no JSON ---- */

/* `%` stands for the members of a good answer. */
typedef struct document {
    const char *name;
    const char *text;
    size_t length;
    const char *fault; /* NULL if it is to be accepted */
} document;

static const document documents[] = {
    {"nothing more", BYTES("{%}"), NULL},
    {"blanks around", BYTES(" \t\r\n{%}\r\n "), NULL},
    {"unknown member", BYTES("{\"x\":[1,2.5,-0,1E+2,null,true],%}"), NULL},
    {"surrogate pair", BYTES("{\"x\":\"\\ud83d\\ude00\",%}"), NULL},
    {"last code point", BYTES("{\"x\":\"\xf4\x8f\xbf\xbf\",%}"), NULL},
    {"noncharacter", BYTES("{\"x\":\"\xef\xbf\xbf\",%}"), NULL},
    {"unknown member twice", BYTES("{\"x\":1,\"x\":2,%}"), NULL},
    {"huge number in an unknown member", BYTES("{\"x\":1e999,%}"), NULL},

    {"trailing letter", BYTES("{%}x"), "trailing_bytes"},
    {"trailing brace", BYTES("{%}}"), "trailing_bytes"},
    {"second object", BYTES("{%}{}"), "trailing_bytes"},
    {"second object on a line of its own", BYTES("{%}\n{%}\n"), "trailing_bytes"},
    {"trailing comma after it", BYTES("{%},"), "trailing_bytes"},
    {"trailing NUL byte", BYTES("{%}\0"), "trailing_bytes"},
    {"NUL byte and more", BYTES("{%}\0{}"), "trailing_bytes"},
    {"trailing no-break space", BYTES("{%}\xc2\xa0"), "trailing_bytes"},
    {"trailing form feed", BYTES("{%}\f"), "trailing_bytes"},

    {"byte order mark", BYTES("\xef\xbb\xbf{%}"), "not_json"},
    {"UTF-16", BYTES("\xff\xfe{\0}\0"), "not_json"},
    {"NUL byte in front", BYTES("\0{%}"), "not_json"},
    {"empty", BYTES(""), "not_json"},
    {"blanks alone", BYTES(" \n"), "not_json"},
    {"anti-hijacking prefix", BYTES(")]}',\n{%}"), "not_json"},
    {"callback", BYTES("f({%})"), "not_json"},

    {"u0000 in an unknown member", BYTES("{\"x\":\"a\\u0000b\",%}"), "nul_character"},
    {"u0000 in a name", BYTES("{\"a\\u0000b\":1,%}"), "nul_character"},
    {"NUL byte in a text", BYTES("{\"x\":\"a\0b\",%}"), "not_json"},
    {"NUL byte between members", BYTES("{\"x\":1,\0%}"), "not_json"},
    {"line break in a text", BYTES("{\"x\":\"a\nb\",%}"), "not_json"},
    {"tab in a text", BYTES("{\"x\":\"a\tb\",%}"), "not_json"},

    {"byte ff", BYTES("{\"x\":\"\xff\",%}"), "not_utf8"},
    {"byte c0", BYTES("{\"x\":\"\xc0\xaf\",%}"), "not_utf8"},
    {"overlong in three bytes", BYTES("{\"x\":\"\xe0\x80\xaf\",%}"), "not_utf8"},
    {"overlong in four bytes", BYTES("{\"x\":\"\xf0\x80\x80\xaf\",%}"), "not_utf8"},
    {"overlong NUL", BYTES("{\"x\":\"\xc0\x80\",%}"), "not_utf8"},
    {"encoded surrogate", BYTES("{\"x\":\"\xed\xa0\x80\",%}"), "not_utf8"},
    {"encoded surrogate pair", BYTES("{\"x\":\"\xed\xa0\xbd\xed\xb8\x80\",%}"), "not_utf8"},
    {"beyond Unicode", BYTES("{\"x\":\"\xf4\x90\x80\x80\",%}"), "not_utf8"},
    {"cut sequence", BYTES("{\"x\":\"\xe2\x82\",%}"), "not_utf8"},
    {"stray continuation", BYTES("{\"x\":\"\x80\",%}"), "not_utf8"},
    {"latin-1", BYTES("{\"x\":\"caf\xe9\",%}"), "not_utf8"},
    {"bad UTF-8 in a name", BYTES("{\"\xff\":1,%}"), "not_utf8"},

    {"lone high surrogate", BYTES("{\"x\":\"\\ud800\",%}"), "not_utf8"},
    {"lone low surrogate", BYTES("{\"x\":\"\\udc00\",%}"), "not_utf8"},
    {"high surrogate and a letter", BYTES("{\"x\":\"\\ud800\\u0041\",%}"), "not_utf8"},
    {"two high surrogates", BYTES("{\"x\":\"\\ud800\\ud800\",%}"), "not_utf8"},
    {"surrogates the wrong way round", BYTES("{\"x\":\"\\ude00\\ud83d\",%}"), "not_utf8"},
    {"high surrogate at the end", BYTES("{\"x\":\"\\ud83d"), "not_utf8"},

    {"leading zero", BYTES("{\"x\":01,%}"), "not_json"},
    {"leading zeros", BYTES("{\"x\":-00,%}"), "not_json"},
    {"plus", BYTES("{\"x\":+1,%}"), "not_json"},
    {"point in front", BYTES("{\"x\":.5,%}"), "not_json"},
    {"point at the end", BYTES("{\"x\":1.,%}"), "not_json"},
    {"comma for a point", BYTES("{\"x\":1,5,%}"), "not_json"},
    {"empty exponent", BYTES("{\"x\":1e,%}"), "not_json"},
    {"minus alone", BYTES("{\"x\":-,%}"), "not_json"},
    {"hexadecimal", BYTES("{\"x\":0x10,%}"), "not_json"},
    {"underscore", BYTES("{\"x\":1_000,%}"), "not_json"},
    {"NaN", BYTES("{\"x\":NaN,%}"), "not_json"},
    {"nan", BYTES("{\"x\":nan,%}"), "not_json"},
    {"Infinity", BYTES("{\"x\":Infinity,%}"), "not_json"},
    {"-Infinity", BYTES("{\"x\":-Infinity,%}"), "not_json"},

    {"True", BYTES("{\"x\":True,%}"), "not_json"},
    {"nul", BYTES("{\"x\":nul,%}"), "not_json"},
    {"nulls", BYTES("{\"x\":nulls,%}"), "not_json"},
    {"undefined", BYTES("{\"x\":undefined,%}"), "not_json"},
    {"single quotes", BYTES("{'x':1,%}"), "not_json"},
    {"name without quotes", BYTES("{x:1,%}"), "not_json"},
    {"comment", BYTES("{/* x */%}"), "not_json"},
    {"comment of one line", BYTES("{// x\n%}"), "not_json"},
    {"comma at the end", BYTES("{%,}"), "not_json"},
    {"comma in front", BYTES("{,%}"), "not_json"},
    {"two commas", BYTES("{\"x\":1,,%}"), "not_json"},
    {"no comma", BYTES("{\"x\":1 %}"), "not_json"},
    {"no colon", BYTES("{\"x\" 1,%}"), "not_json"},
    {"equals sign", BYTES("{\"x\"=1,%}"), "not_json"},
    {"brackets crossed", BYTES("{\"x\":[1},%]"), "not_json"},
    {"not closed", BYTES("{%"), "not_json"},
    {"bad escape", BYTES("{\"x\":\"\\q\",%}"), "not_json"},
    {"escape x", BYTES("{\"x\":\"\\x41\",%}"), "not_json"},
    {"short escape", BYTES("{\"x\":\"\\u12\",%}"), "not_json"},
    {"escape with a sign", BYTES("{\"x\":\"\\u+123\",%}"), "not_json"},

    {"array", BYTES("[{%}]"), "wrong_type"},
    {"text", BYTES("\"{}\""), "wrong_type"},
    {"number", BYTES("1"), "wrong_type"},
    {"null", BYTES("null"), "wrong_type"},
    {"true", BYTES("true"), "wrong_type"},
};

/* The document with the members of a reader in the place of each "%". */
static size_t expand(char *out, const document *doc, reader who)
{
    size_t used = 0;
    size_t i;

    for (i = 0; i < doc->length; i++)
        if (doc->text[i] == '%')
            used += (size_t)sprintf(out + used, "%s", members[who]);
        else
            out[used++] = doc->text[i];
    return used;
}

/* One refusal: nothing made, nothing repeated, and the rule that was broken is named. */
static void check_refusal(proof *p, const answer *got, reader who, const char *what,
                          const char *path, const char *fault)
{
    int32_t stage = who == READ_TOKEN ? SPAY_STAGE_TOKEN : SPAY_STAGE_REPLY;
    int32_t outcome = who == READ_TOKEN ? SPAY_OUTCOME_NOT_SENT : SPAY_OUTCOME_UNKNOWN;

    proof_case(
        p,
        got->status == SPAY_E_PROTOCOL && !got->session && spay_error_stage(got->error) == stage &&
            spay_error_outcome(got->error) == outcome &&
            spay_mock_request_count(got->opened.mock) == 1 &&
            strcmp(spay_error_field_path(got->error, 0), path) == 0 &&
            strcmp(spay_error_field_code(got->error, 0), fault) == 0,
        "%s, %s: %s %s %s, wanted %s %s", names[who], what, spay_status_name(got->status),
        spay_error_field_path(got->error, 0), spay_error_field_code(got->error, 0), path, fault);
}

/* Inside sessionObject some documents cannot be: the outer one would be broken already. */
static bool can_be_read(reader who, const document *doc)
{
    size_t i;

    if (who != READ_OBJECT)
        return true;
    for (i = 0; i < doc->length; i++)
        if (!doc->text[i] || (doc->fault && (unsigned char)doc->text[i] >= 0x80))
            return false;
    return doc->length > 0;
}

static void prove_document(proof *p, reader who, const document *doc)
{
    const char *path =
        who == READ_OBJECT ? "$.paymentProductSession302SpecificOutput.sessionObject" : "$";
    char text[4096];
    answer got;

    ask(&got, who, 200, text, expand(text, doc, who));
    if (doc->fault)
        check_refusal(p, &got, who, doc->name, path, doc->fault);
    else
        proof_case(p, got.status == SPAY_OK && accounts_session_info(got.session)->warnings == 0,
                   "%s, %s: %s %s, wanted a session", names[who], doc->name,
                   spay_status_name(got.status), spay_error_message(got.error));
    forget(&got);
}

static void prove_documents(void)
{
    size_t i;
    int who;
    proof p;

    for (who = 0; who < READERS; who++) {
        char name[64];

        (void)snprintf(name, sizeof(name), "documents that are not quite JSON: %s", names[who]);
        proof_begin(&p, name);
        for (i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
            if (can_be_read((reader)who, &documents[i]))
                prove_document(&p, (reader)who, &documents[i]);
        proof_end(&p);
    }
}

/* ---- members that we use ---- */

/* A whole answer. A path with a fault is a refusal; warnings alone are a success. */
typedef struct reading {
    reader who;
    const char *what;
    const char *text;
    const char *path;
    const char *fault;
    uint32_t warnings;
} reading;

#define IGNORED SPAY_SESSION_WARNING_MEMBER_IGNORED
#define ASSUMED SPAY_SESSION_WARNING_EXPIRY_ASSUMED
#define EXPIRES(number) "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":" number "}"
#define CREATED(number)                                                                            \
    "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,\"create_time\":" number "}"
#define SERVER(more)                                                                               \
    "{\"clientSessionId\":\"a\",\"customerId\":\"b\",\"clientApiUrl\":\"https://c\"" more "}"

static const reading duplicates[] = {
    {READ_WEPAY, "required twice",
     "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
     "\"session_token\":\"c\"}",
     "$.session_token", "duplicate", 0},
    {READ_WEPAY, "required twice alike",
     "{\"id\":\"a\",\"id\":\"a\",\"session_token\":\"b\","
     "\"expire_time\":4102444800}",
     "$.id", "duplicate", 0},
    {READ_WEPAY, "required twice, null first",
     "{\"id\":null,\"id\":\"a\",\"session_token\":\"b\","
     "\"expire_time\":4102444800}",
     "$.id", "duplicate", 0},
    {READ_WEPAY, "required twice, once with an escape",
     "{\"id\":\"a\",\"session\\u005ftoken\":\"b\","
     "\"expire_time\":4102444800,\"session_token\":\"c\"}",
     "$.session_token", "duplicate", 0},
    {READ_WEPAY, "required number twice",
     "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
     "\"expire_time\":4102444801}",
     "$.expire_time", "duplicate", 0},
    {READ_WEPAY, "another case is another name",
     "{\"id\":\"a\",\"session_token\":\"b\","
     "\"Session_Token\":\"c\",\"expire_time\":4102444800,\"EXPIRE_TIME\":2}",
     NULL, NULL, 0},
    {READ_WEPAY, "another case does not count",
     "{\"id\":\"a\",\"Session_Token\":\"c\","
     "\"expire_time\":4102444800}",
     "$.session_token", "missing", 0},
    {READ_WEPAY, "optional twice",
     "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
     "\"state\":\"active\",\"state\":\"deleted\"}",
     NULL, NULL, IGNORED},
    {READ_WEPAY, "optional object twice",
     "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
     "\"owner\":{\"id\":\"x\"},\"owner\":{\"id\":\"y\"}}",
     NULL, NULL, IGNORED},
    {READ_WEPAY, "optional twice inside",
     "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
     "\"owner\":{\"id\":\"x\",\"id\":\"y\"}}",
     NULL, NULL, IGNORED},
    {READ_HOSTED, "required twice", "{\"token\":\"a\",\"token\":\"b\"}", "$.token", "duplicate", 0},
    {READ_HOSTED, "expiry twice",
     "{\"token\":\"a\",\"expiresAt\":\"2030-01-01T00:00:00Z\","
     "\"expiresAt\":\"2031-01-01T00:00:00Z\"}",
     NULL, NULL, IGNORED | ASSUMED},
    {READ_SERVER, "required twice", SERVER(",\"clientSessionId\":\"z\""), "$.clientSessionId",
     "duplicate", 0},
    {READ_SERVER, "host twice", SERVER(",\"clientApiUrl\":\"https://evil.example\""),
     "$.clientApiUrl", "duplicate", 0},
    {READ_SERVER, "optional twice", SERVER(",\"region\":\"EU\",\"region\":\"US\""), NULL, NULL,
     IGNORED},
    {READ_SERVER, "list twice", SERVER(",\"invalidTokens\":[\"a\"],\"invalidTokens\":[]"), NULL,
     NULL, IGNORED},
    {READ_CLIENT, "output twice",
     "{\"paymentProductSession302SpecificOutput\":{\"sessionObject\":"
     "\"{}\"},\"paymentProductSession302SpecificOutput\":{\"sessionObject\":\"{}\"}}",
     "$.paymentProductSession302SpecificOutput", "duplicate", 0},
    {READ_CLIENT, "object twice",
     "{\"paymentProductSession302SpecificOutput\":{\"sessionObject\":"
     "\"{}\",\"sessionObject\":\"{}\"}}",
     "$.paymentProductSession302SpecificOutput.sessionObject", "duplicate", 0},
    {READ_TOKEN, "token twice", "{\"access_token\":\"a\",\"access_token\":\"b\"}", "$.access_token",
     "duplicate", 0},
    {READ_TOKEN, "lifetime twice", "{\"access_token\":\"a\",\"expires_in\":1,\"expires_in\":2}",
     NULL, NULL, 0},
};

static const reading texts[] = {
    {READ_WEPAY, "u0000 in what is used",
     "{\"id\":\"a\",\"session_token\":\"b\\u0000c\","
     "\"expire_time\":4102444800}",
     "$", "nul_character", 0},
    {READ_WEPAY, "empty", "{\"id\":\"a\",\"session_token\":\"\",\"expire_time\":4102444800}",
     "$.session_token", "empty", 0},
    {READ_WEPAY, "null", "{\"id\":\"a\",\"session_token\":null,\"expire_time\":4102444800}",
     "$.session_token", "missing", 0},
    {READ_WEPAY, "number for a text",
     "{\"id\":1,\"session_token\":\"b\",\"expire_time\":4102444800}", "$.id", "wrong_type", 0},
    {READ_WEPAY, "text for a number",
     "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":\"1\"}", "$.expire_time", "wrong_type",
     0},
    {READ_SERVER, "empty host",
     "{\"clientSessionId\":\"a\",\"customerId\":\"b\","
     "\"clientApiUrl\":\"\"}",
     "$.clientApiUrl", "empty", 0},
    {READ_SERVER, "list of other things", SERVER(",\"invalidTokens\":[\"a\",1,null]"), NULL, NULL,
     IGNORED | SPAY_SESSION_WARNING_INVALID_TOKENS},
    {READ_SERVER, "no list", SERVER(",\"invalidTokens\":\"a\""), NULL, NULL, IGNORED},
    {READ_TOKEN, "line break in the token", "{\"access_token\":\"a\\r\\nX: y\"}", "$.access_token",
     "forbidden_character", 0},
    {READ_TOKEN, "blank in the token", "{\"access_token\":\"a b\"}", "$.access_token",
     "forbidden_character", 0},
    {READ_TOKEN, "no token", "{\"expires_in\":3600}", "$.access_token", "missing", 0},
};

static const reading numbers[] = {
    {READ_WEPAY, "0", CREATED("0"), NULL, NULL, 0},
    {READ_WEPAY, "2^31", EXPIRES("2147483648"), NULL, NULL, 0},
    {READ_WEPAY, "2^53", EXPIRES("9007199254740992"), NULL, NULL, 0},
    {READ_WEPAY, "2^53 + 1", EXPIRES("9007199254740993"), NULL, NULL, 0},
    {READ_WEPAY, "2^63 - 1", EXPIRES("9223372036854775807"), NULL, NULL, 0},
    {READ_WEPAY, "2^63", EXPIRES("9223372036854775808"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "2^64", EXPIRES("18446744073709551616"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "2^64 + 1", EXPIRES("18446744073709551617"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "30 digits", EXPIRES("176731200017673120001767312000"), "$.expire_time",
     "out_of_range", 0},
    {READ_WEPAY, "-1", EXPIRES("-1"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "-2^63", EXPIRES("-9223372036854775808"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "-2^63 - 1", EXPIRES("-9223372036854775809"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "1.5", EXPIRES("1.5"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "a fraction that no double shows", EXPIRES("1767312000.00000000001"),
     "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "1e-1", EXPIRES("1e-1"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "1e400", EXPIRES("1e400"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "-1e400", EXPIRES("-1e400"), "$.expire_time", "out_of_range", 0},
    {READ_WEPAY, "optional -1", CREATED("-1"), NULL, NULL, IGNORED},
    {READ_WEPAY, "optional 0.5", CREATED("0.5"), NULL, NULL, IGNORED},
    {READ_WEPAY, "optional 1e400", CREATED("1e400"), NULL, NULL, IGNORED},
    {READ_WEPAY, "optional text", CREATED("\"1\""), NULL, NULL, IGNORED},
    {READ_WEPAY, "optional null", CREATED("null"), NULL, NULL, 0},
    {READ_TOKEN, "lifetime -1", "{\"access_token\":\"a\",\"expires_in\":-1}", NULL, NULL, 0},
    {READ_TOKEN, "lifetime 1e400", "{\"access_token\":\"a\",\"expires_in\":1e400}", NULL, NULL, 0},
};

static void prove_readings(const char *name, const reading *rows, size_t count)
{
    size_t i;
    proof p;

    proof_begin(&p, name);
    for (i = 0; i < count; i++) {
        const reading *row = &rows[i];
        answer got;

        ask(&got, row->who, 200, row->text, strlen(row->text));
        if (row->fault)
            check_refusal(&p, &got, row->who, row->what, row->path, row->fault);
        else
            proof_case(&p,
                       got.status == SPAY_OK &&
                           accounts_session_info(got.session)->warnings == row->warnings,
                       "%s, %s: %s %s, warnings %u, wanted %u", names[row->who], row->what,
                       spay_status_name(got.status), spay_error_message(got.error),
                       got.session ? (unsigned)accounts_session_info(got.session)->warnings : 0,
                       (unsigned)row->warnings);
        forget(&got);
    }
    proof_end(&p);
}

/* Numbers come out as they were written, and duplicates never with one of their values. */
static void prove_values(void)
{
    static const struct {
        const char *text;
        int64_t expire_time;
        int64_t expires_at_ms;
    } rows[] = {
        {EXPIRES("9007199254740991"), 9007199254740991, 9007199254740991000},
        {EXPIRES("9007199254740993"), 9007199254740993, 9007199254740993000},
        {EXPIRES("9223372036854775"), 9223372036854775, -1},
        {EXPIRES("9223372036854774"), 9223372036854774, 9223372036854774000},
        {EXPIRES("9223372036854775807"), INT64_MAX, -1},
        {EXPIRES("4102444799"), 4102444799, 4102444799000},
    };
    size_t i;
    proof p;

    proof_begin(&p, "numbers come out exactly");
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const spay_wepay_session *session;
        answer got;

        ask(&got, READ_WEPAY, 200, rows[i].text, strlen(rows[i].text));
        session = got.session;
        proof_case(&p,
                   session && session->expire_time == rows[i].expire_time &&
                       session->info->expires_at_ms == rows[i].expires_at_ms,
                   "%s", rows[i].text);
        forget(&got);
    }
    proof_end(&p);
}

/* An error's body is for people: whatever it is, the status decides, and the bytes are kept. */
static void prove_error_bodies(void)
{
    size_t i;
    int who;
    proof p;

    proof_begin(&p, "error bodies may be anything");
    for (who = 0; who < READERS - 1; who++)
        for (i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
            spay_status wanted = who == READ_TOKEN ? SPAY_E_AUTH : SPAY_E_REJECTED;
            char text[4096];
            size_t length = expand(text, &documents[i], (reader)who);
            size_t kept;
            const char *body;
            answer got;

            ask(&got, (reader)who, 400, text, length);
            body = spay_error_body(got.error, &kept);
            proof_case(&p, got.status == wanted && kept == length && !memcmp(body, text, kept),
                       "%s, %s: %s", names[who], documents[i].name, spay_status_name(got.status));
            forget(&got);
        }
    proof_end(&p);
}

int main(void)
{
    prove_documents();
    prove_readings("members that are there twice", duplicates,
                   sizeof(duplicates) / sizeof(duplicates[0]));
    prove_readings("texts that cannot be used", texts, sizeof(texts) / sizeof(texts[0]));
    prove_readings("numbers that are no int64", numbers, sizeof(numbers) / sizeof(numbers[0]));
    prove_values();
    prove_error_bodies();
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
