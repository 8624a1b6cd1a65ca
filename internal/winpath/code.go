package winpath

import (
	"errors"
	"io/fs"
	"runtime"
	"syscall"

	"github.com/bitsemu/bitsemu/hresult"
)

// canNotResolve is ERROR_CANT_RESOLVE_FILENAME.
var canNotResolve = hresult.FromWin32(1921)

// codes tells what Windows answers where the system answers otherwise (I; the
// Win32 codes are those that its file systems have for the same trouble).
// Windows has these constants too, most of them as inventions of package
// syscall, which package os returns in places.
var codes = map[syscall.Errno]hresult.HRESULT{
	syscall.ENOENT:       hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND,
	syscall.ENOTDIR:      hresult.HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND,
	syscall.EEXIST:       hresult.HRESULT_FROM_WIN32_ERROR_FILE_EXISTS,
	syscall.ENOTEMPTY:    hresult.HRESULT_FROM_WIN32_ERROR_DIR_NOT_EMPTY,
	syscall.EACCES:       hresult.E_ACCESSDENIED,
	syscall.EPERM:        hresult.E_ACCESSDENIED,
	syscall.EISDIR:       hresult.E_ACCESSDENIED,
	syscall.EROFS:        hresult.HRESULT_FROM_WIN32_ERROR_WRITE_PROTECT,
	syscall.ENOSPC:       hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL,
	syscall.EDQUOT:       hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL,
	syscall.EFBIG:        hresult.HRESULT_FROM_WIN32_ERROR_FILE_TOO_LARGE,
	syscall.ENAMETOOLONG: hresult.HRESULT_FROM_WIN32_ERROR_FILENAME_EXCED_RANGE,
	syscall.ELOOP:        canNotResolve,
	syscall.EXDEV:        hresult.HRESULT_FROM_WIN32_ERROR_NOT_SAME_DEVICE,
	syscall.EBUSY:        hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION,
	syscall.ETXTBSY:      hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION,
	syscall.EMFILE:       hresult.HRESULT_FROM_WIN32_ERROR_TOO_MANY_OPEN_FILES,
	syscall.ENFILE:       hresult.HRESULT_FROM_WIN32_ERROR_TOO_MANY_OPEN_FILES,
	syscall.ENOMEM:       hresult.HRESULT_FROM_WIN32_ERROR_NOT_ENOUGH_MEMORY,
	syscall.EIO:          hresult.HRESULT_FROM_WIN32_ERROR_IO_DEVICE,
	syscall.EINVAL:       hresult.E_INVALIDARG,
}

// kinds does the same for the errors of package fs.
var kinds = []struct {
	err  error
	code hresult.HRESULT
}{
	{fs.ErrNotExist, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND},
	{fs.ErrExist, hresult.HRESULT_FROM_WIN32_ERROR_FILE_EXISTS},
	{fs.ErrPermission, hresult.E_ACCESSDENIED},
	{fs.ErrInvalid, hresult.E_INVALIDARG},
	{fs.ErrClosed, hresult.HRESULT_FROM_WIN32_ERROR_INVALID_HANDLE},
}

// Code returns the HRESULT that Windows would answer with where err came from
// the system's files: from a method of a [Disk], which has told it already, or
// from reading or writing an open file. It is S_OK for nil, the code that err
// carries when there is one, and ERROR_GEN_FAILURE for errors of other origin.
func Code(err error) hresult.HRESULT {
	if code, ok := code(err); ok {
		return code
	}
	return hresult.HRESULT_FROM_WIN32_ERROR_GEN_FAILURE
}

func code(err error) (hresult.HRESULT, bool) {
	if code, ok := hresult.Of(err); ok {
		return code, true
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return numberCode(number, runtime.GOOS == "windows"), true
	}
	for _, kind := range kinds {
		if errors.Is(err, kind.err) {
			return kind.code, true
		}
	}
	return 0, false
}

// numberCode translates a number of the system. On Windows it is a Win32 code,
// unless package syscall made it up, and then it is out of their range.
func numberCode(number syscall.Errno, windows bool) hresult.HRESULT {
	if code, ok := codes[number]; ok {
		return code
	}
	if windows && number <= 0xFFFF {
		return hresult.FromWin32(uint32(number))
	}
	return hresult.HRESULT_FROM_WIN32_ERROR_GEN_FAILURE
}
