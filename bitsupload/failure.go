package bitsupload

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"runtime"
	"syscall"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// plain answers with a status and the code that is made from it.
func plain(status int) bitspost.Answer { return refuse(status, hresult.FromHTTPStatus(status)) }

// judgeDestination looks whether an upload may go there; the zero Answer says yes. A
// file that exists is in the way already now, and is looked for again when the
// upload takes its place (I).
func (s *Server) judgeDestination(r *request) bitspost.Answer {
	info, err := s.storage.Stat(r.name)
	switch {
	case errors.Is(err, ErrNoDirectory):
		return plain(http.StatusNotFound)
	case errors.Is(err, fs.ErrNotExist):
		return bitspost.Answer{}
	case err != nil:
		return r.storageFailed(err)
	case info.Mode().IsRegular() && r.options.AllowOverwrite:
		return bitspost.Answer{}
	}
	return refuse(r.options.ConflictStatus, hresult.E_ACCESSDENIED)
}

// storageFailed answers when the storage has failed.
func (r *request) storageFailed(err error) bitspost.Answer {
	switch {
	case errors.Is(err, fs.ErrExist):
		return refuse(r.options.ConflictStatus, hresult.E_ACCESSDENIED)
	case errors.Is(err, fs.ErrPermission):
		return refuse(http.StatusForbidden, hresult.E_ACCESSDENIED)
	}
	r.options.Logger.Error("bitsupload: storage", "name", r.name, "error", err)
	return refuse(http.StatusInternalServerError, storageCode(err))
}

// storageCode is the code for a storage that fails (I).
func storageCode(err error) hresult.HRESULT {
	if code, ok := hresult.Of(err); ok && code.Failed() {
		return code
	}
	if isFull(err, runtime.GOOS == "windows") {
		return hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL
	}
	return hresult.E_FAIL
}

// isFull reports whether the disk has no room. On Windows numbers of the system are Win32
// codes, and syscall.ENOSPC is none of them.
func isFull(err error, windows bool) bool {
	var number syscall.Errno
	return errors.Is(err, syscall.ENOSPC) ||
		windows && errors.As(err, &number) && hresult.FromWin32(uint32(number)) == hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL
}

// How much of a body is read after an answer is settled, and for how long at most: a client
// that is still sending might not see the answer otherwise (I).
const (
	maxDrain  = 16 << 20
	drainTime = 5 * time.Second
)

// drain reads what is left of the body. When that does not come, the connection is
// of no more use, and net/http is not to wait for it either.
func (r *request) drain() {
	if r.read || r.ContentLength <= 0 {
		return
	}
	if r.ContentLength <= maxDrain {
		r.deadline(min(drainTime, r.options.IdleTimeout))
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			r.deadline(0)
			return
		}
	}
	r.w.Header().Set("Connection", "close")
}

// deadline bounds how long the client may take, where the connection can do that;
// 0 lifts it. It is the connection's own time.
func (r *request) deadline(d time.Duration) {
	var t time.Time
	if d > 0 {
		t = time.Now().Add(d)
	}
	_ = http.NewResponseController(r.w).SetReadDeadline(t)
}
