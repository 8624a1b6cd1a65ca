package upload

import "strings"

// reserved tells whether a header is the protocol's own, which a custom header
// does not replace.
func reserved(name string) bool {
	switch name {
	case "Content-Length", "Content-Range", "Content-Name", "Content-Encoding", "Transfer-Encoding", "Connection", "Host":
		return true
	}
	return strings.HasPrefix(name, "Bits-")
}
