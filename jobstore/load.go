package jobstore

import (
	"encoding/binary"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"

	"github.com/bitsemu/bitsemu/token"
)

// loadIndex reads the whole file once and sees that it is whole: each record
// has its checksum, keys are in order, no id comes twice, every identity is
// there, and their fingerprint is that of the last commit.
func (s *Store) loadIndex(f *boltFile) error {
	defer readAhead(f.file)()
	return guard(func() error {
		return f.db.View(func(tx *bolt.Tx) error {
			ids, jobs := tx.Bucket(identitiesBucket), tx.Bucket(jobsBucket)
			x := &s.index
			x.init(estimate(jobs))
			if err := x.identities.loadFrom(ids); err != nil {
				return err
			}
			var last, print uint64
			c := jobs.Cursor()
			for k, rec := c.First(); k != nil; k, rec = c.Next() {
				seq, err := seqOf(k, last+1)
				if err != nil {
					return err
				}
				last = seq
				id, sum, _, err := decodeHead(rec, &x.identities)
				if err != nil {
					return err
				}
				print += recordPrint(seq, rec)
				used := x.used
				x.insert(id, seq, sum)
				if x.used == used {
					return corrupt("job {%v} is there twice", id)
				}
			}
			if want := jobs.Sequence(); print != want {
				return corrupt("the jobs in it are not those of the last transaction: fingerprint %016x is not %016x", print, want)
			}
			s.position = position{seq: last, fingerprint: print}
			return nil
		})
	})
}

// estimate is how many jobs there may be: enough to spare the index growing.
func estimate(jobs *bolt.Bucket) int {
	k, _ := jobs.Cursor().Last()
	j, _ := jobs.Cursor().First()
	if len(k) != 8 || len(j) != 8 {
		return 0
	}
	// Sequence numbers leave gaps where jobs were deleted: take the smaller
	// of their span and what the file can hold at all.
	span := binary.BigEndian.Uint64(k) - binary.BigEndian.Uint64(j) + 1
	return int(min(span, uint64(jobs.Tx().Size()/64)))
}

// loadFrom reads the identities of a file, once it has seen that they are
// those of the last transaction.
func (x *identities) loadFrom(b *bolt.Bucket) error {
	var print uint64
	err := b.ForEach(func(k, code []byte) error {
		if len(k) != 4 || code == nil {
			return corrupt("identity key %x", k)
		}
		print += identityPrint(binary.BigEndian.Uint32(k), string(code))
		return nil
	})
	if err != nil {
		return err
	}
	if want := b.Sequence(); print != want {
		return corrupt("the identities in it are not those of the last transaction: fingerprint %016x is not %016x", print, want)
	}
	return b.ForEach(func(k, code []byte) error {
		n := binary.BigEndian.Uint32(k)
		var t token.Token
		if err := t.UnmarshalBinary(code); err != nil {
			return corrupt("identity %d: %v", n, err)
		}
		if n == 0 || n > maxIdentities || x.at(n) != nil || x.keys[t.Key()] != 0 {
			return corrupt("identity %d", n)
		}
		x.add(n, t).stored = true
		return nil
	})
}

// readAheadFrom is the size of a file that is worth reading ahead.
const readAheadFrom = 16 << 20

// readAhead reads a large file from front to back beside the walk of its tree,
// which would fetch a cold file page by page: bbolt tells the system to expect
// random access. The returned function waits for it to end.
func readAhead(f *os.File) (wait func()) {
	fi, err := f.Stat()
	if err != nil || fi.Size() < readAheadFrom {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1<<20)
		r := io.NewSectionReader(f, 0, fi.Size())
		for {
			if _, err := r.Read(buf); err != nil {
				return // the walk will meet it too
			}
		}
	}()
	return func() { <-done }
}
