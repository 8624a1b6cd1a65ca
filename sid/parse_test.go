package sid_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

func TestParseVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		t.Run(v.text, func(t *testing.T) {
			t.Parallel()
			s, err := sid.Parse(v.text)
			require.NoError(t, err)
			require.Equal(t, v.text, s.String())
			want, err := sid.FromBinary(fromHex(t, v.hex))
			require.NoError(t, err)
			require.Equal(t, want, s)
		})
	}
}

func TestParseOtherForms(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"lower-case s", "s-1-5-18", "S-1-5-18"},
		{"all in hex", "S-0x1-0XC-0x1a", "S-1-12-26"},
		{"padded hex revision", "S-0X01-5-18", "S-1-5-18"},
		{"upper-case hex digits", "S-1-0xABCDEF-0XFFFFFFFF", "S-1-11259375-4294967295"},
		{"hex authority below 2^32", "S-1-0x000000000005-0x00000012", "S-1-5-18"},
		{"hex authority without padding", "S-1-0x28651FE848-12-72-9-110", "S-1-0x0028651fe848-12-72-9-110"},
		{"hex among decimals", "S-1-5-0x20-544", "S-1-5-32-544"},
		{"zeros", "S-1-0-0x0", "S-1-0-0"},
		{"alias", "SY", "S-1-5-18"},
		{"alias in mixed case", "wD", "S-1-1-0"},
		{"alias in lower case", "ba", "S-1-5-32-544"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := sid.Parse(tt.text)
			require.NoError(t, err)
			require.Equal(t, tt.want, s.String())
		})
	}
}

func TestParseRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range badText {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := sid.Parse(tt.text)
			require.EqualError(t, err, tt.want)
			require.True(t, s.IsZero())
			_, err = sid.Domains{}.Parse(tt.text)
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestMustParse(t *testing.T) {
	t.Parallel()
	require.Equal(t, sid.LocalSystem, sid.MustParse("S-1-5-18"))
	require.PanicsWithError(t, `sid: "root": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`, func() { sid.MustParse("root") })
}

func TestParseAllocatesNothing(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() { sink, _ = sid.Parse(account) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { sink, _ = sid.Parse("S-0x1-0x5-0x20-0x220") }))
	require.Zero(t, testing.AllocsPerRun(100, func() { sink, _ = sid.Parse("ba") }))
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { text = sid.MustParse(account).String() }), 1.0)
}

// grammar and naiveParse state the accepted texts a second time, in the
// slow and obvious way.
var grammar = regexp.MustCompile(`^[Ss]-(1|0[xX]0?1)-(0|[1-9][0-9]*|0[xX][0-9a-fA-F]{1,12})((?:-(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]{1,8})){1,15})$`)

func naiveParse(s string) (authority uint64, sub []uint32, ok bool) {
	m := grammar.FindStringSubmatch(s)
	if m == nil {
		return 0, nil, false
	}
	bits := 32
	if len(m[2]) > 1 && m[2][0] == '0' {
		bits = 48
	}
	authority, err := strconv.ParseUint(m[2], 0, bits)
	if err != nil {
		return 0, nil, false
	}
	for field := range strings.SplitSeq(m[3][1:], "-") {
		v, err := strconv.ParseUint(field, 0, 32)
		if err != nil {
			return 0, nil, false
		}
		sub = append(sub, uint32(v))
	}
	return authority, sub, true
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.text)
	}
	for _, tt := range badText {
		f.Add(tt.text)
	}
	for _, s := range []string{"wD", "DA", "S-0x1-0XC-0x1a", "s-1-5-21-1-2-3-500"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := sid.Parse(s)
		if len(s) == 2 {
			return // an alias, of which TestWellKnownTable has all
		}
		authority, sub, ok := naiveParse(s)
		require.Equal(t, ok, err == nil, "%q: %v", s, err)
		if !ok {
			require.True(t, got.IsZero())
			require.NotEmpty(t, err.Error())
			return
		}
		want, err := sid.New(authority, sub...)
		require.NoError(t, err)
		require.Equal(t, want, got)
		again, err := sid.Parse(got.String())
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
