/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The golden cases: typed input, the exact requests, canned answers, the exact result.
 *
 *     golden FIXTURES          play every case under FIXTURES/<provider>/<case>/
 *     golden FIXTURES wepay/   only the cases whose provider/case begins so
 *     golden --update ...      and rewrite the expectations of those that fail
 *
 * The Makefile says with EACH_PROVIDER(name) which providers there are, and with LEFT_OUT which not.
 * Each case is played twice, by the blocking function and step by step, with the same outcome.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/play.h"
#include "golden/text.h"
#include "golden/update.h"
#include "support/tap.h"

#define DECLARE_PROVIDER(name) extern const golden_provider golden_##name;

EACH_PROVIDER(DECLARE_PROVIDER)

typedef struct suite {
    const char *fixtures;
    const char *only; /* the beginning of the names to play */
    int update;       /* write what happened where it was not expected */
} suite;

/* Where `directory` is given, the expectations in there follow what happens. */
static void play_once(const golden_provider *provider, const golden_fixture *fixture,
                      golden_report *report, int driver, const char *directory)
{
    golden_play play;

    memset(&play, 0, sizeof(play));
    play.provider = provider;
    play.fixture = fixture;
    play.report = report;
    report->by = driver == GOLDEN_STEPS ? "steps" : "blocking";
    golden_play_run(&play, driver);
    if (play.mock)
        golden_check(&play);
    if (play.mock && report->faults && directory && !golden_update(&play, directory))
        golden_fault(report, "%s cannot be written", directory);
    golden_play_end(&play);
}

static void update_case(const golden_provider *provider, const char *directory)
{
    golden_fixture fixture;
    golden_report report = {NULL, 0, "updating"};

    golden_fixture_load(&fixture, &report, directory);
    if (!report.faults)
        play_once(provider, &fixture, &report, GOLDEN_BLOCKING, directory);
    golden_fixture_free(&fixture);
    golden_report_clear(&report);
}

static void play_case(suite *tests, const golden_provider *provider, const char *name)
{
    char *title = golden_format("%s/%s", provider->name, name);
    char *directory = golden_format("%s/%s", tests->fixtures, title);
    golden_fixture fixture;
    golden_report report = {NULL, 0, "loading"};

    if (strncmp(title, tests->only, strlen(tests->only)) == 0) {
        if (tests->update)
            update_case(provider, directory);
        golden_fixture_load(&fixture, &report, directory);
        if (!report.faults)
            play_once(provider, &fixture, &report, GOLDEN_BLOCKING, NULL);
        if (!report.faults)
            play_once(provider, &fixture, &report, GOLDEN_STEPS, NULL);
        tap_ok(!report.faults, "%s", title);
        if (report.text)
            fputs(report.text, stdout);
        fflush(stdout);
        golden_fixture_free(&fixture);
    }
    golden_report_clear(&report);
    free(directory);
    free(title);
}

static void play_provider(suite *tests, const golden_provider *provider)
{
    char *path = golden_format("%s/%s", tests->fixtures, provider->name);
    char **names = golden_list(path);

    if (!names[0])
        tap_ok(false, "%s has no cases", provider->name);
    for (size_t i = 0; names[i]; i++) {
        play_case(tests, provider, names[i]);
        free(names[i]);
    }
    free(names);
    free(path);
}

#define PLAY_PROVIDER(name) play_provider(&tests, &golden_##name);

int main(int argc, char **argv)
{
    int update = argc > 1 && strcmp(argv[1], "--update") == 0;
    int words = argc - update;
    char **word = argv + update;
    suite tests = {
        .fixtures = words > 1 ? word[1] : "",
        .only = words > 2 ? word[2] : "",
        .update = update,
    };

    if (words < 2 || words > 3) {
        fputs("usage: golden [--update] FIXTURES [BEGINNING-OF-NAME]\n", stderr);
        return 2;
    }
    EACH_PROVIDER(PLAY_PROVIDER)
    if (*LEFT_OUT)
        tap_skip(LEFT_OUT, "not built");
    return tap_end();
}
