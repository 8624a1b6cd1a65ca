package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/seal"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// fill sets every field of a job to something, so that one that a snapshot forgets is
// seen.
func fill(v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2024, 1, 1, 0, 0, *n, 100, time.UTC)
		return
	case *token.Token:
		*x = person("bob").With(token.WithSession(token.Session(*n)))
		return
	case *uuid.UUID:
		*x = uuid.UUID{9, 15: byte(*n)}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Sealed" && f.Name != "Credentials" {
				fill(v.Field(i), n)
			}
		}
	case reflect.String:
		v.SetString("text " + strings.Repeat("x", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Int64:
		v.SetInt(int64(*n))
	default:
		v.SetUint(uint64(*n) % 4)
	}
}

// Every field of a record goes through a snapshot and comes back.
func TestRoundTripOfEveryField(t *testing.T) {
	t.Parallel()
	var j jobstore.Job
	n := 0
	fill(reflect.ValueOf(&j).Elem(), &n)
	j.Credentials = []jobstore.Credential{{Target: 1, Scheme: 3, Implicit: true}}
	require.NotEmpty(t, j.UploadReplyURL)
	require.Len(t, j.Files, 2)
	s := fixture()
	s.Jobs = append(s.Jobs, j)

	path := filepath.Join(t.TempDir(), "jobs.db")
	in := bytes.NewReader(fixtureText(s))
	require.NoError(t, call(t.Context(), in, "import", path, "-"))
	store, err := jobstore.OpenReadOnly(path)
	require.NoError(t, err)
	got, err := store.Get(j.ID)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	key, err := seal.Open(path+".key", false)
	require.NoError(t, err)
	plain, err := key.Open(got.Sealed, j.ID[:])
	require.NoError(t, err)
	var secrets seal.Secrets
	require.NoError(t, secrets.UnmarshalBinary(plain))
	require.Len(t, secrets.Credentials, 1)
	require.True(t, secrets.Credentials[0].Implicit)
	require.Empty(t, secrets.Credentials[0].Password)
	want := j.String()
	got.Sealed = nil
	require.Equal(t, want, got.String())
}

// call runs bitsemu in this process.
func call(ctx context.Context, in io.Reader, args ...string) error {
	root := commands()
	return cli.Run(ctx, &root, args, cli.Env{Stdin: in, Stdout: io.Discard, Stderr: io.Discard})
}

// An import that is interrupted, or cannot put its file in place, leaves all as it was.
func TestImportAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "jobs.db")
	names := func() (all []string) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return all
	}
	interrupted, cancel := context.WithCancelCause(t.Context())
	why := errors.New("interrupted")
	cancel(why)
	require.ErrorIs(t, call(interrupted, bytes.NewReader(fixtureText(fixture())), "import", path, "-"), why)
	require.Empty(t, names())

	empty := fixture()
	empty.Jobs = nil
	require.NoError(t, call(t.Context(), bytes.NewReader(fixtureText(empty)), "import", path, "-"))
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Error(t, call(interrupted, bytes.NewReader(fixtureText(fixture())), "import", "--force", path, "-"))
	require.Equal(t, []string{"jobs.db"}, names())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))

	require.NoError(t, os.WriteFile(path+".key", []byte("short"), 0o600))
	require.ErrorContains(t, call(t.Context(), bytes.NewReader(fixtureText(fixture())), "import", "--force", path, "-"), "jobs.db.key")
	require.Equal(t, []string{"jobs.db", "jobs.db.key"}, names())

	// Somebody was there first.
	require.NoError(t, os.Remove(path+".key"))
	_, err = makeStore(t.Context(), path, fixture().Jobs, false)
	require.ErrorContains(t, err, "exists already")
	require.Equal(t, []string{"jobs.db"}, names(), "neither a store nor a key is left")
}
