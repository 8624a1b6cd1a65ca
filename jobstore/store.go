package jobstore

import (
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/sid"
)

// Store holds jobs. Its methods may be called from many goroutines at once.
// Open, OpenReadOnly, NewScratch and NewMemory make one.
type Store struct {
	path     string
	readOnly bool
	newID    func() (uuid.UUID, error)
	storage  storage
	release  func() // undoes what opening did outside of the storage

	index     index
	committer committer
	closing   sync.Once
	turn      chan struct{} // see Update

	// The rest belongs to whoever leads the committer.
	position
	txid    int
	failed  error
	writers []*op
	created map[uuid.UUID]struct{}
	staged  []*identity
}

// position is where the file stands after a commit.
type position struct {
	seq         uint64 // the last sequence number used
	fingerprint uint64
}

func newStore(path string, storage storage, o *options, release func()) *Store {
	s := &Store{path: path, storage: storage, newID: o.newID, release: release, turn: make(chan struct{}, 1)}
	s.committer.idle.L = &s.committer.mu
	return s
}

// Path is the store's file; "" for a store without one.
func (s *Store) Path() string { return s.path }

// Len is the number of jobs.
func (s *Store) Len() int { return int(s.index.live.Load()) }

// Create stores a new job, under a new random id if it has none, and returns a
// view of it. In a store that was opened to be durable, the job is on disk
// when Create returns. It fails with ErrExists when there is a job with that
// id, and with ErrInvalid when the job has no owner, or a string, time or
// number that the store has no room for.
func (s *Store) Create(j Job) (Entry, error) {
	if j.ID == uuid.Nil {
		id, err := s.newID()
		if err != nil {
			return Entry{}, &Error{Op: "create", Path: s.path, Kind: ErrInvalid, Detail: "no id could be made", Err: err}
		}
		j.ID = id
	}
	w, err := j.encode(&s.index.identities)
	if err != nil {
		return Entry{}, s.named("create", j.ID, err)
	}
	o := newOp(w)
	if err := s.submit("create", o); err != nil {
		return Entry{}, err
	}
	return Entry{s, o.writes[0].e}, nil
}

// Lookup finds a job in memory: no file is touched and no lock is taken.
// Without such a job it fails with ErrNotFound, which is BG_E_NOT_FOUND.
func (s *Store) Lookup(id uuid.UUID) (Entry, error) {
	if e := s.index.get(&id); e != nil {
		return Entry{s, e}, nil
	}
	return Entry{}, s.missing("look up", id)
}

// missing says why there is no such job: there is none, or no store any more.
func (s *Store) missing(op string, id uuid.UUID) error {
	if s.committer.isClosed() {
		return s.fail(op, id, ErrClosed, "")
	}
	return s.fail(op, id, ErrNotFound, "")
}

// Get reads a job's whole record. It fails with ErrNotFound, and with
// ErrCorrupt when the file has been damaged since it was opened.
func (s *Store) Get(id uuid.UUID) (Job, error) {
	e := s.index.get(&id)
	if e == nil {
		return Job{}, s.missing("get", id)
	}
	return s.read("get", e)
}

func (s *Store) read(op string, e *entry) (j Job, err error) {
	err = s.storage.get(e.seq, func(rec []byte) error {
		if rec == nil {
			return s.fail(op, e.id, ErrNotFound, "")
		}
		j, err = decode(rec, &s.index.identities)
		return err
	})
	return j, s.named(op, e.id, err)
}

// An update that finds its job changed under it tries again, and after a few
// times takes turns with others like it, so that a crowd gets through one by
// one. It does not insist on its turn, which may be held by itself, further up
// the stack; and it does not try for ever, since an update of the job from
// within its own function would never end.
const (
	politeAttempts = 4
	maxAttempts    = 1000
	turnWait       = time.Second
)

// Update changes a job in one transaction: change is given the record as it
// is, and what it leaves is stored if it returns nil. An error of change is
// returned as it is, and nothing is stored. When somebody else has changed the
// job meanwhile, change is called again with the new record, so it must have
// no effects but on its argument. No lock is held while it runs.
func (s *Store) Update(id uuid.UUID, change func(*Job) error) error {
	return s.update(id, func() *entry { return s.index.get(&id) }, change)
}

// Update is Store.Update for the viewed job and no other: a new job with the
// same id is not found.
func (v Entry) Update(change func(*Job) error) error {
	return v.s.update(v.e.id, v.living, change)
}

// Finish changes the viewed job for the last time and deletes it, in one
// transaction: change is called as by Update, and views go on showing what it has
// left. It returns the record that was not stored any more. It fails with
// ErrNotFound.
func (v Entry) Finish(change func(*Job) error) (last Job, err error) {
	err = v.s.retry("finish", v.e.id, v.living, func(e *entry) (*write, error) {
		w, err := v.s.prepare("finish", e, func(j *Job) error {
			if err := change(j); err != nil {
				return err
			}
			last = *j
			return nil
		})
		if w != nil {
			w.data, w.last = nil, true
		}
		return w, err
	})
	if err != nil {
		return Job{}, err
	}
	return last, nil
}

// living is the entry of the viewed job, or nil when that is gone.
func (v Entry) living() *entry {
	if v.Deleted() {
		return nil
	}
	return v.e
}

func (s *Store) update(id uuid.UUID, find func() *entry, change func(*Job) error) error {
	return s.retry("update", id, find, func(e *entry) (*write, error) {
		w, err := s.prepare("update", e, change)
		if w != nil && string(w.data) == string(w.base) {
			return nil, err // nothing has changed
		}
		return w, err
	})
}

// retry has what prepare makes of a job committed, until the job has not changed
// meanwhile.
func (s *Store) retry(op string, id uuid.UUID, find func() *entry, prepare func(*entry) (*write, error)) error {
	if s.readOnly {
		return s.fail(op, id, ErrReadOnly, "")
	}
	for attempt := range maxAttempts {
		if attempt == politeAttempts {
			select {
			case s.turn <- struct{}{}:
				defer func() { <-s.turn }()
			case <-time.After(turnWait):
			}
		}
		e := find()
		if e == nil {
			return s.missing(op, id)
		}
		w, err := prepare(e)
		if err != nil || w == nil {
			return err
		}
		err = s.submit(op, newOp(*w))
		if !errors.Is(err, errChanged) {
			return err
		}
	}
	return s.fail(op, id, ErrConflict, "after %d attempts: is it updated from within the function that updates it?", maxAttempts)
}

// prepare makes the write of a change to a job.
func (s *Store) prepare(op string, e *entry, change func(*Job) error) (*write, error) {
	var base []byte
	err := s.storage.get(e.seq, func(rec []byte) error {
		if rec == nil {
			return s.fail(op, e.id, ErrNotFound, "")
		}
		base = append(base, rec...)
		return nil
	})
	if err != nil {
		return nil, s.named(op, e.id, err)
	}
	j, err := decode(base, &s.index.identities)
	if err != nil {
		return nil, s.named(op, e.id, err)
	}
	if err := change(&j); err != nil {
		return nil, err
	}
	if j.ID != e.id {
		return nil, s.fail(op, e.id, ErrInvalid, "a job's id cannot change")
	}
	w, err := j.encode(&s.index.identities)
	if err != nil {
		return nil, s.named(op, e.id, err)
	}
	w.e, w.base = e, base
	return &w, nil
}

// Delete removes a job. It fails with ErrNotFound.
func (s *Store) Delete(id uuid.UUID) error {
	e := s.index.get(&id)
	if e == nil {
		return s.missing("delete", id)
	}
	return s.submit("delete", newOp(write{id: id, e: e}))
}

// All lists all jobs in creation order.
func (s *Store) All() Entries { return Entries{s, s.index.all.belonging(alive)} }

// ByOwner lists one user's jobs in creation order.
func (s *Store) ByOwner(user sid.SID) Entries {
	o := s.index.identities.owner(&user)
	if o == nil {
		return Entries{}
	}
	return Entries{s, o.jobs.belonging(s.index.ownedBy(o))}
}

// CountByOwner is the number of a user's jobs.
func (s *Store) CountByOwner(user sid.SID) int {
	if o := s.index.identities.owner(&user); o != nil {
		return int(o.live.Load())
	}
	return 0
}

// Jobs yields the whole records of all jobs in creation order. Jobs deleted
// while it goes on are left out. It ends with the first error.
func (s *Store) Jobs() iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		all := s.All()
		if s.committer.isClosed() { // or all could be empty for that
			yield(Job{}, s.fail("list", uuid.Nil, ErrClosed, ""))
			return
		}
		for e := range all.All() {
			j, err := e.Job()
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

// Close waits for calls under way and closes the file. Views go on showing
// what they last showed. Closing again does nothing.
func (s *Store) Close() (err error) {
	s.closing.Do(func() {
		s.committer.close()
		err = s.storage.close()
		s.index.clear()
		s.release()
		if err != nil {
			err = &Error{Op: "close", Path: s.path, Kind: ErrFailed, Err: err}
		}
	})
	return err
}

// named completes an error from below with what was tried.
func (s *Store) named(op string, id uuid.UUID, err error) error {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		if errors.Is(err, errClosedStorage) {
			return s.fail(op, id, ErrClosed, "")
		}
		return err
	}
	mine := *e
	mine.Op, mine.Path, mine.ID = op, s.path, id
	return &mine
}

var errClosedStorage = errors.New("storage closed")

// String tells stores apart in messages.
func (s *Store) String() string {
	if s.path == "" {
		return fmt.Sprintf("job store in memory (%d jobs)", s.Len())
	}
	return fmt.Sprintf("job store %s (%d jobs)", s.path, s.Len())
}
