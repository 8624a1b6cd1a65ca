package jobstore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// model is what a store should do, done with a map and a slice.
type model struct {
	jobs  map[uuid.UUID]jobstore.Job
	order []uuid.UUID // of creation
}

func (m *model) remove(id uuid.UUID) {
	delete(m.jobs, id)
	m.order = slices.DeleteFunc(m.order, func(o uuid.UUID) bool { return o == id })
}

func (m *model) of(user sid.SID) (ids []uuid.UUID) {
	for _, id := range m.order {
		if m.jobs[id].Owner.User() == user {
			ids = append(ids, id)
		}
	}
	return ids
}

// modelOwners are few, so that jobs meet; two tokens are of one user.
var modelOwners = []token.Token{
	token.User(user(1)), token.User(user(2)), token.User(user(3)), token.User(user(4)),
	token.FilteredAdmin(user(4)), token.NetworkService(),
}

// machine does the same to a store and to its model.
type machine struct {
	dir     string
	kind    string
	s       *jobstore.Store
	model   model
	gone    []jobstore.Entry // views of deleted jobs
	entries map[uuid.UUID]jobstore.Entry
}

func (m *machine) path() string { return filepath.Join(m.dir, uuid.NewString()+".db") }

func (m *machine) pick(t *rapid.T) uuid.UUID {
	if len(m.model.order) == 0 {
		t.Skip("there is no job")
	}
	return rapid.SampledFrom(m.model.order).Draw(t, "job")
}

func drawJob(t *rapid.T, j *jobstore.Job) {
	j.State = bits.JobState(rapid.IntRange(0, 8).Draw(t, "state"))
	j.HelperTokenFlags = bits.HelperTokenFlags(rapid.IntRange(0, 3).Draw(t, "flags"))
	j.Priority = bits.JobPriority(rapid.IntRange(0, 3).Draw(t, "priority"))
	j.Type = bits.JobType(rapid.IntRange(0, 2).Draw(t, "type"))
	j.ErrorCount = rapid.Uint32().Draw(t, "errors")
	j.DisplayName = rapid.StringMatching(`[a-zé尺]{0,20}`).Draw(t, "name")
	j.Description = strings.Repeat("d", rapid.SampledFrom([]int{0, 0, 10, 900, 3000, 9000}).Draw(t, "length"))
	if rapid.Bool().Draw(t, "full") {
		full := fullJob()
		full.ID, full.Owner, full.DisplayName, full.State = j.ID, j.Owner, j.DisplayName, j.State
		*j = full
	}
}

func (m *machine) Create(t *rapid.T) {
	j := jobstore.Job{Owner: rapid.SampledFrom(modelOwners).Draw(t, "owner")}
	if rapid.Bool().Draw(t, "with id") {
		j.ID = uuid.New()
	}
	drawJob(t, &j)
	e, err := m.s.Create(j)
	require.NoError(t, err)
	j.ID = e.ID()
	m.model.jobs[j.ID], m.entries[j.ID] = j, e
	m.model.order = append(m.model.order, j.ID)
}

func (m *machine) CreateMany(t *rapid.T) {
	for range rapid.IntRange(20, 100).Draw(t, "how many") {
		j := jobstore.Job{ID: uuid.New(), Owner: modelOwners[0]}
		e, err := m.s.Create(j)
		require.NoError(t, err)
		m.model.jobs[j.ID], m.entries[j.ID] = j, e
		m.model.order = append(m.model.order, j.ID)
	}
}

func (m *machine) CreateAgain(t *rapid.T) {
	_, err := m.s.Create(jobstore.Job{ID: m.pick(t), Owner: modelOwners[0]})
	require.ErrorIs(t, err, jobstore.ErrExists)
}

func (m *machine) Update(t *rapid.T) {
	id := m.pick(t)
	want := m.model.jobs[id]
	require.NoError(t, m.s.Update(id, func(j *jobstore.Job) error {
		drawJob(t, j)
		want = *j
		return nil
	}))
	m.model.jobs[id] = want
}

func (m *machine) TakeOver(t *rapid.T) {
	id := m.pick(t)
	j := m.model.jobs[id]
	j.Owner = rapid.SampledFrom(modelOwners).Draw(t, "owner")
	require.NoError(t, m.entries[id].Update(func(j *jobstore.Job) error { j.Owner = m.model.jobs[id].Owner; return nil }))
	require.NoError(t, m.entries[id].Update(func(now *jobstore.Job) error { now.Owner = j.Owner; return nil }))
	m.model.jobs[id] = j
}

func (m *machine) Delete(t *rapid.T) {
	id := m.pick(t)
	require.NoError(t, m.s.Delete(id))
	require.ErrorIs(t, m.s.Delete(id), jobstore.ErrNotFound)
	m.gone = append(m.gone, m.entries[id])
	delete(m.entries, id)
	m.model.remove(id)
}

func (m *machine) DeleteMany(t *rapid.T) {
	user := rapid.SampledFrom(modelOwners).Draw(t, "whose").User()
	for e := range m.s.ByOwner(user).All() {
		require.NoError(t, m.s.Delete(e.ID()))
		m.gone = append(m.gone, e)
		delete(m.entries, e.ID())
		m.model.remove(e.ID())
	}
}

func (m *machine) CreateDeletedAgain(t *rapid.T) {
	if len(m.gone) == 0 {
		t.Skip("no job was deleted")
	}
	j := jobstore.Job{ID: rapid.SampledFrom(m.gone).Draw(t, "deleted").ID(), Owner: modelOwners[1]}
	if _, ok := m.model.jobs[j.ID]; ok {
		t.Skip("it is there again")
	}
	e, err := m.s.Create(j)
	require.NoError(t, err)
	m.model.jobs[j.ID], m.entries[j.ID] = j, e
	m.model.order = append(m.model.order, j.ID)
}

// moved goes on with another store of the same jobs.
func (m *machine) moved(t *rapid.T, s *jobstore.Store) {
	m.s, m.gone = s, nil
	for _, id := range m.model.order {
		e, err := s.Lookup(id)
		require.NoError(t, err)
		m.entries[id] = e
	}
}

func (m *machine) Reopen(t *rapid.T) {
	if m.kind != "file" {
		t.Skip("it cannot be opened again")
	}
	path := m.s.Path()
	require.NoError(t, m.s.Close())
	ro, err := jobstore.OpenReadOnly(path)
	require.NoError(t, err)
	require.NoError(t, ro.Check())
	require.Equal(t, len(m.model.order), ro.Len())
	require.NoError(t, ro.Close())
	s, err := jobstore.Open(path, jobstore.NoSync())
	require.NoError(t, err)
	m.moved(t, s)
}

// Restore goes on with a copy; a store in memory becomes one with a file.
func (m *machine) Restore(t *rapid.T) {
	path := m.path()
	if rapid.Bool().Draw(t, "compact") {
		require.NoError(t, m.s.Compact(path))
	} else {
		var b bytes.Buffer
		require.NoError(t, m.s.Backup(&b))
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	}
	require.NoError(t, m.s.Close())
	s, err := jobstore.Open(path, jobstore.NoSync())
	require.NoError(t, err)
	m.kind = "file"
	m.moved(t, s)
}

func (m *machine) CheckStore(t *rapid.T) {
	require.NoError(t, m.s.Check())
	for _, id := range m.model.order {
		j, err := m.s.Get(id)
		require.NoError(t, err)
		requireSameJob(t, m.model.jobs[id], j)
	}
}

func requireSameJob(t require.TestingT, want, got jobstore.Job) {
	require.True(t, want.Owner.Equal(got.Owner) && want.HelperToken.Equal(got.HelperToken) && want.NotifyToken.Equal(got.NotifyToken))
	want.Owner, want.HelperToken, want.NotifyToken = got.Owner, got.HelperToken, got.NotifyToken
	require.Equal(t, want, got)
}

// Check compares after each step.
func (m *machine) Check(t *rapid.T) {
	require.Equal(t, len(m.model.order), m.s.Len())
	listed := func(l jobstore.Entries) (ids []uuid.UUID) {
		var last uint64
		for e := range l.All() {
			require.Greater(t, e.Seq(), last)
			last = e.Seq()
			ids = append(ids, e.ID())
		}
		return ids
	}
	if all := listed(m.s.All()); !slices.Equal(m.model.order, all) {
		require.Equal(t, m.model.order, all)
	}
	for _, o := range modelOwners {
		want, got := m.model.of(o.User()), listed(m.s.ByOwner(o.User()))
		if !slices.Equal(want, got) {
			require.Equal(t, want, got)
		}
		require.Equal(t, len(want), m.s.CountByOwner(o.User()))
	}
	for id, want := range m.model.jobs {
		e, err := m.s.Lookup(id)
		require.NoError(t, err)
		if e != m.entries[id] {
			t.Fatalf("job %v has another view", id)
		}
		if got, want := e.Summary(), (jobstore.Summary{Owner: want.Owner, HelperTokenFlags: want.HelperTokenFlags, State: want.State, Type: want.Type, Priority: want.Priority}); !got.Owner.Equal(want.Owner) || got.HelperTokenFlags != want.HelperTokenFlags || got.State != want.State || got.Type != want.Type || got.Priority != want.Priority || got.Deleted {
			t.Fatalf("job %v is %+v, not %+v", id, got, want)
		}
	}
	for _, e := range m.gone {
		if !e.Deleted() {
			t.Fatalf("job %v is not deleted", e.ID())
		}
	}
}

// TestModel does the same at random to a store and to a map.
func TestModel(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"file", "scratch", "memory"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			end, failed := time.Now().Add(modelTime), false
			rapid.Check(t, func(t *rapid.T) {
				if time.Now().After(end) && !failed {
					return
				}
				m := &machine{dir: dir, kind: kind, model: model{jobs: map[uuid.UUID]jobstore.Job{}}, entries: map[uuid.UUID]jobstore.Entry{}}
				done := false
				defer func() {
					failed = failed || !done // and is tried again
					_ = m.s.Close()
				}()
				var err error
				switch kind {
				case "file":
					m.s, err = jobstore.Open(m.path(), jobstore.NoSync())
				case "scratch":
					m.s, err = jobstore.NewScratch()
				default:
					m.s = jobstore.NewMemory()
				}
				require.NoError(t, err)
				t.Repeat(rapid.StateMachineActions(m))
				m.CheckStore(t)
				require.NoError(t, m.s.Close())
				done = true
			})
		})
	}
}

// modelTime is enough for tens of sequences.
const modelTime = 2 * time.Second
