package winpath_test

import (
	"cmp"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

// model is what a drive of Windows holds: directories, files in them, each found
// under its name in lower case and listed as it was written.
type model struct {
	t     *rapid.T
	disk  *winpath.Disk
	dir   string
	files map[string]map[string]*file // by directory, by name
}

type file struct{ name, content string }

// directories of the model, in lower case, and as they are on the disk.
var directories = map[string]string{`c:\`: "", `c:\sub`: "Sub", `c:\sub\grün`: "Sub/GRÜN"}

// draw returns a path whose directory is there, in some case, and where it is in
// the model. The letters of the names have one lower case each.
func (m *model) draw(label string) (p winpath.Path, dir, key string) {
	dir = rapid.SampledFrom(slices.Sorted(maps.Keys(directories))).Draw(m.t, label+" directory")
	key = rapid.SampledFrom([]string{"a", "ab.txt", "ünï", "жук.tmp"}).Draw(m.t, label+" name")
	p = parse(m.anyCase(dir))
	p, err := p.Join(m.anyCase(key))
	require.NoError(m.t, err)
	return p, dir, key
}

// anyCase makes some of the letters upper case.
func (m *model) anyCase(s string) string {
	upper := rapid.Uint32().Draw(m.t, "upper case")
	return strings.Map(func(r rune) rune {
		if upper >>= 1; upper&1 == 1 {
			return swapCase(r)
		}
		return r
	}, s)
}

func (m *model) create(*rapid.T) {
	p, dir, key := m.draw("create")
	f, err := m.disk.Create(p)
	if m.files[dir][key] != nil {
		requireCode(m.t, err, fileExists, "open")
		return
	}
	require.NoError(m.t, err)
	require.NoError(m.t, f.Close())
	m.files[dir][key] = &file{name: p.Base()}
}

func (m *model) append(*rapid.T) {
	p, dir, key := m.draw("append")
	flag := os.O_WRONLY | os.O_APPEND | rapid.SampledFrom([]int{0, os.O_CREATE}).Draw(m.t, "flag")
	f, err := m.disk.OpenFile(p, flag)
	if m.files[dir][key] == nil {
		if flag&os.O_CREATE == 0 {
			requireCode(m.t, err, fileNotFound, "open")
			return
		}
		m.files[dir][key] = &file{name: p.Base()}
	}
	require.NoError(m.t, err)
	_, err = f.WriteString("x")
	require.NoError(m.t, err)
	require.NoError(m.t, f.Close())
	m.files[dir][key].content += "x"
}

func (m *model) rename(*rapid.T) {
	from, fromDir, fromKey := m.draw("from")
	to, toDir, toKey := m.draw("to")
	err := m.disk.Rename(from, to)
	moved := m.files[fromDir][fromKey]
	if moved == nil {
		requireCode(m.t, err, fileNotFound, "rename")
		return
	}
	require.NoError(m.t, err)
	delete(m.files[fromDir], fromKey)
	moved.name = to.Base()
	m.files[toDir][toKey] = moved
}

func (m *model) remove(*rapid.T) {
	p, dir, key := m.draw("remove")
	err := m.disk.Remove(p)
	if m.files[dir][key] == nil {
		requireCode(m.t, err, fileNotFound, "remove")
		return
	}
	require.NoError(m.t, err)
	delete(m.files[dir], key)
}

func (m *model) temp(*rapid.T) {
	dir := rapid.SampledFrom(slices.Sorted(maps.Keys(directories))).Draw(m.t, "directory")
	number := rapid.Uint64Range(0, 3).Draw(m.t, "number")
	p, f, err := m.disk.CreateTemp(parse(m.anyCase(dir)), &counter{number})
	require.NoError(m.t, err)
	require.NoError(m.t, f.Close())
	key := strings.ToLower(p.Base())
	require.Nil(m.t, m.files[dir][key])
	m.files[dir][key] = &file{name: p.Base()}
}

// byOthers is another process: it adds a file by the system's own means.
func (m *model) byOthers(*rapid.T) {
	p, dir, key := m.draw("other")
	if m.files[dir][key] != nil {
		return
	}
	require.NoError(m.t, os.WriteFile(filepath.Join(m.dir, filepath.FromSlash(directories[dir]), p.Base()), []byte("y"), 0o666))
	m.files[dir][key] = &file{p.Base(), "y"}
}

func (m *model) missing(*rapid.T) {
	p, dir, key := m.draw("missing")
	below, err := p.Join("x")
	require.NoError(m.t, err)
	_, err = m.disk.Create(below)
	requireCode(m.t, err, pathNotFound, "open")
	_, err = m.disk.StatDir(p)
	want := pathNotFound
	if m.files[dir][key] != nil {
		want = notDirectory
	}
	requireCode(m.t, err, want, "stat")
}

func (m *model) check(*rapid.T) {
	for dir, files := range m.files {
		want := []string{}
		for _, f := range files {
			want = append(want, f.name)
		}
		for other, name := range directories {
			if parse(other).Dir() == parse(dir) && other != dir {
				want = append(want, filepath.Base(name))
			}
		}
		slices.SortFunc(want, func(a, b string) int { return cmp.Compare(strings.ToUpper(a), strings.ToUpper(b)) })
		require.Equal(m.t, want, names(m.t, m.disk, m.anyCase(dir)))
	}
	p, dir, key := m.draw("look at")
	info, err := m.disk.Stat(p)
	f := m.files[dir][key]
	if f == nil {
		requireCode(m.t, err, fileNotFound, "stat")
		return
	}
	require.NoError(m.t, err)
	require.EqualValues(m.t, len(f.content), info.Size())
	opened, err := m.disk.OpenFile(p, os.O_RDONLY)
	require.NoError(m.t, err)
	content, err := io.ReadAll(opened)
	require.NoError(m.t, err)
	require.NoError(m.t, opened.Close())
	require.Equal(m.t, f.content, string(content))
}

// A Disk is what a drive of Windows is, whatever the system below it.
func TestDiskIsLikeAModel(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(top, "") //nolint:usetesting // one for each run of the check
		require.NoError(t, err)
		m := &model{t: t, dir: dir, files: map[string]map[string]*file{}}
		for key, name := range directories {
			require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.FromSlash(name)), 0o777))
			m.files[key] = map[string]*file{}
		}
		root, err := os.OpenRoot(dir)
		require.NoError(t, err)
		defer root.Close()
		m.disk, err = winpath.NewDisk(map[string]*os.Root{`C:\`: root})
		require.NoError(t, err)
		t.Repeat(map[string]func(*rapid.T){
			"create":    m.create,
			"append":    m.append,
			"rename":    m.rename,
			"remove":    m.remove,
			"temp":      m.temp,
			"by others": m.byOthers,
			"missing":   m.missing,
			"":          m.check,
		})
	})
}

func TestModelKnowsTheCodes(t *testing.T) {
	t.Parallel()
	for code, text := range map[hresult.HRESULT]string{
		invalidArg: "0x80070057", accessDenied: "0x80070005", invalidName: "0x8007007B", badPathname: "0x800700A1",
		tooLong: "0x800700CE", notDirectory: "0x8007010B", fileNotFound: "0x80070002", pathNotFound: "0x80070003",
		fileExists: "0x80070050", invalidHandle: "0x80070006",
	} {
		require.Equal(t, text, code.Hex())
	}
}
