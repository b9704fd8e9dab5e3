/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The sandbox from its options to its end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "ca_file.h"
#include "certificate.h"
#include "command.h"
#include "description.h"
#include "events.h"
#include "listener.h"
#include "options.h"
#include "sandbox.h"
#include "server.h"
#include "signals.h"
#include "stop.h"
#include "xalloc.h"

/* Until a signal, or the end of standard input where that was asked for. */
static void wait_for_end(bool until_eof)
{
    char ignored[4096];

    for (;;) {
        int number = signals_wait(until_eof ? STDIN_FILENO : -1).number;
        if (number == 0 && read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
            return;
        if (number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM)
            return;
    }
}

static int serve(struct sandbox *sandbox)
{
    if (sandbox->options->command)
        return command_run(sandbox->options->command);
    if (!description_print(sandbox)) {
        perror("sessionpay-sandbox: cannot print the ready line");
        return EXIT_TROUBLE;
    }
    wait_for_end(sandbox->options->until_eof);
    return EXIT_SUCCESS;
}

static int run_server(struct sandbox *sandbox, int listener, const struct certificate *certificate)
{
    /* Before there are threads: setenv is not safe beside them. */
    if (sandbox->options->command)
        description_export(sandbox);

    struct MHD_Daemon *server = server_start(sandbox, listener, certificate);
    if (!server) {
        fputs("sessionpay-sandbox: cannot start the server\n", stderr);
        close(listener);
        return EXIT_TROUBLE;
    }
    int status = serve(sandbox);
    stop_request(sandbox->stop);
    events_close(sandbox->events);
    server_stop(server);
    return status;
}

static int run_with_tls(struct sandbox *sandbox, int listener)
{
    const struct options *options = sandbox->options;
    struct certificate certificate = {0};
    int status = EXIT_TROUBLE;

    if (!certificate_make(&certificate, options->bind))
        fputs("sessionpay-sandbox: cannot make certificates\n", stderr);
    else
        sandbox->ca_file = ca_file_write(options->ca_file, certificate.ca_pem);
    if (sandbox->ca_file) {
        status = run_server(sandbox, listener, &certificate);
        ca_file_remove(sandbox->ca_file, options->ca_file);
    } else {
        close(listener);
    }
    certificate_free(&certificate);
    return status;
}

static int run(struct sandbox *sandbox)
{
    const struct options *options = sandbox->options;
    char *host;
    int listener = listener_open(options->bind, options->port, &host);

    if (listener < 0)
        return EXIT_TROUBLE;
    sandbox->base_url = xasprintf("%s://%s", options->plain_http ? "http" : "https", host);
    free(host);
    return options->plain_http ? run_server(sandbox, listener, NULL)
                               : run_with_tls(sandbox, listener);
}

int main(int argc, char **argv)
{
    struct options options;
    struct sandbox sandbox;
    cJSON_Hooks hooks = {xmalloc, free};

    options_parse(&options, argc, argv);
    cJSON_InitHooks(&hooks);
    if (!signals_init(options.command != NULL))
        return EXIT_TROUBLE;
    sandbox_init(&sandbox, &options);
    int status = run(&sandbox);
    sandbox_free(&sandbox);
    signals_free();
    return status;
}
