package winpath

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/bitsemu/bitsemu/hresult"
)

// Disk keeps the files of Windows paths below directories of this machine. Its
// methods fail with an [*Error] whose code is what Windows answers to the like
// ([Code]); these are common to all that take a path:
//
//   - ERROR_PATH_NOT_FOUND: the drive or a directory on the way is missing, or is
//     a file. ERROR_BAD_NETPATH and ERROR_BAD_NET_NAME: no such server or share.
//   - E_ACCESSDENIED: the system denies it, or a symbolic link leads out of the
//     directory that is mapped (C).
//   - ERROR_FILENAME_EXCED_RANGE: the system of this machine takes shorter names
//     than Windows. Linux has a limit of 255 bytes for one name.
type Disk struct {
	mounts []mount // deeper ones first

	// adding is held from finding that no entry has a name in any case until
	// there is one.
	adding sync.Mutex
}

type mount struct {
	at   Path
	key  string // of at, ending in a backslash
	root *os.Root
}

// NewDisk maps each path, a drive, a share or a directory of these, to a root.
// Of several that a path lies in, the deepest counts. What is mapped is not listed
// in the directory above it. The roots stay the caller's, to be closed after the
// last use of the Disk.
//
// The error is that of [Parse], or has the code ERROR_ALREADY_EXISTS when two
// paths are equal, or E_INVALIDARG for a root that is nil.
func NewDisk(roots map[string]*os.Root) (*Disk, error) {
	d := &Disk{}
	for _, name := range slices.Sorted(maps.Keys(roots)) {
		at, err := Parse(name)
		if err != nil {
			return nil, err
		}
		if roots[name] == nil {
			return nil, &Error{"mount", name, hresult.E_INVALIDARG, errors.New("no root")}
		}
		m := mount{at, strings.TrimSuffix(at.Key(), `\`) + `\`, roots[name]}
		if slices.ContainsFunc(d.mounts, func(other mount) bool { return other.key == m.key }) {
			return nil, &Error{"mount", name, hresult.HRESULT_FROM_WIN32_ERROR_ALREADY_EXISTS, errors.New("mapped twice")}
		}
		d.mounts = append(d.mounts, m)
	}
	// A path that another starts with has the shorter key.
	slices.SortStableFunc(d.mounts, func(a, b mount) int { return cmp.Compare(len(b.key), len(a.key)) })
	return d, nil
}

// mount returns the root that p lies in, and the names below it.
func (d *Disk) mount(op string, p Path) (*os.Root, []string, error) {
	key := p.Key() + `\`
	for _, m := range d.mounts {
		if strings.HasPrefix(key, m.key) {
			return m.root, p.names()[len(m.at.names()):], nil
		}
	}
	code, what := hresult.HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND, "no such drive"
	if p.IsUNC() {
		code, what = hresult.HRESULT_FROM_WIN32_ERROR_BAD_NETPATH, "no such server"
		for _, m := range d.mounts {
			if m.at.IsUNC() && fold(m.at.Server()) == fold(p.Server()) {
				code, what = hresult.HRESULT_FROM_WIN32_ERROR_BAD_NET_NAME, "no such share"
			}
		}
	}
	return nil, nil, &Error{op, p.String(), code, errors.New(what)}
}
