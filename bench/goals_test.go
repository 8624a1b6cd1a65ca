package bench

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bench/goals"
)

// A goal that names a row which does not exist would never be judged.
func TestGoalsNameRows(t *testing.T) {
	t.Parallel()
	rows := allRows()
	for _, g := range goals.All {
		for _, peer := range g.Peers {
			require.True(t, rows[peer], "%s: there is no row %s", g.ID, peer)
		}
		require.True(t, isLib(g.Row), "%s: %s is not the library's", g.ID, g.Row)
		// Section A's row of a held interface comes with the package that has one.
		if !strings.HasPrefix(g.Row, "APointRead/") {
			require.True(t, rows[g.Row], "%s: there is no row %s", g.ID, g.Row)
		}
	}
}

// And a row of the library by another name would never be compared.
func TestLibraryRowsHaveGoals(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, g := range goals.All {
		known[g.Row] = true
		for _, peer := range g.Peers {
			known[peer] = true
		}
	}
	for row := range allRows() {
		// The same on another file system, or from another cache, is for reading.
		base, _, _ := strings.Cut(row, "/fs=")
		base, _, _ = strings.Cut(base, "/cache=")
		if isLib(row) {
			require.True(t, known[row] || known[base+"/fs=disk"] || known[base+"/cache=cold"], row)
		}
	}
}

func isLib(row string) bool { return strings.Contains(row, "impl=bitsemu") }

// allRows are the names of all benchmarks but G's.
func allRows() map[string]bool {
	rows := map[string]bool{}
	for _, im := range aImpls {
		for _, n := range []string{"1k", "100k"} {
			rows["APointRead/jobs="+n+"/mode=single/impl="+im.name] = true
			if !im.single {
				rows["APointRead/jobs="+n+"/mode=parallel/impl="+im.name] = true
			}
		}
	}
	for _, im := range bDurable1 {
		rows["BDurable/mode=1/impl="+im.name] = true
	}
	for _, im := range bDurable64 {
		rows["BDurable/mode=64/impl="+im.name] = true
	}
	for _, im := range bVolatile {
		rows["BVolatile/impl="+im.name] = true
	}
	for _, im := range cImpls {
		rows["CEnumOwner/impl="+im.name] = true
	}
	for _, im := range dImpls {
		rows["DStartup/impl="+im.name] = true
	}
	for _, c := range eCases {
		rows["EOpen1M/impl="+c.name+"/cache=warm"] = true
		if c.cold {
			rows["EOpen1M/impl="+c.name+"/cache=cold"] = true
		}
	}
	for _, im := range hImpls {
		rows["HEngine/"+im.name] = true
	}
	for _, im := range fImpls {
		rows["FSID/"+im.name] = true
	}
	return rows
}
