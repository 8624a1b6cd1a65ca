package token_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

func TestIntegrity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		integrity token.Integrity
		label     string
	}{
		{"Untrusted", token.IntegrityUntrusted, "S-1-16-0"},
		{"Low", token.IntegrityLow, "S-1-16-4096"},
		{"Medium", token.IntegrityMedium, "S-1-16-8192"},
		{"MediumPlus", token.IntegrityMediumPlus, "S-1-16-8448"},
		{"High", token.IntegrityHigh, "S-1-16-12288"},
		{"System", token.IntegritySystem, "S-1-16-16384"},
		{"Protected", token.IntegrityProtected, "S-1-16-20480"},
		{"0x2010", 0x2010, "S-1-16-8208"},
		{"0xffffffff", math.MaxUint32, "S-1-16-4294967295"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.name, tt.integrity.String())
			require.Equal(t, sid.MustParse(tt.label), tt.integrity.SID())
			text, err := tt.integrity.MarshalText()
			require.NoError(t, err)
			require.Equal(t, tt.label, string(text))
			for _, form := range []string{tt.label, tt.name} {
				var back token.Integrity
				require.NoError(t, back.UnmarshalText([]byte(form)))
				require.Equal(t, tt.integrity, back)
			}
			back, ok := token.IntegrityOf(tt.integrity.SID())
			require.True(t, ok)
			require.Equal(t, tt.integrity, back)
		})
	}
}

func TestIntegrityOfWellKnownLabels(t *testing.T) {
	t.Parallel()
	require.Equal(t, sid.MandatoryMedium, token.IntegrityMedium.SID())
	require.Equal(t, sid.MandatoryMediumPlus, token.IntegrityMediumPlus.SID())
	require.Equal(t, sid.MandatorySystem, token.IntegritySystem.SID())
}

func TestParseIntegrityIgnoresCase(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"high", "HIGH", "0x3000", "s-1-16-12288", "HI"} {
		i, err := token.ParseIntegrity(text)
		require.NoError(t, err, text)
		require.Equal(t, token.IntegrityHigh, i, text)
	}
}

func TestWhatIsNoIntegrityLevel(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "hi there", "8192", "0x", "0x100000000", "-1", "S-1-16", "S-1-16-1-2", "S-1-5-18", "S-1-16-x", "SY", "\x00"} {
		integrity := token.IntegrityHigh
		require.ErrorContains(t, integrity.UnmarshalText([]byte(text)), "is no integrity level: want", text)
		require.Equal(t, token.IntegrityHigh, integrity)
	}
	for _, label := range []sid.SID{{}, sid.LocalSystem, sid.MustParse("S-1-16-8192-1"), sid.MustParse("S-1-15-8192")} {
		i, ok := token.IntegrityOf(label)
		require.False(t, ok, label.String())
		require.Zero(t, i)
	}
}
