package bench

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkGSync measures writes and syncs of a page. In place: the file is
// written and synced beforehand, as bbolt's meta page is. Append: its size
// changes, as a log's does.
func BenchmarkGSync(b *testing.B) {
	page := bytes.Repeat([]byte{0xa5}, 4096)
	const size = 1 << 20
	for _, fs := range []struct {
		name string
		dir  dirFunc
	}{{"disk", diskDir}, {"tmpfs", tmpfsDir}} {
		for _, op := range []struct {
			name string
			sync func(*os.File) error
		}{
			{"write-only", func(*os.File) error { return nil }},
			{"fsync", (*os.File).Sync},
			{"fdatasync", fdatasync},
		} {
			b.Run("op=inplace-"+op.name+"/fs="+fs.name, func(b *testing.B) {
				f := gFile(b, fs.dir(b))
				_, err := f.WriteAt(make([]byte, size), 0)
				require.NoError(b, err)
				require.NoError(b, f.Sync())
				var off int64
				for b.Loop() {
					if _, err := f.WriteAt(page, off); err != nil {
						b.Fatal(err)
					}
					if err := op.sync(f); err != nil {
						b.Fatal(err)
					}
					off = (off + int64(len(page))) % size
				}
			})
			b.Run("op=append-"+op.name+"/fs="+fs.name, func(b *testing.B) {
				f := gFile(b, fs.dir(b))
				for b.Loop() {
					if _, err := f.Write(page); err != nil {
						b.Fatal(err)
					}
					if err := op.sync(f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func gFile(b *testing.B, dir string) *os.File {
	b.Helper()
	f, err := os.Create(dir + "/f")
	require.NoError(b, err)
	b.Cleanup(func() { f.Close() })
	return f
}

var (
	sinkBool bool
	gA, gB   [28]byte
)

// BenchmarkGCompare compares equal values that are in the cache.
func BenchmarkGCompare(b *testing.B) {
	copy(gA[:], "0123456789012345678901234567")
	gB = gA
	b.Run("op=array28", func(b *testing.B) {
		p, q := &gA, &gB
		for b.Loop() {
			sinkBool = *p == *q
		}
	})
	b.Run("op=bytesequal28", func(b *testing.B) {
		p, q := gA[:], gB[:]
		for b.Loop() {
			sinkBool = bytes.Equal(p, q)
		}
	})
	b.Run("op=sidstruct68", func(b *testing.B) {
		s, t := OwnerOf(1), OwnerOf(1)
		p, q := &s, &t
		for b.Loop() {
			sinkBool = *p == *q
		}
	})
	b.Run("op=emptyloop", func(b *testing.B) {
		for b.Loop() {
		}
	})
}
