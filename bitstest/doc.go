// Package bitstest tests implementations of package bits: the emulator, the
// service of Windows behind COM, or a double of a user's own. What it asserts
// holds for all of them, so it knows none.
//
//	func TestConformance(t *testing.T) {
//		var emu *bitsemu.Emulator
//		open := func(t *testing.T) bits.Manager {
//			emu = bitsemu.RunT(t)
//			emu.Handle("http://files.test", bitstest.Handler())
//			return emu.Manager()
//		}
//		bitstest.Run(t, open,
//			bitstest.Server("http://files.test"),
//			bitstest.Dir(`C:\Downloads`, func(name string) string { return emu.Path(name) }),
//			bitstest.Wait(func(done func() bool) bool {
//				for range 1000 {
//					emu.Settle()
//					if done() {
//						return true
//					}
//					emu.Advance(time.Second)
//				}
//				return false
//			}))
//	}
//
// [Run] takes one manager after the other from open and runs one [Case] on
// each, as a subtest. The options describe the surroundings: where local files
// go, which server there is, how time passes. A case that needs what the options
// do not offer, or what came with a later version of BITS than is there, is
// skipped, and says why. A case leaves nothing behind: it cancels its jobs and
// removes its files.
//
// # What is asserted
//
// Each case names its evidence: D documented by Microsoft with the page, W
// asserted by Wine's tests against Windows, O observed in programs that use
// BITS, I inferred from the others. What no page tells, what pages tell in
// different ways, and what is a choice of an implementation is not asserted: of a
// length on which pages disagree, the shortest must be accepted, and what is too
// long for all of them be refused.
package bitstest
