package jobstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// NewScratch makes a store that is thrown away when it is closed, for a test
// that wants a real bbolt file behind it: in memory on Linux, in a temporary
// directory elsewhere, or where ScratchDir says. It is never synced to a disk.
func NewScratch(opts ...Option) (*Store, error) {
	o := settings(opts)
	image, err := template()
	if err != nil {
		return nil, openError(scratchPath, err)
	}
	var file *os.File
	var cleanup func()
	o.openFile = func(string, int, fs.FileMode) (*os.File, error) {
		if o.scratchDir != "" {
			file, cleanup, err = tempFile(o.scratchDir)
		} else {
			file, cleanup, err = scratchFile()
		}
		if err != nil {
			return nil, err
		}
		if _, err := file.WriteAt(image, 0); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return file, nil
	}
	release := func() {
		if cleanup != nil {
			cleanup()
		}
	}
	s, err := openBolt(scratchPath, o, false, scratchOptions(o.maxSize), release)
	if err != nil {
		release()
		return nil, openError(scratchPath, err)
	}
	return s, nil
}

// scratchPath is what messages call a scratch store's file.
const scratchPath = "(scratch)"

// scratchOptions are those of a file that nobody will open again.
func scratchOptions(maxSize int) *bolt.Options {
	return &bolt.Options{
		Timeout:        1,
		NoSync:         true,
		NoGrowSync:     true,
		NoFreelistSync: true,
		FreelistType:   bolt.FreelistMapType,
		NoStatistics:   true,
		MaxSize:        maxSize,
	}
}

// template is the file of an empty store. bbolt syncs a file that it has to
// begin, which takes longer than all else; a copy of one it finds begun.
var template = sync.OnceValues(func() (image []byte, err error) {
	dir, err := os.MkdirTemp("", "bitsemu")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "template.db")
	db, err := bolt.Open(path, 0o600, scratchOptions(0))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(db.Update(initSchema), db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// tempFile is a scratch file in a new directory below another; "" is the usual
// place for temporary files.
func tempFile(below string) (*os.File, func(), error) {
	dir, err := os.MkdirTemp(below, "bitsemu")
	if err != nil {
		return nil, nil, err
	}
	cleanup := func() { os.RemoveAll(dir) }
	f, err := os.OpenFile(filepath.Join(dir, "jobs.db"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		cleanup()
		return nil, nil, err
	}
	return f, cleanup, nil
}
