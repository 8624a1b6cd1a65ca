package remote_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/winver"
)

// past are the cases about what is no longer so.
var past = map[string]bool{"helper/before-owners-may": true, "helper/on-a-job-of-who-is-no-administrator": true}

// A service in another process is as the one in this.
func TestConformance(t *testing.T) {
	t.Parallel()
	unix, tcp := socket, func(testing.TB) string { return "127.0.0.1:0" }
	for _, way := range []struct {
		name    string
		build   winver.Build
		address func(testing.TB) string
	}{
		{"unix", winver.WindowsVista, unix},
		{"unix", winver.Windows10_1511, unix},
		{"unix", winver.Windows11_24H2, unix},
		{"tcp", winver.Windows11_24H2, tcp},
	} {
		for _, c := range bitstest.Cases() {
			t.Run(way.name+"/"+way.build.String()+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				_, client, surroundings := open(t, way.build, way.address(t))
				t.Cleanup(func() {
					newest := way.build == winver.Windows11_24H2
					require.False(t, newest && t.Skipped() && !past[c.Name], "the emulator offers all that a case may need")
				})
				c.Check(t, client.Manager(), surroundings...)
			})
		}
	}
}

// One service and one client for all cases, as a real program has them.
func TestConformanceOfOneServiceForAll(t *testing.T) {
	t.Parallel()
	emu, client, surroundings := open(t, winver.Windows11_24H2, socket(t))
	bitstest.Run(t, func(*testing.T) bits.Manager { return client.Manager() }, surroundings...)
	require.Zero(t, emu.Len(), "cases leave jobs behind")
}
