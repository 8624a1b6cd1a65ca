package hresult_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

// refusal is an error that tells its HRESULT by the method, and has a cause.
type refusal struct {
	code  uint32
	cause error
}

func (r *refusal) Error() string   { return "refused" }
func (r *refusal) HRESULT() uint32 { return r.code }
func (r *refusal) Unwrap() error   { return r.cause }

// convertible is an error with an As method that gives an HRESULT, if it has one.
type convertible struct {
	code hresult.HRESULT
	next error
}

func (c convertible) Error() string { return "convertible" }
func (c convertible) Unwrap() error { return c.next }
func (c convertible) As(target any) bool {
	h, ok := target.(*hresult.HRESULT)
	if ok && c.code.Failed() {
		*h = c.code
		return true
	}
	return false
}

// holed is a joined error with a nil in it, which errors.Join would not let through.
type holed []error

func (h holed) Error() string   { return "holed" }
func (h holed) Unwrap() []error { return h }

func TestOf(t *testing.T) {
	t.Parallel()
	other := errors.New("other")
	const found, later = hresult.BG_E_NOT_FOUND, hresult.E_FAIL
	for _, test := range []struct {
		name string
		err  error
		want hresult.HRESULT
		ok   bool
	}{
		{"nil", nil, hresult.S_OK, true},
		{"itself", found, found, true},
		{"success code", hresult.S_FALSE, hresult.S_FALSE, true},
		{"no HRESULT", other, 0, false},
		{"error of io/fs", fs.ErrPermission, 0, false},
		{"end of a chain", fmt.Errorf("a: %w", fmt.Errorf("b: %w", other)), 0, false},
		{"wrapped", fmt.Errorf("a: %w", fmt.Errorf("b: %w", found)), found, true},
		{"wrapped in a type", &fs.PathError{Op: "open", Path: "x", Err: found}, found, true},
		{"formatted, not wrapped", fmt.Errorf("a: %s", found.Error()), 0, false},
		{"joined", errors.Join(other, found, later), found, true},
		{"joined, depth first", errors.Join(fmt.Errorf("a: %w", errors.Join(other, found)), later), found, true},
		{"joined without", errors.Join(other, other), 0, false},
		{"two verbs", fmt.Errorf("%w %w", other, found), found, true},
		{"joined with a hole", holed{nil, found}, found, true},
		{"joined of nothing", holed{}, 0, false},
		{"method", &refusal{code: uint32(found)}, found, true},
		{"method before its cause", fmt.Errorf("a: %w", &refusal{code: uint32(found), cause: later}), found, true},
		{"value before a method", errors.Join(found, &refusal{code: uint32(later)}), found, true},
		{"method of a success code", &refusal{code: 1}, hresult.S_FALSE, true},
		{"As method", fmt.Errorf("a: %w", convertible{code: found, next: later}), found, true},
		{"As method that declines", convertible{next: found}, found, true},
		{"As method that declines, end", convertible{}, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := hresult.Of(test.err)
			require.Equal(t, test.ok, ok)
			require.Equal(t, test.want, got)
		})
	}
}
