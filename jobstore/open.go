package jobstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Option changes how a store is opened.
type Option func(*options)

type options struct {
	lockTimeout time.Duration
	noSync      bool
	older       bool
	maxSize     int
	scratchDir  string
	newID       func() (uuid.UUID, error)
	schema      int
	upgrades    map[int]upgrade
	openFile    func(string, int, fs.FileMode) (*os.File, error)
}

// LockTimeout is how long Open waits for another process to close the store
// before it gives up with ErrLocked: one second if not said.
func LockTimeout(d time.Duration) Option { return func(o *options) { o.lockTimeout = d } }

// NoSync leaves it to the operating system when the file gets to the disk. A
// change is kept when the program is killed, but after a crash of the machine
// the store may be damaged, or empty. It is for stores that are thrown away.
func NoSync() Option { return func(o *options) { o.noSync = true } }

// AcceptOlder opens a file of which the last transaction cannot be read any
// more as of the transaction before, instead of refusing it with ErrCorrupt.
func AcceptOlder() Option { return func(o *options) { o.older = true } }

// MaxSize bounds the file, in bytes. A change that would need more fails with
// ErrFailed; reads, and changes that fit, go on.
func MaxSize(bytes int) Option { return func(o *options) { o.maxSize = bytes } }

// IDs gives jobs created without an id the ids that next returns, instead of
// random ones. Create fails when next does.
func IDs(next func() (uuid.UUID, error)) Option { return func(o *options) { o.newID = next } }

// ScratchDir has NewScratch put its file below a directory, where a test can see
// it, until the store is closed.
func ScratchDir(dir string) Option { return func(o *options) { o.scratchDir = dir } }

func settings(opts []Option) *options {
	o := &options{lockTimeout: time.Second, newID: uuid.NewRandom, schema: SchemaVersion, upgrades: upgrades, openFile: os.OpenFile}
	for _, opt := range opts {
		opt(o)
	}
	return o
}

// Open opens the store in the file at path, and makes one when there is no
// file. What a call has reported as done is on disk. Only one process, and one
// Store in it, has a file open to be written; when it is in use, Open fails
// with ErrLocked. A file that is damaged fails with ErrCorrupt, one that is
// something else with ErrNotStore, one of a later version of this package
// with ErrSchema; one of an earlier version is brought up to date.
func Open(path string, opts ...Option) (*Store, error) {
	return openPath(path, settings(opts), false)
}

// OpenReadOnly opens a store without writing to it. It must exist. Several
// processes may read a store at once, while none has it open to be written.
func OpenReadOnly(path string, opts ...Option) (*Store, error) {
	return openPath(path, settings(opts), true)
}

// NewMemory makes a store without a file: nothing survives it. It is the
// fastest, and the least like a real store; every other behaviour is the same.
func NewMemory(opts ...Option) *Store {
	s := newStore("", newMemory(), settings(opts), func() {})
	s.index.init()
	return s
}

func openPath(path string, o *options, readOnly bool) (*Store, error) {
	release, err := claim(path, readOnly)
	if err != nil {
		return nil, openError(path, err)
	}
	s, err := openFile(path, o, readOnly)
	if err != nil {
		release()
		return nil, openError(path, err)
	}
	s.release = release
	return s, nil
}

func openFile(path string, o *options, readOnly bool) (*Store, error) {
	switch fi, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist) && !readOnly:
		if err := create(path, !o.noSync); err != nil {
			return nil, err
		}
	case err != nil: // bbolt will say so
	case !fi.Mode().IsRegular():
		// Opening one of these may take for ever, or do something.
		return nil, &Error{Kind: ErrNotStore, Detail: "it is not a regular file"}
	case readOnly && fi.Size() == 0:
		// bbolt would try to make it a database.
		return nil, &Error{Kind: ErrNotStore, Detail: "it is empty"}
	}
	bo := &bolt.Options{
		Timeout:      max(o.lockTimeout, 1), // 0 would wait for ever
		ReadOnly:     readOnly,
		NoSync:       o.noSync,
		NoGrowSync:   o.noSync,
		FreelistType: freelistType(o.noSync),
		NoStatistics: true,
		MaxSize:      o.maxSize,
		OpenFile:     o.openFile,
	}
	look := func(f *os.File) error { return lookAt(f, o.older) }
	f, err := openBolt(path, bo, look)
	for try := 0; err != nil && looksDamaged(err) && try < 3; try++ {
		// It may be another process's, which is writing to it just now.
		// Look again while nobody writes.
		quiet := *bo
		quiet.ReadOnly = true
		g, quietErr := openBolt(path, &quiet, func(*os.File) error { return nil })
		if quietErr != nil {
			if errors.Is(quietErr, berrors.ErrTimeout) {
				err = quietErr
			}
			return nil, err
		}
		err = look(g.file)
		_ = g.close()
		if err == nil {
			f, err = openBolt(path, bo, look)
		}
	}
	if err != nil {
		return nil, err
	}
	f.older = o.older
	s := newStore(path, f, o, nil)
	s.readOnly = readOnly
	if err := s.prepareFile(f, o); err != nil {
		_ = f.close()
		return nil, err
	}
	return s, nil
}

// freelistType is the one that stays fast in a large file with many holes, for
// a file that is kept, and the one that is fast in a small file for one that is
// not.
func freelistType(thrownAway bool) bolt.FreelistType {
	if thrownAway {
		return bolt.FreelistArrayType
	}
	return bolt.FreelistMapType
}

// openBolt is the one place where bbolt opens a store. It calls look before
// bbolt touches the file.
func openBolt(path string, o *bolt.Options, look func(*os.File) error) (*boltFile, error) {
	f := &boltFile{}
	with := *o
	with.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		file, err := o.OpenFile(name, flag, mode)
		if err != nil {
			return nil, err
		}
		if err := look(file); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		f.file = file
		return file, nil
	}
	err := guard(func() (err error) {
		f.db, err = bolt.Open(path, 0o600, &with)
		return err
	})
	if err == nil {
		err = f.whole(true)
	}
	if err != nil {
		if f.file != nil {
			_ = f.file.Close() // twice does no harm
		}
		return nil, err
	}
	return f, nil
}

// prepareFile sees to the schema and builds the index, now that nobody else
// writes to the file.
func (s *Store) prepareFile(f *boltFile, o *options) error {
	for {
		t, err := f.tree()
		if err != nil {
			return err
		}
		changed, err := s.checkSchema(f, t, o)
		if err != nil {
			return err
		}
		if !changed {
			return s.loadIndex(t)
		}
	}
}

// lookAt tells whether bbolt can be given f. An empty file is fine: bbolt makes
// it a database.
func lookAt(f *os.File, older bool) error {
	fi, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !fi.Mode().IsRegular():
		return &Error{Kind: ErrNotStore, Detail: "it is not a regular file"}
	case fi.Size() == 0:
		return nil
	}
	_, _, err = preflight(f, fi.Size(), older)
	return err
}

func looksDamaged(err error) bool { return errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotStore) }

// tree looks at the file anew.
func (f *boltFile) tree() (*tree, error) {
	fi, err := f.file.Stat()
	if err != nil {
		return nil, err
	}
	m, free, err := preflight(f.file, fi.Size(), f.older)
	if err != nil {
		return nil, err
	}
	return newTree(&pageReader{f: f.file, size: uint64(m.pageSize), end: m.pages}, m, free)
}

// openError makes an error of Open a person can act on.
func openError(path string, err error) error {
	var e *Error
	switch {
	case errors.As(err, &e):
		mine := *e
		mine.Op, mine.Path = "open", path
		return &mine
	case errors.Is(err, berrors.ErrTimeout):
		return &Error{Op: "open", Path: path, Kind: ErrLocked, Detail: "another process has it open: wait until that has closed it, or use another file"}
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return &Error{Op: "open", Path: path, Kind: ErrNotStore, Err: err}
	}
	return &Error{Op: "open", Path: path, Kind: ErrFailed, Err: err}
}

// open files of this process. The lock of the file would keep a second Store of
// the same process waiting for the first, on most systems; this tells it at
// once.
var claims = struct {
	sync.Mutex
	readers map[string]int // -1 for a writer
}{readers: map[string]int{}}

func claim(path string, readOnly bool) (release func(), err error) {
	key, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(key); err == nil {
		key = real
	} else if real, err := filepath.EvalSymlinks(filepath.Dir(key)); err == nil {
		key = filepath.Join(real, filepath.Base(key)) // a new file
	}
	claims.Lock()
	defer claims.Unlock()
	n := claims.readers[key]
	if n < 0 || n > 0 && !readOnly {
		how := "to be read"
		if n < 0 {
			how = "to be written"
		}
		return nil, &Error{Kind: ErrLocked, Detail: fmt.Sprintf("this process has it open already %s: close that Store first, or share it", how)}
	}
	if readOnly {
		claims.readers[key] = n + 1
	} else {
		claims.readers[key] = -1
	}
	return sync.OnceFunc(func() {
		claims.Lock()
		defer claims.Unlock()
		if n := claims.readers[key]; n > 1 {
			claims.readers[key] = n - 1
		} else {
			delete(claims.readers, key)
		}
	}), nil
}
