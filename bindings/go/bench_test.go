// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay_test

import (
	"context"
	"syscall"
	"testing"

	"sessionpay"
)

// cpu is what the process has used, in microseconds.
func cpu() int64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return (used.Utime.Nano() + used.Stime.Nano()) / 1000
}

// BenchmarkSession: sessionpay-sandbox -- go test -run - -bench . -benchtime 3000x -count 11
func BenchmarkSession(b *testing.B) {
	client, wepay := real(b, sessionpay.ClientOptions{})
	defer client.Close()
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	before := cpu()
	for index := 0; index < b.N; index++ {
		must(wepay.CreateSession(ctx, realRequest(), nil))
	}
	b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-µs/op")
}
