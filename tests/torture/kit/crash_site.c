/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* dladdr(), and sigaltstack() for a crash that is the end of the stack. */
#define _GNU_SOURCE
#include "crash_site.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include "torture/kit/torture.h"

enum {
    MOST_FRAMES = 32,
    STACK_SIZE = 256 * 1024,
    LIMIT_MS = 20000
};

static const char mark[] = "crashed in ";

#ifdef __GLIBC__

#include <dlfcn.h>
#include <execinfo.h>

static int told_fd = -1;
static char stack[STACK_SIZE];

static bool find_object(void *address, Dl_info *found)
{
    memset(found, 0, sizeof(*found));
    return dladdr(address, found) != 0 && found->dli_fname;
}

/* After the handler comes the C library's return from it, then what it called, if it was that. */
static void on_crash(int number)
{
    void *frames[MOST_FRAMES];
    int count = backtrace(frames, MOST_FRAMES);
    char said[CRASH_SITE_SIZE];
    Dl_info found = {.dli_fname = NULL};
    int i = 1;

    while (i < count && find_object(frames[i], &found) && strstr(found.dli_fname, "/libc.so"))
        i++;
    if (i > 1 && i < count && found.dli_fname) {
        const char *slash = strrchr(found.dli_fname, '/');
        int length =
            snprintf(said, sizeof(said), "%s%s of %s\n", mark,
                     found.dli_sname ? found.dli_sname : "?", slash ? slash + 1 : found.dli_fname);

        (void)!write(told_fd, said, (size_t)length);
    }
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

void crash_site_tell(FILE *heard)
{
    stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
    struct sigaction action;
    void *frames[2];

    (void)backtrace(frames, 2); /* it allocates the first time */
    told_fd = fileno(heard);
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_crash;
    action.sa_flags = SA_ONSTACK;
    (void)sigaltstack(&other, NULL);
    (void)sigaction(SIGSEGV, &action, NULL);
    (void)sigaction(SIGBUS, &action, NULL);
}

#else

void crash_site_tell(FILE *heard)
{
    (void)heard;
}

#endif

bool crash_site_read(FILE *heard, char site[CRASH_SITE_SIZE])
{
    char line[CRASH_SITE_SIZE];

    rewind(heard);
    while (fgets(line, sizeof(line), heard))
        if (strncmp(line, mark, sizeof(mark) - 1) == 0) {
            line[strcspn(line, "\n")] = '\0';
            (void)snprintf(site, CRASH_SITE_SIZE, "%s", line + sizeof(mark) - 1);
            return true;
        }
    return false;
}

/* ---- the same without the library ---- */

typedef struct lone {
    bool (*run)(long nth);
    long nth;
    FILE *heard;
} lone;

static int run_alone(void *ctx)
{
    const lone *l = ctx;

    crash_site_tell(l->heard);
    return l->run(l->nth) ? 0 : 1;
}

bool crash_site_is_of_others(const char *site, bool (*alone)(long nth), long most)
{
    lone l = {alone, 1, NULL};
    bool found = false;
    bool over = false;

    for (; !found && !over && l.nth <= most; l.nth++) {
        char own[CRASH_SITE_SIZE];
        int status;

        l.heard = tmpfile();
        if (!l.heard)
            return false;
        status = torture_reap(torture_fork(run_alone, &l), LIMIT_MS);
        found = status != -1 && WIFSIGNALED(status) && crash_site_read(l.heard, own) &&
                strcmp(own, site) == 0;
        over = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 1;
        (void)fclose(l.heard);
    }
    return found;
}

static void make_connection(SSL_CTX *context)
{
    SSL *made = SSL_new(context);
    BIO *memory;

    if (!made)
        return;
    SSL_set_connect_state(made);
    memory = BIO_new(BIO_s_mem());
    if (memory && BIO_up_ref(memory)) {
        SSL_set0_rbio(made, memory);
        SSL_set0_wbio(made, memory);
    }
    SSL_free(made);
}

/* As libcurl 7.88 does with a public key that may be pinned. */
static void make_digest(void)
{
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length;

    if (!state)
        return;
    (void)EVP_DigestInit(state, EVP_sha256());
    (void)EVP_DigestUpdate(state, "key", 3);
    (void)EVP_DigestFinal_ex(state, digest, &length);
    EVP_MD_CTX_free(state);
}

void crash_site_use_openssl(void (*fail_at)(long nth), long nth)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (!context)
        return;
    fail_at(nth);
    make_connection(context);
    make_digest();
    fail_at(0);
    SSL_CTX_free(context);
}
