package bitspost

import (
	"net/http"
	"strconv"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Answer is what a server says to a packet: an Ack, or what stands in its place
// when a server or a proxy does not speak the protocol.
type Answer struct {
	Status   int    // of HTTP
	IsAck    bool   // BITS-Packet-Type is Ack
	Session  string // BITS-Session-Id
	Protocol string // BITS-Protocol
	Encoding string // Accept-Encoding
	ReplyURL string // BITS-Reply-URL

	HostID      string // BITS-Host-Id
	HostSeconds uint32 // BITS-Host-Id-Fallback-Timeout; 0 when there is none

	Received    uint64 // BITS-Received-Content-Range: the offset that the server wants
	HasReceived bool   // the header is there
	BadReceived bool   // it is there, and is not an offset

	Code    hresult.HRESULT   // BITS-Error-Code
	HasCode bool              // the header is there and can be read
	Context bits.ErrorContext // BITS-Error-Context; REMOTE_FILE when it says nothing better
}

// ReadAnswer reads the headers of an answer. What cannot be read is as if it were
// not there (I), but for the offset, where the difference matters.
func ReadAnswer(status int, h http.Header) Answer {
	a := Answer{Status: status, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE}
	if v, ok := One(h, PacketType); ok {
		p, _ := ParsePacket(v)
		a.IsAck = p == Ack
	}
	a.Session, _ = One(h, SessionID)
	a.Protocol, _ = One(h, ProtocolChosen)
	a.Encoding, _ = One(h, AcceptEncoding)
	a.ReplyURL, _ = One(h, ReplyURL)
	a.HostID, _ = One(h, HostID)
	if v, ok := One(h, HostFallback); ok {
		a.HostSeconds, _ = ParseSeconds(v)
	}
	if _, n := Get(h, ReceivedRange); n > 0 {
		v, ok := One(h, ReceivedRange)
		a.Received, ok = parseIf(v, ok)
		a.HasReceived, a.BadReceived = true, !ok
	}
	a.Code, a.HasCode = readCode(h, ErrorCode)
	if !a.HasCode {
		a.Code, a.HasCode = readCode(h, ErrorCodeOpen)
	}
	if v, ok := One(h, ErrorContext); ok && a.HasCode {
		if n, ok := ParseCode(v); ok && n == uint32(bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION) {
			a.Context = bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION
		}
	}
	return a
}

func parseIf(v string, ok bool) (uint64, bool) {
	if !ok {
		return 0, false
	}
	return ParseOffset(v)
}

func readCode(h http.Header, name string) (hresult.HRESULT, bool) {
	v, ok := One(h, name)
	if !ok {
		return 0, false
	}
	n, ok := ParseCode(v)
	return hresult.HRESULT(n), ok
}

// ErrorHeader chooses the header that carries the error code, about which the
// documentation and the open specification disagree.
type ErrorHeader uint8

// Where an error code goes.
const (
	ErrorHeaderCode ErrorHeader = iota // BITS-Error-Code (D ack-for-fragment)
	ErrorHeaderOpen                    // BITS-Error (D MC-BUP 2.2.1.2)
	ErrorHeaderBoth
)

// Write writes the answer's headers as those of an Ack, Content-Length included.
func (a Answer) Write(h http.Header, name ErrorHeader) {
	set := func(name, value string) {
		if value != "" {
			Set(h, name, value)
		}
	}
	Set(h, PacketType, Ack.String())
	set(ProtocolChosen, a.Protocol)
	set(SessionID, a.Session)
	set(AcceptEncoding, a.Encoding)
	set(HostID, a.HostID)
	if a.HostSeconds != 0 {
		Set(h, HostFallback, strconv.FormatUint(uint64(a.HostSeconds), 10))
	}
	if a.HasReceived {
		Set(h, ReceivedRange, strconv.FormatUint(a.Received, 10))
	}
	set(ReplyURL, a.ReplyURL)
	if a.HasCode {
		code := FormatCode(uint32(a.Code))
		if a.Code == hresult.S_OK {
			code = "0x0"
		}
		if name != ErrorHeaderOpen {
			Set(h, ErrorCode, code)
		}
		if name != ErrorHeaderCode {
			Set(h, ErrorCodeOpen, code)
		}
		Set(h, ErrorContext, "0x"+strconv.FormatUint(uint64(a.Context), 16))
	}
	h.Set(ContentLength, "0")
}
