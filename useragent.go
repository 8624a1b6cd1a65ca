package bitsemu

import "github.com/bitsemu/bitsemu/winver"

// userAgent is what BITS of the emulated build says it is: the version of its library
// (O that it is this; D what-s-new.md for the numbers up to BITS 5.0, which later
// versions go on with, I).
func (e *Emulator) userAgent() string {
	version := "7.8"
	switch build := e.conf.build; {
	case build.BITS() < winver.BITS4_0:
		version = "7.0"
	case build.BITS() < winver.BITS5_0:
		version = "7.5"
	case build.BITS() == winver.BITS5_0 && !build.AtLeast(winver.Windows10_1507):
		version = "7.7"
	}
	return "Microsoft BITS/" + version
}
