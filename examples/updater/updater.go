package updater

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Update is what is downloaded together, in one job.
type Update struct {
	Name  string // tells it from others of the program
	Files []File
}

// File is a file of an [Update].
type File struct {
	URL     string
	Mirrors []string // where else it may be had, in the order in which they are tried
	Path    string   // where it goes
	SHA256  [32]byte // what it must have
}

// Updater downloads updates. Its methods may be called from many goroutines at once,
// for different updates.
type Updater struct {
	o     Options
	saved saved
	looks atomic.Bool // files can be checked before they have their names

	mu      sync.Mutex
	manager bits.Manager
	busy    map[uuid.UUID]bool // jobs under way
}

// New makes an updater that uses m.
func New(m bits.Manager, o Options) (*Updater, error) {
	if m == nil {
		return nil, errors.New("updater: there is no manager")
	}
	return &Updater{o: o.withDefaults(), saved: saved{path: o.StateFile}, manager: m, busy: map[uuid.UUID]bool{}}, nil
}

// Fetch downloads an update and returns when its files are in their place. A job of an
// earlier run goes on where it was. When ctx ends, Fetch does too, and the job goes on
// without it.
func (u *Updater) Fetch(ctx context.Context, update Update) error {
	t := newTask(u, update)
	defer t.leave()
	job, err := t.attach(ctx)
	for {
		over := false
		if err == nil {
			over, err = t.step(ctx, job)
		}
		switch {
		case over:
			return err
		case errors.Is(err, errAnew):
			job, err = t.attach(ctx)
		case lost(err):
			if err := u.reconnect(ctx, err); err != nil {
				return err
			}
			job, err = t.attach(ctx)
		case err == nil, job != nil && errors.Is(err, ErrLoggedOff):
			if err = u.o.Sleep(ctx, u.o.Poll); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// InPlace reports whether the files of an update are there already, as they must be.
func (u *Updater) InPlace(ctx context.Context, update Update) (bool, error) {
	t := newTask(u, update)
	for _, f := range update.Files {
		sum, err := t.sum(ctx, f.Path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && sum != f.SHA256 {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("updater: %s: %w", f.Path, err)
		}
	}
	return true, nil
}

// lost reports whether the service is not there any more that a call was for.
func lost(err error) bool { return errors.Is(err, hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE) }

// reconnect gets the manager of the service that runs now.
func (u *Updater) reconnect(ctx context.Context, why error) error {
	if u.o.Activate == nil {
		return why
	}
	u.note("the service has gone: connecting to it again")
	m, err := u.o.Activate(ctx)
	if err != nil {
		return fmt.Errorf("updater: the service does not come back: %w", err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.manager = m
	return nil
}

func (u *Updater) service() bits.Manager {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.manager
}

// hold keeps a job from being taken for an orphan, in place of another.
func (u *Updater) hold(id, instead uuid.UUID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.busy, instead)
	if id != uuid.Nil {
		u.busy[id] = true
	}
}

func (u *Updater) held(id uuid.UUID) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.busy[id]
}

func (u *Updater) note(format string, args ...any) {
	if u.o.Note != nil {
		u.o.Note(fmt.Sprintf(format, args...))
	}
}
