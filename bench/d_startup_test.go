package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// cycle is section D, what a test pays for an instance of its own: make it,
// close it, clean up.
type cycle func() error

// startup is one way to do it; open prepares what is made once per process.
type startup struct {
	name string
	open func(tb testing.TB) cycle
}

// dImpls are the peers, in d_peers_test.go; the library is in lib_test.go.
var dImpls = append([]startup{
	{"map", dMap},
	{"proto-memonly", dMemOnly},
	{"tempdir-only/fs=disk", dTempDir(diskDir)},
	{"tempdir-only/fs=tmpfs", dTempDir(tmpfsDir)},
	{"bbolt-template/fs=disk", dTemplate(diskDir)},
	{"bbolt-template/fs=tmpfs", dTemplate(tmpfsDir)},
	{"bbolt-memfd-schema", dMemfdSchema},
	{"bbolt-memfd-template", dMemfdTemplate},
	{"miniredis", dMiniredis},
	{"httptest", dHTTPTest},
	{"sqlite-mem", dSQLite},
	{"badger-mem", dBadger},
}, dBolt()...)

func BenchmarkDStartup(b *testing.B) {
	for _, im := range dImpls {
		b.Run("impl="+im.name, func(b *testing.B) {
			once := im.open(b)
			b.ReportAllocs()
			for b.Loop() {
				if err := once(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestStartup(t *testing.T) {
	t.Parallel()
	for _, im := range dImpls {
		t.Run(im.name, func(t *testing.T) {
			t.Parallel()
			once := im.open(t)
			for range 2 { // twice: it must clean up
				require.NoError(t, once())
			}
		})
	}
}
