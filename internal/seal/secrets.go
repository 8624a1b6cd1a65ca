package seal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
)

// Secrets are what a job keeps to itself. The zero value is a job without secrets.
//
// They print, log and marshal to JSON without user names, passwords and headers:
// only that there are some, and for whom. Package fmt does not ask a value that
// lies in an unexported field of another how it prints, so hold Secrets in exported
// ones, or do not print what holds them.
type Secrets struct {
	// Credentials has one entry for a target and scheme, in ascending order of
	// both. Use Set and Remove.
	Credentials []bits.AuthCredentials

	// CustomHeaders are the headers of SetCustomHeaders, and HasHeaders tells
	// that they are set: they may be set to nothing.
	CustomHeaders string
	HasHeaders    bool
}

// IsZero reports whether there is no secret.
func (s Secrets) IsZero() bool {
	return len(s.Credentials) == 0 && s.CustomHeaders == "" && !s.HasHeaders
}

// Find returns the credentials for a target and scheme.
func (s Secrets) Find(target bits.AuthTarget, scheme bits.AuthScheme) (bits.AuthCredentials, bool) {
	i, ok := s.search(target, scheme)
	if !ok {
		return bits.AuthCredentials{}, false
	}
	return s.Credentials[i], true
}

// Set sets credentials in place of those for the same target and scheme. Of
// implicit ones it forgets user name and password, which mean nothing there. A copy
// of s made before does not change.
func (s *Secrets) Set(c bits.AuthCredentials) {
	if c.Implicit {
		c.UserName, c.Password = "", ""
	}
	s.Credentials = slices.Clone(s.Credentials)
	i, ok := s.search(c.Target, c.Scheme)
	if !ok {
		s.Credentials = slices.Insert(s.Credentials, i, c)
	}
	s.Credentials[i] = c
}

// Remove forgets the credentials for a target and scheme, and reports whether
// there were any. A copy of s made before does not change.
func (s *Secrets) Remove(target bits.AuthTarget, scheme bits.AuthScheme) bool {
	i, ok := s.search(target, scheme)
	if ok {
		s.Credentials = slices.Concat(s.Credentials[:i], s.Credentials[i+1:])
	}
	return ok
}

func (s Secrets) search(target bits.AuthTarget, scheme bits.AuthScheme) (int, bool) {
	return slices.BinarySearchFunc(s.Credentials, bits.AuthCredentials{Target: target, Scheme: scheme}, compare)
}

// compare orders credentials by whom they are for.
func compare(a, b bits.AuthCredentials) int {
	return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Scheme, b.Scheme))
}

// String tells what there is, and nothing of it: "secrets: SERVER/BASIC, custom
// headers".
func (s Secrets) String() string {
	var parts []string
	for _, c := range s.Credentials {
		parts = append(parts, c.Target.Short()+"/"+c.Scheme.Short())
	}
	if s.HasHeaders || s.CustomHeaders != "" {
		parts = append(parts, "custom headers")
	}
	if len(parts) == 0 {
		return "no secrets"
	}
	return "secrets: " + strings.Join(parts, ", ")
}

// Format writes String, whatever the verb.
func (s Secrets) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, s.String()) // fmt has no use for the error
}

// LogValue is String, for package log/slog.
func (s Secrets) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON is String as a JSON string. There is no way back.
func (s Secrets) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }
