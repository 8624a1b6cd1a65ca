package updater_test

import (
	"io"
	"os"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// old makes the service one that has the first interface of files alone.
func (w *world) old() {
	w.t.Helper()
	require.NoError(w.t, w.emu.Fail(bitsemu.Fault{
		Op: "IBackgroundCopyFile::QueryInterface", Code: hresult.E_NOINTERFACE, Times: -1,
	}))
	w.options.Rename = func(from, to string) error { return os.Rename(w.emu.Path(from), w.emu.Path(to)) }
	w.options.Remove = func(name string) error { return os.Remove(w.emu.Path(name)) }
}

func TestFilesThatCannotBeLookedAt(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.old()
		w.fetched(w.fetch(w.t.Context(), w.update()))
		w.nothingTwice()
	})
}

func TestFilesThatCannotBeLookedAtAndAreWrong(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.old()
		w.script.Set(transfer.Content(make([]byte, len(w.content))))
		w.fetched(w.fetch(w.t.Context(), w.update(mirror)))
		require.Contains(w.t, w.told(), "BG_E_VALIDATION_FAILED: the file is not what it must be; fetching it again")
		require.Contains(w.t, w.told(), "trying "+mirror)
	})
}

// What is there already stays, and a file that is not checked does not.
func TestFilesThatCannotBeLookedAtAndAreNowhere(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.old()
		require.NoError(w.t, os.WriteFile(w.emu.Path(local), []byte("the last release"), 0o600))
		w.script.Set(transfer.Content(make([]byte, len(w.content))))
		err := w.fetch(w.t.Context(), w.update())
		require.ErrorIs(w.t, err, hresult.BG_E_VALIDATION_FAILED)
		w.emu.CheckFile(w.t, local, []byte("the last release"))
		w.clean()
	})
}

func TestFilesThatCannotBeChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, modes[0])
	w.old()
	w.options.Open = func(string) (io.ReadCloser, error) { return nil, os.ErrPermission }
	require.ErrorIs(t, w.fetch(t.Context(), w.update()), os.ErrPermission)
	w.clean()

	w = newWorld(t, modes[0])
	w.old()
	w.options.Rename = func(string, string) error { return os.ErrPermission }
	require.ErrorIs(t, w.fetch(t.Context(), w.update()), os.ErrPermission)
	w.clean()

	w = newWorld(t, modes[0])
	w.old()
	w.options.Remove = func(string) error { return os.ErrPermission }
	w.script.Set(transfer.Content(make([]byte, len(w.content))))
	require.ErrorIs(t, w.fetch(t.Context(), w.update()), os.ErrPermission)
	require.Zero(t, w.emu.Len())
}

// A job has the other address from the start where no file can get one.
func TestAddressesThatCannotBeChanged(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.old()
		w.script.Set(transfer.Status(404, transfer.Always))
		const none = "http://updates.test/none.msi"
		require.NoError(w.t, w.emu.Script(none, transfer.NewScript(transfer.Status(404, transfer.Always))))
		w.fetched(w.fetch(w.t.Context(), w.update(none, mirror)))
		require.Contains(w.t, w.told(), "trying "+mirror+", in another job")
	})
	inEachMode(t, func(w *world) {
		require.NoError(w.t, w.emu.Fail(bitsemu.Fault{Op: "SetRemoteName", Code: hresult.E_NOTIMPL, Times: -1}))
		w.script.Set(transfer.Status(404, transfer.Always))
		w.fetched(w.fetch(w.t.Context(), w.update(mirror)))
	})
}

func TestErrorOfWhichNothingIsKnown(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		require.NoError(w.t, w.emu.Fail(bitsemu.Fault{
			Op: "GetError", Code: hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE, Times: -1,
		}))
		w.script.Set(transfer.Status(404, transfer.Always))
		require.ErrorIs(w.t, w.fetch(w.t.Context(), w.update()), hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
		w.clean()
	})
}

// A program that misses all events looks by itself.
func TestServiceThatDoesNotCall(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		if !m.watch {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			run := func(t *testing.T) {
				w := newWorld(t, m)
				u := w.updater()
				p, err := u.Start(t.Context(), w.update())
				require.NoError(t, err)
				jobs, err := w.emu.Jobs()
				require.NoError(t, err)
				job, err := w.manager.GetJob(t.Context(), jobs[0].ID)
				require.NoError(t, err)
				require.NoError(t, job.SetNotifyInterface(t.Context(), nil))
				w.fetched(p.Wait(t.Context()))
			}
			if m.bubble {
				synctest.Test(t, run)
			} else {
				run(t)
			}
		})
	}
}

func TestOrphansOfUnknownAge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, modes[0])
	require.NoError(t, w.emu.Fail(bitsemu.Fault{Op: "GetTimes", Code: hresult.E_NOTIMPL, Times: -1}))
	_, _, err := w.manager.CreateJob(t.Context(), "Updater|old", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	n, err := w.updater().CleanUp(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}
