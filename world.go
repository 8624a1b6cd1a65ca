package bitsemu

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// world is what the emulated machine is like outside of BITS.
type world struct {
	users       map[sid.SID]*user
	nextSession token.Session
	offline     bool
	cost        bits.CostState
	noBandwidth bool
	saver       bool
	gaming      bool
	locked      map[string]bool // drives
	proxies     map[sid.SID]proxySettings
	autoProxy   string
	mapped      []mapping
}

// user is somebody who has been heard of.
type user struct {
	sessions map[token.Session]struct{} // interactive ones
	told     bool                       // a test has said whether he is logged on
}

func newWorld(caller token.Token) world {
	w := world{users: map[sid.SID]*user{}, nextSession: 0x20000, cost: bits.BITS_COST_STATE_UNRESTRICTED}
	w.notice(caller)
	return w
}

func (w *world) user(s sid.SID) *user {
	u := w.users[s]
	if u == nil {
		u = &user{sessions: map[token.Session]struct{}{}}
		w.users[s] = u
	}
	return u
}

// notice takes a caller with an interactive token for logged on, and from Windows 10
// 1607 on one from a remote session (D users-and-network-connections.md), unless a test
// has said otherwise (C). It reports whether that is news.
func (w *world) notice(t token.Token) bool {
	if service(t.User()) || t.Logon() != token.LogonInteractive && t.Logon() != token.LogonNetwork {
		return false
	}
	u := w.user(t.User())
	if _, known := u.sessions[t.Session()]; known || u.told {
		return false
	}
	u.sessions[t.Session()] = struct{}{}
	return true
}

// loggedOn reports whether a user's jobs may run (D
// users-and-network-connections.md, service-accounts-and-bits.md).
func (w *world) loggedOn(s sid.SID) bool {
	u := w.users[s]
	return service(s) || u != nil && len(u.sessions) > 0
}

// LogOn logs a user on interactively, and returns the session: [token.WithSession]
// puts it into a token. Jobs of his that wait for him go on. A caller with an
// interactive token counts as logged on until the test has called LogOn or LogOff
// for its user.
func (e *Emulator) LogOn(user sid.SID) token.Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.world.nextSession++
	session := e.world.nextSession
	u := e.world.user(user)
	u.told = true
	u.sessions[session] = struct{}{}
	e.welcome(user)
	return session
}

// LogOnSession is LogOn with a session of the test's choice, such as that of a token.
func (e *Emulator) LogOnSession(user sid.SID, session token.Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	u := e.world.user(user)
	u.told = true
	u.sessions[session] = struct{}{}
	e.welcome(user)
}

// welcome puts the jobs of a user who has logged on into the queue.
func (e *Emulator) welcome(user sid.SID) {
	for entry := range e.store.ByOwner(user).All() {
		if it := e.items[entry.ID()]; it == nil || it.queued == nil && it.run == nil {
			e.enqueue(entry)
		}
	}
}

// LogOff ends all sessions of a user. Transfers of his jobs stop, and the jobs wait
// in BG_JOB_STATE_QUEUED (D ne-bits-bg_job_state.md); helper tokens that are his, or
// that his jobs have, are lost, and jobs that need them fail with
// BG_E_TOKEN_REQUIRED (D helper-tokens-for-bits-transfer-jobs.md). Service accounts
// are always logged on: for them it fails with E_INVALIDARG.
func (e *Emulator) LogOff(user sid.SID) error {
	if service(user) || user.IsZero() {
		return fmt.Errorf("bitsemu: LogOff: %s %s is always logged on, or nobody: %w", user, user.Name(), hresult.E_INVALIDARG)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	u := e.world.user(user)
	u.told = true
	clear(u.sessions)
	e.sendAway(user)
	lost, err := e.tokens.LogOff(user)
	e.bereave(lost)
	return err
}

// EndSession ends one session of whoever has it, such as one of two at the same
// machine. The helper tokens that come from it are lost as by LogOff; only with
// his last session a user is logged off.
func (e *Emulator) EndSession(session token.Session) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for s, u := range e.world.users {
		if _, his := u.sessions[session]; his {
			u.told = true
			delete(u.sessions, session)
			if len(u.sessions) == 0 {
				e.sendAway(s)
			}
		}
	}
	e.pauseTokens(func(t token.Token) bool { return t.Session() == session })
	lost, err := e.tokens.EndSession(session)
	e.bereave(lost)
	return err
}

// sendAway stops what runs for a user, and takes it off the queue.
func (e *Emulator) sendAway(user sid.SID) {
	for id, it := range maps.Clone(e.items) {
		if it.entry.OwnerSID() != user {
			continue
		}
		e.dequeue(it)
		if it.run != nil {
			state := it.run.state
			e.stop(it.run, bits.BG_JOB_STATE_QUEUED)
			e.changed(it.entry, state, bits.BG_JOB_STATE_QUEUED, byGoingOff)
			e.touched(it)
			e.logState(it.entry, bits.BG_JOB_STATE_QUEUED)
		}
		_ = id
		e.release(it)
	}
	e.pauseTokens(func(t token.Token) bool { return t.User() == user })
}

// pauseTokens stops runs that use a helper token which is about to be lost, so that
// their records tell where they were.
func (e *Emulator) pauseTokens(gone func(token.Token) bool) {
	for r := range maps.Clone(e.running) {
		j, err := r.it.entry.Job()
		if err != nil || j.HelperToken.IsZero() || !gone(j.HelperToken) && !gone(j.Owner) {
			continue
		}
		state, was := r.state, r.state
		if j.HelperTokenFlags == 0 {
			state = bits.BG_JOB_STATE_QUEUED
		}
		e.stop(r, state)
		e.changed(r.it.entry, was, state, byLostToken)
	}
}

// bereave sees to jobs that have lost their helper token.
func (e *Emulator) bereave(lost []tokenopts.Lost) {
	for _, l := range lost {
		entry, err := e.store.Lookup(l.Job)
		if err != nil {
			continue
		}
		it := e.item(entry)
		if !l.Failed {
			if entry.State() == bits.BG_JOB_STATE_QUEUED {
				e.enqueue(entry)
			}
			e.release(it)
			continue
		}
		e.dequeue(it)
		if it.run != nil {
			e.stop(it.run, bits.BG_JOB_STATE_ERROR)
		}
		e.patch(entry, func(j *jobstore.Job) { j.NotifyPending |= bits.BG_NOTIFY_JOB_ERROR })
		e.entered(entry, l.Was, bits.BG_JOB_STATE_ERROR, byLostToken)
	}
}

// NetworkDown takes the network away: jobs at work, or in the queue, wait in
// BG_JOB_STATE_TRANSIENT_ERROR with BG_E_NETWORK_DISCONNECTED until NetworkUp, and no
// timer tries them (D users-and-network-connections.md).
func (e *Emulator) NetworkDown() { e.change(func(w *world) { w.offline = true }) }

// NetworkUp brings the network back. All jobs in BG_JOB_STATE_TRANSIENT_ERROR,
// whatever the reason, are queued at once (D; the delay of which the page speaks is
// none here, C).
func (e *Emulator) NetworkUp() {
	e.change(func(w *world) { w.offline = false })
	e.mu.Lock()
	defer e.mu.Unlock()
	for entry := range e.store.All().All() {
		if entry.State() == bits.BG_JOB_STATE_TRANSIENT_ERROR && e.blockOf(entry) == hresult.S_OK {
			e.requeue(entry, byRetry)
		}
	}
}

// SetCost says what the network costs now. Jobs whose
// BITS_JOB_PROPERTY_ID_COST_FLAGS do not allow that wait in
// BG_JOB_STATE_TRANSIENT_ERROR with BG_E_BLOCKED_BY_COST_TRANSFER_POLICY (D
// life-cycle-of-a-bits-job.md; the how-to page says that they are suspended).
func (e *Emulator) SetCost(cost bits.CostState) { e.change(func(w *world) { w.cost = cost }) }

// BlockBandwidth begins or ends an interval in which the policy
// MaxInternetBandwidth is 0: background jobs wait in BG_JOB_STATE_TRANSIENT_ERROR with
// BG_E_BLOCKED_BY_POLICY (D group-policies.md).
func (e *Emulator) BlockBandwidth(blocked bool) { e.change(func(w *world) { w.noBandwidth = blocked }) }

// SetBatterySaver turns the battery saver on or off: while it is on, background jobs
// wait in BG_JOB_STATE_TRANSIENT_ERROR with BG_E_BLOCKED_BY_BATTERY_SAVER (D
// life-cycle-of-a-bits-job.md; I for background jobs alone).
func (e *Emulator) SetBatterySaver(on bool) { e.change(func(w *world) { w.saver = on }) }

// SetGameMode turns the game mode on or off: while it is on, background jobs wait in
// BG_JOB_STATE_TRANSIENT_ERROR with BG_E_BLOCKED_BY_GAME_MODE (D
// life-cycle-of-a-bits-job.md; I for background jobs alone).
func (e *Emulator) SetGameMode(on bool) { e.change(func(w *world) { w.gaming = on }) }

// LockVolume locks a drive for a check of the disk, or ends that. Jobs with files on it
// wait in BG_JOB_STATE_TRANSIENT_ERROR with BG_E_DESTINATION_LOCKED, which no timer ends
// (D nf-bits-ibackgroundcopyjob-setminimumretrydelay.md; I for the end). It fails with
// E_INVALIDARG when letter is no drive.
func (e *Emulator) LockVolume(letter string, locked bool) error {
	path, err := winpath.Parse(drive(letter))
	if err != nil {
		return err
	}
	if path.Drive() == "" {
		return fmt.Errorf("bitsemu: LockVolume: %q is no drive: %w", letter, hresult.E_INVALIDARG)
	}
	e.change(func(w *world) {
		if w.locked == nil {
			w.locked = map[string]bool{}
		}
		if locked {
			w.locked[strings.ToUpper(path.Drive())] = true
		} else {
			delete(w.locked, strings.ToUpper(path.Drive()))
		}
	})
	return nil
}

// onLocked reports whether a job has a file on a drive that is locked.
func (w *world) onLocked(entry jobstore.Entry) bool {
	if len(w.locked) == 0 {
		return false
	}
	j, err := entry.Job()
	return err == nil && slices.ContainsFunc(j.Files, func(f jobstore.File) bool {
		path, err := winpath.Parse(f.LocalName)
		return err == nil && w.locked[strings.ToUpper(path.Drive())]
	})
}

// change changes the world and lets jobs feel it.
func (e *Emulator) change(what func(*world)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	what(&e.world)
	for entry := range e.store.All().All() {
		e.reconsider(entry)
	}
}

// reconsider blocks a job, or lets it go on, as the world and its properties have
// it now.
func (e *Emulator) reconsider(entry jobstore.Entry) {
	switch state := e.liveState(entry); {
	case active(state):
		if code := e.blockOf(entry); code != hresult.S_OK {
			e.block(entry, code)
		}
	case state == bits.BG_JOB_STATE_TRANSIENT_ERROR:
		j, err := entry.Job()
		if err == nil && slices.Contains(blocks, j.Error.Code) && e.blockOf(entry) == hresult.S_OK {
			e.requeue(entry, byUnblocking)
		}
	}
}

// blocks are the errors that an event ends and no timer.
var blocks = []hresult.HRESULT{
	hresult.BG_E_NETWORK_DISCONNECTED, hresult.BG_E_BLOCKED_BY_POLICY, hresult.BG_E_BLOCKED_BY_COST_TRANSFER_POLICY,
	hresult.BG_E_BLOCKED_BY_BATTERY_SAVER, hresult.BG_E_BLOCKED_BY_GAME_MODE, hresult.BG_E_DESTINATION_LOCKED,
}

// blockOf is what keeps a job from running, S_OK for nothing.
func (e *Emulator) blockOf(entry jobstore.Entry) hresult.HRESULT {
	w := &e.world
	background := entry.Priority() != bits.BG_JOB_PRIORITY_FOREGROUND
	switch {
	case w.offline:
		return hresult.BG_E_NETWORK_DISCONNECTED
	case w.noBandwidth && background:
		return hresult.BG_E_BLOCKED_BY_POLICY
	case w.saver && background:
		return hresult.BG_E_BLOCKED_BY_BATTERY_SAVER
	case w.gaming && background:
		return hresult.BG_E_BLOCKED_BY_GAME_MODE
	case w.onLocked(entry):
		return hresult.BG_E_DESTINATION_LOCKED
	case w.cost != bits.BITS_COST_STATE_UNRESTRICTED:
		if j, err := entry.Job(); err == nil && j.CostFlags != 0 && !allows(j.CostFlags, w.cost) {
			return hresult.BG_E_BLOCKED_BY_COST_TRANSFER_POLICY
		}
	}
	return hresult.S_OK
}

// allows reports whether a job's cost flags allow all that the network costs now.
func allows(flags bits.TransferPolicy, now bits.CostState) bool {
	return bits.CostState(flags)&now == now
}

// present fails unless a user is logged on interactively, whose files are to be looked
// at or renamed (O: AddFile and Complete).
func (e *Emulator) present(user sid.SID) error {
	if !e.world.loggedOn(user) {
		return fmt.Errorf("user %s is not logged on interactively [O]: %w", user, hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON)
	}
	return nil
}
