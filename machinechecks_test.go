package bitsemu_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// is asserts the answer of a call.
func (m *machine) is(want hresult.HRESULT, err error, what string) {
	m.Helper()
	got, ok := hresult.Of(err)
	require.True(m, ok, "%s: %v", what, err)
	require.Equal(m, want, got, "%s: %v", what, err)
}

// require asserts the state of a job right after a call. An emulator that works by
// itself may have gone on.
func (m *machine) require(j *modelJob, want class, what string) {
	s, err := j.job.GetState(m.as(j.owner))
	require.NoError(m, err)
	require.Equal(m, string(want), string(classOf(s)), what)
}

// note remembers the temporary files of a job that could not be deleted.
func (m *machine) note(j *modelJob) {
	info, err := m.emu.Job(j.id)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range info.Files {
		if f.TemporaryName != "" {
			m.left[m.host(f.TemporaryName)] = true
		}
		if j.highPerf { // its files are where they belong from the start
			m.left[m.host(f.LocalName)] = true
		}
	}
}

// host is where a file is on this machine.
func (m *machine) host(windows string) string {
	return filepath.Join(m.dir, "C", filepath.FromSlash(strings.ReplaceAll(strings.TrimPrefix(windows, `C:\`), `\`, "/")))
}

// look compares the emulator with the model.
func (m *machine) look() {
	m.Helper()
	m.quiet()
	require.NoError(m, m.emu.Check())
	require.Empty(m, m.trace.complaints())
	m.follow()
	for _, j := range m.jobs {
		m.lookAt(j)
	}
	m.lookAround()
}

// follow walks with the jobs along the arrows.
func (m *machine) follow() {
	for _, e := range m.trace.take() {
		for _, j := range m.jobs {
			if j.id == e.job {
				m.move(j, classOf(e.state))
			}
		}
	}
}

// allow lets a job go by the arrows of a call that is about to be made.
func (m *machine) allow(j *modelJob, arrows string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j.may += " " + arrows
}

func (m *machine) move(j *modelJob, to class) {
	m.Helper()
	if j.state != to {
		arrow := string(j.state) + string(to)
		m.mu.Lock()
		may := j.may
		m.mu.Unlock()
		require.True(m, strings.Contains(arrows[j.state], string(to)) || strings.Contains(may, arrow),
			"job %s: there is no arrow %s", j.id, arrow)
		j.state = to
	}
}

func (m *machine) lookAt(j *modelJob) {
	m.Helper()
	info, err := m.emu.Job(j.id)
	if errors.Is(err, hresult.BG_E_NOT_FOUND) {
		require.True(m, j.state.final(), "job %s is not there", j.id)
		return
	}
	require.NoError(m, err)
	if to := classOf(info.State); !j.state.final() || to.final() {
		if to == cancelled && j.state != to {
			m.allow(j, byCancel) // for inactivity
		}
		m.move(j, to)
	}
	m.mu.Lock()
	j.may = ""
	m.mu.Unlock()
	if j.state.final() {
		return
	}
	require.Len(m, info.Files, len(j.files))
	for i, f := range j.files {
		now := info.Files[i].BytesTransferred
		require.True(m, now >= f.held || f.restarts != f.seen || j.highPerf,
			"job %s: progress of file %d goes back from %d to %d", j.id, i, f.held, now)
		f.held, f.seen = now, f.restarts
	}
}

// lookAround looks for files that are not there and for those that should not be.
func (m *machine) lookAround() {
	m.Helper()
	around, err := os.ReadDir(m.dir)
	require.NoError(m, err)
	require.Len(m, around, 2)
	outside, err := os.ReadFile(filepath.Join(m.dir, "outside"))
	require.NoError(m, err)
	require.Equal(m, "outside", string(outside))

	expected := map[string]bool{}
	for _, j := range m.jobs {
		info, err := m.emu.Job(j.id)
		if err != nil {
			continue
		}
		for i := range info.Files {
			f := &info.Files[i]
			if f.Completed || f.Renamed {
				m.checkContent(m.host(f.LocalName))
				m.mu.Lock()
				m.left[m.host(f.LocalName)] = true
				m.mu.Unlock()
			}
			if !info.State.Final() && f.TemporaryName != "" {
				require.True(m, j.highPerf || filepath.Dir(m.host(f.TemporaryName)) == filepath.Dir(m.host(f.LocalName)))
				expected[m.host(f.TemporaryName)] = true
			}
			if j.highPerf {
				expected[m.host(f.LocalName)] = true
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	require.NoError(m, filepath.WalkDir(filepath.Join(m.dir, "C"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			require.True(m, expected[path] || m.left[path], "nobody knows of %s", path)
		}
		return err
	}))
}

// checkContent asserts that a file is a version of a remote one, whole.
func (m *machine) checkContent(path string) {
	m.Helper()
	content, err := os.ReadFile(path)
	require.NoError(m, err)
	require.True(m, m.known[sha256.Sum256(content)], "%s, of %d bytes, is no remote file (%d zero bytes)", path, len(content), bytes.Count(content, []byte{0}))
}

// finish mends everything: all jobs must come to their end.
func (m *machine) finish() {
	m.Helper()
	m.emu.NetworkUp()
	m.emu.BlockBandwidth(false)
	m.emu.SetBatterySaver(false)
	m.emu.SetGameMode(false)
	m.emu.SetCost(bits.BITS_COST_STATE_UNRESTRICTED)
	m.emu.LogOnSession(actors.alice.User(), aliceSession)
	m.emu.LogOnSession(actors.bob.User(), bobSession)
	m.mu.Lock()
	clear(m.in)
	m.mu.Unlock()
	for _, s := range m.scripts {
		s.Set(transfer.Ranges(), transfer.Rate(0), transfer.Delay(0), transfer.Status(200, 0), transfer.CutAfter(0, 0))
		s.Release()
	}
	// What is left of faults and of callbacks that act comes to pass meanwhile.
	for range 20 {
		for _, j := range m.jobs {
			if j.state.final() {
				continue
			}
			j.restart()
			m.allow(j, byResume+" "+byValidation)
			if len(j.files) == 0 {
				m.add(j)
			}
			if j.state.final() {
				continue
			}
			j5 := m.job5(j)
			_ = j5.SetProperty(m.as(j.owner), bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(false))
			_ = j5.SetNoProgressTimeout(m.as(j.owner), 1_209_600)
			i, err := j.job.QueryInterface(m.as(j.owner), bits.IID_IBitsTokenOptions)
			require.NoError(m, err)
			require.NoError(m, i.(bits.TokenOptions).SetHelperTokenFlags(m.as(j.owner), 0))
			m.is(j.resumes(), j.job.Resume(m.as(j.owner)), "Resume")
		}
		m.emu.Advance(10 * time.Minute)
		m.look()
	}
	m.heard()
	for _, j := range m.jobs {
		if j.state.final() {
			continue
		}
		info, err := m.emu.Job(j.id)
		require.NoError(m, err)
		require.Equal(m, bits.BG_JOB_STATE_TRANSFERRED, info.State, "%s", info)
		for try := 0; ; try++ {
			m.allow(j, byComplete)
			result, err := j.job.Complete(m.as(j.owner))
			if err == nil {
				require.Equal(m, hresult.S_OK, result)
				break
			}
			require.Less(m, try, 100, "%v", err) // faults that were left
		}
		m.look()
		m.require(j, acknowledged, "Complete")
	}
	require.Zero(m, m.emu.Len())
}
