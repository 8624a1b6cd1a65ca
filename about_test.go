package bitsemu_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/winver"
)

func TestAbout(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.Windows(winver.Windows10_1607))
	require.Equal(t, winver.Windows10_1607, emu.Build())
	require.Equal(t, "manual", emu.Clock())
	require.Equal(t, "poll", bitsemu.RunT(t, bitsemu.StepOnPoll()).Clock())
	require.Equal(t, "real", bitsemu.RunT(t, bitsemu.FollowTime()).Clock())
}
