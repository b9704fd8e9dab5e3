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

#define DOCUMENT(name_, text_, fault_)                                                             \
    {                                                                                              \
        .name = (name_), .text = (text_), .length = sizeof(text_) - 1, .fault = (fault_)           \
    }

static const document documents[] = {
    DOCUMENT("nothing more", "{%}", NULL),
    DOCUMENT("blanks around", " \t\r\n{%}\r\n ", NULL),
    DOCUMENT("unknown member", "{\"x\":[1,2.5,-0,1E+2,null,true],%}", NULL),
    DOCUMENT("surrogate pair", "{\"x\":\"\\ud83d\\ude00\",%}", NULL),
    DOCUMENT("last code point", "{\"x\":\"\xf4\x8f\xbf\xbf\",%}", NULL),
    DOCUMENT("noncharacter", "{\"x\":\"\xef\xbf\xbf\",%}", NULL),
    DOCUMENT("unknown member twice", "{\"x\":1,\"x\":2,%}", NULL),
    DOCUMENT("huge number in an unknown member", "{\"x\":1e999,%}", NULL),

    DOCUMENT("trailing letter", "{%}x", "trailing_bytes"),
    DOCUMENT("trailing brace", "{%}}", "trailing_bytes"),
    DOCUMENT("second object", "{%}{}", "trailing_bytes"),
    DOCUMENT("second object on a line of its own", "{%}\n{%}\n", "trailing_bytes"),
    DOCUMENT("trailing comma after it", "{%},", "trailing_bytes"),
    DOCUMENT("trailing NUL byte", "{%}\0", "trailing_bytes"),
    DOCUMENT("NUL byte and more", "{%}\0{}", "trailing_bytes"),
    DOCUMENT("trailing no-break space", "{%}\xc2\xa0", "trailing_bytes"),
    DOCUMENT("trailing form feed", "{%}\f", "trailing_bytes"),

    DOCUMENT("byte order mark", "\xef\xbb\xbf{%}", "not_json"),
    DOCUMENT("UTF-16", "\xff\xfe{\0}\0", "not_json"),
    DOCUMENT("NUL byte in front", "\0{%}", "not_json"),
    DOCUMENT("empty", "", "not_json"),
    DOCUMENT("blanks alone", " \n", "not_json"),
    DOCUMENT("anti-hijacking prefix", ")]}',\n{%}", "not_json"),
    DOCUMENT("callback", "f({%})", "not_json"),

    DOCUMENT("u0000 in an unknown member", "{\"x\":\"a\\u0000b\",%}", "nul_character"),
    DOCUMENT("u0000 in a name", "{\"a\\u0000b\":1,%}", "nul_character"),
    DOCUMENT("NUL byte in a text", "{\"x\":\"a\0b\",%}", "not_json"),
    DOCUMENT("NUL byte between members", "{\"x\":1,\0%}", "not_json"),
    DOCUMENT("line break in a text", "{\"x\":\"a\nb\",%}", "not_json"),
    DOCUMENT("tab in a text", "{\"x\":\"a\tb\",%}", "not_json"),

    DOCUMENT("byte ff", "{\"x\":\"\xff\",%}", "not_utf8"),
    DOCUMENT("byte c0", "{\"x\":\"\xc0\xaf\",%}", "not_utf8"),
    DOCUMENT("overlong in three bytes", "{\"x\":\"\xe0\x80\xaf\",%}", "not_utf8"),
    DOCUMENT("overlong in four bytes", "{\"x\":\"\xf0\x80\x80\xaf\",%}", "not_utf8"),
    DOCUMENT("overlong NUL", "{\"x\":\"\xc0\x80\",%}", "not_utf8"),
    DOCUMENT("encoded surrogate", "{\"x\":\"\xed\xa0\x80\",%}", "not_utf8"),
    DOCUMENT("encoded surrogate pair", "{\"x\":\"\xed\xa0\xbd\xed\xb8\x80\",%}", "not_utf8"),
    DOCUMENT("beyond Unicode", "{\"x\":\"\xf4\x90\x80\x80\",%}", "not_utf8"),
    DOCUMENT("cut sequence", "{\"x\":\"\xe2\x82\",%}", "not_utf8"),
    DOCUMENT("stray continuation", "{\"x\":\"\x80\",%}", "not_utf8"),
    DOCUMENT("latin-1", "{\"x\":\"caf\xe9\",%}", "not_utf8"),
    DOCUMENT("bad UTF-8 in a name", "{\"\xff\":1,%}", "not_utf8"),

    DOCUMENT("lone high surrogate", "{\"x\":\"\\ud800\",%}", "not_utf8"),
    DOCUMENT("lone low surrogate", "{\"x\":\"\\udc00\",%}", "not_utf8"),
    DOCUMENT("high surrogate and a letter", "{\"x\":\"\\ud800\\u0041\",%}", "not_utf8"),
    DOCUMENT("two high surrogates", "{\"x\":\"\\ud800\\ud800\",%}", "not_utf8"),
    DOCUMENT("surrogates the wrong way round", "{\"x\":\"\\ude00\\ud83d\",%}", "not_utf8"),
    DOCUMENT("high surrogate at the end", "{\"x\":\"\\ud83d", "not_utf8"),

    DOCUMENT("leading zero", "{\"x\":01,%}", "not_json"),
    DOCUMENT("leading zeros", "{\"x\":-00,%}", "not_json"),
    DOCUMENT("plus", "{\"x\":+1,%}", "not_json"),
    DOCUMENT("point in front", "{\"x\":.5,%}", "not_json"),
    DOCUMENT("point at the end", "{\"x\":1.,%}", "not_json"),
    DOCUMENT("comma for a point", "{\"x\":1,5,%}", "not_json"),
    DOCUMENT("empty exponent", "{\"x\":1e,%}", "not_json"),
    DOCUMENT("minus alone", "{\"x\":-,%}", "not_json"),
    DOCUMENT("hexadecimal", "{\"x\":0x10,%}", "not_json"),
    DOCUMENT("underscore", "{\"x\":1_000,%}", "not_json"),
    DOCUMENT("NaN", "{\"x\":NaN,%}", "not_json"),
    DOCUMENT("nan", "{\"x\":nan,%}", "not_json"),
    DOCUMENT("Infinity", "{\"x\":Infinity,%}", "not_json"),
    DOCUMENT("-Infinity", "{\"x\":-Infinity,%}", "not_json"),

    DOCUMENT("True", "{\"x\":True,%}", "not_json"),
    DOCUMENT("nul", "{\"x\":nul,%}", "not_json"),
    DOCUMENT("nulls", "{\"x\":nulls,%}", "not_json"),
    DOCUMENT("undefined", "{\"x\":undefined,%}", "not_json"),
    DOCUMENT("single quotes", "{'x':1,%}", "not_json"),
    DOCUMENT("name without quotes", "{x:1,%}", "not_json"),
    DOCUMENT("comment", "{/* x */%}", "not_json"),
    DOCUMENT("comment of one line", "{// x\n%}", "not_json"),
    DOCUMENT("comma at the end", "{%,}", "not_json"),
    DOCUMENT("comma in front", "{,%}", "not_json"),
    DOCUMENT("two commas", "{\"x\":1,,%}", "not_json"),
    DOCUMENT("no comma", "{\"x\":1 %}", "not_json"),
    DOCUMENT("no colon", "{\"x\" 1,%}", "not_json"),
    DOCUMENT("equals sign", "{\"x\"=1,%}", "not_json"),
    DOCUMENT("brackets crossed", "{\"x\":[1},%]", "not_json"),
    DOCUMENT("not closed", "{%", "not_json"),
    DOCUMENT("bad escape", "{\"x\":\"\\q\",%}", "not_json"),
    DOCUMENT("escape x", "{\"x\":\"\\x41\",%}", "not_json"),
    DOCUMENT("short escape", "{\"x\":\"\\u12\",%}", "not_json"),
    DOCUMENT("escape with a sign", "{\"x\":\"\\u+123\",%}", "not_json"),

    DOCUMENT("array", "[{%}]", "wrong_type"),
    DOCUMENT("text", "\"{}\"", "wrong_type"),
    DOCUMENT("number", "1", "wrong_type"),
    DOCUMENT("null", "null", "wrong_type"),
    DOCUMENT("true", "true", "wrong_type"),
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

#define READING(who_, what_, text_, path_, fault_, warnings_)                                      \
    {                                                                                              \
        .who = (who_), .what = (what_), .text = (text_), .path = (path_), .fault = (fault_),       \
        .warnings = (warnings_)                                                                    \
    }

static const reading duplicates[] = {
    READING(READ_WEPAY, "required twice",
            "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
            "\"session_token\":\"c\"}",
            "$.session_token", "duplicate", 0),
    READING(READ_WEPAY, "required twice alike",
            "{\"id\":\"a\",\"id\":\"a\",\"session_token\":\"b\","
            "\"expire_time\":4102444800}",
            "$.id", "duplicate", 0),
    READING(READ_WEPAY, "required twice, null first",
            "{\"id\":null,\"id\":\"a\",\"session_token\":\"b\","
            "\"expire_time\":4102444800}",
            "$.id", "duplicate", 0),
    READING(READ_WEPAY, "required twice, once with an escape",
            "{\"id\":\"a\",\"session\\u005ftoken\":\"b\","
            "\"expire_time\":4102444800,\"session_token\":\"c\"}",
            "$.session_token", "duplicate", 0),
    READING(READ_WEPAY, "required number twice",
            "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
            "\"expire_time\":4102444801}",
            "$.expire_time", "duplicate", 0),
    READING(READ_WEPAY, "another case is another name",
            "{\"id\":\"a\",\"session_token\":\"b\","
            "\"Session_Token\":\"c\",\"expire_time\":4102444800,\"EXPIRE_TIME\":2}",
            NULL, NULL, 0),
    READING(READ_WEPAY, "another case does not count",
            "{\"id\":\"a\",\"Session_Token\":\"c\","
            "\"expire_time\":4102444800}",
            "$.session_token", "missing", 0),
    READING(READ_WEPAY, "optional twice",
            "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
            "\"state\":\"active\",\"state\":\"deleted\"}",
            NULL, NULL, IGNORED),
    READING(READ_WEPAY, "optional object twice",
            "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
            "\"owner\":{\"id\":\"x\"},\"owner\":{\"id\":\"y\"}}",
            NULL, NULL, IGNORED),
    READING(READ_WEPAY, "optional twice inside",
            "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":4102444800,"
            "\"owner\":{\"id\":\"x\",\"id\":\"y\"}}",
            NULL, NULL, IGNORED),
    READING(READ_HOSTED, "required twice", "{\"token\":\"a\",\"token\":\"b\"}", "$.token",
            "duplicate", 0),
    READING(READ_HOSTED, "expiry twice",
            "{\"token\":\"a\",\"expiresAt\":\"2030-01-01T00:00:00Z\","
            "\"expiresAt\":\"2031-01-01T00:00:00Z\"}",
            NULL, NULL, IGNORED | ASSUMED),
    READING(READ_SERVER, "required twice", SERVER(",\"clientSessionId\":\"z\""),
            "$.clientSessionId", "duplicate", 0),
    READING(READ_SERVER, "host twice", SERVER(",\"clientApiUrl\":\"https://evil.example\""),
            "$.clientApiUrl", "duplicate", 0),
    READING(READ_SERVER, "optional twice", SERVER(",\"region\":\"EU\",\"region\":\"US\""), NULL,
            NULL, IGNORED),
    READING(READ_SERVER, "list twice", SERVER(",\"invalidTokens\":[\"a\"],\"invalidTokens\":[]"),
            NULL, NULL, IGNORED),
    READING(READ_CLIENT, "output twice",
            "{\"paymentProductSession302SpecificOutput\":{\"sessionObject\":"
            "\"{}\"},\"paymentProductSession302SpecificOutput\":{\"sessionObject\":\"{}\"}}",
            "$.paymentProductSession302SpecificOutput", "duplicate", 0),
    READING(READ_CLIENT, "object twice",
            "{\"paymentProductSession302SpecificOutput\":{\"sessionObject\":"
            "\"{}\",\"sessionObject\":\"{}\"}}",
            "$.paymentProductSession302SpecificOutput.sessionObject", "duplicate", 0),
    READING(READ_TOKEN, "token twice", "{\"access_token\":\"a\",\"access_token\":\"b\"}",
            "$.access_token", "duplicate", 0),
    READING(READ_TOKEN, "lifetime twice",
            "{\"access_token\":\"a\",\"expires_in\":1,\"expires_in\":2}", NULL, NULL, 0),
};

static const reading texts[] = {
    READING(READ_WEPAY, "u0000 in what is used",
            "{\"id\":\"a\",\"session_token\":\"b\\u0000c\","
            "\"expire_time\":4102444800}",
            "$", "nul_character", 0),
    READING(READ_WEPAY, "empty", "{\"id\":\"a\",\"session_token\":\"\",\"expire_time\":4102444800}",
            "$.session_token", "empty", 0),
    READING(READ_WEPAY, "null", "{\"id\":\"a\",\"session_token\":null,\"expire_time\":4102444800}",
            "$.session_token", "missing", 0),
    READING(READ_WEPAY, "number for a text",
            "{\"id\":1,\"session_token\":\"b\",\"expire_time\":4102444800}", "$.id", "wrong_type",
            0),
    READING(READ_WEPAY, "text for a number",
            "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":\"1\"}", "$.expire_time",
            "wrong_type", 0),
    READING(READ_SERVER, "empty host",
            "{\"clientSessionId\":\"a\",\"customerId\":\"b\","
            "\"clientApiUrl\":\"\"}",
            "$.clientApiUrl", "empty", 0),
    READING(READ_SERVER, "list of other things", SERVER(",\"invalidTokens\":[\"a\",1,null]"), NULL,
            NULL, IGNORED | SPAY_SESSION_WARNING_INVALID_TOKENS),
    READING(READ_SERVER, "no list", SERVER(",\"invalidTokens\":\"a\""), NULL, NULL, IGNORED),
    READING(READ_TOKEN, "line break in the token", "{\"access_token\":\"a\\r\\nX: y\"}",
            "$.access_token", "forbidden_character", 0),
    READING(READ_TOKEN, "blank in the token", "{\"access_token\":\"a b\"}", "$.access_token",
            "forbidden_character", 0),
    READING(READ_TOKEN, "no token", "{\"expires_in\":3600}", "$.access_token", "missing", 0),
};

static const reading numbers[] = {
    READING(READ_WEPAY, "0", CREATED("0"), NULL, NULL, 0),
    READING(READ_WEPAY, "2^31", EXPIRES("2147483648"), NULL, NULL, 0),
    READING(READ_WEPAY, "2^53", EXPIRES("9007199254740992"), NULL, NULL, 0),
    READING(READ_WEPAY, "2^53 + 1", EXPIRES("9007199254740993"), NULL, NULL, 0),
    READING(READ_WEPAY, "2^63 - 1", EXPIRES("9223372036854775807"), NULL, NULL, 0),
    READING(READ_WEPAY, "2^63", EXPIRES("9223372036854775808"), "$.expire_time", "out_of_range", 0),
    READING(READ_WEPAY, "2^64", EXPIRES("18446744073709551616"), "$.expire_time", "out_of_range",
            0),
    READING(READ_WEPAY, "2^64 + 1", EXPIRES("18446744073709551617"), "$.expire_time",
            "out_of_range", 0),
    READING(READ_WEPAY, "30 digits", EXPIRES("176731200017673120001767312000"), "$.expire_time",
            "out_of_range", 0),
    READING(READ_WEPAY, "-1", EXPIRES("-1"), "$.expire_time", "out_of_range", 0),
    READING(READ_WEPAY, "-2^63", EXPIRES("-9223372036854775808"), "$.expire_time", "out_of_range",
            0),
    READING(READ_WEPAY, "-2^63 - 1", EXPIRES("-9223372036854775809"), "$.expire_time",
            "out_of_range", 0),
    READING(READ_WEPAY, "1.5", EXPIRES("1.5"), "$.expire_time", "out_of_range", 0),
    READING(READ_WEPAY, "a fraction that no double shows", EXPIRES("1767312000.00000000001"),
            "$.expire_time", "out_of_range", 0),
    READING(READ_WEPAY, "1e-1", EXPIRES("1e-1"), "$.expire_time", "out_of_range", 0),
    READING(READ_WEPAY, "1e400", EXPIRES("1e400"), "$.expire_time", "out_of_range", 0),
    READING(READ_WEPAY, "-1e400", EXPIRES("-1e400"), "$.expire_time", "out_of_range", 0),
    READING(READ_WEPAY, "optional -1", CREATED("-1"), NULL, NULL, IGNORED),
    READING(READ_WEPAY, "optional 0.5", CREATED("0.5"), NULL, NULL, IGNORED),
    READING(READ_WEPAY, "optional 1e400", CREATED("1e400"), NULL, NULL, IGNORED),
    READING(READ_WEPAY, "optional text", CREATED("\"1\""), NULL, NULL, IGNORED),
    READING(READ_WEPAY, "optional null", CREATED("null"), NULL, NULL, 0),
    READING(READ_TOKEN, "lifetime -1", "{\"access_token\":\"a\",\"expires_in\":-1}", NULL, NULL, 0),
    READING(READ_TOKEN, "lifetime 1e400", "{\"access_token\":\"a\",\"expires_in\":1e400}", NULL,
            NULL, 0),
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
