package bitsupload

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// sessionsDir is the directory of sessions, beside the destination (D
// notification-protocol-for-server-applications). No upload goes there.
const sessionsDir = "BITS-Sessions"

// The files of a session.
const (
	requestFile  = "request"
	responseFile = "response"
)

// storageName turns the path of a URL into a name in the storage. It takes no path
// that could mean more than it says on some system: no dot elements, backslashes,
// colons, control characters, nor dots and blanks at the end of an element, which
// Windows drops.
func storageName(urlPath string) (string, bool) {
	name := strings.TrimPrefix(urlPath, "/")
	if !fs.ValidPath(name) || name == "." || len(name) > maxHeader || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", false
	}
	for element := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(element, sessionsDir) || len(element) > 255 || strings.HasSuffix(element, ".") ||
			strings.HasSuffix(element, " ") || strings.ContainsFunc(element, forbidden) {
			return "", false
		}
	}
	return name, true
}

// forbidden reports whether r cannot be in a name on Windows, or is no character.
func forbidden(r rune) bool {
	return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) || r == '\uFFFD'
}
