package jobstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// badDisk cannot be read in one place.
type badDisk struct {
	io.ReaderAt
	at  int64
	err error
}

func (d badDisk) ReadAt(p []byte, at int64) (int, error) {
	if at <= d.at && d.at < at+int64(len(p)) {
		return 0, d.err
	}
	return d.ReaderAt.ReadAt(p, at)
}

// walkFile does with a file what opening it does.
func walkFile(f io.ReaderAt, size int64) error {
	m, free, err := preflight(f, size, false)
	if err != nil {
		return err
	}
	t, err := newTree(&pageReader{f: f, size: uint64(m.pageSize), end: m.pages}, m, free)
	if err != nil {
		return err
	}
	t.lastKey(jobsBucket)
	return t.sound()
}

// treeFile is a file with trees of three levels, small pages and values that
// take several of them.
func treeFile(t *testing.T) []byte {
	t.Helper()
	path := t.TempDir() + "/tree.db"
	db, err := bolt.Open(path, 0o600, &bolt.Options{PageSize: 1024, NoSync: true})
	require.NoError(t, err)
	for round := range 8 {
		require.NoError(t, db.Update(func(tx *bolt.Tx) error {
			for _, name := range bucketNames {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				require.NoError(t, err)
				for i := round; i < 1200 && name == string(jobsBucket); i += 3 {
					key := seqKey(uint64(i))
					require.NoError(t, b.Put(key[:], bytes.Repeat([]byte{byte(i)}, 10+i%50*(i%7))))
				}
				for i := round * 80; i < 1200 && name == string(jobsBucket); i += 5 {
					key := seqKey(uint64(i))
					require.NoError(t, b.Delete(key[:]))
				}
			}
			return nil
		}))
	}
	require.NoError(t, db.Close())
	image, err := os.ReadFile(path)
	require.NoError(t, err)
	return image
}

func TestTree(t *testing.T) {
	t.Parallel()
	image := treeFile(t)
	f := bytes.NewReader(image)
	m, free, err := preflight(f, f.Size(), false)
	require.NoError(t, err)
	require.NotEmpty(t, free)
	tr, err := newTree(&pageReader{f: f, size: uint64(m.pageSize), end: m.pages}, m, free)
	require.NoError(t, err)
	last := tr.lastKey(jobsBucket)
	n := 0
	var k []byte
	require.NoError(t, tr.each(jobsBucket, func(key, v []byte) error {
		n++
		require.Greater(t, string(key), string(k))
		k = append(k[:0], key...)
		require.Equal(t, bytes.Repeat([]byte{v[0]}, len(v)), v)
		return nil
	}))
	require.Equal(t, last, k)
	require.Greater(t, n, 400)
	require.NoError(t, tr.sound())
	require.Len(t, tr.levels, 2, "levels of branches")

	// bbolt says the same of every page.
	path := t.TempDir() + "/tree.db"
	require.NoError(t, os.WriteFile(path, image, 0o600))
	db, err := bolt.Open(path, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.View(func(tx *bolt.Tx) error {
		require.Equal(t, n, tx.Bucket(jobsBucket).Stats().KeyN)
		for id := 2; id < int(m.pages); id++ {
			p, err := tx.Page(id)
			require.NoError(t, err)
			require.Equal(t, p.Type == "free", !tr.used.has(uint64(id)), "page %d, %s", id, p.Type)
		}
		return nil
	}))
	require.NoError(t, db.Close())

	broken := errors.New("broken")
	tr, err = newTree(&pageReader{f: f, size: uint64(m.pageSize), end: m.pages}, m, free)
	require.NoError(t, err)
	require.ErrorIs(t, tr.each(jobsBucket, func(_, _ []byte) error { return broken }), broken)
}

// TestTreeOnBadDisk cannot read one page after the other.
func TestTreeOnBadDisk(t *testing.T) {
	t.Parallel()
	image := treeFile(t)
	f := bytes.NewReader(image)
	m, free, err := preflight(f, f.Size(), false)
	require.NoError(t, err)
	isFree := newBitmap(m.pages)
	for _, id := range free {
		isFree.add(id)
	}
	require.NoError(t, walkFile(f, f.Size()))
	for id := range m.pages {
		if isFree.has(id) {
			continue
		}
		for _, cause := range []error{syscall.EIO, io.EOF} {
			err := walkFile(badDisk{f, int64(id)*int64(m.pageSize) + 20, cause}, f.Size())
			require.Error(t, err, id)
			require.True(t, errors.Is(err, cause) || errors.Is(err, ErrCorrupt), "%d: %v", id, err)
		}
	}
}

// TestTreeDamaged damages some of the pages in use, in each byte that says where
// something is.
func TestTreeDamaged(t *testing.T) {
	t.Parallel()
	good := treeFile(t)
	m, free, err := preflight(bytes.NewReader(good), int64(len(good)), false)
	require.NoError(t, err)
	isFree := newBitmap(m.pages)
	for _, id := range free {
		isFree.add(id)
	}
	image := bytes.Clone(good)
	found, missed := 0, map[string]int{}
	for id := uint64(2); id < m.pages; id++ {
		if isFree.has(id) || id%11 > 0 && id != m.root && id != m.freelist {
			continue
		}
		for at := range 16 + 4*elementSize {
			i := int(id)*int(m.pageSize) + at
			image[i] ^= 0x11
			if err := walkFile(bytes.NewReader(image), int64(len(image))); err != nil {
				require.True(t, looksDamaged(err), "byte %d of page %d: %v", at, id, err)
				found++
			} else {
				missed[fmt.Sprint("byte ", at)]++
			}
			image[i] = good[i]
		}
	}
	require.Greater(t, found, 200)
	// What is left are flags that nobody reads, and what is within values.
	require.Zero(t, missed["byte 0"]+missed["byte 8"]+missed["byte 12"])
}
