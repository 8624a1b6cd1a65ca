package jobstore

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"
)

// entry is a job's place in memory: what reads ask for most, without touching
// the file. It has no pointers, so a million of them cost the garbage
// collector nothing, and everything that changes is one word, so that a reader
// sees the fields of one commit and never takes a lock.
//
// An entry belongs to one job for ever. A job that is deleted and created
// again with the same id gets a new entry, and whoever still holds the old one
// sees that its job is gone.
type entry struct {
	id   uuid.UUID
	seq  uint64
	word atomic.Uint64 // a summary
}

// summary is the changing part of an entry, packed:
//
//	63      32 31   16 15  14   8 7  4 3  0
//	| identity | flags |dead|state|type|prio|
type summary uint64

const deadBit summary = 1 << 15

// The widest values a summary has room for. Create and Update refuse more.
const (
	maxFlags    = 1<<16 - 1
	maxState    = 1<<7 - 1
	maxType     = 1<<4 - 1
	maxPriority = 1<<4 - 1
)

func summarize(owner uint32, flags uint32, state, typ, priority uint8) summary {
	return summary(owner)<<32 | summary(flags)<<16 | summary(state)<<8 | summary(typ)<<4 | summary(priority)
}

func (s summary) owner() uint32   { return uint32(s >> 32) }
func (s summary) flags() uint32   { return uint32(s) >> 16 }
func (s summary) state() uint8    { return uint8(s>>8) & maxState }
func (s summary) typ() uint8      { return uint8(s>>4) & maxType }
func (s summary) priority() uint8 { return uint8(s) & maxPriority }
func (s summary) dead() bool      { return s&deadBit != 0 }

func (e *entry) load() summary { return summary(e.word.Load()) }

// table finds entries by id: open addressing with linear probing. Readers load
// slots without a lock; there is one writer, the committer. A deleted job's
// entry stays in its slot, so that probing goes on past it, until the table is
// built anew.
type table struct {
	slots []atomic.Pointer[entry]
	seed  [2]uint64
}

// newTable is five eighths full with n entries.
func newTable(n int, seed [2]uint64) *table {
	return &table{slots: make([]atomic.Pointer[entry], max(16, 8*n/5+1)), seed: seed}
}

// full is when probing takes too long.
func (t *table) full(used int) bool { return 3*used > 2*len(t.slots) }

// newSeed makes the hash differ from store to store, because job ids may be
// consecutive or chosen by somebody unkind.
func newSeed() [2]uint64 { return [2]uint64{rand.Uint64(), rand.Uint64() | 1} }

func (t *table) slot(id *uuid.UUID) int {
	a := le64(id[:8]) ^ t.seed[0]
	b := le64(id[8:]) ^ t.seed[1]
	hi, lo := bits.Mul64(a, b)
	pos, _ := bits.Mul64(hi^lo, uint64(len(t.slots)))
	return int(pos)
}

func le64(b []byte) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// get returns the entry of id, dead or alive, or nil.
func (t *table) get(id *uuid.UUID) *entry {
	for i := t.slot(id); ; {
		e := t.slots[i].Load()
		if e == nil || e.id == *id {
			return e
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
}

// put stores e, in the place of a dead entry with the same id if there is one,
// and reports whether it took a new slot.
func (t *table) put(e *entry) (added bool) {
	for i := t.slot(&e.id); ; {
		o := t.slots[i].Load()
		if o == nil || o.id == e.id {
			t.slots[i].Store(e)
			return o == nil
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
}

// list keeps entries in creation order. Readers load what is published and
// walk it; the one writer appends in place or publishes another.
type list struct {
	published atomic.Pointer[members]
	stale     int // members that do not belong any more
}

// members are the entries of a list. They are exact when each one belongs:
// is alive, and in an owner's list is that owner's.
type members struct {
	entries []*entry
	exact   bool
}

var nobody = &members{exact: true}

func (l *list) load() *members {
	if m := l.published.Load(); m != nil {
		return m
	}
	return nobody
}

// add puts e in its place by sequence number: nearly always the end.
func (l *list) add(e *entry) {
	m := l.load()
	s := m.entries
	if n := len(s); n == 0 || s[n-1].seq < e.seq {
		l.published.Store(&members{append(s, e), m.exact})
		return
	}
	i, found := slices.BinarySearchFunc(s, e.seq, func(o *entry, seq uint64) int { return cmp.Compare(o.seq, seq) })
	if found { // it was this owner's before, and has come back
		l.stale--
		return
	}
	l.published.Store(&members{slices.Insert(slices.Clone(s), i, e), m.exact})
}

// doubt tells readers to look whether each member belongs, before one ceases to.
func (l *list) doubt() {
	l.stale++
	if m := l.load(); m.exact {
		l.published.Store(&members{entries: m.entries})
	}
}

// sweep leaves out those that do not belong once they are half of the list.
func (l *list) sweep(belongs func(*entry) bool) {
	s := l.load().entries
	if l.stale > 16 && l.stale >= len(s)/2 {
		l.published.Store(&members{only(s, belongs), true})
		l.stale = 0
	}
}

// belonging is a snapshot of those that belong.
func (l *list) belonging(belongs func(*entry) bool) []*entry {
	m := l.load()
	if m.exact {
		return m.entries
	}
	return only(m.entries, belongs)
}

func only(s []*entry, belongs func(*entry) bool) []*entry {
	kept := make([]*entry, 0, len(s))
	for _, e := range s {
		if belongs(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// index is everything a read needs in memory. All writes come from the one
// goroutine that commits.
type index struct {
	table      atomic.Pointer[table]
	used       int // slots taken, dead ones too
	live       atomic.Int64
	all        list
	identities identities
}

func (x *index) init() { x.table.Store(newTable(0, newSeed())) }

// get returns the live entry of id, or nil.
func (x *index) get(id *uuid.UUID) *entry {
	e := x.table.Load().get(id)
	if e == nil || e.load().dead() {
		return nil
	}
	return e
}

func (x *index) insert(id uuid.UUID, seq uint64, s summary) *entry {
	e := &entry{id: id, seq: seq}
	x.publish(e, s)
	return e
}

func (x *index) publish(e *entry, s summary) {
	e.word.Store(uint64(s))
	t := x.table.Load()
	if t.full(x.used + 1) {
		t = x.grow(t)
	}
	if t.put(e) {
		x.used++
	}
	x.all.add(e)
	o := x.identities.get(s.owner()).owner
	o.jobs.add(e)
	o.live.Add(1)
	x.live.Add(1)
}

// grow publishes a bigger table without the dead.
func (x *index) grow(old *table) *table {
	t := newTable(2*int(x.live.Load()+1), old.seed)
	x.used = 0
	for _, e := range x.all.belonging(alive) {
		if t.put(e) {
			x.used++
		}
	}
	x.table.Store(t)
	return t
}

// change publishes a new summary of a live job.
func (x *index) change(e *entry, s summary) {
	was := x.identities.get(e.load().owner()).owner
	now := x.identities.get(s.owner()).owner
	if was == now {
		e.word.Store(uint64(s))
		return
	}
	// The job changes hands: it is in both lists for a moment, and readers
	// of either look at its summary to see whose it is.
	now.jobs.doubt()
	now.jobs.stale--
	now.jobs.add(e)
	was.jobs.doubt()
	e.word.Store(uint64(s))
	now.live.Add(1)
	was.live.Add(-1)
	was.jobs.sweep(x.ownedBy(was))
}

// remove marks a job as gone. Its last summary stays readable.
func (x *index) remove(e *entry) {
	s := e.load()
	o := x.identities.get(s.owner()).owner
	x.all.doubt()
	o.jobs.doubt()
	e.word.Store(uint64(s | deadBit))
	x.live.Add(-1)
	o.live.Add(-1)
	x.all.sweep(alive)
	o.jobs.sweep(x.ownedBy(o))
}

// clear leaves nothing to find.
func (x *index) clear() {
	x.table.Store(newTable(0, newSeed()))
	x.all.published.Store(nobody)
	x.identities.clear()
	x.live.Store(0)
}

func alive(e *entry) bool { return !e.load().dead() }

func (x *index) ownedBy(o *owner) func(*entry) bool {
	return func(e *entry) bool {
		s := e.load()
		return !s.dead() && x.identities.get(s.owner()).owner == o
	}
}
