package bitsupload

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory keeps files in memory. Any directory exists. The zero value is empty and
// ready.
type Memory struct {
	mu    sync.Mutex
	files map[string]*memoryFile
}

// chunkSize is how memory is taken: a file that grows is not copied.
const chunkSize = 16 << 10

// memoryFile is a file, without a name.
type memoryFile struct {
	mu       sync.RWMutex
	chunks   [][]byte // each but the last of chunkSize
	size     int64
	modified time.Time
}

// ReadFile returns a file: an upload under its name, or, for an application that is
// notified by reference, what [Memory.Path] names.
func (m *Memory) ReadFile(name string) ([]byte, error) {
	f, err := m.file("read", strings.TrimPrefix(name, memoryScheme))
	if err != nil {
		return nil, err
	}
	b := make([]byte, f.length())
	n, err := f.ReadAt(b, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:n], err
}

// WriteFile makes a file or replaces it: a destination that is to exist already, or
// the reply of an application that is notified by reference.
func (m *Memory) WriteFile(name string, content []byte) error {
	f := &memoryFile{}
	if _, err := f.WriteAt(content, 0); err != nil { // uncovered: memory has room
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(strings.TrimPrefix(name, memoryScheme), f)
	return nil
}

// Names returns the names of all files in order, those of sessions included.
func (m *Memory) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.files))
}

func (m *Memory) put(name string, f *memoryFile) {
	if m.files == nil {
		m.files = make(map[string]*memoryFile)
	}
	m.files[name] = f
}

func (m *Memory) file(op, name string) (*memoryFile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.files[name]; ok {
		return f, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// Stat implements Storage.
func (m *Memory) Stat(name string) (fs.FileInfo, error) {
	f, err := m.file("stat", name)
	if err != nil {
		return nil, err
	}
	return f.info(name), nil
}

// Create implements Storage.
func (m *Memory) Create(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.files[name]; ok {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	f := &memoryFile{modified: time.Now()}
	m.put(name, f)
	return openMemory{f, name}, nil
}

// Open implements Storage.
func (m *Memory) Open(name string) (File, error) {
	f, err := m.file("open", name)
	if err != nil {
		return nil, err
	}
	return openMemory{f, name}, nil
}

// Commit implements Storage.
func (m *Memory) Commit(from, to string, overwrite bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[from]
	if !ok {
		return &fs.PathError{Op: "commit", Path: from, Err: fs.ErrNotExist}
	}
	if _, ok := m.files[to]; ok && !overwrite {
		return &fs.PathError{Op: "commit", Path: to, Err: fs.ErrExist}
	}
	delete(m.files, from)
	m.put(to, f)
	return nil
}

// Remove implements Storage.
func (m *Memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.files, func(file string, _ *memoryFile) bool {
		return file == name || strings.HasPrefix(file, name+"/")
	})
	return nil
}

const memoryScheme = "memory:"

// Path implements Storage. The path leads nowhere but to ReadFile and WriteFile.
func (m *Memory) Path(name string) string { return memoryScheme + name }

// openMemory is a memoryFile under a name.
type openMemory struct {
	*memoryFile
	name string
}

// Close does nothing.
func (f openMemory) Close() error { return nil }

// Stat describes the file.
func (f openMemory) Stat() (fs.FileInfo, error) { return f.info(f.name), nil }

func (f *memoryFile) length() int64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.size
}

// ReadAt implements io.ReaderAt.
func (f *memoryFile) ReadAt(p []byte, off int64) (n int, err error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for n < len(p) && off < f.size {
		chunk := f.chunks[off/chunkSize]
		c := copy(p[n:min(int64(len(p)), int64(n)+f.size-off)], chunk[off%chunkSize:])
		n, off = n+c, off+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements io.WriterAt.
func (f *memoryFile) WriteAt(p []byte, off int64) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for end := off + int64(len(p)); int64(len(f.chunks))*chunkSize < end; {
		f.chunks = append(f.chunks, make([]byte, chunkSize))
	}
	for n < len(p) {
		c := copy(f.chunks[off/chunkSize][off%chunkSize:], p[n:])
		n, off = n+c, off+int64(c)
	}
	f.size, f.modified = max(f.size, off), time.Now()
	return n, nil
}

func (f *memoryFile) info(name string) fs.FileInfo {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return memoryInfo{path.Base(name), f.size, f.modified}
}

type memoryInfo struct {
	name     string
	size     int64
	modified time.Time
}

func (i memoryInfo) Name() string       { return i.name }
func (i memoryInfo) Size() int64        { return i.size }
func (i memoryInfo) Mode() fs.FileMode  { return 0o600 }
func (i memoryInfo) ModTime() time.Time { return i.modified }
func (i memoryInfo) IsDir() bool        { return false }
func (i memoryInfo) Sys() any           { return nil }
