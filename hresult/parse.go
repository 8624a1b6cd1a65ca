package hresult

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Parse reads an HRESULT from a name or a number. Letters may be in either case; spaces around s are not allowed.
//
//   - E_ACCESSDENIED: any name of this package.
//   - HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND or ERROR_FILE_NOT_FOUND: a
//     Win32 error of this package.
//   - BG_E_HTTP_ERROR_418: any status from 100 to 999, named or not.
//   - 0x80070005: hexadecimal.
//   - 80070005: exactly eight hexadecimal digits are hexadecimal without the 0x too, because this is how people pass
//     codes around.
//   - -2147024891 or 2147942405: any other number is decimal, signed as in an exit code or unsigned. A sign makes eight
//     digits decimal as well: +12345678.
//
// The error says what s is and what is wrong with it.
func Parse(s string) (HRESULT, error) {
	if h, ok := parseName(s); ok {
		return h, nil
	}
	h, err := parseNumber(s)
	switch {
	case err == nil:
		return h, nil
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("hresult: %.80q does not fit into the 32 bits of an HRESULT", s)
	}
	return 0, fmt.Errorf("hresult: %.80q is neither a known name nor a number like 0x80070005, 80070005 or -2147024891", s)
}

func parseName(s string) (HRESULT, bool) {
	if name, ok := cutWin32(s); ok {
		return lookupName(win32Names[:], name)
	}
	if h, ok := lookupName(names[:], s); ok {
		return h, true
	}
	if h, ok := lookupName(win32Names[:], s); ok {
		return h, true
	}
	return parseHTTPName(s)
}

// cutWin32 returns the Win32 name in HRESULT_FROM_WIN32(NAME) or HRESULT_FROM_WIN32_NAME.
func cutWin32(s string) (name string, ok bool) {
	rest, ok := cutPrefixFold(s, "HRESULT_FROM_WIN32")
	switch {
	case !ok || len(rest) < 2:
		return "", false
	case rest[0] == '_':
		return rest[1:], true
	case rest[0] == '(' && rest[len(rest)-1] == ')':
		return rest[1 : len(rest)-1], true
	}
	return "", false
}

// parseHTTPName reads BG_E_HTTP_ERROR_nnn for the statuses that have no constant.
func parseHTTPName(s string) (HRESULT, bool) {
	digits, ok := cutPrefixFold(s, "BG_E_HTTP_ERROR_")
	if !ok || len(digits) != 3 {
		return 0, false
	}
	status, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || !isHTTPStatus(int(status)) {
		return 0, false
	}
	return FromHTTPStatus(int(status)), true
}

func parseNumber(s string) (HRESULT, error) {
	if digits, ok := cutHex(s); ok {
		n, err := strconv.ParseUint(digits, 16, 32)
		return HRESULT(n), err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if n < math.MinInt32 || n > math.MaxUint32 {
		err = strconv.ErrRange
	}
	return HRESULT(n), err
}

// cutHex returns the digits of s when s is to be read as hexadecimal.
func cutHex(s string) (digits string, ok bool) {
	if digits, ok := cutPrefixFold(s, "0X"); ok {
		return digits, true
	}
	if len(s) != 8 {
		return "", false
	}
	for i := range len(s) {
		if !isHexDigit(upper(s[i])) {
			return "", false
		}
	}
	return s, true
}

func isHexDigit(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' }

// cutPrefixFold returns what follows the upper-case prefix in s, where the prefix may be in any case.
func cutPrefixFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || compareFold(prefix, s[:len(prefix)]) != 0 {
		return "", false
	}
	return s[len(prefix):], true
}
