package bitsadmin_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/bitsadmin"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		args []string
		want bitsadmin.Parsed
	}{
		{"nothing", nil, bitsadmin.Parsed{}},
		{"a command", []string{"/List", "/Verbose"}, bitsadmin.Parsed{Command: "LIST", Args: []string{"/Verbose"}}},
		{"what comes before", []string{"/rawreturn", "/NOWRAP", "/info", "x"}, bitsadmin.Parsed{Raw: true, NoWrap: true, Command: "INFO", Args: []string{"x"}}},
		{"the last counts", []string{"/nowrap", "/wrap", "/list"}, bitsadmin.Parsed{Command: "LIST"}},
		{"behind the command it is an argument", []string{"/getstate", "/rawreturn"}, bitsadmin.Parsed{Command: "GETSTATE", Args: []string{"/rawreturn"}}},
		{"no switch", []string{"list"}, bitsadmin.Parsed{Command: "no switch"}},
		{"a slash", []string{"/"}, bitsadmin.Parsed{Command: "no switch"}},
		{"a family", []string{"/util", "/version", "/verbose"}, bitsadmin.Parsed{Command: "UTIL /VERSION", Args: []string{"/verbose"}}},
		{"a family alone", []string{"/cache"}, bitsadmin.Parsed{Command: "CACHE /?"}},
		{"the help of a family", []string{"/peers", "/help"}, bitsadmin.Parsed{Command: "PEERS /?"}},
		{"no switch in a family", []string{"/peers", "list"}, bitsadmin.Parsed{Command: "PEERS /no switch"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := bitsadmin.Parse(row.args)
			if len(got.Args) == 0 {
				got.Args = nil
			}
			require.Equal(t, row.want, got)
		})
	}
}

// FuzzArguments runs command lines, one argument a line, on a place that lets nobody in.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{
		"", "/?", "/list\n/verbose", "/rawreturn\n/nowrap\n/getstate\nx", "/util\n/setieproxy\na\nb", "--store\nx\n/list", "--as=alice elevated\n/list",
		"--drives=C:=x;D:\n/reset", "/transfer\n/Download\n/priority\nforeground\nhttp://x/\nC:\\x", "/transfer\nj\n/aclflags", "/monitor\n/refresh",
		"/monitor\n/refresh\n0x1", "/setproxysettings\nj\noverride", "/addfilewithranges\nj\nu\nl\n0:eof,:", "--as={}\n/list", "--windows=95\n/list",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		args := strings.Split(text, "\n")
		line := bitsadmin.Parse(args)
		require.LessOrEqual(t, len(line.Args), len(args))
		if utf8.ValidString(text) {
			require.Equal(t, strings.ToUpper(line.Command), strings.ReplaceAll(line.Command, "no switch", "NO SWITCH"))
		}
		out, stderr, status := runNowhere(t, args)
		require.NotEmpty(t, out+stderr, "it is never silent")
		if stderr != "" {
			require.NotZero(t, status)
		}
	})
}
