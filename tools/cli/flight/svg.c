/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The timeline as a picture, and as a page for a ticket: no scripts, nothing from elsewhere.
 */

#include "record.h"

#include <string.h>

enum {
    LEFT = 260,
    BARS = 620,
    WIDTH = LEFT + BARS + 20,
    ROW = 34,
    TOP = 30
};

/* Control characters are not allowed in XML; the rest is cJSON's UTF-8. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '&')
            fputs("&amp;", out);
        else if (byte == '<')
            fputs("&lt;", out);
        else if (byte == '>')
            fputs("&gt;", out);
        else if (byte == '"')
            fputs("&quot;", out);
        else
            putc(byte < 0x20 || byte == 0x7F ? '?' : byte, out);
    }
}

static void put_bar(const struct flight *flight, const struct flight_segment *segment, int top,
                    FILE *out)
{
    double from = (double)LEFT + segment->from_ms / flight->span_ms * (double)BARS;
    double length = (segment->to_ms - segment->from_ms) / flight->span_ms * (double)BARS;

    fprintf(out,
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"><title>%s %.1f "
            "ms</title></rect>\n",
            from, top + 4, length < 1 ? 1 : length, segment->color, segment->name,
            segment->to_ms - segment->from_ms);
}

static void put_row(const struct flight *flight, size_t row, FILE *out)
{
    const struct flight_attempt *attempt = &flight->attempts[row];
    int top = TOP + ROW * (int)row;
    char title[160];

    flight_title(attempt, title, sizeof title);
    fprintf(out, "<text x=\"8\" y=\"%d\">", top + 12);
    put_text(out, title);
    fprintf(out, "</text>\n<text x=\"8\" y=\"%d\" fill=\"%s\">", top + 26,
            flight_succeeded(attempt) ? "#38761d" : "#cc0000");
    put_text(out, flight_text(attempt, "status"));
    fputs(", ", out);
    put_text(out, flight_text(attempt, "decision"));
    fputs("</text>\n", out);
    for (size_t i = 0; i < attempt->segment_count; i++)
        put_bar(flight, &attempt->segments[i], top, out);
}

static void put_legend(int top, FILE *out)
{
    int left = 8;

    for (const struct flight_segment *kind = flight_kinds; kind->name; kind++) {
        fprintf(out,
                "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>\n"
                "<text x=\"%d\" y=\"%d\">%s</text>\n",
                left, top, kind->color, left + 14, top + 9, kind->name);
        left += 34 + 7 * (int)strlen(kind->name);
    }
}

void flight_print_svg(const struct flight *flight, FILE *out)
{
    int height = TOP + ROW * (int)flight->count + 40;

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
            "<text x=\"%d\" y=\"18\">0 ms</text>\n"
            "<text x=\"%d\" y=\"18\" text-anchor=\"end\">%.1f ms</text>\n",
            WIDTH, height, WIDTH, height, LEFT, LEFT + BARS, flight->span_ms);
    for (size_t row = 0; row < flight->count; row++)
        put_row(flight, row, out);
    put_legend(height - 24, out);
    fputs("</svg>\n", out);
}

static void put_cell(FILE *out, const char *text)
{
    fputs("<td>", out);
    put_text(out, text);
    fputs("</td>", out);
}

static void put_table_row(const struct flight_attempt *attempt, FILE *out)
{
    static const char *const names[] = {"status",  "reason",          "phase",     "provider_code",
                                        "outcome", "decision",        "host",      "route",
                                        "message", "idempotency_key", "request_id"};
    char title[160];

    flight_title(attempt, title, sizeof title);
    fputs("<tr>", out);
    put_cell(out, title);
    fprintf(out, "<td>%.0f</td><td>%.0f</td>", attempt->start_ms,
            flight_number(attempt, "http_status", 0));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_cell(out, flight_text(attempt, names[i]));
    fputs("</tr>\n", out);
}

void flight_print_html(const struct flight *flight, FILE *out)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"/>"
          "<title>Flight record</title>\n"
          "<style>body{font-family:sans-serif}table{border-collapse:collapse;font-size:12px}"
          "td,th{border:1px solid #cccccc;padding:3px 6px;text-align:left}</style></head>\n"
          "<body>\n<h1>Flight record</h1>\n",
          out);
    flight_print_svg(flight, out);
    fputs("<table>\n<tr><th>attempt</th><th>start, ms</th><th>HTTP</th><th>status</th>"
          "<th>reason</th><th>phase</th><th>provider's code</th><th>outcome</th><th>decision</th>"
          "<th>host</th><th>route</th><th>message</th><th>key</th><th>request id</th></tr>\n",
          out);
    for (size_t i = 0; i < flight->count; i++)
        put_table_row(&flight->attempts[i], out);
    fputs("</table>\n</body>\n</html>\n", out);
}
