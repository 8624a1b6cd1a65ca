package bitsemu

import (
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
)

// TB is what [RunT] needs of a test: *testing.T, *testing.B and *testing.F have it.
type TB interface {
	Helper()
	Name() string
	TempDir() string
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Directories that RunT makes on drive C:.
var directories = []string{"Users", "Windows/Temp", "Downloads"}

// RunT makes an emulator for a test and closes it when the test ends. It has
//
//   - jobs in a store of its own, that is thrown away;
//   - a manual clock that begins at 2024-01-02 03:04:05 UTC: nothing happens until
//     [Emulator.Settle] or [Emulator.Advance] is called ([StepOnPoll] and [FollowTime]
//     change that);
//   - a drive C: in a directory of the test, with C:\Downloads, C:\Users and
//     C:\Windows\Temp;
//   - no network but this machine: other hosts are those of [Emulator.Handle] and
//     [Emulator.Script];
//   - GUIDs and file names that are the same in every run of the test.
//
// When the test has failed, RunT writes all jobs and what was done for them to the
// test's log. A [Fault] that has failed nothing makes the test fail, and so does an
// error of the store that no caller could be told of.
func RunT(t TB, opts ...Option) *Emulator {
	t.Helper()
	c := defaults()
	c.start = time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.Name())) // it never fails
	seed := int64(h.Sum64())
	c.seed = &seed
	own := true
	for _, opt := range opts {
		opt(&c)
	}
	for at := range c.drives {
		own = own && !strings.EqualFold(strings.TrimSuffix(at, `\`), "C:")
	}
	if own {
		dir := filepath.Join(t.TempDir(), "C")
		for _, d := range directories {
			if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(d)), 0o700); err != nil {
				t.Fatalf("bitsemu: %v", err)
			}
		}
		c.drives["C:"] = dir
	}
	if c.network == nil {
		c.network = LocalNetwork()
	}
	e, err := open(c)
	if err != nil {
		t.Fatalf("bitsemu: %v", err)
		return nil
	}
	t.Cleanup(func() { e.finish(t) })
	return e
}

// finish ends a test's emulator.
func (e *Emulator) finish(t TB) {
	t.Helper()
	if t.Failed() {
		t.Logf("%s", e.report())
	}
	e.mu.Lock()
	closed := e.closed // by the test itself
	e.mu.Unlock()
	if err := e.store.Check(); err != nil && !closed {
		t.Errorf("bitsemu: the store does not hold together: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("bitsemu: close: %v", err)
	}
	for _, f := range e.unusedFaults() {
		t.Errorf("bitsemu: a fault has never come to pass: %s", f)
	}
	if e.storeErr != nil {
		t.Errorf("bitsemu: the store failed: %v", e.storeErr)
	}
}

// report is the dump of all jobs, and the latest of the audit and of the history.
func (e *Emulator) report() string {
	var b strings.Builder
	if err := e.Dump(&b); err != nil {
		b.WriteString(err.Error())
	}
	const latest = 50
	all := e.Audit()
	if n := len(all); n > latest {
		all = all[n-latest:]
	}
	b.WriteString("\naudit:\n")
	for _, a := range all {
		b.WriteString("  job " + bits.GUIDString(a.Job) + " " + a.String() + "\n")
	}
	changes := e.History()
	if n := len(changes); n > latest {
		changes = changes[n-latest:]
	}
	b.WriteString("\nhistory:\n")
	for _, c := range changes {
		b.WriteString("  job " + bits.GUIDString(c.Job) + " " + c.String() + "\n")
	}
	return b.String()
}

// check looks at a job for one of the Check functions.
func (e *Emulator) check(t TB, id uuid.UUID, look func(j JobInfo) string) {
	t.Helper()
	j, err := e.Job(id)
	if err != nil {
		t.Errorf("bitsemu: job %s: %v", bits.GUIDString(id), err)
		return
	}
	if wrong := look(j); wrong != "" {
		t.Errorf("bitsemu: job %s %q: %s\n%s", bits.GUIDString(id), j.DisplayName, wrong, j)
	}
}

// CheckState fails the test, with the job's dump, unless the job is in a state. It
// finds jobs that are over too.
func (e *Emulator) CheckState(t TB, id uuid.UUID, want bits.JobState) {
	t.Helper()
	e.check(t, id, func(j JobInfo) string {
		if j.State != want {
			return "state is " + j.State.String() + ", not " + want.String()
		}
		return ""
	})
}
