package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

func person(name string) token.Token {
	t, err := who.Parse(name)
	if err != nil {
		panic(err)
	}
	return t
}

// fixture is a snapshot of three jobs of different owners.
func fixture() bitsemu.Snapshot {
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	id := func(n byte) uuid.UUID { return uuid.UUID{0xb1, 0x75, 6: 0x40, 8: 0x80, 15: n} }
	return bitsemu.Snapshot{
		Version: bitsemu.SnapshotVersion, Build: winver.Windows11_24H2, Time: at, Service: "running", Cost: bits.BITS_COST_STATE_UNRESTRICTED,
		LoggedOn: []bitsemu.SnapshotSession{{User: person("alice").User(), Session: person("alice").Session()}, {User: person("bob").User(), Session: person("bob").Session()}},
		Jobs: []jobstore.Job{
			{
				ID: id(1), Owner: person("alice"), DisplayName: "update", Description: "what is new",
				Priority: bits.BG_JOB_PRIORITY_NORMAL, State: bits.BG_JOB_STATE_SUSPENDED, CreationTime: at.Add(-time.Hour), ModificationTime: at,
				Files: []jobstore.File{
					{RemoteName: "http://updates/app.msi", LocalName: `C:\Downloads\app.msi`, Progress: jobstore.Progress{BytesTotal: bits.BG_SIZE_UNKNOWN}},
					{RemoteName: "http://updates/a/rather/long/name/that/does/not/fit/into/a/line/of/eighty/columns.cab", LocalName: `C:\Downloads\columns.cab`, Progress: jobstore.Progress{BytesTotal: 7, BytesTransferred: 3}},
				},
				Credentials: []jobstore.Credential{{Target: bits.BG_AUTH_TARGET_PROXY, Scheme: bits.BG_AUTH_SCHEME_NTLM, Implicit: true}},
			},
			{
				ID: id(2), Owner: person("bob elevated"), DisplayName: "report", Type: bits.BG_JOB_TYPE_UPLOAD,
				State: bits.BG_JOB_STATE_ERROR, Error: jobstore.JobError{Code: hresult.BG_E_TOKEN_REQUIRED, Context: bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER},
				HelperTokenFlags: bits.BG_TOKEN_NETWORK,
			},
			{
				ID: id(3), Owner: person("system"), DisplayName: "report", State: bits.BG_JOB_STATE_QUEUED,
				HelperToken: person("alice"), HelperTokenFlags: bits.BG_TOKEN_LOCAL_FILE,
			},
		},
	}
}

func fixtureText(s bitsemu.Snapshot) []byte {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(text, '\n')
}

// setup puts the fixture into a script's directory: jobs.json, and jobs.db made of it
// with what only a store has, sealed secrets.
func setup(env *testscript.Env) error {
	env.Setenv("GORACE", os.Getenv("GORACE"))
	at := func(name string) string { return filepath.Join(env.WorkDir, name) }
	env.Values[held{}] = new(*jobstore.Store)
	s := fixture()
	if err := os.WriteFile(at("jobs.json"), fixtureText(s), 0o600); err != nil {
		return err
	}
	s.Jobs[0].Credentials = append(s.Jobs[0].Credentials, jobstore.Credential{Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC})
	if err := os.WriteFile(at("secret.json"), fixtureText(s), 0o600); err != nil {
		return err
	}
	store, err := jobstore.Open(at("jobs.db"), jobstore.NoSync())
	if err != nil {
		return err
	}
	for _, j := range fixture().Jobs {
		if j.Credentials != nil {
			j.Sealed = []byte("TOP SECRET")
		}
		if _, err := store.Create(j); err != nil {
			return err
		}
	}
	return store.Close()
}

// held is where a script's environment has the store that this process keeps open.
type held struct{}

// hold opens a store, to be written, until the script ends or says so: hold jobs.db,
// hold -end.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: hold FILE|-end")
	}
	if args[0] == "-end" {
		ts.Check((*ts.Value(held{}).(**jobstore.Store)).Close())
		return
	}
	s, err := jobstore.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	*ts.Value(held{}).(**jobstore.Store) = s
	ts.Defer(func() { _ = s.Close() })
}

// damageFile changes the words of a file: damage jobs.db OLD NEW, of the same length.
func damageFile(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 || len(args[1]) != len(args[2]) {
		ts.Fatalf("usage: damage FILE OLD NEW")
	}
	path := ts.MkAbs(args[0])
	image, err := os.ReadFile(path)
	ts.Check(err)
	if !bytes.Contains(image, []byte(args[1])) {
		ts.Fatalf("%s has no %q in it", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, bytes.ReplaceAll(image, []byte(args[1]), []byte(args[2])), 0o600))
}

// cut makes a file half as long.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	fi, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), fi.Size()/2))
}

// The fixture is a proper snapshot.
func TestFixture(t *testing.T) {
	t.Parallel()
	text := fixtureText(fixture())
	s, err := bitsemu.ReadSnapshot(bytes.NewReader(text))
	require.NoError(t, err)
	require.Equal(t, string(text), string(fixtureText(s)))
	require.NoError(t, bitsemu.RunT(t).Restore(s))
}
