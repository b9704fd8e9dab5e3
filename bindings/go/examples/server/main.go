// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

// A shop's backend: a page asks it for what its payment form needs.
//
//	GET /hosted-fields                         the token for Hosted Fields
//	POST /apple-pay  {"validationURL": "..."}  the object for completeMerchantValidation()
//
// usage: sessionpay-sandbox -- server [ADDRESS]
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"sessionpay"
)

// shop has the accounts; one client serves all requests.
type shop struct {
	hostedFields *sessionpay.HostedFields
	connect      *sessionpay.ConnectServer
}

func open() (*shop, error) {
	client, err := sessionpay.NewClient(&sessionpay.ClientOptions{CAFile: os.Getenv("SPAY_CA_FILE")})
	if err != nil {
		return nil, err
	}
	hostedFields, err := sessionpay.NewHostedFields(client, &sessionpay.HostedFieldsOptions{
		BaseURL:     os.Getenv("SPAY_HOSTED_FIELDS_BASE_URL"),
		IdentityURL: os.Getenv("SPAY_HOSTED_FIELDS_IDENTITY_URL"),
		APIKey:      sessionpay.NewSecret(os.Getenv("SPAY_HOSTED_FIELDS_API_KEY")),
	})
	if err != nil {
		return nil, err
	}
	connect, err := sessionpay.NewConnectServer(client, &sessionpay.ConnectServerOptions{
		BaseURL:      os.Getenv("SPAY_CONNECT_BASE_URL"),
		MerchantID:   os.Getenv("SPAY_CONNECT_MERCHANT_ID"),
		APIKeyID:     os.Getenv("SPAY_CONNECT_API_KEY_ID"),
		SecretAPIKey: sessionpay.NewSecret(os.Getenv("SPAY_CONNECT_SECRET_API_KEY")),
		Integrator:   "Example Bikes",
	})
	return &shop{hostedFields, connect}, err
}

func (s *shop) hostedFieldsSession(w http.ResponseWriter, r *http.Request) error {
	session, err := s.hostedFields.CreateSession(r.Context(), &sessionpay.HostedFieldsSessionRequest{
		ProcessingTerminalID: os.Getenv("SPAY_HOSTED_FIELDS_TERMINAL_ID"),
		LibVersion:           os.Getenv("SPAY_HOSTED_FIELDS_LIB_VERSION"),
		Scenario:             "payment",
	}, nil)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(map[string]any{
		"token": session.Token.Reveal(), "expiresAt": session.ExpiresAt.UTC().Format(time.RFC3339)})
}

func (s *shop) applePaySession(w http.ResponseWriter, r *http.Request) error {
	var page struct{ ValidationURL string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&page); err != nil {
		return err
	}
	_, session, err := s.connect.CreateApplePaySession(r.Context(), nil, &sessionpay.ConnectClientSessionRequest{
		DisplayName:   "Example Bikes",
		DomainName:    os.Getenv("SPAY_APPLE_PAY_DOMAIN_NAME"),
		ValidationURL: page.ValidationURL,
	}, nil)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, session.SessionObject.Reveal()) // as Apple made it: do not parse it
	return err
}

// status is what a page is told of an error: the rest is for the log.
func status(err error) int {
	var failed *sessionpay.Error
	switch {
	case !errors.As(err, &failed) || errors.Is(err, sessionpay.ErrInvalidArgument):
		return http.StatusBadRequest
	case errors.Is(err, sessionpay.ErrLater):
		return http.StatusServiceUnavailable
	}
	return http.StatusBadGateway
}

func answer(method string, serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if r.Method != method {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		err := serve(w, r)
		if err == nil {
			return
		}
		var failed *sessionpay.Error
		if errors.As(err, &failed) {
			log.Print(err, " ", failed.Outcome, " ", failed.IdempotencyKey, " ", failed.RequestID)
		}
		w.WriteHeader(status(err))
		fmt.Fprintln(w, "{}")
	}
}

func main() {
	address := "127.0.0.1:8080"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	shop, err := open()
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/hosted-fields", answer(http.MethodGet, shop.hostedFieldsSession))
	http.HandleFunc("/apple-pay", answer(http.MethodPost, shop.applePaySession))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
