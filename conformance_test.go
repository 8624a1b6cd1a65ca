package bitsemu_test

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/internal/emulated"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// builds are one build for each version of BITS that differs from the one before,
// and those around the change of Windows 10 1607.
var builds = []winver.Build{
	winver.WindowsVista, winver.Windows7SP1, winver.Windows8_1, winver.Windows10_1511, winver.Windows10_1607,
	winver.Windows10_1703, winver.Windows10_1809, winver.Windows11_24H2,
}

// past are the cases about what is no longer so.
var past = map[string]bool{"helper/before-owners-may": true, "helper/on-a-job-of-who-is-no-administrator": true}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, build := range builds {
		for _, c := range bitstest.Cases() {
			t.Run(build.String()+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				emu, surroundings := emulated.Open(t, build)
				t.Cleanup(func() {
					newest := build == winver.Windows11_24H2
					require.False(t, newest && t.Skipped() && !past[c.Name], "the emulator offers all that a case may need")
				})
				c.Check(t, emu.Manager(), surroundings...)
			})
		}
	}
}

// A service that follows the time does by itself what the others do when told.
func TestConformanceOfTheService(t *testing.T) {
	t.Parallel()
	for _, c := range bitstest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				emu, surroundings := emulated.Open(t, winver.Windows11_24H2, bitsemu.FollowTime())
				c.Check(t, emu.Manager(), append(surroundings, bitstest.Wait(nil))...)
			})
		})
	}
}

// A server on a port answers as one in memory does.
func TestConformanceOverTheNetwork(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(bitstest.Handler())
	t.Cleanup(server.Close)
	for _, c := range bitstest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			emu, surroundings := emulated.Open(t, winver.Windows11_24H2)
			c.Check(t, emu.Manager(), append(surroundings, bitstest.Server(server.URL))...)
		})
	}
}

// unpolled are the cases that wait for time in which no job has anything to do,
// and polling does not make that pass.
var unpolled = map[string]bool{
	"job/modification-time-moves": true, "job/modification-time-moves-by-calls": true,
}

// A program that polls in a loop, and knows nothing of an emulator, gets as far.
func TestConformanceByPolling(t *testing.T) {
	t.Parallel()
	for _, c := range bitstest.Cases() {
		if unpolled[c.Name] {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			emu, surroundings := emulated.Open(t, winver.Windows11_24H2, bitsemu.StepOnPoll())
			_, polled, err := emu.As(token.LocalSystem()).CreateJob(t.Context(), "polled", bits.BG_JOB_TYPE_DOWNLOAD)
			require.NoError(t, err)
			wait := func(done func() bool) bool {
				for range 10000 {
					if done() {
						return true
					}
					_, err := polled.GetState(t.Context())
					require.NoError(t, err)
				}
				return false
			}
			c.Check(t, emu.Manager(), append(surroundings, bitstest.Wait(wait))...)
		})
	}
}

// A service that many cases use one after the other is what a real one is.
func TestConformanceOfOneServiceForAll(t *testing.T) {
	t.Parallel()
	emu, surroundings := emulated.Open(t, winver.Windows11_24H2)
	bitstest.Run(t, func(*testing.T) bits.Manager { return emu.Manager() }, surroundings...)
	require.Zero(t, emu.Len(), "cases leave jobs behind")
}
