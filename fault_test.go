package bitsemu_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

func TestFaultsOfMethods(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	notLoggedOn := hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON
	require.NoError(t, emu.Fail(bitsemu.Fault{Op: "AddFile", Code: notLoggedOn, After: 1, Times: 2, Name: "unlucky"}))
	_, lucky, err := emu.Manager().CreateJob(ctx, "lucky", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	_, unlucky, err := emu.Manager().CreateJob(ctx, "unlucky", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	for i, want := range []error{nil, notLoggedOn, notLoggedOn, nil} {
		name := fmt.Sprintf(`C:\Downloads\%d`, i)
		require.NoError(t, lucky.AddFile(ctx, "http://host/a", name))
		require.ErrorIs(t, unlucky.AddFile(ctx, "http://host/a", name), want, i)
	}
	p, err := unlucky.GetProgress(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, p.FilesTotal, "what has failed has done nothing")

	require.NoError(t, emu.Fail(bitsemu.Fault{Op: "IBackgroundCopyJob::GetState", Code: hresult.E_FAIL, User: accessBob, Times: -1}))
	require.NoError(t, emu.Fail(bitsemu.Fault{Op: "Activate", Code: hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED}))
	_, err = lucky.GetState(ctx)
	require.NoError(t, err)
	for range 3 {
		_, err = lucky.GetState(token.NewContext(ctx, token.User(accessBob)))
		require.ErrorIs(t, err, hresult.E_FAIL)
	}
	_, err = emu.Activate(ctx)
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED)
	_, err = emu.Activate(ctx)
	require.NoError(t, err)
}

func TestFaultsOfSteps(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		fault   bitsemu.Fault
		state   bits.JobState
		context bits.ErrorContext
	}{
		{bitsemu.Fault{Op: "connect", Code: hresult.E_FAIL}, bits.BG_JOB_STATE_ERROR, bits.BG_ERROR_CONTEXT_REMOTE_FILE},
		{bitsemu.Fault{Op: "connect", Code: hresult.E_FAIL, Transient: true}, bits.BG_JOB_STATE_TRANSIENT_ERROR, bits.BG_ERROR_CONTEXT_REMOTE_FILE},
		{bitsemu.Fault{Op: "data", Code: hresult.E_FAIL, Context: bits.BG_ERROR_CONTEXT_GENERAL_TRANSPORT}, bits.BG_JOB_STATE_ERROR, bits.BG_ERROR_CONTEXT_GENERAL_TRANSPORT},
		{bitsemu.Fault{Op: "create", Code: hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL, Transient: true}, bits.BG_JOB_STATE_TRANSIENT_ERROR, bits.BG_ERROR_CONTEXT_LOCAL_FILE},
	} {
		t.Run(row.fault.String(), func(t *testing.T) {
			t.Parallel()
			emu := bitsemu.RunT(t)
			require.NoError(t, emu.Fail(row.fault))
			require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
			job := fetchOne(t, emu, "http://host/a", `C:\Downloads\a`)
			id, err := job.GetId(t.Context())
			require.NoError(t, err)
			emu.CheckState(t, id, row.state)
			emu.CheckError(t, id, row.fault.Code, row.context)
			require.NoError(t, job.Resume(t.Context()))
			emu.Settle()
			emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
		})
	}
	t.Run("rename", func(t *testing.T) {
		t.Parallel()
		emu := bitsemu.RunT(t)
		require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
		require.NoError(t, emu.Fail(bitsemu.Fault{Op: "rename", Code: hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION}))
		job := fetchOne(t, emu, "http://host/a", `C:\Downloads\a`)
		_, err := job.Complete(t.Context())
		require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION)
		emu.CheckNoFile(t, `C:\Downloads\a`)
		result, err := job.Complete(t.Context())
		require.NoError(t, err)
		require.Equal(t, hresult.S_OK, result)
	})
	t.Run("delete", func(t *testing.T) {
		t.Parallel()
		emu := bitsemu.RunT(t)
		require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
		require.NoError(t, emu.Fail(bitsemu.Fault{Op: "delete", Code: hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION}))
		job := fetchOne(t, emu, "http://host/a", `C:\Downloads\a`)
		result, err := job.Cancel(t.Context())
		require.NoError(t, err)
		require.Equal(t, hresult.BG_S_UNABLE_TO_DELETE_FILES, result)
	})
}

func TestFaultsThatAreLate(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Fail(bitsemu.Fault{Op: "connect", Delay: time.Minute}))
	require.NoError(t, emu.Fail(bitsemu.Fault{Op: "data", Delay: time.Hour}))
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
	job := fetchOne(t, emu, "http://host/a", `C:\Downloads\a`)
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	for _, step := range []struct {
		after time.Duration
		want  bits.JobState
	}{
		{0, bits.BG_JOB_STATE_CONNECTING}, {time.Minute - 1, bits.BG_JOB_STATE_CONNECTING},
		{1, bits.BG_JOB_STATE_TRANSFERRING}, {time.Hour - 1, bits.BG_JOB_STATE_TRANSFERRING}, {1, bits.BG_JOB_STATE_TRANSFERRED},
	} {
		emu.Advance(step.after)
		emu.CheckState(t, id, step.want)
	}
}

func TestFailRefuses(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	for _, f := range []bitsemu.Fault{
		{Op: "AddFile", Delay: 1}, {Op: "data", Delay: -1}, {Op: "data", Delay: 1, Code: hresult.E_FAIL},
		{Op: "AddFile"}, {Op: "AddFile", Code: hresult.S_FALSE}, {Op: "AddFiles", Code: hresult.E_FAIL}, {Code: hresult.E_FAIL},
	} {
		require.ErrorIs(t, emu.Fail(f), hresult.E_INVALIDARG, f)
	}
}

// recorder is a test that only takes notes.
type recorder struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (r *recorder) Cleanup(f func())                  { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Failed() bool                      { return len(r.errors) > 0 }
func (r *recorder) Logf(string, ...any)               {}

// A fault that has never come to pass makes the test fail.
func TestUnusedFault(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	emu := bitsemu.RunT(r)
	require.NoError(t, emu.Fail(bitsemu.Fault{Op: "Resume", Code: hresult.E_FAIL}))
	for _, f := range r.cleanups {
		f()
	}
	require.Len(t, r.errors, 1)
	require.Contains(t, r.errors[0], "Resume fails with E_FAIL (0x80004005)")
}

// The Check functions fail a test, and say with the whole job what is wrong.
func TestChecksFail(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	emu := bitsemu.RunT(t)
	id, _, err := emu.Manager().CreateJob(t.Context(), "checked", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	for name, check := range map[string]func(){
		"BG_JOB_STATE_TRANSFERRED": func() { emu.CheckState(r, id, bits.BG_JOB_STATE_TRANSFERRED) },
		"E_FAIL":                   func() { emu.CheckError(r, id, hresult.E_FAIL, bits.BG_ERROR_CONTEXT_LOCAL_FILE) },
		"owner":                    func() { emu.CheckOwner(r, id, accessBob) },
		"helper":                   func() { emu.CheckHelper(r, id, accessBob, 0) },
		"in the queue":             func() { emu.CheckGone(r, id) },
		`C:\Downloads\none: open `: func() { emu.CheckFile(r, `C:\Downloads\none`, nil) }, // the rest is the system's
		"is there":                 func() { emu.CheckNoFile(r, `C:\Downloads`) },
		"in the audit":             func() { emu.CheckAudit(r, id, "there", func(bitsemu.AuditEntry) bool { return false }) },
		"no such job":              func() { emu.CheckState(r, [16]byte{1}, 0) },
	} {
		r.errors = nil
		check()
		require.Len(t, r.errors, 1, name)
		require.Contains(t, r.errors[0], name)
	}
	r.errors = nil
	emu.CheckState(r, id, bits.BG_JOB_STATE_SUSPENDED)
	emu.CheckOwner(r, id, accessAlice)
	emu.CheckError(r, id, hresult.S_OK, bits.BG_ERROR_CONTEXT_NONE)
	emu.CheckNoFile(r, `C:\Downloads\none`)
	require.Empty(t, r.errors)
	require.NoError(t, emu.Check())
}
