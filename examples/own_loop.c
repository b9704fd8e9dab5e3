/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A loop of your own: one thread, one poll(2), several calls in flight. The library says what to
 * send and when; it never waits, and the sockets are the program's. Three pages are loaded at once,
 * and all three calls need the account's bearer token: watch one fetch it and the others wait.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/own_loop
 *
 * Against Payroc's UAT environment, set what hosted_fields.c asks for. Link with -lssl -lcrypto.
 *
 * A product would add a resolver that does not block, and keep its connections. Asking in HTTP/1.0
 * keeps this short: the reply comes in one piece and ends with the connection.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "example.h"

enum {
    JOBS = 3,
    REPLY_LIMIT = 300000
};

/* One call and the connection of its attempt in flight. */
struct job {
    int number;
    spay_call *call;
    int waiting;
    int done;
    int64_t alarm; /* between attempts, when to step; in one, when to give it up */

    BIO *connection; /* NULL between attempts, like the next three */
    SSL *ssl;        /* part of the connection */
    BIO *request;    /* bytes to send */
    BIO *reply;      /* bytes received */
    int connected;
    long sent;
    int64_t deadline;
};

static SSL_CTX *tls;
static struct job jobs[JOBS];

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- HTTP: bytes to send, bytes received ----------------------------------------------------- */

static int write_request(BIO *out, const spay_http_request *request, const char *host,
                         const char *path)
{
    size_t length;
    const char *body = spay_http_request_body(request, &length);

    BIO_printf(out, "%s %s HTTP/1.0\r\n", spay_http_request_method(request), path);
    BIO_printf(out, "Host: %s\r\nContent-Length: %lu\r\n", host, (unsigned long)length);
    for (size_t i = 0; i < spay_http_request_header_count(request); i++) {
        BIO_printf(out, "%s: %s\r\n", spay_http_request_header_name(request, i),
                   spay_http_request_header_value(request, i));
    }
    BIO_puts(out, "\r\n");
    return length == 0 || BIO_write(out, body, (int)length) == (int)length;
}

/* The whole reply is here. Half a reply is none: it must end where its head says. */
static spay_status read_reply(BIO *in, spay_http_response *response, int clean_end)
{
    char line[8192];
    char *body;

    if (BIO_gets(in, line, sizeof line) < 12)
        return SPAY_E_NETWORK;
    if (strncmp(line, "HTTP/1.", 7) != 0)
        return SPAY_E_PROTOCOL;

    spay_status status =
        spay_http_response_set_status(response, (int32_t)strtol(line + 9, NULL, 10));
    while (status == SPAY_OK && BIO_gets(in, line, sizeof line) > 0 && *line != '\r') {
        char *value = strchr(line, ':');
        if (!value)
            return SPAY_E_PROTOCOL;
        *value++ = '\0';
        value[strcspn(value, "\r\n")] = '\0';
        status = spay_http_response_add_header(response, line, value + strspn(value, " "));
    }
    size_t length = (size_t)BIO_get_mem_data(in, &body);
    if (status == SPAY_OK)
        status = spay_http_response_append_body(response, body, length);

    const char *announced = spay_http_response_header(response, "Content-Length");
    if (announced ? strtoul(announced, NULL, 10) != length : !clean_end)
        return SPAY_E_NETWORK;
    return status;
}

/* ---- One attempt: connect, send, receive, as far as it goes without blocking ----------------- */

static void end_attempt(struct job *job, spay_status status);

/* A pause, until the socket is ready again, or the end of the attempt. */
static void pause_or_end(struct job *job, spay_status failure)
{
    if (!BIO_should_retry(job->connection))
        end_attempt(job, failure);
}

static int handshake(struct job *job)
{
    if (BIO_do_handshake(job->connection) != 1) {
        int trusted = SSL_get_verify_result(job->ssl) == X509_V_OK;
        pause_or_end(job, trusted ? SPAY_E_CONNECT : SPAY_E_TLS);
        return 0;
    }
    job->connected = 1;
    job->alarm = job->deadline;
    spay_http_response_mark_sent(spay_call_response(job->call)); /* before the first byte */
    return 1;
}

static int send_request(struct job *job)
{
    char *bytes;
    long length = BIO_get_mem_data(job->request, &bytes);

    while (job->sent < length) {
        int n = BIO_write(job->connection, bytes + job->sent, (int)(length - job->sent));
        if (n <= 0) {
            pause_or_end(job, SPAY_E_NETWORK);
            return 0;
        }
        job->sent += n;
    }
    return 1;
}

static void receive_reply(struct job *job)
{
    char bytes[4096];
    int n;

    do {
        n = BIO_read(job->connection, bytes, sizeof bytes);
        if (n > 0)
            BIO_write(job->reply, bytes, n);
    } while (n > 0 && BIO_pending(job->reply) < REPLY_LIMIT);

    if (n > 0) {
        end_attempt(job, SPAY_E_LIMIT);
    } else if (!BIO_should_retry(job->connection)) {
        int clean_end = (SSL_get_shutdown(job->ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
        end_attempt(job, read_reply(job->reply, spay_call_response(job->call), clean_end));
    }
}

static void go_on(struct job *job)
{
    if ((job->connected || handshake(job)) && send_request(job))
        receive_reply(job);
}

/* ---- Between attempts: ask the call what it wants -------------------------------------------- */

/* Connect to "host" or "host:port"; the certificate must be for that name or IPv4 address. */
static int connect_to(struct job *job, char *host)
{
    static char https[] = "443";

    job->connection = BIO_new_ssl_connect(tls);
    if (!job->connection)
        return 0;
    BIO_get_ssl(job->connection, &job->ssl);
    BIO_set_nbio(job->connection, 1);
    BIO_set_conn_port(job->connection, https);
    BIO_set_conn_hostname(job->connection, host);

    host[strcspn(host, ":")] = '\0';
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(job->ssl), host) == 1)
        return 1;
    return SSL_set_tlsext_host_name(job->ssl, host) == 1 && SSL_set1_host(job->ssl, host) == 1;
}

/* The URL is "https://host[:port]/path". */
static int open_attempt(struct job *job, const spay_http_request *request)
{
    const char *url = spay_http_request_url(request);
    char host[256];
    int path = 0;

    sscanf(url, "https://%255[^/]%n", host, &path);
    job->request = BIO_new(BIO_s_mem());
    job->reply = BIO_new(BIO_s_mem());
    return url[path] == '/' && job->request && job->reply &&
           write_request(job->request, request, host, url + path) && connect_to(job, host);
}

static void begin_attempt(struct job *job)
{
    const spay_http_request *request = spay_call_request(job->call);

    printf("page %d sends to %s\n", job->number, spay_http_request_url(request));
    job->deadline = now_ms() + spay_http_request_timeout_ms(request);
    job->alarm = now_ms() + spay_http_request_connect_timeout_ms(request);
    job->waiting = 0;
    job->connected = 0;
    job->sent = 0;
    if (open_attempt(job, request)) {
        go_on(job);
    } else {
        spay_http_response_set_failure(spay_call_response(job->call), "no_connection_object",
                                       "this loop needs memory and an https URL with a path");
        end_attempt(job, SPAY_E_INTERNAL);
    }
}

static void step(struct job *job)
{
    switch (spay_call_step(job->call)) {
    case SPAY_CALL_SEND:
        begin_attempt(job);
        break;
    case SPAY_CALL_WAIT:
        if (!job->waiting)
            printf("page %d waits\n", job->number);
        job->waiting = 1;
        job->alarm = now_ms() + spay_call_wait_ms(job->call);
        break;
    default:
        job->done = 1;
    }
}

/* Tell the call how it went. Whether that means another attempt is for the call to decide. */
static void end_attempt(struct job *job, spay_status status)
{
    BIO_free_all(job->connection);
    BIO_free(job->request); /* memory BIOs wipe what they held */
    BIO_free(job->reply);
    job->connection = job->request = job->reply = NULL;
    job->ssl = NULL;
    ERR_clear_error();
    spay_call_respond(job->call, status);
    step(job);
}

/* ---- The loop -------------------------------------------------------------------------------- */

static int milliseconds_until(int64_t alarm)
{
    int64_t left = alarm - now_ms();

    return left < 0 ? 0 : left > 1000 ? 1000 : (int)left;
}

/* Wait until a socket is ready or an alarm is due. */
static void wait_for_any(struct pollfd *fds)
{
    int timeout = 1000;

    for (int i = 0; i < JOBS; i++) {
        struct job *job = &jobs[i];
        int left = job->done ? timeout : milliseconds_until(job->alarm);

        fds[i] = (struct pollfd){.fd = -1}; /* poll() skips it */
        if (job->connection) {
            BIO_get_fd(job->connection, &fds[i].fd);
            fds[i].events = BIO_should_read(job->connection) ? POLLIN : POLLOUT;
        }
        if (left < timeout)
            timeout = left;
    }
    poll(fds, JOBS, timeout);
}

static void run(void)
{
    struct pollfd fds[JOBS];
    int running = JOBS;

    while (running) {
        wait_for_any(fds);
        running = 0;
        for (int i = 0; i < JOBS; i++) {
            struct job *job = &jobs[i];
            int due = !job->done && now_ms() >= job->alarm;

            if (job->connection && fds[i].revents)
                go_on(job);
            else if (job->connection && due)
                end_attempt(job, SPAY_E_TIMEOUT);
            else if (due)
                step(job);
            running += !job->done;
        }
    }
}

/* ---- The program around it ------------------------------------------------------------------- */

/* Like the library's own transport: TLS 1.2 or later, and a peer that proves who it is. */
static int open_tls(void)
{
    const char *ca_file = getenv("SPAY_CA_FILE");

    tls = SSL_CTX_new(TLS_client_method());
    if (!tls || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1)
        return 0;
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE);
    return ca_file ? SSL_CTX_load_verify_locations(tls, ca_file, NULL) == 1
                   : SSL_CTX_set_default_verify_paths(tls) == 1;
}

static spay_status new_calls(spay_client *client, spay_error **error)
{
    spay_hosted_fields *account = NULL;

    spay_hosted_fields_options options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    options.environment = SPAY_ENV_TEST;
    options.base_url = getenv("SPAY_HOSTED_FIELDS_BASE_URL"); /* wins over environment */
    options.identity_url = getenv("SPAY_HOSTED_FIELDS_IDENTITY_URL");
    options.api_key = example_need("SPAY_HOSTED_FIELDS_API_KEY");

    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    request.processing_terminal_id = example_need("SPAY_HOSTED_FIELDS_TERMINAL_ID");
    request.lib_version = example_need("SPAY_HOSTED_FIELDS_LIB_VERSION");
    request.scenario = "payment";

    spay_status status = spay_hosted_fields_new(client, &options, &account, error);
    for (int i = 0; i < JOBS && status == SPAY_OK; i++) {
        jobs[i].number = i + 1;
        status = spay_hosted_fields_session_call_new(account, &request, NULL, &jobs[i].call, error);
    }
    spay_hosted_fields_free(account); /* the calls keep it alive */
    return status;
}

static spay_status take_session(const struct job *job, spay_error **error)
{
    spay_hosted_fields_session *session = NULL;
    spay_status status = spay_hosted_fields_session_from_call(job->call, &session, error);

    if (status == SPAY_OK)
        printf("page %d has its session, %d attempt(s) and %d token request(s)\n", job->number,
               (int)session->info->attempts, (int)session->info->token_requests);
    spay_hosted_fields_session_free(session);
    return status;
}

int main(void)
{
    spay_client *client = NULL;
    spay_error *error = NULL;

    signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an error, not the end */
    spay_status status = spay_client_new(NULL, &client, &error);
    if (status == SPAY_OK)
        status = new_calls(client, &error);

    if (status == SPAY_OK && !open_tls()) {
        status = SPAY_E_TLS;
        error = spay_error_new(status, SPAY_OUTCOME_NOT_SENT, "OpenSSL could not be set up");
    }
    if (status == SPAY_OK)
        run();
    for (int i = 0; i < JOBS && status == SPAY_OK; i++)
        status = take_session(&jobs[i], &error);
    if (status != SPAY_OK)
        example_complain(error);

    for (int i = 0; i < JOBS; i++)
        spay_call_free(jobs[i].call);
    spay_client_free(client);
    spay_error_free(error);
    SSL_CTX_free(tls);
    return status == SPAY_OK ? 0 : 1;
}
