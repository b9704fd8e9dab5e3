// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"runtime"
	"sort"
	"strings"
	"time"
	"unsafe"
)

// Mock is for tests of programs that use the package: a client with one sends nothing. Replies come
// from a queue, and waiting takes no time, since its clocks are virtual. Any goroutine may use it.
type Mock struct {
	pointer *C.spay_mock
}

// MockRequest is a request that a mock was sent.
type MockRequest struct {
	Method string
	URL    string
	// When it was made, from the time at which the mock was.
	At time.Duration
	// Secrets, since they hold tokens and customers' data.
	headers, body Secret
}

// NewMock makes a mock without replies. A request beyond them fails with ErrConnect.
func NewMock() (*Mock, error) {
	var made *C.spay_mock
	var failure *C.spay_error
	if C.spay_mock_new(&made, &failure) != C.SPAY_OK {
		return nil, errorOf(failure)
	}
	mock := &Mock{made}
	runtime.SetFinalizer(mock, func(mock *Mock) { C.spay_mock_free(mock.pointer) })
	return mock, nil
}

// Reply queues a reply. Without headers, its type is application/json.
func (k *Mock) Reply(httpStatus int32, headers map[string]string, body string) error {
	m := new(memory)
	defer m.free()
	defer runtime.KeepAlive(k)
	var lines []string
	for name, value := range headers {
		lines = append(lines, name+": "+value)
	}
	sort.Strings(lines)
	bytes, length := m.bytes(body)
	return mocked(C.spay_mock_reply(k.pointer, C.int32_t(httpStatus), m.text("headers", strings.Join(lines, "\n")), bytes, length))
}

// Fail queues a failure of the network, such as StatusTimeout; sent says whether bytes of the request
// may have been sent.
func (k *Mock) Fail(status Status, sent bool) error {
	defer runtime.KeepAlive(k)
	choice := No
	if sent {
		choice = Yes
	}
	return mocked(C.spay_mock_fail(k.pointer, C.spay_status(status), C.int32_t(choice)))
}

func mocked(status C.spay_status) error {
	if status == C.SPAY_OK {
		return nil
	}
	return notSent(Status(status), errors.New(C.GoString(C.spay_status_text(status))))
}

// SetLatency: later requests take so much virtual time.
func (k *Mock) SetLatency(latency time.Duration) {
	C.spay_mock_set_latency(k.pointer, milliseconds(latency))
	runtime.KeepAlive(k)
}

// Advance moves the clocks forward.
func (k *Mock) Advance(duration time.Duration) {
	C.spay_mock_advance(k.pointer, milliseconds(duration))
	runtime.KeepAlive(k)
}

// SetTime sets the wall clock.
func (k *Mock) SetTime(now time.Time) {
	C.spay_mock_set_wall(k.pointer, C.int64_t(now.UnixMilli()))
	runtime.KeepAlive(k)
}

// Now is the virtual time since the mock was made.
func (k *Mock) Now() time.Duration {
	defer runtime.KeepAlive(k)
	return durationOf(C.spay_mock_now_ms(k.pointer), time.Millisecond)
}

// Requests returns what has been sent.
func (k *Mock) Requests() []MockRequest {
	defer runtime.KeepAlive(k)
	var made []MockRequest
	for index, count := C.size_t(0), C.spay_mock_request_count(k.pointer); index < count; index++ {
		var length C.size_t
		body := C.spay_mock_request_body(k.pointer, index, &length)
		made = append(made, MockRequest{
			Method:  C.GoString(C.spay_mock_request_method(k.pointer, index)),
			URL:     C.GoString(C.spay_mock_request_url(k.pointer, index)),
			At:      durationOf(C.spay_mock_request_at_ms(k.pointer, index), time.Millisecond),
			headers: NewSecret(C.GoString(C.spay_mock_request_headers(k.pointer, index))),
			body:    NewSecret(string(unsafe.Slice((*byte)(unsafe.Pointer(body)), length))),
		})
	}
	return made
}

// Header returns a field of the header, by its name without regard to case; "" if there is none.
func (r MockRequest) Header(name string) string {
	for _, line := range strings.Split(r.headers.Reveal(), "\n") {
		if before, after, _ := strings.Cut(line, ": "); strings.EqualFold(before, name) {
			return after
		}
	}
	return ""
}

// Body returns the body.
func (r MockRequest) Body() string { return r.body.Reveal() }
