package bitsemu_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
)

// downloadOf makes a job of the default caller with one file, and does not resume it.
func downloadOf(t *testing.T, emu *bitsemu.Emulator, remote, local string) (uuid.UUID, bits.Job) {
	t.Helper()
	id, job, err := emu.Manager().CreateJob(t.Context(), "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(t.Context(), remote, local))
	return id, job
}

// endsWithin fails the test, with the stacks of all goroutines, when what it is given does
// not end.
func endsWithin(t *testing.T, d time.Duration, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(d):
		stacks := make([]byte, 4<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		t.Fatalf("%s does not end:\n%s", what, stacks)
	}
}

// filesBelow is the names of the files below a directory of drive C:.
func filesBelow(t *testing.T, emu *bitsemu.Emulator, windows string) []string {
	t.Helper()
	root := emu.Path(windows)
	var names []string
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(root, path)
			names = append(names, name)
		}
		return err
	}))
	return names
}

// callbackOf is a bits.Callback2 made of functions, those that are nil do nothing.
type callbackOf struct {
	transferred, failed, modified, file func(context.Context, bits.Job) error
}

func call(ctx context.Context, f func(context.Context, bits.Job) error, job bits.Job) error {
	if f == nil {
		return nil
	}
	return f(ctx, job)
}

func (c *callbackOf) JobTransferred(ctx context.Context, job bits.Job) error {
	return call(ctx, c.transferred, job)
}

func (c *callbackOf) JobError(ctx context.Context, job bits.Job, _ bits.Error) error {
	return call(ctx, c.failed, job)
}

func (c *callbackOf) JobModification(ctx context.Context, job bits.Job) error {
	return call(ctx, c.modified, job)
}

func (c *callbackOf) FileTransferred(ctx context.Context, job bits.Job, _ bits.File) error {
	return call(ctx, c.file, job)
}
