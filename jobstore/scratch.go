package jobstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// NewScratch makes a store that is thrown away when it is closed, for a test
// that wants a real bbolt file behind it: in memory on Linux, in a temporary
// directory elsewhere, or where ScratchDir says. It is never synced to a disk.
func NewScratch(opts ...Option) (*Store, error) {
	o := settings(opts)
	image, err := scratchTemplate()
	if err != nil {
		return nil, openError(scratchPath, err)
	}
	cleanup := func() {}
	bo := scratchOptions(o.maxSize)
	bo.OpenFile = func(string, int, fs.FileMode) (file *os.File, err error) {
		if o.scratchDir != "" {
			file, cleanup, err = tempFile(o.scratchDir)
		} else {
			file, cleanup, err = scratchFile()
		}
		if err != nil {
			return nil, err
		}
		if _, err := file.WriteAt(image.bytes, 0); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return file, nil
	}
	f, err := openBolt(scratchPath, bo, func(*os.File) error { return nil })
	if err != nil {
		cleanup()
		return nil, openError(scratchPath, err)
	}
	f.scratch = true
	s := newStore(scratchPath, f, o, cleanup)
	s.index.init()
	s.txid = image.txid
	return s, nil
}

// scratchPath is what messages call a scratch store's file.
const scratchPath = "(scratch)"

// scratchPageSize is less than a system's page. A commit copies the pages it
// touches, and a test's store has a handful of jobs.
const scratchPageSize = 2048

// scratchOptions are those of a file that nobody will open again.
func scratchOptions(maxSize int) *bolt.Options {
	return &bolt.Options{
		Timeout:        1,
		NoSync:         true,
		NoGrowSync:     true,
		NoFreelistSync: true,
		FreelistType:   freelistType(true),
		NoStatistics:   true,
		MaxSize:        maxSize,
	}
}

// tempFile is a scratch file in a new directory below another; "" is the usual
// place for temporary files.
func tempFile(below string) (f *os.File, cleanup func(), err error) {
	dir, err := os.MkdirTemp(below, "bitsemu")
	if err != nil {
		return nil, func() {}, err
	}
	cleanup = func() { os.RemoveAll(dir) }
	f, err = os.OpenFile(filepath.Join(dir, "jobs.db"), os.O_RDWR|os.O_CREATE, 0o600)
	return f, cleanup, err
}
