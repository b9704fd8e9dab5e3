// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

// Package filestore is the store of libsessionpay-file: a directory that the processes of one machine share.
package filestore

// #cgo pkg-config: libsessionpay-file
// #include <stdlib.h>
// #include <sessionpay/file.h>
import "C"

import (
	"errors"
	"strings"
	"unsafe"

	"sessionpay"
	"sessionpay/internal/library"
)

// New makes a store for sessionpay.ClientOptions. The directory is an absolute path on a local file system;
// best is one in memory, such as "/run/shop/sessions". It is made if only its last part is missing, and must
// belong to this user alone. What is wrong with it is the error of sessionpay.NewClient.
func New(directory string) sessionpay.Store {
	return &library.Store{New: func(store, failure unsafe.Pointer) error {
		if strings.IndexByte(directory, 0) >= 0 {
			return errors.New("the directory must not contain a NUL")
		}
		options := (*C.spay_file_options)(C.calloc(1, C.sizeof_spay_file_options))
		defer C.free(unsafe.Pointer(options))
		C.spay_file_options_init(unsafe.Pointer(options), C.sizeof_spay_file_options)
		options.directory = C.CString(directory)
		defer C.free(unsafe.Pointer(options.directory))
		C.spay_file_store_new(options, (*C.spay_store)(store), (**C.spay_error)(failure))
		return nil
	}}
}
