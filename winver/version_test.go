package winver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/winver"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	tests := []struct {
		version      winver.Version
		major, minor uint8
		text         string
	}{
		{winver.BITS3_0, 3, 0, "3.0"},
		{winver.BITS4_0, 4, 0, "4.0"},
		{winver.BITS5_0, 5, 0, "5.0"},
		{winver.BITS10_1, 10, 1, "10.1"},
		{winver.BITS10_2, 10, 2, "10.2"},
		{winver.BITS10_3, 10, 3, "10.3"},
		{winver.MakeVersion(255, 254), 255, 254, "255.254"},
		{0, 0, 0, "unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.text, tt.version.String())
			require.Equal(t, tt.major, tt.version.Major())
			require.Equal(t, tt.minor, tt.version.Minor())
			require.Equal(t, tt.version, winver.MakeVersion(tt.major, tt.minor))
		})
	}
}

func TestVersionsCompareByOperator(t *testing.T) {
	t.Parallel()
	require.Less(t, winver.MakeVersion(1, 5), winver.MakeVersion(2, 0))
	require.Less(t, winver.BITS5_0, winver.BITS10_1, "10.1 is newer than 5.0 although its text sorts before")
	require.Less(t, winver.BITS10_1, winver.BITS10_2)
}
