package bitsemu_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

func (m *machine) create() {
	if len(m.jobs) == 6 {
		return
	}
	owner := m.callers[m.choose(len(m.callers), "owner")]
	id, job, err := m.emu.Manager().CreateJob(m.as(owner), "job", bits.BG_JOB_TYPE_DOWNLOAD)
	m.is(hresult.S_OK, err, "CreateJob")
	j := &modelJob{id: id, owner: owner, state: suspended, flags: flagT | flagE}
	m.jobs = append(m.jobs, j)
	m.fetch(j)
	require.NoError(m, job.SetMinimumRetryDelay(m.as(owner), 60))
	if m.choose(6, "high performance") == 0 {
		j.highPerf = true
		m.is(hresult.S_OK, m.job5(j).SetProperty(m.as(owner), bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, bits.PropertyEnable(true)), "HIGH_PERFORMANCE")
	}
	if m.choose(3, "foreground") == 0 {
		require.NoError(m, job.SetPriority(m.as(owner), bits.BG_JOB_PRIORITY_FOREGROUND))
	}
	m.add(j)
}

// fetch gets a pointer to a job for its owner.
func (m *machine) fetch(j *modelJob) {
	var err error
	j.job, err = m.emu.Manager().GetJob(m.as(j.owner), j.id)
	if !j.state.final() {
		m.is(hresult.S_OK, err, "GetJob")
	}
}

func (m *machine) job5(j *modelJob) bits.Job5 {
	i, err := j.job.QueryInterface(m.as(j.owner), bits.IID_IBackgroundCopyJob5)
	require.NoError(m, err)
	return i.(bits.Job5)
}

func (m *machine) addFile() {
	if j := m.pick(); j != nil {
		m.add(j)
	}
}

// add adds a file, which sometimes comes from a server that acts.
func (m *machine) add(j *modelJob) {
	f := &modelFile{local: fmt.Sprintf(`C:\Downloads\%s-%d`, j.id, len(j.files))}
	if i := m.choose(machineFiles+1, "remote"); i < machineFiles {
		f.remote = m.remote(i)
	} else {
		path := fmt.Sprintf("/%s-%d", j.id, len(j.files))
		f.remote = "http://acts" + path
		m.known[sha256.Sum256([]byte("acted "+path))] = true
		act := m.acting(j)
		m.mu.Lock()
		m.in[path] = act
		m.mu.Unlock()
	}
	err := j.job.AddFile(m.as(j.owner), f.remote, f.local)
	if want := j.changes(); want != hresult.S_OK {
		m.is(want, err, "AddFile")
		return
	}
	if errors.Is(err, hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON) {
		return
	}
	m.is(hresult.S_OK, err, "AddFile")
	j.files = append(j.files, f)
}

// acting is what a server does to a job while it answers.
func (m *machine) acting(j *modelJob) func(*http.Request) {
	act := m.choose(6, "server acts")
	return func(r *http.Request) {
		ctx := token.NewContext(r.Context(), j.owner)
		switch act {
		case 0:
			m.allow(j, bySuspend)
			_ = j.job.Suspend(ctx)
		case 1:
			m.allow(j, byCancel)
			m.note(j)
			_, _ = j.job.Cancel(ctx)
		case 2:
			m.allow(j, byComplete)
			m.note(j)
			_, _ = j.job.Complete(ctx)
		case 3:
			m.allow(j, bySuspend+" "+byResume)
			_ = j.job.Suspend(ctx)
			_ = j.job.Resume(ctx)
		case 4:
			_ = j.job.SetPriority(ctx, bits.BG_JOB_PRIORITY_LOW)
		case 5:
			m.emu.Settle()
		}
	}
}

func (m *machine) resume() {
	if j := m.pick(); j != nil {
		m.allow(j, byResume)
		m.is(j.resumes(), j.job.Resume(m.as(j.owner)), "Resume")
	}
}

func (m *machine) suspend() {
	if j := m.pick(); j != nil {
		m.allow(j, bySuspend)
		m.is(j.changes(), j.job.Suspend(m.as(j.owner)), "Suspend")
		if j.state == working || j.state == retrying {
			m.require(j, suspended, "Suspend")
		}
	}
}

func (m *machine) cancel() {
	j := m.pick()
	if j == nil || m.choose(3, "really") > 0 && !j.state.final() {
		return
	}
	m.note(j)
	m.allow(j, byCancel)
	result, err := j.job.Cancel(m.as(j.owner))
	m.is(j.changes(), err, "Cancel")
	if err == nil {
		m.require(j, cancelled, "Cancel")
		if result == hresult.S_OK {
			m.gone(j)
		}
	}
}

// gone takes back what note has remembered: the job has said that nothing is left.
func (m *machine) gone(j *modelJob) {
	if j.highPerf {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.left {
		if strings.Contains(filepath.Base(name), "-") && strings.HasPrefix(filepath.Base(name), j.id.String()) {
			continue // a file that is in its place
		}
		if _, err := os.Stat(name); err != nil {
			delete(m.left, name)
		}
	}
}

func (m *machine) complete() {
	j := m.pick()
	if j == nil || j.state != transferred && m.choose(3, "really") > 0 {
		return
	}
	m.note(j)
	m.allow(j, byComplete)
	result, err := j.job.Complete(m.as(j.owner))
	if want := j.changes(); want != hresult.S_OK {
		m.is(want, err, "Complete")
		return
	}
	switch code, _ := hresult.Of(err); code {
	case hresult.S_OK:
	case hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON:
		return // nothing has happened to it
	default:
		m.require(j, transferred, "a Complete that has failed")
		return
	}
	m.require(j, acknowledged, "Complete")
	switch result {
	case hresult.S_OK, hresult.BG_S_PARTIAL_COMPLETE:
		m.gone(j)
	default:
		m.is(hresult.BG_S_UNABLE_TO_DELETE_FILES, result, "Complete")
	}
	info, err := m.emu.Job(j.id)
	require.NoError(m, err)
	for _, f := range info.Files {
		require.Equal(m, result == hresult.S_OK, result == hresult.S_OK && f.Completed)
	}
}

// set calls a setter, and reads what it has set.
func (m *machine) set() {
	j := m.pick()
	if j == nil {
		return
	}
	ctx, want := m.as(j.owner), j.changes()
	switch n := uint32(m.choose(4, "value")); m.choose(6, "setter") {
	case 0:
		m.is(want, j.job.SetPriority(ctx, bits.JobPriority(n)), "SetPriority")
		if p, err := j.job.GetPriority(ctx); want == hresult.S_OK {
			require.NoError(m, err)
			require.Equal(m, bits.JobPriority(n), p)
		}
	case 1:
		flags := []bits.NotifyFlags{flagT | flagE, flagT, flagE | flagM, bits.BG_NOTIFY_DISABLE}[n]
		m.is(want, j.job.SetNotifyFlags(ctx, flags), "SetNotifyFlags")
		if want == hresult.S_OK {
			j.flags = flags
		}
	case 2:
		m.is(want, j.job.SetMinimumRetryDelay(ctx, 60*(n+1)), "SetMinimumRetryDelay")
	case 3:
		m.is(want, j.job.SetNoProgressTimeout(ctx, 1000*n), "SetNoProgressTimeout")
	case 4:
		m.is(want, j.job.SetDescription(ctx, strings.Repeat("x", int(n))), "SetDescription")
	case 5:
		flags := bits.BITS_COST_STATE_UNRESTRICTED
		m.is(want, m.job5(j).SetProperty(ctx, bits.BITS_JOB_PROPERTY_ID_COST_FLAGS, bits.PropertyDword(flags)), "COST_FLAGS")
	}
}

// listen registers a callback that does nothing, fails, or acts, or takes it away.
func (m *machine) listen() {
	j := m.pick()
	if j == nil {
		return
	}
	l := &modelListener{trace: m.trace, id: j.id}
	var callback bits.Callback = l
	switch m.choose(7, "listener") {
	case 0:
		l, callback = nil, nil
	case 1:
		fails := 2
		l.act = func(bits.JobState, context.Context, bits.Job) error {
			if fails--; fails >= 0 {
				return hresult.E_FAIL
			}
			return nil
		}
	case 2:
		l.act = func(s bits.JobState, ctx context.Context, job bits.Job) error {
			if s == bits.BG_JOB_STATE_ERROR {
				m.allow(j, byCancel)
				m.note(j)
				_, _ = job.Cancel(ctx)
				return nil
			}
			m.allow(j, byComplete)
			m.note(j)
			_, _ = job.Complete(ctx)
			return nil
		}
	case 3:
		tries := 2
		l.act = func(s bits.JobState, ctx context.Context, job bits.Job) error {
			if tries--; tries >= 0 {
				m.allow(j, byResume)
				_ = job.Resume(ctx)
				m.emu.Settle()
			}
			return nil
		}
	}
	m.is(j.changes(), j.job.SetNotifyInterface(m.as(j.owner), callback), "SetNotifyInterface")
	if !j.state.final() {
		j.listener = l
	}
}

// file is a file of a job.
func (m *machine) file(j *modelJob, i int) bits.File6 {
	files, err := j.job.EnumFiles(m.as(j.owner))
	require.NoError(m, err)
	_, err = files.Skip(m.as(j.owner), uint32(i))
	require.NoError(m, err)
	some, _, err := files.Next(m.as(j.owner), 1)
	require.NoError(m, err)
	require.Len(m, some, 1)
	f, err := some[0].QueryInterface(m.as(j.owner), bits.IID_IBackgroundCopyFile6)
	require.NoError(m, err)
	return f.(bits.File6)
}

// rename has a file come from somewhere else.
func (m *machine) rename() {
	j := m.pick()
	if j == nil || len(j.files) == 0 {
		return
	}
	i := m.choose(len(j.files), "file")
	remote := m.remote(m.choose(machineFiles, "remote"))
	m.is(j.changes(), m.file(j, i).SetRemoteName(m.as(j.owner), remote), "SetRemoteName")
	j.files[i].restarts++
	j.files[i].remote = remote
}

// invalid says that a file that has come is not the right one.
func (m *machine) invalid() {
	j := m.pick()
	if j == nil || len(j.files) == 0 {
		return
	}
	f := j.files[m.choose(len(j.files), "file")]
	m.allow(j, byValidation)
	f.restarts++
	for i := range j.files {
		if j.files[i] == f {
			err := m.file(j, i).SetValidationState(m.as(j.owner), false)
			if !errors.Is(err, hresult.E_PENDING) {
				m.is(j.changes(), err, "SetValidationState")
			}
		}
	}
}

// take has an elevated administrator take a job over.
func (m *machine) take() {
	j := m.pick()
	if j == nil || m.choose(3, "really") > 0 {
		return
	}
	job, err := m.emu.Manager().GetJob(m.as(actors.bobElevated), j.id)
	if j.state.final() {
		m.is(hresult.BG_E_NOT_FOUND, err, "GetJob")
		return
	}
	m.is(hresult.S_OK, err, "GetJob")
	err = job.TakeOwnership(m.as(actors.bobElevated))
	if j.owner.User() == actors.system.User() { // whose integrity level is higher
		m.is(hresult.E_ACCESSDENIED, err, "TakeOwnership")
		return
	}
	m.is(hresult.S_OK, err, "TakeOwnership")
	j.owner, j.helper = actors.bobElevated, false
	m.fetch(j)
}

// helper sets or clears a helper token, and what it is for.
func (m *machine) helper() {
	j := m.pick()
	if j == nil || j.state.final() || j.owner.User() == actors.system.User() {
		return
	}
	i, err := j.job.QueryInterface(m.as(j.owner), bits.IID_IBitsTokenOptions)
	require.NoError(m, err)
	options := i.(bits.TokenOptions)
	switch m.choose(3, "helper") {
	case 0:
		m.is(j.changes(), options.SetHelperToken(m.as(actors.alice)), "SetHelperToken")
		j.helper = !j.state.final()
	case 1:
		m.is(j.changes(), options.ClearHelperToken(m.as(j.owner)), "ClearHelperToken")
		j.helper = false
	case 2:
		flags := bits.HelperTokenFlags(m.choose(4, "flags"))
		m.is(j.changes(), options.SetHelperTokenFlags(m.as(j.owner), flags), "SetHelperTokenFlags")
		got, err := options.GetHelperTokenFlags(m.as(j.owner))
		if require.NoError(m, err); !j.state.final() {
			require.Equal(m, flags, got)
		}
	}
}

// intrude has somebody try to get at a job who may not, or may.
func (m *machine) intrude() {
	j := m.pick()
	if j == nil {
		return
	}
	who := m.callers[m.choose(len(m.callers), "caller")]
	want := hresult.S_OK
	switch {
	case j.state.final():
		want = hresult.BG_E_NOT_FOUND
	case who.User() != j.owner.User() && !who.IsAdmin():
		want = hresult.E_ACCESSDENIED
	}
	_, err := m.emu.Manager().GetJob(m.as(who), j.id)
	m.is(want, err, "GetJob by "+who.String())
}

// demand turns on-demand mode on or off, or asks for a range.
func (m *machine) demand() {
	j := m.pick()
	if j == nil || j.highPerf {
		return
	}
	j.restart()
	on := m.choose(3, "demand") == 0
	m.is(j.changes(), m.job5(j).SetProperty(m.as(j.owner), bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(on)), "ON_DEMAND_MODE")
	if on && len(j.files) > 0 {
		f := m.file(j, m.choose(len(j.files), "file"))
		err := f.RequestFileRanges(m.as(j.owner), []bits.FileRange{{InitialOffset: 10, Length: 100}, {InitialOffset: 500, Length: bits.BG_LENGTH_TO_EOF}})
		if !errors.Is(err, hresult.BG_E_INVALID_RANGE) && !errors.Is(err, hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED) {
			m.is(j.changes(), err, "RequestFileRanges")
		}
	}
}
