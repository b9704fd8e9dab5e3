// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

import (
	"context"
	"errors"
	"testing"
)

// A call that has found the driver just before its client is closed.
func TestRunAfterClose(t *testing.T) {
	client, err := NewClient(nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := client.useDriver()
	if err != nil {
		t.Fatal(err)
	}
	defer found.done()
	_ = client.Close()
	if err := found.run(&call{ctx: context.Background()}); !errors.Is(err, ErrClosed) {
		t.Error("a call begins at a closed client:", err)
	}
}
