package jobstore

import (
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/token"
)

// loadIndex reads the whole file once and sees that it is whole: that its tree
// is sound, each record has its checksum, keys are in order, no id comes twice,
// every identity is there, and that all of it is of the last commit.
func (s *Store) loadIndex(t *tree) error {
	x := &s.index
	x.init()
	if err := x.identities.loadFrom(t); err != nil {
		return err
	}
	b := bulk{x: x, all: make([]*entry, 0, estimate(t))}
	var last, print uint64
	err := t.each(jobsBucket, func(k, rec []byte) error {
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
		b.add(id, seq, sum)
		return nil
	})
	if err != nil {
		return err
	}
	if want := unbind(t.buckets[string(jobsBucket)].sequence, t.meta.txid); print != want {
		return corrupt("the jobs in it are not those of the last transaction: fingerprint %016x is not %016x", print, want)
	}
	if err := b.publish(); err != nil {
		return err
	}
	s.position = position{seq: last, fingerprint: print}
	s.txid = int(t.meta.txid)
	return t.leftOver()
}

// bulk fills an index that nobody reads yet, with little garbage.
type bulk struct {
	x    *index
	all  []*entry
	slab []entry // new ones are cut off it
}

func (b *bulk) add(id uuid.UUID, seq uint64, s summary) {
	if len(b.slab) == 0 {
		b.slab = make([]entry, 4096)
	}
	e := &b.slab[0]
	b.slab = b.slab[1:]
	e.id, e.seq = id, seq
	e.word.Store(uint64(s))
	b.all = append(b.all, e)
	o := b.x.identities.get(s.owner()).owner
	o.loaded = append(o.loaded, e)
}

func (b *bulk) publish() error {
	if err := b.fillTable(); err != nil {
		return err
	}
	b.x.live.Store(int64(len(b.all)))
	b.x.all.published.Store(&members{b.all, true})
	for _, o := range b.x.identities.allOwners() {
		o.live.Store(int64(len(o.loaded)))
		o.jobs.published.Store(&members{o.loaded, true})
		o.loaded = nil
	}
	return nil
}

// fillTable enters the entries part by part of the table: in the order of the
// file each would be a cache miss, which takes longer than all else at open.
func (b *bulk) fillTable() error {
	t := newTable(len(b.all), newSeed())
	parts := 1 + len(t.slots)>>15
	part := func(e *entry) int { return int(uint64(t.slot(&e.id)) * uint64(parts) / uint64(len(t.slots))) }
	ends := make([]int, parts+1)
	for _, e := range b.all {
		ends[part(e)+1]++
	}
	for i := range parts {
		ends[i+1] += ends[i]
	}
	sorted := make([]*entry, len(b.all))
	for _, e := range b.all {
		p := part(e)
		sorted[ends[p]] = e
		ends[p]++
	}
	for _, e := range sorted {
		if !t.put(e) {
			return corrupt("job %s is there twice", guidString(e.id))
		}
	}
	b.x.table.Store(t)
	b.x.used = len(sorted)
	return nil
}

// estimate is how many jobs there may be: enough to spare the index growing.
func estimate(t *tree) int {
	k := t.lastKey(jobsBucket)
	if len(k) != 8 {
		return 0
	}
	// Sequence numbers leave gaps where jobs were deleted: take the smaller
	// of the last one and what the file can hold at all.
	return int(min(binary.BigEndian.Uint64(k), mulSize(t.meta.pages, t.meta.pageSize)/64))
}

// loadFrom reads the identities of a file, once it has seen that they are
// those of the last transaction.
func (x *identities) loadFrom(t *tree) error {
	type stored struct {
		n    uint32
		code string
	}
	var all []stored
	var print uint64
	err := t.each(identitiesBucket, func(k, code []byte) error {
		if len(k) != 4 {
			return corrupt("identity key %x", k)
		}
		all = append(all, stored{binary.BigEndian.Uint32(k), string(code)})
		print += identityPrint(all[len(all)-1].n, all[len(all)-1].code)
		return nil
	})
	if err != nil {
		return err
	}
	if want := t.buckets[string(identitiesBucket)].sequence; print != want {
		return corrupt("the identities in it are not those of the last transaction: fingerprint %016x is not %016x", print, want)
	}
	for _, id := range all {
		var t token.Token
		if err := t.UnmarshalBinary([]byte(id.code)); err != nil {
			return corrupt("identity %d: %v", id.n, err)
		}
		if t.IsZero() || id.n == 0 || id.n > maxIdentities || x.at(id.n) != nil || x.keys[t.Key()] != 0 {
			return corrupt("identity %d", id.n)
		}
		x.add(id.n, t).stored = true
	}
	return nil
}
