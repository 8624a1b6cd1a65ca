package transfer

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/bitsemu/bitsemu/bits"
)

// Download fetches one file, in steps. It is not for concurrent use.
type Download interface {
	// Step goes on with the attempt, or begins one. The first step of an attempt
	// contacts the server, each later one moves at most maxBytes into dst.
	//
	// Errors: *[Wait], it is not ready and the attempt goes on; *[Error], the attempt
	// is over; ctx.Err(), it was abandoned. The Result is valid beside each of them:
	// bytes may have moved before. After an attempt that is over the next step begins
	// another one, from what is held.
	Step(ctx context.Context, dst io.WriterAt, maxBytes int64) (Result, error)

	// State is what is known now, for [New] to go on from.
	State() State

	// Close abandons the attempt and leaves nothing open. A step after it fails with
	// fs.ErrClosed.
	Close() error
}

// Result is what a step did.
type Result struct {
	Connected bool  // the attempt has reached the remote file
	Moved     int64 // by how much State.Held has grown
	Restarted bool  // the remote file changed or cannot be gone on with: what is held is void, truncate the local file
	Done      bool  // all is there

	// RemoteName is the new remote name that a redirect under
	// BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT gives the file, else "".
	RemoteName string

	// Headers is the head of the last answer, if there was one in this step:
	// "HTTP/1.1 200 OK" and the headers, each line with CR LF, and an empty one.
	Headers string
}

// State is what is known of a remote file from before and kept with the job. The
// zero value and one with BG_SIZE_UNKNOWN know nothing.
type State struct {
	Size         uint64 // of the remote file in bytes, or BG_SIZE_UNKNOWN
	LastModified string // as the server spells it; of files in RFC 3339
	ETag         string
	Held         uint64 // how many bytes of what is asked for are there already
}

// known reports whether there is anything to compare a remote file with.
func (s State) known() bool {
	return s.Held > 0 || s.LastModified != "" || s.ETag != "" || s.Size != 0 && s.Size != bits.BG_SIZE_UNKNOWN
}

// Modified is LastModified as a time, which the local file gets (D
// nf-bits-ibackgroundcopyjob-addfile.md); false if there is none.
func (s State) Modified() (time.Time, bool) {
	if t, err := http.ParseTime(s.LastModified); err == nil {
		return t.UTC(), true
	}
	t, err := time.Parse(time.RFC3339Nano, s.LastModified)
	return t.UTC(), err == nil
}
