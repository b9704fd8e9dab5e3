// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #include "bridge.h"
import "C"

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// call is one call of a goroutine.
type call struct {
	pointer *C.spay_call
	ctx     context.Context
	limit   time.Duration // of the whole call, if the context's deadline sets it
	number  uintptr       // what hooks know it by
	isDone  bool
	done    chan struct{} // nil if its own goroutine runs the driver

	lock     sync.Mutex
	cause    error // what ended it, other than the context
	panicked *HookPanic
}

// wait returns when the call is done, which the end of the context brings about.
func (one *call) wait(d *driver) {
	select {
	case <-one.done:
	case <-one.ctx.Done():
		one.end(d)
		<-one.done
	}
}

// end is called when the context has ended. Its deadline is the call's own, which comes as soon.
func (one *call) end(d *driver) {
	if one.limit == 0 || !errors.Is(one.ctx.Err(), context.DeadlineExceeded) {
		C.sessionpay_go_cancel(d.multi(), one.pointer)
	}
}

// watch has a function called when the context ends; after the returned function not any more.
func (one *call) watch(end func()) (stop func()) {
	if one.ctx.Done() == nil {
		return func() {}
	}
	finished, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-one.ctx.Done():
			end()
		case <-finished:
		}
	}()
	return func() {
		close(finished)
		<-ended
	}
}

// setCause keeps the first.
func (one *call) setCause(cause error) {
	one.lock.Lock()
	defer one.lock.Unlock()
	if one.cause == nil {
		one.cause = cause
	}
}

// setLimit makes the context's deadline that of the call, unless an option is stricter.
func (one *call) setLimit(limits *C.spay_call_options, timeout time.Duration) {
	deadline, ok := one.ctx.Deadline()
	left := time.Until(deadline)
	if !ok || left > time.Hour { // longer than any call may take
		return
	}
	if left <= 0 {
		left = 1
	}
	set := limits.timeout_ms
	if set == 0 {
		set = milliseconds(timeout)
	}
	if set == 0 || set > milliseconds(left) {
		limits.timeout_ms = milliseconds(left)
		one.limit = durationOf(limits.timeout_ms, time.Millisecond)
	}
}

// failed is the error of the call, with its cause.
func (one *call) failed(failure *C.spay_error) error {
	err := errorOf(failure)
	one.lock.Lock()
	defer one.lock.Unlock()
	ended := one.ctx.Err()
	switch {
	case err.Status == StatusCanceled && one.cause != nil:
		err.cause = one.cause
	case err.Status == StatusCanceled:
		err.cause = ended
	case err.Status == StatusTimeout && one.limit != 0 && (ended != nil || err.Elapsed >= one.limit):
		err.cause = context.DeadlineExceeded
	}
	return err
}

// ---- Accounts --------------------------------------------------------------------------------------

type account struct {
	object
	client *Client
}

// slot is room for what a function of the library makes.
func (m *memory) slot() unsafe.Pointer { return m.zeroed(unsafe.Sizeof(uintptr(0))) }

func (m *memory) failure() **C.spay_error { return (**C.spay_error)(m.slot()) }

func (a *account) open(client *Client, start func(*C.spay_client, *memory, *unsafe.Pointer, **C.spay_error) C.spay_status,
	free func(unsafe.Pointer)) error {
	if client == nil || !client.use() {
		return notSent(StatusState, ErrClosed)
	}
	defer client.object.done()
	m := new(memory)
	defer m.free()
	made, failure := (*unsafe.Pointer)(m.slot()), m.failure()
	if start((*C.spay_client)(client.pointer), m, made, failure) != C.SPAY_OK {
		return errorOf(*failure)
	}
	a.client, a.pointer, a.free = client, *made, free
	runtime.SetFinalizer(a, (*account).Close)
	if err := m.check(); err != nil {
		_ = a.Close()
		return err
	}
	return nil
}

// Close frees the account when its calls are done; new ones fail with ErrClosed. An account that is not
// closed is freed by the garbage collector. The error is always nil.
func (a *account) Close() error {
	a.close()
	runtime.SetFinalizer(a, nil)
	return nil
}

type starter func(*memory, *C.spay_call_options, **C.spay_call, **C.spay_error) C.spay_status
type taker func(*C.spay_call, *memory, **C.spay_error) C.spay_status

// create makes a call, runs it, and takes what it has made.
func (a *account) create(ctx context.Context, options *CallOptions, start starter, take taker) error {
	if !a.use() {
		return notSent(StatusState, ErrClosed)
	}
	defer a.done()
	if !a.client.use() {
		return notSent(StatusState, ErrClosed)
	}
	defer a.client.done()
	if err := begun(ctx); err != nil {
		return err
	}
	m := new(memory)
	defer m.free()
	one := &call{ctx: ctx}
	defer a.client.hooks.over(one)
	failure := m.failure()
	if err := a.start(one, m, options, start, failure); err != nil {
		return err
	}
	defer C.spay_call_free(one.pointer)
	if err := a.client.run(one); err != nil {
		return err
	}
	if take(one.pointer, m, failure) != C.SPAY_OK {
		return one.failed(*failure)
	}
	return nil
}

func (a *account) start(one *call, m *memory, options *CallOptions, start starter, failure **C.spay_error) error {
	if options == nil {
		options = &CallOptions{}
	}
	limits, pointer := options.into(m), (**C.spay_call)(m.slot())
	one.setLimit(limits, a.client.timeout)
	if a.client.isObserving {
		C.sessionpay_go_set_call(limits, C.uintptr_t(a.client.hooks.add(one)))
	}
	if start(m, limits, pointer, failure) != C.SPAY_OK {
		return errorOf(*failure)
	}
	one.pointer = *pointer
	if err := m.check(); err != nil {
		C.spay_call_free(one.pointer)
		return err
	}
	return nil
}

// begun is the error of a context with which nothing can begin.
func begun(ctx context.Context) error {
	if ctx == nil {
		return notSent(StatusInvalidArgument, errors.New("the context is nil"))
	}
	if err := ctx.Err(); errors.Is(err, context.DeadlineExceeded) {
		return notSent(StatusTimeout, err)
	}
	return nil
}

// run returns when the call is done.
func (c *Client) run(one *call) error {
	if one.ctx.Err() != nil {
		C.spay_call_cancel(one.pointer)
	}
	if c.mock != nil { // it never waits
		stop := one.watch(func() { C.spay_call_cancel(one.pointer) })
		C.spay_call_perform(one.pointer, nil)
		stop()
		return nil
	}
	driver, err := c.useDriver()
	if err != nil {
		return err
	}
	defer driver.object.done()
	return driver.run(one)
}

// ---- Worldline Connect -----------------------------------------------------------------------------

// keptPointer is the library's own session, of which it makes accounts of the client API.
type keptPointer struct {
	pointer *C.spay_connect_server_session
}

func takeConnectServer(c *C.spay_connect_server_session) *ConnectServerSession {
	session := connectServerSessionOf(c)
	if session != nil {
		session.kept = &keptPointer{c}
		runtime.SetFinalizer(session.kept, func(kept *keptPointer) { C.spay_connect_server_session_free(kept.pointer) })
	}
	return session
}

// NewConnectClientFromSession makes an account of the client API from a session that CreateSession
// returned. Client and environment are those of the server's account.
func NewConnectClientFromSession(server *ConnectServer, session *ConnectServerSession) (*ConnectClient, error) {
	if session == nil || session.kept == nil {
		return nil, notSent(StatusInvalidArgument, errors.New("the session must be one that CreateSession returned"))
	}
	if server == nil || !server.use() {
		return nil, notSent(StatusState, ErrClosed)
	}
	defer server.done()
	defer runtime.KeepAlive(session.kept)
	made := new(ConnectClient)
	return opened(made, made.open(server.client, func(_ *C.spay_client, _ *memory, made *unsafe.Pointer, failure **C.spay_error) C.spay_status {
		return C.spay_connect_client_from_session((*C.spay_connect_server)(server.pointer), session.kept.pointer,
			(**C.spay_connect_client)(unsafe.Pointer(made)), failure)
	}, freeConnectClient))
}

// CreateApplePaySession creates a client session at the server API, and with it the merchant session
// of Apple Pay. Both requests are checked before anything is sent; serverRequest may be nil. One
// deadline covers both. A key or an intent belongs to the first step. The client session is returned
// whenever the first step succeeded, even if the second failed; Error.Provider says which step it was.
func (a *ConnectServer) CreateApplePaySession(ctx context.Context, serverRequest *ConnectServerSessionRequest,
	request *ConnectClientSessionRequest, options *CallOptions) (first *ConnectServerSession, session *ConnectClientSession, err error) {
	err = a.create(ctx, options, func(m *memory, limits *C.spay_call_options, made **C.spay_call, failure **C.spay_error) C.spay_status {
		return C.spay_connect_apple_pay_session_call_new((*C.spay_connect_server)(a.pointer), serverRequest.into(m),
			request.into(m), limits, made, failure)
	}, func(done *C.spay_call, m *memory, failure **C.spay_error) C.spay_status {
		server, client := (**C.spay_connect_server_session)(m.slot()), (**C.spay_connect_client_session)(m.slot())
		status := C.spay_connect_apple_pay_session_from_call(done, server, client, failure)
		first, session = takeConnectServer(*server), takeConnectClient(*client)
		return status
	})
	return first, session, err
}

// opened is nil if there is an error.
func opened[Account any](made *Account, err error) (*Account, error) {
	if err != nil {
		return nil, err
	}
	return made, nil
}

// SetBearerToken replaces the bearer token of an account that was made with one. Running calls use it
// from their next attempt on.
func (a *HostedFields) SetBearerToken(token Secret) error {
	if !a.use() {
		return notSent(StatusState, ErrClosed)
	}
	defer a.done()
	m := new(memory)
	defer m.free()
	text, failure := m.anyText("bearer_token", token.Reveal()), m.failure()
	if err := m.check(); err != nil {
		return err
	}
	if C.spay_hosted_fields_set_bearer_token((*C.spay_hosted_fields)(a.pointer), text, failure) != C.SPAY_OK {
		return errorOf(*failure)
	}
	return nil
}

// ExpiresIn is how long the session can still be used, if it shall not expire on the way that takes
// margin; it is never negative. If the expiry is not known, ok is false.
func (info *SessionInfo) ExpiresIn(margin time.Duration) (left time.Duration, ok bool) {
	if info.ExpiresAt.IsZero() {
		return 0, false
	}
	left = time.Until(info.ExpiresAt) - margin
	if left < 0 {
		left = 0
	}
	return left, true
}
