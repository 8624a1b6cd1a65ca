package upload

import (
	"fmt"
	"net/http"
	"strings"
)

// parseHeader reads the custom headers of a job, lines that end in CR LF. The
// protocol's own are left out. An error does not print a line, which may hold a
// secret.
func parseHeader(lines string) (http.Header, error) {
	h := http.Header{}
	for i, line := range strings.Split(lines, "\r\n") {
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		if !ok || !isToken(name) || strings.ContainsFunc(value, isControl) {
			return nil, invalidArg("line %d of the custom headers is no \"Name: value\"", i+1)
		}
		if !reserved(name) {
			h.Add(name, value)
		}
	}
	return h, nil
}

// reserved tells whether a header is the protocol's own, which a custom header
// does not replace.
func reserved(name string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Content-Length", "Content-Range", "Content-Name", "Content-Encoding", "Transfer-Encoding", "Connection", "Host":
		return true
	}
	return strings.HasPrefix(name, "Bits-")
}

func isToken(s string) bool {
	const marks = "!#$%&'*+-.^_`|~"
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return s != ""
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// headerBlock writes the headers of an answer as they are shown to the user of a
// job (BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS).
func headerBlock(r *http.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/%d.%d %s\r\n", r.ProtoMajor, r.ProtoMinor, r.Status)
	_ = r.Header.Write(&b) // a strings.Builder does not fail
	b.WriteString("\r\n")
	return b.String()
}
