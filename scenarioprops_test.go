package bitsemu_test

import (
	"context"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

// calls are the results of calls that a test makes where it must not end, such as in a
// callback: they are asserted afterwards.
type calls struct {
	mu      sync.Mutex
	results []error
}

// note notes the results of calls.
func (c *calls) note(results ...error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results = append(c.results, results...)
}

// ok asserts that there were so many calls, and S_OK for each.
func (c *calls) ok(s *scene, count int) {
	s.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, err := range c.results {
		s.ok(err)
	}
	s.is(count, len(c.results))
}

// errDead is what a call of an object comes to whose program has exited.
var errDead = hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE

// dead is the callback of a program that has exited.
type dead struct{ bits.Callback }

func (dead) JobTransferred(context.Context, bits.Job) error       { return errDead }
func (dead) JobError(context.Context, bits.Job, bits.Error) error { return errDead }
func (dead) JobModification(context.Context, bits.Job) error      { return errDead }

// uploads puts a server that takes uploads at http://uploads.test.
func (s *scene) uploads(change func(*bitsupload.Options)) (*bitsupload.Server, *bitsupload.Memory) {
	s.t.Helper()
	var o bitsupload.Options
	if change != nil {
		change(&o)
	}
	files := &bitsupload.Memory{}
	server, err := bitsupload.New(files, o)
	s.ok(err)
	s.ok(s.emu.Handle("http://uploads.test", server))
	s.t.Cleanup(func() {
		for _, f := range server.Unmet() {
			s.t.Errorf("%s: a fault met too few packets: %+v", s.line, f)
		}
	})
	return server, files
}

// write makes a local file, which is there to be uploaded.
func (s *scene) write(path string, content []byte) {
	s.t.Helper()
	s.ok(os.WriteFile(s.emu.Path(path), content, 0o600))
}

// upload is an upload job of somebody for a file that is there.
func (s *scene) upload(who token.Token, kind bits.JobType, remote, local string) bits.Job2 {
	s.t.Helper()
	_, job := s.create(who, "upload", kind)
	s.ok(job.AddFile(s.t.Context(), remote, local))
	return query[bits.Job2](s, who, job)
}

// missing asserts that a manager does not know a job.
func (s *scene) missing(job bits.Job, err error) {
	s.t.Helper()
	s.holds(job == nil, "there is a job")
	s.fails(err, hresult.BG_E_NOT_FOUND)
}

// application is what stands behind an upload server and answers with reply, or
// refuses with a status.
type application struct {
	mu     sync.Mutex
	status int // 0 for success
	reply  []byte
	asked  int
}

func (a *application) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	if a.status != 0 {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("BITS-Copy-File-To-Destination", "yes")
	_, _ = w.Write(a.reply) // a server that does not get it says so
}

func (a *application) set(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status = status
}

// behind has an upload server notify the application.
func (a *application) behind(o *bitsupload.Options) {
	o.Notify = bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: "http://app.test/", Handler: a}
}

// retryDelay is the minimum retry delay of a job that has set none.
const retryDelay = 600 * time.Second
