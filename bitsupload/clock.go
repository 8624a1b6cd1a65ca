package bitsupload

import (
	"context"
	"time"
)

// Clock is where the server gets its time from: when sessions die, how long an
// application may take, how long a delay is.
type Clock interface {
	Now() time.Time
	// Sleep returns nil after d, or ctx.Err() when that comes first.
	Sleep(ctx context.Context, d time.Duration) error
}

// systemClock is the time of package time, hence that of a testing/synctest
// bubble inside of one.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
