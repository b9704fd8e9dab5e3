// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"sessionpay"
	"sessionpay/filestore"
)

const (
	secret  = "TOP-SECRET"
	reply   = `{"id":"i-1","session_token":"TOP-SECRET","expire_time":1900000000}`
	account = "c9536e75-0000-4000-8000-000000000001"
)

var background = context.Background()

func mobile() *sessionpay.WePaySessionRequest {
	return &sessionpay.WePaySessionRequest{Type: "mobile_session", AccountID: account, RiskToken: sessionpay.NewSecret(secret)}
}

// must returns the value if there is no error.
func must[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}

// failed returns the error, which must be of this package.
func failed[Value any](t *testing.T, _ Value, err error) *sessionpay.Error {
	t.Helper()
	var found *sessionpay.Error
	if !errors.As(err, &found) {
		t.Fatalf("%#v is not *sessionpay.Error", err)
	}
	return found
}

func check(t *testing.T, passed bool, what string, values ...any) {
	t.Helper()
	if !passed {
		t.Errorf("%s: %+v", what, values)
	}
}

// mocked returns a mock with replies, and an account whose client uses it.
func mocked(options sessionpay.ClientOptions, replies ...int32) (*sessionpay.Mock, *sessionpay.Client, *sessionpay.WePay) {
	mock := must(sessionpay.NewMock())
	for _, status := range replies {
		body := `{"secret":"TOP-SECRET"}`
		if status == 201 {
			body = reply
		}
		must(0, mock.Reply(status, nil, body))
	}
	options.Mock = mock
	client := must(sessionpay.NewClient(&options))
	return mock, client, must(sessionpay.NewWePay(client, &sessionpay.WePayOptions{
		BaseURL: "https://wepay.example", AppID: "1", AppToken: sessionpay.NewSecret(secret)}))
}

// ---- The sandbox -----------------------------------------------------------------------------------

// real returns an account at the sandbox.
func real(t testing.TB, options sessionpay.ClientOptions) (*sessionpay.Client, *sessionpay.WePay) {
	t.Helper()
	if os.Getenv("SPAY_SANDBOX_URL") == "" {
		t.Skip("run it under sessionpay-sandbox --")
	}
	options.CAFile = os.Getenv("SPAY_CA_FILE")
	client := must(sessionpay.NewClient(&options))
	return client, must(sessionpay.NewWePay(client, &sessionpay.WePayOptions{BaseURL: os.Getenv("SPAY_WEPAY_BASE_URL"),
		AppID: os.Getenv("SPAY_WEPAY_APP_ID"), AppToken: sessionpay.NewSecret(os.Getenv("SPAY_WEPAY_APP_TOKEN"))}))
}

func realRequest() *sessionpay.WePaySessionRequest {
	return &sessionpay.WePaySessionRequest{Type: "mobile_session", AccountID: os.Getenv("SPAY_WEPAY_ACCOUNT_ID")}
}

func sandbox(t *testing.T, what, body string) {
	t.Helper()
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(must(os.ReadFile(os.Getenv("SPAY_CA_FILE"))))
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities}}}
	defer client.CloseIdleConnections()
	response := must(client.Post(os.Getenv("SPAY_SANDBOX_URL")+"/_sandbox/"+what, "application/json", strings.NewReader(body)))
	_ = response.Body.Close()
	check(t, response.StatusCode < 300, "the sandbox", response.Status)
}

// late makes the sandbox answer after a minute, until the test ends.
func late(t *testing.T) {
	sandbox(t, "faults", `{"path":"/session_tokens","delay_ms":60000}`)
	t.Cleanup(func() {
		sandbox(t, "release", "")
		sandbox(t, "reset", "")
	})
}

// ---- Arguments -------------------------------------------------------------------------------------

func TestArguments(t *testing.T) {
	mock, client, wepay := mocked(sessionpay.ClientOptions{}, 201)
	request := mobile()
	request.AccountID = "a\x00b"
	session, err := wepay.CreateSession(background, request, nil)
	found := failed(t, session, err)
	check(t, session == nil && errors.Is(err, sessionpay.ErrInvalidArgument) && reflect.DeepEqual(found.FieldErrors,
		[]sessionpay.FieldError{{Path: "account_id", Code: "control_character", Message: "must not contain a NUL"}}),
		"a NUL", found.FieldErrors)
	_, err = wepay.CreateSession(background, nil, nil)
	check(t, errors.Is(err, sessionpay.ErrProgram), "no request", err)
	_, err = wepay.CreateSession(background, mobile(), &sessionpay.CallOptions{Timeout: -1})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument), "a negative timeout", err)
	_, err = sessionpay.NewClient(&sessionpay.ClientOptions{MaxConnections: -1})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument), "a limit of the driver", err)
	_, err = sessionpay.NewClient(&sessionpay.ClientOptions{Timeout: -time.Second})
	check(t, failed(t, 0, err).FieldErrors[0].Path == "timeout_ms", "what the library refuses is its error", err)
	_, err = sessionpay.NewConnectServer(client, &sessionpay.ConnectServerOptions{MerchantID: "\x00"})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument), "a NUL for an account", err)
	_, err = sessionpay.NewWePay(nil, nil)
	check(t, errors.Is(err, sessionpay.ErrClosed), "no client", err)
	check(t, len(mock.Requests()) == 0, "nothing is sent", mock.Requests())
}

func TestBearerToken(t *testing.T) {
	_, client, _ := mocked(sessionpay.ClientOptions{})
	hosted := must(sessionpay.NewHostedFields(client, &sessionpay.HostedFieldsOptions{BaseURL: "https://a.example",
		BearerToken: sessionpay.NewSecret("one")}))
	check(t, hosted.SetBearerToken(sessionpay.NewSecret("two")) == nil, "another bearer token")
	err := hosted.SetBearerToken(sessionpay.Secret{})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument), "an empty one", err)
}

// ---- Secrets ---------------------------------------------------------------------------------------

func TestSecretsAreNotShown(t *testing.T) {
	mock, client, wepay := mocked(sessionpay.ClientOptions{MaxAttempts: 1}, 201, 500)
	session := must(wepay.CreateSession(background, mobile(), nil))
	check(t, session.SessionToken.Reveal() == secret && session.Info.RawJSON.Reveal() == reply, "a session has its token")
	_, err := wepay.CreateSession(background, mobile(), nil)
	found := failed(t, 0, err)
	check(t, found.Body.Reveal() == `{"secret":"TOP-SECRET"}`, "an error has the body")
	options := sessionpay.WePayOptions{AppToken: sessionpay.NewSecret(secret)}
	hidden := struct {
		session sessionpay.WePaySession
		options sessionpay.WePayOptions
	}{*session, options}
	values := []any{session, *session, session.Info, err, *found, options, &options, *mobile(), hidden, &hidden, mock.Requests(),
		client, wepay, session.SessionToken, sessionpay.ClientOptions{KeySecret: sessionpay.NewSecret(secret)}}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			shown := fmt.Sprintf(verb, value)
			check(t, !strings.Contains(shown, secret) && !strings.Contains(shown, fmt.Sprintf("%x", secret)), verb, shown)
		}
	}
	shown := string(must(json.Marshal([]any{session, found, options, mobile(), mock.Requests()})))
	check(t, !strings.Contains(shown, secret) && strings.Contains(shown, `"SessionToken":"[secret]"`) &&
		strings.Contains(shown, "i-1"), "JSON", shown)
	check(t, strings.Contains(fmt.Sprintf("%+v", session), "ID:i-1 SessionToken:[secret]"), "what is none is shown")
}

func TestSecretsAreRead(t *testing.T) {
	var options sessionpay.WePayOptions
	must(0, json.Unmarshal([]byte(`{"AppID":"1","AppToken":"abc"}`), &options))
	check(t, options.AppToken.Reveal() == "abc" && !options.AppToken.IsZero() && options.APIVersion == "", "from JSON")
	var empty sessionpay.Secret
	check(t, empty.IsZero() && empty.Reveal() == "" && fmt.Sprint(empty) == "" && sessionpay.NewSecret("").IsZero(), "an empty one")
}

// ---- Errors ----------------------------------------------------------------------------------------

func TestErrors(t *testing.T) {
	mock, _, wepay := mocked(sessionpay.ClientOptions{MaxAttempts: 1})
	must(0, mock.Reply(429, map[string]string{"Retry-After": "7", "Content-Type": "text/plain"}, "slowly"))
	_, err := wepay.CreateSession(background, mobile(), nil)
	wrapped := fmt.Errorf("the shop: %w", err)
	check(t, errors.Is(wrapped, sessionpay.ErrThrottled) && errors.Is(wrapped, sessionpay.ErrLater), "status and group", err)
	check(t, !errors.Is(wrapped, sessionpay.ErrTimeout) && !errors.Is(wrapped, sessionpay.ErrRequest) &&
		!errors.Is(wrapped, sessionpay.ErrClosed), "and no other", err)
	found := failed(t, 0, wrapped)
	check(t, found.RetryAfter == 7*time.Second && found.Retryable && found.HTTPStatus == 429 && found.Attempts == 1 &&
		found.Outcome == sessionpay.OutcomeRejected && found.Provider == sessionpay.ProviderWePay &&
		found.Name() == "SPAY_E_THROTTLED" && found.Group() == sessionpay.GroupLater && found.IdempotencyKey != "" &&
		found.Body.Reveal() == "slowly" && err.Error() == "sessionpay: "+found.Message, "members", *found)
	own := &sessionpay.Error{Status: sessionpay.StatusTimeout, Outcome: sessionpay.OutcomeUnknown}
	check(t, errors.Is(own, sessionpay.ErrTimeout) && own.Timeout(), "an error can be made for tests", own)
	newer := &sessionpay.Error{Status: -39}
	check(t, errors.Is(newer, sessionpay.ErrLater) && newer.Name() == "-39", "a status that only a newer library knows", newer)
	check(t, sessionpay.ErrThrottled.Error() != "" && sessionpay.ErrLater.Error() != sessionpay.ErrSetup.Error(), "texts")
}

func TestNames(t *testing.T) {
	for value, wanted := range map[fmt.Stringer]string{sessionpay.OutcomeNotSent: "not_sent", sessionpay.ProviderHostedFields: "hosted_fields",
		sessionpay.Outcome(77): "77", sessionpay.SessionWarningState | sessionpay.SessionWarningMemberIgnored | 1<<20: "state|member_ignored|1048576",
		sessionpay.ConnectEnvironmentSandbox: "sandbox"} {
		check(t, value.String() == wanted, wanted, value.String())
	}
}

// ---- Hooks -----------------------------------------------------------------------------------------

type keyOfContext struct{}

func TestHooks(t *testing.T) {
	var lines []string
	var events []sessionpay.Event
	var records []sessionpay.SendRecord
	_, client, wepay := mocked(sessionpay.ClientOptions{
		Log:        func(_ sessionpay.LogLevel, line string) { lines = append(lines, line) },
		LogLevel:   sessionpay.LogLevelDebug,
		Event:      func(event sessionpay.Event) { events = append(events, event) },
		BeforeSend: func(record sessionpay.SendRecord) error { records = append(records, record); return nil },
	}, 503, 201)
	ctx := context.WithValue(background, keyOfContext{}, "order 7")
	session := must(wepay.CreateSession(ctx, mobile(), nil))
	check(t, len(records) == 2 && records[0].Attempt == 1 && records[1].Attempt == 2 &&
		records[0].BodySHA256 == records[1].BodySHA256, "before each attempt", records)
	check(t, len(events) == 3 && events[0].Decision == sessionpay.DecisionRetry && events[1].Decision == sessionpay.DecisionSucceed &&
		events[2].Type == sessionpay.EventTypeCall, "events", events)
	for _, event := range events {
		check(t, event.Context.Value(keyOfContext{}) == "order 7" && event.IdempotencyKey == session.Info.IdempotencyKey,
			"an event has the context of its call", event)
	}
	check(t, records[0].Context == ctx && len(lines) > 0, "a record too", records[0])
	var record struct{ Attempts []any }
	must(0, json.Unmarshal([]byte(must(client.FlightRecord())), &record))
	check(t, len(record.Attempts) == 2, "the flight record", record)
}

func TestHookRefuses(t *testing.T) {
	full := errors.New("the journal is full")
	mock, _, wepay := mocked(sessionpay.ClientOptions{BeforeSend: func(sessionpay.SendRecord) error { return full }}, 201)
	_, err := wepay.CreateSession(background, mobile(), nil)
	check(t, errors.Is(err, sessionpay.ErrCanceled) && errors.Is(err, full) && !errors.Is(err, context.Canceled) &&
		failed(t, 0, err).Outcome == sessionpay.OutcomeNotSent && len(mock.Requests()) == 0, "BeforeSend refuses", err)
}

func panicOf(function func()) (value any) {
	defer func() { value = recover() }()
	function()
	return nil
}

func TestHookPanics(t *testing.T) {
	for name, options := range map[string]sessionpay.ClientOptions{
		"log":         {Log: func(sessionpay.LogLevel, string) { panic("hook") }},
		"event":       {Event: func(sessionpay.Event) { panic("hook") }},
		"before_send": {BeforeSend: func(sessionpay.SendRecord) error { panic("hook") }},
	} {
		mock, _, wepay := mocked(options, 201)
		value := panicOf(func() { _, _ = wepay.CreateSession(background, mobile(), nil) })
		panicked, ok := value.(*sessionpay.HookPanic)
		check(t, ok && panicked.Value == "hook" && strings.Contains(panicked.Error(), "TestHookPanics"), name, value)
		check(t, len(mock.Requests()) == map[string]int{"log": 1, "event": 1, "before_send": 0}[name], name, mock.Requests())
	}
}

func TestHookPanicsWhileOthersRun(t *testing.T) {
	_, wepay := real(t, sessionpay.ClientOptions{BeforeSend: func(record sessionpay.SendRecord) error {
		if record.Context.Value(keyOfContext{}) != nil {
			panic("hook")
		}
		return nil
	}})
	var all sync.WaitGroup
	for index := 0; index < 20; index++ {
		all.Add(1)
		go func(index int) {
			defer all.Done()
			ctx := background
			if index%2 == 0 {
				ctx = context.WithValue(ctx, keyOfContext{}, true)
			}
			var err error
			value := panicOf(func() { _, err = wepay.CreateSession(ctx, realRequest(), nil) })
			check(t, (value != nil) == (index%2 == 0) && err == nil, "each goroutine has its own panic", index, value, err)
		}(index)
	}
	all.Wait()
}

// ---- Mock ------------------------------------------------------------------------------------------

func TestMock(t *testing.T) {
	mock, client, wepay := mocked(sessionpay.ClientOptions{})
	defer client.Close()
	mock.SetLatency(20 * time.Millisecond)
	must(0, mock.Fail(sessionpay.StatusTimeout, true))
	must(0, mock.Reply(201, map[string]string{"Content-Type": "application/json", "X-Correlation-Id": "c-7"}, reply))
	request := mobile()
	request.AccountID = "ä"
	session := must(wepay.CreateSession(background, request, nil))
	check(t, session.Info.RequestID == "c-7" && session.Info.Attempts == 2, "it fails and replies", session)
	sent := mock.Requests()
	check(t, len(sent) == 2 && sent[0].Body() == sent[1].Body() && strings.Contains(sent[0].Body(), "ä") &&
		sent[0].Header("app-id") == "1" && sent[0].Header("X-None") == "" && sent[0].Method == "POST", "it records", sent)
	check(t, mock.Now() >= sent[1].At && sent[1].At >= 20*time.Millisecond, "in virtual time", mock.Now())
	check(t, mock.Reply(7, nil, "") != nil, "a status that is none")
	now := time.UnixMilli(1700000000000)
	mock.SetTime(now)
	mock.Advance(time.Minute)
	must(0, mock.Reply(201, nil, `{"id":"i","session_token":"t","expire_time":1700000120}`))
	session = must(wepay.CreateSession(background, mobile(), nil))
	check(t, session.Info.ExpiresAt.Equal(now.Add(2*time.Minute)), "its wall clock", session.Info.ExpiresAt)
}

func TestExpiresIn(t *testing.T) {
	info := sessionpay.SessionInfo{}
	_, known := info.ExpiresIn(0)
	check(t, !known, "an expiry that is not known")
	info.ExpiresAt = time.Now().Add(time.Hour)
	left, known := info.ExpiresIn(10 * time.Minute)
	check(t, known && left <= 50*time.Minute && left > 40*time.Minute, "one that is", left)
	left, known = info.ExpiresIn(2 * time.Hour)
	check(t, known && left == 0, "never negative", left)
}

// ---- Contexts --------------------------------------------------------------------------------------

func TestContextHasEnded(t *testing.T) {
	mock, _, wepay := mocked(sessionpay.ClientOptions{}, 201)
	ctx, cancel := context.WithCancel(background)
	cancel()
	_, err := wepay.CreateSession(ctx, mobile(), nil)
	check(t, errors.Is(err, context.Canceled) && errors.Is(err, sessionpay.ErrCanceled), "canceled", err)
	ctx, cancel = context.WithDeadline(background, time.Now().Add(-time.Second))
	defer cancel()
	_, err = wepay.CreateSession(ctx, mobile(), nil)
	check(t, errors.Is(err, context.DeadlineExceeded) && errors.Is(err, sessionpay.ErrTimeout), "too late", err)
	var none context.Context
	_, err = wepay.CreateSession(none, mobile(), nil)
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument), "no context", err)
	check(t, len(mock.Requests()) == 0, "nothing is sent", mock.Requests())
}

func TestDeadlineOfContext(t *testing.T) {
	// attempts runs a call whose attempts take 3 s each and fail.
	attempts := func(ctx context.Context, ofClient, ofCall time.Duration) (int, error) {
		mock, _, wepay := mocked(sessionpay.ClientOptions{Timeout: ofClient})
		mock.SetLatency(3 * time.Second)
		for index := 0; index < 3; index++ {
			must(0, mock.Fail(sessionpay.StatusTimeout, true))
		}
		_, err := wepay.CreateSession(ctx, mobile(), &sessionpay.CallOptions{Timeout: ofCall})
		check(t, errors.Is(err, sessionpay.ErrTimeout), "a timeout", err)
		return len(mock.Requests()), err
	}
	ctx, cancel := context.WithTimeout(background, 5*time.Second)
	defer cancel()
	count, err := attempts(ctx, 0, 0)
	check(t, count == 2 && errors.Is(err, context.DeadlineExceeded), "it limits the call", count, err)
	count, err = attempts(ctx, 0, time.Second)
	check(t, count == 1 && !errors.Is(err, context.DeadlineExceeded), "unless an option is stricter", count, err)
	count, err = attempts(ctx, time.Second, 0)
	check(t, count == 1 && !errors.Is(err, context.DeadlineExceeded), "or the client", count, err)
	count, err = attempts(ctx, time.Second, time.Minute)
	check(t, count == 2 && errors.Is(err, context.DeadlineExceeded), "an option wins over the client", count, err)
	distant, cancel := context.WithTimeout(background, 24*time.Hour)
	defer cancel()
	count, err = attempts(distant, 0, 0)
	check(t, count == 3 && !errors.Is(err, context.DeadlineExceeded), "a distant one does not", count, err)
}

// running calls function when the call's request is about to be sent.
func running(function func()) sessionpay.ClientOptions {
	return sessionpay.ClientOptions{BeforeSend: func(sessionpay.SendRecord) error {
		go function()
		return nil
	}}
}

func TestContextEndsCall(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	_, wepay := real(t, running(cancel))
	late(t)
	_, err := wepay.CreateSession(ctx, realRequest(), nil)
	check(t, errors.Is(err, context.Canceled) && errors.Is(err, sessionpay.ErrCanceled), "it is canceled", err)
	_, wepay = real(t, sessionpay.ClientOptions{})
	late(t)
	ctx, cancel = context.WithTimeout(background, 50*time.Millisecond)
	defer cancel()
	_, err = wepay.CreateSession(ctx, realRequest(), nil)
	check(t, errors.Is(err, context.DeadlineExceeded) && errors.Is(err, sessionpay.ErrTimeout) &&
		failed(t, 0, err).Outcome == sessionpay.OutcomeUnknown, "its deadline", err)
}

// A call that waits in Go while the goroutine of another one is in C.
func TestContextEndsCallThatWaits(t *testing.T) {
	sent := make(chan struct{}, 2)
	client, wepay := real(t, running(func() { sent <- struct{}{} }))
	late(t)
	sandbox(t, "faults", `{"path":"/session_tokens","delay_ms":60000}`)
	first := make(chan error)
	go func() {
		_, err := wepay.CreateSession(background, realRequest(), nil)
		first <- err
	}()
	<-sent
	ctx, cancel := context.WithCancel(background)
	go func() {
		<-sent
		cancel()
	}()
	_, err := wepay.CreateSession(ctx, realRequest(), nil)
	check(t, errors.Is(err, context.Canceled), "it is canceled", err)
	_ = client.Close()
	err = <-first
	check(t, errors.Is(err, sessionpay.ErrClosed) && errors.Is(err, sessionpay.ErrCanceled), "the other one ends with the client", err)
}

// ---- Many ------------------------------------------------------------------------------------------

func threads(t *testing.T) int {
	for _, line := range strings.Split(string(must(os.ReadFile("/proc/self/status"))), "\n") {
		var count int
		if _, err := fmt.Sscanf(line, "Threads: %d", &count); err == nil {
			return count
		}
	}
	t.Skip("the number of threads is not known")
	return 0
}

func TestManyGoroutines(t *testing.T) {
	const many = 1000
	client, wepay := real(t, sessionpay.ClientOptions{Timeout: 5 * time.Minute})
	defer client.Close()
	before := threads(t)
	ids := make([]string, many)
	var all sync.WaitGroup
	for index := range ids {
		all.Add(1)
		go func(index int) {
			defer all.Done()
			session, err := wepay.CreateSession(background, realRequest(), nil)
			if err != nil {
				t.Error(err)
				return
			}
			ids[index] = session.ID
		}(index)
	}
	all.Wait()
	different := make(map[string]bool)
	for _, id := range ids {
		different[id] = true
	}
	check(t, len(different) == many, "sessions", len(different))
	check(t, threads(t) <= before+many/10, "few threads", before, threads(t))
}

// ---- Stores ----------------------------------------------------------------------------------------

// shared is as simple a store as can be: it ignores lifetimes.
type shared struct {
	lock    sync.Mutex
	values  map[string][]byte
	left    map[string]time.Duration
	leases  map[string]uint64
	fence   uint64
	asking  map[string]bool
	overlap bool
	fails   error
}

// ask runs a function that is the only one about its name.
func (s *shared) ask(name string, function func() error) error {
	s.lock.Lock()
	s.overlap = s.overlap || s.asking[name]
	s.asking[name] = true
	s.lock.Unlock()
	runtime.Gosched()
	s.lock.Lock()
	defer s.lock.Unlock()
	delete(s.asking, name)
	if s.fails != nil {
		return s.fails
	}
	return function()
}

func (s *shared) Get(_ context.Context, name string) (value []byte, left time.Duration, err error) {
	err = s.ask(name, func() error {
		if value = s.values[name]; value == nil {
			return fmt.Errorf("shared: %w", sessionpay.ErrStoreMiss)
		}
		left = s.left[name]
		return nil
	})
	return value, left, err
}

func (s *shared) Put(_ context.Context, name string, value []byte, ttl time.Duration, fence uint64) error {
	return s.ask(name, func() error {
		if s.leases[name] != fence {
			return sessionpay.ErrStoreStale
		}
		s.values[name], s.left[name] = value, ttl
		return nil
	})
}

func (s *shared) Acquire(_ context.Context, name string, _ time.Duration) (fence uint64, err error) {
	err = s.ask(name, func() error {
		if s.leases[name] != 0 {
			return sessionpay.ErrStoreHeld
		}
		s.fence++
		s.leases[name], fence = s.fence, s.fence
		return nil
	})
	return fence, err
}

func (s *shared) Release(_ context.Context, name string, fence uint64) error {
	return s.ask(name, func() error {
		if s.leases[name] != fence {
			return sessionpay.ErrStoreStale
		}
		delete(s.leases, name)
		return nil
	})
}

// tokenRequests are those of machines that share the store, with several accounts each, at once.
func tokenRequests(t *testing.T, store sessionpay.Store, machines, accounts int) (sum int32) {
	var all sync.WaitGroup
	var client *sessionpay.Client
	counts := make([]int32, machines*accounts)
	for index := range counts {
		if index%accounts == 0 {
			client, _ = real(t, sessionpay.ClientOptions{Store: store, StoreTimeout: time.Minute})
		}
		hosted := must(sessionpay.NewHostedFields(client, &sessionpay.HostedFieldsOptions{
			BaseURL: os.Getenv("SPAY_HOSTED_FIELDS_BASE_URL"), IdentityURL: os.Getenv("SPAY_HOSTED_FIELDS_IDENTITY_URL"),
			APIKey: sessionpay.NewSecret(os.Getenv("SPAY_HOSTED_FIELDS_API_KEY"))}))
		all.Add(1)
		go func(index int) {
			defer all.Done()
			session := must(hosted.CreateSession(background, &sessionpay.HostedFieldsSessionRequest{
				ProcessingTerminalID: os.Getenv("SPAY_HOSTED_FIELDS_TERMINAL_ID"),
				LibVersion:           os.Getenv("SPAY_HOSTED_FIELDS_LIB_VERSION"), Scenario: "payment"}, nil))
			counts[index] = session.Info.TokenRequests
		}(index)
	}
	all.Wait()
	for _, count := range counts {
		sum += count
	}
	return sum
}

func newShared(fails error) *shared {
	return &shared{values: map[string][]byte{}, left: map[string]time.Duration{}, leases: map[string]uint64{},
		asking: map[string]bool{}, fails: fails}
}

func TestStore(t *testing.T) {
	store := newShared(nil)
	check(t, tokenRequests(t, store, 1, 8) == 1, "one token for all accounts")
	check(t, tokenRequests(t, store, 1, 1) == 0, "and for another machine")
	check(t, tokenRequests(t, newShared(nil), 8, 1) == 1, "which may begin at once")
	store.lock.Lock()
	defer store.lock.Unlock()
	check(t, !store.overlap, "what is about one name is asked in turn")
	for name, value := range store.values {
		check(t, !strings.Contains(name+string(value), os.Getenv("SPAY_HOSTED_FIELDS_API_KEY")), "it is sealed", name)
	}
}

// requestsSent are those of two machines for the same order, at a provider that has no idempotency keys.
func requestsSent(t *testing.T, store sessionpay.Store) (counts []int32) {
	var servers []*sessionpay.ConnectServer
	for range []int{1, 2} {
		client, _ := real(t, sessionpay.ClientOptions{Store: store, KeySecret: sessionpay.NewSecret(strings.Repeat("7", 32))})
		servers = append(servers, must(sessionpay.NewConnectServer(client, &sessionpay.ConnectServerOptions{
			BaseURL: os.Getenv("SPAY_CONNECT_BASE_URL"), MerchantID: os.Getenv("SPAY_CONNECT_MERCHANT_ID"),
			APIKeyID:     os.Getenv("SPAY_CONNECT_API_KEY_ID"),
			SecretAPIKey: sessionpay.NewSecret(os.Getenv("SPAY_CONNECT_SECRET_API_KEY"))})))
	}
	shopper := must(servers[0].CreateSession(background, nil, nil))
	for _, server := range servers {
		account := must(sessionpay.NewConnectClientFromSession(server, shopper))
		session := must(account.CreateSession(background, &sessionpay.ConnectClientSessionRequest{
			DisplayName: "Example Bikes", DomainName: os.Getenv("SPAY_APPLE_PAY_DOMAIN_NAME"),
			ValidationURL: os.Getenv("SPAY_APPLE_PAY_VALIDATION_URL")}, &sessionpay.CallOptions{Intent: "order 7"}))
		counts = append(counts, session.Info.RequestsSent)
	}
	return counts
}

func checkShared(t *testing.T, store sessionpay.Store) {
	sandbox(t, "reset", "")
	check(t, tokenRequests(t, store, 1, 1) == 1 && tokenRequests(t, store, 1, 1) == 0, "one token for two machines")
	counts := requestsSent(t, store)
	check(t, counts[0] == 1 && counts[1] == 0, "what was made for an order is not asked for twice", counts)
}

func TestFileStore(t *testing.T) {
	directory := t.TempDir()
	check(t, os.Chmod(directory, 0o700) == nil, "a directory of ours alone")
	checkShared(t, filestore.New(directory))
	for _, wrong := range []string{"", "relative", "/a\x00b"} {
		client, err := sessionpay.NewClient(&sessionpay.ClientOptions{Store: filestore.New(wrong)})
		check(t, errors.Is(err, sessionpay.ErrInvalidArgument) && client == nil, "no directory", wrong, err)
	}
	client, err := sessionpay.NewClient(&sessionpay.ClientOptions{Store: filestore.New(directory), Timeout: -1})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument) && client == nil, "a client that cannot be made", err)
}

func TestStoreFails(t *testing.T) {
	check(t, tokenRequests(t, newShared(errors.New("the store is away")), 2, 1) == 2, "a store that fails fails no call")
	client, err := sessionpay.NewClient(&sessionpay.ClientOptions{Store: newShared(nil), Timeout: -1})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument) && client == nil, "a client that cannot be made", err)
}

// ---- Objects ---------------------------------------------------------------------------------------

func TestCloseInAnyOrder(t *testing.T) {
	for _, order := range [][]int{{0, 1}, {1, 0}, {0, 0, 1, 1}} {
		_, client, wepay := mocked(sessionpay.ClientOptions{}, 201)
		closers := []interface{ Close() error }{client, wepay}
		for _, index := range order {
			check(t, closers[index].Close() == nil, "closed")
			_, err := wepay.CreateSession(background, mobile(), nil)
			check(t, errors.Is(err, sessionpay.ErrClosed) && failed(t, 0, err).Outcome == sessionpay.OutcomeNotSent, "no more calls", err)
		}
		_, err := client.FlightRecord()
		check(t, errors.Is(err, sessionpay.ErrClosed), "no flight record", err)
		_, err = sessionpay.NewWePay(client, &sessionpay.WePayOptions{})
		check(t, errors.Is(err, sessionpay.ErrClosed), "no account", err)
		client.DropConnections()
	}
}

func TestCloseEndsCalls(t *testing.T) {
	const many = 50
	var client *sessionpay.Client
	var wepay *sessionpay.WePay
	begun := make(chan struct{}, many)
	client, wepay = real(t, sessionpay.ClientOptions{MaxConnections: 1, BeforeSend: func(sessionpay.SendRecord) error {
		begun <- struct{}{}
		return nil
	}})
	late(t)
	ended := make(chan error, many)
	for index := 0; index < many; index++ {
		go func() {
			_, err := wepay.CreateSession(background, realRequest(), nil)
			ended <- err
		}()
	}
	<-begun
	_ = wepay.Close()
	_, err := wepay.CreateSession(background, realRequest(), nil)
	check(t, errors.Is(err, sessionpay.ErrClosed), "an account that is closed while calls run", err)
	_ = client.Close()
	for index := 0; index < many; index++ {
		if err := <-ended; !errors.Is(err, sessionpay.ErrClosed) {
			t.Errorf("%v: not closed", err)
		}
	}
}

// What the client owns is gone when nothing refers to it, though nobody closed anything.
func TestGarbageCollector(t *testing.T) {
	freed := make(chan struct{})
	func() {
		owned := new([1 << 10]byte)
		runtime.SetFinalizer(owned, func(*[1 << 10]byte) { close(freed) })
		_, _, wepay := mocked(sessionpay.ClientOptions{Event: func(sessionpay.Event) { owned[0]++ }}, 201)
		must(wepay.CreateSession(background, mobile(), nil))
	}()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		runtime.GC() // finalizers run one after another: the account's, the client's, the hook's
		select {
		case <-freed:
			return
		default:
		}
	}
	t.Error("the client is still there")
}

func TestDropConnections(t *testing.T) {
	var connected []bool
	client, wepay := real(t, sessionpay.ClientOptions{Event: func(event sessionpay.Event) {
		if event.Type == sessionpay.EventTypeAttempt {
			connected = append(connected, event.Connect > 0)
		}
	}})
	defer client.Close()
	for index := 0; index < 3; index++ {
		must(wepay.CreateSession(background, realRequest(), nil))
		if index == 1 {
			client.DropConnections()
		}
	}
	check(t, reflect.DeepEqual(connected, []bool{true, false, true}), "a new connection", connected)
}

func TestConnectClientFromSession(t *testing.T) {
	mock, client, wepay := mocked(sessionpay.ClientOptions{})
	server := must(sessionpay.NewConnectServer(client, &sessionpay.ConnectServerOptions{
		Environment: sessionpay.ConnectEnvironmentSandbox, MerchantID: "1", APIKeyID: "k", SecretAPIKey: sessionpay.NewSecret("s")}))
	must(0, mock.Reply(201, nil, `{"clientSessionId":"c-1","customerId":"u-1",`+
		`"clientApiUrl":"https://eu.sandbox.api-ingenico.com/client","invalidTokens":["t-1","t-2"]}`))
	session := must(server.CreateSession(background, nil, nil))
	check(t, reflect.DeepEqual(session.InvalidTokens, []string{"t-1", "t-2"}), "tokens", session)
	copied := *session
	_ = must(sessionpay.NewConnectClientFromSession(server, &copied)).Close()
	_, err := sessionpay.NewConnectClientFromSession(server, &sessionpay.ConnectServerSession{})
	check(t, errors.Is(err, sessionpay.ErrInvalidArgument), "a session of nobody's", err)
	_ = server.Close()
	_, err = sessionpay.NewConnectClientFromSession(server, session)
	check(t, errors.Is(err, sessionpay.ErrClosed) && wepay.Close() == nil, "an account that is closed", err)
}

func TestVersion(t *testing.T) {
	check(t, strings.Count(sessionpay.LibraryVersion(), ".") == 2, sessionpay.LibraryVersion())
}
