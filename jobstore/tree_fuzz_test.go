package jobstore

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// FuzzTree: no file with proper meta pages makes the walk of its tree panic,
// fault or go on for ever, nor the walk that goes on behind what is damaged. The fuzzer need not find their checksums.
func FuzzTree(f *testing.F) {
	const pageSize = 1024
	path := filepath.Join(f.TempDir(), "tree.db")
	db, err := bolt.Open(path, 0o600, &bolt.Options{PageSize: pageSize, NoSync: true})
	require.NoError(f, err)
	for _, n := range []int{0, 3, 60} {
		require.NoError(f, db.Update(func(tx *bolt.Tx) error {
			for _, name := range bucketNames {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				require.NoError(f, err)
				for i := range n {
					key := seqKey(uint64(i))
					require.NoError(f, b.Put(key[:], bytes.Repeat([]byte{1}, 20*i)))
				}
			}
			return nil
		}))
		image, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(bytes.TrimRight(image, "\x00"))
	}
	require.NoError(f, db.Close())
	image, err := scratchTemplate() // a whole store, without jobs
	require.NoError(f, err)
	f.Add(bytes.TrimRight(image.bytes, "\x00"))
	f.Fuzz(func(t *testing.T, image []byte) {
		for at := 0; at+pageHeader+metaLen <= len(image) && at <= pageSize; at += pageSize {
			meta := image[at+pageHeader:]
			h := fnv.New64a()
			h.Write(meta[:metaLen-8])
			binary.LittleEndian.PutUint64(meta[metaLen-8:], h.Sum64())
		}
		if err := walkFile(bytes.NewReader(image), int64(len(image))); err != nil {
			require.True(t, looksDamaged(err), "%v", err)
		}
		x := examiner{report: Report{Bytes: int64(len(image))}, whole: func(Job) error { return nil }}
		err := x.contents(bytes.NewReader(image), settings(nil))
		require.NotErrorIs(t, err, ErrCorrupt)
		require.LessOrEqual(t, len(x.report.Damage), maxDamage)
	})
}
