package httphead

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Block writes the head of an answer as the server sent it, but that the names are in
// net/http's spelling and order: what BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS
// shows.
func Block(resp *http.Response) string {
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
