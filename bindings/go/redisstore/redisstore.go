// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

// Package redisstore is the store of libsessionpay-redis: Redis 5 or later, or Valkey, that machines share.
package redisstore

// #cgo pkg-config: libsessionpay-redis
// #include <stdlib.h>
// #include <string.h>
// #include <sessionpay/redis.h>
import "C"

import (
	"errors"
	"strings"
	"time"
	"unsafe"

	"sessionpay"
	"sessionpay/internal/library"
)

// Options of a store. The zero value is what is not set.
type Options struct {
	// "redis://[[user]:password@]host[:port][/database]", "rediss://..." with TLS, or
	// "unix://[[user]:password@]/path/of/socket[?db=database]". Required.
	URL sessionpay.Secret
	// What all keys begin with: up to 64 bytes of visible ASCII without blanks and braces. "sessionpay:" if
	// not set.
	KeyPrefix string
	// Certificate authorities to trust instead of the system's, a PEM file; only for rediss://.
	CAFile string
	// How long a connection may take, and a log-in or a command; 1 ms to 1 minute, 500 ms if not set.
	ConnectTimeout, CommandTimeout time.Duration
}

// New makes a store for sessionpay.ClientOptions. What is wrong with the options is the error of
// sessionpay.NewClient. The store does not connect before its first operation.
func New(options Options) sessionpay.Store {
	return &library.Store{New: func(store, failure unsafe.Pointer) error { return fill(options, store, failure) }}
}

func fill(from Options, store, failure unsafe.Pointer) error {
	url := from.URL.Reveal()
	if strings.IndexByte(url+from.KeyPrefix+from.CAFile, 0) >= 0 {
		return errors.New("the options must not contain a NUL")
	}
	options := (*C.spay_redis_options)(C.calloc(1, C.sizeof_spay_redis_options))
	defer C.free(unsafe.Pointer(options))
	C.spay_redis_options_init(unsafe.Pointer(options), C.sizeof_spay_redis_options)
	options.url, options.key_prefix, options.ca_file = text(url), text(from.KeyPrefix), text(from.CAFile)
	defer wipe(options.url)
	defer C.free(unsafe.Pointer(options.key_prefix))
	defer C.free(unsafe.Pointer(options.ca_file))
	options.connect_timeout_ms = C.int32_t(library.Milliseconds(from.ConnectTimeout))
	options.command_timeout_ms = C.int32_t(library.Milliseconds(from.CommandTimeout))
	C.spay_redis_store_new(options, (*C.spay_store)(store), (**C.spay_error)(failure))
	return nil
}

// text is NULL if it is not set.
func text(from string) *C.char {
	if from == "" {
		return nil
	}
	return C.CString(from)
}

func wipe(secret *C.char) {
	if secret != nil {
		C.memset(unsafe.Pointer(secret), 0, C.strlen(secret))
	}
	C.free(unsafe.Pointer(secret))
}
