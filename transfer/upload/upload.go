package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"

	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/bitsemu/bitsemu/transfer"
)

// Upload is one upload, made in steps. It is not for concurrent use.
type Upload struct {
	client  *transfer.Client
	request Request
	state   State
	origin  *url.URL
	header  http.Header // custom headers

	size     int64 // of fragments; halved on 413 and kept so
	lastSize int64 // of the fragment that ended the file, to repeat it as it was
	auth     authorizer

	closed bool
	attempt
}

// attempt is what a new attempt begins without.
type attempt struct {
	next     phase
	call     *call  // the packet that waits for a transport
	lost     bool   // the server has forgotten a session, and has accepted no fragment since
	resyncs  int    // answers 416 since the last fragment was accepted
	refusals int    // those of them that wanted the very offset that was sent
	idle     int    // fragments accepted in a row without moving the offset
	peak     uint64 // the highest offset so far
	setbacks int    // times the offset went back since the peak was reached
}

// phase is what the next step does; the states of MC-BUP 3.1.5.1.
type phase uint8

const (
	phaseInit phase = iota
	phaseCreate
	phasePing
	phaseFragment
	phaseComplete
	phaseDone
)

// Result is what a step has done.
type Result struct {
	Connected bool   // contact is made, or none is needed: the job is past CONNECTING
	Moved     int64  // bytes acknowledged by this step
	Offset    uint64 // bytes acknowledged in all. It may fall: then the server wants bytes again
	Uploaded  bool   // the server has the whole file; State.ReplyURL is known
	Done      bool   // the session is closed
	Headers   string // the headers of the last answer, "HTTP/1.1 200 OK\r\n..."; "" when nothing was sent
}

// State returns what is to be remembered with the job.
func (u *Upload) State() State { return u.state }

func isWait(err error) bool {
	var wait *transfer.Wait
	return errors.As(err, &wait)
}

// Close gives up the attempt. It sends nothing, and the session stays. A step after
// it fails with fs.ErrClosed; Close itself may come more than once.
func (u *Upload) Close() error {
	u.attempt, u.closed = attempt{}, true
	return nil
}

// Step sends one packet: with a fragment, at most maxBytes bytes of src (0: as many as
// the request allows). It returns a *transfer.Wait, a *transfer.Error which ends the
// attempt, or the context's error.
func (u *Upload) Step(ctx context.Context, src io.ReaderAt, maxBytes int64) (Result, error) {
	err := ctx.Err()
	if u.closed {
		err = fs.ErrClosed
	}
	if err != nil {
		return Result{Offset: u.state.Offset}, err
	}
	before := u.state.Offset
	r, err := u.step(ctx, src, maxBytes)
	r.Offset = u.state.Offset
	if r.Offset > before {
		r.Moved = int64(r.Offset - before)
	}
	if err != nil && !isWait(err) {
		u.attempt = attempt{}
	}
	return r, err
}

func (u *Upload) step(ctx context.Context, src io.ReaderAt, maxBytes int64) (Result, error) {
	if u.next == phaseInit {
		if u.state.hostExpired(transfer.Now(ctx)) {
			u.state.leaveHost()
		}
		u.peak = u.state.Offset
		u.next = u.first()
		if u.next != phaseCreate && u.next != phasePing {
			return Result{Connected: true, Uploaded: u.state.Finished, Done: u.state.Closed}, nil
		}
	}
	switch u.next {
	case phaseCreate:
		return u.create(ctx)
	case phasePing:
		return u.ping(ctx)
	case phaseFragment:
		return u.fragment(ctx, src, maxBytes)
	case phaseComplete:
		return u.complete(ctx)
	}
	return Result{Connected: true, Uploaded: u.state.Finished, Done: true}, nil
}

// first chooses how an attempt begins.
func (u *Upload) first() phase {
	switch {
	case u.state.Closed:
		return phaseDone
	case u.state.Finished:
		return phaseComplete
	case u.state.Session == "" && u.request.PingFirst, u.state.Session != "" && u.state.Host != "":
		return phasePing
	case u.state.Session == "":
		return phaseCreate
	}
	return phaseFragment
}

// Cancel sends Cancel-Session once; when there is no session, it has nothing to do
// (I). After an error that is Transient the caller tries again later, for at most
// 24 hours or the job's no-progress timeout, whichever is shorter. Before the last
// fragment the upload is gone; after it only the reply is (D cancel-session).
func (u *Upload) Cancel(ctx context.Context) error {
	if u.state.Closed || u.state.Session == "" {
		u.state.Closed = true
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if u.state.hostExpired(transfer.Now(ctx)) {
		u.state.dropHost() // and keeps the session, which is to be cancelled
	}
	u.attempt = attempt{}
	_, err := u.end(ctx, bitspost.CancelSession)
	return err
}
