package updater

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/bitsemu/bitsemu/bits"
)

// Options say how an [Updater] works. The zero value is good for a program that
// downloads to a directory of its own.
type Options struct {
	// Prefix begins the display names of all jobs of the program: "Updater|" if empty.
	Prefix string
	// StateFile is a file of the program's own with the ids of its jobs. If empty, jobs
	// are found by their name alone.
	StateFile string

	// Activate gets the manager again when the service has been restarted. If nil, a
	// restart ends what is under way with the error of the call.
	Activate func(context.Context) (bits.Manager, error)
	// Impersonate makes the calling thread act as the user whose directory the files go
	// to, until revert. The calls in between are made with the context that it returns.
	// On Windows it also locks the goroutine to its thread. While the user is away it
	// fails with [ErrLoggedOff], and the updater waits for him. If nil, the files are the
	// program's own.
	Impersonate func(context.Context) (as context.Context, revert func(), err error)
	// Credentials answers for a server that asks who is there. It returns false for one
	// that is not to know.
	Credentials func(remote string) (bits.AuthCredentials, bool)
	// Open, Rename and Remove are for local files: those of package os if nil.
	Open   func(name string) (io.ReadCloser, error)
	Rename func(from, to string) error
	Remove func(name string) error

	// Foreground downloads at once and with all there is of the network.
	Foreground bool
	// RetryDelay is how long BITS waits before it tries again: one minute if 0.
	RetryDelay time.Duration
	// NoProgress is for how long BITS tries: one day if 0.
	NoProgress time.Duration
	// MaxAge is the age at which a job is an orphan: three days if 0.
	MaxAge time.Duration

	// Poll is how often BITS is asked: every second if 0.
	Poll time.Duration
	// Sleep lets time pass, or fails when ctx ends. If nil it sleeps.
	Sleep func(ctx context.Context, d time.Duration) error
	// Now is the time: time.Now if nil.
	Now func() time.Time

	// Progress, if not nil, is told how far an update is.
	Progress func(Progress)
	// Note, if not nil, is told in a line what has happened and what is done about it.
	Note func(line string)
}

// Progress tells how far an update is.
type Progress struct {
	Name  string // of the update
	State bits.JobState
	bits.JobProgress
}

// Fraction is the part that is there, between 0 and 1, and 0 as long as the size is
// not known.
func (p Progress) Fraction() float64 {
	if p.BytesTotal == bits.BG_SIZE_UNKNOWN || p.BytesTotal == 0 {
		return 0
	}
	return float64(p.BytesTransferred) / float64(p.BytesTotal)
}

func (o Options) withDefaults() Options {
	if o.Prefix == "" {
		o.Prefix = "Updater|"
	}
	if o.Open == nil {
		o.Open = func(name string) (io.ReadCloser, error) { return os.Open(name) }
	}
	if o.Rename == nil {
		o.Rename = os.Rename
	}
	if o.Remove == nil {
		o.Remove = os.Remove
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		of  *time.Duration
		std time.Duration
	}{
		{&o.RetryDelay, time.Minute}, {&o.NoProgress, 24 * time.Hour}, {&o.MaxAge, 3 * 24 * time.Hour}, {&o.Poll, time.Second},
	} {
		if *d.of == 0 {
			*d.of = d.std
		}
	}
	return o
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
