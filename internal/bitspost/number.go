package bitspost

import (
	"strconv"
	"strings"
)

// ParseOffset reads a plain decimal of at most 64 bits: digits and nothing
// else, as in BITS-Received-Content-Range.
func ParseOffset(s string) (uint64, bool) { return parseDecimal(s, 64) }

// ParseSeconds reads the value of BITS-Host-Id-Fallback-Timeout, a decimal of
// 32 bits (I).
func ParseSeconds(s string) (uint32, bool) {
	n, ok := parseDecimal(s, 32)
	return uint32(n), ok
}

// parseDecimal is strconv.ParseUint without its signs and underscores.
func parseDecimal(s string, bits int) (uint64, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil {
		return 0, false // ParseUint returns the largest number for one that is too large
	}
	return n, true
}

// FormatCode writes an error code, "0x80070057".
func FormatCode(code uint32) string {
	const digits = "0123456789abcdef"
	b := [10]byte{0: '0', 1: 'x'}
	for i := range 8 {
		b[9-i] = digits[code>>(4*i)&0xf]
	}
	return string(b[:])
}

// ParseCode reads an error code or an error context: up to 8 hexadecimal
// digits, with 0x, 0X, x or nothing in front of them (I; MC-BUP prints both
// x80070057 and 0x80070057).
func ParseCode(s string) (uint32, bool) {
	if t, ok := strings.CutPrefix(s, "0"); ok && t != "" && t[0]|0x20 == 'x' {
		s = t[1:]
	} else {
		s = strings.TrimPrefix(s, "x")
	}
	if len(s) == 0 || len(s) > 8 {
		return 0, false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s, 16, 32)
	return uint32(n), err == nil
}
