/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Little of everything: stack, address space, file descriptors, a file system without a file, no
 * source of random numbers, a filter of system calls. Calls work, or say what is missing. Each case
 * is a process of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture/kit/peer.h"
#include "torture/kit/proof.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20 /* not POSIX, but everywhere */
#endif

enum {
    KIB = 1024,
    TRIAL_MS = 30000,
    CANNOT = 3 /* exit status of a case that this system does not allow */
};

/* What a case found; shared between processes. */
typedef struct findings {
    char text[400];
    long figure;
    spay_status status;
} findings;

static findings *found;

static void tell(const char *what, const char *more)
{
    (void)snprintf(found->text, sizeof(found->text), "%s%s", what, more);
}

/* Run it in a child. true: it exited with 0. */
static bool run_case(const char *name, int (*run)(void *ctx), void *ctx)
{
    int status;

    memset(found, 0, sizeof(*found));
    status = torture_reap(torture_fork(run, ctx), TRIAL_MS);
    if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == CANNOT) {
        tap_skip(name, found->text);
        return true;
    }
    if (status != 0)
        tap_note("%s: %s", torture_ending(status), found->text);
    return tap_ok(status == 0, "%s", name);
}

/* ---- calls ---- */

static char *authority; /* the sandbox's certificate, as text: files may be out of reach */

static char *read_authority(void)
{
    FILE *file = fopen(getenv("SPAY_CA_FILE") ? getenv("SPAY_CA_FILE") : "", "r");
    char *text = calloc(1, 16 * KIB);

    if (file && text)
        (void)!fread(text, 1, 16 * KIB - 1, file);
    if (file)
        (void)fclose(file);
    return text;
}

static bool open_accounts(test_accounts *opened)
{
    char hosted_fields_url[ACCOUNTS_URL_SIZE];
    accounts_setup setup = accounts_setup_at(sandbox_url(), hosted_fields_url);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    setup.app_id = getenv("SPAY_WEPAY_APP_ID");
    setup.app_token = getenv("SPAY_WEPAY_APP_TOKEN");
    options.ca_pem = authority;
    options.max_attempts = 1;
    options.timeout_ms = 10000;
    return accounts_open_at(opened, &setup, &options);
}

static spay_status run_multi(const test_accounts *opened, spay_error **error)
{
    spay_multi *multi = NULL;
    spay_call *call = NULL;
    void *session = NULL;
    spay_status status = spay_multi_new(opened->client, NULL, &multi, error);

    if (status == SPAY_OK)
        status = accounts_new_call(opened, ACCOUNT_WEPAY, NULL, &call, error);
    if (status == SPAY_OK)
        status = spay_multi_add(multi, call, NULL, NULL);
    while (status == SPAY_OK && spay_multi_pending(multi))
        (void)spay_multi_poll(multi, 1000);
    if (status == SPAY_OK)
        status = accounts_take_session(ACCOUNT_WEPAY, call, &session, error);
    accounts_free_session(ACCOUNT_WEPAY, session);
    spay_call_free(call);
    spay_multi_free(multi);
    return status;
}

/* From the client on, over TLS. What was wrong last is told. */
static spay_status pay(bool multi)
{
    test_accounts opened;
    spay_error *error = NULL;
    spay_status status;

    if (!open_accounts(&opened))
        status = spay_error_status(opened.error);
    else if (multi)
        status = run_multi(&opened, &error);
    else
        status = create_session(&opened, ACCOUNT_WEPAY, NULL, NULL, &error);
    if (status != SPAY_OK)
        tell(spay_error_message(error), spay_error_message(opened.error));
    spay_error_free(error);
    accounts_close(&opened);
    return status;
}

static int pay_in_both(void *ctx)
{
    (void)ctx;
    return pay(false) == SPAY_OK && pay(true) == SPAY_OK ? 0 : 1;
}

/* ---- stack ---- */

enum {
    PAINT = 0xa5
};

typedef struct stack_order {
    void (*work)(void);
    size_t size;
    size_t most; /* beyond an empty thread's */
} stack_order;

static void *work_on_thread(void *ctx)
{
    const stack_order *order = ctx;

    order->work();
    return NULL;
}

static void do_nothing(void)
{
}

/* How much of a painted stack the work touches; a page that must not be touched is below it. */
static size_t measure(void (*work)(void), size_t size)
{
    stack_order order = {.work = work};
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *memory =
        mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *stack = memory + page;
    pthread_attr_t attributes;
    pthread_t thread;
    size_t clean = 0;

    if (memory == MAP_FAILED || mprotect(memory, page, PROT_NONE) ||
        pthread_attr_init(&attributes) || pthread_attr_setstack(&attributes, stack, size))
        _exit(2);
    memset(stack, PAINT, size);
    if (pthread_create(&thread, &attributes, work_on_thread, &order) || pthread_join(thread, NULL))
        _exit(2);
    while (clean < size && stack[clean] == PAINT)
        clean++;
    (void)munmap(memory, size + page);
    return size - clean;
}

static int work_on_stack(void *ctx)
{
    const stack_order *order = ctx;
    size_t empty = measure(do_nothing, order->size);
    size_t used = measure(order->work, order->size);

    found->figure = (long)(used - empty);
    return found->status == SPAY_OK && used - empty <= order->most ? 0 : 1;
}

/* A call at each provider over the mock, from the client on. */
static void call_mock(void)
{
    test_accounts opened;
    int kind;

    if (!accounts_open(&opened, NULL))
        found->status = spay_error_status(opened.error);
    for (kind = 0; kind < ACCOUNT_KINDS && found->status == SPAY_OK; kind++) {
        if (kind == ACCOUNT_HOSTED_FIELDS)
            accounts_reply(&opened, 200, NULL, good_token_reply);
        accounts_reply_good(&opened, (account_kind)kind);
        found->status = create_session(&opened, (account_kind)kind, NULL, NULL, NULL);
    }
    accounts_close(&opened);
}

static spay_status answer(void *ctx, const spay_http_request *request, spay_http_response *response)
{
    const account_facts *facts = account_facts_of(ACCOUNT_WEPAY);

    (void)ctx;
    (void)request;
    spay_http_response_mark_sent(response);
    spay_http_response_set_status(response, facts->status);
    return spay_http_response_append_body(response, facts->reply, strlen(facts->reply));
}

/* Over a transport of the program's own. */
static void call_own_transport(void)
{
    spay_transport transport = SPAY_TRANSPORT_INIT;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    test_accounts opened;

    transport.perform = answer;
    options.transport = &transport;
    found->status = accounts_open(&opened, &options)
                        ? create_session(&opened, ACCOUNT_WEPAY, NULL, NULL, NULL)
                        : spay_error_status(opened.error);
    accounts_close(&opened);
}

static void call_over_tls(void)
{
    found->status = pay(false);
}

static void call_multi_over_tls(void)
{
    found->status = pay(true);
}

static void test_stack(const char *name, void (*work)(void), size_t size, size_t most)
{
    long least = sysconf(_SC_THREAD_STACK_MIN);
    stack_order order = {.work = work, .size = size, .most = most};

    if (PROOF_IS_SANITIZED) {
        tap_skip(name, "sanitizers need more stack");
        return;
    }
    if (least > 0 && order.size < (size_t)least)
        order.size = (size_t)least;
    run_case(name, work_on_stack, &order);
    tap_note("%ld bytes beyond an empty thread's", found->figure);
}

static void test_stacks(void)
{
    test_stack("16 KiB of stack: calls over the mock", call_mock, 16 * KIB, 6 * KIB);
    test_stack("16 KiB of stack: a call over a transport of one's own", call_own_transport,
               16 * KIB, 6 * KIB);
    test_stack("64 KiB of stack: from the client to a session over TLS", call_over_tls, 64 * KIB,
               24 * KIB);
    test_stack("64 KiB of stack: the same by spay_multi", call_multi_over_tls, 64 * KIB, 24 * KIB);
}

/* ---- address space ---- */

static long pages(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long count = 0;

    if (file && fscanf(file, "%ld", &count) != 1)
        count = 0;
    if (file)
        (void)fclose(file);
    return count;
}

static bool limit_space(rlim_t bytes)
{
    struct rlimit limit;

    (void)getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = bytes;
    return setrlimit(RLIMIT_AS, &limit) == 0;
}

/* What the process has by now is used up, and then there is so much more. */
static int pay_in_little_space(void *ctx)
{
    const long *more = ctx;
    rlim_t now = (rlim_t)(pages() * sysconf(_SC_PAGESIZE));
    struct rlimit before;
    void *volatile kept;

    (void)getrlimit(RLIMIT_AS, &before);
    if (!limit_space(now))
        return 1;
    for (size_t size = 4 * KIB; size >= 32; size /= 2)
        while ((kept = malloc(size)) != NULL)
            continue;
    (void)limit_space(now + (rlim_t)*more);
    found->status = pay(*more / 4096 % 2);
    (void)limit_space(before.rlim_cur);
    return pay(false) == SPAY_OK ? 0 : 1;
}

/* Whatever is left: it works, or there is no memory; and later it works. */
static void test_address_space(void)
{
    const char *name = "ulimit -v: works, or says that there is no memory, and works again";
    int worked = 0;
    int failed = 0;
    proof p;

    if (PROOF_IS_SANITIZED || pages() == 0) {
        tap_skip(name, "needs /proc, and no sanitizer");
        return;
    }
    proof_begin(&p, name);
    for (long more = 0; more < 1024 * KIB; more += torture_pick(20, 4) * KIB) {
        int status;

        memset(found, 0, sizeof(*found));
        status = torture_reap(torture_fork(pay_in_little_space, &more), TRIAL_MS);
        proof_case(&p, status == 0, "%ld KiB more: %s, %s", more / KIB, torture_ending(status),
                   found->text);
        /* libcurl takes a name for one that does not exist if it has no memory to look it up. */
        proof_case(&p,
                   found->status == SPAY_OK || found->status == SPAY_E_NO_MEMORY ||
                       (found->status == SPAY_E_CONNECT && strstr(found->text, "name lookup")),
                   "%ld KiB more: %s: %s", more / KIB, spay_status_name(found->status),
                   found->text);
        worked += found->status == SPAY_OK;
        failed += found->status != SPAY_OK;
    }
    proof_case(&p, worked && failed, "%d worked, %d failed", worked, failed);
    proof_end(&p);
    tap_note("%d times it worked, %d times there was no memory", worked, failed);
}

/* ---- file descriptors ---- */

/* None but the standard streams, and room for so many. */
static bool leave_descriptors(int room)
{
    struct rlimit limit;

    for (int fd = 3; fd < 1024; fd++)
        (void)close(fd);
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 3 + (rlim_t)room;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static int pay_with_descriptors(void *ctx)
{
    const int *room = ctx;

    if (!leave_descriptors(*room))
        return 1;
    return pay_in_both(NULL);
}

/* The error says what is missing. */
static int pay_without_descriptors(void *ctx)
{
    const int *room = ctx;

    if (!leave_descriptors(*room))
        return 1;
    for (int multi = 0; multi < 2; multi++) {
        spay_status status = pay(multi);

        if (status == SPAY_OK ? *room == 0
                              : !strstr(found->text, "too many open files") &&
                                    !strstr(found->text, "file descriptors"))
            return 1;
    }
    return 0;
}

static void test_descriptors(void)
{
    int room = 5;

    run_case("8 file descriptors are enough for both drivers", pay_with_descriptors, &room);
    for (room = 0; room < 5; room++) {
        char name[80];

        (void)snprintf(name, sizeof(name), "%d file descriptors: works, or says so", 3 + room);
        run_case(name, pay_without_descriptors, &room);
    }
}
/* ---- no files at all ---- */

/* An empty directory becomes all that there is: no /dev, /proc and /etc. false: not permitted. */
static bool leave_files(void)
{
    char empty[] = "/tmp/limits-XXXXXX";

    if (!mkdtemp(empty))
        return false;
    if (geteuid() != 0 && unshare(CLONE_NEWUSER) != 0) {
        (void)rmdir(empty);
        return false;
    }
    if (chdir(empty) != 0 || rmdir(empty) != 0 || chroot(".") != 0)
        return false;
    return access("/dev/urandom", F_OK) != 0 && access("/proc/self", F_OK) != 0;
}

static int pay_without_files(void *ctx)
{
    if (!leave_files()) {
        tell("chroot() is not permitted", "");
        return CANNOT;
    }
    return pay_in_both(ctx);
}

/* Nor authorities of the system's, which are told to be missing. */
static int pay_without_authorities(void *ctx)
{
    (void)ctx;
    if (!leave_files()) {
        tell("chroot() is not permitted", "");
        return CANNOT;
    }
    authority = NULL;
    return pay(false) == SPAY_E_TLS && strstr(found->text, " cannot be read") ? 0 : 1;
}

/* ---- filters of system calls ---- */

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifdef __x86_64__
#define THIS_MACHINE AUDIT_ARCH_X86_64
#else
#define THIS_MACHINE AUDIT_ARCH_AARCH64
#endif

/* What kills the process, if any of the bits is set in that argument; bits 0: in any case. */
static const struct {
    int call;
    int argument;
    unsigned bits;
} forbidden[] = {
    {SYS_execve, 0, 0},
    {SYS_execveat, 0, 0},
    {SYS_ptrace, 0, 0},
    {SYS_process_vm_readv, 0, 0},
    {SYS_process_vm_writev, 0, 0},
    {SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC},
    {SYS_truncate, 0, 0},
    {SYS_unlinkat, 0, 0},
    {SYS_renameat2, 0, 0},
    {SYS_mkdirat, 0, 0},
    {SYS_linkat, 0, 0},
    {SYS_symlinkat, 0, 0},
    {SYS_fchmodat, 0, 0},
#ifdef SYS_open
    {SYS_fork, 0, 0},
    {SYS_vfork, 0, 0},
    {SYS_open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC},
    {SYS_creat, 0, 0},
    {SYS_unlink, 0, 0},
    {SYS_rename, 0, 0},
    {SYS_mkdir, 0, 0},
    {SYS_link, 0, 0},
    {SYS_symlink, 0, 0},
    {SYS_chmod, 0, 0},
#endif
};

enum {
    RULES = sizeof(forbidden) / sizeof(forbidden[0])
};

#define LOAD(member)                                                                               \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, member))
#define DO(what) BPF_STMT(BPF_RET | BPF_K, what)

/* For one call: this action, if it is that and the bits say so. Six instructions. */
static void add_rule(struct sock_filter *at, int call, int argument, unsigned bits, unsigned action)
{
    const struct sock_filter rule[] = {
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 (unsigned)(offsetof(struct seccomp_data, args) + 8 * (unsigned)argument)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits ? bits : ~0U, 0, bits ? 1 : 0),
        DO(action),
        DO(SECCOMP_RET_ALLOW),
    };

    memcpy(at, rule, sizeof(rule));
}

static bool install(struct sock_filter *filter, size_t length)
{
    struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool forbid(void)
{
    struct sock_filter filter[6 * RULES + 4] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_MACHINE, 1, 0),
        DO(SECCOMP_RET_KILL_PROCESS),
    };

    for (size_t i = 0; i < RULES; i++)
        add_rule(&filter[3 + 6 * i], forbidden[i].call, forbidden[i].argument, forbidden[i].bits,
                 SECCOMP_RET_KILL_PROCESS);
    filter[3 + 6 * RULES] = (struct sock_filter)DO(SECCOMP_RET_ALLOW);
    return install(filter, 6 * RULES + 4);
}

static int pay_under_filter(void *ctx)
{
    if (!forbid()) {
        tell("seccomp filters are not permitted", "");
        return CANNOT;
    }
    return pay_in_both(ctx);
}

/* That the filter does what it should. */
static int write_under_filter(void *ctx)
{
    const char *path = ctx;

    if (!forbid()) {
        tell("seccomp filters are not permitted", "");
        return CANNOT;
    }
    return open(path, O_WRONLY | O_CREAT, 0600) >= 0 ? 1 : 2;
}

static int execute_under_filter(void *ctx)
{
    char *const none[] = {NULL};

    (void)ctx;
    if (!forbid()) {
        tell("seccomp filters are not permitted", "");
        return CANNOT;
    }
    return execve("/nowhere", none, none) ? 2 : 1;
}

static void test_killed(const char *name, int (*run)(void *ctx), void *ctx)
{
    int status = torture_reap(torture_fork(run, ctx), TRIAL_MS);

    if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
        tap_skip(name, found->text);
    else
        tap_ok(status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "%s", name);
}

/* Neither a device nor a system call that gives random numbers. */
static int pay_without_random(void *ctx)
{
    struct sock_filter filter[7];
    spay_status status;

    (void)ctx;
    add_rule(filter, SYS_getrandom, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
    filter[6] = (struct sock_filter)DO(SECCOMP_RET_ALLOW);
    if (!leave_files() || !install(filter, 7)) {
        tell("chroot() or seccomp filters are not permitted", "");
        return CANNOT;
    }
    status = pay(false);
    return status == SPAY_OK || strstr(found->text, "random") ? 0 : 1;
}

static void test_filters(void)
{
    static char path[] = "/dev/null";

    run_case("neither execve, ptrace, fork nor a file to write: killed for it, calls work",
             pay_under_filter, NULL);
    test_killed("the filter kills for a file to write", write_under_filter, path);
    test_killed("the filter kills for execve", execute_under_filter, NULL);
    run_case("no source of random numbers: works, or says so", pay_without_random, NULL);
}

#else

static void test_filters(void)
{
    tap_skip("seccomp", "not for this machine");
}

#endif

int main(void)
{
    if (!sandbox_url() || !getenv("SPAY_CA_FILE"))
        return tap_skip_all("needs the sandbox with TLS");
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    authority = read_authority();
    found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!tap_ok(found != MAP_FAILED && authority && *authority, "the sandbox's authority"))
        return tap_end();
    test_stacks();
    (void)pay(false); /* what is started once in a process cannot be started again if that failed */
    test_address_space();
    test_descriptors();
    run_case("no /dev, /proc and /etc: an authority in memory is enough", pay_without_files, NULL);
    run_case("no authorities of the system's: told", pay_without_authorities, NULL);
    test_filters();
    free(authority);
    return tap_end();
}
