package bitsemu_test

import (
	"crypto/sha256"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// version gives a script new content.
func (m *machine) version(s *transfer.Script, size int64) {
	m.stamp = m.stamp.Add(time.Second)
	s.Set(transfer.Seeded(size, uint64(m.stamp.Unix())), transfer.Modified(m.stamp))
	m.known[sha256.Sum256(s.Bytes())] = true
}

func (m *machine) settle() {
	m.emu.Settle()
	m.heard()
}

func (m *machine) advance() {
	m.emu.Advance([]time.Duration{time.Second, time.Minute, 11 * time.Minute, 3 * time.Hour, 20 * 24 * time.Hour}[m.choose(5, "time")])
	m.heard()
}

// heard asserts that whoever listens was told of the end that a job has come to.
func (m *machine) heard() {
	m.Helper()
	m.quiet()
	for _, j := range m.jobs {
		info, err := m.emu.Job(j.id)
		if err != nil || j.listener == nil || j.flags.Has(bits.BG_NOTIFY_DISABLE) {
			continue
		}
		kind, ends := map[bits.JobState]bits.NotifyFlags{bits.BG_JOB_STATE_TRANSFERRED: flagT, bits.BG_JOB_STATE_ERROR: flagE}[info.State]
		if ends && j.flags.Has(kind) {
			require.True(m, m.trace.toldSince(j.id, info.State), "job %s: nobody was told of %s", j.id, info.State)
		}
	}
}

func (m *machine) world() {
	on := m.choose(2, "on") == 1
	switch m.choose(6, "world") {
	case 0:
		m.emu.NetworkDown()
	case 1:
		m.emu.NetworkUp()
	case 2:
		m.emu.BlockBandwidth(on)
	case 3:
		m.emu.SetBatterySaver(on)
	case 4:
		m.emu.SetGameMode(on)
	case 5:
		cost := bits.BITS_COST_STATE_UNRESTRICTED
		if on {
			cost = bits.BITS_COST_STATE_ROAMING
		}
		m.emu.SetCost(cost)
	}
}

func (m *machine) logOff() {
	who, session := actors.alice, aliceSession
	if m.choose(2, "who") == 1 {
		who, session = actors.bob, bobSession
	}
	if m.choose(2, "off") == 1 {
		for _, j := range m.jobs {
			if j.helper && (who.User() == actors.alice.User() || j.owner.User() == who.User()) {
				m.allow(j, byLogOff)
				j.helper = false
			}
		}
		require.NoError(m, m.emu.LogOff(who.User()))
		return
	}
	m.emu.LogOnSession(who.User(), session)
}

func (m *machine) restart() {
	require.NoError(m, m.emu.Restart())
	for _, j := range m.jobs {
		j.listener, j.helper = nil, false
		if j.highPerf {
			j.restart()
		}
		if !j.state.final() {
			_, err := j.job.GetState(m.as(j.owner))
			m.is(hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE, err, "a pointer of before")
			m.fetch(j)
		} else {
			j.dead = true
		}
	}
}

// serverActs has a server do something.
func (m *machine) serverActs() {
	i := m.choose(machineFiles, "server")
	s := m.scripts[i]
	n := m.choose(4, "n")
	switch m.choose(10, "server does") {
	case 0:
		s.Set(transfer.CutAfter(int64(n*400), 1+n))
	case 1:
		s.Set(transfer.Status([]int{404, 500, 503, 408}[n], 1))
	case 2:
		s.Set(transfer.Hold())
	case 3:
		s.Set(transfer.HoldAt(int64(n * 300)))
	case 4:
		s.Release()
	case 5:
		m.version(s, []int64{0, 10, 5000, 100_000}[n])
		for _, j := range m.jobs {
			j.restart()
		}
	case 6:
		s.Set(transfer.NoRanges())
		for _, j := range m.jobs {
			j.restart()
		}
	case 7:
		s.Set(transfer.Ranges())
	case 8:
		s.Set(transfer.Rate(int64(n * 1000)))
	case 9:
		s.Set(transfer.Delay(time.Duration(n) * time.Second))
	}
}

func (m *machine) fault() {
	ops := []string{"connect", "data", "create", "rename", "delete"}
	require.NoError(m, m.emu.Fail(bitsemu.Fault{
		Op: ops[m.choose(len(ops), "fault")], Code: hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL, Transient: m.choose(2, "transient") == 1,
	}))
}
