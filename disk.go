package bitsemu

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// disk is the drives and shares of the emulated machine.
type disk struct {
	*winpath.Disk
	roots  []*os.Root
	hosts  map[string]string // directories of this machine by the key of what is mapped there
	shares map[string]fs.FS  // by key, to be read from alone
}

func newDisk(c config) (_ *disk, err error) {
	d := &disk{hosts: map[string]string{}, shares: map[string]fs.FS{}}
	defer func() {
		if err != nil {
			_ = d.close() // the error that matters is the first
		}
	}()
	mounts := map[string]*os.Root{}
	for at, dir := range c.drives {
		path, err := winpath.Parse(drive(at))
		if err != nil {
			return nil, err
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		d.roots = append(d.roots, root)
		mounts[path.String()] = root
		d.hosts[path.Key()] = dir
	}
	for at, files := range c.shares {
		path, err := winpath.Parse(at)
		if err != nil {
			return nil, err
		}
		d.shares[path.Key()] = files
	}
	d.Disk, err = winpath.NewDisk(mounts)
	return d, err
}

// drive makes "C:" the root of the drive, which is what is meant.
func drive(at string) string {
	if len(at) == 2 && at[1] == ':' {
		return at + `\`
	}
	return at
}

func (d *disk) close() error {
	var errs []error
	for _, root := range d.roots {
		errs = append(errs, root.Close())
	}
	return errors.Join(errs...)
}

// host is where the file of a Windows path lies on this machine, "" for nowhere.
func (d *disk) host(windows string) string {
	path, err := winpath.Parse(drive(windows))
	if err != nil {
		return ""
	}
	if file, err := d.OpenFile(path, os.O_RDONLY); err == nil { // its name may differ in case
		defer func() { _ = file.Close() }()
		return file.Name()
	}
	at, rest := path, ""
	for {
		if dir, ok := d.hosts[at.Key()]; ok {
			return filepath.Join(dir, rest)
		}
		if at.IsRoot() {
			return ""
		}
		rest = filepath.Join(at.Base(), rest)
		at = at.Dir()
	}
}

// shared finds the share that is a file system and has a path, and the name there;
// nil when there is none.
func (d *disk) shared(path winpath.Path) (files fs.FS, name string) {
	rest := ""
	for at := path; ; at = at.Dir() {
		if files, ok := d.shares[at.Key()]; ok {
			return files, strings.TrimPrefix(rest, "/")
		}
		if at.IsRoot() {
			return nil, ""
		}
		rest = "/" + at.Base() + rest
	}
}

// source is a random source for the names of temporary files.
func (e *Emulator) source() rand.Source { return lockedSource{e} }

type lockedSource struct{ e *Emulator }

func (s lockedSource) Uint64() uint64 {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	return s.e.random.Uint64()
}

// durable reports whether the store outlives the emulator.
func (e *Emulator) durable() bool { return e.conf.store != "" }

// discardFiles removes a job's temporary files. It reports whether all are gone.
// Those of a job with BITS_JOB_PROPERTY_HIGH_PERFORMANCE are no temporary ones, and
// stay (D ne-bits5_0-bits_job_property_id.md).
func (e *Emulator) discardFiles(j *jobstore.Job) bool {
	gone := true
	for i := range j.Files {
		if f := &j.Files[i]; f.TemporaryName != "" && !f.Renamed && !j.HighPerformance {
			gone = e.discard(j, tokenopts.TemporaryFile, f.TemporaryName) && gone
		}
	}
	if j.ReplyTemporaryName != "" {
		gone = e.discard(j, tokenopts.ReplyFile, j.ReplyTemporaryName) && gone
	}
	return gone
}

// discard removes a temporary file. One that is not there is gone.
func (e *Emulator) discard(j *jobstore.Job, resource tokenopts.Resource, name string) bool {
	path, err := winpath.Parse(name)
	if err != nil {
		return false
	}
	if e.access(j, resource, actionDelete, name) != nil || e.faulty("delete", j) != nil {
		return false
	}
	err = e.disk.Remove(path)
	return err == nil || winpath.Code(err) == hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND
}
