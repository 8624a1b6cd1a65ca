package transfer

import (
	"net/http"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// maxChanges is the change at which an attempt gives up (I).
const maxChanges = 3

// sameStamp compares what an answer says of the file with what is known: its
// Last-Modified, and its ETag where there is no other to compare (I:
// file-transfer-consistency speaks of a time stamp only).
func sameStamp(s State, h http.Header) bool {
	modified, tag := h.Get("Last-Modified"), h.Get("Etag")
	if s.LastModified != "" && modified != "" {
		return s.LastModified == modified
	}
	return s.ETag == "" || tag == "" || s.ETag == tag
}

// void drops what is held because the remote file is another one.
func (d *httpDownload) void() {
	d.drop()
	d.state = State{Size: bits.BG_SIZE_UNKNOWN}
	d.restarted = true
	d.changes++
}

// changed does so, and tells when that has been too often. HEAD is due again.
func (d *httpDownload) changed(why string) error {
	if d.void(); d.changes >= maxChanges {
		return tooManyChanges(d.changes, why)
	}
	return nil
}

func tooManyChanges(n int, why string) *Error {
	return transient(hresult.BG_E_REMOTE_FILE_CHANGED, "the remote file changed %d times in one attempt: %s", n, why)
}
