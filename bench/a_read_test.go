package bench

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// pointRead is section A: the helper flags of job i, and whether an account is
// its owner.
type pointRead func(i int, id *GUID, who *account) (flags uint32, owner bool)

// readImpl is one way to do it; open fills a store with jobs 0 to n-1.
type readImpl struct {
	name   string
	single bool // not for concurrent use
	held   bool // through an interface for each job, which knows no other job and no other account
	open   func(tb testing.TB, n int) pointRead
}

// aImpls are the peers, in a_peers_test.go; the library is in lib_test.go.
var aImpls = []readImpl{
	{"floor-table", false, false, aFloor},
	{"map-rwmutex", false, false, aMap},
	{"syncmap", false, false, aSyncMap},
	{"map-atomicptr", false, false, aAtomicMap},
	{"proto-rcutable", false, false, aRCUTable},
	{"bbolt-bin", false, false, aBolt},
	{"bbolt-bin-nostats", false, false, aBoltNoStats},
	{"bbolt-heldtx", true, false, aBoltHeld},
	{"bbolt-json", false, false, aBoltJSON},
	{"sqlite", false, false, aSQLite},
	{"badger-mem", false, false, aBadger},
}

// aArgs are the arguments of point reads, made before the clock runs.
type aArgs struct {
	ids []GUID
	who [nOwners]account
}

func newArgs(n int) *aArgs {
	a := &aArgs{ids: make([]GUID, n)}
	for i := range a.ids {
		a.ids[i] = GUIDOf(i)
	}
	for i := range a.who {
		a.who[i] = accountOf(i)
	}
	return a
}

func BenchmarkAPointRead(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		a := newArgs(n)
		for _, im := range aImpls {
			b.Run("jobs="+sizeName(n)+"/mode=single/impl="+im.name, func(b *testing.B) {
				read := im.open(b, n)
				b.ReportAllocs()
				r := uint64(1)
				for b.Loop() {
					r = r*6364136223846793005 + 1442695040888963407
					i := int((r >> 33) % uint64(n))
					if flags, owner := read(i, &a.ids[i], &a.who[i%nOwners]); !owner || flags != FlagsOf(i) {
						b.Fatal("wrong answer")
					}
				}
			})
			if im.single {
				continue
			}
			b.Run("jobs="+sizeName(n)+"/mode=parallel/impl="+im.name, func(b *testing.B) {
				read := im.open(b, n)
				b.ReportAllocs()
				var seed atomic.Uint64
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					r := seed.Add(0x9e3779b97f4a7c15)
					for pb.Next() {
						r = r*6364136223846793005 + 1442695040888963407
						i := int((r >> 33) % uint64(n))
						if flags, owner := read(i, &a.ids[i], &a.who[i%nOwners]); !owner || flags != FlagsOf(i) {
							b.Error("wrong answer")
							return
						}
					}
				})
			})
		}
	}
}

func TestPointRead(t *testing.T) {
	t.Parallel()
	for _, im := range aImpls {
		t.Run(im.name, func(t *testing.T) {
			t.Parallel()
			const n = 1000
			a := newArgs(n)
			read := im.open(t, n)
			for i := 0; i < n; i += 7 {
				flags, owner := read(i, &a.ids[i], &a.who[i%nOwners])
				require.True(t, owner)
				require.Equal(t, FlagsOf(i), flags)
			}
			if im.held {
				return
			}
			_, owner := read(7, &a.ids[7], &a.who[8])
			require.False(t, owner, "another account")
			unknown := GUIDOf(n)
			_, owner = read(n, &unknown, &a.who[0])
			require.False(t, owner, "no such job")
		})
	}
}
