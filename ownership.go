package bitsemu

import (
	"context"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// take makes query the owner of a job, whose right to it has been judged.
func (j *job) take(ctx context.Context, method string, query token.Token) error {
	e := j.e
	r, err := j.entry.Job()
	if err != nil {
		return j.failedWith(ctx, method, err)
	}
	if run := e.runOf(j.entry); run != nil {
		run.show(&r) // the temporary file may not be in the record yet
	}
	// The new owner must be able to go on with what is there (D
	// nf-bits-ibackgroundcopyjob-takeownership.md), and his drives must be the same,
	// which letters of one machine are unless a test says otherwise.
	for i := range r.Files {
		f := &r.Files[i]
		if f.TemporaryName != "" && e.rules.judge(r.ID, query, actionOpen, f.TemporaryName) != nil {
			return j.failedWith(ctx, method, hresult.BG_E_NEW_OWNER_NO_FILE_ACCESS)
		}
		if e.world.mapsElsewhere(f.LocalName, r.Owner.User(), query.User()) {
			return j.failedWith(ctx, method, hresult.BG_E_NEW_OWNER_DIFF_MAPPING)
		}
	}
	it := e.item(j.entry)
	run := it.run
	if run != nil {
		was := run.state
		e.halt(j.entry, runOf(ctx))
		e.changed(j.entry, was, j.entry.State(), j.reason(ctx, method))
	}
	e.dequeue(it)
	as := token.NewContext(context.Background(), query)
	if err := e.tokens.TakeOwnership(as, r.ID); err != nil {
		return j.failedWith(ctx, method, err)
	}
	e.events.Append(eventlog.OwnershipTaken(e.Now(), titled(&r), query.User()))
	e.touched(it)
	if j.entry.State() == bits.BG_JOB_STATE_QUEUED {
		e.enqueue(j.entry)
	}
	e.release(it)
	return nil
}

// MapDrive says that a drive letter means something else for a user than for the
// others, as drives that he has mapped to shares do: a job with files on it cannot
// change hands between him and somebody else (BG_E_NEW_OWNER_DIFF_MAPPING).
func (e *Emulator) MapDrive(user sid.SID, letter string) error {
	path, err := winpath.Parse(drive(letter))
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.world.mapped = append(e.world.mapped, mapping{user, path.Drive()})
	return nil
}

// mapping is a drive that is a user's own.
type mapping struct {
	user  sid.SID
	drive string
}

// mapsElsewhere reports whether a local name is another file for one user than for
// the other.
func (w *world) mapsElsewhere(local string, from, to sid.SID) bool {
	path, err := winpath.Parse(local)
	if err != nil || from == to {
		return false
	}
	return slices.ContainsFunc(w.mapped, func(m mapping) bool {
		return strings.EqualFold(m.drive, path.Drive()) && (m.user == from || m.user == to)
	})
}
