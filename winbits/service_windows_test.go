package winbits_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/winbits"
)

// connect opens a connection that the test closes. Calls take turns, for Wine.
func connect(t *testing.T) *winbits.Service {
	t.Helper()
	s, err := winbits.Connect(t.Context(), winbits.Serial())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// newJob makes a job that is cancelled after the test.
func newJob(t *testing.T, m bits.Manager, name string) bits.Job {
	t.Helper()
	id, job, err := m.CreateJob(t.Context(), name, bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NotEqual(t, uuid.Nil, id)
	t.Cleanup(func() {
		_, err := job.Cancel(context.Background())
		if err != nil && !errors.Is(err, hresult.BG_E_INVALID_STATE) {
			t.Error(err)
		}
	})
	got, err := job.GetId(t.Context())
	require.NoError(t, err)
	require.Equal(t, id, got)
	return job
}

func TestText(t *testing.T) {
	m := connect(t).Manager()
	for _, name := range []string{"plain", "Größe 漢字 🙂", "a" + strings.Repeat("b", 200)} {
		got, err := newJob(t, m, name).GetDisplayName(t.Context())
		require.NoError(t, err)
		require.Equal(t, name, got)
	}
	_, _, err := m.CreateJob(t.Context(), "nul\x00inside", bits.BG_JOB_TYPE_DOWNLOAD)
	require.ErrorIs(t, err, hresult.E_INVALIDARG)
	require.ErrorContains(t, err, "IBackgroundCopyManager::CreateJob")
}

func TestGetJobFindsByGUID(t *testing.T) {
	m := connect(t).Manager()
	job := newJob(t, m, "by GUID")
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	again, err := m.GetJob(t.Context(), id)
	require.NoError(t, err)
	name, err := again.GetDisplayName(t.Context())
	require.NoError(t, err)
	require.Equal(t, "by GUID", name)
	_, err = m.GetJob(t.Context(), uuid.New())
	require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND)
}

func TestQuery(t *testing.T) {
	m := connect(t).Manager()
	job := newJob(t, m, "query")
	_, err := bits.Query[bits.Job3](t.Context(), job)
	require.NoError(t, err)
	_, err = bits.Query[bits.Manager](t.Context(), job)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	unknown, err := bits.Query[bits.Unknown](t.Context(), job)
	require.NoError(t, err)
	back, err := bits.Query[bits.Job](t.Context(), unknown)
	require.NoError(t, err)
	state, err := back.GetState(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.BG_JOB_STATE_SUSPENDED, state)
}

func TestEnumeratorFetchesInParts(t *testing.T) {
	const n = 150 // more than one call fetches
	job := newJob(t, connect(t).Manager(), "files")
	var files []bits.FileInfo
	for i := range n {
		files = append(files, bits.FileInfo{RemoteName: "http://server.invalid/x", LocalName: `C:\winbits-` + string(rune('a'+i%26)) + uuid.NewString()})
	}
	require.NoError(t, job.AddFileSet(t.Context(), files))
	enum, err := job.EnumFiles(t.Context())
	require.NoError(t, err)
	count, err := enum.GetCount(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint32(n), count)
	got, result, err := enum.Next(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, hresult.S_OK, result)
	require.Len(t, got, n)
	name, err := got[0].GetRemoteName(t.Context())
	require.NoError(t, err)
	require.Equal(t, "http://server.invalid/x", name)
	require.NoError(t, enum.Reset(t.Context()))
	got, result, err = enum.Next(t.Context(), 1<<31)
	require.NoError(t, err)
	require.Equal(t, hresult.S_FALSE, result)
	require.Len(t, got, n)
	got, result, err = enum.Next(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, hresult.S_OK, result)
	require.Empty(t, got)
}

// Nobody holds the jobs any more, so their references go; and all go with Close.
func TestReferencesAreReleased(t *testing.T) {
	s := connect(t)
	before := s.References()
	for range 20 {
		job := newJobUnkept(t, s.Manager())
		_, err := job.Cancel(t.Context())
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		return s.References() <= before
	}, 10*time.Second, 20*time.Millisecond)
	job := newJobUnkept(t, s.Manager())
	_, err := job.Cancel(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.Zero(t, s.References())
	_, err = job.GetState(t.Context())
	require.ErrorIs(t, err, hresult.RPC_E_DISCONNECTED)
	require.NoError(t, s.Close())
}

func newJobUnkept(t *testing.T, m bits.Manager) bits.Job {
	t.Helper()
	_, job, err := m.CreateJob(t.Context(), "unkept", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	return job
}

// listener is a callback that calls the job from within.
type listener struct {
	states chan bits.JobState
	errs   chan error
}

func (l *listener) JobTransferred(ctx context.Context, job bits.Job) error {
	state, err := job.GetState(ctx)
	if err == nil {
		_, err = job.Complete(ctx)
	}
	l.states <- state
	l.errs <- err
	return err
}
func (l *listener) JobError(context.Context, bits.Job, bits.Error) error { return nil }
func (l *listener) JobModification(context.Context, bits.Job) error      { return nil }

func TestCallbackCompletesTheJob(t *testing.T) {
	s := connect(t)
	server := httptest.NewServer(bitstest.Handler())
	defer server.Close()
	job := newJob(t, s.Manager(), "callback")
	local := scratch(t, "callback")
	require.NoError(t, job.AddFile(t.Context(), server.URL+"/file/1000", local))
	l := &listener{make(chan bits.JobState, 10), make(chan error, 10)}
	require.NoError(t, job.SetNotifyInterface(t.Context(), l))
	got, err := job.GetNotifyInterface(t.Context())
	require.NoError(t, err)
	require.Same(t, l, got)
	require.NoError(t, job.Resume(t.Context()))
	select {
	case state := <-l.states:
		require.Equal(t, bits.BG_JOB_STATE_TRANSFERRED, state)
		require.NoError(t, <-l.errs)
	case <-time.After(30 * time.Second):
		t.Fatal("no callback")
	}
	content, err := os.ReadFile(local)
	require.NoError(t, err)
	require.Equal(t, bitstest.Content(1000), content)
}

// A callback that is replaced is let go.
func TestCallbackIsLetGo(t *testing.T) {
	s := connect(t)
	job := newJob(t, s.Manager(), "let go")
	before := s.References()
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{}))
	require.Equal(t, before+1, s.References())
	require.NoError(t, job.SetNotifyInterface(t.Context(), nil))
	require.Eventually(t, func() bool { return s.References() == before }, 10*time.Second, 20*time.Millisecond)
	got, err := job.GetNotifyInterface(t.Context())
	require.NoError(t, err)
	require.Nil(t, got)
}

func TestContextHasEnded(t *testing.T) {
	m := connect(t).Manager()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := m.CreateJob(ctx, "never", bits.BG_JOB_TYPE_DOWNLOAD)
	require.ErrorIs(t, err, context.Canceled)
}

// scratch is the name of a file that is removed after the test. What t.TempDir
// makes cannot be removed under Wine.
func scratch(t *testing.T, base string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "winbits")
	require.NoError(t, err)
	name := dir + `\` + base
	t.Cleanup(func() {
		_ = os.Remove(name) // it may not be there
		_ = os.Remove(dir)
	})
	return name
}
