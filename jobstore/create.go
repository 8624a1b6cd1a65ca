package jobstore

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// create makes the file of an empty store, all of it or nothing: bbolt would
// write it in parts, and what a killed program or a full disk leaves of that
// could never be opened again.
func create(path string, durable bool) error {
	image, err := template()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new")
	if err != nil {
		return nil // bbolt will meet it too, and name the right path
	}
	_, err = f.Write(image.bytes)
	if err == nil && durable {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		// When that fails, another process was first, or there are no
		// links here: let bbolt make the file.
		if os.Link(f.Name(), path) == nil && durable {
			syncDir(dir)
		}
	}
	return errors.Join(err, os.Remove(f.Name()))
}

// syncDir sees to it that a new name is on the disk, where directories can be
// synced.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_, _ = d.Sync(), d.Close()
	}
}

// emptyFile is the file of an empty store.
type emptyFile struct {
	bytes []byte
	txid  int
}

// template is the file of an empty store with the system's page size, and
// scratchTemplate one with small pages. Each is made once: bbolt syncs a file
// that it has to begin, which takes longer than all else; a copy of one it finds
// begun.
var (
	template        = sync.OnceValues(func() (emptyFile, error) { return makeTemplate(0) })
	scratchTemplate = sync.OnceValues(func() (emptyFile, error) { return makeTemplate(scratchPageSize) })
)

func makeTemplate(pageSize int) (image emptyFile, err error) {
	dir, err := os.MkdirTemp("", "bitsemu")
	if err != nil {
		return image, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "template.db")
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true, NoGrowSync: true, NoStatistics: true, PageSize: pageSize})
	if err != nil {
		return image, err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		image.txid = tx.ID()
		return initSchema(tx)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return image, err
	}
	image.bytes, err = os.ReadFile(path)
	return image, err
}
