package token_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/token"
)

func TestLevel(t *testing.T) {
	t.Parallel()
	tests := []struct {
		level  token.Level
		number uint8 // RPC_C_IMP_LEVEL
		name   string
		text   string
	}{
		{token.LevelAnonymous, 1, "Anonymous", "anonymous"},
		{token.LevelIdentify, 2, "Identify", "identify"},
		{token.LevelImpersonate, 3, "Impersonate", "impersonate"},
		{token.LevelDelegate, 4, "Delegate", "delegate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.number, uint8(tt.level))
			require.Equal(t, tt.name, tt.level.String())
			text, err := tt.level.MarshalText()
			require.NoError(t, err)
			require.Equal(t, tt.text, string(text))
			for _, form := range []string{tt.name, tt.text} {
				var back token.Level
				require.NoError(t, back.UnmarshalText([]byte(form)))
				require.Equal(t, tt.level, back)
			}
		})
	}
}

func TestNumbersThatAreNoLevel(t *testing.T) {
	t.Parallel()
	for level, text := range map[token.Level]string{0: "0", 5: "5", 255: "255"} {
		require.Equal(t, text, level.String())
		_, err := level.MarshalText()
		require.EqualError(t, err, "token: "+text+" is no impersonation level: want 1 to 4")
	}
	level := token.LevelDelegate
	for _, text := range []string{"", "3", "impersonation", "\xff"} {
		require.ErrorContains(t, level.UnmarshalText([]byte(text)), "is no impersonation level: want anonymous, identify, impersonate or delegate")
		require.Equal(t, token.LevelDelegate, level)
	}
}
