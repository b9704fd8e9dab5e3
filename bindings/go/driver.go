// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"sync"
	"unsafe"
)

// driver runs calls of all goroutines. One goroutine at a time takes turns in C: that of the first
// call, as long as its own call runs, and then one of the driver's as long as there are others. The
// rest wait in Go, so that calls need no threads.
type driver struct {
	object                // the spay_multi
	ready  []*C.spay_call // where C leaves those that are done

	lock      sync.Mutex
	waiting   map[*C.spay_call]*call
	isRunning bool
	isClosed  bool

	submitting sync.Mutex // who waits for the library's lock waits in Go, not in a thread of its own
}

const (
	portion = 64   // of calls that are done
	briefly = 10   // milliseconds
	long    = 1000 // what the library waits at most
)

// useDriver returns the driver, to be given back with done.
func (c *Client) useDriver() (*driver, error) {
	c.drivers.Lock()
	defer c.drivers.Unlock()
	if c.driver == nil {
		made, err := c.newDriver()
		if err != nil {
			return nil, err
		}
		c.driver = made
	}
	c.driver.use()
	return c.driver, nil
}

func (c *Client) newDriver() (*driver, error) {
	m := new(memory)
	defer m.free()
	if !c.use() {
		return nil, notSent(StatusState, ErrClosed)
	}
	defer c.object.done()
	multi := (**C.spay_multi)(m.slot())
	failure := m.failure()
	if C.spay_multi_new((*C.spay_client)(c.pointer), c.multi.intoMulti(m), multi, failure) != C.SPAY_OK {
		return nil, errorOf(*failure)
	}
	done := C.calloc(portion, C.size_t(unsafe.Sizeof(uintptr(0))))
	made := &driver{ready: unsafe.Slice((**C.spay_call)(done), portion), waiting: make(map[*C.spay_call]*call)}
	made.pointer = unsafe.Pointer(*multi)
	made.free = func(pointer unsafe.Pointer) {
		C.spay_multi_free((*C.spay_multi)(pointer))
		C.free(done)
	}
	return made, nil
}

// dropDriver closes the driver; calls that it runs still use it.
func (c *Client) dropDriver(first func(*driver)) {
	c.drivers.Lock()
	dropped := c.driver
	c.driver = nil
	c.drivers.Unlock()
	if dropped != nil {
		first(dropped)
		dropped.close()
	}
}

func (d *driver) multi() *C.spay_multi { return (*C.spay_multi)(d.pointer) }

// cancel ends calls that run, and those that begin.
func (d *driver) cancel() {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.isClosed = true
	for pointer, one := range d.waiting {
		one.setCause(ErrClosed)
		C.sessionpay_go_cancel(d.multi(), pointer)
	}
}

// run returns when the call is done.
func (d *driver) run(one *call) error {
	d.lock.Lock()
	if d.isClosed {
		d.lock.Unlock()
		return notSent(StatusState, ErrClosed)
	}
	starts := !d.isRunning
	if !starts {
		one.done = make(chan struct{}, 1)
	}
	d.waiting[one.pointer] = one
	d.isRunning = true
	d.lock.Unlock()
	status := d.add(one, starts)
	if starts {
		d.lead(one)
	} else if status == C.SPAY_OK {
		one.wait(d)
	}
	if status != C.SPAY_OK {
		return notSent(Status(status), errors.New(C.GoString(C.spay_status_text(status))))
	}
	return nil
}

func (d *driver) add(one *call, leads bool) C.spay_status {
	var status C.spay_status
	if leads {
		status = C.spay_multi_add(d.multi(), one.pointer, nil, nil)
	} else {
		d.submitting.Lock()
		status = C.spay_multi_submit(d.multi(), one.pointer, nil, nil)
		d.submitting.Unlock()
	}
	if status != C.SPAY_OK {
		d.lock.Lock()
		delete(d.waiting, one.pointer)
		one.isDone = true
		d.lock.Unlock()
	}
	return status
}

// lead runs all calls until this one is done. A goroutine that waits for the end of the context is worth
// its cost only for a call that takes long.
func (d *driver) lead(one *call) {
	if !one.isDone {
		d.turn(briefly)
	}
	if !one.isDone {
		stop := one.watch(func() { one.end(d) })
		for !one.isDone {
			d.turn(long)
		}
		stop()
	}
	d.lock.Lock()
	d.isRunning = len(d.waiting) > 0
	if d.isRunning {
		go d.runOthers()
	}
	d.lock.Unlock()
}

// runOthers runs calls until there are none.
func (d *driver) runOthers() {
	for {
		d.lock.Lock()
		d.isRunning = len(d.waiting) > 0
		isRunning := d.isRunning
		d.lock.Unlock()
		if !isRunning {
			return
		}
		d.turn(long)
	}
}

// turn waits until something happens.
func (d *driver) turn(wait C.int64_t) {
	count := C.sessionpay_go_turn(d.multi(), wait, &d.ready[0], portion)
	d.lock.Lock()
	defer d.lock.Unlock()
	for _, pointer := range d.ready[:count] {
		one := d.waiting[pointer]
		delete(d.waiting, pointer)
		one.isDone = true
		if one.done != nil {
			one.done <- struct{}{}
		}
	}
}
