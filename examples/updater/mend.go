package updater

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// JobError is the error of a job.
type JobError struct {
	Code    hresult.HRESULT
	Context bits.ErrorContext
	Remote  string // of the file that it is about, if it is about one
	Local   string
	Text    string // what BITS says
}

// Error tells what BITS says, about which file.
func (e *JobError) Error() string {
	text := e.Code.String()
	if e.Text != "" {
		text += ": " + e.Text
	}
	switch {
	case e.Remote != "" && e.Context == bits.BG_ERROR_CONTEXT_REMOTE_FILE:
		return e.Remote + ": " + text
	case e.Local != "":
		return e.Local + ": " + text
	}
	return text
}

// Unwrap gives the code.
func (e *JobError) Unwrap() error { return e.Code }

// english is the LANGID of US English.
const english = 0x409

// errorOf reads the error of a job, nil for none.
func errorOf(ctx context.Context, job bits.Job) (*JobError, error) {
	object, err := job.GetError(ctx)
	if errors.Is(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE) {
		return nil, nil // it has gone meanwhile, or nobody knows
	}
	if err != nil {
		return nil, err
	}
	var e JobError
	if e.Context, e.Code, err = object.GetError(ctx); err != nil {
		return nil, err
	}
	if text, err := object.GetErrorDescription(ctx, english); err == nil { // not every code has one
		e.Text = strings.TrimRight(text, ". \r\n")
	}
	file, err := object.GetFile(ctx)
	if errors.Is(err, hresult.BG_E_FILE_NOT_AVAILABLE) {
		return &e, nil
	}
	if err != nil {
		return nil, err
	}
	if e.Remote, err = file.GetRemoteName(ctx); err != nil {
		return nil, err
	}
	e.Local, err = file.GetLocalName(ctx)
	return &e, err
}

// mend does what can be done about the error of a job, and lets it go on. If that is
// nothing, the job is cancelled, and it is over.
func (t *task) mend(ctx context.Context, job bits.Job) (over bool, err error) {
	e, err := errorOf(ctx, job)
	if err != nil {
		return false, err
	}
	if e == nil {
		e = &JobError{Code: hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE}
		if t.tries[e.Code] < maxTries { // it may have gone on since it was looked at
			t.tries[e.Code]++
			return false, nil
		}
	}
	t.tries[e.Code]++
	mended, err := t.remedy(ctx, job, e)
	switch {
	case errors.Is(err, ErrLoggedOff) && t.noted != e.Code:
		t.noted = e.Code
		t.u.note("%s: %v; waiting for the user to log on", t.update.Name, e)
		return false, err
	case errors.Is(err, errAnew):
		t.u.note("%s: %v; %s", t.update.Name, e, mended)
		return false, err
	case err != nil:
		return false, err
	case mended != "":
		t.u.note("%s: %v; %s", t.update.Name, e, mended)
		return false, job.Resume(ctx)
	}
	return true, errors.Join(fmt.Errorf("updater: %s: %w", t.update.Name, e), cancel(ctx, job), t.u.saved.set(t.update.Name, uuid.Nil))
}

// remedy changes the job so that it may go on, and says how; "" if it cannot.
func (t *task) remedy(ctx context.Context, job bits.Job, e *JobError) (string, error) {
	switch {
	case e.Code == hresult.BG_E_TOKEN_REQUIRED && t.u.o.Impersonate != nil:
		return "the user lends his token again", t.lend(ctx, job)
	case e.Code == hresult.BG_E_HTTP_ERROR_401 && t.tries[e.Code] == 1:
		if done, err := t.identify(ctx, job, e.Remote); err != nil || done {
			return "telling the server who is there", err
		}
	case e.Code == hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT && t.tries[e.Code] <= maxTries:
		// In the foreground a file may come in one piece; when that breaks off, anew.
		return "going on in the foreground", job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND)
	case e.Code == hresult.BG_E_VALIDATION_FAILED && t.tries[e.Code] == 1:
		return "fetching it again", nil
	}
	if e.Context == bits.BG_ERROR_CONTEXT_REMOTE_FILE || e.Code == hresult.BG_E_VALIDATION_FAILED {
		return t.elsewhere(ctx, job, e)
	}
	return "", nil
}

// maxTries is how often a file that cannot be gone on with is begun anew.
const maxTries = 3

// identify gives the job credentials for a server, if there are some.
func (t *task) identify(ctx context.Context, job bits.Job, remote string) (bool, error) {
	if t.u.o.Credentials == nil {
		return false, nil
	}
	credentials, ok := t.u.o.Credentials(remote)
	if !ok {
		return false, nil
	}
	job2, err := bits.Query[bits.Job2](ctx, job)
	if err != nil {
		return false, err
	}
	return true, job2.SetCredentials(ctx, credentials)
}

// elsewhere gives the file that an error is about the next of its addresses. The job
// keeps it, so that the next run of the program knows which were tried.
func (t *task) elsewhere(ctx context.Context, job bits.Job, e *JobError) (string, error) {
	want, _ := t.file(e.Local)
	if want == nil {
		return "", nil
	}
	mirror := want.after(e.Remote)
	if mirror == "" {
		return "", nil
	}
	items, err := t.items(ctx, job)
	if err != nil {
		return "", err
	}
	how := "trying " + mirror
	for _, i := range items {
		if i.want != want {
			continue
		}
		f, err := bits.Query[bits.File2](ctx, i.File)
		if err == nil {
			err = f.SetRemoteName(ctx, mirror)
		}
		if lacks(err) {
			t.from[want.Path] = mirror
			return how + ", in another job", t.again(ctx, job)
		}
		if err != nil {
			return "", err
		}
	}
	return how, nil
}

// after is the address to try after one that leads nowhere, "" for none.
func (f *File) after(remote string) string {
	next := slices.Index(f.Mirrors, remote) + 1 // the first one after URL, which is none of them
	if next >= len(f.Mirrors) {
		return ""
	}
	return f.Mirrors[next]
}
