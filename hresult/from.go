package hresult

const (
	win32Base HRESULT = 0x80070000 // a failure of FACILITY_WIN32
	httpBase  HRESULT = 0x80190000 // a failure of FACILITY_HTTP
)

// FromWin32 returns the HRESULT of a Win32 error code: S_OK for 0, otherwise a failure of FACILITY_WIN32 with the low
// 16 bits of code, so that 5 (ERROR_ACCESS_DENIED) gives E_ACCESSDENIED. A code with the top bit set is taken to be an
// HRESULT already and returned as it is (D: HRESULT_FROM_WIN32 in winerror.h).
func FromWin32(code uint32) HRESULT {
	if h := HRESULT(code); h == S_OK || h.Failed() {
		return h
	}
	return win32Base | HRESULT(code&0xFFFF)
}

// FromHTTPStatus returns the HRESULT of an HTTP status, 0x80190000 plus the status: 404 gives BG_E_HTTP_ERROR_404. The
// result is a failure for a status of success as well, because BITS has such codes for a status that came where it is
// not acceptable (D: bitsmsg.h).
//
// HTTP knows no status outside 100 to 999; for such a number the result is BG_E_INVALID_SERVER_RESPONSE (C).
func FromHTTPStatus(status int) HRESULT {
	if !isHTTPStatus(status) {
		return BG_E_INVALID_SERVER_RESPONSE
	}
	return httpBase | HRESULT(status)
}

// isHTTPStatus reports whether status has the three digits that HTTP asks for.
func isHTTPStatus(status int) bool { return 100 <= status && status <= 999 }
