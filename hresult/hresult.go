package hresult

import "strconv"

// HRESULT is the result of a COM call. The zero value is S_OK.
//
// The number holds a severity (bit 31), a facility (bits 16 to 28) and a code (bits 0 to 15). Every HRESULT
// implements error, the success codes included: use [HRESULT.Err] to turn a result into an error. Its text form is
// that of [HRESULT.String] and [Parse], in JSON too.
type HRESULT uint32

// The severities of [HRESULT.Severity] (D: winerror.h).
const (
	SEVERITY_SUCCESS = 0
	SEVERITY_ERROR   = 1
)

// Error returns name, number and text: "E_ACCESSDENIED (0x80070005): The caller does not have the right to do this."
//
// A code without a name says what its number tells: "HTTP status 418 (0x801901A2)", "Win32 error 48879 (0x8007BEEF)",
// or else "HRESULT 0x8020FFFF (FACILITY_BACKGROUNDCOPY, code 65535)".
func (h HRESULT) Error() string {
	if e := lookup(h); e != nil {
		return e.name + " (" + h.Hex() + "): " + e.text
	}
	code := strconv.Itoa(int(h.Code()))
	switch {
	case h&^0xFFFF == httpBase && isHTTPStatus(int(h.Code())):
		return "HTTP status " + code + " (" + h.Hex() + ")"
	case h&^0xFFFF == win32Base:
		return "Win32 error " + code + " (" + h.Hex() + ")"
	}
	return "HRESULT " + h.Hex() + " (" + h.Facility().String() + ", code " + code + ")"
}

// String returns the name, such as "E_ACCESSDENIED", or the number as [HRESULT.Hex] has it when there is no name.
// [Parse] reads both back.
func (h HRESULT) String() string {
	if e := lookup(h); e != nil {
		return e.name
	}
	return h.Hex()
}

// Hex returns the number as "0x" and eight upper-case digits: "0x80070005".
func (h HRESULT) Hex() string {
	const digits = "0123456789ABCDEF"
	b := [10]byte{'0', 'x'}
	for i := range 8 {
		b[9-i] = digits[h>>(4*i)&0xF]
	}
	return string(b[:])
}

// Text returns what the code means, as an English sentence of this package's own, or "" when the code has no name.
func (h HRESULT) Text() string {
	if e := lookup(h); e != nil {
		return e.text
	}
	return ""
}

// Failed reports whether h is a failure: whether its severity is SEVERITY_ERROR.
func (h HRESULT) Failed() bool { return h.Severity() == SEVERITY_ERROR }

// Succeeded reports whether h is a success, be it S_OK or one that says more, such as BG_S_PARTIAL_COMPLETE.
func (h HRESULT) Succeeded() bool { return !h.Failed() }

// Severity returns SEVERITY_SUCCESS or SEVERITY_ERROR, bit 31 of h.
func (h HRESULT) Severity() uint8 { return uint8(h >> 31) }

// Facility returns the part of the system that h comes from, bits 16 to 28 of h (D: HRESULT_FACILITY in winerror.h,
// which has 13 bits for it).
func (h HRESULT) Facility() Facility { return Facility(h >> 16 & 0x1FFF) }

// Code returns the number of the result within its facility, bits 0 to 15 of h.
func (h HRESULT) Code() uint16 { return uint16(h) }

// Err returns h as an error when it is a failure, and nil for every success code.
func (h HRESULT) Err() error {
	if h.Failed() {
		return h
	}
	return nil
}
