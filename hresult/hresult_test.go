package hresult_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

// TestKnownValues has a few well-known values written out by hand, for the case that all copies of the table are wrong.
func TestKnownValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		got, want hresult.HRESULT
	}{
		{"S_OK", hresult.S_OK, 0},
		{"S_FALSE", hresult.S_FALSE, 1},
		{"E_NOINTERFACE", hresult.E_NOINTERFACE, 0x80004002},
		{"E_ACCESSDENIED", hresult.E_ACCESSDENIED, 0x80070005},
		{"CO_E_FAILEDTOIMPERSONATE", hresult.CO_E_FAILEDTOIMPERSONATE, 0x80010123},
		{"BG_E_NOT_FOUND", hresult.BG_E_NOT_FOUND, 0x80200001},
		{"BG_S_PARTIAL_COMPLETE", hresult.BG_S_PARTIAL_COMPLETE, 0x00200017},
		{"ERROR_NOT_LOGGED_ON", hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON, 0x800704DD},
		{"ERROR_INVALID_PARAMETER", hresult.HRESULT_FROM_WIN32_ERROR_INVALID_PARAMETER, hresult.E_INVALIDARG},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.got)
		})
	}
}

func TestPrinting(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                string
		h                   hresult.HRESULT
		str, hex, text, err string
	}{
		{
			"named failure", hresult.E_ACCESSDENIED,
			"E_ACCESSDENIED", "0x80070005", "The caller does not have the right to do this.",
			"E_ACCESSDENIED (0x80070005): The caller does not have the right to do this.",
		},
		{
			"named success", hresult.S_OK,
			"S_OK", "0x00000000", "The call succeeded.", "S_OK (0x00000000): The call succeeded.",
		},
		{
			"named Win32 error", hresult.HRESULT_FROM_WIN32_ERROR_BAD_NETPATH,
			"HRESULT_FROM_WIN32(ERROR_BAD_NETPATH)", "0x80070035", "No computer answers to the network path.",
			"HRESULT_FROM_WIN32(ERROR_BAD_NETPATH) (0x80070035): No computer answers to the network path.",
		},
		{"other Win32 error", 0x8007BEEF, "0x8007BEEF", "0x8007BEEF", "", "Win32 error 48879 (0x8007BEEF)"},
		{"Win32 error with the customer bit", 0xA0070005, "0xA0070005", "0xA0070005", "", "HRESULT 0xA0070005 (FACILITY_WIN32, code 5)"},
		{"Win32 success", 0x00070005, "0x00070005", "0x00070005", "", "HRESULT 0x00070005 (FACILITY_WIN32, code 5)"},
		{
			"named HTTP status", hresult.BG_E_HTTP_ERROR_404,
			"BG_E_HTTP_ERROR_404", "0x80190194", "The server answered 404: there is nothing at this URL.",
			"BG_E_HTTP_ERROR_404 (0x80190194): The server answered 404: there is nothing at this URL.",
		},
		{"other HTTP status", 0x801901A2, "0x801901A2", "0x801901A2", "", "HTTP status 418 (0x801901A2)"},
		{"lowest HTTP status", 0x80190066, "0x80190066", "0x80190066", "", "HTTP status 102 (0x80190066)"},
		{"below the HTTP statuses", 0x80190063, "0x80190063", "0x80190063", "", "HRESULT 0x80190063 (FACILITY_HTTP, code 99)"},
		{"highest HTTP status", 0x801903E7, "0x801903E7", "0x801903E7", "", "HTTP status 999 (0x801903E7)"},
		{"above the HTTP statuses", 0x801903E8, "0x801903E8", "0x801903E8", "", "HRESULT 0x801903E8 (FACILITY_HTTP, code 1000)"},
		{"other BITS code", 0x8020FFFF, "0x8020FFFF", "0x8020FFFF", "", "HRESULT 0x8020FFFF (FACILITY_BACKGROUNDCOPY, code 65535)"},
		{"other success", 2, "0x00000002", "0x00000002", "", "HRESULT 0x00000002 (FACILITY_NULL, code 2)"},
		{"all bits", 0xFFFFFFFF, "0xFFFFFFFF", "0xFFFFFFFF", "", "HRESULT 0xFFFFFFFF (facility 8191, code 65535)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.str, test.h.String())
			require.Equal(t, test.hex, test.h.Hex())
			require.Equal(t, test.text, test.h.Text())
			require.Equal(t, test.err, test.h.Error())
		})
	}
}

func TestErr(t *testing.T) {
	t.Parallel()
	for _, h := range []hresult.HRESULT{
		hresult.S_OK, hresult.S_FALSE, hresult.BG_S_PARTIAL_COMPLETE, hresult.BG_S_UNABLE_TO_DELETE_FILES, 0x7FFFFFFF,
	} {
		require.NoError(t, h.Err(), h.Hex())
		require.True(t, h.Err() == nil, "%s gave an error that holds no error", h.Hex())
	}
	for _, h := range []hresult.HRESULT{hresult.E_FAIL, hresult.BG_E_NOT_FOUND, 0x80000000, 0xFFFFFFFF} {
		require.Equal(t, error(h), h.Err())
	}
}

func TestErrorsIsItself(t *testing.T) {
	t.Parallel()
	for _, row := range specRows(t) {
		wrapped := fmt.Errorf("resume: %w", row.value)
		require.ErrorIs(t, wrapped, row.value)
		require.NotErrorIs(t, wrapped, row.value^0x40000000)
		require.NotErrorIs(t, wrapped, errors.ErrUnsupported)
	}
}

// TestNoInit makes sure that importing the package costs nothing at start-up.
func TestNoInit(t *testing.T) {
	t.Parallel()
	if testing.CoverMode() != "" {
		t.Skip("the counters of a coverage build are set up at start-up")
	}
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "init github.com/bitsemu/bitsemu/hresult_test @", "the trace is not as expected")
	require.NotContains(t, string(out), "init github.com/bitsemu/bitsemu/hresult @")
}
