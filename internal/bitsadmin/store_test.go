package bitsadmin_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// A program resumes a job, and looks later whether it is there: all in commands of their
// own, and no service in between.
func TestWorkIsDoneWithinCommands(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.must("/rawreturn", "/create", "update")
	require.Regexp(t, `^\{[0-9A-F-]{36}\}$`, id)
	r.must("/addfile", id, r.server+"/5000", `C:\temp\update.bin`)
	require.Equal(t, "SUSPENDED", r.must("/rawreturn", "/getstate", id))
	r.must("/resume", id)
	require.Equal(t, "TRANSFERRED", r.must("/rawreturn", "/getstate", id))
	require.NoFileExists(t, filepath.Join(r.drive, "temp", "update.bin"))
	require.Equal(t, "Job completed.\n", r.must("/complete", id))
	got, err := os.ReadFile(filepath.Join(r.drive, "temp", "update.bin"))
	require.NoError(t, err)
	require.Len(t, got, 5000)

	out, status := r.run("/getstate", id)
	require.EqualValues(t, -2145386495, status, "it has left the queue")
	require.True(t, strings.HasPrefix(body(out), "Unable to get job - 0x80200001\n"), out)
	out, status = r.run("/getstate", "update")
	require.EqualValues(t, 1, status)
	require.Equal(t, "There is no job named \"update\".\n", body(out))
}

// A retry that has fallen due since the last command is made by the next that looks.
func TestRetriesBetweenCommands(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	j := transient(t)
	j.Files = none(r.server+"/7", `C:\temp\7`)
	j.RetryTime, j.NoProgressSince = time.Now().Add(-time.Minute), time.Now().Add(-time.Hour)
	r.seed(j)
	require.Equal(t, "TRANSFERRED\n", r.must("/getstate", "job2"))
}

// With BITSEMU_TIME=skip nobody waits for what takes days.
func TestSkipTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_TIME"] = "skip"
	begun := time.Now()
	out, status := r.run("/transfer", "j", "http://127.0.0.1:1/x", `C:\temp\x`)
	require.Negative(t, status)
	require.Regexp(t, `^Unable to complete transfer\.\nERROR FILE:    http://127\.0\.0\.1:1/x -> C:\\temp\\x\nERROR CODE:    0x`, body(out))
	require.Less(t, time.Since(begun), time.Minute, "two weeks have passed there")
	require.Equal(t, "Listed 0 job(s).\n", r.must("/list"))
}

func TestTransferThatFails(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out, status := r.run("/transfer", "j", r.server+"/nothing", `C:\temp\x`)
	require.EqualValues(t, -2145844844, status, "BG_E_HTTP_ERROR_404")
	require.Contains(t, out, "ERROR CODE:    0x80190194 - ")
	require.Equal(t, "Listed 0 job(s).\n", r.must("/list"))
}

func TestStoreInUse(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_WAIT"] = "0s"
	s, err := jobstore.Open(r.store)
	require.NoError(t, err)
	out, status := r.run("/rawreturn", "/list")
	require.Empty(t, out)
	require.NotZero(t, status)
	require.Contains(t, r.stderr, "the store is in use")

	r.env["BITSEMU_WAIT"] = "1m"
	go func() {
		time.Sleep(100 * time.Millisecond)
		_ = s.Close()
	}()
	require.Equal(t, "Listed 0 job(s).\n", r.must("/list"))
}

// While nothing is at work /MONITOR leaves the store to others, however often it looks.
func TestMonitorSharesTheStore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_WAIT"] = patience.String()
	r.must("/create", "j")
	other := &rig{t: t, env: r.env}
	looking, done := make(chan struct{}), make(chan string)
	go func() {
		defer close(done)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		w := &watcher{until: "'j'"}
		w.seen = func() { // it has begun
			close(looking)
			w.until, w.seen = "'renamed'", cancel
		}
		status := other.runTo(ctx, w, "/monitor", "/refresh", "0")
		if status == 0 && other.stderr == "" {
			done <- w.out.String()
		}
	}()
	select {
	case <-looking:
	case <-done:
	}
	r.must("/setdisplayname", "j", "renamed")
	require.Contains(t, <-done, " 'renamed' SUSPENDED 0 / 0 0 / 0\n")
}

// A /MONITOR that waits for the store when it is interrupted has only been looking on.
func TestMonitorInterruptedWhileTheStoreIsInUse(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s, err := jobstore.Open(r.store)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, status := r.runIn(ctx, "/monitor")
	require.Zero(t, status)
	w := &watcher{until: "MONITORING"}
	ctx, w.seen = context.WithCancel(t.Context())
	require.Zero(t, r.runTo(ctx, w, "/monitor"))
	require.Empty(t, r.stderr)
	require.Equal(t, "MONITORING BACKGROUND COPY MANAGER(5 second refresh)\n", body(w.out.String()))
}

func TestWithoutStore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	delete(r.env, "BITSEMU_STORE")
	_, status := r.run("/list")
	require.EqualValues(t, 1, status)
	require.Contains(t, r.stderr, "BITSEMU_STORE or --store")
	require.Equal(t, "Listed 0 job(s).\n", r.must("--store", r.store, "/list"))
}
