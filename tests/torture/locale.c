/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Locale and time zone: whatever the program has set, and while another thread sets it, the same
 * call gives the same bytes on the wire and the same session. Locales that are not installed are
 * made from their sources into a directory of our own.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"
#include "torture/kit/torture.h"

#if ALL_PROVIDERS

/* ---- locales ---- */

typedef struct place {
    const char *name; /* for setlocale() */
    const char *source;
    bool there;
} place;

static place places[] = {
    {"C", NULL, false},
    {"de_DE.UTF-8", "de_DE", false},  /* a comma for the point */
    {"fr_FR.UTF-8", "fr_FR", false},  /* a narrow no-break space between thousands */
    {"tr_TR.UTF-8", "tr_TR", false},  /* i and I are not a pair */
    {"ar_EG.UTF-8", "ar_EG", false},  /* other digits */
    {"fa_IR.UTF-8", "fa_IR", false},  /* another calendar */
    {"ja_JP.EUC-JP", "ja_JP", false}, /* not UTF-8 */
};

enum {
    PLACES = sizeof(places) / sizeof(places[0])
};

static char directory[256];

static bool run(const char *const *command)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);

        (void)dup2(nowhere, 1);
        (void)dup2(nowhere, 2);
        execvp(command[0], (char *const *)(uintptr_t)command);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) && WEXITSTATUS(status) <= 1; /* 1: made, with warnings */
}

/* Compile a locale into our directory. */
static void make(const place *wanted)
{
    const char *dot = strchr(wanted->name, '.');
    char path[512];
    const char *command[] = {"localedef", "-c", "-i", wanted->source, "-f", dot ? dot + 1 : "UTF-8",
                             path,        NULL};

    (void)snprintf(path, sizeof(path), "%s/%s", directory, wanted->name);
    (void)run(command);
}

static void find_places(void)
{
    const char *temporary = getenv("TMPDIR");
    size_t i;

    (void)snprintf(directory, sizeof(directory), "%.200s/spay-locale-XXXXXX",
                   temporary ? temporary : "/tmp");
    if (!mkdtemp(directory))
        exit(1);
    for (i = 1; i < PLACES; i++)
        make(&places[i]);
    setenv("LOCPATH", directory, 1);
    for (i = 0; i < PLACES; i++) {
        places[i].there = setlocale(LC_ALL, places[i].name) != NULL;
        if (!places[i].there)
            tap_skip(places[i].name, "neither installed nor made by localedef");
    }
    (void)setlocale(LC_ALL, "C");
}

static void drop_places(void)
{
    const char *command[] = {"rm", "-rf", directory, NULL};

    (void)run(command);
}

/* ---- one run of everything ---- */

typedef struct text {
    char *bytes;
    size_t length;
} text;

static void add(text *out, const char *what, const char *value)
{
    size_t more = strlen(what) + strlen(value) + 4;
    char *longer = realloc(out->bytes, out->length + more);

    if (!longer)
        exit(1);
    out->bytes = longer;
    out->length += (size_t)sprintf(longer + out->length, "%s: %s\n", what, value);
}

static void add_number(text *out, const char *what, int64_t value)
{
    char digits[32];

    (void)snprintf(digits, sizeof(digits), "%lld", (long long)value);
    add(out, what, digits);
}

static void add_requests(text *out, const spay_mock *mock)
{
    size_t i;

    for (i = 0; i < spay_mock_request_count(mock); i++) {
        add(out, spay_mock_request_method(mock, i), spay_mock_request_url(mock, i));
        add(out, "headers", spay_mock_request_headers(mock, i));
        add(out, "body", spay_mock_request_body(mock, i, NULL));
        add_number(out, "at", spay_mock_request_at_ms(mock, i));
    }
}

static void add_result(text *out, spay_status status, const spay_session_info *info,
                       const spay_error *error)
{
    add(out, "status", spay_status_name(status));
    add(out, "message", spay_error_message(error));
    add_number(out, "retry after", spay_error_retry_after_ms(error));
    if (!info)
        return;
    add(out, "value", info->value);
    add(out, "key", info->idempotency_key);
    add_number(out, "expires", info->expires_at_ms);
    add_number(out, "warnings", info->warnings);
    add_number(out, "elapsed", info->elapsed_ms);
}

/* Numbers with a point, dates, and header names in the other case: what a locale might change. */
static const char busy_headers[] = "RETRY-AFTER: Thu, 01 Jan 2026 00:00:03 GMT\n"
                                   "CONTENT-TYPE: APPLICATION/JSON\nX-CORRELATION-ID: ID-I";

#define NUMBERS "1.5,-2.25e1,0.125,3.0e0,1234567.5,"
#define MORE NUMBERS NUMBERS NUMBERS NUMBERS NUMBERS NUMBERS NUMBERS NUMBERS
#define MANY "\"many\":[" MORE MORE MORE MORE "0.5],"

static const char *const replies[ACCOUNT_KINDS] = {
    "{" MANY
    "\"rate\":1234567.125,\"x\":-0.5e-3,\"id\":\"0c2ef14b\",\"session_token\":\"stage_session\","
    "\"expire_time\":1767312000,\"create_time\":1767225600}",
    "{" MANY "\"token\":\"page-token\",\"expiresAt\":\"2030-01-01T02:00:00.250+02:00\"}",
    "{" MANY "\"token\":\"page-token\",\"expiresAt\":\"2030-06-01T00:00:00Z\"}",
    "{" MANY "\"clientSessionId\":\"client-session\",\"customerId\":\"90a1\","
    "\"clientApiUrl\":\"https://connect.example/client\"}",
    "{" MANY "\"paymentProductSession302SpecificOutput\":"
    "{\"sessionObject\":\"{\\\"amount\\\":1.5}\"}}",
};

static void call_once(text *out, account_kind kind)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options call = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    void *session = NULL;
    spay_status status;
    test_accounts opened;

    options.key_secret = "a secret of more than 16 bytes";
    options.key_secret_length = 30;
    if (!accounts_open(&opened, &options))
        exit(1);
    if (kind == ACCOUNT_HOSTED_FIELDS)
        accounts_reply(&opened, 200, NULL,
                       "{\"rate\":1.25,\"access_token\":\"token-1\",\"expires_in\":3600}");
    accounts_reply(&opened, 503, busy_headers, "{\"rate\":1.5}");
    accounts_reply(&opened, 200, NULL, replies[kind]);
    call.intent = kind == ACCOUNT_CONNECT_CLIENT ? NULL : "order 4711 \xc4\xb0\xc4\xb1, try 1";
    status = accounts_create_session(&opened, kind, &call, &session, &error);
    add_requests(out, opened.mock);
    add_result(out, status, accounts_session_info(session), error);
    accounts_free_session(kind, session);
    spay_error_free(error);
    accounts_close(&opened);
}

/* Numbers that we write ourselves, and errors. */
static void call_with_numbers(text *out)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_connect_server_filter filter = SPAY_CONNECT_SERVER_FILTER_INIT;
    spay_connect_server_session_request server = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    static const int32_t products[] = {1, 1234567, 2147483647};
    spay_wepay_session *wepay = NULL;
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;
    spay_status status;
    test_accounts opened;

    if (!accounts_open(&opened, NULL))
        exit(1);
    request.type = "mobile_session";
    request.account_id = "I i \xc4\xb0 \xc4\xb1";
    request.time_to_live = 1234567890;
    request.extra_json = "{\"amount\":1234567.125,\"exact\":12345678901234567890}";
    accounts_reply(&opened, 400, busy_headers, "{\"error_code\":\"INVALID_PARAMS\",\"x\":1.5}");
    status = spay_wepay_session_create(opened.wepay, &request, NULL, &wepay, &error);
    add_result(out, status, NULL, error);
    filter.products = products;
    filter.product_count = 3;
    server.exclude = &filter;
    accounts_reply_good(&opened, ACCOUNT_CONNECT_SERVER);
    status =
        spay_connect_server_session_create(opened.connect_server, &server, NULL, &session, NULL);
    add_result(out, status, accounts_session_info(session), NULL);
    add_requests(out, opened.mock);
    spay_connect_server_session_free(session);
    spay_error_free(error);
    accounts_close(&opened);
}

static text call_all(void)
{
    text out = {NULL, 0};
    int kind;

    for (kind = 0; kind < ACCOUNT_KINDS; kind++)
        call_once(&out, (account_kind)kind);
    call_with_numbers(&out);
    return out;
}

/* ---- proofs ---- */

static text wanted;

/* The first line that is another. */
static void compare(proof *p, const text *got, const char *what)
{
    size_t at = 0;

    while (at < got->length && at < wanted.length && got->bytes[at] == wanted.bytes[at])
        at++;
    while (at && wanted.bytes[at - 1] != '\n')
        at--;
    proof_case(p, got->length == wanted.length && !memcmp(got->bytes, wanted.bytes, got->length),
               "%s: \"%.*s\" instead of \"%.*s\"", what, (int)strcspn(got->bytes + at, "\n"),
               got->bytes + at, (int)strcspn(wanted.bytes + at, "\n"), wanted.bytes + at);
}

static void compare_now(proof *p, const char *what)
{
    text got = call_all();

    compare(p, &got, what);
    free(got.bytes);
}

static void prove_wanted(void)
{
    static const char *const words[] = {"\"time_to_live\":1234567890", "Date: Thu, 01 Jan 2026",
                                        "[1,1234567,2147483647]",      "1234567.125",
                                        "12345678901234567890",        "expires: 1767312000000",
                                        "expires: 1893456000250",      "SPAY_E_REJECTED"};
    size_t i;
    proof p;

    proof_begin(&p, "in locale C the calls are what they should be");
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        proof_case(&p, strstr(wanted.bytes, words[i]) != NULL, "no %s", words[i]);
    proof_case(&p, strstr(wanted.bytes, "SPAY_E_P") == NULL, "a reply could not be read");
    proof_end(&p);
}

static void prove_locales(void)
{
    size_t i;
    proof p;

    proof_begin(&p, "the same bytes in every locale");
    for (i = 0; i < PLACES; i++)
        if (places[i].there) {
            (void)setlocale(LC_ALL, places[i].name);
            compare_now(&p, places[i].name);
        }
    (void)setlocale(LC_ALL, "C");
    proof_end(&p);
}

static void prove_zones(void)
{
    static const char *const zones[] = {"UTC",
                                        "Europe/Berlin",
                                        "America/St_Johns",
                                        "Asia/Kathmandu",
                                        "Pacific/Kiritimati",
                                        "XXX-14:30",
                                        "XXX+12YYY,J60/2,J300/2",
                                        "right/UTC", /* with leap seconds */
                                        ":no/such/zone",
                                        ""};
    size_t i;
    proof p;

    proof_begin(&p, "the same bytes in every time zone");
    for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        setenv("TZ", zones[i], 1);
        tzset();
        compare_now(&p, zones[i]);
    }
    unsetenv("TZ");
    tzset();
    proof_end(&p);
}

/* Each thread may have a locale of its own. */
static void prove_thread_locales(void)
{
    size_t i;
    proof p;

    proof_begin(&p, "the same bytes in a thread with a locale of its own");
    for (i = 0; i < PLACES; i++) {
        locale_t own =
            places[i].there ? newlocale(LC_ALL_MASK, places[i].name, (locale_t)0) : (locale_t)0;
        locale_t before;

        if (own == (locale_t)0)
            continue;
        before = uselocale(own);
        compare_now(&p, places[i].name);
        proof_case(&p, uselocale(before) == own, "%s: the thread's locale was changed",
                   places[i].name);
        freelocale(own);
    }
    proof_end(&p);
}

static int32_t stop;
static int32_t turns;

static void *turn(void *unused)
{
    size_t i;

    (void)unused;
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        for (i = 0; i < PLACES; i++)
            if (places[i].there) {
                (void)setlocale(LC_ALL, places[i].name);
                (void)__atomic_add_fetch(&turns, 1, __ATOMIC_ACQ_REL);
            }
    return NULL;
}

/* setlocale() changes it for all threads, in the middle of whatever they do. */
static void prove_turns(void)
{
    int runs = torture_is_full() ? 20000 : 1000;
    pthread_t thread;
    int i;
    proof p;

    proof_begin(&p, "the same bytes while a thread calls setlocale() in a loop");
    if (pthread_create(&thread, NULL, turn, NULL))
        exit(1);
    for (i = 0; i < runs; i++)
        compare_now(&p, "while it turns");
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    (void)pthread_join(thread, NULL);
    (void)setlocale(LC_ALL, "C");
    proof_case(&p, turns > PLACES, "it turned only %d times", (int)turns);
    proof_end(&p);
    printf("# the locale changed %d times during %d runs\n", (int)turns, runs);
}

int main(void)
{
    find_places();
    wanted = call_all();
    prove_wanted();
    prove_locales();
    prove_zones();
    prove_thread_locales();
    if (PROOF_IS_SANITIZED)
        tap_skip("the same bytes while a thread calls setlocale()", "glibc's own leaks");
    else
        prove_turns();
    free(wanted.bytes);
    drop_places();
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
