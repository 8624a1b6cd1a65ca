package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program runs a program of a test that is written in another language, at each place
// that jobs can be at.
func program(t *testing.T, interpreter, script string, check func(t *testing.T, m *machine, lines []string)) {
	path, err := exec.LookPath(interpreter)
	if err != nil {
		t.Skipf("NOT TESTED: there is no %s to run a program with", interpreter)
	}
	script, err = filepath.Abs(filepath.Join("testdata", script))
	require.NoError(t, err)
	for name := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machineAt(t, name)
			cmd := exec.CommandContext(t.Context(), path, script)
			cmd.Dir, cmd.Env = m.dir, m.environ()
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			require.NoError(t, err, "%s%s", out, stderr.String())
			require.Empty(t, stderr.String())
			got, err := os.ReadFile(filepath.Join(m.drive, "Updates", "update.bin"))
			require.NoError(t, err)
			require.Equal(t, content, string(got))
			check(t, m, strings.Split(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n"))
		})
	}
}

// A shell script that runs bitsadmin finds this one, and works.
func TestShell(t *testing.T) {
	t.Parallel()
	program(t, "sh", "update.sh", func(t *testing.T, m *machine, lines []string) {
		require.Equal(t, "got 11 bytes", lines[0])
		require.Equal(t, []string{"", "BITSADMIN version 3.0 [ bitsemu ]", "BITS administration utility."}, lines[1:4])
		require.Equal(t, []string{"", "Job completed."}, lines[5:7])
		require.Equal(t, "transfer: 148", lines[7], "0x80190194: a shell sees eight bits")
		require.Equal(t, "info: 1", lines[8])
		log, err := os.ReadFile(filepath.Join(m.dir, "addfile.log"))
		require.NoError(t, err)
		require.Contains(t, string(log), `update.bin -> C:\Updates\update.bin to job.`)
	})
}

// So does a program in Python.
func TestPython(t *testing.T) {
	t.Parallel()
	program(t, "python3", "update.py", func(t *testing.T, m *machine, lines []string) {
		require.Equal(t, []string{"fetched 1 / 1 11 / 11 FOREGROUND 'update'"}, lines[:1])
		require.Regexp(t, `^failed ERROR CODE:    0x80190194 - `, lines[1])
		require.Equal(t, []string{`failed 1 There is no job named "nobody's".`, "left 0", "transferred", ""}, lines[2:])
		require.FileExists(t, filepath.Join(m.drive, "Updates", "again.bin"))
	})
}

// What follows is how programs in Go call bitsadmin.exe, and knows of no emulator.

// fetch is a downloader that waits for the command.
func fetch(url, path string) error {
	return exec.Command("bitsadmin", "/transfer", "fetch", "/download", "/priority", "normal", url, path).Run()
}

// fetchPolling is one that polls.
func fetchPolling(url, path string) (state string, err error) {
	raw := func(args ...string) string {
		out, failed := exec.Command("bitsadmin", append([]string{"/rawreturn"}, args...)...).Output()
		if err == nil {
			err = failed
		}
		return string(out)
	}
	job := raw("/create", "/download", "poll")
	for _, args := range [][]string{
		{"/addfile", job, url, path}, {"/setpriority", job, "foreground"}, {"/setnotifyflags", job, "3"},
		{"/setnotifycmdline", job, `C:\Windows\System32\cmd.exe`, "NULL"}, {"/suspend", job}, {"/resume", job},
	} {
		raw(args...)
	}
	for range 1200 {
		if state = raw("/getstate", job); err != nil || state == "TRANSFERRED" || state == "ERROR" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if state == "TRANSFERRED" {
		raw("/complete", job)
	} else {
		raw("/cancel", job)
	}
	return state, err
}

// fetchBySubstring is one that looks for words anywhere in the verbose block, as one was
// seen to do.
func fetchBySubstring(url, path string) (found string) {
	run := func(args ...string) string {
		out, _ := exec.Command("bitsadmin", args...).CombinedOutput()
		return string(out)
	}
	job := regexp.MustCompile(`\{.*\}`).FindString(run("/create", "search"))
	run("/addfile", job, url, path)
	run("/resume", job)
	info := run("/info", job, "/verbose")
	switch {
	case strings.Contains(info, "ERROR"):
		run("/cancel", job)
		return "ERROR"
	case strings.Contains(info, "TRANSFERRED"):
		run("/complete", job)
		return "TRANSFERRED"
	}
	return ""
}

// A program in Go is tested by putting this directory first in PATH: it is this test's
// own binary that answers.
func TestGoCallers(t *testing.T) {
	for name := range places {
		t.Run(name, func(t *testing.T) {
			m := machineAt(t, name)
			for _, v := range m.env {
				name, value, _ := strings.Cut(v, "=")
				t.Setenv(name, value)
			}
			t.Setenv("PATH", m.path+string(os.PathListSeparator)+os.Getenv("PATH"))
			at := func(name string) string { return filepath.Join(m.drive, "Updates", name) }

			require.NoError(t, fetch(m.server+"/update.bin", `C:\Updates\1.bin`))
			require.FileExists(t, at("1.bin"))
			err := fetch(m.server+"/nothing", `C:\Updates\2.bin`)
			exit := new(exec.ExitError)
			require.ErrorAs(t, err, &exit)
			if runtime.GOOS == "windows" {
				require.Equal(t, uint32(0x80190194), uint32(exit.ExitCode()))
			} else {
				require.Equal(t, 0x94, exit.ExitCode())
			}

			state, err := fetchPolling(m.server+"/update.bin", `C:\Updates\3.bin`)
			require.NoError(t, err)
			require.Equal(t, "TRANSFERRED", state)
			require.FileExists(t, at("3.bin"))
			state, err = fetchPolling(m.server+"/nothing", `C:\Updates\4.bin`)
			require.NoError(t, err)
			require.Equal(t, "ERROR", state)
			require.NoFileExists(t, at("4.bin"))

			require.Equal(t, "ERROR", fetchBySubstring(m.server+"/update.bin", `C:\Updates\5.bin`),
				"the block always has an ERROR COUNT, and the test of such a program shows its defect")
			require.Empty(t, m.must(t, "/rawreturn", "/list"))
		})
	}
}
