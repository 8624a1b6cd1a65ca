package winpath_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

// names returns what the disk lists in a directory.
func names(t require.TestingT, disk *winpath.Disk, dir string) []string {
	entries, err := disk.ReadDir(parse(dir))
	require.NoError(t, err)
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestOpenFile(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Sub/Old.txt", "old")
	f, err := disk.OpenFile(parse(`C:\sub\OLD.TXT`), os.O_WRONLY|os.O_CREATE|os.O_APPEND)
	require.NoError(t, err)
	_, err = f.WriteString(" and more")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, "old and more", read(t, dir, "Sub/Old.txt"))

	f, err = disk.OpenFile(parse(`C:\SUB\New.txt`), os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, []string{"New.txt", "Old.txt"}, list(t, filepath.Join(dir, "Sub")))
}

func TestOpenFileFails(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Dir/File", "")
	for name, row := range map[string]struct {
		path string
		flag int
		code hresult.HRESULT
	}{
		"missing":                   {`C:\missing`, os.O_RDONLY, fileNotFound},
		"directory missing":         {`C:\missing\new`, os.O_RDWR | os.O_CREATE, pathNotFound},
		"file as directory":         {`C:\dir\file\new`, os.O_RDWR | os.O_CREATE, pathNotFound},
		"directory":                 {`C:\dir`, os.O_RDONLY, accessDenied},
		"directory to write":        {`C:\dir`, os.O_RDWR | os.O_CREATE, accessDenied},
		"exclusive, there":          {`C:\Dir\File`, os.O_RDWR | os.O_CREATE | os.O_EXCL, fileExists},
		"exclusive, there, by case": {`C:\dir\FILE`, os.O_RDWR | os.O_CREATE | os.O_EXCL, fileExists},
		"exclusive, directory":      {`C:\DIR`, os.O_RDWR | os.O_CREATE | os.O_EXCL, fileExists},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := disk.OpenFile(parse(row.path), row.flag)
			require.Nil(t, f)
			requireCode(t, err, row.code, "open")
			require.Equal(t, row.path, asError(t, err).Path)
		})
	}
	// 255 characters, and more bytes than Linux allows a name to have.
	f, err := disk.Create(parse(`C:\` + strings.Repeat("文", 255)))
	if err != nil {
		requireCode(t, err, tooLong, "open")
		return
	}
	require.NoError(t, f.Close())
}

func TestCreate(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Sub/x", "")
	f, err := disk.Create(parse(`C:\SUB\File`))
	require.NoError(t, err)
	_, err = f.WriteString("text")
	require.NoError(t, err)
	_, err = f.Seek(0, 0)
	require.NoError(t, err)
	content := make([]byte, 4)
	_, err = f.Read(content)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, "text", read(t, dir, "Sub/File"))

	_, err = disk.Create(parse(`C:\sub\FILE`))
	requireCode(t, err, fileExists, "open")
	require.ErrorIs(t, err, os.ErrExist)
	require.Equal(t, "text", read(t, dir, "Sub/File"))
}

// However many try, in whatever case, one of them makes the file.
func TestCreateAtOnce(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	const others = 300 // it takes time to look through these, and others may come between
	for i := range others {
		write(t, dir, fmt.Sprint(i), "")
	}
	for range 30 {
		var group sync.WaitGroup
		start, errs := make(chan struct{}), make([]error, 16)
		for i := range errs {
			name := []byte("abcd")
			for bit := range name {
				if i>>bit&1 == 1 {
					name[bit] -= 'a' - 'A'
				}
			}
			group.Go(func() {
				<-start
				f, err := disk.Create(parse(`C:\` + string(name)))
				if errs[i] = err; err == nil {
					errs[i] = f.Close()
				}
			})
		}
		close(start)
		group.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
				continue
			}
			requireCode(t, err, fileExists, "open")
		}
		require.Equal(t, 1, made)
		require.Len(t, list(t, dir), others+1)
		require.NoError(t, disk.Remove(parse(`C:\ABCD`)))
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		from, to string
		want     string // the name in the directory Sub, and the one of the root
	}{
		"new name":            {`C:\old`, `C:\sub\New`, "[New Next=2] []"},
		"over a file":         {`C:\OLD`, `C:\Sub\Next`, "[Next=1] []"},
		"over a file by case": {`C:\old`, `C:\SUB\nEXT`, "[nEXT=1] []"},
		"case of itself":      {`C:\old`, `C:\oLD`, "[Next=2] [oLD]"},
		"itself":              {`C:\Old`, `C:\Old`, "[Next=2] [Old]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk, dir := newDisk(t)
			write(t, dir, "Old", "1")
			write(t, dir, "Sub/Next", "2")
			require.NoError(t, disk.Rename(parse(row.from), parse(row.to)))
			f, err := disk.OpenFile(parse(row.to), os.O_RDONLY)
			require.NoError(t, err)
			content, err := io.ReadAll(f)
			require.NoError(t, err)
			require.NoError(t, f.Close())
			require.Equal(t, "1", string(content))
			in, below := list(t, filepath.Join(dir, "Sub")), []string{}
			for _, entry := range list(t, dir) {
				if entry != "Sub" {
					below = append(below, entry)
				}
			}
			for i, entry := range in {
				if strings.EqualFold(entry, "next") {
					in[i] += "=" + read(t, dir, "Sub/"+entry)
				}
			}
			require.Equal(t, row.want, fmt.Sprint(in, below))
		})
	}
}

func TestRenameDirectory(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Dir/file", "")
	require.NoError(t, disk.Rename(parse(`C:\dir`), parse(`C:\DIR`)))
	require.Equal(t, []string{"DIR"}, list(t, dir))
	require.NoError(t, disk.Rename(parse(`C:\dir`), parse(`C:\Other`)))
	require.Equal(t, []string{"Other"}, list(t, dir))
	require.Equal(t, []string{"file"}, names(t, disk, `C:\OTHER`))
}

func TestRenameFails(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	disk, err := winpath.NewDisk(map[string]*os.Root{`C:\`: openRoot(t, first), `D:\`: openRoot(t, second)})
	require.NoError(t, err)
	write(t, first, "file", "file")
	write(t, first, "dir/sub/file", "")
	for name, row := range map[string]struct {
		from, to string
		code     hresult.HRESULT
		path     string
	}{
		"missing":               {`C:\missing`, `C:\new`, fileNotFound, `C:\missing`},
		"from no drive":         {`E:\file`, `C:\new`, pathNotFound, `E:\file`},
		"to no directory":       {`C:\file`, `C:\missing\new`, pathNotFound, `C:\missing\new`},
		"to another drive":      {`C:\file`, `D:\file`, hresult.HRESULT_FROM_WIN32_ERROR_NOT_SAME_DEVICE, `C:\file`},
		"file over directory":   {`C:\file`, `C:\DIR`, accessDenied, `C:\DIR`},
		"directory over file":   {`C:\dir`, `C:\File`, accessDenied, `C:\File`},
		"directory into itself": {`C:\dir`, `C:\dir\sub\new`, 0, `C:\dir`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := disk.Rename(parse(row.from), parse(row.to))
			if row.code == 0 { // systems have different answers
				row.code = winpath.Code(err)
				require.True(t, row.code.Failed())
			}
			requireCode(t, err, row.code, "rename")
			require.Equal(t, row.path, asError(t, err).Path)
			require.Equal(t, "file", read(t, first, "file"))
		})
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Dir/File", "")
	requireCode(t, disk.Remove(parse(`C:\dir`)), hresult.HRESULT_FROM_WIN32_ERROR_DIR_NOT_EMPTY, "remove")
	require.NoError(t, disk.Remove(parse(`C:\DIR\FILE`)))
	requireCode(t, disk.Remove(parse(`C:\DIR\FILE`)), fileNotFound, "remove")
	require.NoError(t, disk.Remove(parse(`C:\DIR`)))
	requireCode(t, disk.Remove(parse(`C:\DIR\FILE`)), pathNotFound, "remove")
	require.Empty(t, list(t, dir))
}

func TestStatDir(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Dir/File", "")
	info, err := disk.StatDir(parse(`C:\DIR`))
	require.NoError(t, err)
	require.True(t, info.IsDir())
	for name, row := range map[string]struct {
		path string
		code hresult.HRESULT
	}{
		"missing":         {`C:\missing`, pathNotFound},
		"missing further": {`C:\missing\dir`, pathNotFound},
		"file":            {`C:\dir\file`, notDirectory},
		"below a file":    {`C:\dir\file\x`, pathNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := disk.StatDir(parse(row.path))
			requireCode(t, err, row.code, "stat")
			_, err = disk.ReadDir(parse(row.path))
			requireCode(t, err, row.code, "list")
		})
	}
}

func TestReadDir(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	for _, name := range []string{"Dir/b", "Dir/A", "Dir/_", "Dir/ä", "Dir/Sub/x"} {
		write(t, dir, name, "")
	}
	if mindsCase(t, dir) { // nor does such a file system mind these
		for _, name := range []string{"a:b", "a*", "a ", "a.", "nul", `a\b`} {
			write(t, dir, "Dir/"+name, "")
		}
	}
	require.Equal(t, []string{"A", "b", "Sub", "_", "ä"}, names(t, disk, `C:\dir`))
	require.Equal(t, []string{"Dir"}, names(t, disk, `C:\`))
}

func TestChtimes(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "File", "")
	changed := time.Date(2017, 10, 17, 12, 0, 0, 0, time.UTC)
	require.NoError(t, disk.Chtimes(parse(`C:\FILE`), time.Time{}, changed))
	info, err := disk.Stat(parse(`C:\file`))
	require.NoError(t, err)
	require.True(t, changed.Equal(info.ModTime()))
	requireCode(t, disk.Chtimes(parse(`C:\missing`), changed, changed), fileNotFound, "chtimes")
	requireCode(t, disk.Chtimes(parse(`C:\missing\x`), changed, changed), pathNotFound, "chtimes")
}
