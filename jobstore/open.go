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
	o := &options{lockTimeout: time.Second, newID: uuid.NewRandom, upgrades: upgrades, openFile: os.OpenFile}
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
	s.index.init(0)
	return s
}

func openPath(path string, o *options, readOnly bool) (*Store, error) {
	release, err := claim(path, readOnly)
	if err != nil {
		return nil, openError(path, err)
	}
	if readOnly {
		// bbolt would try to make an empty file a database.
		if fi, err := os.Stat(path); err == nil && fi.Size() == 0 {
			release()
			return nil, openError(path, &Error{Kind: ErrNotStore, Detail: "it is empty"})
		}
	}
	s, err := openBolt(path, o, readOnly, &bolt.Options{
		Timeout:      max(o.lockTimeout, 1), // 0 would wait for ever
		ReadOnly:     readOnly,
		NoSync:       o.noSync,
		NoGrowSync:   o.noSync,
		FreelistType: bolt.FreelistMapType,
		NoStatistics: true,
		MaxSize:      o.maxSize,
	}, release)
	if err != nil {
		release()
		return nil, openError(path, err)
	}
	return s, nil
}

// openBolt is the one place where bbolt opens anything.
func openBolt(path string, o *options, readOnly bool, bo *bolt.Options, release func()) (*Store, error) {
	f := &boltFile{}
	bo.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		file, err := o.openFile(name, flag, mode)
		if err != nil {
			return nil, err
		}
		if err := lookTwice(file, o.older); err != nil {
			file.Close()
			return nil, err
		}
		f.file = file
		return file, nil
	}
	err := guard(func() (err error) {
		f.db, err = bolt.Open(path, 0o600, bo)
		return err
	})
	if err != nil {
		if f.file != nil {
			f.file.Close() // twice does no harm
		}
		return nil, err
	}
	s := newStore(path, f, o, release)
	s.readOnly = readOnly
	if err := s.prepareFile(f, o); err != nil {
		f.close()
		return nil, err
	}
	return s, nil
}

// prepareFile sees to the schema and builds the index.
func (s *Store) prepareFile(f *boltFile, o *options) error {
	if err := s.checkSchema(f, o); err != nil {
		return err
	}
	if err := s.loadIndex(f); err != nil {
		return err
	}
	id, err := f.txid()
	s.txid = id
	return err
}

// lookTwice is preflight, patient: the file may be another process's, which is
// writing to it just now. If so, it soon looks well again, and then bbolt
// waits for the lock.
func lookTwice(f *os.File, older bool) error {
	var err error
	for try := range 4 {
		if try > 0 {
			time.Sleep(5 * time.Millisecond)
		}
		fi, statErr := f.Stat()
		switch {
		case statErr != nil:
			return statErr
		case !fi.Mode().IsRegular():
			return &Error{Kind: ErrNotStore, Detail: "it is not a regular file"}
		}
		if err = preflight(f, fi.Size(), older); err == nil {
			return nil
		}
	}
	return err
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
