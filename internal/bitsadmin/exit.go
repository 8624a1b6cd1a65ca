package bitsadmin

import "runtime"

// ExitCode is a status of [Run] as this system can give it to who called: all of it on
// Windows. Elsewhere it is the lowest eight bits, as a shell sees them of a larger
// number anyway, and 1 instead of a 0 that would look like success.
func ExitCode(status int32) int {
	if runtime.GOOS == "windows" {
		return int(status)
	}
	return portable(status)
}

func portable(status int32) int {
	if code := int(status & 0xff); code != 0 || status == 0 {
		return code
	}
	return 1
}
