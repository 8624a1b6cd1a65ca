package winpath_test

import (
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ in, want string }{
		"file":                     {`C:\dir\file.txt`, `C:\dir\file.txt`},
		"case is kept":             {`c:\Dir\FILE`, `c:\Dir\FILE`},
		"root":                     {`C:\`, `C:\`},
		"slashes":                  {`C:/dir/file`, `C:\dir\file`},
		"both separators":          {`C:\dir/file`, `C:\dir\file`},
		"separators in a row":      {`C:\\dir\/\file`, `C:\dir\file`},
		"separator at the end":     {`C:\dir\`, `C:\dir`},
		"one dot":                  {`C:\.\dir\.\file\.`, `C:\dir\file`},
		"two dots":                 {`C:\a\b\..\c`, `C:\a\c`},
		"two dots last":            {`C:\a\b\..`, `C:\a`},
		"above the root":           {`C:\..\..\a`, `C:\a`},
		"to the root":              {`C:\a\..`, `C:\`},
		"trailing dots":            {`C:\dir\file...`, `C:\dir\file`},
		"trailing spaces":          {`C:\dir\file  `, `C:\dir\file`},
		"trailing dots and spaces": {`C:\dir\file. .`, `C:\dir\file`},
		"three dots last":          {`C:\dir\...`, `C:\dir`},
		"dots and space last":      {`C:\dir\.. `, `C:\dir`},
		"dot within the path":      {`C:\dir.\file`, `C:\dir\file`},
		"leading dot":              {`C:\.git\.x`, `C:\.git\.x`},
		"leading space":            {`C:\ dir\ file`, `C:\ dir\ file`},
		"beyond ASCII":             {`C:\Grüße\文書\😀`, `C:\Grüße\文書\😀`},
		"replacement character":    {"C:\\a\uFFFDb", "C:\\a\uFFFDb"},
		"looks like a device":      {`C:\CONSOLE\NULL.txt\COM0\COM12\LPT\com¹x\xNUL`, `C:\CONSOLE\NULL.txt\COM0\COM12\LPT\com¹x\xNUL`},
		"share":                    {`\\server\share\dir\file`, `\\server\share\dir\file`},
		"share, slashes":           {`//server/share/dir/file`, `\\server\share\dir\file`},
		"share alone":              {`\\server\share`, `\\server\share\`},
		"share and separator":      {`\\server\share\`, `\\server\share\`},
		"above the share":          {`\\server\share\..\..\a`, `\\server\share\a`},
		"hidden share":             {`\\10.0.0.1\C$\a`, `\\10.0.0.1\C$\a`},
		"share like pipe":          {`\\server\pipes\a`, `\\server\pipes\a`},
		"pipe within a share":      {`\\server\share\pipe`, `\\server\share\pipe`},
		"extended":                 {`\\?\C:\dir\file`, `C:\dir\file`},
		"extended root":            {`\\?\C:\`, `C:\`},
		"extended directory":       {`\\?\C:\dir\`, `C:\dir`},
		"extended share":           {`\\?\UNC\server\share\dir`, `\\server\share\dir`},
		"extended share alone":     {`\\?\unc\server\share`, `\\server\share\`},
		"as long as allowed":       {`C:\` + strings.Repeat(`a`, 128) + `\` + strings.Repeat(`b`, 128), `C:\` + strings.Repeat(`a`, 128) + `\` + strings.Repeat(`b`, 128)},
		"longest name":             {`C:\` + strings.Repeat(`ä`, 255), `C:\` + strings.Repeat(`ä`, 255)},
		"long but for dots":        {`C:\` + strings.Repeat(`.\`, 200) + `a`, `C:\a`},
		"extended and long":        {`\\?\C:` + strings.Repeat(`\abcdefg`, 33), `\\?\C:` + strings.Repeat(`\abcdefg`, 33)},
		"extended share and long":  {`\\?\unc\s\h` + strings.Repeat(`\abcdefg`, 33), `\\?\UNC\s\h` + strings.Repeat(`\abcdefg`, 33)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := winpath.Parse(row.in)
			require.NoError(t, err)
			require.Equal(t, row.want, p.String())
			again, err := winpath.Parse(row.want)
			require.NoError(t, err)
			require.True(t, p == again, "%v is not %v", p, again)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		in   string
		code hresult.HRESULT
		text string // of the reason
	}{
		"empty":                  {``, invalidArg, "empty"},
		"relative":               {`file`, invalidArg, "not a full path: relative"},
		"relative with parts":    {`dir\file`, invalidArg, "not a full path: relative"},
		"relative up":            {`..\file`, invalidArg, "not a full path: relative"},
		"rooted":                 {`\dir\file`, invalidArg, "not a full path: the drive is missing"},
		"rooted, slash":          {`/dir/file`, invalidArg, "not a full path: the drive is missing"},
		"separator":              {`\`, invalidArg, "not a full path: the drive is missing"},
		"name of the kernel":     {`\??\C:\file`, invalidArg, "not a full path: the drive is missing"},
		"drive":                  {`C:`, invalidArg, "not a full path: relative to the drive C:"},
		"relative to a drive":    {`d:file`, invalidArg, "not a full path: relative to the drive d:"},
		"no drive letter":        {`1:\file`, invalidArg, "not a full path: relative"},
		"letter beyond ASCII":    {`Ä:\file`, invalidArg, "not a full path: relative"},
		"URL":                    {`file:///C:/a`, invalidArg, "not a full path: relative"},
		"device path":            {`\\.\PhysicalDrive0`, invalidArg, "the path of a device"},
		"device path to a file":  {`\\.\C:\file`, invalidArg, "the path of a device"},
		"device path, slashes":   {`//./COM1`, invalidArg, "the path of a device"},
		"device path, nothing":   {`\\.`, invalidArg, "the path of a device"},
		"prefix with a slash":    {`//?/C:/file`, invalidArg, "the path of a device"},
		"prefix with one slash":  {`\\?/C:\file`, invalidArg, "the path of a device"},
		"prefix unfinished":      {`\\?`, invalidArg, "the path of a device"},
		"prefix alone":           {`\\?\`, invalidName, `byte 4: not C:\ nor UNC\server\share`},
		"extended relative":      {`\\?\file`, invalidName, `byte 4: not C:\ nor UNC\server\share`},
		"extended drive":         {`\\?\C:`, invalidName, `byte 4: not C:\ nor UNC\server\share`},
		"extended drive file":    {`\\?\C:file`, invalidName, `byte 4: not C:\ nor UNC\server\share`},
		"extended slash":         {`\\?\C:/file`, invalidName, `byte 4: not C:\ nor UNC\server\share`},
		"volume by number":       {`\\?\Volume{4c1b02c1-d990-11dc-99ae-806e6f6e6963}\a`, invalidName, `byte 4: not C:\ nor UNC\server\share`},
		"extended slash within":  {`\\?\C:\dir/file`, invalidName, "byte 10: '/' is reserved"},
		"extended dot":           {`\\?\C:\.\file`, invalidName, "byte 7: a name ends in '.'"},
		"extended dots":          {`\\?\C:\a\..\file`, invalidName, "byte 9: a name ends in '.'"},
		"extended trailing dot":  {`\\?\C:\file.`, invalidName, "byte 7: a name ends in '.'"},
		"extended device":        {`\\?\C:\nul`, invalidName, "byte 7: nul is a device"},
		"extended nothing":       {`\\?\C:\dir\\file`, invalidName, "byte 11: a name is missing"},
		"extended share missing": {`\\?\UNC\server`, badPathname, "byte 14: the name of the share is missing"},
		"extended share slash":   {`\\?\UNC\server/share`, invalidName, "byte 14: '/' is reserved"},
		"server":                 {`\\server`, badPathname, "byte 8: the name of the share is missing"},
		"server and separator":   {`\\server\`, badPathname, "byte 9: the name of the share is missing"},
		"empty share":            {`\\server\\dir`, badPathname, "byte 9: the name of the share is missing"},
		"no server":              {`\\`, badPathname, "byte 2: the name of the server is missing"},
		"empty server":           {`\\\server\share`, badPathname, "byte 2: the name of the server is missing"},
		"server of two dots":     {`\\..\share`, invalidName, "byte 2: a name ends in '.'"},
		"share of two dots":      {`\\server\..\file`, invalidName, "byte 9: a name ends in '.'"},
		"port in the server":     {`\\server:80\share`, invalidName, "byte 8: ':' would name a stream of a file"},
		"pipe":                   {`\\server\PIPE\name`, badPathname, "byte 9: PIPE has no files"},
		"mailslot":               {`\\server\mailslot\name`, badPathname, "byte 9: mailslot has no files"},
		"stream":                 {`C:\dir\file:stream`, invalidName, "byte 11: ':' would name a stream of a file"},
		"stream with type":       {`C:\file::$DATA`, invalidName, "byte 7: ':' would name a stream of a file"},
		"drive within":           {`C:\C:\file`, invalidName, "byte 4: ':' would name a stream of a file"},
		"asterisk":               {`C:\dir\*.txt`, invalidName, "byte 7: '*' is reserved"},
		"question mark":          {`C:\dir\fil?`, invalidName, "byte 10: '?' is reserved"},
		"quotation mark":         {`C:\a"b`, invalidName, `byte 4: '"' is reserved`},
		"less":                   {`C:\a<b`, invalidName, "byte 4: '<' is reserved"},
		"greater":                {`C:\a>b`, invalidName, "byte 4: '>' is reserved"},
		"bar":                    {`C:\a|b`, invalidName, "byte 4: '|' is reserved"},
		"NUL byte":               {"C:\\a\x00b", invalidName, "byte 4: control character U+0000"},
		"line feed":              {"C:\\a\nb", invalidName, "byte 4: control character U+000A"},
		"last control character": {"C:\\dir\\\x1F", invalidName, "byte 7: control character U+001F"},
		"space within the path":  {`C:\dir \file`, invalidName, "byte 3: a name ends in ' '"},
		"dots within the path":   {`C:\dir..\file`, invalidName, "byte 3: a name ends in '.'"},
		"three dots within":      {`C:\...\file`, invalidName, "byte 3: a name ends in '.'"},
		"space and dot within":   {`C:\dir .\file`, invalidName, "byte 3: a name ends in ' '"},
		"space and separator":    {`C:\dir \`, invalidName, "byte 3: a name ends in ' '"},
		"device":                 {`C:\dir\NUL`, invalidName, "byte 7: NUL is a device"},
		"device, lower case":     {`C:\dir\con`, invalidName, "byte 7: con is a device"},
		"device and extension":   {`C:\dir\aux.txt`, invalidName, "byte 7: aux.txt is a device"},
		"device and spaces":      {`C:\dir\prn .a.txt`, invalidName, "byte 7: prn .a.txt is a device"},
		"device and dots":        {`C:\dir\prn. . `, invalidName, "byte 7: prn is a device"},
		"device as directory":    {`C:\com1\file`, invalidName, "byte 3: com1 is a device"},
		"last port":              {`C:\LPT9.x`, invalidName, "byte 3: LPT9.x is a device"},
		"superscript port":       {`C:\com²`, invalidName, "byte 3: com² is a device"},
		"console input":          {`C:\conin$`, invalidName, "byte 3: conin$ is a device"},
		"console output":         {`C:\CONOUT$`, invalidName, "byte 3: CONOUT$ is a device"},
		"not UTF-8":              {"C:\\a\xFFb", invalidName, "byte 4: not UTF-8: byte 0xFF"},
		"unpaired surrogate":     {"C:\\a\xED\xA0\x80", invalidName, "byte 4: not UTF-8: byte 0xED"},
		"name too long":          {`C:\` + strings.Repeat(`a`, 256), invalidName, "byte 3: a name of 256 characters, and the limit is 255"},
		"name of pairs too long": {`C:\` + strings.Repeat(`😀`, 128), invalidName, "byte 3: a name of 256 characters, and the limit is 255"},
		"path too long":          {`C:\` + strings.Repeat(`a`, 128) + `\` + strings.Repeat(`b`, 129), tooLong, "261 characters, and the limit is 260"},
		"extended too long":      {`\\?\C:` + strings.Repeat(`\`+strings.Repeat(`a`, 250), 131), tooLong, "32883 characters, and the limit is 32759"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := winpath.Parse(row.in)
			requireCode(t, err, row.code, "parse")
			e := asError(t, err)
			require.EqualError(t, e.Err, row.text)
			require.True(t, p.IsZero())
			require.Panics(t, func() { winpath.MustParse(row.in) })
		})
	}
}

func TestParseLocalName(t *testing.T) {
	t.Parallel()
	long := `C:\` + strings.Repeat(`a`, 128) + `\` + strings.Repeat(`b`, 128)
	for name, row := range map[string]struct {
		in   string
		code hresult.HRESULT
		text string
	}{
		"file":                {in: `C:\dir\file`},
		"share":               {in: `\\server\share\file`},
		"missing nothing":     {in: long},
		"relative":            {`payload.exe`, invalidArg, "not a full path: relative"},
		"wildcard":            {`C:\dir\*`, invalidArg, "byte 7: '*' is reserved"},
		"stream":              {`C:\dir\file:stream`, invalidArg, "byte 11: ':' would name a stream of a file"},
		"device":              {`C:\dir\NUL`, invalidArg, "byte 7: NUL is a device"},
		"pipe":                {`\\.\pipe\name`, invalidArg, "the path of a device"},
		"pipe of a server":    {`\\server\pipe\name`, invalidArg, "byte 9: pipe has no files"},
		"not UTF-8":           {"C:\\\x80", invalidArg, "byte 3: not UTF-8: byte 0x80"},
		"extended":            {`\\?\C:\dir\file`, invalidArg, `BITS does not take the prefix \\?\`},
		"too long":            {long + `b`, invalidArg, "261 characters, and the limit is 260"},
		"too long as written": {`C:\` + strings.Repeat(`.\`, 129), invalidArg, "261 characters, and the limit is 260"},
		"root":                {`C:\`, notDirectory, "the name of a directory, not of a file"},
		"up to the root":      {`C:\dir\..`, notDirectory, "the name of a directory, not of a file"},
		"share alone":         {`\\server\share`, notDirectory, "the name of a directory, not of a file"},
		"separator":           {`C:\dir\`, notDirectory, "the name of a directory, not of a file"},
		"slash":               {`C:\dir/`, notDirectory, "the name of a directory, not of a file"},
		"three dots":          {`C:\dir\...`, notDirectory, "the name of a directory, not of a file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := winpath.ParseLocalName(row.in)
			if row.code == hresult.S_OK {
				require.NoError(t, err)
				require.Equal(t, row.in, p.String())
				return
			}
			requireCode(t, err, row.code, "parse")
			e := asError(t, err)
			require.EqualError(t, e.Err, row.text)
			require.True(t, p.IsZero())
		})
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	deep := parse(`\\?\C:` + strings.Repeat(`\`+strings.Repeat(`a`, 250), 130))
	for name, row := range map[string]struct {
		in   winpath.Path
		name string
		want string
		code hresult.HRESULT
		text string
	}{
		"to a directory":     {in: parse(`C:\dir`), name: `file`, want: `C:\dir\file`},
		"to a root":          {in: parse(`C:\`), name: `file`, want: `C:\file`},
		"to a share":         {in: parse(`\\server\share`), name: `dir/file`, want: `\\server\share\dir\file`},
		"up":                 {in: parse(`C:\a\b`), name: `..\c`, want: `C:\a\c`},
		"up and not further": {in: parse(`\\server\share\a`), name: `..\..\..\c`, want: `\\server\share\c`},
		"past MAX_PATH":      {in: parse(`C:\` + strings.Repeat(`a`, 255)), name: `BIT1.tmp`, want: `\\?\C:\` + strings.Repeat(`a`, 255) + `\BIT1.tmp`},
		"nothing":            {in: parse(`C:\`), name: ``, code: invalidArg, text: "not relative"},
		"rooted":             {in: parse(`C:\`), name: `\file`, code: invalidArg, text: "not relative"},
		"rooted, slash":      {in: parse(`C:\`), name: `/file`, code: invalidArg, text: "not relative"},
		"full":               {in: parse(`C:\`), name: `C:\file`, code: invalidName, text: "byte 1: ':' would name a stream of a file"},
		"to nothing":         {name: `file`, code: invalidArg, text: "there is no path to join to"},
		"reserved":           {in: parse(`C:\`), name: `a\b?`, code: invalidName, text: "byte 3: '?' is reserved"},
		"not UTF-8":          {in: parse(`C:\`), name: "a\xFF", code: invalidName, text: "byte 1: not UTF-8: byte 0xFF"},
		"too long":           {in: deep, name: strings.Repeat(`b`, 200), code: tooLong, text: "32833 characters, and the limit is 32759"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := row.in.Join(row.name)
			if row.code == hresult.S_OK {
				require.NoError(t, err)
				require.Equal(t, row.want, p.String())
				require.True(t, p == parse(row.want))
				return
			}
			requireCode(t, err, row.code, "join")
			e := asError(t, err)
			require.EqualError(t, e.Err, row.text)
			require.Equal(t, row.name, e.Path)
			require.True(t, p.IsZero())
		})
	}
}

// Where no name ends in dots or spaces, paths resolve as package path says.
func TestParseResolvesLikePackagePath(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		volume := rapid.SampledFrom([]string{`C:`, `\\server\share`}).Draw(t, "volume")
		names := rapid.SliceOf(rapid.SampledFrom([]string{"", ".", "..", "a", "b.c", ".d"})).Draw(t, "names")
		separator := rapid.SampledFrom([]string{`\`, `/`}).Draw(t, "separator")
		p, err := winpath.Parse(volume + separator + strings.Join(names, separator))
		require.NoError(t, err)
		clean := path.Clean("/" + strings.Join(names, "/"))
		require.Equal(t, volume+strings.ReplaceAll(clean, "/", `\`), p.String())
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		``, `C:\`, `c:/a/../b. /`, `C:\a.\b . `, `\\server\share\..\x`, `\\?\C:\a`, `\\?\UNC\s\h\`, `\\.\COM1`, `C:\nul .x`,
		`C:\a:b`, "C:\\\xED\xA0\x80", `C:\ſ\K\ß`, `//s/h/`, `C:\...`, `\\?\C:\` + strings.Repeat(`aaaa\`, 70),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := winpath.Parse(s)
		local, localErr := winpath.ParseLocalName(s)
		if localErr == nil {
			require.NoError(t, err)
			require.True(t, local == p)
			require.NotEmpty(t, p.Base())
		}
		if err != nil {
			require.True(t, p.IsZero())
			code, ok := hresult.Of(err)
			require.True(t, ok && code.Failed())
			require.ErrorIs(t, err, code)
			return
		}
		again, err := winpath.Parse(p.String())
		require.NoError(t, err)
		require.True(t, p == again, "%q and %q", p, again)
		require.True(t, p.Equal(again))
		requireSound(t, p)
	})
}

// requireSound checks what holds for each Path.
func requireSound(t *testing.T, p winpath.Path) {
	t.Helper()
	require.Equal(t, p.IsUNC(), p.Drive() == "")
	require.Equal(t, p.IsUNC(), p.Server() != "" && p.Share() != "")
	require.Equal(t, p.IsRoot(), p.Base() == "")
	require.True(t, strings.HasSuffix(p.Base(), p.Ext()))
	for ; !p.IsRoot(); p = p.Dir() {
		require.NotContains(t, []string{".", ".."}, p.Base())
		require.NotContains(t, p.Base(), "/")
		joined, err := p.Dir().Join(p.Base())
		require.NoError(t, err)
		require.True(t, joined == p, "%q and %q", joined, p)
		require.Less(t, len(p.Dir().String()), len(p.String()))
	}
	require.True(t, p.Dir() == p)
}
