package bench

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// cFloor has the owner's jobs as one contiguous slice of small structs.
func cFloor(_ testing.TB, n int) enum {
	type slim struct {
		id    GUID
		flags uint32
		state uint8
	}
	m := map[SID][]slim{}
	for i := range n {
		j := MakeJob(i)
		m[j.Owner] = append(m[j.Owner], slim{j.ID, j.HelperFlags, j.State})
	}
	return func(who *account) (n int, sum uint64) {
		entries := m[who.minimal]
		for i := range entries {
			e := &entries[i]
			sum += uint64(e.flags) + uint64(e.state)
			n++
		}
		return n, sum
	}
}

func cMapScan(_ testing.TB, n int) enum {
	s := &mapStore{m: fillMap(n)}
	return func(who *account) (n int, sum uint64) {
		s.mu.RLock()
		defer s.mu.RUnlock()
		for _, e := range s.m {
			if e.owner == who.packet {
				sum += uint64(e.flags) + uint64(e.job.State)
				n++
			}
		}
		return n, sum
	}
}

func cMapIndex(_ testing.TB, n int) enum {
	s := &mapStore{m: fillMap(n)}
	by := map[SID]map[GUID]*Job{}
	for id, e := range s.m {
		if by[e.job.Owner] == nil {
			by[e.job.Owner] = map[GUID]*Job{}
		}
		by[e.job.Owner][id] = e.job
	}
	return func(who *account) (n int, sum uint64) {
		s.mu.RLock()
		defer s.mu.RUnlock()
		for _, j := range by[who.minimal] {
			sum += uint64(j.HelperFlags) + uint64(j.State)
			n++
		}
		return n, sum
	}
}

// cOwnerSlice is a prototype: per owner a slice of entries that only grows,
// readers keeping the length they loaded, behind an atomic pointer.
func cOwnerSlice(_ testing.TB, n int) enum {
	type list = atomic.Pointer[[]*rcuEntry]
	var by sync.Map // SID -> *list
	for i := range n {
		j := MakeJob(i)
		v, _ := by.LoadOrStore(j.Owner, new(list))
		p := v.(*list)
		var s []*rcuEntry
		if o := p.Load(); o != nil {
			s = *o
		}
		s = append(s, rcuEntryOf(&j))
		p.Store(&s)
	}
	return func(who *account) (n int, sum uint64) {
		v, ok := by.Load(who.minimal)
		if !ok {
			return 0, 0
		}
		for _, e := range *v.(*list).Load() {
			sum += uint64(e.flags) + uint64(e.state)
			n++
		}
		return n, sum
	}
}

// walkOwner calls f with each entry of the owner index of who.
func walkOwner(db *bolt.DB, who *account, f func(tx *bolt.Tx) func(k, v []byte)) {
	_ = db.View(func(tx *bolt.Tx) error {
		visit := f(tx)
		c := tx.Bucket(bktOwner).Cursor()
		prefix := who.packet[:]
		for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
			visit(k, v)
		}
		return nil
	})
}

// cBolt walks the owner index and gets each record.
func cBolt(tb testing.TB, n int) enum {
	db := openBolt(tb, boltFixture(tb, n), nil)
	return func(who *account) (n int, sum uint64) {
		walkOwner(db, who, func(tx *bolt.Tx) func(k, v []byte) {
			jobs := tx.Bucket(bktJobs)
			return func(k, _ []byte) {
				rec := jobs.Get(k[len(who.packet):])
				sum += uint64(RecFlags(rec)) + uint64(RecState(rec))
				n++
			}
		})
		return n, sum
	}
}

// cBoltSorted finds the records with one cursor: the index has the GUIDs in key
// order already, and nothing is allocated for each.
func cBoltSorted(tb testing.TB, n int) enum {
	db := openBolt(tb, boltFixture(tb, n), nil)
	return func(who *account) (n int, sum uint64) {
		walkOwner(db, who, func(tx *bolt.Tx) func(k, v []byte) {
			jobs := tx.Bucket(bktJobs).Cursor()
			return func(k, _ []byte) {
				_, rec := jobs.Seek(k[len(who.packet):])
				sum += uint64(RecFlags(rec)) + uint64(RecState(rec))
				n++
			}
		})
		return n, sum
	}
}

// cBoltCovering reads what is asked for from the index. That has the flags
// only; the sum of the states is known beforehand, to keep the check.
func cBoltCovering(tb testing.TB, n int) enum {
	db := openBolt(tb, boltFixture(tb, n), nil)
	var states uint64
	for i := cOwner; i < n; i += nOwners {
		states += uint64(StateOf(i))
	}
	return func(who *account) (n int, sum uint64) {
		sum = states
		walkOwner(db, who, func(*bolt.Tx) func(k, v []byte) {
			return func(_, v []byte) {
				sum += uint64(v[0]) | uint64(v[1])<<8
				n++
			}
		})
		return n, sum
	}
}

func cBoltScan(tb testing.TB, n int) enum {
	db := openBolt(tb, boltFixture(tb, n), nil)
	return func(who *account) (n int, sum uint64) {
		_ = db.View(func(tx *bolt.Tx) error {
			c := tx.Bucket(bktJobs).Cursor()
			for k, rec := c.First(); k != nil; k, rec = c.Next() {
				if bytes.Equal(RecOwner(rec), who.packet[:]) {
					sum += uint64(RecFlags(rec)) + uint64(RecState(rec))
					n++
				}
			}
			return nil
		})
		return n, sum
	}
}

func cSQLite(tb testing.TB, n int) enum {
	st := prepareSQL(tb, openSQL(tb, n, 1), `SELECT guid, helper_flags, state FROM jobs WHERE owner = ?`)
	return func(who *account) (n int, sum uint64) {
		rows, err := st.Query(who.packet[:])
		if err != nil {
			return 0, 0
		}
		defer rows.Close()
		for rows.Next() {
			var id []byte
			var flags, state int64
			if rows.Scan(&id, &flags, &state) != nil {
				return 0, 0
			}
			sum += uint64(flags) + uint64(state)
			n++
		}
		if rows.Err() != nil {
			return 0, 0
		}
		return n, sum
	}
}
