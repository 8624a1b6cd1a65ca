package jobstore_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"github.com/bitsemu/bitsemu/jobstore"
)

// threeJobs is a store file with as many jobs, whose names are in it once each.
func threeJobs(t *testing.T) (path string, ids []uuid.UUID) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "jobs.db")
	s, err := jobstore.Open(path, jobstore.NoSync())
	require.NoError(t, err)
	for i, name := range []string{"first job", "second job", "third job"} {
		e, err := s.Create(jobstore.Job{ID: uuid.UUID{1, 15: byte(i + 1)}, Owner: alice, DisplayName: name})
		require.NoError(t, err)
		ids = append(ids, e.ID())
	}
	require.NoError(t, s.Close())
	return path, ids
}

func examine(t *testing.T, path string) (jobstore.Report, []jobstore.Job, error) {
	t.Helper()
	before, _ := os.ReadFile(path)
	var jobs []jobstore.Job
	report, err := jobstore.Examine(path, func(j jobstore.Job) error {
		jobs = append(jobs, j)
		return nil
	})
	after, _ := os.ReadFile(path)
	require.True(t, bytes.Equal(before, after), "the file has changed")
	return report, jobs, err
}

func TestExamineWhole(t *testing.T) {
	t.Parallel()
	path, ids := threeJobs(t)
	report, jobs, err := examine(t, path)
	require.NoError(t, err)
	require.Empty(t, report.Damage)
	require.Equal(t, 3, report.Jobs)
	require.Equal(t, jobstore.SchemaVersion, report.Schema)
	require.Equal(t, path, report.Path)
	require.Positive(t, report.Bytes)
	for i, j := range jobs {
		require.Equal(t, ids[i], j.ID)
	}
	report, err = jobstore.Examine(path, nil)
	require.NoError(t, err)
	require.Equal(t, 3, report.Jobs)
}

// A record that is damaged is told with its job, and the others are whole.
func TestExamineDamagedRecord(t *testing.T) {
	t.Parallel()
	path, ids := threeJobs(t)
	image, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := 0; ; { // pages that are free may have it too
		i := bytes.Index(image[at:], []byte("second job"))
		if i < 0 {
			break
		}
		at += i + 1
		image[at] ^= 1
	}
	require.NoError(t, os.WriteFile(path, image, 0o600))
	report, jobs, err := examine(t, path)
	require.NoError(t, err)
	require.Len(t, report.Damage, 1)
	require.Equal(t, ids[1], report.Damage[0].ID)
	require.ErrorIs(t, report.Damage[0], jobstore.ErrCorrupt)
	require.ErrorContains(t, report.Damage[0], "its record, number 2: checksum")
	require.Equal(t, 2, report.Jobs)
	require.Equal(t, []string{"first job", "third job"}, []string{jobs[0].DisplayName, jobs[1].DisplayName})
	_, err = jobstore.OpenReadOnly(path)
	require.ErrorIs(t, err, jobstore.ErrCorrupt)
}

// TestExamineDamaged damages a file in many ways: Examine finds damage where a store
// does not open, and none where one does.
func TestExamineDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.db")
	trial := trial{t: t, path: path}
	see := func(m mutation) {
		watch := time.AfterFunc(time.Minute, func() { panic("it hangs: " + m.name) })
		defer watch.Stop()
		trial.write(m.make(latest().image))
		report, jobs, err := examine(t, path)
		s, openErr := jobstore.OpenReadOnly(path)
		if openErr == nil {
			require.NoError(t, err, m.name)
			require.Empty(t, report.Damage, m.name)
			require.Equal(t, s.Len(), report.Jobs, m.name)
			require.Len(t, jobs, s.Len(), m.name)
			require.NoError(t, s.Close())
			return
		}
		if err == nil {
			require.NotEmpty(t, report.Damage, "%s: %v", m.name, openErr)
			require.LessOrEqual(t, len(report.Damage), 100)
			return
		}
		require.True(t, isDamage(err) && !errors.Is(err, jobstore.ErrCorrupt), "%s: %v", m.name, err)
	}
	for i, m := range everyMutation() {
		if i%9 == 0 {
			see(m)
		}
	}
	n := 0
	someMutations(rand.New(rand.NewPCG(5, 6)), func(m mutation) bool {
		see(m)
		n++
		return n < 200
	})
}

func TestExamineRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := bolt.Open(foreign, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("else"))
		return err
	}))
	require.NoError(t, db.Close())
	for name, row := range map[string]struct {
		path string
		want error
	}{
		"missing":     {filepath.Join(dir, "none"), fs.ErrNotExist},
		"a directory": {dir, jobstore.ErrNotStore},
		"empty":       {write("empty", ""), jobstore.ErrNotStore},
		"text":        {write("text", "What is this?"), jobstore.ErrNotStore},
		"foreign":     {foreign, jobstore.ErrNotStore},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := examine(t, row.path)
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, row.path)
		})
	}
}

func TestExamineWaitsForWriters(t *testing.T) {
	t.Parallel()
	path, _ := threeJobs(t)
	release := hold(t, path, "write")
	_, err := jobstore.Examine(path, nil, jobstore.LockTimeout(time.Millisecond))
	require.ErrorIs(t, err, jobstore.ErrLocked)
	release()
	report, err := jobstore.Examine(path, nil, jobstore.LockTimeout(time.Minute))
	require.NoError(t, err)
	require.Empty(t, report.Damage)

	s, err := jobstore.Open(path)
	require.NoError(t, err)
	_, err = jobstore.Examine(path, nil)
	require.ErrorIs(t, err, jobstore.ErrLocked, "by this process")
	require.NoError(t, s.Close())
}

func TestExamineEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	path, _ := threeJobs(t)
	enough, n := errors.New("enough"), 0
	_, err := jobstore.Examine(path, func(jobstore.Job) error {
		n++
		return enough
	})
	require.ErrorIs(t, err, enough)
	require.Equal(t, 1, n)
}
