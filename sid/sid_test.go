package sid_test

import (
	"math"
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

func TestZero(t *testing.T) {
	t.Parallel()
	var zero sid.SID
	require.True(t, zero.IsZero())
	require.Empty(t, zero.String())
	require.Empty(t, zero.Name())
	require.Zero(t, zero.Len())
	require.Zero(t, zero.Authority())
	require.Zero(t, zero.NumSubAuthorities())
	_, ok := zero.RID()
	require.False(t, ok)
	_, ok = zero.Domain()
	require.False(t, ok)

	null, err := sid.New(sid.SECURITY_NULL_SID_AUTHORITY)
	require.NoError(t, err)
	require.Equal(t, "S-1-0", null.String())
	require.False(t, null.IsZero())
	require.NotEqual(t, zero, null)
}

func TestComparable(t *testing.T) {
	t.Parallel()
	require.Equal(t, uintptr(sid.SECURITY_MAX_SID_SIZE), unsafe.Sizeof(sid.SID{}))

	// A SID that once had more sub authorities is the same value.
	long := sid.MustParse("S-1-5-18-4711")
	short, ok := long.Domain()
	require.True(t, ok)
	require.True(t, short == sid.LocalSystem)
	m := map[sid.SID]int{sid.LocalSystem: 1}
	m[short]++
	require.Equal(t, map[sid.SID]int{sid.LocalSystem: 2}, m)
}

func TestNew(t *testing.T) {
	t.Parallel()
	s, err := sid.New(sid.SECURITY_NT_AUTHORITY, sid.SECURITY_NT_NON_UNIQUE, 1, 2, 3, 500)
	require.NoError(t, err)
	require.Equal(t, "S-1-5-21-1-2-3-500", s.String())
	require.EqualValues(t, 5, s.Authority())
	require.Equal(t, 5, s.NumSubAuthorities())
	for i, want := range []uint32{21, 1, 2, 3, 500} {
		require.Equal(t, want, s.SubAuthority(i))
	}
	require.Panics(t, func() { s.SubAuthority(5) })
	require.Panics(t, func() { s.SubAuthority(-1) })

	s, err = sid.New(1<<48-1, slices.Repeat([]uint32{math.MaxUint32}, 15)...)
	require.NoError(t, err)
	require.Equal(t, uint64(1<<48-1), s.Authority())
	require.Equal(t, sid.SECURITY_MAX_SID_SIZE, s.Len())
	require.Len(t, s.String(), 183)
	require.Less(t, len(s.String()), sid.SECURITY_MAX_SID_STRING_CHARACTERS)

	_, err = sid.New(1<<48, 1)
	require.EqualError(t, err, `sid: "281474976710656": authority: over 281474976710655, the largest of 48 bits`)
	_, err = sid.New(5, make([]uint32, 16)...)
	require.EqualError(t, err, `sid: "16": number of sub authorities: over 15`)
}

func TestDomainAndRID(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sid, domain string
		rid               uint32
	}{
		{"account", account, "S-1-5-21-3623811015-3361044348-30300820", 1013},
		{"alias of BUILTIN", "S-1-5-32-544", "S-1-5-32", 544},
		{"single sub authority", "S-1-5-18", "S-1-5", 18},
		{"full", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14", 15},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := sid.MustParse(tt.sid)
			rid, ok := s.RID()
			require.True(t, ok)
			require.Equal(t, tt.rid, rid)
			domain, ok := s.Domain()
			require.True(t, ok)
			require.Equal(t, tt.domain, domain.String())
			back, err := domain.WithRID(rid)
			require.NoError(t, err)
			require.Equal(t, s, back)
		})
	}

	_, ok := sid.NTAuthority.RID()
	require.False(t, ok)
	_, ok = sid.NTAuthority.Domain()
	require.False(t, ok)
}

func TestWithRIDRefused(t *testing.T) {
	t.Parallel()
	_, err := sid.SID{}.WithRID(500)
	require.EqualError(t, err, `sid: "": domain: the zero SID is no domain`)
	const full = "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"
	_, err = sid.MustParse(full).WithRID(500)
	require.EqualError(t, err, `sid: "`+full+`": domain: has 15 sub authorities, no room for a RID`)
}

func TestCompare(t *testing.T) {
	t.Parallel()
	ordered := []sid.SID{
		{},
		sid.Null,
		sid.Everyone,
		sid.NTAuthority,
		sid.MustParse("S-1-5-9"),
		sid.MustParse("S-1-5-9-0"),
		sid.MustParse("S-1-5-9-1"),
		sid.MustParse("S-1-5-10"),
		sid.MustParse("S-1-5-4294967295"),
		sid.MandatoryHigh,
		sid.MustParse("S-1-4294967295-1"),
		sid.MustParse("S-1-0x000100000000-1"),
	}
	for i, a := range ordered {
		for j, b := range ordered {
			c := a.Compare(b)
			require.Equal(t, i < j, c < 0, "%v, %v", a, b)
			require.Equal(t, i == j, c == 0, "%v, %v", a, b)
		}
	}
}
