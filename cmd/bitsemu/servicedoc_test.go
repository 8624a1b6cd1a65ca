package main

import (
	"context"
	"fmt"
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

// shown is a command of a document, and what it prints.
type shown struct{ command, output string }

// consoles are the commands of a document's console blocks.
func consoles(markdown string) []shown {
	var all []shown
	inside := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimSuffix(line, "\n")
		switch command, ok := strings.CutPrefix(line, "$ "); {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case ok:
			all = append(all, shown{command: command})
		default:
			all[len(all)-1].output += line + "\n"
		}
	}
	return all
}

// pattern matches what a document says a command prints, where ... is anything.
func pattern(text string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)^` + strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(text)), `\.\.\.`, `.*`) + `$`)
}

// What docs/service.md shows is what comes.
func TestServiceDocument(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "sh"} {
		if _, err := exec.LookPath(program); err != nil || runtime.GOOS == "windows" {
			t.Skipf("there is no %s: %v", program, err)
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "service.md"))
	require.NoError(t, err)
	all := consoles(string(text))
	require.Greater(t, len(all), 30)
	dir := socketDir(t)
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o700))
	require.NoError(t, os.Symlink(self, filepath.Join(dir, "bin", "bitsemu")))
	script := "SERVER=\ntrap '[ -z \"$SERVER\" ] || kill $SERVER 2>/dev/null' EXIT\n"
	for i, s := range all {
		script += fmt.Sprintf("%s\nprintf '\\n=== %d\\n'\n", s.command, i)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", script)
	cmd.WaitDelay = time.Second
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	printed := string(out)
	for i, s := range all {
		got, rest, ok := strings.Cut(printed, fmt.Sprintf("\n=== %d\n", i))
		require.True(t, ok, "$ %s\n%s\n%v", s.command, printed, err)
		require.Regexp(t, pattern(s.output), strings.TrimSpace(got), "$ %s", s.command)
		printed = rest
	}
}
