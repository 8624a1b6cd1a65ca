package transfer

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/hresult"
)

// reserved are the headers that drive a transfer, which a job cannot set.
var reserved = []string{
	"Accept-Encoding", "Connection", "Content-Length", "Expect", "If-Match", "If-Modified-Since", "If-None-Match",
	"If-Range", "If-Unmodified-Since", "Keep-Alive", "Proxy-Connection", "Range", "Te", "Trailer", "Transfer-Encoding",
	"Upgrade",
}

// parseHeader reads the custom headers of a job. Lines end in CR LF and nothing
// else ends one, so that no value can bring in a header of its own.
func parseHeader(lines string) (http.Header, error) {
	h := make(http.Header)
	for i, line := range strings.Split(lines, "\r\n") {
		if line == "" {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		switch {
		case !found:
			return nil, badHeader(i, "no colon in %q", line)
		case !isToken(name):
			return nil, badHeader(i, "%q is no name of a header", name)
		case !isFieldValue(value):
			return nil, badHeader(i, "the value of %s has a control character", name)
		}
		h.Add(name, value)
	}
	for _, name := range reserved {
		h.Del(name)
	}
	return h, nil
}

func badHeader(line int, format string, args ...any) error {
	return fatal(hresult.E_INVALIDARG, "line %d of the custom headers: %w", line+1, fmt.Errorf(format, args...))
}

// isToken reports whether s is a token of RFC 9110.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s has no control character but tabs.
func isFieldValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return true
}

// headerBlock writes the head of an answer as the server sent it, but that the
// names are in net/http's spelling and order.
func headerBlock(resp *http.Response) string {
	var b strings.Builder
	text := strings.TrimPrefix(resp.Status, fmt.Sprintf("%d ", resp.StatusCode))
	if resp.Status == "" {
		text = http.StatusText(resp.StatusCode)
	}
	major, minor := resp.ProtoMajor, resp.ProtoMinor
	if major == 0 {
		major, minor = 1, 1
	}
	fmt.Fprintf(&b, "HTTP/%d.%d %d %s\r\n", major, minor, resp.StatusCode, text)
	if resp.ContentLength >= 0 && resp.Header.Get("Content-Length") == "" && resp.TransferEncoding == nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", resp.ContentLength)
	}
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		for _, value := range resp.Header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	b.WriteString("\r\n")
	return b.String()
}
