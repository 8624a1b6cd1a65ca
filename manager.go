package bitsemu

import (
	"context"
	"fmt"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// manager is IBackgroundCopyManager.
type manager struct {
	object
	// lazy managers activate the service when they are first used.
	lazy *lazy
}

// Activate is CoCreateInstance of the BITS class by the caller in ctx: it starts the
// service if it is stopped. Calls on the manager, and on all that is got from it, are
// made as that caller unless their context says otherwise. It fails with
//
//   - HRESULT_FROM_WIN32(ERROR_SERVICE_DISABLED) when the service is disabled (O).
//   - BG_E_REMOTE_NOT_SUPPORTED before Windows 10 1607 for a caller with a network logon
//     (D bits-return-values.md).
//   - E_ACCESSDENIED for a caller of low integrity (D nn-bits-ibackgroundcopymanager.md).
//   - what a [Fault] of the operation "Activate" says.
func (e *Emulator) Activate(ctx context.Context) (bits.Manager, error) {
	return e.activate(ctx, (&object{base: e.conf.caller}).caller(ctx))
}

// ActivateClass is [Emulator.Activate] for one of the classes that versions of BITS have
// brought, such as [bits.CLSID_BackgroundCopyManager5_0]: a program finds out by them
// which version there is. It fails with REGDB_E_CLASSNOTREG for a class of a later version
// than that of the emulated build, and for any other (D
// determining-the-version-of-bits-on-a-computer.md).
func (e *Emulator) ActivateClass(ctx context.Context, clsid uuid.UUID) (bits.Manager, error) {
	major, minor, ok := bits.CLSIDVersion(clsid)
	if !ok || e.conf.build.BITS() < winver.MakeVersion(major, minor) {
		o := object{e: e, base: e.conf.caller}
		return nil, o.failed("CoCreateInstance", jobKey{}, o.caller(ctx),
			fmt.Errorf("class %s is not there on %s: %w", bits.GUIDString(clsid), e.conf.build, hresult.REGDB_E_CLASSNOTREG))
	}
	return e.Activate(ctx)
}

func (e *Emulator) activate(ctx context.Context, base token.Token) (bits.Manager, error) {
	m := &manager{object: object{e: e, base: base}}
	caller := m.caller(ctx)
	epoch, err := e.admit(caller)
	if err != nil {
		return nil, m.failed("CoCreateInstance", jobKey{}, caller, err)
	}
	m.epoch = epoch
	return m, nil
}

// admit lets a client at the service, or not, and returns to which of its runs.
func (e *Emulator) admit(caller token.Token) (epoch uint64, err error) {
	if f := e.faults.hit("Activate", "Activate", uuid.Nil, func() string { return "" }, caller.User()); f != nil {
		return 0, f.Code
	}
	if caller.Logon() == token.LogonNetwork && !e.conf.build.OwnerMayUseHelperToken() {
		return 0, fmt.Errorf("a caller who has logged on from another machine [D bits-return-values.md; from Windows 10 1607 on he may, D users-and-network-connections.md]: %w", hresult.BG_E_REMOTE_NOT_SUPPORTED)
	}
	if caller.Integrity() < token.IntegrityMedium {
		return 0, fmt.Errorf("a caller of low integrity may not use BITS [D nn-bits-ibackgroundcopymanager.md]: %w", hresult.E_ACCESSDENIED)
	}
	return e.ensure()
}

// Manager is the manager as a program gets it that is the default caller. It
// activates the service when it is first called, so that what keeps that from
// happening is the answer of the first method.
func (e *Emulator) Manager() bits.Manager { return e.As(e.conf.caller) }

// As is [Emulator.Manager] for a program that runs as t: calls on it, and on all
// that is got from it, are made as t unless their context says otherwise.
func (e *Emulator) As(t token.Token) bits.Manager {
	m := &manager{object: object{e: e, base: t}}
	m.lazy = &lazy{}
	return m
}

// begin activates a lazy manager.
func (m *manager) begin(ctx context.Context, method string) (*manager, error) {
	if m.lazy == nil {
		return m, nil
	}
	active, err := m.lazy.get(func() (*manager, error) {
		epoch, err := m.e.admit(m.caller(ctx))
		if err != nil {
			return nil, m.failed(method, jobKey{}, m.caller(ctx), err)
		}
		return &manager{object: object{e: m.e, base: m.base, epoch: epoch}}, nil
	})
	return active, err
}

// call begins a call of a method.
func (m *manager) call(ctx context.Context, method string) (*manager, token.Token, error) {
	m, err := m.begin(ctx, method)
	if err != nil {
		return nil, token.Token{}, err
	}
	caller, err := m.enter(ctx, method, jobKey{})
	if err == nil && caller.Level() < token.LevelImpersonate {
		err = m.failed(method, jobKey{}, caller, fmt.Errorf("the caller's impersonation level is below Impersonate [D connecting-to-the-bits-service.md]: %w", hresult.E_ACCESSDENIED))
	}
	return m, caller, err
}

// QueryInterface implements [bits.Unknown].
func (m *manager) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	const method = "IBackgroundCopyManager::QueryInterface"
	active, caller, err := m.call(ctx, method)
	if err != nil {
		return nil, err
	}
	err = active.version(id)
	switch {
	case err != nil:
	case id == bits.IID_IUnknown, id == bits.IID_IBackgroundCopyManager:
		return m, nil
	case id == bits.IID_IBitsPeerCacheAdministration:
		return &peerCache{active.object}, nil
	default:
		err = noInterface(id)
	}
	return nil, active.failed(method, jobKey{}, caller, err)
}

func noInterface(id uuid.UUID) error {
	return fmt.Errorf("it has no %s: %w", bits.IIDName(id), hresult.E_NOINTERFACE)
}

// Limits of strings, in UTF-16 units without the NUL.
const (
	maxDisplayName = 256
	maxDescription = 1024
	maxURL         = 2200
	maxPath        = 260
	maxParameters  = 4000
	maxProxyList   = 32000
	maxUserName    = 300
	maxPassword    = 65536
	maxHeaders     = 16384 // with the NUL
	maxCertName    = 256   // with the NUL
)

// units is the length of a string as Windows counts it.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// CreateJob implements [bits.Manager].
func (m *manager) CreateJob(ctx context.Context, displayName string, jobType bits.JobType) (uuid.UUID, bits.Job, error) {
	const method = "IBackgroundCopyManager::CreateJob"
	m, caller, err := m.call(ctx, method)
	if err != nil {
		return uuid.Nil, nil, err
	}
	e := m.e
	fail := func(err error) (uuid.UUID, bits.Job, error) {
		return uuid.Nil, nil, m.failed(method, jobKey{}, caller, err)
	}
	switch {
	case caller.IsRestricted():
		return fail(fmt.Errorf("a token with restricting SIDs cannot create jobs [D users-and-network-connections.md; C for the code]: %w", hresult.E_ACCESSDENIED))
	case !jobType.Valid():
		return fail(fmt.Errorf("job type %d [I]: %w", jobType, hresult.E_INVALIDARG))
	case !text(displayName), units(displayName) > maxDisplayName:
		return fail(fmt.Errorf("a display name of %d characters, of which 256 are allowed, without NUL [D nf-bits-ibackgroundcopymanager-createjob.md]: %w", units(displayName), hresult.E_INVALIDARG))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.conf.policy
	if !exempt(caller) {
		switch {
		case p.MaxJobsPerUser > 0 && e.store.CountByOwner(caller.User()) >= p.MaxJobsPerUser:
			return fail(fmt.Errorf("%s has %d jobs [D group-policies.md]: %w", caller.User(), p.MaxJobsPerUser, hresult.BG_E_TOO_MANY_JOBS_PER_USER))
		case p.MaxJobsPerMachine > 0 && e.store.Len() >= p.MaxJobsPerMachine:
			return fail(fmt.Errorf("the machine has %d jobs [D group-policies.md]: %w", p.MaxJobsPerMachine, hresult.BG_E_TOO_MANY_JOBS_PER_MACHINE))
		}
	}
	now := e.Now()
	j := jobstore.Job{
		Owner: caller, DisplayName: displayName, Type: jobType,
		Priority: bits.BG_JOB_PRIORITY_NORMAL, State: bits.BG_JOB_STATE_SUSPENDED,
		CreationTime: now, ModificationTime: now, LastActivity: e.steady(),
		MinimumRetryDelay: 600, NoProgressTimeout: 1209600, MaximumDownloadTime: uint32(p.MaxDownloadTime / time.Second),
		NotifyFlags:                 bits.BG_NOTIFY_JOB_TRANSFERRED | bits.BG_NOTIFY_JOB_ERROR,
		ProxyUsage:                  bits.BG_JOB_PROXY_USAGE_PRECONFIG,
		MinimumNotificationInterval: 500,
		ReplyProgress:               jobstore.Progress{BytesTotal: bits.BG_SIZE_UNKNOWN},
	}
	entry, err := e.store.Create(j)
	if err != nil {
		return fail(err)
	}
	if p.JobInactivityTimeout > 0 {
		e.after(entry.ID(), timerInactive, p.JobInactivityTimeout)
	}
	e.history.add(StateChange{Time: now, Job: entry.ID(), New: true, To: j.State, Why: "CreateJob", By: caller})
	e.events.Append(eventlog.JobCreated(now, eventlog.Job{ID: entry.ID(), Title: displayName, Owner: caller.User()}))
	return entry.ID(), m.job(entry, caller), nil
}

// text reports whether a string is one that Windows can hold: valid, and without NUL.
func text(s string) bool {
	for _, r := range s {
		if r == 0 || r == '\uFFFD' {
			return false
		}
	}
	return true
}

// job is a pointer to a job for a caller who has been judged.
func (o *object) job(entry jobstore.Entry, judged token.Token) bits.Job {
	return jobV1{&job{jobObject{object: *o, entry: entry, judged: judged, owner: entry.Owner()}}}
}

// jobFor is a pointer to a job for somebody whom the service calls.
func (e *Emulator) jobFor(entry jobstore.Entry, to token.Token) bits.Job {
	o := object{e: e, epoch: e.epoch.Load(), base: to}
	return o.job(entry, to)
}

// GetJob implements [bits.Manager].
func (m *manager) GetJob(ctx context.Context, jobID uuid.UUID) (bits.Job, error) {
	const method = "IBackgroundCopyManager::GetJob"
	m, caller, err := m.call(ctx, method)
	if err != nil {
		return nil, err
	}
	entry, err := m.e.store.Lookup(jobID)
	if err != nil {
		return nil, m.failed(method, jobKey{}, caller, err)
	}
	call := tokenopts.Call{
		Job: jobID, Build: m.e.conf.build, Method: tokenopts.RetrieveJob, Owner: entry.Owner(), Query: caller, State: entry.State(),
	}
	if err := call.Check(); err != nil {
		return nil, m.failed(method, jobKey{m.e, entry}, caller, err)
	}
	return m.job(entry, caller), nil
}

// EnumJobs implements [bits.Manager].
func (m *manager) EnumJobs(ctx context.Context, flags bits.EnumFlags) (bits.EnumJobs, error) {
	const method = "IBackgroundCopyManager::EnumJobs"
	m, caller, err := m.call(ctx, method)
	if err != nil {
		return nil, err
	}
	var entries jobstore.Entries
	switch {
	case !flags.Valid():
		err = fmt.Errorf("flags %#x [I]: %w", uint32(flags), hresult.E_INVALIDARG)
	case flags.Has(bits.BG_JOB_ENUM_ALL_USERS) && !caller.IsAdmin():
		err = fmt.Errorf("the jobs of all users are for administrators [D nf-bits-ibackgroundcopymanager-enumjobs.md]: %w", hresult.E_ACCESSDENIED)
	case flags.Has(bits.BG_JOB_ENUM_ALL_USERS):
		entries = m.e.store.All()
	default:
		entries = m.e.store.ByOwner(caller.User())
	}
	if err != nil {
		return nil, m.failed(method, jobKey{}, caller, err)
	}
	return &enum[bits.Job, bits.EnumJobs]{
		object: m.object, name: "IEnumBackgroundCopyJobs", iid: bits.IID_IEnumBackgroundCopyJobs, count: entries.Len(),
		at: func(i int) bits.Job { return m.job(entries.At(i), caller) },
	}, nil
}

// GetErrorDescription implements [bits.Manager].
func (m *manager) GetErrorDescription(ctx context.Context, result hresult.HRESULT, languageID uint32) (string, error) {
	const method = "IBackgroundCopyManager::GetErrorDescription"
	m, caller, err := m.call(ctx, method)
	if err != nil {
		return "", err
	}
	s, err := describe(result, languageID)
	return s, m.failed(method, jobKey{}, caller, err)
}

// describe is the text for an HRESULT. There are texts in English, for every language
// id that names English or none; for others, and for codes without a text, it fails
// with HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND) (D
// nf-bits-ibackgroundcopymanager-geterrordescription.md; C for the languages: Windows
// has those that are installed).
func describe(result hresult.HRESULT, languageID uint32) (string, error) {
	const primary, english = 0x3ff, 0x09
	s := result.Text()
	if s == "" || languageID&primary != english && languageID&primary != 0 {
		return "", fmt.Errorf("there is no text for %s in language %#x: %w",
			result.Hex(), languageID, hresult.HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND)
	}
	return s + "\r\n", nil
}
