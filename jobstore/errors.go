package jobstore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
)

// What went wrong, to be asked with errors.Is. Every error of this package is
// an *Error that wraps one of these, or is what a caller's own function
// returned.
var (
	ErrNotFound = errors.New("no such job")                 // BG_E_NOT_FOUND
	ErrExists   = errors.New("a job with this id exists")   // ERROR_ALREADY_EXISTS
	ErrInvalid  = errors.New("the job cannot be stored")    // E_INVALIDARG
	ErrConflict = errors.New("the job keeps changing")      // ERROR_RETRY
	ErrReadOnly = errors.New("the store is read-only")      // ERROR_WRITE_PROTECT
	ErrClosed   = errors.New("the store is closed")         // ERROR_INVALID_HANDLE; also fs.ErrClosed
	ErrLocked   = errors.New("the store is in use")         // ERROR_SHARING_VIOLATION
	ErrCorrupt  = errors.New("the store is damaged")        // BG_E_DATABASE_CORRUPT
	ErrNotStore = errors.New("the file is not a job store") // ERROR_FILE_INVALID
	ErrSchema   = errors.New("the store has another schema version")
	ErrReplaced = errors.New("another file has taken the store's place")
	ErrFailed   = errors.New("the file could not be read or written")
)

// codes gives each kind of error the HRESULT that a Windows program would get
// for the like. All are this project's choice (C), but ErrNotFound's, which is
// what IBackgroundCopyManager::GetJob answers (D), and ErrCorrupt's (D, message
// header).
var codes = map[error]hresult.HRESULT{
	ErrNotFound: hresult.BG_E_NOT_FOUND,
	ErrExists:   hresult.FromWin32(183),
	ErrInvalid:  hresult.E_INVALIDARG,
	ErrConflict: hresult.FromWin32(1237),
	ErrReadOnly: hresult.FromWin32(19),
	ErrClosed:   hresult.FromWin32(6),
	ErrLocked:   hresult.FromWin32(32),
	ErrCorrupt:  hresult.BG_E_DATABASE_CORRUPT,
	ErrNotStore: hresult.FromWin32(1006),
	ErrSchema:   hresult.FromWin32(1006),
	ErrReplaced: hresult.FromWin32(1006),
	ErrFailed:   hresult.E_FAIL,
}

// Error says what was tried, on which store and job, and why it failed.
type Error struct {
	Op     string    // what was tried: "open", "create", "update", ...
	Path   string    // the store's file; "" for a store in memory
	ID     uuid.UUID // the job, if one is concerned
	Kind   error     // one of the Err variables
	Detail string    // the particulars, for a person to read
	Err    error     // what the system said, if it said anything
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("jobstore: ")
	b.WriteString(e.Op)
	if e.Path != "" {
		fmt.Fprintf(&b, " %s", e.Path)
	}
	if e.ID != uuid.Nil {
		fmt.Fprintf(&b, ": job {%s}", strings.ToUpper(e.ID.String()))
	}
	fmt.Fprintf(&b, ": %v", e.Kind)
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	h := codes[e.Kind]
	fmt.Fprintf(&b, " (%s %s)", h.String(), h.Hex())
	return b.String()
}

// Unwrap gives the kind, the HRESULT and the system's error.
func (e *Error) Unwrap() []error {
	errs := []error{e.Kind, codes[e.Kind]}
	if errors.Is(e.Kind, ErrClosed) {
		errs = append(errs, fs.ErrClosed)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

func (s *Store) fail(op string, id uuid.UUID, kind error, format string, args ...any) error {
	return &Error{Op: op, Path: s.path, ID: id, Kind: kind, Detail: fmt.Sprintf(format, args...)}
}
