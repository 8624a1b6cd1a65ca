package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMasked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Received unexpected error: winbits: IA::M: E_NOTIMPL (0x80004001): This is not provided.": "IA::M: E_NOTIMPL (0x80004001)",
		`open C:\bitstest\bitstest-0ccc01cb-i`:                                                     `open C:\bitstest\bitstest-i`,
		"[]uuid.UUID{uuid.UUID{0xa, 0x3a}, uuid.UUID{0xc3, 0x3f}}":                                 "[]uuid.UUID{<ids>}",
		"{JobTransferred [44 34 26 214 224 117 78 44 155 214 118 242 234 104 5 230] 6}":            "{JobTransferred <id> 6}",
		strings.Repeat("ä", longest+1):                                                             strings.Repeat("ä", longest) + "…",
	} {
		require.Equal(t, want, masked(in))
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	require.Empty(t, difference([]string{"a", "b"}, []string{"b", "a"}))
	require.Equal(t, "listed:   a\nhappened: c\n", difference([]string{"a", "b"}, []string{"b", "c"}))
}
