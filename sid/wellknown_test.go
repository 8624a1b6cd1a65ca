package sid_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

func TestWellKnownValues(t *testing.T) {
	t.Parallel()
	for _, v := range wellKnownValues {
		var want sid.SID
		require.NoError(t, want.UnmarshalText([]byte(v.want)), v.name)
		require.Equal(t, want, v.got, v.name)
	}
	for _, v := range domainRIDs {
		_, want, _ := strings.Cut(v.want, ">-")
		require.Equal(t, want, strconv.FormatUint(uint64(v.got), 10), v.name)
	}
}

// The names that other packages rely on, so that a renaming in the table shows.
func TestWellKnownNames(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]sid.SID{
		"S-1-1-0":      sid.Everyone,
		"S-1-5-4":      sid.Interactive,
		"S-1-5-6":      sid.Service,
		"S-1-5-11":     sid.AuthenticatedUsers,
		"S-1-5-12":     sid.RestrictedCode,
		"S-1-5-18":     sid.LocalSystem,
		"S-1-5-19":     sid.LocalService,
		"S-1-5-20":     sid.NetworkService,
		"S-1-5-33":     sid.WriteRestrictedCode,
		"S-1-5-32-544": sid.BuiltinAdministrators,
		"S-1-5-32-545": sid.BuiltinUsers,
		"S-1-16-0":     sid.MandatoryUntrusted,
		"S-1-16-4096":  sid.MandatoryLow,
		"S-1-16-8192":  sid.MandatoryMedium,
		"S-1-16-8448":  sid.MandatoryMediumPlus,
		"S-1-16-12288": sid.MandatoryHigh,
		"S-1-16-16384": sid.MandatorySystem,
	} {
		require.Equal(t, want, got.String())
	}
}

// TestWellKnownTable compares the package with the table of the specification,
// which wellknown.tsv was made from.
func TestWellKnownTable(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/wellknown-sids.tsv")
	require.NoError(t, err)
	domains := testDomains()
	templates := strings.NewReplacer(
		"S-1-5-21-<machine>", domains.Machine.String(),
		"S-1-5-21-<domain>", domains.Domain.String(),
		"S-1-5-21-<root-domain>", domains.RootDomain.String(),
	)
	variables := make(map[string]bool)
	for _, v := range wellKnownValues {
		variables[v.want] = true
	}
	rids := make(map[string]bool)
	for _, v := range domainRIDs {
		rids[v.name] = true
	}

	lines := strings.Split(strings.TrimSpace(string(data)), "\n")[1:]
	require.Len(t, lines, 140)
	aliases, outside := 0, 0
	for _, line := range lines {
		cells := strings.Split(line, "\t")
		alias, text, constant, name := cells[0], templates.Replace(cells[1]), cells[2], cells[5]
		if strings.Contains(text, "<") {
			outside++ // TestTemplates has them
			continue
		}

		var s sid.SID
		require.NoError(t, s.UnmarshalText([]byte(text)), line)
		if text == cells[1] {
			require.True(t, variables[text], "no variable: %s", line)
			name, _, _ = strings.Cut(name, " (") // a remark
		} else {
			require.True(t, rids[constant[strings.LastIndex(constant, "+")+1:]], "no constant: %s", line)
			_, name, _ = strings.Cut(name, `\`) // the domain
			if name == "(reserved)" {
				name = ""
			}
		}
		require.Equal(t, name, s.Name(), line)

		if alias == "-" {
			continue
		}
		aliases++
		got, err := domains.Parse(alias)
		require.NoError(t, err, line)
		require.Equal(t, s, got, line)
		got, err = sid.Parse(strings.ToLower(alias))
		if text == cells[1] {
			require.NoError(t, err, line)
			require.Equal(t, s, got, line)
		} else {
			require.ErrorContains(t, err, "needs a domain", line)
		}
	}
	require.Equal(t, 68, aliases)
	require.Equal(t, 9, outside)
	require.Equal(t, len(lines), len(variables)+len(rids)+outside, "rows of our own")
}

// Two letters are an alias of the table or refused.
func TestNoOtherAlias(t *testing.T) {
	t.Parallel()
	n := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if _, err := testDomains().Parse(string(a) + string(b)); err == nil {
				n++
			}
		}
	}
	require.Equal(t, 68, n)
}
