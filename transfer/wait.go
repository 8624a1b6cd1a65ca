package transfer

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Wait is the error of a source that has nothing yet. What asked it may ask again
// at the time Until, or, when that is zero, once the source has called [Wake].
// Asking earlier gives another Wait.
type Wait struct{ Until time.Time }

// Error says until when.
func (w *Wait) Error() string {
	if w.Until.IsZero() {
		return "transfer: not ready until woken"
	}
	return "transfer: not ready until " + w.Until.Format(time.RFC3339Nano)
}

// asWait finds a Wait in the chain of err.
func asWait(err error) (*Wait, bool) {
	var w *Wait
	ok := errors.As(err, &w)
	return w, ok
}

// Stepwise marks requests whose sender understands [Wait]: it sends a request
// again, and reads a body again, that had none of it ready. A [Script] makes others
// wait instead, until it can go on or their context ends. Each request that may be
// sent again needs a mark of its own. A download sets it by itself.
func Stepwise(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoKey{}, &memo{})
}

type memoKey struct{}

// memo is where sources remember a request that they have let wait.
type memo struct {
	mu    sync.Mutex
	notes map[any]any
}

func memoOf(ctx context.Context) *memo {
	m, _ := ctx.Value(memoKey{}).(*memo)
	return m
}

func (m *memo) note(key any) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.notes[key]
}

func (m *memo) setNote(key, value any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.notes == nil {
		m.notes = make(map[any]any)
	}
	m.notes[key] = value
}
