package bitsemu_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stateRow is what a test makes of a row of testdata/job-states.tsv, which are the
// arrows between the states of a job and the facts about them.
type stateRow struct {
	// evidence is what the row rests on, besides the page that the table names: D, I, or
	// C with our choice where the pages do not say.
	evidence string
	check    func(*rig)
	why      string // not: there is nothing to be seen of it
}

func nothing(why string) stateRow { return stateRow{why: why} }

// stateRows are the rows of all sections.
func stateRows() map[string]map[string]stateRow {
	return map[string]map[string]stateRow{
		"2": stateCalls, "3": stateProgress, "4": stateWorld, "5": stateTimers,
		"6": stateErrors, "7": stateFiles, "8": stateNotes, "9": stateRestart,
	}
}

func TestJobStates(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/job-states.tsv")
	require.NoError(t, err)
	rows, seen := stateRows(), map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")[1:] {
		c := strings.Split(line, "\t")
		require.Len(t, c, 5, "%q", line)
		section, name := c[0], c[1]
		row, ok := rows[section][name]
		if !ok {
			t.Errorf("section %s: %q: there is no test of it", section, name)
			continue
		}
		seen[section+name] = true
		if row.check == nil {
			require.NotEmpty(t, row.why, "%q", name)
			continue
		}
		require.NotEmpty(t, row.evidence, "%q", name)
		t.Run(section+"/"+name, func(t *testing.T) {
			t.Parallel()
			row.check(newRig(t))
		})
	}
	for section, left := range rows {
		for name := range left {
			if seen[section+name] {
				continue
			}
			t.Errorf("section %s: %q: no row of the table speaks of it", section, name)
		}
	}
}
