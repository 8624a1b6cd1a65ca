package transfer

import (
	"context"
	"io"
	"io/fs"
	"math"
	"time"
)

// scriptBody is a body that a script sends.
type scriptBody struct {
	content content
	at, end int64 // what of it is left
	cut     int64 // how many bytes are left until the connection breaks; unknown: it does not

	script   *Script
	request  *ScriptRequest
	ctx      context.Context
	start    time.Time
	sent     int64
	stepwise bool
	closed   bool
}

func (b *scriptBody) Read(p []byte) (int, error) {
	for {
		if err := b.ctx.Err(); err != nil {
			return 0, err
		}
		n, wait, change, err := b.next(len(p))
		if wait != nil && b.stepwise {
			return 0, wait
		}
		if wait != nil {
			if err := pause(b.ctx, wait, change); err != nil {
				return 0, err
			}
			continue
		}
		if err != nil {
			return 0, err
		}
		b.content.fill(p[:n], b.at)
		b.took(int64(n))
		return n, nil
	}
}

// next says how many bytes may be sent now, or why none: an end, or a wait until
// something changes or the time comes.
func (b *scriptBody) next(most int) (int, *Wait, <-chan struct{}, error) {
	s := b.script
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(int64(most), b.end-b.at)
	switch {
	case b.closed:
		return 0, nil, nil, fs.ErrClosed
	case b.at == b.end:
		return 0, nil, nil, io.EOF
	case b.cut == 0:
		return 0, nil, nil, io.ErrUnexpectedEOF
	case b.cut > 0:
		n = min(n, b.cut)
	}
	if s.plan.held && s.plan.hold >= b.at {
		if n = min(n, s.plan.hold-b.at); n == 0 && most > 0 {
			s.await(b, Wake(b.ctx))
			return 0, &Wait{}, s.change, nil
		}
	}
	if s.plan.rate > 0 {
		allowed, until := b.allowance(s.plan.rate)
		if n = min(n, allowed); n == 0 && most > 0 {
			return 0, &Wait{Until: until}, s.change, nil
		}
	}
	return int(n), nil, nil, nil
}

// tick is how often a body with a rate comes.
const tick = time.Second / 10

// allowance is how many bytes a rate allows now, and when it allows more.
func (b *scriptBody) allowance(rate int64) (int64, time.Time) {
	ticks := int64(Now(b.ctx).Sub(b.start) / tick)
	if ticks > math.MaxInt64/rate {
		return math.MaxInt64, time.Time{}
	}
	// After k ticks rate*k/10 bytes may have come.
	need := (min(b.sent, math.MaxInt64/10-1)+1)*10/rate + 1
	if rate*(need-1) >= (b.sent+1)*10 {
		need--
	}
	return max(rate*ticks/10-b.sent, 0), b.start.Add(time.Duration(need) * tick)
}

// took counts what was sent.
func (b *scriptBody) took(n int64) {
	b.script.mu.Lock()
	defer b.script.mu.Unlock()
	b.at += n
	b.sent += n
	b.request.Sent += n
	if b.cut > 0 {
		b.cut -= n
	}
}

func (b *scriptBody) Close() error {
	b.script.mu.Lock()
	defer b.script.mu.Unlock()
	b.closed = true
	b.script.leave(b)
	return nil
}
