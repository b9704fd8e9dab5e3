/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP messages as the library holds them. Headers that carry a secret are marked by the code that
 * knows, and the mark travels with them.
 */
#ifndef SPAY__HTTP_H
#define SPAY__HTTP_H

#include <stdbool.h>

#include <sessionpay/http.h>

#include "base/buffer.h"

/* Limits on what comes in. */
enum {
    SPAY__MAX_BODY = 256 * 1024,
    SPAY__MAX_HEADER_BYTES = 32 * 1024,
    SPAY__MAX_HEADERS = 256,
    SPAY__MAX_REQUEST_HEADERS = 12, /* of which a provider uses nine at most */
    SPAY__MAX_REQUEST_HEADER_BYTES = 512 * 1024,
    SPAY__MAX_REQUEST_BODY = 1024 * 1024,
    SPAY__MAX_URL = 8192,
    SPAY__TIMINGS = SPAY_TIMING_TOTAL + 1
};

/* A request header: its line begins there in the request's lines, "Name: value" and a NUL. */
typedef struct spay__header {
    const char *name; /* constant text */
    uint32_t line;
    bool secret;
} spay__header;

struct spay_http_request {
    const char *method; /* constant text */
    char *url;
    bool url_shared;    /* it is that of the requests' common part */
    spay__buffer lines; /* the headers as they go out, in one piece of memory */
    size_t header_count;
    size_t fixed_header_count; /* those that every attempt shares */
    char *body;
    size_t body_length;
    int64_t timeout_ms;
    int64_t connect_timeout_ms;
    const int32_t *canceled; /* the call's flag */
    bool failed;             /* it could not be built: no memory, or */
    bool too_long;           /* a body beyond the limit */
    spay__header headers[SPAY__MAX_REQUEST_HEADERS];
};

/* Zeroed requests and responses are empty ones. Both wipe what they hold. NULL is ignored. */
void spay__http_request_clear(spay_http_request *request);

/*
 * Begin with what several requests have in common, which has to outlive them: the headers, and the
 * URL if it is among that. There will be about so many bytes of other headers.
 */
void spay__http_request_begin(spay_http_request *request, const spay_http_request *common,
                              size_t more);

/* A POST to base followed by path. */
void spay__http_request_set_url(spay_http_request *request, const char *base, const char *path);

/* The same, where a segment of the path has to be percent-encoded: what is before and after it. */
void spay__http_request_set_url_around(spay_http_request *request, const char *base,
                                       const char *before, const char *segment, const char *after);

/* The same, from a buffer that becomes empty; one in failure makes the request failed. */
void spay__http_request_take_url(spay_http_request *request, spay__buffer *url);

/* Take the body from a buffer in the same way. */
void spay__http_request_take_body(spay_http_request *request, spay__buffer *body);

/* Add a header; NULL as value adds none. */
void spay__http_request_add(spay_http_request *request, const char *name, const char *value);
void spay__http_request_add_secret(spay_http_request *request, const char *name, const char *value);

/*
 * The same in pieces: append the value to the buffer that comes back, then end the header. In
 * between nothing else may be added.
 */
spay__buffer *spay__http_request_begin_header(spay_http_request *request, const char *name,
                                              bool secret);
void spay__http_request_end_header(spay_http_request *request);

/* From here on headers belong to one attempt. */
void spay__http_request_fix_headers(spay_http_request *request);

/* Drop the headers of the last attempt. */
void spay__http_request_next_attempt(spay_http_request *request);

/* The header's value, or NULL. */
const char *spay__http_request_header(const spay_http_request *request, const char *name);

/* A header as it goes out, "Name: value"; valid until one is added. */
char *spay__http_request_line(const spay_http_request *request, size_t index);

/* The fields that decide about the length of the body, and about the connection. */
enum {
    SPAY__CONNECTION,
    SPAY__CONTENT_LENGTH,
    SPAY__KEEP_ALIVE,
    SPAY__TRANSFER_ENCODING,
    SPAY__FRAMING_FIELDS
};

/* The state of the HTTP/1.1 decoder, see wire/http1_decode.c; all zero before the first byte. */
typedef struct spay__http1_decoder {
    uint8_t part;          /* of the response that comes next */
    uint8_t minor_version; /* of HTTP/1 */
    uint8_t repeated;      /* framing fields that are there more than once, one bit each */
    uint8_t digit_count;   /* of the chunk size so far */
    bool has_trailer;      /* a trailer field was read, which the next line may continue */
    bool must_close;       /* after this response */
    uint16_t values[SPAY__FRAMING_FIELDS]; /* where the first one begins in the headers; 0: none */
    uint32_t interim_length;               /* of the interim responses so far */
    uint32_t head_length; /* of the status line, the fields and chunk extensions so far */
    uint32_t field_count; /* trailers included */
    uint32_t remaining;   /* bytes of the body or chunk */
} spay__http1_decoder;

struct spay_http_response {
    int32_t http_version; /* 10, 11, 20; 0 if it is not known */
    int32_t status;
    bool sent;
    spay__buffer headers; /* "name\0value\0" pairs */
    size_t header_count;
    spay__buffer body;
    int64_t timings_us[SPAY__TIMINGS]; /* by SPAY_TIMING_...; -1 if unknown */
    char *reason;
    char *message;
    const char *phase; /* a constant: how far connecting had come when it failed; NULL */
    spay__http1_decoder decoder;
    spay__buffer line;     /* the beginning of a header line whose end has not arrived */
    int64_t bytes_sent;    /* of the request; -1 if unknown */
    size_t bytes_received; /* all that the decoder was given */
};

/* How long the peer keeps the connection idle, as a decoded response says; -1 if it does not. */
int64_t spay__http_response_keep_alive_ms(const spay_http_response *response);

void spay__http_response_init(spay_http_response *response);
void spay__http_response_clear(spay_http_response *response);

/* Add a header that is not NUL-terminated, and has no NUL in it. */
spay_status spay__http_response_add(spay_http_response *response, const char *name,
                                    size_t name_length, const char *value, size_t value_length);

/* Empty it for the next attempt. */
void spay__http_response_reset(spay_http_response *response);

/* Visit every header of that name: the value after the one given, NULL at the end. */
const char *spay__http_response_next(const spay_http_response *response, const char *name,
                                     const char *after);

#endif
