// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"strings"
	"time"
	"unsafe"
)

// memory is C memory for the arguments of one call, wiped and freed together.
type memory struct {
	blocks []block
	used   uintptr // of the last block
	wrong  string  // the member whose text C cannot have
}

type block struct {
	start unsafe.Pointer
	size  uintptr
}

const blockSize = 2048

// zeroed allocates.
func (m *memory) zeroed(size uintptr) unsafe.Pointer {
	size = (size + 7) &^ 7
	if len(m.blocks) == 0 || m.used+size > m.blocks[len(m.blocks)-1].size {
		room := uintptr(blockSize)
		if size > room {
			room = size
		}
		start := C.calloc(1, C.size_t(room))
		if start == nil {
			panic("sessionpay: out of memory") // as Go does itself
		}
		m.blocks = append(m.blocks, block{start, room})
		m.used = 0
	}
	at := unsafe.Add(m.blocks[len(m.blocks)-1].start, m.used)
	m.used += size
	return at
}

// free wipes too: there are credentials in it.
func (m *memory) free() {
	for _, one := range m.blocks {
		bytes := unsafe.Slice((*byte)(one.start), one.size)
		for index := range bytes {
			bytes[index] = 0
		}
		C.free(one.start)
	}
	m.blocks = nil
}

// copied is the text with a NUL after it.
func (m *memory) copied(text string) unsafe.Pointer {
	start := m.zeroed(uintptr(len(text)) + 1)
	copy(unsafe.Slice((*byte)(start), len(text)), text)
	return start
}

// text is NULL if it is not set.
func (m *memory) text(name, text string) *C.char {
	if text == "" {
		return nil
	}
	return m.anyText(name, text)
}

func (m *memory) anyText(name, text string) *C.char {
	if strings.IndexByte(text, 0) >= 0 {
		m.wrong = name
	}
	return (*C.char)(m.copied(text))
}

func (m *memory) bytes(bytes string) (unsafe.Pointer, C.size_t) {
	if bytes == "" {
		return nil, 0
	}
	return m.copied(bytes), C.size_t(len(bytes))
}

func (m *memory) texts(name string, texts []string) (**C.char, C.size_t) {
	if len(texts) == 0 {
		return nil, 0
	}
	start := m.zeroed(uintptr(len(texts)) * unsafe.Sizeof(uintptr(0)))
	for index, text := range texts {
		unsafe.Slice((**C.char)(start), len(texts))[index] = m.anyText(name, text)
	}
	return (**C.char)(start), C.size_t(len(texts))
}

func (m *memory) ints(_ string, numbers []int32) (*C.int32_t, C.size_t) {
	if len(numbers) == 0 {
		return nil, 0
	}
	start := m.zeroed(uintptr(len(numbers)) * unsafe.Sizeof(int32(0)))
	copy(unsafe.Slice((*int32)(start), len(numbers)), numbers)
	return (*C.int32_t)(start), C.size_t(len(numbers))
}

// check is the error of a text that C cannot have.
func (m *memory) check() error {
	if m.wrong == "" {
		return nil
	}
	code, message := C.CString("control_character"), C.CString("must not contain a NUL")
	defer C.free(unsafe.Pointer(code))
	defer C.free(unsafe.Pointer(message))
	path := C.CString(m.wrong)
	defer C.free(unsafe.Pointer(path))
	return errorOf(C.spay_error_new_input(path, code, message))
}

// milliseconds rounds away from zero, since zero means that nothing is set.
func milliseconds(duration time.Duration) C.int64_t {
	whole := duration / time.Millisecond
	if rest := duration % time.Millisecond; rest > 0 {
		whole++
	} else if rest < 0 {
		whole--
	}
	return C.int64_t(whole)
}

func durationOf(number C.int64_t, unit time.Duration) time.Duration {
	return time.Duration(number) * unit
}

func timeOf(milliseconds C.int64_t) time.Time {
	if milliseconds < 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(milliseconds))
}

func textsOf(texts **C.char, count C.size_t) []string {
	if count == 0 {
		return nil
	}
	made := make([]string, count)
	for index, text := range unsafe.Slice(texts, count) {
		made[index] = C.GoString(text)
	}
	return made
}
