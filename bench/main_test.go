package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

// scratch is a directory on the disk under test, removed when the run ends.
var scratch string

func TestMain(m *testing.M) {
	if kind := os.Getenv("BENCH_E_KIND"); kind != "" { // see e_open_test.go
		if err := eChild(kind); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp(os.Getenv("BENCH_DISK"), "bench"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(scratch)
	defer closeFixtures()
	return m.Run()
}

// diskDir makes a directory on the disk under test, for one benchmark.
func diskDir(tb testing.TB) string {
	tb.Helper()
	return makeDir(tb, scratch)
}

// tmpfsDir makes one in memory, or skips the benchmark.
func tmpfsDir(tb testing.TB) string {
	tb.Helper()
	return makeDir(tb, tmpfs(tb))
}

// tmpfs gives the directory in memory.
func tmpfs(tb testing.TB) string {
	tb.Helper()
	base := os.Getenv("BENCH_TMPFS")
	if base == "" {
		base = "/dev/shm"
	}
	if fi, err := os.Stat(base); err != nil || !fi.IsDir() {
		tb.Skip("no directory in memory; BENCH_TMPFS names one")
	}
	return base
}

func makeDir(tb testing.TB, base string) string {
	tb.Helper()
	d, err := os.MkdirTemp(base, "b") //nolint:usetesting // on the file system that is measured
	require.NoError(tb, err)
	tb.Cleanup(func() { os.RemoveAll(d) })
	return d
}

func inScratch(name string) string { return filepath.Join(scratch, name) }

// account is an owner in every form that an implementation may want.
type account struct {
	packet  [28]byte
	minimal SID
	sid     sid.SID
}

func accountOf(i int) account {
	a := account{minimal: OwnerOf(i)}
	a.minimal.AppendBinary(a.packet[:0])
	var err error
	if a.sid, err = sid.FromBinary(a.packet[:]); err != nil {
		panic(err)
	}
	return a
}

// sizeName is a number of jobs as the rows have it.
func sizeName(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n >= 1000:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}
