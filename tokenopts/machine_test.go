package tokenopts_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// TestAgainstModel makes random calls by everybody to a few jobs, while users log
// off, the service restarts and the store's file is closed and opened, and
// compares what comes of it with the model.
func TestAgainstModel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files atomic.Int64
	for _, b := range modelBuilds {
		t.Run(b.build.String(), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				m := &machine{number: b.number, bits4: b.bits4}
				m.path = filepath.Join(dir, fmt.Sprint(files.Add(1)))
				m.service = func() *tokenopts.Service {
					return tokenopts.New(m.store, b.build, tokenopts.DefaultCaller(defaultCaller.token()))
				}
				m.open(t)
				defer func() { require.NoError(t, m.store.Close()) }()
				t.Repeat(rapid.StateMachineActions(m))
			})
		})
	}
}

type machine struct {
	path    string
	store   *jobstore.Store
	service func() *tokenopts.Service

	number uint32
	bits4  bool
	jobs   []*machineJob
	held   []machineCapability
}

type machineJob struct {
	modelJob
	id    uuid.UUID
	entry jobstore.Entry
}

type machineCapability struct {
	*tokenopts.Options
	model *modelCapability
	job   *machineJob
}

func (m *machine) open(t *rapid.T) {
	var err error
	m.store, err = jobstore.Open(m.path, jobstore.NoSync())
	require.NoError(t, err)
}

func somebody(t *rapid.T, role string) person {
	people := crowd
	if role == "owner" { // a job has one
		people = crowd[:len(crowd)-1]
	}
	return people[rapid.IntRange(0, len(people)-1).Draw(t, role)]
}

// defaultCaller is who calls when nobody does.
var defaultCaller = who("alice")

// ctx is the thread of p. The one of nobody has no token.
func (p person) ctx() context.Context {
	return token.NewContext(context.Background(), p.token())
}

func (m *machine) job(t *rapid.T) *machineJob {
	if len(m.jobs) == 0 {
		t.Skip("no job yet")
	}
	return rapid.SampledFrom(m.jobs).Draw(t, "job")
}

func (m *machine) capability(t *rapid.T) machineCapability {
	if len(m.held) == 0 {
		t.Skip("no capability yet")
	}
	return m.held[rapid.IntRange(0, len(m.held)-1).Draw(t, "capability")]
}

func nameOf(t *rapid.T, err error) string {
	h, ok := hresult.Of(err)
	require.True(t, ok, "%v", err)
	return h.String()
}

func (m *machine) CreateJob(t *rapid.T) {
	if len(m.jobs) == 4 {
		t.Skip("enough jobs")
	}
	owner := somebody(t, "owner")
	entry, err := m.store.Create(jobstore.Job{Owner: owner.token(), State: bits.BG_JOB_STATE_SUSPENDED})
	require.NoError(t, err)
	m.jobs = append(m.jobs, &machineJob{
		modelJob{owner: owner, helper: nobody, state: "SUSPENDED", inStore: true}, entry.ID(), entry,
	})
}

func (m *machine) Query(t *rapid.T) {
	job, q := m.job(t), somebody(t, "caller")
	options, err := m.service().Query(q.ctx(), job.id)
	if q == nobody {
		q = defaultCaller
	}
	if !job.inStore {
		require.Equal(t, "BG_E_NOT_FOUND", nameOf(t, err))
		return
	}
	model, want := modelQuery(m.number, m.bits4, q, &job.modelJob)
	require.Equal(t, want, nameOf(t, err), "%v", err)
	require.Equal(t, model == nil, options == nil)
	if model != nil {
		m.held = append(m.held, machineCapability{options, model, job})
	}
}

func (m *machine) GetHelperTokenFlags(t *rapid.T) {
	c := m.capability(t)
	flags, err := c.Options.GetHelperTokenFlags(somebody(t, "thread").ctx())
	want := c.model.call("GetHelperTokenFlags", nobody, 0)
	require.Equal(t, want, nameOf(t, err), "%v", err)
	if want == "S_OK" {
		require.Equal(t, bits.HelperTokenFlags(c.job.flags), flags)
	} else {
		require.Zero(t, flags)
	}
}

func (m *machine) GetHelperTokenSid(t *rapid.T) {
	c := m.capability(t)
	user, err := c.Options.GetHelperTokenSid(somebody(t, "thread").ctx())
	want := c.model.call("GetHelperTokenSid", nobody, 0)
	require.Equal(t, want, nameOf(t, err), "%v", err)
	if helper := c.model.helperNow(); want == "S_OK" && helper != nobody {
		require.Equal(t, helper.user, user.String())
	} else {
		require.Equal(t, sid.SID{}, user)
	}
}

func (m *machine) ClearHelperToken(t *rapid.T) {
	c, thread := m.capability(t), somebody(t, "thread")
	m.explained(t, c, tokenopts.ClearHelperToken, thread, 0, func() error {
		return c.Options.ClearHelperToken(thread.ctx())
	})
}

func (m *machine) SetHelperTokenFlags(t *rapid.T) {
	c, thread := m.capability(t), somebody(t, "thread")
	flags := rapid.SampledFrom([]uint32{0, 1, 2, 3, 4, 7, 0x10000, 0x80000001}).Draw(t, "flags")
	m.explained(t, c, tokenopts.SetHelperTokenFlags, thread, flags, func() error {
		return c.Options.SetHelperTokenFlags(thread.ctx(), bits.HelperTokenFlags(flags))
	})
}

func (m *machine) SetHelperToken(t *rapid.T) {
	c, thread := m.capability(t), somebody(t, "thread")
	m.explained(t, c, tokenopts.SetHelperToken, thread, 0, func() error {
		return c.Options.SetHelperToken(thread.ctx())
	})
}

// explained makes a call, and has it explained before.
func (m *machine) explained(t *rapid.T, c machineCapability, method tokenopts.Method, thread person, flags uint32, call func() error) {
	explained, explainErr := c.Options.Explain(thread.ctx(), method, bits.HelperTokenFlags(flags))
	err := call()
	if thread == nobody {
		thread = defaultCaller
	}
	want := c.model.call(method.String(), thread, flags)
	require.Equal(t, want, nameOf(t, err), "%v", err)
	if !c.job.inStore {
		require.ErrorIs(t, explainErr, hresult.BG_E_NOT_FOUND)
		return
	}
	require.NoError(t, explainErr)
	require.Equal(t, want, explained.HRESULT.String(), explained)
	var refused *tokenopts.AccessError
	if errors.As(err, &refused) {
		require.Equal(t, explained, refused.Decision)
	}
}

func (m *machine) TakeOwnership(t *rapid.T) {
	job, q := m.job(t), somebody(t, "caller")
	err := m.service().TakeOwnership(q.ctx(), job.id)
	if q == nobody {
		q = defaultCaller
	}
	require.Equal(t, modelTake(&job.modelJob, q), nameOf(t, err), "%v", err)
}

func (m *machine) ChangeState(t *rapid.T) {
	job := m.job(t)
	state := rapid.SampledFrom([]bits.JobState{
		bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_TRANSFERRING, bits.BG_JOB_STATE_SUSPENDED,
		bits.BG_JOB_STATE_TRANSIENT_ERROR, bits.BG_JOB_STATE_TRANSFERRED, bits.BG_JOB_STATE_ACKNOWLEDGED,
		bits.BG_JOB_STATE_CANCELLED,
	}).Draw(t, "state")
	if !job.inStore || job.final() {
		t.Skip("this job is over")
	}
	require.NoError(t, m.store.Update(job.id, func(j *jobstore.Job) error {
		j.State, j.Error = state, jobstore.JobError{}
		return nil
	}))
	job.state, job.error = state.Short(), ""
}

func (m *machine) DeleteJob(t *rapid.T) {
	job := m.job(t)
	if !job.inStore {
		t.Skip("this job is gone")
	}
	require.NoError(t, m.store.Delete(job.id))
	job.inStore = false
}

func (m *machine) EndSession(t *rapid.T) {
	session := rapid.SampledFrom([]uint64{0x1a, 0x2a, 0x1b, 0x3e7, 0}).Draw(t, "session")
	lost, err := m.service().EndSession(token.Session(session))
	if session == 0 || session == 0x3e7 {
		require.ErrorIs(t, err, hresult.E_INVALIDARG)
		return
	}
	require.NoError(t, err)
	m.compareLost(t, lost, func(j *modelJob) (bool, bool) { return modelEndSession(session, j) })
}

func (m *machine) LogOff(t *rapid.T) {
	user := rapid.SampledFrom([]string{alicesUser, bobsUser, "S-1-5-20"}).Draw(t, "user")
	lost, err := m.service().LogOff(sid.MustParse(user))
	if user == "S-1-5-20" {
		require.ErrorIs(t, err, hresult.E_INVALIDARG)
		return
	}
	require.NoError(t, err)
	m.compareLost(t, lost, func(j *modelJob) (bool, bool) { return modelLogOff(user, j) })
}

func (m *machine) Restart(t *rapid.T) {
	lost, err := m.service().Restart()
	require.NoError(t, err)
	m.compareLost(t, lost, func(j *modelJob) (bool, bool) { return j.lose(false) })
}

func (m *machine) compareLost(t *rapid.T, lost []tokenopts.Lost, lose func(*modelJob) (lost, failed bool)) {
	type loss struct {
		id     uuid.UUID
		helper string
		was    string
		failed bool
	}
	var want, got []loss
	for _, job := range m.jobs {
		helper, was := job.helper, job.state
		if lost, failed := lose(&job.modelJob); lost {
			want = append(want, loss{job.id, helper.token().Key(), was, failed})
		}
	}
	for _, l := range lost {
		got = append(got, loss{l.Job, l.Token.Key(), l.Was.Short(), l.Failed})
	}
	require.Equal(t, want, got)
}

// Reopen closes the file and opens it again, which is no restart: tokens stay.
func (m *machine) Reopen(t *rapid.T) {
	require.NoError(t, m.store.Check())
	require.NoError(t, m.store.Close())
	m.held = nil
	m.open(t)
	m.jobs = slices.DeleteFunc(m.jobs, func(j *machineJob) bool { return !j.inStore })
	for _, job := range m.jobs {
		var err error
		job.entry, err = m.store.Lookup(job.id)
		require.NoError(t, err)
	}
}

// Check compares the whole store with the model after every step, so that a call
// which was refused is seen to have changed nothing.
func (m *machine) Check(t *rapid.T) {
	n := 0
	for _, job := range m.jobs {
		if !job.inStore {
			require.True(t, job.entry.Deleted())
			continue
		}
		n++
		j, err := m.store.Get(job.id)
		require.NoError(t, err)
		require.Equal(t, job.owner.token().Key(), j.Owner.Key())
		require.Equal(t, job.helper.token().Key(), j.HelperToken.Key())
		require.Equal(t, job.flags, uint32(j.HelperTokenFlags))
		require.Equal(t, job.flags, uint32(job.entry.HelperTokenFlags()))
		require.Equal(t, job.state, j.State.Short())
		require.Equal(t, job.errorCount, j.ErrorCount)
		code := ""
		if j.Error.Code != 0 {
			code = j.Error.Code.String()
		}
		require.Equal(t, job.error, code)
	}
	require.Equal(t, n, m.store.Len())
}
