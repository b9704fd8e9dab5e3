// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #cgo pkg-config: libsessionpay
// #include "bridge.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

// Choice is an optional yes or no; zero leaves the default.
type Choice int32

// The choices.
const (
	Yes Choice = C.SPAY_YES
	No  Choice = C.SPAY_NO
)

// object owns something in C, which is freed when it is closed and nobody uses it any more.
type object struct {
	mutex   sync.Mutex
	pointer unsafe.Pointer
	users   int
	closed  bool
	free    func(unsafe.Pointer) // must not lead to the object, or the garbage collector keeps both
}

// use must be followed by done, if it returns true.
func (o *object) use() bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.closed || o.pointer == nil {
		return false
	}
	o.users++
	return true
}

func (o *object) done() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.users--
	o.freeUnused()
}

func (o *object) close() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.closed = true
	o.freeUnused()
}

func (o *object) freeUnused() {
	if o.closed && o.users == 0 && o.pointer != nil {
		o.free(o.pointer)
		o.pointer = nil
	}
}

// Client is what all accounts share: connections, timeouts, hooks. A program needs one. Any goroutine
// may use it.
type Client struct {
	object
	timeout time.Duration
	hooks   *hooks
	mock    *Mock

	drivers     sync.Mutex
	driver      *driver
	multi       ClientOptions // what the driver needs
	isObserving bool
}

// NewClient makes a client; nil stands for all defaults. It opens no connection.
func NewClient(options *ClientOptions) (*Client, error) {
	if options == nil {
		options = &ClientOptions{}
	}
	client := &Client{timeout: options.Timeout, mock: options.Mock, isObserving: options.Event != nil || options.BeforeSend != nil,
		multi: ClientOptions{MaxConnections: options.MaxConnections, HTTP2: options.HTTP2, MaxRequests: options.MaxRequests}}
	if err := client.open(options); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(client, (*Client).Close)
	if client.mock != nil {
		return client, nil
	}
	made, err := client.useDriver() // so that mistakes are told here
	if err != nil {
		_ = client.Close()
		return nil, err
	}
	made.done()
	return client, nil
}

func (c *Client) open(options *ClientOptions) error {
	m := new(memory)
	defer m.free()
	made := options.into(m)
	if err := m.check(); err != nil {
		return err
	}
	c.hooks = &hooks{log: options.Log, event: options.Event, beforeSend: options.BeforeSend}
	number := cgo.NewHandle(c.hooks)
	C.sessionpay_go_set_hooks(made, C.uintptr_t(number), truth(options.Log != nil), truth(options.Event != nil),
		truth(options.BeforeSend != nil))
	if c.mock != nil {
		made.transport = C.spay_mock_transport(c.mock.pointer)
		made.platform = C.spay_mock_platform(c.mock.pointer)
	}
	if err := setStore(m, made, options); err != nil {
		number.Delete()
		return err
	}
	pointer := (**C.spay_client)(m.slot())
	failure := m.failure()
	if C.spay_client_new(made, pointer, failure) != C.SPAY_OK {
		number.Delete()
		C.sessionpay_go_free_store(made.store)
		return errorOf(*failure)
	}
	c.pointer = unsafe.Pointer(*pointer)
	c.free = func(pointer unsafe.Pointer) { C.spay_client_free((*C.spay_client)(pointer)) }
	return nil
}

func truth(is bool) C.int {
	if is {
		return 1
	}
	return 0
}

// Close ends calls that run, with errors in which errors.Is finds ErrCanceled and ErrClosed; later ones
// fail with ErrClosed. Accounts may be closed before or after it, or not at all. A client that is not
// closed is freed by the garbage collector, unless its hooks refer to it. The error is always nil.
func (c *Client) Close() error {
	c.close()
	c.dropDriver((*driver).cancel)
	runtime.SetFinalizer(c, nil)
	return nil
}

// DropConnections closes all idle connections, for instance after a change of network.
func (c *Client) DropConnections() {
	if c.use() {
		C.spay_client_drop_connections((*C.spay_client)(c.pointer))
		c.dropDriver(func(*driver) {}) // connections are the driver's; its calls go on
		c.done()
	}
}

// FlightRecord returns the last attempts as JSON, for a support ticket: no secret, no body.
func (c *Client) FlightRecord() (string, error) {
	if !c.use() {
		return "", notSent(StatusState, ErrClosed)
	}
	defer c.done()
	text := C.spay_client_flight_record((*C.spay_client)(c.pointer))
	if text == nil {
		return "", errorOf(nil)
	}
	defer C.spay_free(unsafe.Pointer(text))
	return C.GoString(text), nil
}

// LibraryVersion is the version of the C library in this process.
func LibraryVersion() string { return C.GoString(C.spay_version()) }
