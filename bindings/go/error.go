// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unsafe"
)

// Error is what all functions of the package return when they fail. To find it in another error, use
// errors.As; for its group or status, errors.Is with ErrLater, ErrThrottled and the like; for what
// ended the call, errors.Is with context.Canceled, context.DeadlineExceeded, ErrClosed, or the error
// that BeforeSend returned.
//
// Tests of what handles errors can make one.
type Error struct {
	// What happened.
	Status Status
	// One line for a log or a developer: what happened and, for bad input, which field and rule.
	Message string
	// A stable word in snake_case that narrows the status down, such as "tls_certificate_expired";
	// "" if the status says everything.
	Reason string
	// The step that failed.
	Stage Stage
	// What happened at the provider. If it is OutcomeUnknown, repeat the call with IdempotencyKey.
	Outcome Outcome
	// The key that every attempt carried; "" if the call had none.
	IdempotencyKey string
	// Whose call it was.
	Provider Provider
	// The provider's own code, verbatim.
	ProviderCode string
	// The HTTP status of the last reply; 0 if there was none.
	HTTPStatus int32
	// The provider's reference for support.
	RequestID string
	// How many attempts the call made, retries included.
	Attempts int32
	// How many of the attempts put bytes on the wire.
	RequestsSent int32
	// From the start of the call to its failure.
	Elapsed time.Duration
	// Whether the same request with the same key can succeed later.
	Retryable bool
	// How long the provider asked to wait; negative if it did not say.
	RetryAfter time.Duration
	// The parts of the request, or of the reply, that are wrong.
	FieldErrors []FieldError
	// The raw body of the last reply; it may hold a session.
	Body Secret

	cause error
}

// FieldError is a part of the request that the library or the provider refused, or the part of a
// reply that could not be read.
type FieldError struct {
	// Where it is: a member's name in C for input, otherwise a path in the JSON.
	Path string
	// The rule that it broke.
	Code string
	// A sentence about it.
	Message string
}

// ErrClosed is found by errors.Is in errors of calls whose client or account has been closed.
var ErrClosed = errors.New("sessionpay: closed")

// Error returns the message.
func (e *Error) Error() string { return "sessionpay: " + e.Message }

// Group is what the caller does next.
func (e *Error) Group() Group { return e.Status.Group() }

// Name is the name of the status, such as "SPAY_E_THROTTLED".
func (e *Error) Name() string { return e.Status.String() }

// Unwrap returns what ended the call: an error of its context, ErrClosed, what BeforeSend returned.
func (e *Error) Unwrap() error { return e.cause }

// Is makes errors.Is find the group and the status.
func (e *Error) Is(target error) bool {
	wanted, ok := target.(sentinel)
	return ok && (wanted.status == e.Status && wanted.status != 0 || wanted.group == e.Group() && wanted.group != 0)
}

// Timeout is for those who look for what net.Error has.
func (e *Error) Timeout() bool { return e.Status == StatusTimeout }

// Group is what the caller does next, also for a status that only a newer library knows.
func (value Status) Group() Group { return Group(C.spay_status_group(C.spay_status(value))) }

type sentinel struct {
	status Status
	group  Group
}

func (s sentinel) Error() string {
	if s.group != 0 {
		return "sessionpay: an error of the group " + s.group.String()
	}
	return "sessionpay: " + C.GoString(C.spay_status_text(C.spay_status(s.status)))
}

func fieldErrorsOf(e *C.spay_error) []FieldError {
	var made []FieldError
	for index, count := C.size_t(0), C.spay_error_field_count(e); index < count; index++ {
		made = append(made, FieldError{C.GoString(C.spay_error_field_path(e, index)),
			C.GoString(C.spay_error_field_code(e, index)), C.GoString(C.spay_error_field_message(e, index))})
	}
	return made
}

// errorOf frees the C error. There is none without memory.
func errorOf(e *C.spay_error) *Error {
	if e == nil {
		return &Error{Status: StatusNoMemory, Message: "out of memory", Outcome: OutcomeNotSent, RetryAfter: -1}
	}
	defer C.spay_error_free(e)
	var length C.size_t
	body := C.spay_error_body(e, &length)
	return &Error{
		Status:         Status(C.spay_error_status(e)),
		Message:        C.GoString(C.spay_error_message(e)),
		Reason:         C.GoString(C.spay_error_reason(e)),
		Stage:          Stage(C.spay_error_stage(e)),
		Outcome:        Outcome(C.spay_error_outcome(e)),
		IdempotencyKey: C.GoString(C.spay_error_idempotency_key(e)),
		Provider:       Provider(C.spay_error_provider(e)),
		ProviderCode:   C.GoString(C.spay_error_provider_code(e)),
		HTTPStatus:     int32(C.spay_error_http_status(e)),
		RequestID:      C.GoString(C.spay_error_request_id(e)),
		Attempts:       int32(C.spay_error_attempts(e)),
		RequestsSent:   int32(C.spay_error_requests_sent(e)),
		Elapsed:        durationOf(C.spay_error_elapsed_ms(e), time.Millisecond),
		Retryable:      C.spay_error_retryable(e) != 0,
		RetryAfter:     durationOf(C.spay_error_retry_after_ms(e), time.Millisecond),
		FieldErrors:    fieldErrorsOf(e),
		Body:           NewSecret(string(unsafe.Slice((*byte)(unsafe.Pointer(body)), length))),
	}
}

// notSent is the error of a call that has not begun.
func notSent(status Status, cause error) *Error {
	return &Error{Status: status, Message: strings.TrimPrefix(cause.Error(), "sessionpay: "), Stage: StageInput,
		Outcome: OutcomeNotSent, RetryAfter: -1, cause: cause}
}

// ---- Names of values -------------------------------------------------------------------------------

func nameOf[Value ~int32](names map[Value]string, value Value) string {
	if name, ok := names[value]; ok {
		return name
	}
	return fmt.Sprint(int32(value))
}

func nameOfBits(names map[SessionWarning]string, value SessionWarning) string {
	var set []string
	for bit := SessionWarning(1); bit != 0; bit <<= 1 {
		if name, ok := names[bit]; ok && value&bit != 0 {
			set = append(set, name)
		} else if value&bit != 0 {
			set = append(set, fmt.Sprint(uint32(bit)))
		}
	}
	return strings.Join(set, "|")
}
