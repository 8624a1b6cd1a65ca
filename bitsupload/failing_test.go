package bitsupload_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

// failingStorage fails where it is told to.
type failingStorage struct {
	bitsupload.Storage
	create, open, write, commit, stat, remove, closing error
}

func (s *failingStorage) Stat(name string) (fs.FileInfo, error) {
	if s.stat != nil {
		return nil, s.stat
	}
	return s.Storage.Stat(name)
}

func (s *failingStorage) Create(name string) (bitsupload.File, error) {
	if s.create != nil {
		return nil, s.create
	}
	return s.Storage.Create(name)
}

func (s *failingStorage) Open(name string) (bitsupload.File, error) {
	if s.open != nil {
		return nil, s.open
	}
	f, err := s.Storage.Open(name)
	return failingFile{f, s}, err
}

func (s *failingStorage) Commit(from, to string, overwrite bool) error {
	if s.commit != nil {
		return s.commit
	}
	return s.Storage.Commit(from, to, overwrite)
}

func (s *failingStorage) Remove(name string) error {
	if s.remove != nil {
		return s.remove
	}
	return s.Storage.Remove(name)
}

type failingFile struct {
	bitsupload.File
	s *failingStorage
}

func (f failingFile) WriteAt(p []byte, off int64) (int, error) {
	if f.s.write != nil {
		return 0, f.s.write
	}
	return f.File.WriteAt(p, off)
}

func (f failingFile) Close() error { return f.s.closing }

func TestStorageFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	t.Run("on creation", func(t *testing.T) {
		t.Parallel()
		s := &failingStorage{Storage: &bitsupload.Memory{}, stat: broken}
		srv, c := serveStorage(t, s)
		internal := strings.NewReplacer("400", "500", "0x80070057", "0x80004005").Replace(badRequest)
		c.Exchange(createSession, internal)
		s.stat, s.create = nil, broken
		c.Exchange(createSession, internal)
		s.create = fs.ErrPermission
		c.Exchange(createSession, strings.NewReplacer("400", "403", "0x80070057", "0x80070005").Replace(badRequest))
		s.create = hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL
		c.Exchange(createSession, strings.NewReplacer("400", "500", "0x80070057", "0x80070070").Replace(badRequest))
		require.Empty(t, srv.Sessions())
	})
	t.Run("on the way", func(t *testing.T) {
		t.Parallel()
		s := &failingStorage{Storage: &bitsupload.Memory{}}
		_, c := serveStorage(t, s)
		c.Exchange(createSession, created)
		internal := refused(500, 0, "0x80004005", "0x5")
		s.open = broken
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), internal)
		s.open, s.write = nil, broken
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), internal)
		s.write = nil
		s.closing = broken
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), strings.Replace(internal, "Range: 0", "Range: 5", 1))
		s.closing, s.commit = nil, broken
		c.Exchange(fragment("bytes 5-9/10", "BBBBB"), strings.Replace(internal, "Range: 0", "Range: 10", 1))
		s.commit = nil
		c.Exchange(fragment("bytes 5-9/10", "BBBBB"), accepted(10))
		require.Equal(t, "AAAAABBBBB", content(t, s, "up/a.txt"))
		s.remove = broken // the client has no use for this
		c.Exchange(closeSession, good)
	})
	t.Run("on notification", func(t *testing.T) {
		t.Parallel()
		s := &failingStorage{Storage: &bitsupload.Memory{}}
		app := answers()
		_, c := serveStorage(t, s, func(o *bitsupload.Options) {
			o.Notify = bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: "x", Handler: app}
		})
		c.Exchange(createSession, created)
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), accepted(5))
		fails := func(code, context string) {
			t.Helper()
			c.Exchange(fragment("bytes 5-9/10", "BBBBB"), refused(500, 10, code, context))
		}
		s.create = broken
		fails("0x80072efd", "0x7")
		s.create, s.open = nil, broken
		fails("0x80072efd", "0x7")
		s.open, s.stat = nil, broken
		fails("0x80072efd", "0x7")
		s.stat, s.remove = nil, broken
		fails("0x80004005", "0x5")
		s.remove = nil
		require.Equal(t, 200, c.Do(fragment("bytes 5-9/10", "BBBBB")).Status())
		s.open = broken
		require.Equal(t, 404, c.Do("GET "+replyPath+" HTTP/1.1\nHost: x\n\n").Status())
	})
}
