package bitstest_test

import (
	"testing"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
)

// An implementation of package bits is tested in a test of its own.
func ExampleRun() {
	_ = func(t *testing.T) {
		var emu *bitsemu.Emulator
		open := func(t *testing.T) bits.Manager {
			emu = bitsemu.RunT(t)
			if err := emu.Handle("http://files.test", bitstest.Handler()); err != nil {
				t.Fatal(err)
			}
			return emu.Manager()
		}
		bitstest.Run(t, open,
			bitstest.Server("http://files.test"),
			bitstest.Dir(`C:\Downloads`, func(name string) string { return emu.Path(name) }),
			bitstest.Wait(func(done func() bool) bool {
				for range 1000 {
					emu.Settle()
					if done() {
						return true
					}
					emu.Advance(time.Second)
				}
				return false
			}))
	}
}
