package bitstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// env is what a case works with.
type env struct {
	TB
	surroundings
	manager bits.Manager
	ctx     context.Context // outlives the test, for what cleans up
	id      string          // in the names of all that the case makes
	added   int             // files that are not transferred
}

func newEnv(t TB, manager bits.Manager, opts []Option) *env {
	e := &env{TB: t, manager: manager, ctx: context.WithoutCancel(t.Context()), id: uuid.NewString()[:8]}
	for _, o := range opts {
		o(&e.surroundings)
	}
	if e.wait == nil {
		e.wait = realTime
	}
	return e
}

// ok ends the case if err is an error.
func (e *env) ok(err error) {
	e.Helper()
	require.NoError(e, err)
}

// fails ends the case unless err has one of the codes.
func (e *env) fails(err error, want ...hresult.HRESULT) {
	e.Helper()
	require.Error(e, err)
	got, ok := hresult.Of(err)
	require.True(e, ok, "this error has no HRESULT: %v", err)
	if !slices.Contains(want, got) {
		require.Fail(e, "another HRESULT was expected", "expected: %v\nactual  : %v", want, err)
	}
}

// answers ends the case unless the call has succeeded in this way.
func (e *env) answers(want, got hresult.HRESULT, err error) {
	e.Helper()
	e.ok(err)
	require.Equal(e, want, got)
}

// until lets time pass until done, and ends the case if that takes too long.
func (e *env) until(what string, done func() bool) {
	e.Helper()
	require.True(e, e.wait(done), "waited in vain until %s", what)
}

// name is a name that nobody else has.
func (e *env) name(base string) string { return "bitstest-" + e.id + "-" + base }

// remote is the URL of something on the server. Without a server it names one
// that is never asked.
func (e *env) remote(path string) string {
	if e.server == "" {
		return "http://server.invalid/" + path
	}
	return e.server + "/" + path
}

// served is remote for cases that transfer.
func (e *env) served(path string) string {
	e.Helper()
	if e.server == "" {
		e.Skipf("this transfers over HTTP, and the option Server is missing")
	}
	return e.remote(path)
}

// local is the Windows name of a local file, which is removed after the case.
func (e *env) local(base string) string {
	e.Helper()
	if e.dir == "" {
		e.Skipf("this needs local files, and the option Dir is missing")
	}
	name := e.dir + `\` + e.name(base)
	e.Cleanup(func() { _ = os.Remove(e.path(name)) }) // most are not there
	return name
}

// exists tells whether there is a local file of this Windows name.
func (e *env) exists(windowsName string) bool {
	_, err := os.Stat(e.path(windowsName))
	return err == nil
}

// holds ends the case unless the local file has this content.
func (e *env) holds(windowsName string, content []byte) {
	e.Helper()
	got, err := os.ReadFile(e.path(windowsName))
	e.ok(err)
	require.True(e, bytes.Equal(content, got), "the %d bytes of %s are not the %d expected", len(got), windowsName, len(content))
}

// write makes a local file.
func (e *env) write(windowsName string, content []byte) {
	e.Helper()
	e.ok(os.WriteFile(e.path(windowsName), content, 0o600))
}

// job makes a job, which is cancelled after the case unless it is over.
func (e *env) job(t bits.JobType) bits.Job {
	e.Helper()
	return e.jobAs(e.ctx, t)
}

func (e *env) jobAs(ctx context.Context, t bits.JobType) bits.Job {
	e.Helper()
	_, job, err := e.manager.CreateJob(ctx, e.name("job"), t)
	e.ok(err)
	e.Cleanup(func() {
		_, err := job.Cancel(ctx)
		if err != nil && !errors.Is(err, hresult.BG_E_INVALID_STATE) {
			e.Logf("a job is left behind: %v", err)
		}
	})
	return job
}

// addTo adds a file that is not transferred in this case.
func (e *env) addTo(job bits.Job) bits.File {
	e.Helper()
	e.added++
	local := e.local(fmt.Sprintf("added-%d", e.added))
	e.ok(job.AddFile(e.ctx, e.remote("file/1000"), local))
	return e.file(job, local)
}

// download makes a job with a file of each path on the server, in the foreground,
// where nothing but the transfer takes time.
func (e *env) download(paths ...string) (job bits.Job, locals []string) {
	e.Helper()
	job = e.job(bits.BG_JOB_TYPE_DOWNLOAD)
	e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
	for i, path := range paths {
		local := e.local(strings.Repeat("i", i+1))
		e.ok(job.AddFile(e.ctx, e.served(path), local))
		locals = append(locals, local)
	}
	return job, locals
}

// files are all files of a job.
func (e *env) files(job bits.Job) []bits.File {
	e.Helper()
	enum, err := job.EnumFiles(e.ctx)
	e.ok(err)
	var files []bits.File
	for f, err := range bits.All(e.ctx, enum) {
		e.ok(err)
		files = append(files, f)
	}
	return files
}

// file is the file of a job with this local name.
func (e *env) file(job bits.Job, local string) bits.File {
	e.Helper()
	for _, f := range e.files(job) {
		name, err := f.GetLocalName(e.ctx)
		e.ok(err)
		if strings.EqualFold(name, local) {
			return f
		}
	}
	require.Fail(e, "the job has no file with this local name", local)
	return nil
}

// state is the state of a job.
func (e *env) state(job bits.Job) bits.JobState {
	e.Helper()
	state, err := job.GetState(e.ctx)
	e.ok(err)
	return state
}

// is ends the case unless the job is in this state.
func (e *env) is(want bits.JobState, job bits.Job) {
	e.Helper()
	require.Equal(e, want.String(), e.state(job).String())
}

// resume resumes a job and lets time pass until it is in this state.
func (e *env) resume(job bits.Job, want bits.JobState) {
	e.Helper()
	e.ok(job.Resume(e.ctx))
	e.reaches(want, job)
}

// reaches lets time pass until the job is in this state, or in another from which
// no time leads on.
func (e *env) reaches(want bits.JobState, job bits.Job) {
	e.Helper()
	waits := []bits.JobState{
		bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSFERRED, bits.BG_JOB_STATE_ACKNOWLEDGED, bits.BG_JOB_STATE_CANCELLED,
	}
	var state bits.JobState
	there := e.wait(func() bool {
		state = e.state(job)
		return state == want || slices.Contains(waits, state)
	})
	if there && state == want {
		return
	}
	why := "no error"
	if jobError, err := job.GetError(e.ctx); err == nil {
		place, code, err := jobError.GetError(e.ctx)
		e.ok(err)
		why = place.String() + " " + code.Error()
	}
	require.Fail(e, "the job does not get there", "expected: %v\nactual  : %v, %s", want, state, why)
}

// complete completes a job all files of which are transferred.
func (e *env) complete(job bits.Job) {
	e.Helper()
	result, err := job.Complete(e.ctx)
	e.answers(hresult.S_OK, result, err)
}

// jobError is the place and the code of the error of a job.
func (e *env) jobError(job bits.Job) (bits.ErrorContext, hresult.HRESULT) {
	e.Helper()
	jobError, err := job.GetError(e.ctx)
	e.ok(err)
	place, code, err := jobError.GetError(e.ctx)
	e.ok(err)
	return place, code
}

// breaks ends the case unless the error of the job is this one.
func (e *env) breaks(job bits.Job, place bits.ErrorContext, code hresult.HRESULT) {
	e.Helper()
	gotPlace, gotCode := e.jobError(job)
	require.Equal(e, code.Error(), gotCode.Error())
	require.Equal(e, place.String(), gotPlace.String())
}

// as is a context in which the caller is c.
func (e *env) caller(c Caller) context.Context {
	e.Helper()
	if e.as == nil {
		e.Skipf("this needs another caller, and the option As is missing")
	}
	ctx, ok := e.as(e.ctx, c)
	if !ok {
		e.Skipf("this needs the caller %v, whom the option As does not have", c)
	}
	return ctx
}
