package bitsupload

import (
	"io"
	"io/fs"
)

// Storage keeps files: uploads on their way, replies, and what has been uploaded.
// Names are like those of [fs.FS], with slashes and without leading ones; they
// have been judged already, and hold no dots, backslashes or colons that mean
// something to a system. All methods may be called from several goroutines, but
// not for the same name at once, apart from Stat.
//
// Errors wrap fs.ErrNotExist, fs.ErrExist and fs.ErrPermission where these say it;
// the client is told so.
type Storage interface {
	// Stat describes a file. A name whose directory does not exist gives
	// ErrNoDirectory, which wraps fs.ErrNotExist.
	Stat(name string) (fs.FileInfo, error)

	// Create makes a new empty file of a session, with the directories for it, and
	// opens it for reading and writing.
	Create(name string) (File, error)

	// Open opens a file that Create made, for reading and writing.
	Open(name string) (File, error)

	// Commit moves a file of a session to the name that others see, at once and
	// whole. Without overwrite it fails with fs.ErrExist when the name is taken.
	Commit(from, to string, overwrite bool) error

	// Remove removes a file of a session, or its directory with all that is in it.
	// That it is not there is no error.
	Remove(name string) error

	// Path returns where a file is for a program outside, which may write it too;
	// it is what notification by reference names.
	Path(name string) string
}

// File is an open file of a Storage.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Stat() (fs.FileInfo, error)
}

// ErrNoDirectory is the error of a name in a directory that does not exist.
var ErrNoDirectory error = noDirectory{}

type noDirectory struct{}

func (noDirectory) Error() string        { return "bitsupload: the directory does not exist" }
func (noDirectory) Is(target error) bool { return target == fs.ErrNotExist }
