package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// enum is section C: visit all jobs of an owner, give their number and the sum
// of their flags and states.
type enum func(who *account) (jobs int, sum uint64)

const (
	cJobs  = 100_000
	cOwner = 13
)

// enumImpl is one way to do it; open fills a store with jobs 0 to n-1.
type enumImpl struct {
	name string
	open func(tb testing.TB, n int) enum
}

// cImpls are the peers, in c_peers_test.go; the library is in lib_test.go.
var cImpls = []enumImpl{
	{"floor-slice", cFloor},
	{"map-scan", cMapScan},
	{"map-ownerindex", cMapIndex},
	{"proto-ownerslice", cOwnerSlice},
	{"bbolt-index-get", cBolt},
	{"bbolt-index-sortedget", cBoltSorted},
	{"bbolt-covering", cBoltCovering},
	{"bbolt-fullscan", cBoltScan},
	{"sqlite-index", cSQLite},
}

// cWant is the right answer for cOwner.
func cWant(n int) (jobs int, sum uint64) {
	for i := cOwner; i < n; i += nOwners {
		jobs++
		sum += uint64(FlagsOf(i)) + uint64(StateOf(i))
	}
	return jobs, sum
}

func BenchmarkCEnumOwner(b *testing.B) {
	who := accountOf(cOwner)
	want, wantSum := cWant(cJobs)
	for _, im := range cImpls {
		b.Run("impl="+im.name, func(b *testing.B) {
			visit := im.open(b, cJobs)
			b.ReportAllocs()
			for b.Loop() {
				if n, sum := visit(&who); n != want || sum != wantSum {
					b.Fatalf("%d jobs, sum %d; want %d, %d", n, sum, want, wantSum)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(want), "ns/job")
		})
	}
}

func TestEnumOwner(t *testing.T) {
	t.Parallel()
	who := accountOf(cOwner)
	for _, im := range cImpls {
		t.Run(im.name, func(t *testing.T) {
			t.Parallel()
			want, wantSum := cWant(1000)
			n, sum := im.open(t, 1000)(&who)
			require.Equal(t, want, n)
			require.Equal(t, wantSum, sum)
		})
	}
}
