package jobstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// The buckets of a store's file. A bucket's sequence, which bbolt keeps beside
// its root anyway, holds the fingerprint of what is in it; that of the jobs is
// bound to the transaction's number besides.
var (
	metaBucket       = []byte("meta")       // schemaKey
	jobsBucket       = []byte("jobs")       // sequence number, big-endian -> record
	identitiesBucket = []byte("identities") // number, big-endian -> token
)

// boltFile is the storage in a bbolt file.
type boltFile struct {
	db      *bolt.DB
	file    *os.File // what db has open
	older   bool     // one good meta page will do
	scratch bool     // nobody will open it again

	size   atomic.Int64 // the file is no shorter than that
	looked atomic.Int64 // when that was last seen to be so
	stuck  atomic.Bool  // bbolt has left a lock locked
	closed atomic.Bool
}

// guard runs fn, which touches a file that may be damaged, and turns bbolt's
// panics and the faults of a mapping that is longer than its file into
// ErrCorrupt.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = gaveUp(r)
		}
	}()
	return fn()
}

func gaveUp(why any) error { return corrupt("bbolt gave up: %v", why) }

// known puts bbolt's word for a closed file in this package's.
func known(err error) error {
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return errClosedStorage
	}
	return err
}

// transact has bbolt run fn in a transaction, under guard. A panic while bbolt
// begins or ends one leaves its locks locked: nobody may call it again then.
func (f *boltFile) transact(writable bool, fn func(*bolt.Tx) error) (err error) {
	if f.stuck.Load() {
		return corrupt("bbolt gave up on it before")
	}
	if err := f.whole(writable); err != nil {
		return err
	}
	var tx *bolt.Tx
	defer func() {
		if r := recover(); r != nil {
			err = gaveUp(r)
			if tx == nil || tx.DB() != nil {
				f.stuck.Store(true)
			}
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	run := func(t *bolt.Tx) error {
		tx = t
		return fn(t)
	}
	if writable {
		return known(f.db.Update(run))
	}
	return known(f.db.View(run))
}

// whole sees that nobody has cut the file short, without a word to bbolt,
// which would fault where it cannot be stopped in order. Reads of the same
// millisecond share a look, which would take as long as they do.
func (f *boltFile) whole(now bool) error {
	if f.scratch {
		return nil // nobody else has it
	}
	at := int64(time.Since(started))
	if !now && at-f.looked.Load() < int64(time.Millisecond) {
		return nil
	}
	fi, err := f.file.Stat()
	switch {
	case f.closed.Load(), errors.Is(err, os.ErrClosed): // Windows does not say so
		return errClosedStorage
	case err != nil:
		return err
	case fi.Size() < f.size.Load():
		return corrupt("the file was cut short while it was open")
	}
	f.size.Store(fi.Size()) // it only grows
	f.looked.Store(at)
	return nil
}

var started = time.Now().Add(-time.Second)

func (f *boltFile) update(fn func(storageTx) error) error {
	return f.transact(true, func(tx *bolt.Tx) error {
		jobs := tx.Bucket(jobsBucket)
		jobs.FillPercent = 1 // keys only grow
		return fn(boltTx{jobs})
	})
}

func (f *boltFile) get(seq uint64, fn func([]byte) error) error {
	return f.transact(false, func(tx *bolt.Tx) error {
		key := seqKey(seq)
		return fn(tx.Bucket(jobsBucket).Get(key[:]))
	})
}

// recordsPerView keeps read transactions short: a long one makes the file grow
// without bounds while others write.
const recordsPerView = 512

func (f *boltFile) records(fn func(uint64, []byte) error) error {
	for next, more := uint64(0), true; more; {
		err := f.transact(false, func(tx *bolt.Tx) error {
			n := 0
			c := tx.Bucket(jobsBucket).Cursor()
			from := seqKey(next)
			for k, v := c.Seek(from[:]); k != nil; k, v = c.Next() {
				if n++; n > recordsPerView {
					return nil
				}
				seq, err := seqOf(k, next)
				if err != nil {
					return err
				}
				next = seq + 1
				if err := fn(seq, v); err != nil {
					return err
				}
			}
			more = false
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *boltFile) identities(fn func(uint32, []byte) error) error {
	return f.transact(false, func(tx *bolt.Tx) error {
		return tx.Bucket(identitiesBucket).ForEach(func(k, v []byte) error {
			if len(k) != 4 || v == nil {
				return corrupt("identity key %x", k)
			}
			return fn(binary.BigEndian.Uint32(k), v)
		})
	})
}

func (f *boltFile) fingerprint() (p uint64, err error) {
	err = f.transact(false, func(tx *bolt.Tx) error {
		p = unbind(tx.Bucket(jobsBucket).Sequence(), uint64(tx.ID()))
		return nil
	})
	return p, err
}

// txid is the number of the last transaction in the file.
func (f *boltFile) txid() (id int, err error) {
	err = f.transact(false, func(tx *bolt.Tx) error { id = tx.ID(); return nil })
	return id, err
}

func (f *boltFile) close() error {
	f.closed.Store(true)
	if f.stuck.Load() {
		// bbolt would wait for ever for its own lock.
		return errors.Join(corrupt("bbolt gave up on it before, and may keep it locked until the program ends"), f.file.Close())
	}
	return f.db.Close()
}

type boltTx struct{ jobs *bolt.Bucket }

func (tx boltTx) get(seq uint64) []byte {
	key := seqKey(seq)
	return tx.jobs.Get(key[:])
}

func (tx boltTx) put(seq uint64, rec []byte) error {
	key := seqKey(seq)
	return tx.jobs.Put(key[:], rec)
}

func (tx boltTx) delete(seq uint64) error {
	key := seqKey(seq)
	return tx.jobs.Delete(key[:])
}

func (tx boltTx) putIdentity(n uint32, code string) error {
	var key [4]byte
	binary.BigEndian.PutUint32(key[:], n)
	ids := tx.jobs.Tx().Bucket(identitiesBucket)
	if err := ids.SetSequence(ids.Sequence() + identityPrint(n, code)); err != nil {
		return err
	}
	return ids.Put(key[:], []byte(code))
}

func (tx boltTx) setFingerprint(f uint64) error {
	return tx.jobs.SetSequence(bind(f, uint64(tx.jobs.Tx().ID())))
}

// bind makes a fingerprint that of one transaction: were the meta page of a
// transaction on the disk and the root that it points to not, what is there
// could be the root of an earlier one, and look well.
func bind(f, txid uint64) uint64   { return f + mix(txid) }
func unbind(f, txid uint64) uint64 { return f - mix(txid) }

func seqKey(seq uint64) (key [8]byte) {
	binary.BigEndian.PutUint64(key[:], seq)
	return key
}

// seqOf reads a key and sees that keys come in order, which they do not when a
// page of the tree is another than it should be.
func seqOf(key []byte, least uint64) (uint64, error) {
	if len(key) != 8 {
		return 0, corrupt("job key %x", key)
	}
	seq := binary.BigEndian.Uint64(key)
	if seq < least || seq == 0 {
		return 0, corrupt("job key %d after %d", seq, least)
	}
	return seq, nil
}

func corrupt(format string, args ...any) error {
	return &Error{Kind: ErrCorrupt, Detail: fmt.Sprintf(format, args...)}
}

// writeFailed says what became of a store whose file could not be written.
func (s *Store) writeFailed(err error) error {
	if s.failed != nil {
		return s.failed
	}
	var e *Error
	if errors.As(err, &e) && errors.Is(e.Kind, ErrCorrupt) {
		s.failed = &Error{Path: s.path, Kind: ErrCorrupt, Detail: e.Detail, Err: e.Err}
		return s.failed
	}
	failed := &Error{Path: s.path, Kind: ErrFailed, Detail: "nothing was changed", Err: err}
	if f, ok := s.storage.(interface{ txid() (int, error) }); ok {
		if id, viewErr := f.txid(); viewErr != nil || id != s.txid {
			// The last page was written and could not be synced: who knows
			// what a reader of the file will find. Better to stop here.
			failed.Detail = "the last change may or may not be in the file: open it again"
			s.failed = failed
		}
	}
	return failed
}
