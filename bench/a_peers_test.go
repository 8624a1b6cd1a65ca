package bench

import (
	"bytes"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// aFloor is the limit of an index in memory: an open-addressed table that takes
// the hash straight from the GUID's random bits, one entry of 48 bytes with all
// that is asked for, no lock. What is left is a cache miss or two and the
// comparisons, called in the same way as all others.
func aFloor(_ testing.TB, n int) pointRead {
	type slim struct {
		id    GUID
		owner [28]byte
		flags uint32
	}
	entries := make([]slim, n)
	size := 1
	for size < n*4 {
		size *= 2
	}
	tab := make([]int32, size)
	mask := uint32(size - 1)
	slot := func(id *GUID) uint32 {
		return (uint32(id[0]) | uint32(id[1])<<8 | uint32(id[2])<<16 | uint32(id[3])<<24) & mask
	}
	for i := range entries {
		j := MakeJob(i)
		e := entryOf(&j)
		entries[i] = slim{j.ID, e.owner, e.flags}
		s := slot(&j.ID)
		for tab[s] != 0 {
			s = (s + 1) & mask
		}
		tab[s] = int32(i + 1)
	}
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		s := slot(id)
		for {
			i := tab[s]
			if i == 0 {
				return 0, false
			}
			if e := &entries[i-1]; e.id == *id {
				return e.flags, e.owner == who.packet
			}
			s = (s + 1) & mask
		}
	}
}

func aMap(_ testing.TB, n int) pointRead {
	s := &mapStore{m: fillMap(n)}
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		s.mu.RLock()
		e, ok := s.m[*id]
		s.mu.RUnlock()
		return e.flags, ok && e.owner == who.packet
	}
}

func aSyncMap(_ testing.TB, n int) pointRead {
	var m sync.Map
	for id, e := range fillMap(n) {
		m.Store(id, &e)
	}
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		v, ok := m.Load(*id)
		if !ok {
			return 0, false
		}
		e := v.(*entry)
		return e.flags, e.owner == who.packet
	}
}

// aAtomicMap is an immutable map behind an atomic pointer: no lock to read, a
// whole new map to write.
func aAtomicMap(_ testing.TB, n int) pointRead {
	m := make(map[GUID]*entry, n)
	for id, e := range fillMap(n) {
		m[id] = &e
	}
	var p atomic.Pointer[map[GUID]*entry]
	p.Store(&m)
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		e := (*p.Load())[*id]
		if e == nil {
			return 0, false
		}
		return e.flags, e.owner == who.packet
	}
}

func aRCUTable(_ testing.TB, n int) pointRead {
	t := newRCUTable()
	for i := range n {
		j := MakeJob(i)
		t.put(rcuEntryOf(&j))
	}
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		e := t.get(id)
		if e == nil {
			return 0, false
		}
		return e.flags, e.owner == who.packet
	}
}

func aBolt(tb testing.TB, n int) pointRead {
	return readBolt(openBolt(tb, boltFixture(tb, n), nil))
}

func aBoltNoStats(tb testing.TB, n int) pointRead {
	return readBolt(openBolt(tb, boltFixture(tb, n), &bolt.Options{NoStatistics: true}))
}

func readBolt(db *bolt.DB) pointRead {
	return func(_ int, id *GUID, who *account) (flags uint32, owner bool) {
		_ = db.View(func(tx *bolt.Tx) error {
			if rec := tx.Bucket(bktJobs).Get(id[:]); rec != nil {
				flags = RecFlags(rec)
				owner = bytes.Equal(RecOwner(rec), who.packet[:])
			}
			return nil
		})
		return flags, owner
	}
}

// aBoltHeld is the floor of bbolt itself: one read transaction and bucket for
// the whole run, so that only the search in the tree is left.
func aBoltHeld(tb testing.TB, n int) pointRead {
	tx, err := openBolt(tb, boltFixture(tb, n), nil).Begin(false)
	require.NoError(tb, err)
	tb.Cleanup(func() { tx.Rollback() })
	bucket := tx.Bucket(bktJobs)
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		rec := bucket.Get(id[:])
		if rec == nil {
			return 0, false
		}
		return RecFlags(rec), bytes.Equal(RecOwner(rec), who.packet[:])
	}
}

func aBoltJSON(tb testing.TB, n int) pointRead {
	db := openBolt(tb, boltFile(tb, "boltjson-"+sizeName(n), n, putJSON), nil)
	return func(_ int, id *GUID, who *account) (flags uint32, owner bool) {
		_ = db.View(func(tx *bolt.Tx) error {
			rec := tx.Bucket(bktJobs).Get(id[:])
			if rec == nil {
				return nil
			}
			var j jsonJob
			if err := json.Unmarshal(rec, &j); err != nil {
				return err
			}
			s, err := ParseSID(j.Owner)
			if err != nil {
				return err
			}
			flags = j.HelperFlags
			var buf [68]byte
			owner = bytes.Equal(s.AppendBinary(buf[:0]), who.packet[:])
			return nil
		})
		return flags, owner
	}
}

func aSQLite(tb testing.TB, n int) pointRead {
	st := prepareSQL(tb, openSQL(tb, n, 2), `SELECT helper_flags, owner FROM jobs WHERE guid = ?`)
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		var flags int64
		var owner []byte
		if err := st.QueryRow(id[:]).Scan(&flags, &owner); err != nil {
			return 0, false
		}
		return uint32(flags), bytes.Equal(owner, who.packet[:])
	}
}

func aBadger(tb testing.TB, n int) pointRead {
	db := badgerFixture(tb, n)
	return func(_ int, id *GUID, who *account) (flags uint32, owner bool) {
		_ = db.View(func(txn *badger.Txn) error {
			var key [17]byte
			key[0] = 'j'
			copy(key[1:], id[:])
			it, err := txn.Get(key[:])
			if err != nil {
				return err
			}
			return it.Value(func(rec []byte) error {
				flags = RecFlags(rec)
				owner = bytes.Equal(RecOwner(rec), who.packet[:])
				return nil
			})
		})
		return flags, owner
	}
}
