package bitsemu_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/transfer"
)

// tripper is a network of one answer.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// New is for stores that stay: jobs, their secrets and their progress are there when it
// is called again.
func TestNewKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	options := []bitsemu.Option{
		bitsemu.Store(filepath.Join(dir, "jobs.db")), bitsemu.KeyFile(filepath.Join(dir, "secret")), bitsemu.ManualTime(), bitsemu.Start(start),
		bitsemu.Drive("C:", dir), bitsemu.DefaultCaller(token.LocalSystem()),
		bitsemu.Transport(tripper(func(*http.Request) (*http.Response, error) {
			return nil, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT
		})),
	}
	emu, err := bitsemu.New(options...)
	require.NoError(t, err)
	require.Equal(t, start, emu.Now())
	id, job, err := emu.Manager().CreateJob(ctx, "kept", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(ctx, "http://host/a", `C:\a`))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	emu.CheckOwner(t, id, token.LocalSystem().User())
	require.Contains(t, emu.String(), "Windows 11 24H2")

	_, err = bitsemu.New(options...)
	require.ErrorIs(t, err, jobstore.ErrLocked, "a store has one user")
	require.NoError(t, emu.Close())
	require.NoError(t, emu.Close())
	_, err = job.GetState(ctx)
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
	_, err = emu.Activate(ctx)
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
	require.FileExists(t, filepath.Join(dir, "secret"))

	options[3] = bitsemu.Start(start.Add(time.Minute))
	emu, err = bitsemu.New(options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emu.Close()) })
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
	emu.Advance(8 * time.Minute)
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	emu.Advance(time.Minute)
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("no store"), 0o600))
	short := filepath.Join(dir, "key")
	require.NoError(t, os.WriteFile(short, []byte("short"), 0o600))
	for name, options := range map[string][]bitsemu.Option{
		"a file that is no store": {bitsemu.Store(file)},
		"a key that is none":      {bitsemu.Store(filepath.Join(dir, "new")), bitsemu.KeyFile(short)},
		"a directory that is not": {bitsemu.Drive("C:", filepath.Join(dir, "none"))},
		"a drive that is none":    {bitsemu.Drive("nowhere", dir)},
		"a share that is none":    {bitsemu.ShareFS("nowhere", fstest.MapFS{})},
	} {
		emu, err := bitsemu.New(options...)
		require.Error(t, err, name)
		require.Nil(t, emu, name)
	}
}

// The same seed gives the same GUIDs and the same names, another gives others.
func TestSeed(t *testing.T) {
	t.Parallel()
	play := func(seed int64) string {
		emu := bitsemu.RunT(t, bitsemu.Seed(seed))
		require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
		var b strings.Builder
		for _, local := range []string{`C:\Downloads\a`, `C:\Downloads\b`} {
			fetchOne(t, emu, "http://host/a", local)
		}
		require.NoError(t, emu.Dump(&b))
		for _, a := range emu.Audit() {
			b.WriteString(a.String())
		}
		return b.String()
	}
	first, again := play(1), play(1)
	require.Equal(t, first, again)
	require.NotEqual(t, first, play(2))
}

func TestShareFS(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)
	emu := bitsemu.RunT(t, bitsemu.ShareFS(`\\server\public`, fstest.MapFS{"dir/a.txt": {Data: []byte("shared"), ModTime: at}}))
	_, err := fetchOne(t, emu, `\\SERVER\public\dir\a.txt`, `C:\Downloads\a`).Complete(t.Context())
	require.NoError(t, err)
	emu.CheckFile(t, `C:\Downloads\a`, []byte("shared"))
	job := fetchOne(t, emu, `file://server/public/dir/none.txt`, `C:\Downloads\b`)
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
	emu.CheckError(t, id, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	object, err := job.GetError(t.Context())
	require.NoError(t, err)
	protocol, err := object.GetProtocol(t.Context())
	require.NoError(t, err)
	require.Equal(t, "file", protocol)
}

// Jobs of one priority take turns of a slice.
func TestTimeSlice(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t, bitsemu.TimeSlice(time.Minute))
	var ids []uuid.UUID
	var scripts []*transfer.Script
	for _, name := range []string{"a", "b"} {
		s := transfer.NewScript(transfer.Size(1000), transfer.HoldAt(500))
		scripts = append(scripts, s)
		require.NoError(t, emu.Script("http://host/"+name, s))
		id, job, err := emu.Manager().CreateJob(ctx, name, bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		require.NoError(t, job.AddFile(ctx, "http://host/"+name, `C:\Downloads\`+name))
		require.NoError(t, job.Resume(ctx))
		ids = append(ids, id)
	}
	emu.Settle()
	for turn := range 4 {
		emu.CheckState(t, ids[turn%2], bits.BG_JOB_STATE_TRANSFERRING)
		emu.CheckState(t, ids[1-turn%2], bits.BG_JOB_STATE_QUEUED)
		emu.Advance(time.Minute)
	}
	for _, s := range scripts {
		s.Release()
	}
	emu.Advance(time.Minute)
	for _, id := range ids {
		emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	}
}

// callback notes what it is told.
type callback struct{ told []string }

func (c *callback) JobTransferred(ctx context.Context, job bits.Job) error {
	name, err := job.GetDisplayName(ctx)
	c.told = append(c.told, "transferred "+name)
	return err
}
func (c *callback) JobError(context.Context, bits.Job, bits.Error) error { return nil }
func (c *callback) JobModification(context.Context, bits.Job) error      { return nil }

// A job whose client has gone has a class activated that it names, and that again if it
// fails.
func TestActivationHook(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	class := uuid.MustParse("6d18ad12-bde3-4393-b311-099c346e6df9")
	c := &callback{}
	var asked int
	emu := bitsemu.RunT(t, bitsemu.ActivationHook(func(clsid uuid.UUID) (bits.Callback, error) {
		require.Equal(t, class, clsid)
		if asked++; asked == 1 {
			return nil, hresult.REGDB_E_CLASSNOTREG
		}
		return c, nil
	}))
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
	_, job, err := emu.Manager().CreateJob(ctx, "left", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	job5, err := bits.Query[bits.Job5](ctx, job)
	require.NoError(t, err)
	require.NoError(t, job5.SetProperty(ctx, bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID, bits.PropertyClsID(class)))
	require.NoError(t, job.AddFile(ctx, "http://host/a", `C:\Downloads\a`))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	require.Empty(t, c.told)
	emu.Advance(10 * time.Minute)
	require.Equal(t, []string{"transferred left"}, c.told)
	require.Equal(t, 2, asked)
}

// The clock of the machine may be set; timers go on as if it had not been.
func TestSetClock(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10), transfer.Status(503, 1))))
	job := fetchOne(t, emu, "http://host/a", `C:\Downloads\a`)
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	day := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	emu.SetClock(day)
	require.Equal(t, day, emu.Now())
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	emu.Advance(10 * time.Minute)
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	times, err := job.GetTimes(t.Context())
	require.NoError(t, err)
	require.Equal(t, day.Add(10*time.Minute), times.TransferCompletionTime)
}

func TestEvents(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
	job := fetchOne(t, emu, "http://host/a", `C:\Downloads\a`)
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	_, err = job.Complete(t.Context())
	require.NoError(t, err)
	var ids []uint16
	for _, v := range emu.Events() {
		ids = append(ids, v.ID())
		require.Equal(t, id, v.Job())
		require.Equal(t, "Microsoft-Windows-Bits-Client/Operational", v.Channel())
		require.Equal(t, emu.Now(), v.Time())
		require.NotEmpty(t, v.String())
	}
	require.Equal(t, []uint16{3, 16403, 59, 60, 4}, ids)
}

func TestExplain(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	id, _, err := emu.Manager().CreateJob(t.Context(), "asked about", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	d, err := emu.Explain(token.NewContext(t.Context(), token.User(accessBob)), id, tokenopts.GetHelperTokenFlags, 0)
	require.NoError(t, err)
	require.False(t, d.Allowed)
	require.Equal(t, "query-owner-or-admin", d.Rule.ID)
	_, err = emu.Explain(t.Context(), uuid.New(), tokenopts.GetHelperTokenFlags, 0)
	require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND)
}
