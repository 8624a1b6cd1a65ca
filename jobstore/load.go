package jobstore

import (
	"encoding/binary"

	"github.com/bitsemu/bitsemu/token"
)

// loadIndex reads the whole file once and sees that it is whole: that its tree
// is sound, each record has its checksum, keys are in order, no id comes twice,
// every identity is there, and that all of it is of the last commit.
func (s *Store) loadIndex(t *tree) error {
	x := &s.index
	x.init(estimate(t))
	if err := x.identities.loadFrom(t); err != nil {
		return err
	}
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
		used := x.used
		x.insert(id, seq, sum)
		if x.used == used {
			return corrupt("job {%v} is there twice", id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if want := unbind(t.buckets[string(jobsBucket)].sequence, t.meta.txid); print != want {
		return corrupt("the jobs in it are not those of the last transaction: fingerprint %016x is not %016x", print, want)
	}
	s.position = position{seq: last, fingerprint: print}
	s.txid = int(t.meta.txid)
	return t.leftOver()
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
