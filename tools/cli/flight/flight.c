/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * sessionpay flight: a flight record as a timeline.
 */

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/secrets.h"
#include "record.h"

static const char help[] =
    "Usage: sessionpay flight FILE [--html | --svg | --json]\n"
    "\n"
    "Shows a flight record (spay_client_flight_record(), or create --flight-record) as a\n"
    "timeline: each attempt with name lookup, connection, TLS, first byte and reply, what\n"
    "was decided, and the pause before the next.\n"
    "\n"
    "  --html    a page for a ticket: the picture and a table\n"
    "  --svg     the picture alone\n"
    "  --json    attempts with their segments of time\n"
    "  --help    show this text\n";

enum format {
    TEXT,
    HTML = OPTION_OWN,
    SVG
};

static int show(const char *path, int format)
{
    const char *problem = NULL;
    bool is_private;
    char *text = file_read(path, &is_private, &problem);
    struct flight *flight = text ? flight_parse(text, &problem) : NULL;
    int status = CLI_DONE;

    if (!flight)
        status = output_fail(CLI_USAGE, path, problem);
    else if (output_is_json())
        status = output_object(flight_to_json(flight), stdout, CLI_DONE);
    else if (format == HTML)
        flight_print_html(flight, stdout);
    else if (format == SVG)
        flight_print_svg(flight, stdout);
    else
        flight_print(flight, stdout);
    flight_free(flight);
    secret_free(text);
    return output_end(status);
}

int command_flight(int argc, char **argv)
{
    static const struct option options[] = {
        {"html", no_argument, NULL, HTML},
        {"svg", no_argument, NULL, SVG},
        OPTION_COMMON,
    };
    const char *path = NULL;
    int format = TEXT;

    for (int code; (code = options_next(argc, argv, options, help)) != OPTION_END;) {
        if (code == OPTION_EXIT)
            return options_exit_status();
        if (code == OPTION_WORD && path)
            return output_refuse("flight", "one file is enough");
        if (code == OPTION_WORD)
            path = optarg;
        else if (format != TEXT || output_is_json())
            return output_refuse("flight", "--html, --svg and --json do not go together");
        else
            format = code;
    }
    return path ? show(path, format) : output_refuse("flight", "a file is needed");
}
