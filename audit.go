package bitsemu

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// AuditEntry is something that BITS has done, or tried to do, for a job with
// somebody's identity.
type AuditEntry struct {
	Time     time.Time
	Job      uuid.UUID
	Action   string             // "check", "create", "open", "rename", "delete", "read", "request", "answer", "detect", "run"
	Resource tokenopts.Resource // 0 for a command line
	Name     string             // a path or a URL
	As       tokenopts.Role     // owner, helper or nobody
	Token    token.Token        // whose; the zero token for nobody
	// Principal is who that is to another machine, for what leaves this one.
	Principal tokenopts.Principal
	Allowed   bool
	HRESULT   hresult.HRESULT // why not
}

// What is done.
const (
	actionCheck   = "check" // whether it could be created, when it is added to a job
	actionCreate  = "create"
	actionOpen    = "open"
	actionRename  = "rename"
	actionDelete  = "delete"
	actionRead    = "read"
	actionRequest = "request"
	actionAnswer  = "answer"
	actionDetect  = "detect"
	actionRun     = "run"
)

// String prints the entry in one line:
//
//	create TemporaryFile C:\a.txt as helper S-1-5-21-1-2-3-1001 (user, Medium): allowed
func (a AuditEntry) String() string {
	var b strings.Builder
	b.WriteString(a.Action)
	if a.Resource != 0 {
		fmt.Fprintf(&b, " %s", a.Resource)
	}
	fmt.Fprintf(&b, " %s as ", a.Name)
	switch {
	case a.Token.IsZero():
		b.WriteString("nobody")
	case a.Resource == 0:
		b.WriteString(a.Token.String())
	default:
		fmt.Fprintf(&b, "%s %s", a.As, a.Token)
	}
	if a.Principal != (tokenopts.Principal{}) {
		fmt.Fprintf(&b, " (%s)", a.Principal)
	}
	if a.Allowed {
		return b.String() + ": allowed"
	}
	return b.String() + ": refused, " + a.HRESULT.String() + " (" + a.HRESULT.Hex() + ")"
}

func (a AuditEntry) about() uuid.UUID { return a.Job }

// audit keeps what was done with whose identity.
type audit struct{ kept[AuditEntry] }

func (a *audit) add(entry AuditEntry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.push(entry)
}

// Audit lists what was opened, requested and answered for jobs, and with whose
// identity, in order. Of very many entries the latest are kept, 50,000 at least.
func (e *Emulator) Audit() []AuditEntry { return e.audit.list() }

// AuditOf is the part of [Emulator.Audit] that is about one job.
func (e *Emulator) AuditOf(job uuid.UUID) []AuditEntry { return e.audit.of(job) }

// identity asks the rules as whom a job does something.
func (e *Emulator) identity(j *jobstore.Job, resource tokenopts.Resource, name string) (tokenopts.Grant, error) {
	grant, err := tokenopts.Identity(e.conf.build, j, resource)
	if err != nil {
		code, _ := hresult.Of(err)
		e.audit.add(AuditEntry{
			Time: e.Now(), Job: j.ID, Action: actionOpen, Resource: resource, Name: name, HRESULT: code,
		})
	}
	return grant, err
}

// access finds out as whom a job does something with a file of this machine, asks
// whether that one may, and notes both.
func (e *Emulator) access(j *jobstore.Job, resource tokenopts.Resource, action, name string) error {
	grant, err := e.identity(j, resource, name)
	if err != nil {
		return err
	}
	return e.note(j, resource, action, name, grant)
}

// note asks whether the one to whom an identity was granted may do something, and
// writes it down.
func (e *Emulator) note(j *jobstore.Job, resource tokenopts.Resource, action, name string, grant tokenopts.Grant) error {
	err := e.rules.judge(j.ID, grant.Token, action, name)
	entry := AuditEntry{
		Time: e.Now(), Job: j.ID, Action: action, Resource: resource, Name: name,
		As: grant.As, Token: grant.Token, Principal: grant.Principal, Allowed: err == nil,
	}
	if err != nil {
		entry.HRESULT, _ = hresult.Of(err)
	}
	e.audit.add(entry)
	return err
}
