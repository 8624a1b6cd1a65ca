package bitsemu_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// rig is an emulator for the tests that go through the tables of the spec one row
// after the other, with servers around it and words for what the rows are about.
type rig struct {
	*testing.T
	emu     *bitsemu.Emulator
	ctx     context.Context
	scripts map[string]*transfer.Script
	uploads *bitsupload.Server
	stored  *bitsupload.Memory
}

const (
	rigSize    = 100_000
	rigFiles   = "http://files.test/"
	rigUploads = "http://uploads.test/"
	rigReplies = "http://replies.test/"
)

// Who is there besides the default caller.
var (
	rigBob   = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-3002")
	rigCarol = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-3003")
)

func newRig(t *testing.T, opts ...bitsemu.Option) *rig {
	emu := bitsemu.RunT(t, opts...)
	t.Cleanup(func() { checkHistory(t, emu) })
	return &rig{T: t, emu: emu, ctx: t.Context(), scripts: map[string]*transfer.Script{}}
}

// again is another rig for the same test.
func (r *rig) again(opts ...bitsemu.Option) *rig { return newRig(r.T, opts...) }

func (r *rig) ok(err error) {
	r.Helper()
	require.NoError(r, err)
}

// as makes t the caller.
func (r *rig) as(t token.Token) context.Context { return token.NewContext(r.ctx, t) }

// bob is another user, carol an administrator.
func (r *rig) bob() context.Context { return r.as(token.User(rigBob, token.WithSession(7001))) }
func (r *rig) carol() context.Context {
	return r.as(token.ElevatedAdmin(rigCarol, token.WithSession(7002)))
}

// serve makes a remote file, of rigSize bytes if not said otherwise.
func (r *rig) serve(name string, opts ...transfer.ScriptOption) *transfer.Script {
	r.Helper()
	s := transfer.NewScript(append([]transfer.ScriptOption{transfer.Size(rigSize)}, opts...)...)
	r.scripts[name] = s
	r.ok(r.emu.Script(rigFiles+name, s))
	return s
}

// job makes a job of the default caller.
func (r *rig) job(kind bits.JobType) bits.Job {
	r.Helper()
	_, job, err := r.emu.Manager().CreateJob(r.ctx, "a job", kind)
	r.ok(err)
	return job
}

// add adds remote files to a job.
func (r *rig) add(job bits.Job, names ...string) {
	r.Helper()
	for _, name := range names {
		if r.scripts[name] == nil {
			r.serve(name)
		}
		r.ok(job.AddFile(r.ctx, rigFiles+name, rigLocal(name)))
	}
}

func rigLocal(name string) string { return `C:\Downloads\` + name }

// download makes a job with remote files, "a" if none are named.
func (r *rig) download(names ...string) bits.Job {
	r.Helper()
	job := r.job(bits.BG_JOB_TYPE_DOWNLOAD)
	if names == nil {
		names = []string{"a"}
	}
	r.add(job, names...)
	return job
}

// upload makes a job that uploads a file of rigSize bytes. The application of the
// server replies with so many bytes.
func (r *rig) upload(kind bits.JobType, reply int, change ...func(*bitsupload.Options)) bits.Job {
	r.Helper()
	r.write(`C:\Users\up`, make([]byte, rigSize))
	options := bitsupload.Options{}
	host := rigUploads
	if kind == bits.BG_JOB_TYPE_UPLOAD_REPLY {
		host = rigReplies
		options.Notify = bitsupload.Notification{
			Type: bitsupload.NotifyByValue, URL: host,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, reply)) }),
		}
	}
	for _, c := range change {
		c(&options)
	}
	var err error
	r.stored = &bitsupload.Memory{}
	r.uploads, err = bitsupload.New(r.stored, options)
	r.ok(err)
	r.ok(r.emu.Handle(host, r.uploads))
	job := r.job(kind)
	r.ok(job.AddFile(r.ctx, host+"up", `C:\Users\up`))
	return job
}

// write makes a file of the emulated machine.
func (r *rig) write(name string, content []byte) {
	r.Helper()
	r.ok(writeFile(r.emu.Path(name), content))
}

// resume resumes a job and does what is due.
func (r *rig) resume(job bits.Job, want bits.JobState) bits.Job {
	r.Helper()
	r.ok(job.Resume(r.ctx))
	r.emu.Settle()
	r.is(job, want)
	return job
}

// is ends the test unless a job is in a state.
func (r *rig) is(job bits.Job, want bits.JobState) {
	r.Helper()
	got, err := job.GetState(r.ctx)
	r.ok(err)
	require.Equal(r, want, got)
}

// fails ends the test unless an error carries the code.
func (r *rig) fails(err error, want hresult.HRESULT) {
	r.Helper()
	require.Error(r, err)
	got, _ := hresult.Of(err)
	require.Equal(r, want, got, "%v", err)
}

// done is a job in BG_JOB_STATE_TRANSFERRED.
func (r *rig) done(names ...string) bits.Job {
	r.Helper()
	return r.resume(r.download(names...), bits.BG_JOB_STATE_TRANSFERRED)
}

// held is a job in BG_JOB_STATE_TRANSFERRING whose server has stopped in the middle.
func (r *rig) held() bits.Job {
	r.Helper()
	r.serve("held", transfer.HoldAt(rigSize/2))
	return r.resume(r.download("held"), bits.BG_JOB_STATE_TRANSFERRING)
}

// connecting is a job in BG_JOB_STATE_CONNECTING whose server does not answer.
func (r *rig) connecting() bits.Job {
	r.Helper()
	r.serve("silent", transfer.Hold())
	return r.resume(r.download("silent"), bits.BG_JOB_STATE_CONNECTING)
}

// broken is a job in BG_JOB_STATE_ERROR, whose file is not there.
func (r *rig) broken() bits.Job {
	r.Helper()
	r.serve("missing", transfer.Status(404, transfer.Always))
	return r.resume(r.download("missing"), bits.BG_JOB_STATE_ERROR)
}

// retrying is a job in BG_JOB_STATE_TRANSIENT_ERROR, whose server is not there.
func (r *rig) retrying() bits.Job {
	r.Helper()
	r.serve("down", transfer.Status(503, transfer.Always))
	return r.resume(r.download("down"), bits.BG_JOB_STATE_TRANSIENT_ERROR)
}

// queued is a job in BG_JOB_STATE_QUEUED, which waits for another.
func (r *rig) queued() bits.Job {
	r.Helper()
	r.held()
	return r.resume(r.download("later"), bits.BG_JOB_STATE_QUEUED)
}

// cancelled and acknowledged are jobs in the final states.
func (r *rig) cancelled() bits.Job {
	r.Helper()
	job := r.download()
	_, err := job.Cancel(r.ctx)
	r.ok(err)
	r.is(job, bits.BG_JOB_STATE_CANCELLED)
	return job
}

func (r *rig) acknowledged() bits.Job {
	r.Helper()
	job := r.done()
	_, err := job.Complete(r.ctx)
	r.ok(err)
	r.is(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
	return job
}

// in is a job in a state, of which there is one for each.
func (r *rig) in(s bits.JobState) bits.Job {
	r.Helper()
	return map[bits.JobState]func() bits.Job{
		bits.BG_JOB_STATE_SUSPENDED:       func() bits.Job { return r.download() },
		bits.BG_JOB_STATE_QUEUED:          r.queued,
		bits.BG_JOB_STATE_CONNECTING:      r.connecting,
		bits.BG_JOB_STATE_TRANSFERRING:    r.held,
		bits.BG_JOB_STATE_TRANSIENT_ERROR: r.retrying,
		bits.BG_JOB_STATE_ERROR:           r.broken,
		bits.BG_JOB_STATE_TRANSFERRED:     func() bits.Job { return r.done() },
		bits.BG_JOB_STATE_CANCELLED:       r.cancelled,
		bits.BG_JOB_STATE_ACKNOWLEDGED:    r.acknowledged,
	}[s]()
}

// nonFinal are the states that are not final.
var nonFinal = []bits.JobState{
	bits.BG_JOB_STATE_SUSPENDED, bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_CONNECTING, bits.BG_JOB_STATE_TRANSFERRING,
	bits.BG_JOB_STATE_TRANSIENT_ERROR, bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSFERRED,
}

// file is the first file of a job.
func (r *rig) file(job bits.Job) bits.File {
	r.Helper()
	files, err := job.EnumFiles(r.ctx)
	r.ok(err)
	some, _, err := files.Next(r.ctx, 1)
	r.ok(err)
	require.Len(r, some, 1)
	return some[0]
}

// info is the record of a job.
func (r *rig) info(job bits.Job) bitsemu.JobInfo {
	r.Helper()
	id, err := job.GetId(r.ctx)
	r.ok(err)
	info, err := r.emu.Job(id)
	r.ok(err)
	return info
}

// code ends the test unless a job's error is of a code and a place.
func (r *rig) code(job bits.Job, code hresult.HRESULT, place bits.ErrorContext) bits.Error {
	r.Helper()
	e, err := job.GetError(r.ctx)
	r.ok(err)
	gotPlace, got, err := e.GetError(r.ctx)
	r.ok(err)
	require.Equal(r, code, got)
	require.Equal(r, place, gotPlace)
	return e
}

// moved is how many bytes of a job are there.
func (r *rig) moved(job bits.Job) uint64 {
	r.Helper()
	p, err := job.GetProgress(r.ctx)
	r.ok(err)
	return p.BytesTransferred
}

// ask is QueryInterface.
func ask[T any](r *rig, from bits.Unknown) T {
	r.Helper()
	t, err := bits.Query[T](r.ctx, from)
	r.ok(err)
	return t
}

// ears are a client's callback, which may fail.
type ears struct {
	mu    sync.Mutex
	heard []bits.NotifyFlags
	fail  map[bits.NotifyFlags]error // once each
	then  func(bits.NotifyFlags, bits.Job)
	spans [][]bits.FileRange // of each FileRangesTransferred
}

func (e *ears) hear(kind bits.NotifyFlags, job bits.Job) error {
	e.mu.Lock()
	e.heard = append(e.heard, kind)
	err := e.fail[kind]
	delete(e.fail, kind)
	e.mu.Unlock()
	if e.then != nil {
		e.then(kind, job)
	}
	return err
}

func (e *ears) count(kind bits.NotifyFlags) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, k := range e.heard {
		if k == kind {
			n++
		}
	}
	return n
}

func (e *ears) JobTransferred(_ context.Context, j bits.Job) error {
	return e.hear(bits.BG_NOTIFY_JOB_TRANSFERRED, j)
}

func (e *ears) JobError(_ context.Context, j bits.Job, _ bits.Error) error {
	return e.hear(bits.BG_NOTIFY_JOB_ERROR, j)
}

func (e *ears) JobModification(_ context.Context, j bits.Job) error {
	return e.hear(bits.BG_NOTIFY_JOB_MODIFICATION, j)
}

func (e *ears) FileTransferred(_ context.Context, j bits.Job, _ bits.File) error {
	return e.hear(bits.BG_NOTIFY_FILE_TRANSFERRED, j)
}

func (e *ears) FileRangesTransferred(_ context.Context, j bits.Job, _ bits.File, ranges []bits.FileRange) error {
	e.mu.Lock()
	e.spans = append(e.spans, ranges)
	e.mu.Unlock()
	return e.hear(bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED, j)
}

const rigEvents = bits.BG_NOTIFY_JOB_TRANSFERRED | bits.BG_NOTIFY_JOB_ERROR | bits.BG_NOTIFY_JOB_MODIFICATION |
	bits.BG_NOTIFY_FILE_TRANSFERRED | bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED

// listen registers a callback for all events.
func (r *rig) listen(job bits.Job, e *ears) *ears {
	r.Helper()
	r.ok(job.SetNotifyFlags(r.ctx, rigEvents))
	r.ok(job.SetNotifyInterface(r.ctx, e))
	return e
}

// judge is a client's check of server certificates.
type judge struct {
	mu      sync.Mutex
	verdict error
	asked   int
}

func (j *judge) ValidateServerCertificate(context.Context, bits.Job, bits.File, []byte, uint32, []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.asked++
	return j.verdict
}

// seconds moves the time.
func (r *rig) seconds(n int) { r.emu.Advance(time.Duration(n) * time.Second) }

var errClient = errors.New("the client has failed")
