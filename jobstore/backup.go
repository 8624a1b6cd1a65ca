package jobstore

import (
	"errors"
	"io"
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
	f, err := os.CreateTemp("", "bitsemu-backup")
	if err != nil {
		return s.backupError(err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if err := s.copyTo(f); err != nil {
		return s.backupError(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return s.backupError(err)
	}
	_, err = io.Copy(w, f)
	return s.backupError(err)
}

// copyTo writes the file as of one transaction.
func (s *Store) copyTo(w io.Writer) error {
	if s.committer.isClosed() {
		return errClosedStorage
	}
	f, ok := s.storage.(*boltFile)
	if !ok {
		return s.copyMemory(w)
	}
	return guard(func() error {
		return f.db.View(func(tx *bolt.Tx) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
}

// Compact writes a copy of the store to a new file at path, without the room
// that deleted jobs have left. The store goes on with its own file.
func (s *Store) Compact(path string) (err error) {
	if _, err := os.Stat(path); err == nil {
		return s.fail("compact", uuid.Nil, ErrExists, "there is a file %s already", path)
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), "compact")
	if err != nil {
		return s.backupError(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	whole, slim := filepath.Join(dir, "whole.db"), filepath.Join(dir, "slim.db")
	f, err := os.OpenFile(whole, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return s.backupError(err)
	}
	if err := errors.Join(s.copyTo(f), f.Close()); err != nil {
		return s.backupError(err)
	}
	src, err := bolt.Open(whole, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		return s.backupError(err)
	}
	defer src.Close()
	dst, err := bolt.Open(slim, 0o600, &bolt.Options{NoStatistics: true})
	if err != nil {
		return s.backupError(err)
	}
	if err := errors.Join(guard(func() error { return bolt.Compact(dst, src, 1<<20) }), dst.Close(), src.Close()); err != nil {
		return s.backupError(err)
	}
	return s.backupError(os.Rename(slim, path))
}

func (s *Store) backupError(err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return s.named("back up", uuid.Nil, err)
	case errors.Is(err, errClosedStorage):
		return s.fail("back up", uuid.Nil, ErrClosed, "")
	}
	return &Error{Op: "back up", Path: s.path, Kind: ErrFailed, Err: err}
}

// copyMemory writes the file that a store with these jobs would have.
func (s *Store) copyMemory(w io.Writer) error {
	copied, err := NewScratch()
	if err != nil {
		return err
	}
	defer copied.Close()
	for j, err := range s.Jobs() {
		if err == nil {
			_, err = copied.Create(j)
		}
		if err != nil {
			return err
		}
	}
	return copied.copyTo(w)
}
