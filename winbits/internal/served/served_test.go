package served_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/winbits/internal/served"
)

// The emulator finds on this server what the cases about uploads ask for.
func TestServer(t *testing.T) {
	t.Parallel()
	server, opts, err := served.New()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	tried := 0
	for _, c := range bitstest.Cases() {
		switch c.Name {
		case "upload/done", "upload/told", "upload/replied", "life/download":
			tried++
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				emu := bitsemu.RunT(t)
				c.Check(t, emu.Manager(), append(slices.Clip(opts), bitstest.Dir(`C:\Downloads`, emu.Path), bitstest.Wait(func(done func() bool) bool {
					for range 1000 {
						if done() {
							return true
						}
						emu.Settle()
					}
					return done()
				}))...)
			})
		}
	}
	require.Equal(t, 4, tried)
}
