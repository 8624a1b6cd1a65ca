package jobstore

import (
	"errors"
	"os"
	"slices"

	"github.com/google/uuid"
)

// Check reads the whole store and compares it with what is held in memory:
// every record with its checksum and its entry, every entry with its record,
// the lists of all jobs and of each owner with the entries, the identities and
// the fingerprint with their sums; and that the file at the store's path is
// still the one that is open. It returns all that it finds wrong, as
// ErrCorrupt or ErrReplaced, or nil. Writers wait while it runs.
func (s *Store) Check() error {
	var found error
	o := op{run: func() { found = s.check() }}
	if !s.committer.do(&o, s.commit) {
		return s.fail("check", uuid.Nil, ErrClosed, "")
	}
	return found
}

func (s *Store) check() error {
	var errs []error
	wrong := func(id uuid.UUID, format string, args ...any) {
		if len(errs) < 100 {
			errs = append(errs, s.fail("check", id, ErrCorrupt, format, args...))
		}
	}
	if f, ok := s.storage.(*boltFile); ok && !f.scratch {
		errs = append(errs, s.checkPath(f), s.checkPages(f))
	}

	x := &s.index
	seen := map[uint64]bool{}
	var print, last uint64
	err := s.storage.records(func(seq uint64, rec []byte) error {
		if seq <= last {
			wrong(uuid.Nil, "record %d comes after record %d", seq, last)
		}
		last = seq
		seen[seq] = true
		print += recordPrint(seq, rec)
		j, err := decode(rec, &x.identities)
		if err != nil {
			wrong(uuid.Nil, "record %d: %v", seq, err)
			return nil
		}
		e := x.get(&j.ID)
		if e == nil || e.seq != seq {
			wrong(j.ID, "its record %d has no entry", seq)
			return nil
		}
		w, err := j.encode(&x.identities)
		switch {
		case err != nil:
			wrong(j.ID, "its record cannot be written again: %v", err)
		case string(w.data) != string(rec):
			wrong(j.ID, "its record reads as another")
		case w.summary != e.load():
			wrong(j.ID, "its record says %#x, its entry %#x", w.summary, e.load())
		}
		return nil
	})
	if err != nil {
		errs = append(errs, s.named("check", uuid.Nil, err))
	}
	if stored, err := s.storage.fingerprint(); err != nil || stored != print || stored != s.position.fingerprint {
		wrong(uuid.Nil, "fingerprint %016x of the records is not %016x as stored, %016x as held: %v", print, stored, s.position.fingerprint, err)
	}
	s.checkEntries(seen, wrong)
	s.checkIdentities(wrong)
	return errors.Join(errs...)
}

// checkEntries compares the lists in memory with each other and with the
// sequence numbers seen in the file.
func (s *Store) checkEntries(seen map[uint64]bool, wrong func(uuid.UUID, string, ...any)) {
	x := &s.index
	var last uint64
	owners := map[*owner][]*entry{}
	for _, e := range x.all.load().entries {
		if e.seq <= last {
			wrong(e.id, "entry %d comes after entry %d", e.seq, last)
		}
		last = e.seq
		w := e.load()
		if w.dead() {
			continue
		}
		if !seen[e.seq] {
			wrong(e.id, "its entry has no record")
		}
		delete(seen, e.seq)
		if x.get(&e.id) != e {
			wrong(e.id, "its entry is not in the table")
		}
		o := x.identities.get(w.owner()).owner
		owners[o] = append(owners[o], e)
	}
	if len(seen) > 0 {
		wrong(uuid.Nil, "%d records are in no list", len(seen))
	}
	total := 0
	for _, o := range x.identities.allOwners() {
		var listed []*entry
		for e := range s.ByOwner(o.sid).All() {
			listed = append(listed, e.e)
		}
		if !slices.Equal(listed, owners[o]) || int(o.live.Load()) != len(listed) {
			wrong(uuid.Nil, "owner %v has %d jobs, %d of them listed, %d counted", o.sid, len(owners[o]), len(listed), o.live.Load())
		}
		total += len(listed)
	}
	if total != s.Len() {
		wrong(uuid.Nil, "%d jobs are counted, %d found", s.Len(), total)
	}
}

// checkIdentities compares the tokens in the file with those in memory.
func (s *Store) checkIdentities(wrong func(uuid.UUID, string, ...any)) {
	n := 0
	err := s.storage.identities(func(number uint32, code []byte) error {
		n++
		if id := s.index.identities.at(number); id == nil || id.token.Key() != string(code) || !id.stored {
			wrong(uuid.Nil, "identity %d is another in memory", number)
		}
		return nil
	})
	for _, id := range s.index.identities.load() {
		if id != nil && id.stored {
			n--
		}
	}
	if err != nil || n != 0 {
		wrong(uuid.Nil, "identities in the file less those in memory: %d: %v", n, err)
	}
}

// checkPages sees that the tree of pages in the file is sound.
func (s *Store) checkPages(f *boltFile) error {
	t, err := f.tree()
	if err != nil {
		return s.named("check", uuid.Nil, err)
	}
	return s.named("check", uuid.Nil, t.sound())
}

// checkPath sees that nobody has removed or replaced the open file: the lock
// would not stop another process from opening the new one.
func (s *Store) checkPath(f *boltFile) error {
	mine, err := f.file.Stat()
	if err != nil {
		return &Error{Op: "check", Path: s.path, Kind: ErrReplaced, Err: err}
	}
	there, err := os.Stat(s.path)
	if err != nil || !os.SameFile(mine, there) {
		return &Error{Op: "check", Path: s.path, Kind: ErrReplaced, Detail: "changes are written to a file that is not at the path any more", Err: err}
	}
	return nil
}
