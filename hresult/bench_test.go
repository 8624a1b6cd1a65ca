package hresult_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, s string }{
		{"name", "BG_E_INSUFFICIENT_RANGE_SUPPORT"},
		{"lower-case name", "bg_e_insufficient_range_support"},
		{"Win32 name", "HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)"},
		{"hexadecimal", "0x8007BEEF"},
		{"decimal", "-2147024891"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = hresult.Parse(bench.s)
			}
		})
	}
}

func BenchmarkString(b *testing.B) {
	for _, h := range []hresult.HRESULT{hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, 0x8007BEEF} {
		b.Run(h.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = h.String()
			}
		})
	}
}

func BenchmarkError(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT.Error()
	}
}

func BenchmarkIs(b *testing.B) {
	err := fmt.Errorf("a: %w", fmt.Errorf("b: %w", hresult.BG_E_NOT_FOUND))
	b.ReportAllocs()
	for b.Loop() {
		_ = errors.Is(err, fs.ErrNotExist)
	}
}

func BenchmarkOf(b *testing.B) {
	err := fmt.Errorf("a: %w", errors.Join(fs.ErrClosed, hresult.BG_E_NOT_FOUND))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = hresult.Of(err)
	}
}

//nolint:paralleltest // testing.AllocsPerRun counts the allocations of the whole process
func TestAllocations(t *testing.T) {
	err := fmt.Errorf("a: %w", errors.Join(fs.ErrClosed, hresult.BG_E_NOT_FOUND))
	for _, test := range []struct {
		name string
		f    func()
	}{
		{"Parse of a name", func() { _, _ = hresult.Parse("bg_e_not_found") }},
		{"Parse of a Win32 name", func() { _, _ = hresult.Parse("HRESULT_FROM_WIN32(ERROR_CRC)") }},
		{"Parse of a number", func() { _, _ = hresult.Parse("0x80200001") }},
		{"String of a name", func() { _ = hresult.BG_E_NOT_FOUND.String() }},
		{"Is", func() { _ = errors.Is(err, fs.ErrNotExist) }},
		{"Of", func() { _, _ = hresult.Of(err) }},
	} {
		require.Zero(t, testing.AllocsPerRun(100, test.f), test.name)
	}
}
