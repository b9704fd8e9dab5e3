// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

// Plays the conformance cases; ../../../conformance/README.md has their format.
//
// usage: sessionpay-sandbox -- conformance JOURNAL defaults.json cases.json...
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"sessionpay"
)

// object is JSON as encoding/json reads it.
type object = map[string]any

// ---- A case ----------------------------------------------------------------------------------------

type play struct {
	defaults, described object
	client              *sessionpay.Client
	wepay               *sessionpay.WePay
	fields              *sessionpay.HostedFields
	server              *sessionpay.ConnectServer
	connect             *sessionpay.ConnectClient
	serverSession       *sessionpay.ConnectServerSession
	result              object
}

// resolved replaces texts that begin with "$".
func (p *play) resolved(value any) any {
	switch value := value.(type) {
	case object:
		made := object{}
		for name, one := range value {
			made[name] = p.resolved(one)
		}
		return made
	case []any:
		made := make([]any, len(value))
		for index, one := range value {
			made[index] = p.resolved(one)
		}
		return made
	case string:
		if strings.HasPrefix(value, "$SPAY_") {
			return os.Getenv(value[1:])
		}
		if strings.HasPrefix(value, "$") {
			return p.known(value[1:])
		}
	}
	return value
}

// known is a member of the latest session, of its info, or of the latest error.
func (p *play) known(name string) any {
	for _, one := range []any{p.result["session"], at(p.result, "session", "info"), p.result["error"]} {
		if found := at(one, squeezed(name)); found != nil {
			return found
		}
	}
	log.Fatalf("nothing is known of %s", name)
	return nil
}

// set fills options or a request with what defaults.json says, and what the case says over it.
func (p *play) set(into any, provider, kind string, patch any) {
	base, _ := at(p.defaults, provider, kind).(object)
	change, _ := patch.(object)
	fill(into, p.resolved(merged(base, change)).(object))
}

func (p *play) open(provider string) (err error) {
	patch := at(p.described, "options", provider)
	switch {
	case provider == "wepay" && p.wepay == nil:
		var options sessionpay.WePayOptions
		p.set(&options, provider, "options", patch)
		p.wepay, err = sessionpay.NewWePay(p.client, &options)
	case provider == "hosted_fields" && p.fields == nil:
		var options sessionpay.HostedFieldsOptions
		p.set(&options, provider, "options", patch)
		p.fields, err = sessionpay.NewHostedFields(p.client, &options)
	case (provider == "connect_server" || provider == "apple_pay") && p.server == nil:
		var options sessionpay.ConnectServerOptions
		p.set(&options, "connect_server", "options", at(p.described, "options", "connect_server"))
		p.server, err = sessionpay.NewConnectServer(p.client, &options)
	case provider == "connect_client" && p.connect == nil && patch == nil:
		p.connect, err = sessionpay.NewConnectClientFromSession(p.server, p.serverSession)
	case provider == "connect_client" && p.connect == nil:
		var options sessionpay.ConnectClientOptions
		p.set(&options, provider, "options", patch)
		p.connect, err = sessionpay.NewConnectClient(p.client, &options)
	}
	return err
}

func (p *play) create(ctx context.Context, provider string, step object) (any, error) {
	if err := p.open(provider); err != nil {
		return nil, err
	}
	var options sessionpay.CallOptions
	p.set(&options, "call", "options", step["call"])
	switch provider {
	case "wepay":
		var request sessionpay.WePaySessionRequest
		p.set(&request, provider, "request", step["request"])
		return p.wepay.CreateSession(ctx, &request, &options)
	case "hosted_fields":
		var request sessionpay.HostedFieldsSessionRequest
		p.set(&request, provider, "request", step["request"])
		return p.fields.CreateSession(ctx, &request, &options)
	case "connect_server":
		var request sessionpay.ConnectServerSessionRequest
		p.set(&request, provider, "request", step["request"])
		session, err := p.server.CreateSession(ctx, &request, &options)
		p.keep(session)
		return session, err
	case "connect_client":
		var request sessionpay.ConnectClientSessionRequest
		p.set(&request, provider, "request", step["request"])
		return p.connect.CreateSession(ctx, &request, &options)
	}
	var request sessionpay.ConnectServerSessionRequest
	p.set(&request, "connect_server", "request", step["server_request"])
	var second sessionpay.ConnectClientSessionRequest
	p.set(&second, "connect_client", "request", step["request"])
	first, session, err := p.server.CreateApplePaySession(ctx, &request, &second, &options)
	p.keep(first)
	return session, err
}

func (p *play) keep(session *sessionpay.ConnectServerSession) {
	if session != nil {
		p.serverSession = session
	}
}

// canceled begins the call, and ends its context when the sandbox has received so many requests.
func (p *play) canceled(after int, provider string, step object) (session any, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if after == 0 {
		cancel()
		return p.create(ctx, provider, step)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		session, err = p.create(ctx, provider, step)
	}()
	for isRunning := true; isRunning && len(requests()) < after; {
		select {
		case <-done:
			isRunning = false
		default:
		}
	}
	cancel()
	<-done
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Fatalf("%v: its cause is not the context", err)
	}
	return session, err
}

// step returns whether the result is as expected.
func (p *play) step(step object) bool {
	if step["faults"] != nil {
		sandbox("POST", "faults", step["faults"])
	}
	for _, what := range []string{"expire", "release"} {
		if step[what] == true {
			sandbox("POST", what, nil)
		}
	}
	provider, ok := step["provider"].(string)
	if !ok {
		provider = p.described["provider"].(string)
	}
	before := p.result
	var session any
	var err error
	if after, cancels := step["cancel"].(float64); cancels {
		session, err = p.canceled(int(after), provider, step)
	} else {
		session, err = p.create(context.Background(), provider, step)
	}
	if err != nil {
		p.result = object{"error": shownError(err)}
	} else {
		p.result = object{"session": shown(session)}
	}
	return matches(step["expect"], p.result, before)
}

// run plays a case. Accounts are left to the garbage collector.
func run(defaults, described object) (passed bool, result object) {
	p := &play{defaults: defaults, described: described}
	var options sessionpay.ClientOptions
	p.set(&options, "client", "options", described["client"])
	client, err := sessionpay.NewClient(&options)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	p.client = client
	for _, step := range described["steps"].([]any) {
		if !p.step(step.(object)) {
			return false, p.result
		}
	}
	return true, p.result
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 4 {
		log.Fatal("usage: sessionpay-sandbox -- conformance JOURNAL defaults.json cases.json...")
	}
	journal, err := os.Create(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var defaults object
	read(os.Args[2], &defaults)
	count, failed := 0, 0
	for _, path := range os.Args[3:] {
		var cases []object
		read(path, &cases)
		for _, one := range cases {
			sandbox("POST", "reset", nil)
			passed, result := run(defaults, one)
			count++
			if !passed {
				failed++
				fmt.Print("not ")
			}
			fmt.Printf("ok %d - %s\n", count, one["name"])
			if !passed {
				fmt.Println("# " + strings.ReplaceAll(text(result, "  "), "\n", "\n# "))
			}
			fmt.Fprintln(journal, text(object{"case": one["name"], "requests": requests()}, ""))
		}
	}
	fmt.Printf("1..%d\n", count)
	if err := journal.Close(); err != nil || failed > 0 {
		os.Exit(1)
	}
}

func read(path string, into any) {
	bytes, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(bytes, into)
	}
	if err != nil {
		log.Fatal(err)
	}
}
