package jobstore_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// version is a store's file after one commit, and what was in it.
type version struct {
	image  []byte
	digest string
}

// digest sums up all that is in a store.
func digest(s *jobstore.Store) (string, error) {
	h := fnv.New64a()
	n := 0
	for j, err := range s.Jobs() {
		if err != nil {
			return "", err
		}
		n++
		fmt.Fprint(h, j.ID, j.Owner.User(), j.HelperTokenFlags, j.State, j.DisplayName, j.Description, j.ErrorCount)
	}
	if n != s.Len() {
		return "", fmt.Errorf("%d of %d jobs", n, s.Len())
	}
	return fmt.Sprintf("%d jobs %016x", n, h.Sum64()), nil
}

// history is a file of a few hundred jobs of several owners, some of them
// larger than a page, with free pages, after each of its last commits.
var history = sync.OnceValue(func() (versions []version) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	dir, err := os.MkdirTemp("", "jobstore-test")
	must(err)
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "jobs.db")
	s, err := jobstore.Open(path, jobstore.NoSync())
	must(err)
	rnd := rand.New(rand.NewPCG(1, 2))
	var ids []uuid.UUID
	change := func() {
		switch i := rnd.IntN(len(ids) + 1); {
		case len(ids) < 250 || rnd.IntN(3) == 0:
			j := jobstore.Job{ID: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, rnd.Uint64())), Owner: token.User(user(rnd.IntN(6))), DisplayName: fmt.Sprint("job ", len(ids)), State: 3}
			if rnd.IntN(25) == 0 {
				j.Description = strings.Repeat("long ", rnd.IntN(4000))
			}
			_, err := s.Create(j)
			must(err)
			ids = append(ids, j.ID)
		case i == len(ids) || rnd.IntN(4) == 0:
			i = rnd.IntN(len(ids))
			must(s.Delete(ids[i]))
			ids = append(ids[:i], ids[i+1:]...)
		default:
			must(s.Update(ids[i], func(j *jobstore.Job) error {
				j.ErrorCount++
				j.Owner = token.User(user(rnd.IntN(6)))
				j.DisplayName = strings.Repeat("n", rnd.IntN(60))
				return nil
			}))
		}
	}
	for range 420 {
		change()
	}
	for range 12 {
		change()
		image, err := os.ReadFile(path)
		must(err)
		sum, err := digest(s)
		must(err)
		versions = append(versions, version{image, sum})
	}
	must(s.Close())
	return versions
})

func latest() version { v := history(); return v[len(v)-1] }

// pageSize is that of bbolt: the system's.
var pageSize = os.Getpagesize()

// trial is a file that is damaged again and again, in place: were a lock of it
// left behind, the next trial would find it locked.
type trial struct {
	t    *testing.T
	path string
	n    int
}

func (r *trial) write(image []byte) {
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(r.t, err)
	_, err = f.WriteAt(image, 0)
	require.NoError(r.t, err)
	require.NoError(r.t, f.Truncate(int64(len(image))))
	require.NoError(r.t, f.Close())
}

// run sees that a damaged file opens whole or fails as it should.
func (r *trial) run(m mutation) (opened bool) {
	watch := time.AfterFunc(30*time.Second, func() { panic("it hangs: " + m.name) })
	defer watch.Stop()
	r.write(m.make(latest().image))
	s, err := jobstore.Open(r.path, jobstore.NoSync())
	if err == nil {
		r.whole(m, s)
		require.NoError(r.t, s.Close(), m.name)
	}
	if r.n++; err == nil || r.n%4 == 0 { // it is no other to read it
		ro, roErr := jobstore.OpenReadOnly(r.path)
		require.Equal(r.t, err == nil, roErr == nil, "%s: to write: %v, to read: %v", m.name, err, roErr)
		if roErr == nil {
			r.whole(m, ro)
			require.NoError(r.t, ro.Close(), m.name)
		} else {
			require.True(r.t, isDamage(roErr), "%s: %v", m.name, roErr)
		}
	}
	if err != nil {
		require.True(r.t, isDamage(err), "%s: %v", m.name, err)
		require.ErrorContains(r.t, err, r.path, m.name)
		return false
	}
	if r.n%3 > 0 {
		return true
	}

	// And nothing bad comes of it later.
	s, err = jobstore.Open(r.path, jobstore.NoSync())
	require.NoError(r.t, err, m.name)
	e, err := s.Create(jobstore.Job{Owner: alice, Description: strings.Repeat("x", 9000)})
	require.NoError(r.t, err, m.name)
	for i, each := range slices.Collect(s.All().All()) {
		if i%60 == 7 {
			require.NoError(r.t, each.Update(func(j *jobstore.Job) error { j.ErrorCount += 7; return nil }), m.name)
		}
	}
	require.NoError(r.t, s.Delete(e.ID()), m.name)
	require.NoError(r.t, s.Check(), m.name)
	require.NoError(r.t, s.Close(), m.name)
	s, err = jobstore.Open(r.path, jobstore.NoSync())
	require.NoError(r.t, err, m.name)
	require.NoError(r.t, s.Check(), m.name)
	require.NoError(r.t, s.Close(), m.name)
	return true
}

func isDamage(err error) bool {
	for _, kind := range []error{jobstore.ErrCorrupt, jobstore.ErrNotStore, jobstore.ErrSchema} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// whole sees that a store has all its jobs.
func (r *trial) whole(m mutation, s *jobstore.Store) {
	got, err := digest(s)
	require.NoError(r.t, err, m.name)
	require.NoError(r.t, s.Check(), m.name)
	if m.older {
		for _, v := range history() {
			if v.digest == got {
				return
			}
		}
	}
	require.Equal(r.t, latest().digest, got, m.name)
}

// TestOpenDamaged damages a file in all ways that come to mind (pitfall
// corrupt): it opens with all its jobs, or fails; it never opens with less, nor
// panics, faults or hangs, nor keeps a lock.
func TestOpenDamaged(t *testing.T) {
	t.Parallel()
	spend := 500 * time.Millisecond
	if more, err := time.ParseDuration(os.Getenv("JOBSTORE_TEST_CORRUPT")); err == nil {
		spend = more
	}
	const shares = 4
	for share := range shares {
		t.Run(fmt.Sprint("share ", share), func(t *testing.T) {
			t.Parallel()
			r := trial{t: t, path: newPath(t)}
			every, opened := everyMutation(), 0
			n := 0
			try := func(m mutation) {
				n++
				if r.run(m) {
					opened++
				}
			}
			for i := share; i < len(every); i += shares {
				try(every[i])
			}
			seed := uint64(share)
			if spend > time.Minute {
				seed = rand.Uint64()
			}
			end := time.Now().Add(spend)
			someMutations(rand.New(rand.NewPCG(3, seed)), func(m mutation) bool {
				try(m)
				return time.Now().Before(end)
			})
			r.write(latest().image)
			s := open(t, r.path)
			require.NoError(t, s.Close())
			t.Logf("%d files, seed %d: %d opened whole, the rest failed", n, seed, opened)
			require.Positive(t, opened)
			require.Less(t, opened, n)
		})
	}
}
