package jobstore_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// kindsOfErrors has every kind with its HRESULT and the error of package fs it
// answers to, if any.
var kindsOfErrors = []struct {
	kind   error
	code   hresult.HRESULT
	answer error
}{
	{jobstore.ErrNotFound, hresult.BG_E_NOT_FOUND, fs.ErrNotExist},
	{jobstore.ErrExists, 0x800700B7, fs.ErrExist},
	{jobstore.ErrInvalid, hresult.E_INVALIDARG, fs.ErrInvalid},
	{jobstore.ErrConflict, 0x800704D5, nil},
	{jobstore.ErrReadOnly, 0x80070013, nil},
	{jobstore.ErrClosed, 0x80070006, fs.ErrClosed},
	{jobstore.ErrLocked, 0x80070020, nil},
	{jobstore.ErrCorrupt, hresult.BG_E_DATABASE_CORRUPT, nil},
	{jobstore.ErrNotStore, 0x800703EE, nil},
	{jobstore.ErrSchema, 0x800703EE, nil},
	{jobstore.ErrReplaced, 0x800703EE, nil},
	{jobstore.ErrFailed, hresult.E_FAIL, nil},
}

func TestErrorTellsWhatWhereAndWhy(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("6b29fc40-ca47-1067-b31d-00dd010662da")
	cause := errors.New("what the system said")
	for _, row := range kindsOfErrors {
		t.Run(row.kind.Error(), func(t *testing.T) {
			t.Parallel()
			err := fmt.Errorf("around: %w", &jobstore.Error{Op: "update", Path: "jobs.db", ID: id, Kind: row.kind, Detail: "the particulars", Err: cause})
			require.ErrorIs(t, err, row.kind)
			require.ErrorIs(t, err, row.code)
			require.ErrorIs(t, err, cause)
			code, ok := hresult.Of(err)
			require.True(t, ok)
			require.Equal(t, row.code, code)
			if row.answer != nil {
				require.ErrorIs(t, err, row.answer)
			}
			for _, part := range []string{
				"jobstore: update jobs.db: job {6B29FC40-CA47-1067-B31D-00DD010662DA}: " + row.kind.Error() + ": the particulars: what the system said",
				row.code.String(), row.code.Hex(),
			} {
				require.ErrorContains(t, err, part)
			}
			for _, other := range kindsOfErrors {
				if other.kind != row.kind { //nolint:errorlint // they are compared as what they are
					require.NotErrorIs(t, err, other.kind)
				}
			}
		})
	}
	bare := &jobstore.Error{Op: "create", Kind: jobstore.ErrInvalid}
	require.EqualError(t, bare, "jobstore: create: the job cannot be stored (E_INVALIDARG 0x80070057)")
}

func TestReadOnlyRefusesChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.db")
	s := open(t, path)
	e, err := s.Create(jobstore.Job{Owner: alice})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	s, err = jobstore.OpenReadOnly(path)
	require.NoError(t, err)
	defer s.Close()
	_, create := s.Create(jobstore.Job{Owner: alice})
	for i, err := range []error{create, s.Delete(e.ID()), s.Update(e.ID(), func(j *jobstore.Job) error { j.ErrorCount++; return nil })} {
		require.ErrorIs(t, err, jobstore.ErrReadOnly, i)
		require.ErrorContains(t, err, path, i)
	}
	require.Equal(t, 1, s.Len())
	require.Contains(t, s.String(), path)
	require.Equal(t, path, s.Path())
}

func TestStoresInMemorySayWhatTheyAre(t *testing.T) {
	t.Parallel()
	require.Equal(t, "job store in memory (0 jobs)", jobstore.NewMemory().String())
	require.Empty(t, jobstore.NewMemory().Path())
}
