package winpath_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
)

func TestNamesAreFoundWhateverTheirCase(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Grüße/Sub/File.TXT", "1")
	for _, name := range []string{`C:\Grüße\Sub\File.TXT`, `C:\grüße\SUB\file.txt`, `c:\GRÜßE\sub\FILE.TXT`, `C:\Grüße\Sub\fILE.txt`} {
		info, err := disk.Stat(parse(name))
		require.NoError(t, err, name)
		require.EqualValues(t, 1, info.Size())
		if mindsCase(t, dir) {
			require.Equal(t, "File.TXT", info.Name())
		}
	}
}

func TestMissingNames(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Dir/File", "")
	for name, row := range map[string]struct {
		path string
		code hresult.HRESULT
	}{
		"in the root":                {`C:\missing`, fileNotFound},
		"in a directory":             {`C:\dir\missing`, fileNotFound},
		"directory":                  {`C:\missing\file`, pathNotFound},
		"directory within":           {`C:\dir\missing\file`, pathNotFound},
		"file as directory":          {`C:\Dir\File\x`, pathNotFound},
		"file as directory, by case": {`C:\dir\file\x`, pathNotFound},
		"file as directory within":   {`C:\Dir\File\x\y`, pathNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := disk.Stat(parse(row.path))
			requireCode(t, err, row.code, "stat")
			require.Equal(t, row.path, asError(t, err).Path)
			require.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

func TestMissingNameInWords(t *testing.T) {
	t.Parallel()
	disk, _ := newDisk(t)
	_, err := disk.Stat(parse(`C:\a\b`))
	require.EqualError(t, err,
		"winpath: stat `C:\\a\\b`: a directory on the way: file does not exist: "+pathNotFound.Error())
}

func TestEntriesThatDifferInCaseAlone(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	if !mindsCase(t, dir) {
		t.Skip("the file system has no two names that differ in case")
	}
	for _, name := range []string{"FILE", "FIle", "file", "a/x", "A/y"} {
		write(t, dir, name, name)
	}
	for name, row := range map[string]struct{ path, want string }{
		"exactly":              {`C:\file`, "file"},
		"exactly, another":     {`C:\FIle`, "FIle"},
		"first in byte order":  {`C:\fiLE`, "FILE"},
		"directory exactly":    {`C:\A\y`, "y"},
		"directory and entry":  {`C:\A\Y`, "y"},
		"the other directory":  {`C:\a\X`, "x"},
		"directory of no such": {`C:\a\y`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info, err := disk.Stat(parse(row.path))
			if row.want == "" {
				requireCode(t, err, fileNotFound, "stat")
				return
			}
			require.NoError(t, err)
			require.Equal(t, row.want, info.Name())
		})
	}
}

// An entry in another encoding looks, upper-cased, as one with the replacement
// character does.
func TestEntryThatIsNotUTF8IsNotFound(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	if err := os.WriteFile(filepath.Join(dir, "a\xFF"), nil, 0o666); err != nil || runtime.GOOS == "windows" {
		t.Skip("the system has no such names")
	}
	_, err := disk.Stat(parse("C:\\a\uFFFD"))
	requireCode(t, err, fileNotFound, "stat")
	entries, err := disk.ReadDir(parse(`C:\`))
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestLinksThatLeadNowhere(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	symlink(t, "missing", filepath.Join(dir, "nowhere"))
	symlink(t, "round", filepath.Join(dir, "round"))
	write(t, dir, "file", "")

	_, err := disk.Stat(parse(`C:\Nowhere`))
	requireCode(t, err, fileNotFound, "stat")
	_, err = disk.Stat(parse(`C:\nowhere\x`))
	requireCode(t, err, pathNotFound, "stat")
	_, err = disk.ReadDir(parse(`C:\nowhere`))
	requireCode(t, err, pathNotFound, "list")
	_, err = disk.Create(parse(`C:\NOWHERE`))
	requireCode(t, err, fileExists, "open")

	for _, name := range []string{`C:\round\x`, `C:\ROUND\x`} {
		_, err = disk.Stat(parse(name))
		requireCode(t, err, hresult.FromWin32(1921), "stat")
	}
	_, err = disk.ReadDir(parse(`C:\round`))
	requireCode(t, err, hresult.FromWin32(1921), "list")
	require.NoError(t, disk.Remove(parse(`C:\ROUND`)))
}
