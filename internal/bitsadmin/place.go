package bitsadmin

import (
	"context"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// Place is where the jobs are: a store file, or a service that is running.
type Place interface {
	// Build is the Windows that is emulated there.
	Build(ctx context.Context) winver.Build
	// Begin lets a caller in, until the session is closed; the zero token is whom the
	// place takes for granted. What it fails with is
	// shown as it is, unless there is an HRESULT in it.
	Begin(ctx context.Context, caller token.Token) (Session, error)
}

// Session is what one command has of a [Place].
type Session interface {
	// Manager is the manager as the caller gets it. Another caller may be in the
	// context of a call.
	Manager() bits.Manager
	// Settle waits until all that is due is done. A service that works by itself
	// has nothing to wait for.
	Settle(ctx context.Context) error
	// Pause lets the jobs work for a while, before they are looked at again.
	Pause(ctx context.Context, d time.Duration) error
	// Path is where on this machine the file of a Windows path lies, "" for nowhere.
	Path(ctx context.Context, windows string) string
	Close() error
}
