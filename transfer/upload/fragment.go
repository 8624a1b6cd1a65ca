package upload

import (
	"context"
	"fmt"
	"io"

	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// How long a server may keep an upload from getting on before it counts as
// broken (I).
const (
	maxResyncs  = 4 // answers 416 in a row, none of which was ahead
	maxRefusals = 2 // answers 416 in a row that want what was just sent
	maxIdle     = 3 // fragments accepted that moved nothing, in a row
	maxSetbacks = 8 // times the offset went back before there was anything new
)

// fragment sends the next piece of the file.
func (u *Upload) fragment(ctx context.Context, src io.ReaderAt, maxBytes int64) (Result, error) {
	rng := u.piece(maxBytes)
	if c := u.waiting(bitspost.Fragment); c != nil {
		rng = c.rng
	}
	reply, err := u.send(ctx, bitspost.Fragment, packet{src: src, rng: rng})
	if err != nil {
		return Result{}, err
	}
	r := Result{Headers: reply.headers}
	switch {
	case reply.good():
		r.Uploaded, err = u.accepted(rng, reply)
	case reply.outOfStep():
		err = u.resync(rng, reply)
	default:
		if reply.tooBig() && u.smaller(int64(rng.Len())) {
			break
		}
		err = u.refused(bitspost.Fragment, reply)
	}
	return r, err
}

// piece chooses the bytes to send. When the server has all of them and has not
// yet said so by the answer to the last fragment, the last fragment goes once more
// (D preventing-multiple-uploads; its form I).
func (u *Upload) piece(maxBytes int64) bitspost.Range {
	total := u.request.Size
	if total == 0 {
		return bitspost.Range{}
	}
	n := u.size
	if maxBytes > 0 {
		n = min(n, maxBytes)
	}
	first := u.state.Offset
	if first == total {
		if u.lastSize > 0 {
			n = u.lastSize
		}
		first = total - min(uint64(n), total)
	}
	r := bitspost.Range{First: first, Last: min(first+uint64(n), total) - 1, Total: total}
	if r.IsFinal() {
		u.lastSize = int64(r.Len())
	}
	return r
}

// accepted takes the offset of a good answer.
func (u *Upload) accepted(rng bitspost.Range, reply reply) (uploaded bool, err error) {
	next := rng.End()
	if reply.HasReceived {
		next = reply.Received
	}
	if reply.BadReceived || next > rng.Total {
		return false, reply.invalid(fmt.Errorf("%s is no offset in a file of %d bytes", bitspost.ReceivedRange, rng.Total))
	}
	if rng.IsFinal() && next == rng.Total {
		return true, u.finish(reply)
	}
	if u.idle++; next != rng.First {
		u.idle = 0
	}
	if u.idle == maxIdle {
		return false, reply.stuck(fmt.Errorf("the server accepted %d fragments and still wants byte %d", maxIdle, next))
	}
	if next > rng.First {
		u.lost, u.resyncs, u.refusals = false, 0, 0
	}
	return false, u.moveTo(next, reply)
}

// finish ends the upload half.
func (u *Upload) finish(reply reply) error {
	if u.request.Reply {
		if reply.ReplyURL == "" {
			return reply.invalid(fmt.Errorf("the last answer has no %s", bitspost.ReplyURL))
		}
		at, err := bitspost.ResolveReply(reply.url, reply.ReplyURL)
		if err != nil {
			return reply.invalid(err)
		}
		u.state.ReplyURL = at.String()
	}
	u.state.Offset, u.state.Finished = u.request.Size, true
	u.next = phaseComplete
	return nil
}

// resync goes where the server stands, which is not an error (D fragment).
func (u *Upload) resync(rng bitspost.Range, reply reply) error {
	if reply.BadReceived || !reply.HasReceived || reply.Received > rng.Total {
		return reply.invalid(fmt.Errorf("%s is no offset in a file of %d bytes", bitspost.ReceivedRange, rng.Total))
	}
	if u.refusals++; reply.Received != rng.First {
		u.refusals = 0
	}
	if u.resyncs++; u.refusals == maxRefusals || u.resyncs == maxResyncs {
		return reply.invalid(fmt.Errorf("the server wants byte %d and does not take it", reply.Received))
	}
	return u.moveTo(reply.Received, reply)
}

// moveTo takes an offset that the server named. It may be smaller than one that it
// acknowledged before (I), but not again and again.
func (u *Upload) moveTo(next uint64, reply reply) error {
	back := next < u.state.Offset
	u.state.Offset = next
	if next > u.peak {
		u.peak, u.setbacks, u.resyncs = next, 0, 0
	}
	if back {
		return u.setback(reply)
	}
	return nil
}

func (u *Upload) setback(reply reply) error {
	if u.setbacks++; u.setbacks < maxSetbacks {
		return nil
	}
	return reply.stuck(fmt.Errorf("the server gave up what it had acknowledged %d times", maxSetbacks))
}

// smaller halves the fragments after a 413; false when they are as small as they
// get.
func (u *Upload) smaller(sent int64) bool {
	if sent <= MinFragment {
		return false
	}
	u.size = max(sent/2, MinFragment)
	return true
}
