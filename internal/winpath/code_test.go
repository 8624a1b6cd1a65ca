package winpath_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

func TestCode(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		err  error
		want uint32
	}{
		"none":               {nil, 0},
		"told already":       {fmt.Errorf("adding: %w", hresult.BG_E_EMPTY), 0x80200003},
		"no entry":           {syscall.ENOENT, 0x80070002},
		"no directory":       {syscall.ENOTDIR, 0x80070003},
		"there":              {syscall.EEXIST, 0x80070050},
		"not empty":          {syscall.ENOTEMPTY, 0x80070091},
		"denied":             {syscall.EACCES, 0x80070005},
		"not permitted":      {syscall.EPERM, 0x80070005},
		"directory":          {syscall.EISDIR, 0x80070005},
		"read-only":          {syscall.EROFS, 0x80070013},
		"disk full":          {syscall.ENOSPC, 0x80070070},
		"quota":              {syscall.EDQUOT, 0x80070070},
		"file too large":     {syscall.EFBIG, 0x800700DF},
		"name too long":      {syscall.ENAMETOOLONG, 0x800700CE},
		"loop of links":      {syscall.ELOOP, 0x80070781},
		"other device":       {syscall.EXDEV, 0x80070011},
		"busy":               {syscall.EBUSY, 0x80070020},
		"program in use":     {syscall.ETXTBSY, 0x80070020},
		"many files":         {syscall.EMFILE, 0x80070004},
		"many files at all":  {syscall.ENFILE, 0x80070004},
		"memory":             {syscall.ENOMEM, 0x80070008},
		"device":             {syscall.EIO, 0x8007045D},
		"argument":           {syscall.EINVAL, 0x80070057},
		"number without row": {syscall.EDOM, 0x8007001F},
		"fs not exist":       {fs.ErrNotExist, 0x80070002},
		"fs exist":           {fs.ErrExist, 0x80070050},
		"fs permission":      {fs.ErrPermission, 0x80070005},
		"fs invalid":         {fs.ErrInvalid, 0x80070057},
		"fs closed":          {fs.ErrClosed, 0x80070006},
		"of other origin":    {io.ErrUnexpectedEOF, 0x8007001F},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := hresult.HRESULT(row.want)
			require.Equal(t, want, winpath.Code(row.err))
			if row.err == nil {
				return
			}
			require.Equal(t, want, winpath.Code(&fs.PathError{Op: "open", Path: "a", Err: row.err}))
			require.Equal(t, want, winpath.Code(&os.LinkError{Op: "rename", Old: "a", New: "b", Err: row.err}))
			require.Equal(t, want, winpath.Code(errors.Join(io.EOF, row.err)))
		})
	}
}

// What errors.Is holds of the system's error holds of the code as well, where
// Windows has the same idea of it.
func TestCodeKeepsKinds(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ err, kind error }{
		"no entry":  {syscall.ENOENT, fs.ErrNotExist},
		"there":     {syscall.EEXIST, fs.ErrExist},
		"not empty": {syscall.ENOTEMPTY, fs.ErrExist},
		"denied":    {syscall.EACCES, fs.ErrPermission},
		"permitted": {syscall.EPERM, fs.ErrPermission},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, row.err, row.kind)
			require.ErrorIs(t, winpath.Code(row.err), row.kind)
		})
	}
}

func TestCodeOfWin32Numbers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		number  syscall.Errno
		windows bool
		want    hresult.HRESULT
	}{
		"of Windows":              {1224, true, 0x800704C8}, // ERROR_USER_MAPPED_FILE
		"elsewhere":               {1224, false, 0x8007001F},
		"invented, without a row": {1<<29 + 500, true, 0x8007001F},
		"invented, with a row":    {syscall.ENOSPC, true, 0x80070070},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, row.want, winpath.NumberCode(row.number, row.windows))
		})
	}
}
