package winpath

import (
	"strings"
	"unicode/utf8"

	"github.com/bitsemu/bitsemu/hresult"
)

// maxName is the limit for one name on NTFS and others, in UTF-16 code units
// (D: maximum-file-path-limitation).
const maxName = 255

// checkText refuses what no UTF-16 string of Windows says. UTF-8 cannot tell of
// an unpaired surrogate either.
func checkText(s string) *Error {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return refuseAt(s, i, hresult.HRESULT_FROM_WIN32_ERROR_INVALID_NAME, "not UTF-8: byte 0x%02X", s[i])
			}
		}
	}
	return nil
}

// checkLength refuses text, what s comes to, when it is over the limit.
func checkLength(s, text string, limit int) *Error {
	if n := utf16Len(text); n > limit {
		return refuse(s, hresult.HRESULT_FROM_WIN32_ERROR_FILENAME_EXCED_RANGE, "%d characters, and the limit is %d", n, limit)
	}
	return nil
}

// checkName refuses a name, found in s at start, that no file can have.
func checkName(s string, start int, name string) *Error {
	const code = hresult.HRESULT_FROM_WIN32_ERROR_INVALID_NAME
	if name == "" {
		return refuseAt(s, start, code, "a name is missing")
	}
	for i, r := range name {
		switch {
		case r < ' ':
			return refuseAt(s, start+i, code, "control character %U", r)
		case r == ':':
			return refuseAt(s, start+i, code, "':' would name a stream of a file")
		case strings.ContainsRune(`<>"|?*/\`, r):
			return refuseAt(s, start+i, code, "%q is reserved", r)
		}
	}
	if n := utf16Len(name); n > maxName {
		return refuseAt(s, start, code, "a name of %d characters, and the limit is %d", n, maxName)
	}
	if end := name[len(name)-1]; end == '.' || end == ' ' {
		return refuseAt(s, start, code, "a name ends in %q", end)
	}
	if isDevice(name) {
		return refuseAt(s, start, code, "%s is a device", name)
	}
	return nil
}

// isDevice reports whether name, or what is left of it without extension and the
// spaces before that, is one of the names that DOS gave to devices (D:
// naming-a-file). The digits of the ports may be superscripts.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = fold(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("123456789¹²³", port)
}

// isName reports whether an entry of a real directory has a name that Windows
// could know it by.
func isName(entry string) bool {
	return checkText(entry) == nil && checkName(entry, 0, entry) == nil
}
