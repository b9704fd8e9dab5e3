// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

//go:build redis

package sessionpay_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"sessionpay"
	"sessionpay/redisstore"
)

func TestRedisStore(t *testing.T) {
	client, err := sessionpay.NewClient(&sessionpay.ClientOptions{Store: redisstore.New(redisstore.Options{
		URL: sessionpay.NewSecret("http://h")})})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument) && client == nil, "no address of Redis", err)
	url := os.Getenv("SPAY_REDIS_URL")
	if url == "" {
		t.Skip("there is no server; ./bootstrap redis installs it")
	}
	checkShared(t, redisstore.New(redisstore.Options{URL: sessionpay.NewSecret(url), KeyPrefix: "shop:",
		CommandTimeout: 5 * time.Second}))
}
