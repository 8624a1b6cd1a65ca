package hresult_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		s    string
		want hresult.HRESULT
	}{
		{"E_ACCESSDENIED", hresult.E_ACCESSDENIED},
		{"e_accessDenied", hresult.E_ACCESSDENIED},
		{"ERROR_ACCESS_DENIED", hresult.E_ACCESSDENIED},
		{"HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED)", hresult.E_ACCESSDENIED},
		{"hresult_from_win32(error_access_denied)", hresult.E_ACCESSDENIED},
		{"HRESULT_FROM_WIN32_ERROR_ACCESS_DENIED", hresult.E_ACCESSDENIED},
		{"WSAECONNREFUSED", hresult.HRESULT_FROM_WIN32_WSAECONNREFUSED},
		{"BG_E_HTTP_ERROR_404", hresult.BG_E_HTTP_ERROR_404},
		{"BG_E_HTTP_ERROR_100", hresult.BG_E_HTTP_ERROR_100},
		{"BG_E_HTTP_ERROR_418", 0x801901A2},
		{"bg_e_http_error_999", 0x801903E7},
		{"0x80070005", 0x80070005},
		{"0X8007000e", 0x8007000E},
		{"0x0", 0},
		{"0x1", 1},
		{"0x00080070005", 0x80070005},
		{"80070005", 0x80070005},
		{"8007000e", 0x8007000E},
		{"00200017", hresult.BG_S_PARTIAL_COMPLETE},
		{"12345678", 0x12345678},
		{"+12345678", 12345678},
		{"012345678", 12345678},
		{"-2147024891", 0x80070005},
		{"2147942405", 0x80070005},
		{"-2147483648", 0x80000000},
		{"4294967295", 0xFFFFFFFF},
		{"-1", 0xFFFFFFFF},
		{"-1234567", 0xFFED2979},
		{"0", 0},
		{"-0", 0},
		{"1", 1},
		{"8007005", 8007005},
	} {
		t.Run(test.s, func(t *testing.T) {
			t.Parallel()
			got, err := hresult.Parse(test.s)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestParseRejects(t *testing.T) {
	t.Parallel()
	const (
		unknown = "neither a known name nor a number"
		tooBig  = "does not fit into the 32 bits"
	)
	for _, test := range []struct{ name, s, err string }{
		{"empty", "", unknown},
		{"space before", " E_FAIL", unknown},
		{"space after", "0x80004005 ", unknown},
		{"unknown name", "E_NOSUCHTHING", unknown},
		{"beginning of a name", "E_FAI", unknown},
		{"more than a name", "E_FAILS", unknown},
		{"before the first name", "A", unknown},
		{"after the last name", "zzz", unknown},
		{"long s for S", "ſ_OK", unknown},
		{"what Error prints", hresult.E_FAIL.Error(), unknown},
		{"Win32 prefix alone", "HRESULT_FROM_WIN32", unknown},
		{"Win32 prefix and underscore", "HRESULT_FROM_WIN32_", unknown},
		{"Win32 prefix and nothing", "HRESULT_FROM_WIN32()", unknown},
		{"Win32 prefix, open", "HRESULT_FROM_WIN32(ERROR_CRC", unknown},
		{"Win32 prefix, two underscores", "HRESULT_FROM_WIN32__ERROR_CRC", unknown},
		{"Win32 prefix, no separator", "HRESULT_FROM_WIN32ERROR_CRC", unknown},
		{"Win32 prefix on an HRESULT", "HRESULT_FROM_WIN32(E_FAIL)", unknown},
		{"Win32 prefix on a number", "HRESULT_FROM_WIN32(5)", unknown},
		{"HTTP status 099", "BG_E_HTTP_ERROR_099", unknown},
		{"HTTP status of two digits", "BG_E_HTTP_ERROR_40", unknown},
		{"HTTP status of four digits", "BG_E_HTTP_ERROR_0404", unknown},
		{"HTTP status with a sign", "BG_E_HTTP_ERROR_+40", unknown},
		{"HTTP status of letters", "BG_E_HTTP_ERROR_ABC", unknown},
		{"0x alone", "0x", unknown},
		{"0x and no digit", "0xG", unknown},
		{"0x and a sign", "0x-1", unknown},
		{"a sign and 0x", "-0x1", unknown},
		{"hexadecimal with a letter, 7 digits", "800700E", unknown},
		{"hexadecimal, 33 bits", "0x180070005", tooBig},
		{"hexadecimal, sign extended", "0xFFFFFFFF80070005", tooBig},
		{"hexadecimal without 0x, 9 digits", "8007000E0", unknown},
		{"decimal, too high", "4294967296", tooBig},
		{"decimal, too low", "-2147483649", tooBig},
		{"decimal, over 64 bits", "99999999999999999999", tooBig},
		{"decimal, under 64 bits", "-99999999999999999999", tooBig},
		{"decimal point", "1.5", unknown},
		{"digits with underscores", "1_000", unknown},
		{"not UTF-8", "\xff\xfe", unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, err := hresult.Parse(test.s)
			require.ErrorContains(t, err, test.err)
			require.ErrorContains(t, err, fmt.Sprintf("%q", test.s))
			require.Zero(t, h)
		})
	}
}

func TestParseErrorIsShort(t *testing.T) {
	t.Parallel()
	for _, s := range []string{strings.Repeat("A", 1<<20), strings.Repeat("9", 1<<20), "0x" + strings.Repeat("9", 1<<20)} {
		_, err := hresult.Parse(s)
		require.Error(t, err)
		require.Less(t, len(err.Error()), 250)
	}
}

// everyForm checks that Parse reads all the forms in which h is written.
func everyForm(t *testing.T, h hresult.HRESULT) {
	t.Helper()
	decimal := strconv.FormatInt(int64(int32(h)), 10)
	if len(decimal) == 8 && decimal[0] != '-' {
		decimal = "+" + decimal // without a sign, eight digits are hexadecimal
	}
	for _, s := range []string{
		h.String(), strings.ToLower(h.String()), h.Hex(), h.Hex()[2:],
		fmt.Sprintf("%08x", h), fmt.Sprintf("%#x", h), decimal, fmt.Sprintf("%+d", h),
	} {
		got, err := hresult.Parse(s)
		if err != nil || got != h {
			t.Errorf("Parse(%q) = %#v, %v; want %#v", s, got, err, h)
		}
	}
}

// TestRoundTrip takes all codes of the facilities in use, and every 999,983rd number elsewhere.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, base := range []uint32{0, 0x00200000, 0x80000000, 0x80070000, 0x80190000, 0x80200000} {
		for code := range uint32(1 << 16) {
			h := hresult.HRESULT(base | code)
			got, err := hresult.Parse(h.String())
			if err != nil || got != h {
				t.Fatalf("Parse(%q) = %#v, %v", h.String(), got, err)
			}
		}
	}
	for n := uint64(0); n < 1<<32; n += 999_983 {
		everyForm(t, hresult.HRESULT(n))
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, row := range specRows(f) {
		f.Add(uint32(row.value))
	}
	for _, n := range []uint32{0x801901A2, 0x8007BEEF, 12345678, 99999999, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n uint32) { everyForm(t, hresult.HRESULT(n)) })
}

func FuzzParse(f *testing.F) {
	for _, row := range specRows(f) {
		f.Add(row.name)
	}
	for _, s := range []string{
		"", "0x", "0x80070005", "80070005", "-2147024891", "+12345678", "4294967296", "BG_E_HTTP_ERROR_418",
		"HRESULT_FROM_WIN32(", "HRESULT_FROM_WIN32()", "HRESULT_FROM_WIN32_", "hresult_from_win32(wsaetimedout)", "\xff", "ſ_OK",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := hresult.Parse(s)
		if err != nil {
			require.Zero(t, h)
			return
		}
		for _, again := range []string{h.String(), strings.ToUpper(s), strings.ToLower(s)} {
			got, err := hresult.Parse(again)
			require.NoError(t, err)
			require.Equal(t, h, got, again)
		}
	})
}
