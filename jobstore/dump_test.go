package jobstore_test

import (
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestDumpIsStable(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		var empty strings.Builder
		require.NoError(t, s.Dump(&empty))
		require.Equal(t, "no jobs\n", empty.String())

		_, err := s.Create(fullJob())
		require.NoError(t, err)
		_, err = s.Create(jobstore.Job{ID: uuid.UUID{1}, Owner: bob})
		require.NoError(t, err)
		var got strings.Builder
		require.NoError(t, s.Dump(&got))
		const golden = "testdata/dump.golden"
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(got.String()), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), got.String(), "go test ./jobstore -update writes the file anew")
	})
}

func TestDumpShowsNoSecrets(t *testing.T) {
	t.Parallel()
	s := jobstore.NewMemory()
	j := fullJob()
	j.Sealed = []byte("hunter2 hunter2")
	_, err := s.Create(j)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, s.Dump(&b))
	require.NotContains(t, b.String(), "hunter2")
	require.NotContains(t, j.String(), "hunter2")
	require.Contains(t, b.String(), "Sealed: 15 bytes, not shown")
}

func TestDumpFailsWithItsWriter(t *testing.T) {
	t.Parallel()
	s := jobstore.NewMemory()
	_, err := s.Create(fullJob())
	require.NoError(t, err)
	require.ErrorIs(t, s.Dump(brokenWriter{}), errBroken)
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// A field that fullJob leaves zero is one that no test stores or prints.
func TestFullJobSetsEveryField(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var look func(reflect.Value)
	look = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			for i := range v.Len() {
				look(v.Index(i))
			}
		case reflect.Struct:
			if !strings.HasSuffix(v.Type().PkgPath(), "/jobstore") {
				return
			}
			for i := range v.NumField() {
				f := v.Type().Field(i)
				if !f.IsExported() {
					continue
				}
				name := v.Type().Name() + "." + f.Name
				seen[name] = seen[name] || !v.Field(i).IsZero()
				look(v.Field(i))
			}
		}
	}
	look(reflect.ValueOf(fullJob()))
	require.Greater(t, len(seen), 80)
	for name, set := range seen {
		require.True(t, set, name)
	}
}
