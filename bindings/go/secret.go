// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package sessionpay

import (
	"fmt"
	"io"
)

// Secret is a credential or a session. Package fmt, encoding/json and what else formats values show
// "[secret]" in its place, even where it is in an unexported field of another struct: Reveal returns
// the text. The zero Secret is empty.
//
// A program's configuration can be read into it: it is an encoding.TextUnmarshaler.
type Secret struct {
	_ [0]func() // secrets cannot be compared by ==, which would not compare the texts
	// A pointer, because package fmt shows the texts in unexported fields.
	text *string
}

// NewSecret makes a Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero says whether it is empty.
func (s Secret) IsZero() bool { return s.text == nil }

// String returns "[secret]", or "" if it is empty.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return "[secret]"
}

// Format writes the same, whatever the verb.
func (s Secret) Format(state fmt.State, verb rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText returns the same.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets the text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
