// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

// Package library has what the packages of the module share, and programs need not see.
package library

import (
	"context"
	"errors"
	"time"
	"unsafe"
)

// Store is one of the library's own. No operation of it leads to Go: its methods are there because
// sessionpay.ClientOptions takes a sessionpay.Store.
type Store struct {
	// New fills a spay_store, or a spay_error *. It fails if C cannot have an option.
	New func(store, failure unsafe.Pointer) error
}

var errInC = errors.New("sessionpay: the library asks this store itself")

// Get fails.
func (*Store) Get(context.Context, string) ([]byte, time.Duration, error) { return nil, 0, errInC }

// Put fails.
func (*Store) Put(context.Context, string, []byte, time.Duration, uint64) error { return errInC }

// Acquire fails.
func (*Store) Acquire(context.Context, string, time.Duration) (uint64, error) { return 0, errInC }

// Release fails.
func (*Store) Release(context.Context, string, uint64) error { return errInC }

// Milliseconds rounds up, since zero means that nothing is set, and keeps within an int32.
func Milliseconds(duration time.Duration) int32 {
	whole := (duration + time.Millisecond - 1) / time.Millisecond
	const most = 1<<31 - 1
	if whole > most {
		return most
	}
	if whole < -most {
		return -most
	}
	return int32(whole)
}
