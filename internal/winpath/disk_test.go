package winpath_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

// openRoot opens dir until the test is over.
func openRoot(t testing.TB, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { root.Close() })
	return root
}

// newDisk returns a disk with the drive C: alone, and its directory.
func newDisk(t testing.TB) (disk *winpath.Disk, dir string) {
	t.Helper()
	dir = t.TempDir()
	disk, err := winpath.NewDisk(map[string]*os.Root{`C:\`: openRoot(t, dir)})
	require.NoError(t, err)
	return disk, dir
}

// write makes a file, and the directories above it, by the system's own means.
func write(t testing.TB, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o666))
}

// read returns what is in a file, by the system's own means.
func read(t testing.TB, dir, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(content)
}

// list returns the names in a directory, by the system's own means.
func list(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// symlink makes a link, where the system lets the test.
func symlink(t testing.TB, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
}

// mindsCase reports whether the file system of dir tells `a` from `A`.
func mindsCase(t testing.TB, dir string) bool {
	t.Helper()
	_, err := os.Lstat(strings.Map(swapCase, dir))
	return err != nil
}

func TestNewDiskRefuses(t *testing.T) {
	t.Parallel()
	root := openRoot(t, t.TempDir())
	for name, row := range map[string]struct {
		roots map[string]*os.Root
		code  hresult.HRESULT
		op    string
		path  string
	}{
		"no path":    {map[string]*os.Root{`C:`: root}, invalidArg, "parse", `C:`},
		"no root":    {map[string]*os.Root{`C:\`: nil}, invalidArg, "mount", `C:\`},
		"same":       {map[string]*os.Root{`C:\a`: root, `C:\a\`: root}, hresult.HRESULT_FROM_WIN32_ERROR_ALREADY_EXISTS, "mount", `C:\a\`},
		"other case": {map[string]*os.Root{`C:\`: root, `c:\`: root}, hresult.HRESULT_FROM_WIN32_ERROR_ALREADY_EXISTS, "mount", `c:\`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk, err := winpath.NewDisk(row.roots)
			require.Nil(t, disk)
			requireCode(t, err, row.code, row.op)
			require.Equal(t, row.path, asError(t, err).Path)
		})
	}
}

func TestDeepestMountCounts(t *testing.T) {
	t.Parallel()
	roots, dirs := map[string]*os.Root{}, map[string]string{}
	for _, at := range []string{`C:\`, `C:\Users`, `C:\Users\Alice`, `D:\data`, `\\srv\pub`, `\\srv\pub\deep`} {
		dirs[at] = t.TempDir()
		roots[at] = openRoot(t, dirs[at])
		write(t, dirs[at], "dir/mark", at)
	}
	disk, err := winpath.NewDisk(roots)
	require.NoError(t, err)
	for name, row := range map[string]struct{ path, at string }{
		"drive":                {`C:\dir\mark`, `C:\`},
		"drive, other case":    {`c:\DIR\Mark`, `C:\`},
		"directory":            {`C:\Users\dir\mark`, `C:\Users`},
		"directory, by case":   {`c:\USERS\dir\mark`, `C:\Users`},
		"directory below":      {`C:\Users\Alice\dir\mark`, `C:\Users\Alice`},
		"directory alone":      {`D:\data\dir\mark`, `D:\data`},
		"share":                {`\\srv\pub\dir\mark`, `\\srv\pub`},
		"share, other case":    {`\\SRV\PUB\dir\mark`, `\\srv\pub`},
		"directory of a share": {`\\srv\pub\deep\dir\mark`, `\\srv\pub\deep`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := disk.OpenFile(parse(row.path), os.O_RDONLY)
			require.NoError(t, err)
			defer f.Close()
			content := make([]byte, 100)
			n, err := f.Read(content)
			require.NoError(t, err)
			require.Equal(t, row.at, string(content[:n]))
			info, err := disk.StatDir(parse(row.at))
			require.NoError(t, err)
			require.True(t, info.IsDir())
		})
	}
	for name, row := range map[string]struct {
		path string
		code hresult.HRESULT
	}{
		"no drive":                {`E:\file`, pathNotFound},
		"above a mount":           {`D:\file`, pathNotFound},
		"no path":                 {``, pathNotFound},
		"beside a mount":          {`D:\database`, pathNotFound},
		"no server":               {`\\unknown\pub\a`, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NETPATH},
		"server is longer":        {`\\srv2\pub\a`, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NETPATH},
		"no share":                {`\\SRV\private\a`, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NET_NAME},
		"share starts like mount": {`\\srv\pub2\a`, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NET_NAME},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p winpath.Path
			if row.path != "" {
				p = parse(row.path)
			}
			_, err := disk.Stat(p)
			requireCode(t, err, row.code, "stat")
			require.Equal(t, row.path, asError(t, err).Path)
			require.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

func TestMountsAreNotMovedOrRemoved(t *testing.T) {
	t.Parallel()
	outer, inner := t.TempDir(), t.TempDir()
	disk, err := winpath.NewDisk(map[string]*os.Root{`C:\`: openRoot(t, outer), `C:\in`: openRoot(t, inner)})
	require.NoError(t, err)
	write(t, outer, "file", "")
	for _, at := range []string{`C:\`, `C:\in`} {
		requireCode(t, disk.Remove(parse(at)), accessDenied, "remove")
		requireCode(t, disk.Rename(parse(at), parse(`C:\new`)), accessDenied, "rename")
		_, err := disk.OpenFile(parse(at), os.O_RDONLY)
		requireCode(t, err, accessDenied, "open")
	}
	requireCode(t, disk.Rename(parse(`C:\file`), parse(`C:\`)), accessDenied, "rename")
	require.Equal(t, []string{"file"}, list(t, outer))
	require.DirExists(t, inner)
}

func TestClosedRoot(t *testing.T) {
	t.Parallel()
	root, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	disk, err := winpath.NewDisk(map[string]*os.Root{`C:\`: root})
	require.NoError(t, err)
	require.NoError(t, root.Close())
	_, err = disk.Stat(parse(`C:\a`))
	requireCode(t, err, invalidHandle, "stat")
	require.ErrorIs(t, err, os.ErrClosed)
	_, err = disk.StatDir(parse(`C:\`))
	requireCode(t, err, invalidHandle, "stat")
}

func TestDirectoriesThatDeny(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("needs a user whom modes of files can deny something")
	}
	disk, dir := newDisk(t)
	write(t, dir, "fixed/file", "")
	write(t, dir, "hidden/file", "")
	for name, mode := range map[string]os.FileMode{"fixed": 0o555, "hidden": 0o333} {
		name = filepath.Join(dir, name)
		require.NoError(t, os.Chmod(name, mode))
		t.Cleanup(func() { require.NoError(t, os.Chmod(name, 0o777)) })
	}
	_, err := disk.Create(parse(`C:\fixed\new`))
	requireCode(t, err, accessDenied, "open")
	require.ErrorIs(t, err, os.ErrPermission)
	_, _, err = disk.CreateTemp(parse(`C:\fixed`), &counter{})
	requireCode(t, err, accessDenied, "create")
	requireCode(t, disk.Remove(parse(`C:\fixed\file`)), accessDenied, "remove")

	_, err = disk.ReadDir(parse(`C:\hidden`))
	requireCode(t, err, accessDenied, "list")
	_, _, err = disk.CreateTemp(parse(`C:\hidden`), &counter{})
	requireCode(t, err, accessDenied, "create")
	_, err = disk.Stat(parse(`C:\hidden\file`)) // os.Root reads each directory that it passes
	requireCode(t, err, accessDenied, "stat")
}

// Below outer lie root, which is mapped, and outside, which nothing may touch.
func outside(t testing.TB) (disk *winpath.Disk, outer string) {
	t.Helper()
	outer = t.TempDir()
	write(t, outer, "outside/secret", "secret")
	plant(t, outer)
	disk, err := winpath.NewDisk(map[string]*os.Root{`C:\`: openRoot(t, filepath.Join(outer, "root"))})
	require.NoError(t, err)
	return disk, outer
}

// plant makes what is in root, or what is missing of it.
func plant(t testing.TB, outer string) {
	t.Helper()
	write(t, outer, "root/dir/file", "file")
	for link, target := range map[string]string{
		"link":       filepath.FromSlash("../outside"),
		"dir/secret": filepath.FromSlash("../../outside/secret"),
		"absolute":   filepath.Join(outer, "outside"),
		"within":     "dir",
	} {
		link = filepath.Join(outer, "root", filepath.FromSlash(link))
		if _, err := os.Lstat(link); err != nil {
			symlink(t, target, link)
		}
	}
}

func requireUntouched(t testing.TB, outer string) {
	t.Helper()
	require.Equal(t, []string{"outside", "root"}, list(t, outer))
	require.Equal(t, []string{"secret"}, list(t, filepath.Join(outer, "outside")))
	require.Equal(t, "secret", read(t, outer, "outside/secret"))
}

func TestLinksOutAreDenied(t *testing.T) {
	t.Parallel()
	disk, outer := outside(t)
	for _, name := range []string{`C:\link\secret`, `C:\LINK\secret`, `C:\link\SECRET`, `C:\link\new`, `C:\absolute\secret`} {
		p := parse(name)
		_, err := disk.OpenFile(p, os.O_RDONLY)
		requireCode(t, err, accessDenied, "open")
		_, err = disk.Create(p)
		requireCode(t, err, accessDenied, "open")
		_, err = disk.Stat(p)
		requireCode(t, err, accessDenied, "stat")
		requireCode(t, disk.Remove(p), accessDenied, "remove")
		requireCode(t, disk.Rename(p, parse(`C:\stolen`)), accessDenied, "rename")
		requireCode(t, disk.Rename(parse(`C:\dir\file`), p), accessDenied, "rename")
	}
	for _, name := range []string{`C:\dir\secret`, `C:\Dir\Secret`} {
		p := parse(name)
		for _, flag := range []int{os.O_RDONLY, os.O_RDWR, os.O_RDWR | os.O_CREATE | os.O_TRUNC} {
			_, err := disk.OpenFile(p, flag)
			requireCode(t, err, accessDenied, "open")
		}
		_, err := disk.Stat(p)
		requireCode(t, err, accessDenied, "stat")
	}
	for _, name := range []string{`C:\link`, `C:\ABSOLUTE`} {
		_, err := disk.ReadDir(parse(name))
		requireCode(t, err, accessDenied, "list")
		_, _, err = disk.CreateTemp(parse(name), &counter{})
		requireCode(t, err, accessDenied, "create")
	}
	requireUntouched(t, outer)

	// A link that stays within is followed, and the link is what is removed.
	info, err := disk.Stat(parse(`C:\Within\File`))
	require.NoError(t, err)
	require.EqualValues(t, 4, info.Size())
	require.NoError(t, disk.Remove(parse(`C:\WITHIN`)))
	require.NoError(t, disk.Remove(parse(`C:\LINK`)))
	require.Equal(t, "file", read(t, outer, "root/dir/file"))
	requireUntouched(t, outer)
}

// Whatever a name is made of, nothing outside of the root changes.
func FuzzDiskStaysInside(f *testing.F) {
	disk, outer := outside(f)
	for _, name := range []string{
		`..\outside\secret`, `../../x`, `link\secret`, `LINK\new`, `dir\..\..\..\outside`, `dir\secret`, `absolute\x`, `.. \outside`,
		`...\x`, `a\b`, `within\x`, `\\srv\share\x`, `\\?\C:\..\x`, "a\x00b", `~`, `$HOME`, `dir`, ``,
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		paths := []winpath.Path{}
		for _, s := range []string{name, `C:\` + name, `\\?\C:\` + name} {
			if p, err := winpath.Parse(s); err == nil {
				paths = append(paths, p)
			}
		}
		if p, err := parse(`C:\dir`).Join(name); err == nil {
			paths = append(paths, p)
		}
		for _, p := range paths {
			if f, err := disk.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_TRUNC); err == nil {
				require.NoError(t, f.Close())
			}
			renamed := disk.Rename(p, parse(`C:\dir\renamed`))
			if temp, f, err := disk.CreateTemp(p, &counter{}); err == nil {
				require.NoError(t, f.Close())
				require.NoError(t, disk.Remove(temp))
			}
			if renamed == nil {
				require.NoError(t, disk.Rename(parse(`C:\dir\renamed`), p))
			}
			requireUntouched(t, outer)
			_ = disk.Remove(p)
			requireUntouched(t, outer)
			plant(t, outer)
		}
	})
}
