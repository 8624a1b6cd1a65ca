package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	require.NoError(t, err)
	return string(text)
}

func TestStubsAreUpToDate(t *testing.T) {
	t.Parallel()
	got, err := generate(read(t, table))
	require.NoError(t, err)
	require.Equal(t, read(t, stubs), string(got))
}

// Slots that everybody who has called BITS from C knows.
func TestSlots(t *testing.T) {
	t.Parallel()
	source := read(t, stubs)
	for _, line := range []string{
		"AddFile              uintptr // slot 4", "TakeOwnership        uintptr // slot 34",
		"SetNotifyCmdLine  uintptr // slot 35", "SetHelperToken      uintptr // slot 5",
	} {
		require.Contains(t, source, line)
	}
}

const head = "interface\tbase\tslot\tmethod\tsignature\tdirections\n"

func unknown(name, base string) string {
	return name + "\t" + base + "\t0\tQueryInterface\tHRESULT (REFIID riid, void** ppvObject)\tin,out\n" +
		name + "\t" + base + "\t1\tAddRef\tULONG (void)\t-\n" +
		name + "\t" + base + "\t2\tRelease\tULONG (void)\t-\n"
}

func TestBadTables(t *testing.T) {
	t.Parallel()
	a := unknown("IA", "IUnknown")
	for name, c := range map[string]struct{ table, want string }{
		"no heading":        {a, "begins with"},
		"empty":             {head, "empty"},
		"fields":            {head + a + "IA\tIUnknown\t3\n", "fields"},
		"a slot is missing": {head + a + "IA\tIUnknown\t4\tM\tHRESULT (void)\t-\n", "slot 3 is due"},
		"two bases":         {head + a + "IA\tIB\t3\tM\tHRESULT (void)\t-\n", "slot 3 is due"},
		"no base":           {head + unknown("IA", "IB"), "not in the table"},
		"a circle":          {head + unknown("IA", "IB") + unknown("IB", "IA"), "each other"},
		"other slots than the base": {
			head + a + "IA\tIUnknown\t3\tM\tHRESULT (void)\t-\n" + unknown("IB", "IA") + "IB\tIA\t3\tN\tHRESULT (void)\t-\n", "does not begin",
		},
		"signature":  {head + a + "IA\tIUnknown\t3\tM\tHRESULT\t-\n", "signature"},
		"parameter":  {head + a + "IA\tIUnknown\t3\tM\tHRESULT (ULONG)\tin\n", "parameter"},
		"directions": {head + a + "IA\tIUnknown\t3\tM\tHRESULT (ULONG a, ULONG b)\tin\n", "directions"},
		"type":       {head + a + "IA\tIUnknown\t3\tM\tHRESULT (VARIANT v)\tin\n", "no form"},
		"return":     {head + a + "IA\tIUnknown\t3\tM\tBOOL (void)\t-\n", "returns BOOL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := generate(c.table)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// What is larger than a word is passed as each processor does it.
func TestLargeArguments(t *testing.T) {
	t.Parallel()
	source, err := generate(head + unknown("IA", "IUnknown") +
		"IA\tIUnknown\t3\tM\tHRESULT (UINT64 size, BOOL on)\tin,in\n")
	require.NoError(t, err)
	require.Contains(t, string(source), "uintptr(size), uintptr(on0)")
	require.Contains(t, string(source), "uintptr(uint32(size)), uintptr(size>>32), uintptr(on0)")
	require.Equal(t, 1, strings.Count(string(source), "on0 := boolOf(on)"))
}
