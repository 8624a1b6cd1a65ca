package bitsemu

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
)

// JobInfo is a job as it is now, all of it but for its secrets: a value of the test's
// own, to be looked at and compared. Nobody is asked whether he may.
type JobInfo struct{ jobstore.Job }

// String is the job in several lines, as [Emulator.Dump] writes it.
func (j JobInfo) String() string { return j.Job.String() }

// Job finds a job, also one that is over if that is not too long ago. It fails with
// BG_E_NOT_FOUND.
func (e *Emulator) Job(id uuid.UUID) (JobInfo, error) {
	entry, err := e.store.Lookup(id)
	if err == nil {
		j, err := e.record(entry)
		j.Sealed = nil
		return JobInfo{j}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := len(e.ended.order) - 1; i >= 0; i-- {
		if entry := e.ended.order[i]; entry.ID() == id {
			return JobInfo{*e.ended.records[entry]}, nil
		}
	}
	return JobInfo{}, err
}

// Jobs lists all jobs in the queue in the order in which they were created.
func (e *Emulator) Jobs() ([]JobInfo, error) {
	all := e.store.All()
	jobs := make([]JobInfo, 0, all.Len())
	for entry := range all.All() {
		j, err := e.record(entry)
		if errors.Is(err, jobstore.ErrNotFound) || j.State.Final() {
			continue
		}
		if err != nil {
			return nil, err
		}
		j.Sealed = nil
		jobs = append(jobs, JobInfo{j})
	}
	return jobs, nil
}

// Dump writes all jobs, in the order in which they were created, with the names of the
// record's fields. Secrets are not in it.
func (e *Emulator) Dump(w io.Writer) error {
	jobs, err := e.Jobs()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s, at %s\n", e, e.Now().UTC().Format("2006-01-02 15:04:05.000"))
	for _, j := range jobs {
		b.WriteString("\n" + j.String())
	}
	_, err = w.Write(b.Bytes())
	return err
}

// Check reports what does not hold together in the emulator: see [jobstore.Store.Check],
// and beyond that errors of the store that no caller could be told of.
func (e *Emulator) Check() error {
	e.mu.Lock()
	failed := e.storeErr
	e.mu.Unlock()
	return errors.Join(failed, e.store.Check())
}

// CheckError fails the test, with the job's dump, unless the job has an error of a code
// in a context.
func (e *Emulator) CheckError(t TB, id uuid.UUID, code hresult.HRESULT, context bits.ErrorContext) {
	t.Helper()
	e.check(t, id, func(j JobInfo) string {
		if j.Error.Code != code || j.Error.Context != context {
			return fmt.Sprintf("its error is %s in %s, not %s in %s",
				j.Error.Code.String(), j.Error.Context, code.String(), context)
		}
		return ""
	})
}

// CheckOwner fails the test, with the job's dump, unless the job is a user's.
func (e *Emulator) CheckOwner(t TB, id uuid.UUID, owner sid.SID) {
	t.Helper()
	e.check(t, id, func(j JobInfo) string {
		if j.Owner.User() != owner {
			return "its owner is " + j.Owner.String() + ", not " + owner.String()
		}
		return ""
	})
}

// CheckHelper fails the test, with the job's dump, unless the job has a helper token of
// a user, none for the zero SID, and flags.
func (e *Emulator) CheckHelper(t TB, id uuid.UUID, helper sid.SID, flags bits.HelperTokenFlags) {
	t.Helper()
	e.check(t, id, func(j JobInfo) string {
		if j.HelperToken.User() != helper || j.HelperTokenFlags != flags {
			return fmt.Sprintf("its helper is %s with %s, not %s with %s", j.HelperToken, j.HelperTokenFlags, helper, flags)
		}
		return ""
	})
}

// CheckGone fails the test, with the job's dump, unless the job has left the queue, or
// never was in it.
func (e *Emulator) CheckGone(t TB, id uuid.UUID) {
	t.Helper()
	if entry, err := e.store.Lookup(id); err == nil {
		j, _ := e.record(entry)
		t.Errorf("bitsemu: job %s %q is in the queue\n%s", bits.GUIDString(id), j.DisplayName, j)
	}
}

// CheckFile fails the test unless the file of a Windows path has the content.
func (e *Emulator) CheckFile(t TB, windows string, content []byte) {
	t.Helper()
	got, err := os.ReadFile(e.Path(windows))
	switch {
	case err != nil:
		t.Errorf("bitsemu: %s: %v", windows, err)
	case !bytes.Equal(got, content):
		t.Errorf("bitsemu: %s has %d bytes that are not the %d wanted", windows, len(got), len(content))
	}
}

// CheckNoFile fails the test when there is something under a Windows path.
func (e *Emulator) CheckNoFile(t TB, windows string) {
	t.Helper()
	if _, err := os.Stat(e.Path(windows)); err == nil {
		t.Errorf("bitsemu: %s is there", windows)
	}
}

// CheckAudit fails the test, with the audit, unless an entry of a job satisfies look.
func (e *Emulator) CheckAudit(t TB, id uuid.UUID, what string, look func(AuditEntry) bool) {
	t.Helper()
	all := e.AuditOf(id)
	for _, a := range all {
		if look(a) {
			return
		}
	}
	t.Errorf("bitsemu: job %s: nothing in the audit is %s:", bits.GUIDString(id), what)
	for _, a := range all {
		t.Logf("  %s", a)
	}
}
