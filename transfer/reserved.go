package transfer

import "slices"

// driving are the headers that drive a transfer.
var driving = []string{
	"Accept-Encoding", "Connection", "Content-Length", "Expect", "If-Match", "If-Modified-Since", "If-None-Match",
	"If-Range", "If-Unmodified-Since", "Keep-Alive", "Proxy-Connection", "Range", "Te", "Trailer", "Transfer-Encoding",
	"Upgrade",
}

// reserved tells whether a job cannot set a header.
func reserved(name string) bool { return slices.Contains(driving, name) }
