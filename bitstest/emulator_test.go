package bitstest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/internal/emulated"
	"github.com/bitsemu/bitsemu/winver"
)

func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	for found, twist := range faults() {
		t.Run(found, func(t *testing.T) {
			t.Parallel()
			c := named(t, found)
			emu, surroundings := emulated.Open(t, winver.Windows11_24H2)
			good := try(t, c, emu.Manager(), surroundings...)
			why, failed := good.failed()
			require.False(t, failed, "without the fault: %s", why)
			require.Empty(t, good.skipped)
			_, failed = try(t, c, twist.of(emu.Manager()), surroundings...).failed()
			require.True(t, failed, "a service with a fault passes")
		})
	}
}

// What TestFaultsAreFound finds is the faults, not what carries them.
func TestTwistOfNothingIsNotFound(t *testing.T) {
	t.Parallel()
	for _, c := range bitstest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			emu, surroundings := emulated.Open(t, winver.Windows11_24H2)
			c.Check(t, (&twist{}).of(emu.Manager()), surroundings...)
		})
	}
}
