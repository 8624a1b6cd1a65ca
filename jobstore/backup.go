package jobstore

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
)

// Backup writes a copy of the store's file, as of one commit, to w, while the
// store is in use. The copy is made in a temporary file first, so that a slow w
// does not make the store's file grow. A store in memory has no file to copy:
// Backup makes one.
func (s *Store) Backup(w io.Writer) (err error) {
	defer func() { err = s.copyError("back up", err) }()
	dir, err := os.MkdirTemp("", "bitsemu-backup")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "jobs.db")
	if err := s.copyFile(path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}

// Compact writes a copy of the store to a new file at path, without the room
// that deleted jobs have left. The store goes on with its own file.
func (s *Store) Compact(path string) (err error) {
	defer func() { err = s.copyError("compact", err) }()
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), "compact")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	whole, slim := filepath.Join(dir, "whole.db"), filepath.Join(dir, "slim.db")
	if err := s.copyFile(whole); err != nil {
		return err
	}
	if err := compactFile(slim, whole); err != nil {
		return err
	}
	return os.Rename(slim, path)
}

// copyFile writes a new file as of one commit.
func (s *Store) copyFile(path string) error {
	if s.committer.isClosed() {
		return errClosedStorage
	}
	f, ok := s.storage.(*boltFile)
	if !ok {
		return s.copyMemory(path)
	}
	raw := path
	if f.scratch {
		raw += ".raw" // without a list of free pages
	}
	w, err := os.OpenFile(raw, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = f.transact(false, func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
	err = errors.Join(err, w.Close())
	if err == nil && f.scratch {
		err = compactFile(path, raw)
	}
	return err
}

// copyMemory writes the file that a store with these jobs would have.
func (s *Store) copyMemory(path string) error {
	copied, err := NewScratch()
	if err != nil {
		return err
	}
	var o op
	err = s.storage.records(func(_ uint64, rec []byte) error {
		j, err := decode(rec, &s.index.identities)
		if err != nil {
			return err
		}
		w, err := j.encode(&copied.index.identities)
		o.writes = append(o.writes, w)
		return err
	})
	if err == nil && len(o.writes) > 0 {
		err = copied.submit("back up", &o)
	}
	if err == nil {
		err = copied.copyFile(path)
	}
	return errors.Join(err, copied.Close())
}

// compactFile copies what is in one file to another, page after page.
func compactFile(to, from string) error {
	return guard(func() (err error) {
		src, err := bolt.Open(from, 0o600, &bolt.Options{ReadOnly: true})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, src.Close()) }()
		dst, err := bolt.Open(to, 0o600, &bolt.Options{NoSync: true, NoGrowSync: true, NoStatistics: true})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, dst.Close()) }()
		var print uint64
		err = src.View(func(tx *bolt.Tx) error {
			print = unbind(tx.Bucket(jobsBucket).Sequence(), uint64(tx.ID()))
			return nil
		})
		if err := errors.Join(err, bolt.Compact(dst, src, 1<<20)); err != nil {
			return err
		}
		err = dst.Update(func(tx *bolt.Tx) error {
			return tx.Bucket(jobsBucket).SetSequence(bind(print, uint64(tx.ID())))
		})
		return errors.Join(err, dst.Sync())
	})
}

// copyError says that a copy could not be made.
func (s *Store) copyError(op string, err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e), errors.Is(err, errClosedStorage):
		return s.named(op, uuid.Nil, err)
	}
	return &Error{Op: op, Path: s.path, Kind: ErrFailed, Err: err}
}
