package jobstore

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/token"
)

// TestCheckFinds puts one thing wrong after the other, in memory and behind the
// store's back in what it is stored in.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	first := func(s *Store) *entry { return s.index.all.load().entries[0] }
	behind := func(s *Store, fn func(storageTx) error) { // and nobody notices
		if err := s.storage.update(fn); err != nil {
			panic(err)
		}
	}
	stored := func(s *Store, seq uint64) (rec []byte) {
		if err := s.storage.get(seq, func(b []byte) error { rec = bytes.Clone(b); return nil }); err != nil {
			panic(err)
		}
		return rec
	}
	list := func(l *list, change func([]*entry) []*entry) {
		l.published.Store(&members{change(slices.Clone(l.load().entries)), true})
	}
	for name, row := range map[string]struct {
		spoil func(s *Store)
		says  []string
	}{
		"summary":           {func(s *Store) { first(s).word.Add(1 << 8) }, []string{"its entry"}},
		"owner in memory":   {func(s *Store) { first(s).word.Add(1 << 32) }, []string{"its entry", "owner"}},
		"deleted in memory": {func(s *Store) { first(s).word.Or(uint64(deadBit)) }, []string{"its record 1 has no entry", "in no list"}},
		"count":             {func(s *Store) { s.index.live.Add(1) }, []string{"6 jobs are counted, 5 found"}},
		"count of an owner": {func(s *Store) { s.index.identities.allOwners()[0].live.Add(1) }, []string{"counted"}},
		"list of all":       {func(s *Store) { list(&s.index.all, func(l []*entry) []*entry { return l[1:] }) }, []string{"1 records are in no list"}},
		"order of the list": {func(s *Store) { list(&s.index.all, func(l []*entry) []*entry { slices.Reverse(l); return l }) }, []string{"comes after entry"}},
		"list of an owner": {func(s *Store) {
			list(&s.index.identities.allOwners()[0].jobs, func(l []*entry) []*entry { return l[:0] })
		}, []string{"0 of them listed"}},
		"table":              {func(s *Store) { s.index.table.Store(newTable(0, newSeed())) }, []string{"has no entry", "not in the table"}},
		"fingerprint held":   {func(s *Store) { s.position.fingerprint++ }, []string{"as held"}},
		"fingerprint stored": {func(s *Store) { behind(s, func(tx storageTx) error { return tx.setFingerprint(7) }) }, []string{"as stored"}},
		"record gone":        {func(s *Store) { behind(s, func(tx storageTx) error { return tx.delete(2) }) }, []string{"its entry has no record", "fingerprint"}},
		"record of another":  {func(s *Store) { behind(s, func(tx storageTx) error { return tx.put(2, bytes.Clone(tx.get(1))) }) }, []string{"its record 2 has no entry"}},
		"record added":       {func(s *Store) { behind(s, func(tx storageTx) error { return tx.put(9, bytes.Clone(tx.get(1))) }) }, []string{"its record 9 has no entry", "in no list"}},
		"record damaged": {func(s *Store) {
			rec := stored(s, 2)
			rec[len(rec)-1] ^= 1
			behind(s, func(tx storageTx) error { return tx.put(2, rec) })
		}, []string{"record 2", "checksum"}},
		"record in another form": {func(s *Store) {
			rec := stored(s, 2)
			rec = slices.Insert(rec, recordHead+1, 0)
			rec[recordHead] |= 0x80 // the same number in two bytes
			binary.LittleEndian.PutUint32(rec[1:], checksum(rec[5:]))
			behind(s, func(tx storageTx) error { return tx.put(2, rec) })
		}, []string{"its record reads as another"}},
		"identity added": {func(s *Store) {
			behind(s, func(tx storageTx) error { return tx.putIdentity(9, token.LocalService().Key()) })
		}, []string{"identity 9 is another in memory", "less those in memory: 1"}},
		"identity changed": {func(s *Store) {
			behind(s, func(tx storageTx) error { return tx.putIdentity(1, token.LocalService().Key()) })
		}, []string{"identity 1 is another in memory"}},
		"identity not stored": {func(s *Store) { s.index.identities.at(1).stored = false }, []string{"identity 1 is another in memory", "less those in memory: 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onDisk, err := Open(filepath.Join(t.TempDir(), "jobs.db"), NoSync())
			require.NoError(t, err)
			scratch, err := NewScratch()
			require.NoError(t, err)
			for _, s := range []*Store{NewMemory(), scratch, onDisk} {
				for i := range 5 {
					owner := token.LocalSystem()
					if i == 3 {
						owner = token.NetworkService()
					}
					_, err := s.Create(Job{Owner: owner, DisplayName: "job"})
					require.NoError(t, err)
				}
				require.NoError(t, s.Check())
				row.spoil(s)
				err := s.Check()
				require.ErrorIs(t, err, ErrCorrupt)
				for _, says := range row.says {
					require.ErrorContains(t, err, says)
				}
				require.NoError(t, s.Close())
			}
		})
	}
}

// TestCheckReportsSoMuch has more wrong than anybody wants to read.
func TestCheckReportsSoMuch(t *testing.T) {
	t.Parallel()
	s := NewMemory()
	for range 500 {
		_, err := s.Create(Job{Owner: token.LocalSystem()})
		require.NoError(t, err)
	}
	for _, e := range s.index.all.load().entries {
		e.word.Add(1 << 8)
	}
	var all interface{ Unwrap() []error }
	require.ErrorAs(t, s.Check(), &all)
	require.InDelta(t, 100, len(all.Unwrap()), 5)
}
