// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #include "bridge.h"
import "C"

import (
	"fmt"
	"runtime/cgo"
	"runtime/debug"
	"sync"
)

// hooks are the functions that a client calls, and the calls that they are called for.
type hooks struct {
	log        func(LogLevel, string)
	event      func(Event)
	beforeSend func(SendRecord) error

	lock     sync.Mutex
	calls    map[uintptr]*call
	last     uintptr
	panicked *HookPanic // that of no call
}

// HookPanic is what CreateSession panics with when a hook has panicked. The call is over by then. A
// panic of BeforeSend ends it; with others it may have made a session, which is lost.
type HookPanic struct {
	Value any
	Stack []byte
}

func (p *HookPanic) Error() string {
	return fmt.Sprintf("sessionpay: a hook panicked: %v\n\n%s", p.Value, p.Stack)
}

func (h *hooks) add(one *call) uintptr {
	h.lock.Lock()
	defer h.lock.Unlock()
	if h.calls == nil {
		h.calls = make(map[uintptr]*call)
	}
	h.last++
	one.number = h.last
	h.calls[h.last] = one
	return h.last
}

func (h *hooks) called(number C.uintptr_t) *call {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.calls[uintptr(number)]
}

// over forgets the call, and panics if a hook did.
func (h *hooks) over(one *call) {
	h.lock.Lock()
	delete(h.calls, one.number)
	panicked := one.panicked
	if panicked == nil {
		panicked, h.panicked = h.panicked, nil
	}
	h.lock.Unlock()
	if panicked != nil {
		panic(panicked)
	}
}

// caught keeps a panic from crossing C.
func (h *hooks) caught(one *call) {
	value := recover()
	if value == nil {
		return
	}
	h.lock.Lock()
	defer h.lock.Unlock()
	if one == nil {
		h.panicked = &HookPanic{value, debug.Stack()}
	} else {
		one.panicked = &HookPanic{value, debug.Stack()}
	}
}

func hooksOf(number C.uintptr_t) *hooks { return cgo.Handle(number).Value().(*hooks) }

//export sessionpayGoLog
func sessionpayGoLog(number C.uintptr_t, level C.int32_t, line *C.char) {
	h := hooksOf(number)
	defer h.caught(nil)
	h.log(LogLevel(level), C.GoString(line))
}

//export sessionpayGoEvent
func sessionpayGoEvent(number, called C.uintptr_t, c *C.spay_event) {
	h := hooksOf(number)
	if h.event == nil {
		return
	}
	one, event := h.called(called), eventOf(c)
	if one != nil {
		event.Context = one.ctx
	}
	defer h.caught(one)
	h.event(*event)
}

//export sessionpayGoBeforeSend
func sessionpayGoBeforeSend(number, called C.uintptr_t, c *C.spay_send_record) (status C.spay_status) {
	h := hooksOf(number)
	one, record := h.called(called), sendRecordOf(c)
	if one != nil {
		record.Context = one.ctx
	}
	status = C.SPAY_E_CANCELED // if it panics
	defer h.caught(one)
	if err := h.beforeSend(*record); err != nil {
		if one != nil {
			one.setCause(err)
		}
		return C.SPAY_E_CANCELED
	}
	return C.SPAY_OK
}

//export sessionpayGoForget
func sessionpayGoForget(number C.uintptr_t) { cgo.Handle(number).Delete() }
