package bitsemu_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

const (
	uploadLocal  = `C:\Users\F`
	uploadRemote = "http://uploads.test/F"
	program      = `C:\Windows\System32\bitsadmin.exe`
)

// programs are the programs of the machines of a part, which get the command lines of
// jobs.
type programs struct {
	mu   sync.Mutex
	ran  map[uuid.UUID][]bitsemu.Command
	main map[uuid.UUID]func(bitsemu.Command) int // what the program does for a job, if anything
}

func (p *programs) run(c bitsemu.Command) int {
	p.mu.Lock()
	p.ran[c.Job] = append(p.ran[c.Job], c)
	main := p.main[c.Job]
	p.mu.Unlock()
	if main == nil {
		return 0
	}
	return main(c)
}

func (p *programs) on(job uuid.UUID, main func(bitsemu.Command) int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.main[job] = main
}

func (p *programs) commands(job uuid.UUID) []bitsemu.Command {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]bitsemu.Command{}, p.ran[job]...)
}

// An upload that completes itself: a program starts it and exits, and the command line
// of the job completes it.
func TestS13CompletedByCommandLine(t *testing.T) {
	t.Parallel()
	for part, act := range map[string]func(*scene, *programs){
		"main": s13, "program-fails": s13ProgramFails, "service-accounts": s13ServiceAccounts, "other-flag": s13OtherFlag,
	} {
		p := &programs{ran: map[uuid.UUID][]bitsemu.Command{}, main: map[uuid.UUID]func(bitsemu.Command) int{}}
		play(t, "S13", part, func(s *scene) { act(s, p) }, bitsemu.CommandHook(p.run))
	}
	play(t, "S13", "file-changes", s13FileChanges)
}

// s13Prepare is steps 1 to 4, for whoever owns the job.
func s13Prepare(s *scene, who token.Token, flags bits.NotifyFlags) (uuid.UUID, bits.Job2) {
	ctx := s.t.Context()
	s.write(uploadLocal, s13Content)

	s.step("1", "")
	id, created := s.create(who, "orc", bits.BG_JOB_TYPE_UPLOAD)
	job := query[bits.Job2](s, who, created)

	s.step("2", "D")
	basic := bits.AuthCredentials{Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "p"}
	s.ok(job.SetCredentials(ctx, basic))
	s.fails(job.SetCredentials(ctx, bits.ImplicitCredentials(basic.Target, basic.Scheme)), hresult.E_INVALIDARG)

	s.step("3", "D")
	s.ok(job.AddFile(ctx, uploadRemote, uploadLocal))
	s.fails(job.AddFile(ctx, uploadRemote+"2", uploadLocal), hresult.BG_E_TOO_MANY_FILES)

	s.step("4", "")
	parameters := s13Parameters(id)
	s.ok(job.SetNotifyCmdLine(ctx, bits.String(program), &parameters))
	gotProgram, gotParameters, err := job.GetNotifyCmdLine(ctx)
	s.ok(err)
	s.is([]string{program, parameters}, []string{gotProgram, gotParameters})
	s.ok(job.SetNotifyFlags(ctx, flags))
	return id, job
}

var s13Content = bytes.Repeat([]byte("0123456789abcdef"), 10*mib/16)

func s13Parameters(id uuid.UUID) string { return fmt.Sprintf("bitsadmin.exe /complete {%s}", id) }

// s13Run is step 5: the program resumes the job and exits, and the server gets the file.
func s13Run(s *scene, job bits.Job2) {
	server, files := s.uploads(nil)
	s.ok(s.emu.Handle("http://uploads.test", transfer.Protect(server, transfer.Policy{
		Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"u": "p"},
	})))
	s.step("5", "")
	s.ok(job.Resume(s.t.Context()))
	s.emu.Settle()
	uploaded, err := files.ReadFile("F")
	s.ok(err)
	s.holds(bytes.Equal(s13Content, uploaded), "the server has another file")
}

func s13(s *scene, p *programs) {
	id, job := s13Prepare(s, actors.alice, flagT|flagE)
	var did calls
	var before bits.JobState
	p.on(id, func(c bitsemu.Command) int {
		ctx := s.as(c.As)
		found, err := s.emu.Manager().GetJob(ctx, c.Job)
		did.note(err)
		if err != nil {
			return 1
		}
		before, err = found.GetState(ctx)
		did.note(err)
		result, err := found.Complete(ctx)
		did.note(err)
		if result != hresult.S_OK {
			did.note(result)
		}
		return 0
	})
	s13Run(s, job)
	s.is(bits.BG_JOB_STATE_TRANSFERRED, before)

	s.step("6", "D")
	s.is([]bitsemu.Command{{Job: id, Program: program, Parameters: s13Parameters(id), As: actors.alice}}, p.commands(id))

	s.step("7", "O")
	did.ok(s, 3)
	s.state(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
	s.emu.Advance(24 * time.Hour)
	s.is(1, len(p.commands(id)))
}

func s13ProgramFails(s *scene, p *programs) {
	id, job := s13Prepare(s, actors.alice, flagT|flagE)
	p.on(id, func(bitsemu.Command) int { return 1 })

	s13Run(s, job)
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)

	s.step("8", "D")
	s.is(1, len(p.commands(id)))
	s.emu.Advance(retryDelay - time.Second)
	s.is(1, len(p.commands(id)))
	s.emu.Advance(time.Second)
	s.is(2, len(p.commands(id)))
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	p.on(id, nil) // it goes well now
	s.emu.Advance(retryDelay)
	s.is(3, len(p.commands(id)))
	s.emu.Advance(10 * retryDelay)
	s.is(3, len(p.commands(id)))
}

func s13ServiceAccounts(s *scene, p *programs) {
	for _, who := range []token.Token{actors.system, actors.networkService, actors.localService} {
		id, job := s13Prepare(s, who, flagT|flagE)
		s13Run(s, job)
		s.step("9", "D")
		s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
		s.emu.Advance(retryDelay)
		s.is([]bitsemu.Command{}, p.commands(id))
	}
}

func s13OtherFlag(s *scene, p *programs) {
	id, job := s13Prepare(s, actors.alice, bits.BG_NOTIFY_FILE_TRANSFERRED)
	s13Run(s, job)

	s.step("10", "D")
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.emu.Advance(retryDelay)
	s.is([]bitsemu.Command{}, p.commands(id))
}

func s13FileChanges(s *scene) {
	ctx := s.t.Context()
	for what, change := range map[string]func(path string) error{
		"size": func(path string) error { return os.Truncate(path, 9*mib) },
		"time": func(path string) error { at := s.emu.Now().Add(time.Hour); return os.Chtimes(path, at, at) },
	} {
		server, files := s.uploads(nil)
		s.write(uploadLocal, s13Content)
		job := s.upload(actors.alice, bits.BG_JOB_TYPE_UPLOAD, uploadRemote, uploadLocal)
		w := s.listen(job, flagT|flagE)

		s.step("11", "D, the "+what)
		var changed calls
		server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Do: func(*http.Request) {
			changed.note(change(s.emu.Path(uploadLocal)))
		}})
		s.ok(job.Resume(ctx))
		s.settles(job, bits.BG_JOB_STATE_ERROR)
		changed.ok(s, 1)
		s.failed(job, hresult.BG_E_LOCAL_FILE_CHANGED, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
		s.heard(w, 0, 1)
		_, err := files.ReadFile("F")
		s.holds(err != nil, "the server has a file")
		got(job.Cancel(ctx)).is(s, hresult.S_OK)
	}
}
