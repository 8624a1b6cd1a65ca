package bitsadmin_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/bitsadmin"
)

// A script of cmd/bitsadmin runs each command of the table, at least once.
func TestEveryCommandIsInAScript(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob(filepath.Join("..", "..", "cmd", "bitsadmin", "testdata", "script", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	seen := map[string]bool{}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			for _, name := range switchesIn(words(line)) {
				seen[name] = true
			}
		}
	}
	var missing []string
	for _, name := range specified(t) {
		if !seen[name] {
			missing = append(missing, name)
		}
	}
	require.Empty(t, missing, "commands of the table that are in no script")
}

// words splits a line of a script: words in single quotes may have blanks.
func words(line string) (all []string) {
	quoted := false
	word := ""
	for _, r := range line + " " {
		switch {
		case r == '\'':
			quoted = !quoted
		case !quoted && strings.ContainsRune(" \t\r\n", r):
			if word != "" {
				all = append(all, word)
			}
			word = ""
		case !quoted && r == '#' && word == "":
			return all
		default:
			word += string(r)
		}
	}
	return all
}

// switchesIn are the switches of a command line in a script, as the table calls them.
func switchesIn(line []string) (names []string) {
	at := slices.Index(line, "bitsadmin")
	if at < 0 {
		return nil
	}
	args := line[at+1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "--") {
		if !strings.Contains(args[0], "=") {
			args = args[1:]
		}
		args = args[1:]
	}
	for _, arg := range args {
		name := strings.ToUpper(arg)
		if !slices.Contains([]string{"/RAWRETURN", "/WRAP", "/NOWRAP"}, name) {
			break
		}
		names = append(names, name)
	}
	switch command := bitsadmin.Parse(args).Command; {
	case strings.HasSuffix(command, " /?"): // the help of a family
		family := "/" + strings.TrimSuffix(command, " /?")
		names = append(names, family)
		if strings.EqualFold(args[len(args)-1], "/HELP") {
			names = append(names, family+" /HELP")
		}
	case command != "":
		names = append(names, "/"+command)
	}
	return names
}
