package updater_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"go/parser"
	gotoken "go/token"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/examples/updater"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

func TestUpdate(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.fetched(w.fetch(w.t.Context(), w.update()))
		require.Equal(w.t, bits.BG_JOB_STATE_TRANSFERRED, w.seen.State)
		require.InDelta(w.t, 1, w.seen.Fraction(), 0)
		there, err := w.updater().InPlace(w.t.Context(), w.update())
		require.NoError(w.t, err)
		require.True(w.t, there)
	})
}

func TestTwoFilesAndTwoUpdatersOfOneProgram(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		update := w.update()
		update.Files = append(update.Files, updater.File{
			URL: mirror, Path: `c:\downloads\Second.cab`, SHA256: sha256.Sum256(w.content),
		})
		require.NoError(w.t, w.fetch(w.t.Context(), update))
		w.emu.CheckFile(w.t, local, w.content)
		w.emu.CheckFile(w.t, `C:\Downloads\second.cab`, w.content)
		require.NoError(w.t, w.fetch(w.t.Context(), update), "a second time, over the first")
		require.Zero(w.t, w.emu.Len())
	})
}

func TestWhatPasses(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		script transfer.ScriptOption
		note   string
	}{
		"busy":       {transfer.Status(http.StatusServiceUnavailable, 2), "BG_E_HTTP_ERROR_503"},
		"cut":        {transfer.CutAfter(3*unit, 2), "BITS tries again"},
		"no address": {transfer.Unreachable(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, 3), "NAME_NOT_RESOLVED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEachMode(t, func(w *world) {
				w.script.Set(row.script)
				w.fetched(w.fetch(w.t.Context(), w.update()))
				require.Contains(w.t, w.told(), row.note)
				w.nothingTwice()
			})
		})
	}
}

func TestNetworkLost(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		var lost time.Time
		w.at(2*unit, func() { lost = w.emu.Now(); w.emu.NetworkDown() })
		w.when(func(w *world) bool { return w.seen.State == bits.BG_JOB_STATE_TRANSIENT_ERROR }, func() {
			w.emu.Advance(time.Hour)
			w.emu.NetworkUp()
		})
		w.fetched(w.fetch(w.t.Context(), w.update()))
		require.Contains(w.t, w.told(), "BG_E_NETWORK_DISCONNECTED")
		require.GreaterOrEqual(w.t, w.emu.Now().Sub(lost), time.Hour)
		w.nothingTwice()
	})
}

func TestServerThatAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		password string
		asked    bool
		ok       bool
	}{
		"the right password": {"secret", true, true},
		"a wrong one":        {"sesame", true, false},
		"none for it":        {"", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEachMode(t, func(w *world) {
				require.NoError(w.t, w.emu.Script(origin, nil))
				require.NoError(w.t, w.emu.HandleTransport("http://updates.test", transfer.ProtectTransport(w.script, transfer.Policy{
					Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"me": "secret"},
				})))
				asked := 0
				w.options.Credentials = func(remote string) (bits.AuthCredentials, bool) {
					asked++
					require.Equal(w.t, origin, remote)
					return bits.AuthCredentials{
						Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "me", Password: bits.Secret(row.password),
					}, row.asked
				}
				err := w.fetch(w.t.Context(), w.update())
				require.Equal(w.t, 1, asked)
				require.NotContains(w.t, w.told(), "secret")
				if row.ok {
					w.fetched(err)
					return
				}
				require.ErrorIs(w.t, err, hresult.BG_E_HTTP_ERROR_401)
				w.emu.CheckNoFile(w.t, local)
				w.clean()
			})
		})
	}
}

func TestServerWithoutRanges(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.script.Set(transfer.NoRanges(), transfer.CutAfter(3*unit, 1))
		w.fetched(w.fetch(w.t.Context(), w.update()))
		require.Contains(w.t, w.told(), "going on in the foreground")
	})
	t.Run("that never comes to the end", func(t *testing.T) {
		t.Parallel()
		inEachMode(t, func(w *world) {
			w.script.Set(transfer.NoRanges(), transfer.CutAfter(3*unit, transfer.Always))
			require.ErrorIs(w.t, w.fetch(w.t.Context(), w.update()), hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT)
			w.clean()
		})
	})
}

func TestAddressThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.script.Set(transfer.Status(http.StatusNotFound, transfer.Always))
		gone := "http://mirror.test/gone.msi"
		require.NoError(w.t, w.emu.Script(gone, transfer.NewScript(transfer.Status(http.StatusGone, transfer.Always))))
		w.fetched(w.fetch(w.t.Context(), w.update(gone, mirror)))
		require.Contains(w.t, w.told(), origin+": BG_E_HTTP_ERROR_404")
		require.Contains(w.t, w.told(), "trying "+mirror)
		require.Len(w.t, w.script.Requests(), 1)
	})
}

func TestAddressThatLeadsNowhereAndNoOther(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.script.Set(transfer.Status(http.StatusNotFound, transfer.Always))
		err := w.fetch(w.t.Context(), w.update())
		var e *updater.JobError
		require.ErrorAs(w.t, err, &e)
		require.Equal(w.t, hresult.BG_E_HTTP_ERROR_404, e.Code)
		require.Equal(w.t, bits.BG_ERROR_CONTEXT_REMOTE_FILE, e.Context)
		require.Equal(w.t, origin, e.Remote)
		require.Equal(w.t, local, e.Local)
		require.NotEmpty(w.t, e.Text)
		w.emu.CheckNoFile(w.t, local)
		w.clean()
	})
}

func TestContentThatIsNotWhatItMustBe(t *testing.T) {
	t.Parallel()
	wrong := []byte("Welcome to the hotel's network!")
	t.Run("for once", func(t *testing.T) {
		t.Parallel()
		inEachMode(t, func(w *world) {
			w.script.Set(transfer.Content(wrong))
			w.options.Note = func(line string) {
				if w.note(line); strings.Contains(line, "fetching it again") {
					w.script.Set(transfer.Content(w.content))
				}
			}
			w.fetched(w.fetch(w.t.Context(), w.update()))
			require.Contains(w.t, w.told(), "BG_E_VALIDATION_FAILED")
		})
	})
	t.Run("at one of two addresses", func(t *testing.T) {
		t.Parallel()
		inEachMode(t, func(w *world) {
			w.script.Set(transfer.Content(wrong))
			w.fetched(w.fetch(w.t.Context(), w.update(mirror)))
		})
	})
	t.Run("anywhere", func(t *testing.T) {
		t.Parallel()
		inEachMode(t, func(w *world) {
			w.script.Set(transfer.Content(wrong))
			require.ErrorIs(w.t, w.fetch(w.t.Context(), w.update()), hresult.BG_E_VALIDATION_FAILED)
			w.emu.CheckNoFile(w.t, local)
			w.clean()
			require.Len(w.t, w.script.Requests(), 4, "a HEAD and a GET, twice")
		})
	})
}

func TestRestartOfTheProgram(t *testing.T) {
	t.Parallel()
	stopped := errors.New("the program ends")
	for name, forget := range map[string]func(*world){
		"found by the id": func(*world) {},
		"found by the name": func(w *world) {
			require.NoError(w.t, os.Remove(w.options.StateFile))
		},
		"found by the name, the id being of another": func(w *world) {
			require.NoError(w.t, os.WriteFile(w.options.StateFile, []byte(`{"app 2.0": "0e9bcbe5-0d8a-4bbb-9b4a-5e0a44f1c7b1"}`), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEachMode(t, func(w *world) {
				ctx, end := context.WithCancelCause(w.t.Context())
				w.at(3*unit, func() { end(stopped) })
				require.ErrorIs(w.t, w.fetch(ctx, w.update()), stopped)
				require.Equal(w.t, 1, w.emu.Len())
				forget(w)
				w.fetched(w.fetch(w.t.Context(), w.update()))
				w.nothingTwice()
			})
		})
	}
}

func TestANewerReleaseTakesTheOlderOnesPlace(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		ctx, end := context.WithCancel(w.t.Context())
		w.at(3*unit, end)
		require.ErrorIs(w.t, w.fetch(ctx, w.update()), context.Canceled)
		update := w.update()
		update.Files[0].URL = mirror
		w.fetched(w.fetch(w.t.Context(), update))
		require.Less(w.t, sent(w.script), int64(len(w.content)))
	})
}

func TestRestartOfTheService(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.at(3*unit, func() { require.NoError(w.t, w.emu.Restart()) })
		w.at(6*unit, func() { require.NoError(w.t, w.emu.Stop()) })
		w.fetched(w.fetch(w.t.Context(), w.update()))
		require.Contains(w.t, w.told(), "connecting to it again")
		w.nothingTwice()
	})
}

// The service may go while an event is dealt with, and not between two.
func TestRestartOfTheServiceInTheMiddle(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		once := false
		w.options.Progress = func(p updater.Progress) {
			if w.progress(p); p.State == bits.BG_JOB_STATE_TRANSFERRED && !once {
				once = true
				require.NoError(w.t, w.emu.Restart())
			}
		}
		w.fetched(w.fetch(w.t.Context(), w.update()))
		require.True(w.t, once)
		if !w.watch || !w.bubble { // else a callback that was on its way may do the rest
			require.Contains(w.t, w.told(), "connecting to it again")
		}
	})
}

func TestRestartOfTheServiceThatIsTheEnd(t *testing.T) {
	t.Parallel()
	t.Run("nobody gets the manager again", func(t *testing.T) {
		t.Parallel()
		inEachMode(t, func(w *world) {
			w.options.Activate = nil
			w.at(3*unit, func() { require.NoError(w.t, w.emu.Restart()) })
			require.ErrorIs(w.t, w.fetch(w.t.Context(), w.update()), hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
		})
	})
	t.Run("it has been disabled", func(t *testing.T) {
		t.Parallel()
		inEachMode(t, func(w *world) {
			w.at(3*unit, func() { require.NoError(w.t, w.emu.Disable()) })
			require.ErrorIs(w.t, w.fetch(w.t.Context(), w.update()), hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED)
		})
	})
}

func TestSomebodyCancelsTheJob(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.at(3*unit, func() {
			jobs, err := w.emu.Jobs()
			require.NoError(w.t, err)
			job, err := w.emu.Manager().GetJob(w.t.Context(), jobs[0].ID)
			require.NoError(w.t, err)
			_, err = job.Cancel(w.t.Context())
			require.NoError(w.t, err)
		})
		require.ErrorIs(w.t, w.fetch(w.t.Context(), w.update()), updater.ErrCancelled)
		w.clean()
	})
}

func TestOrphans(t *testing.T) {
	t.Parallel()
	w := newWorld(t, modes[0])
	ctx := t.Context()
	create := func(name string) bits.Job {
		_, job, err := w.manager.CreateJob(ctx, name, bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		require.NoError(t, job.AddFile(ctx, origin, `C:\Downloads\`+strings.ReplaceAll(name, "|", "-")))
		return job
	}
	create("Updater|old")
	transferred := create("Updater|transferred")
	require.NoError(t, transferred.Resume(ctx))
	create("Somebody else's")
	u := w.updater()
	p, err := u.Start(ctx, w.update())
	require.NoError(t, err)
	w.script.Set(transfer.HoldAt(unit))
	w.emu.Advance(3 * 24 * time.Hour)
	create("Updater|young")

	n, err := u.CleanUp(ctx)
	require.NoError(t, err)
	require.Zero(t, n, "three days are not more than three days")
	w.emu.Advance(time.Second)
	require.NoError(t, transferred.SetDescription(ctx, "a change makes it no younger"))
	n, err = u.CleanUp(ctx)
	require.NoError(t, err)
	require.Equal(t, 2, n)

	jobs, err := w.emu.Jobs()
	require.NoError(t, err)
	var names []string
	for _, j := range jobs {
		names = append(names, j.DisplayName)
	}
	require.Equal(t, []string{"Somebody else's", "Updater|app 2.0", "Updater|young"}, names)
	require.NoError(t, p.Stop(ctx))
	n, err = u.CleanUp(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n, "what was given up is an orphan too")
}

func TestCallbackOnceOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, modes[3])
	p, err := w.updater().Start(t.Context(), w.update())
	require.NoError(t, err)
	w.emu.Advance(time.Minute)
	<-p.Done()
	require.NoError(t, p.Err())
	require.NoError(t, p.Wait(t.Context()))
	require.NoError(t, p.Stop(t.Context()), "after the end it does nothing")
	w.fetched(p.Err())
}

func TestNoManager(t *testing.T) {
	t.Parallel()
	_, err := updater.New(nil, updater.Options{})
	require.Error(t, err)
}

func TestDamagedStateFile(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		require.NoError(w.t, os.WriteFile(w.options.StateFile, []byte("{"), 0o600))
		require.ErrorContains(w.t, w.fetch(w.t.Context(), w.update()), "the file with the jobs under way")
		require.Zero(w.t, w.emu.Len())
	})
}

func TestWhatCannotBeAddedLeavesNoJob(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		update := w.update()
		update.Files[0].Path = "relative.msi"
		require.ErrorIs(w.t, w.fetch(w.t.Context(), update), hresult.E_INVALIDARG)
		w.clean()
	})
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, modes[0])
	w.script.Set(transfer.Rate(0))
	dir := t.TempDir()
	u, err := updater.New(w.manager, updater.Options{Foreground: true, Poll: time.Millisecond})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for t.Context().Err() == nil { // nobody moves the time: the job will wait
			if jobs, err := w.emu.Jobs(); err != nil || len(jobs) > 0 && jobs[0].State == bits.BG_JOB_STATE_QUEUED {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	require.ErrorIs(t, u.Fetch(ctx, w.update()), context.Canceled)
	jobs, err := w.emu.Jobs()
	require.NoError(t, err)
	require.Equal(t, bits.BG_JOB_PRIORITY_FOREGROUND, jobs[0].Priority)
	require.Equal(t, uint32(60), jobs[0].MinimumRetryDelay)
	require.Equal(t, uint32(86400), jobs[0].NoProgressTimeout)
	require.Equal(t, "Updater|app 2.0", jobs[0].DisplayName)

	there, err := u.InPlace(t.Context(), updater.Update{Files: []updater.File{{Path: filepath.Join(dir, "none")}}})
	require.NoError(t, err)
	require.False(t, there)
	require.Zero(t, updater.Progress{JobProgress: bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN}}.Fraction())
}

// The package is what a user's program looks like: it knows the contract alone.
func TestImportsTheContractAlone(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	const module = "github.com/bitsemu/bitsemu/"
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range file.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(path, module); ok {
				require.Contains(t, []string{"bits", "hresult", "sid"}, ours, name)
			} else if strings.Contains(path, ".") {
				require.Equal(t, "github.com/google/uuid", path, name)
			}
		}
	}
}
