package bench

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// rcuTable is a prototype of an index in front of bbolt: readers take no lock,
// there is one writer at a time (bbolt allows no more anyway), and growth
// publishes a bigger table. It cannot remove.
type rcuTable struct {
	tab atomic.Pointer[[]atomic.Pointer[rcuEntry]]
	mu  sync.Mutex
	n   int
}

type rcuEntry struct {
	id    GUID
	owner [28]byte
	flags uint32
	state uint8
	job   *Job
}

func rcuEntryOf(j *Job) *rcuEntry {
	e := &rcuEntry{id: j.ID, flags: j.HelperFlags, state: j.State, job: j}
	j.Owner.AppendBinary(e.owner[:0])
	return e
}

func newRCUTable() *rcuTable {
	t := new(rcuTable)
	tab := make([]atomic.Pointer[rcuEntry], 64)
	t.tab.Store(&tab)
	return t
}

func guidHash(id *GUID) uint64 {
	return binary.LittleEndian.Uint64(id[:]) ^ binary.LittleEndian.Uint64(id[8:])
}

func (t *rcuTable) get(id *GUID) *rcuEntry {
	tab := *t.tab.Load()
	mask := uint64(len(tab) - 1)
	for h := guidHash(id); ; h++ {
		e := tab[h&mask].Load()
		if e == nil || e.id == *id {
			return e
		}
	}
}

func (t *rcuTable) put(e *rcuEntry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tab := *t.tab.Load()
	if 2*(t.n+1) > len(tab) {
		bigger := make([]atomic.Pointer[rcuEntry], 2*len(tab))
		for i := range tab {
			if o := tab[i].Load(); o != nil {
				rcuInsert(bigger, o)
			}
		}
		t.tab.Store(&bigger)
		tab = bigger
	}
	if rcuInsert(tab, e) {
		t.n++
	}
}

// rcuInsert tells whether the entry is new.
func rcuInsert(tab []atomic.Pointer[rcuEntry], e *rcuEntry) bool {
	mask := uint64(len(tab) - 1)
	for h := guidHash(&e.id); ; h++ {
		o := tab[h&mask].Load()
		if o == nil || o.id == e.id {
			tab[h&mask].Store(e)
			return o == nil
		}
	}
}
