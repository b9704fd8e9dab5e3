// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #include "bridge.h"
import "C"

import (
	"context"
	"errors"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"

	"sessionpay/internal/library"
)

// Store is shared by processes and machines, so that they fetch one bearer token for all, and make one
// session for an intent where the provider has no idempotency keys. The library seals what it stores:
// neither names nor values are in clear. A call never fails because of its store.
//
// Each function is called on a goroutine of its own and may block; what is about one name is called in
// turn. The context has the deadline of ClientOptions.StoreTimeout, if that is set; the library does not
// wait longer, in any case. Names are at most 80 letters, digits and "-".
//
// The packages filestore and redisstore have stores of the library's own.
type Store interface {
	// Get returns a value, and how long it is still to live; or ErrStoreMiss.
	Get(ctx context.Context, name string) (value []byte, left time.Duration, err error)
	// Put writes a value that lives for ttl. The fence is that of a lease of the same name: if a later one
	// was given out, nothing is written, and it returns ErrStoreStale.
	Put(ctx context.Context, name string, value []byte, ttl time.Duration, fence uint64) error
	// Acquire takes the lease of a name for ttl; or returns ErrStoreHeld. Every lease of a name has a larger
	// fence than those before it.
	Acquire(ctx context.Context, name string, ttl time.Duration) (fence uint64, err error)
	// Release gives back the lease with this fence; or returns ErrStoreStale if it is another's by now.
	Release(ctx context.Context, name string, fence uint64) error
}

// What a Store returns, bare or wrapped. Any other error is one of the store itself.
var (
	ErrStoreMiss  = errors.New("sessionpay: there is nothing of this name")
	ErrStoreHeld  = errors.New("sessionpay: somebody else has the lease")
	ErrStoreStale = errors.New("sessionpay: a later lease was given out")
)

// storeQueue asks a store. The library wants what is about one name to take effect in its order.
type storeQueue struct {
	store   Store
	timeout time.Duration

	lock    sync.Mutex
	waiting map[string][]func(context.Context) // a name is here while a goroutine asks about it
}

func (q *storeQueue) add(name string, ask func(context.Context)) {
	q.lock.Lock()
	defer q.lock.Unlock()
	_, isAsking := q.waiting[name]
	q.waiting[name] = append(q.waiting[name], ask)
	if !isAsking {
		go q.ask(name)
	}
}

func (q *storeQueue) ask(name string) {
	for {
		q.lock.Lock()
		waiting := q.waiting[name]
		if len(waiting) == 0 {
			delete(q.waiting, name)
			q.lock.Unlock()
			return
		}
		q.waiting[name] = waiting[1:]
		q.lock.Unlock()
		q.askOnce(waiting[0])
	}
}

func (q *storeQueue) askOnce(ask func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	if q.timeout > 0 {
		ctx, cancel = context.WithTimeout(context.Background(), q.timeout)
	}
	defer cancel()
	ask(ctx)
}

// storeEnd ends an operation that has neither a value nor a lease.
func storeEnd(operation *C.spay_store_operation, err error) {
	result := C.int32_t(C.SPAY_STORE_ERROR)
	switch {
	case err == nil:
		result = C.SPAY_STORE_DONE
	case errors.Is(err, ErrStoreMiss):
		result = C.SPAY_STORE_MISS
	case errors.Is(err, ErrStoreHeld):
		result = C.SPAY_STORE_HELD
	case errors.Is(err, ErrStoreStale):
		result = C.SPAY_STORE_STALE
	}
	C.spay_store_end(operation, result)
}

// setStore leaves a table in the options. It is to be given back if no client takes it over.
func setStore(m *memory, made *C.spay_client_options, options *ClientOptions) error {
	if options.Store == nil {
		return nil
	}
	table := (*C.spay_store)(m.zeroed(C.sizeof_spay_store))
	if native, isNative := options.Store.(*library.Store); isNative {
		C.spay_store_init(unsafe.Pointer(table), C.sizeof_spay_store)
		failure := m.failure()
		if err := native.New(unsafe.Pointer(table), unsafe.Pointer(failure)); err != nil {
			return notSent(StatusInvalidArgument, err)
		}
		if *failure != nil {
			return errorOf(*failure)
		}
	} else {
		number := cgo.NewHandle(&storeQueue{store: options.Store, timeout: options.StoreTimeout,
			waiting: make(map[string][]func(context.Context))})
		C.sessionpay_go_set_store(table, C.uintptr_t(number))
	}
	made.store = table
	return nil
}

func storeOf(number C.uintptr_t) *storeQueue { return cgo.Handle(number).Value().(*storeQueue) }

//export sessionpayGoStoreGet
func sessionpayGoStoreGet(number C.uintptr_t, c *C.char, operation *C.spay_store_operation) {
	q, name := storeOf(number), C.GoString(c)
	q.add(name, func(ctx context.Context) {
		value, left, err := q.store.Get(ctx, name)
		if err != nil {
			storeEnd(operation, err)
			return
		}
		m := new(memory)
		defer m.free()
		bytes, length := m.bytes(string(value))
		C.spay_store_found(operation, bytes, length, C.int64_t(left/time.Millisecond))
	})
}

//export sessionpayGoStorePut
func sessionpayGoStorePut(number C.uintptr_t, c *C.char, value unsafe.Pointer, length C.size_t, ttl C.int64_t, fence C.uint64_t,
	operation *C.spay_store_operation) {
	q, name, copied := storeOf(number), C.GoString(c), append([]byte(nil), unsafe.Slice((*byte)(value), length)...)
	q.add(name, func(ctx context.Context) {
		storeEnd(operation, q.store.Put(ctx, name, copied, durationOf(ttl, time.Millisecond), uint64(fence)))
	})
}

//export sessionpayGoStoreAcquire
func sessionpayGoStoreAcquire(number C.uintptr_t, c *C.char, ttl C.int64_t, operation *C.spay_store_operation) {
	q, name := storeOf(number), C.GoString(c)
	q.add(name, func(ctx context.Context) {
		fence, err := q.store.Acquire(ctx, name, durationOf(ttl, time.Millisecond))
		if err != nil {
			storeEnd(operation, err)
			return
		}
		C.spay_store_acquired(operation, C.uint64_t(fence))
	})
}

//export sessionpayGoStoreRelease
func sessionpayGoStoreRelease(number C.uintptr_t, c *C.char, fence C.uint64_t, operation *C.spay_store_operation) {
	q, name := storeOf(number), C.GoString(c)
	q.add(name, func(ctx context.Context) { storeEnd(operation, q.store.Release(ctx, name, uint64(fence))) })
}
