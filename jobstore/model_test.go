package jobstore_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// machine drives a store and a plain model of it: the jobs in creation order.
type machine struct {
	store  *jobstore.Store
	path   string // "" if it cannot be opened again
	dir    string
	model  []jobstore.Job
	views  map[uuid.UUID]jobstore.Entry
	copies int
}

// owners are few, so that they meet; two are the same user in two sessions.
var owners = []token.Token{
	alice, bob, token.LocalSystem(), token.NetworkService(),
	token.ElevatedAdmin(user(1)), token.User(user(1), token.WithSession(7)),
}

func (m *machine) find(id uuid.UUID) int {
	return slices.IndexFunc(m.model, func(j jobstore.Job) bool { return j.ID == id })
}

func drawJob(t *rapid.T) jobstore.Job {
	return jobstore.Job{
		Owner:            rapid.SampledFrom(owners).Draw(t, "owner"),
		HelperToken:      rapid.SampledFrom(append([]token.Token{{}}, owners...)).Draw(t, "helper"),
		HelperTokenFlags: bits.HelperTokenFlags(rapid.Uint32Range(0, 3).Draw(t, "flags")),
		State:            bits.JobState(rapid.Uint8Range(0, 8).Draw(t, "state")),
		Type:             bits.JobType(rapid.Uint8Range(0, 2).Draw(t, "type")),
		Priority:         bits.JobPriority(rapid.Uint8Range(0, 3).Draw(t, "priority")),
		DisplayName:      rapid.SampledFrom([]string{"", "name", "another", strings.Repeat("long", 2000)}).Draw(t, "name"),
		ErrorCount:       rapid.Uint32().Draw(t, "errors"),
	}
}

func (m *machine) drawID(t *rapid.T) uuid.UUID {
	if len(m.model) == 0 || rapid.IntRange(0, 9).Draw(t, "unknown") == 0 {
		return uuid.UUID{0xff}
	}
	return rapid.SampledFrom(m.model).Draw(t, "job").ID
}

func (m *machine) create(t *rapid.T) {
	j := drawJob(t)
	j.ID = uuid.UUID{15: rapid.Byte().Draw(t, "id")} // few, so that they meet too; 0 is made up
	e, err := m.store.Create(j)
	if j.ID != uuid.Nil && m.find(j.ID) >= 0 {
		require.ErrorIs(t, err, jobstore.ErrExists)
		return
	}
	require.NoError(t, err)
	j.ID = e.ID()
	m.model = append(m.model, j)
	m.views[j.ID] = e
}

func (m *machine) update(t *rapid.T) {
	id, to := m.drawID(t), drawJob(t)
	to.ID = id
	err := m.store.Update(id, func(j *jobstore.Job) error {
		*j = to
		return nil
	})
	i := m.find(id)
	if i < 0 {
		require.ErrorIs(t, err, jobstore.ErrNotFound)
		return
	}
	require.NoError(t, err)
	m.model[i] = to
}

func (m *machine) refuse(t *rapid.T) {
	id := m.drawID(t)
	err := m.store.Update(id, func(j *jobstore.Job) error {
		j.DisplayName = "\x00"
		return nil
	})
	if m.find(id) < 0 {
		require.ErrorIs(t, err, jobstore.ErrNotFound)
		return
	}
	require.ErrorIs(t, err, jobstore.ErrInvalid)
}

func (m *machine) remove(t *rapid.T) {
	id := m.drawID(t)
	err := m.store.Delete(id)
	i := m.find(id)
	if i < 0 {
		require.ErrorIs(t, err, jobstore.ErrNotFound)
		return
	}
	require.NoError(t, err)
	m.model = slices.Delete(m.model, i, i+1)
	require.True(t, m.views[id].Deleted())
	delete(m.views, id)
}

func (m *machine) reopen(t *rapid.T) {
	if m.path == "" {
		t.Skip("it has no file")
	}
	require.NoError(t, m.store.Close())
	var err error
	m.store, err = jobstore.Open(m.path, jobstore.NoSync())
	require.NoError(t, err)
	m.relook(t)
}

// restore goes on with a backup of the store.
func (m *machine) restore(t *rapid.T) {
	if m.path == "" {
		t.Skip("it has no file")
	}
	var b bytes.Buffer
	require.NoError(t, m.store.Backup(&b))
	require.NoError(t, m.store.Close())
	m.copies++
	m.path = filepath.Join(m.dir, fmt.Sprintf("copy-%d.db", m.copies))
	require.NoError(t, os.WriteFile(m.path, b.Bytes(), 0o600))
	var err error
	m.store, err = jobstore.Open(m.path, jobstore.NoSync())
	require.NoError(t, err)
	m.relook(t)
}

func (m *machine) relook(t *rapid.T) {
	for _, j := range m.model {
		e, err := m.store.Lookup(j.ID)
		require.NoError(t, err)
		m.views[j.ID] = e
	}
}

// check compares everything that can be asked.
func (m *machine) check(t *rapid.T) {
	require.NoError(t, m.store.Check())
	require.Equal(t, len(m.model), m.store.Len())
	all := m.store.All()
	require.Equal(t, len(m.model), all.Len())
	for i, want := range m.model {
		require.Equal(t, want.ID, all.At(i).ID(), "creation order")
		got, err := m.store.Get(want.ID)
		require.NoError(t, err)
		require.Equal(t, want.String(), got.String())
		require.True(t, want.Owner.Equal(got.Owner) && want.HelperToken.Equal(got.HelperToken))
		s := m.views[want.ID].Summary()
		require.True(t, s.Owner.Equal(want.Owner))
		s.Owner = token.Token{}
		require.Equal(t, jobstore.Summary{HelperTokenFlags: want.HelperTokenFlags, State: want.State, Type: want.Type, Priority: want.Priority}, s)
	}
	for _, who := range owners {
		var want []uuid.UUID
		for _, j := range m.model {
			if j.Owner.User() == who.User() {
				want = append(want, j.ID)
			}
		}
		var got []uuid.UUID
		for e := range m.store.ByOwner(who.User()).All() {
			got = append(got, e.ID())
		}
		require.Equal(t, want, got)
		require.Equal(t, len(want), m.store.CountByOwner(who.User()))
	}
}

func TestStoreBehavesLikeItsModel(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "scratch", "file"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				dir, err := os.MkdirTemp("", "model")
				require.NoError(t, err)
				defer os.RemoveAll(dir)
				m := &machine{dir: dir, views: map[uuid.UUID]jobstore.Entry{}}
				switch kind {
				case "memory":
					m.store = jobstore.NewMemory()
				case "scratch":
					m.store, err = jobstore.NewScratch()
				default:
					m.path = filepath.Join(dir, "jobs.db")
					m.store, err = jobstore.Open(m.path, jobstore.NoSync())
				}
				require.NoError(t, err)
				defer func() { require.NoError(t, m.store.Close()) }()
				t.Repeat(map[string]func(*rapid.T){
					"create": m.create, "create another": m.create, "update": m.update, "refuse": m.refuse,
					"delete": m.remove, "reopen": m.reopen, "restore": m.restore, "": m.check,
				})
			})
		})
	}
}
