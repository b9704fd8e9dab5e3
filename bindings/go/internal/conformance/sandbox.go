// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
)

var web = newWeb()

func newWeb() *http.Client {
	authorities := x509.NewCertPool()
	pem, err := os.ReadFile(os.Getenv("SPAY_CA_FILE"))
	if err != nil || !authorities.AppendCertsFromPEM(pem) {
		log.Fatalf("SPAY_CA_FILE: %v", err)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities}}}
}

// sandbox asks the sandbox's own interface.
func sandbox(method, what string, body any) []byte {
	var content []byte
	if body != nil {
		content, _ = json.Marshal(body)
	}
	request, err := http.NewRequest(method, os.Getenv("SPAY_SANDBOX_URL")+"/_sandbox/"+what, bytes.NewReader(content))
	if err != nil {
		log.Fatal(err)
	}
	response, err := web.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		log.Fatalf("%s: %s %v", what, response.Status, err)
	}
	return answer
}

// requests are those that the sandbox has received.
func requests() []json.RawMessage {
	var answer struct{ Requests []json.RawMessage }
	if err := json.Unmarshal(sandbox("GET", "requests", nil), &answer); err != nil {
		log.Fatal(err)
	}
	return answer.Requests
}
