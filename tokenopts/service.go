package tokenopts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// Service is IBitsTokenOptions over the jobs of a store, as one Windows build
// has it. Its methods may be called from many goroutines at once; it keeps
// nothing besides the store, so that several may share one.
type Service struct {
	store  *jobstore.Store
	build  winver.Build
	caller token.Token
	now    func() time.Time
}

// Option changes how a Service is made.
type Option func(*Service)

// DefaultCaller makes t the caller of a context that names none. With the zero
// token such a context has no caller, whom the rules refuse. Without this option
// it is an ordinary interactive user, and never an administrator.
func DefaultCaller(t token.Token) Option { return func(s *Service) { s.caller = t } }

// Clock makes calls that change a job set its modification time to what now
// tells, as those of BITS do (D). Without it they leave that time alone.
func Clock(now func() time.Time) Option { return func(s *Service) { s.now = now } }

// New makes a Service.
func New(store *jobstore.Store, build winver.Build, opts ...Option) *Service {
	s := &Service{store: store, build: build, caller: token.User(somebody)}
	for _, opt := range opts {
		opt(s)
	}
	return s
}

var somebody = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")

// Query is QueryInterface for IBitsTokenOptions on a job: it judges the caller
// in ctx and captures who that is, and who owns the job. It fails with
//
//   - BG_E_NOT_FOUND when there is no such job, before anything is judged (I: to
//     query a job one has got it first).
//   - E_NOINTERFACE on builds without the interface.
//   - E_ACCESSDENIED for who is neither the owner nor an administrator, and for a
//     caller of an impersonation level below Impersonate.
//
// A job in a final state can be queried; what it refuses are changes.
func (s *Service) Query(ctx context.Context, id uuid.UUID) (*Options, error) {
	entry, err := s.store.Lookup(id)
	if err != nil {
		return nil, err
	}
	return s.QueryEntry(ctx, entry)
}

// QueryEntry is Query for a job that is viewed already. One that has left the store can
// be queried too, as by who holds a pointer to a job that is over.
func (s *Service) QueryEntry(ctx context.Context, entry jobstore.Entry) (*Options, error) {
	o := &Options{entry: entry, service: s, owner: entry.Owner(), caller: s.callerIn(ctx)}
	if err := o.call(QueryInterface).Check(); err != nil {
		return nil, err
	}
	refusing, _ := o.call(GetHelperTokenFlags).judge()
	o.blind = refusing != nil
	return o, nil
}

// Explain tells what would become of a call by the caller in ctx, on the job as
// it is now, and calls nothing: first of the QueryInterface that precedes a
// method of the interface, then of the method. The same caller is taken for the
// thread of SetHelperToken; [Options.Explain] tells them apart. Methods other
// than SetHelperTokenFlags do not look at flags. Explain fails when the store
// does, with BG_E_NOT_FOUND if there is no such job.
func (s *Service) Explain(ctx context.Context, id uuid.UUID, m Method, flags bits.HelperTokenFlags) (Decision, error) {
	j, err := s.store.Get(id)
	if err != nil {
		return Decision{}, err
	}
	caller := s.callerIn(ctx)
	return Judge(Call{
		Job: id, Build: s.build, Method: m, Owner: j.Owner, Query: caller, Thread: caller,
		Helper: j.HelperToken, Flags: flags, State: j.State,
	}), nil
}

// callerIn is the token of the thread that ctx stands for.
func (s *Service) callerIn(ctx context.Context) token.Token {
	if t, ok := token.FromContext(ctx); ok {
		return t
	}
	return s.caller
}

// stamp notes that a call has changed the job.
func (s *Service) stamp(j *jobstore.Job) {
	if s.now != nil {
		j.ModificationTime = s.now()
	}
}
