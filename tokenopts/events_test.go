package tokenopts_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

const bothFlags = bits.BG_TOKEN_LOCAL_FILE | bits.BG_TOKEN_NETWORK

func TestEventsTakeTokens(t *testing.T) {
	t.Parallel()
	type event func(*tokenopts.Service) ([]tokenopts.Lost, error)
	endSession := func(session token.Session) event {
		return func(s *tokenopts.Service) ([]tokenopts.Lost, error) { return s.EndSession(session) }
	}
	logOff := func(user sid.SID) event {
		return func(s *tokenopts.Service) ([]tokenopts.Lost, error) { return s.LogOff(user) }
	}
	restart := (*tokenopts.Service).Restart

	for name, row := range map[string]struct {
		owner, helper token.Token
		event         event
		why           string // "" when nothing is lost
		fails         bool
	}{
		"owner logs off":                     {alice, bob, logOff(aliceSID), "owner-gone", true},
		"helper logs off":                    {system, alice, logOff(aliceSID), "helper-gone", true},
		"owner helps himself":                {alice, alice, logOff(aliceSID), "owner-gone", true},
		"somebody else logs off":             {system, alice, logOff(bobSID), "", false},
		"the owner's session ends":           {alice, bob, endSession(0x1a), "owner-gone", true},
		"the owner's other session ends":     {alice, bob, endSession(0x2a), "", false},
		"the helper's session ends":          {system, alice, endSession(0x1a), "helper-gone", true},
		"the helper's other session ends":    {system, alice, endSession(0x2a), "", false},
		"the session of neither ends":        {alice, bob, endSession(0x99), "", false},
		"session not known":                  {token.User(aliceSID), token.User(bobSID), endSession(0x1a), "", false},
		"session not known, logs off":        {system, token.User(bobSID), logOff(bobSID), "helper-gone", true},
		"elevated in the same session":       {bobElevated, alice, endSession(0x1b), "owner-gone", true},
		"service restarts":                   {alice, bob, restart, "service-restarted", false},
		"service restarts, all are services": {system, network, restart, "service-restarted", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			entry := newJob(t, store, row.owner, withHelper(row.helper, bothFlags))
			newJob(t, store, row.owner) // has nothing to lose
			before := get(t, entry)
			lost, err := row.event(tokenopts.New(store, winver.Windows10_1809))
			require.NoError(t, err)
			if row.why == "" {
				require.Empty(t, lost)
				require.Equal(t, before, get(t, entry))
				return
			}
			require.Len(t, lost, 1)
			require.Equal(t, row.why, lost[0].Why.ID)
			require.Equal(t, entry.ID(), lost[0].Job)
			require.Equal(t, row.fails, lost[0].Failed)
			require.Equal(t, bits.BG_JOB_STATE_SUSPENDED, lost[0].Was)
			require.True(t, row.helper.Equal(lost[0].Token))

			want := before
			want.HelperToken = token.Token{}
			if row.fails {
				want.State = bits.BG_JOB_STATE_ERROR
				want.Error = jobstore.JobError{
					Code: hresult.BG_E_TOKEN_REQUIRED, Context: bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
				}
			}
			require.Equal(t, want, get(t, entry))

			lost, err = row.event(tokenopts.New(store, winver.Windows10_1809))
			require.NoError(t, err)
			require.Empty(t, lost, "it is gone already")
		})
	}
}

// Which jobs fail, by state and flags.
func TestLogOffFailsWhatIsNotComplete(t *testing.T) {
	t.Parallel()
	done := []bits.JobState{bits.BG_JOB_STATE_TRANSFERRED, bits.BG_JOB_STATE_ACKNOWLEDGED, bits.BG_JOB_STATE_CANCELLED}
	for state := bits.BG_JOB_STATE_QUEUED; state.Valid(); state++ {
		for flags := range bothFlags + 1 {
			t.Run(state.Short()+" "+flags.String(), func(t *testing.T) {
				t.Parallel()
				store := newStore(t)
				entry := newJob(t, store, system, withHelper(alice, flags), inState(state), func(j *jobstore.Job) { j.ErrorCount = 7 })
				lost, err := tokenopts.New(store, winver.Windows10_1809).LogOff(aliceSID)
				require.NoError(t, err)
				require.Len(t, lost, 1)
				require.Equal(t, state, lost[0].Was)
				fails := flags != 0 && !slices.Contains(done, state)
				require.Equal(t, fails, lost[0].Failed)
				j := get(t, entry)
				require.True(t, j.HelperToken.IsZero())
				require.Equal(t, flags, j.HelperTokenFlags)
				if !fails {
					require.Equal(t, state, j.State)
					require.Zero(t, j.Error)
					require.EqualValues(t, 7, j.ErrorCount)
					return
				}
				require.Equal(t, bits.BG_JOB_STATE_ERROR, j.State)
				require.Equal(t, hresult.BG_E_TOKEN_REQUIRED, j.Error.Code)
				if state == bits.BG_JOB_STATE_TRANSFERRING {
					require.EqualValues(t, 8, j.ErrorCount)
				} else {
					require.EqualValues(t, 7, j.ErrorCount)
				}
			})
		}
	}
}

func TestEventsThatCannotBe(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	newJob(t, store, system, withHelper(network, bothFlags))
	service := tokenopts.New(store, winver.Windows10_1809)
	for _, session := range []token.Session{0, token.SessionSystem, token.SessionLocalService, token.SessionNetworkService} {
		lost, err := service.EndSession(session)
		require.Empty(t, lost)
		require.ErrorIs(t, err, hresult.E_INVALIDARG)
		require.ErrorContains(t, err, "session "+session.String()+" cannot end")
	}
	for _, user := range []sid.SID{{}, sid.LocalSystem, sid.LocalService, sid.NetworkService} {
		lost, err := service.LogOff(user)
		require.Empty(t, lost)
		require.ErrorIs(t, err, hresult.E_INVALIDARG)
		require.ErrorContains(t, err, user.String())
	}
}

// Events report in creation order, pass over jobs that go meanwhile, and stop
// when the store fails.
func TestEventsAndTheStore(t *testing.T) {
	t.Parallel()
	store := jobstore.NewMemory()
	var entries []jobstore.Entry
	for range 5 {
		entries = append(entries, newJob(t, store, system, withHelper(alice, bothFlags)))
	}
	service := tokenopts.New(store, winver.Windows10_1809)
	lost, err := service.LogOff(aliceSID)
	require.NoError(t, err)
	require.Len(t, lost, 5)
	for i, l := range lost {
		require.Equal(t, entries[i].ID(), l.Job)
	}
	require.NoError(t, store.Close())
	_, err = service.Restart()
	require.NoError(t, err, "there is no job in it")
}

func TestEventsOnAStoreThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/jobs"
	store, err := jobstore.Open(path, jobstore.NoSync())
	require.NoError(t, err)
	newJob(t, store, system, withHelper(alice, bothFlags))
	require.NoError(t, store.Close())
	store, err = jobstore.OpenReadOnly(path)
	require.NoError(t, err)
	defer store.Close()
	lost, err := tokenopts.New(store, winver.Windows10_1809).Restart()
	require.ErrorIs(t, err, jobstore.ErrReadOnly)
	require.Empty(t, lost)
}

// What happens in the middle of an event is made to happen by its clock, which
// is asked while a job is being changed.
func TestEventsAmongOtherCalls(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	changed := newJob(t, store, system, withHelper(alice, bothFlags))
	deleted := newJob(t, store, system, withHelper(alice, bothFlags))
	other := newJob(t, store, system, withHelper(alice, bothFlags))
	meanwhile := sync.OnceFunc(func() {
		require.NoError(t, changed.Update(func(j *jobstore.Job) error {
			j.HelperToken = bob
			return nil
		}))
		require.NoError(t, store.Delete(deleted.ID()))
	})
	service := tokenopts.New(store, winver.Windows10_1809, tokenopts.Clock(func() time.Time {
		meanwhile()
		return time.Time{}
	}))
	lost, err := service.LogOff(aliceSID)
	require.NoError(t, err)
	require.Len(t, lost, 1)
	require.Equal(t, other.ID(), lost[0].Job)
	require.True(t, bob.Equal(get(t, changed).HelperToken))
	require.Equal(t, bits.BG_JOB_STATE_SUSPENDED, changed.State())
}

// The way back: a new token, or no flags.
func TestRecovery(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, system, withHelper(alice, bothFlags))
	service := tokenopts.New(store, winver.Windows10_1809)
	options := query(t, store, winver.Windows10_1809, entry, system)
	_, err := service.LogOff(aliceSID)
	require.NoError(t, err)

	open := func() (tokenopts.Grant, error) {
		j := get(t, entry)
		return tokenopts.Identity(winver.Windows10_1809, &j, tokenopts.TemporaryFile)
	}
	_, err = open()
	requireRefused(t, err, hresult.BG_E_TOKEN_REQUIRED, "local-file")
	require.NoError(t, options.SetHelperToken(as(t, bob)))
	grant, err := open()
	require.NoError(t, err)
	require.Equal(t, tokenopts.Helper, grant.As)

	_, err = service.Restart()
	require.NoError(t, err)
	_, err = open()
	requireRefused(t, err, hresult.BG_E_TOKEN_REQUIRED, "local-file")
	require.NoError(t, options.SetHelperTokenFlags(as(t, system), 0))
	grant, err = open()
	require.NoError(t, err)
	require.Equal(t, tokenopts.Owner, grant.As)
}
