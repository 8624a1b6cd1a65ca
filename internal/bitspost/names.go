package bitspost

import (
	"net/http"
	"strings"
)

// Method is the method of each packet that a client sends (D bits-upload-protocol).
const Method = "BITS_POST"

// Protocol is the one protocol there is, BITS 1.5 upload (D create-session).
const Protocol = "{7df0354d-249b-430f-820d-3d2a9bef4931}"

// The names of the headers, as they are written. They are read in any case (D
// best-practices-when-using-bits).
const (
	PacketType          = "BITS-Packet-Type"
	SupportedProtocols  = "BITS-Supported-Protocols"
	ProtocolChosen      = "BITS-Protocol"
	SessionID           = "BITS-Session-Id"
	HostID              = "BITS-Host-Id"
	HostFallback        = "BITS-Host-Id-Fallback-Timeout"
	ReceivedRange       = "BITS-Received-Content-Range"
	ReplyURL            = "BITS-Reply-URL"
	ErrorCode           = "BITS-Error-Code" // D ack-for-fragment and its kin
	ErrorCodeOpen       = "BITS-Error"      // the same by MC-BUP 2.2.1.2
	ErrorContext        = "BITS-Error-Context"
	ContentName         = "Content-Name"
	ContentRange        = "Content-Range"
	ContentLength       = "Content-Length"
	ContentEncoding     = "Content-Encoding"
	AcceptEncoding      = "Accept-Encoding"
	OriginalRequestURL  = "BITS-Original-Request-URL"
	RequestDataFile     = "BITS-Request-DataFile-Name"
	ResponseDataFile    = "BITS-Response-DataFile-Name"
	StaticResponseURL   = "BITS-Static-Response-URL"
	CopyFileDestination = "BITS-Copy-File-To-Destination"
)

// The limits of values, in characters (D ack-for-create-session).
const (
	MaxSessionID = 100
	MaxHostID    = 300
)

// Set writes a header under the name as it is spelled, which net/http would
// otherwise change to Bits-Packet-Type.
func Set(h http.Header, name, value string) { h[name] = []string{value} }

// Get reads a header, whatever the case of its name: the first value, and how
// many there are.
func Get(h http.Header, name string) (value string, n int) {
	for key, values := range h {
		if len(values) == 0 || !strings.EqualFold(key, name) {
			continue
		}
		if n == 0 {
			value = values[0]
		}
		n += len(values)
	}
	return strings.Trim(value, " \t"), n
}

// One reads a header that may be there once. It is not there when n is 0, and
// when values differ it is not readable: the sender and someone in between
// disagree on what was sent (I).
func One(h http.Header, name string) (value string, ok bool) {
	n := 0
	for key, values := range h {
		if !strings.EqualFold(key, name) {
			continue
		}
		for _, v := range values {
			v = strings.Trim(v, " \t")
			if n++; n > 1 && v != value {
				return "", false
			}
			value = v
		}
	}
	return value, n > 0
}
