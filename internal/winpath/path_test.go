package winpath_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/winpath"
)

func TestParts(t *testing.T) {
	t.Parallel()
	type parts struct {
		Drive, Server, Share, Dir, Base, Ext string
		IsUNC, IsRoot                        bool
	}
	for name, row := range map[string]struct {
		in   winpath.Path
		want parts
	}{
		"file":           {parse(`C:\dir\file.tar.gz`), parts{Drive: `C:`, Dir: `C:\dir`, Base: `file.tar.gz`, Ext: `.gz`}},
		"in the root":    {parse(`c:\file`), parts{Drive: `c:`, Dir: `c:\`, Base: `file`}},
		"root":           {parse(`C:\`), parts{Drive: `C:`, Dir: `C:\`, IsRoot: true}},
		"all extension":  {parse(`C:\.profile`), parts{Drive: `C:`, Dir: `C:\`, Base: `.profile`, Ext: `.profile`}},
		"dot in the dir": {parse(`C:\a.b\c`), parts{Drive: `C:`, Dir: `C:\a.b`, Base: `c`}},
		"on a share":     {parse(`\\srv\pub\dir\a.b`), parts{Server: `srv`, Share: `pub`, Dir: `\\srv\pub\dir`, Base: `a.b`, Ext: `.b`, IsUNC: true}},
		"in the share":   {parse(`\\srv\pub\a`), parts{Server: `srv`, Share: `pub`, Dir: `\\srv\pub\`, Base: `a`, IsUNC: true}},
		"share":          {parse(`\\srv\pub`), parts{Server: `srv`, Share: `pub`, Dir: `\\srv\pub\`, IsUNC: true, IsRoot: true}},
		"none":           {winpath.Path{}, parts{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := row.in
			require.Equal(t, row.want, parts{
				Drive: p.Drive(), Server: p.Server(), Share: p.Share(), Dir: p.Dir().String(), Base: p.Base(), Ext: p.Ext(),
				IsUNC: p.IsUNC(), IsRoot: p.IsRoot(),
			})
			require.Equal(t, name == "none", p.IsZero())
		})
	}
	require.Empty(t, winpath.Path{}.String())
	require.Empty(t, winpath.Path{}.Key())
}

func TestStringTakesThePrefixWhenNeeded(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ in, want string }{
		"drive": {`\\?\C:\`, `\\?\C:\`},
		"share": {`\\?\UNC\srv\pub\`, `\\?\UNC\srv\pub\`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bare := len(parse(row.in).String())
			fits := strings.Repeat(`😀\`, 20) + strings.Repeat(`a`, 260-bare-60) // a pair counts twice
			require.Equal(t, strings.TrimPrefix(parse(row.in).String(), `\\?\`)+fits, parse(row.in+fits).String())
			require.Equal(t, row.want+fits+`a`, parse(row.in+fits+`a`).String())
		})
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		a, b  string
		equal bool
	}{
		"same":                  {`C:\a`, `C:\a`, true},
		"case":                  {`C:\Dir\File.TXT`, `c:\dIR\fILE.txt`, true},
		"case of a share":       {`\\srv\pub\a`, `\\SRV\Pub\A`, true},
		"case beyond ASCII":     {`C:\grüße\ж`, `C:\GRÜßE\Ж`, true},
		"other name":            {`C:\a`, `C:\b`, false},
		"other drive":           {`C:\a`, `D:\a`, false},
		"no full folding":       {`C:\ß`, `C:\SS`, false},
		"dotless i is no I":     {`C:\ı`, `C:\I`, false},
		"long s is no S":        {`C:\ſ`, `C:\S`, false},
		"no case beyond U+FFFF": {`C:\𐐨`, `C:\𐐀`, false},
		"composed, decomposed":  {"C:\\\u00E4", "C:\\a\u0308", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := parse(row.a), parse(row.b)
			require.Equal(t, row.equal, a.Equal(b))
			require.Equal(t, row.equal, b.Equal(a))
			require.Equal(t, row.equal, a.Key() == b.Key())
			require.Equal(t, row.a == row.b, a == b)
		})
	}
	require.True(t, winpath.Path{}.Equal(winpath.Path{}))
	require.False(t, winpath.Path{}.Equal(parse(`C:\`)))
}

// Upper case is a fixed point, so keys of equal paths are one, and it brings no
// character that a name cannot have.
func TestKeyOfEveryRune(t *testing.T) {
	t.Parallel()
	folded := 0
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		p, err := parse(`C:\X`).Join(string(r))
		if err != nil {
			t.Fatalf("%U: %v", r, err)
		}
		if key := p.Key(); key != p.String() {
			folded++
			again, err := winpath.Parse(key)
			require.NoError(t, err, "%U", r)
			require.Equal(t, key, again.Key(), "%U", r)
			require.False(t, strings.ContainsFunc(again.Base(), func(r rune) bool { return r < utf8.RuneSelf }), "%U", r)
		}
	}
	require.Greater(t, folded, 1000)
}

func TestPathIsComparable(t *testing.T) {
	t.Parallel()
	seen := map[winpath.Path]int{parse(`C:\a`): 1, parse(`C:/x/../a`): 2}
	require.Equal(t, map[winpath.Path]int{parse(`C:\a`): 2}, seen)
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = winpath.Parse(`C:\Users\alice\AppData\Local\Temp\setup.exe`)
	}
}

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	p := parse(`C:\Users\alice\AppData\Local\Temp\setup.exe`)
	for b.Loop() {
		_ = p.Key()
	}
}
