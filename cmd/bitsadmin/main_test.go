package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// TestMain is bitsadmin when the program is called by that name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bitsadmin": main})
}

// The scripts in testdata/script, each on a machine of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("BITSEMU_STORE", filepath.Join(env.WorkDir, "jobs.db"))
			env.Setenv("BITSEMU_DRIVES", "C:="+filepath.Join(env.WorkDir, "c"))
			return os.MkdirAll(filepath.Join(env.WorkDir, "c"), 0o700)
		},
	})
}

// A shell script that runs bitsadmin finds this one, and works.
func TestScript(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("NOT TESTED: there is no sh to run a script with")
	}
	m := newMachine(t)
	script, err := filepath.Abs("testdata/update.sh")
	require.NoError(t, err)

	cmd := exec.CommandContext(t.Context(), sh, script)
	cmd.Dir, cmd.Env = m.dir, m.environ()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s%s", out, stderr.String())
	require.Empty(t, stderr.String())

	lines := strings.Split(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n")
	require.Equal(t, "got 11 bytes", lines[0])
	require.Equal(t, []string{"", "BITSADMIN version 3.0 [ bitsemu ]", "BITS administration utility."}, lines[1:4])
	require.Equal(t, []string{"", "Job completed."}, lines[5:7])
	require.Equal(t, "transfer: 148", lines[7], "0x80190194: a shell sees eight bits")
	require.Equal(t, "info: 1", lines[8])
	got, err := os.ReadFile(filepath.Join(m.drive, "Updates", "update.bin"))
	require.NoError(t, err)
	require.Equal(t, content, string(got))
	log, err := os.ReadFile(filepath.Join(cmd.Dir, "addfile.log"))
	require.NoError(t, err)
	require.Contains(t, string(log), `update.bin -> C:\Updates\update.bin to job.`)
}
