/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Providers change their answers. Every good answer of the golden cases is changed at every place
 * in every way, and answered to a whole call: it may fail only where a member is gone, or of no
 * use, without which there is no session.
 *
 * usage: SRCDIR=. forward_compatible
 */
#define _XOPEN_SOURCE 700

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"

#if ALL_PROVIDERS

/* ---- what a session cannot do without ---- */

typedef struct requirement {
    const char *path;
    int type;
    bool any_text; /* any other text will do too */
} requirement;

typedef struct provider {
    const char *name; /* of the fixtures, too */
    account_kind kind;
    bool token; /* the answer of its token endpoint */
    requirement required[4];
} provider;

static const provider providers[] = {
    {.name = "wepay",
     .kind = ACCOUNT_WEPAY,
     .required = {{"$.id", cJSON_String, true},
                  {"$.session_token", cJSON_String, true},
                  {"$.expire_time", cJSON_Number, false},
                  {NULL, 0, false}}},
    {.name = "hosted_fields",
     .kind = ACCOUNT_HOSTED_BEARER,
     .required = {{"$.token", cJSON_String, true}, {NULL, 0, false}}},
    {.name = "connect_server",
     .kind = ACCOUNT_CONNECT_SERVER,
     .required = {{"$.clientSessionId", cJSON_String, true},
                  {"$.customerId", cJSON_String, true},
                  {"$.clientApiUrl", cJSON_String, true},
                  {NULL, 0, false}}},
    {.name = "connect_client",
     .kind = ACCOUNT_CONNECT_CLIENT,
     .required = {{"$.paymentProductSession302SpecificOutput", cJSON_Object, false},
                  {"$.paymentProductSession302SpecificOutput.sessionObject", cJSON_String, false},
                  {NULL, 0, false}}},
    {.name = "hosted_fields",
     .kind = ACCOUNT_HOSTED_FIELDS,
     .token = true,
     .required = {{"$.access_token", cJSON_String, true}, {NULL, 0, false}}},
};

/* ---- ways to change a value ---- */

typedef enum change {
    LEAVE,
    REMOVE,
    TO_NULL,
    TO_TRUE,
    TO_NUMBER,
    TO_NEGATIVE,
    TO_FRACTION,
    TO_HUGE,
    TO_TEXT,
    TO_OTHER_TEXT,
    TO_EMPTY_TEXT,
    TO_LIST,
    TO_LIST_OF_ALL,
    TO_OBJECT,
    ADD_MEMBER,
    ADD_TREE,
    RENAME,
    CHANGES
} change;

static const char *const change_names[CHANGES] = {
    "left as it is",  "removed",     "null",          "true",       "a number",
    "negative",       "a fraction",  "a huge number", "a new text", "another text",
    "an empty text",  "a list",      "a list of all", "an object",  "with a new member",
    "with new trees", "in capitals",
};

static cJSON *list_of_all(void)
{
    return cJSON_Parse("[null,true,1.5,\"text\",[],{},[[{}]],{\"id\":\"x\"}]");
}

/* The value that takes the place; NULL if the change is of another sort. */
static cJSON *replacement(change how)
{
    switch (how) {
    case TO_NULL:
        return cJSON_CreateNull();
    case TO_TRUE:
        return cJSON_CreateTrue();
    case TO_NUMBER:
        return cJSON_CreateNumber(4102444800);
    case TO_NEGATIVE:
        return cJSON_CreateNumber(-7);
    case TO_FRACTION:
        return cJSON_CreateNumber(0.25);
    case TO_HUGE:
        return cJSON_CreateRaw("123456789012345678901234567890");
    case TO_TEXT:
        return cJSON_CreateString("brand_new_value");
    case TO_OTHER_TEXT:
        return cJSON_CreateString("2099-12-31T23:59:59Z");
    case TO_EMPTY_TEXT:
        return cJSON_CreateString("");
    case TO_LIST:
        return cJSON_CreateArray();
    case TO_LIST_OF_ALL:
        return list_of_all();
    case TO_OBJECT:
        return cJSON_CreateObject();
    case LEAVE:
    case REMOVE:
    case ADD_MEMBER:
    case ADD_TREE:
    case RENAME:
    case CHANGES:
        break;
    }
    return NULL;
}

static void add_members(cJSON *object, change how)
{
    cJSON_AddItemToObject(object, "brand_new_member", cJSON_CreateString("\xe2\x82\xac\n"));
    if (how == ADD_TREE) {
        cJSON_AddItemToObject(object, "", cJSON_CreateNumber(1.5));
        cJSON_AddItemToObject(object, "a.b", list_of_all());
        cJSON_AddItemToObject(object, "tree", cJSON_Parse("{\"id\":{\"id\":{\"token\":null}}}"));
    }
}

static void shout(char *name)
{
    for (; *name; name++)
        if (*name >= 'a' && *name <= 'z')
            *name = (char)(*name - 'a' + 'A');
}

/* A place in a document: what is there, in what, and its path. */
typedef struct place {
    cJSON *parent;
    cJSON *item;
    char path[256];
} place;

/* Under the old name. */
static bool put(const place *at, cJSON *value)
{
    char name[256];

    if (!at->item->string)
        return cJSON_ReplaceItemViaPointer(at->parent, at->item, value);
    (void)snprintf(name, sizeof(name), "%s", at->item->string);
    return cJSON_ReplaceItemInObjectCaseSensitive(at->parent, name, value);
}

/* false if the change makes no sense here */
static bool apply(const place *at, change how)
{
    cJSON *value = replacement(how);

    if (value) {
        if (!at->parent || cJSON_IsNull(at->item)) {
            cJSON_Delete(value);
            return false;
        }
        return put(at, value);
    }
    if (how == REMOVE && at->parent)
        cJSON_Delete(cJSON_DetachItemViaPointer(at->parent, at->item));
    else if ((how == ADD_MEMBER || how == ADD_TREE) && cJSON_IsObject(at->item))
        add_members(at->item, how);
    else if (how == RENAME && at->parent && at->item->string)
        shout(at->item->string);
    else
        return how == LEAVE;
    return true;
}

/* The place that is number `index` in a walk through the document; false after the last. */
static bool find(place *found, cJSON *parent, cJSON *item, const char *path, size_t *index)
{
    cJSON *child;
    size_t element = 0;

    if ((*index)-- == 0) {
        found->parent = parent;
        found->item = item;
        (void)snprintf(found->path, sizeof(found->path), "%s", path);
        return true;
    }
    for (child = item->child; child; child = child->next) {
        char longer[256];

        if (child->string)
            (void)snprintf(longer, sizeof(longer), "%.100s.%.100s", path, child->string);
        else
            (void)snprintf(longer, sizeof(longer), "%.100s[%zu]", path, element++);
        if (find(found, item, child, longer, index))
            return true;
    }
    return false;
}

/* ---- what must come of it ---- */

/* Whether a session can still be made; the table above and nothing else decides. */
static bool is_usable(const requirement *rule, change how)
{
    if (how == LEAVE || how == ADD_MEMBER || how == ADD_TREE)
        return true;
    if (rule->type == cJSON_Number)
        return how == TO_NUMBER;
    if (rule->type == cJSON_String)
        return rule->any_text && (how == TO_TEXT || how == TO_OTHER_TEXT);
    return false;
}

static const requirement *find_rule(const provider *who, const char *path)
{
    const requirement *rule;

    for (rule = who->required; rule->path; rule++)
        if (strcmp(rule->path, path) == 0)
            return rule;
    return NULL;
}

/* A required member below the changed one goes with it. */
static const char *broken_path(const provider *who, const place *at, change how)
{
    const requirement *rule = find_rule(who, at->path);

    if (!rule || is_usable(rule, how))
        return NULL;
    if (rule->type == cJSON_Object && how == TO_OBJECT)
        rule++;
    return rule->path;
}

typedef struct outcome {
    test_accounts opened;
    spay_status status;
    void *session;
    spay_error *error;
} outcome;

static void ask(outcome *got, const provider *who, int64_t now_ms, const char *body)
{
    memset(got, 0, sizeof(*got));
    if (!accounts_open(&got->opened, NULL))
        exit(1);
    spay_mock_set_wall(got->opened.mock, now_ms);
    accounts_reply(&got->opened, 200, NULL, body);
    if (who->token)
        accounts_reply_good(&got->opened, ACCOUNT_HOSTED_FIELDS);
    got->status =
        accounts_create_session(&got->opened, who->kind, NULL, &got->session, &got->error);
}

static void forget(const provider *who, outcome *got)
{
    accounts_free_session(who->kind, got->session);
    spay_error_free(got->error);
    accounts_close(&got->opened);
}

static void check(proof *p, const provider *who, const outcome *got, const char *what,
                  const char *broken, const char *changed, change how)
{
    const spay_session_info *info = accounts_session_info(got->session);

    if (broken)
        proof_case(p,
                   got->status == SPAY_E_PROTOCOL && !got->session &&
                       strcmp(spay_error_field_path(got->error, 0), broken) == 0,
                   "%s: %s is %s: %s at \"%s\", wanted SPAY_E_PROTOCOL at \"%s\"", what, changed,
                   change_names[how], spay_status_name(got->status),
                   spay_error_field_path(got->error, 0), broken);
    else
        proof_case(p,
                   got->status == SPAY_OK && info && info->value && *info->value &&
                       info->provider == account_facts_of(who->kind)->provider &&
                       (info->expires_at_ms > 0 || who->kind == ACCOUNT_WEPAY),
                   "%s: %s is %s: %s, %s", what, changed, change_names[how],
                   spay_status_name(got->status), spay_error_message(got->error));
}

/* ---- the answers ---- */

static void change_once(proof *p, const provider *who, const char *what, const cJSON *document,
                        int64_t now_ms, size_t index, change how)
{
    cJSON *copy = cJSON_Duplicate(document, 1);
    place at = {NULL, NULL, ""};
    const char *broken;
    outcome got;
    char *body;

    if (find(&at, NULL, copy, "$", &index)) {
        broken = broken_path(who, &at, how);
        if (apply(&at, how)) {
            body = cJSON_PrintUnformatted(copy);
            ask(&got, who, now_ms, body);
            check(p, who, &got, what, broken, at.path, how);
            forget(who, &got);
            cJSON_free(body);
        }
    }
    cJSON_Delete(copy);
}

static size_t count_places(const cJSON *item)
{
    const cJSON *child;
    size_t count = 1;

    for (child = item->child; child; child = child->next)
        count += count_places(child);
    return count;
}

static void change_all(proof *p, const provider *who, const char *what, const char *text,
                       int64_t now_ms)
{
    cJSON *document = cJSON_Parse(text);
    size_t places = document ? count_places(document) : 0;
    size_t i;
    int how;

    proof_case(p, places > 0, "%s: the answer is no JSON", what);
    for (i = 0; i < places; i++)
        for (how = 0; how < CHANGES; how++)
            change_once(p, who, what, document, now_ms, i, (change)how);
    cJSON_Delete(document);
}

static char *read_file(const char *directory, const char *name)
{
    char path[1024];
    char *text = calloc(1, 1024 * 1024);
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "rb");
    if (!file || !text) {
        free(text);
        return NULL;
    }
    (void)!fread(text, 1, 1024 * 1024 - 1, file);
    fclose(file);
    return text;
}

/* The last answer of a case: the session's. */
static char *read_answer(const char *directory, const char *which)
{
    char *text = NULL;
    int i;

    for (i = 9; i >= 1 && !text; i--) {
        char name[64];

        (void)snprintf(name, sizeof(name), i > 1 ? "%s-%d.http" : "%s.http", which, i);
        text = read_file(directory, name);
    }
    return text;
}

static void play_case(proof *p, const provider *who, const char *directory, const char *what)
{
    char *expected = read_file(directory, "expected.json");
    char *input = read_file(directory, "input.json");
    char *answer = read_answer(directory, "response");
    cJSON *result = cJSON_Parse(expected ? expected : "");
    cJSON *given = cJSON_Parse(input ? input : "");
    const cJSON *now = cJSON_GetObjectItemCaseSensitive(given, "now_ms");
    const char *body = answer ? strstr(answer, "\n\n") : NULL;

    if (cJSON_GetObjectItemCaseSensitive(result, "session") && body && cJSON_IsNumber(now))
        change_all(p, who, what, body + 2, (int64_t)now->valuedouble);
    cJSON_Delete(result);
    cJSON_Delete(given);
    free(expected);
    free(input);
    free(answer);
}

static size_t play_provider(const provider *who, const char *sources)
{
    struct dirent **names = NULL;
    char directory[1024];
    char title[128];
    int count;
    int i;
    proof p;

    (void)snprintf(title, sizeof(title), "every golden answer of %s, changed everywhere",
                   who->name);
    proof_begin(&p, title);
    (void)snprintf(directory, sizeof(directory), "%s/tests/fixtures/%s", sources, who->name);
    count = scandir(directory, &names, NULL, alphasort);
    for (i = 0; i < count; i++) {
        char path[2048];

        (void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            play_case(&p, who, path, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    proof_end(&p);
    return p.cases;
}

/* The golden cases of the token endpoint are few; one complete answer says as much. */
static size_t play_token(const provider *who)
{
    proof p;

    proof_begin(&p, "the token endpoint's answer, changed everywhere");
    change_all(&p, who, "token", good_token_reply, 1767225600000);
    proof_end(&p);
    return p.cases;
}

int main(void)
{
    const char *sources = getenv("SRCDIR") ? getenv("SRCDIR") : ".";
    size_t cases = 0;
    size_t i;
    proof p;

    for (i = 0; i < sizeof(providers) / sizeof(providers[0]); i++)
        cases +=
            providers[i].token ? play_token(&providers[i]) : play_provider(&providers[i], sources);
    proof_begin(&p, "there were answers to change");
    proof_case(&p, cases > 5000, "only %zu changes; is SRCDIR right?", cases);
    proof_end(&p);
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
