// Package bitsadmin is the command of that name, for any system, on the emulator: a
// program that runs bitsadmin, in whatever language, finds this one first in PATH and
// is tested without a Windows machine.
//
//	status := bitsadmin.Run(ctx, []string{"/RAWRETURN", "/CREATE", "update"}, bitsadmin.Env{
//		Getenv: os.Getenv, // BITSEMU_STORE and others say which machine it works on
//		Stdout: os.Stdout, Stderr: os.Stderr,
//	})
//
// The grammar, the formats and the exit codes are those that have been seen of
// bitsadmin.exe; docs/bitsadmin.md tells them from those that are guesses. Where the
// jobs are is a [Place]: a store file, which is open for as long as a command takes, so
// that nothing is left running behind the user's back, or a service that is running
// already (package remote).
package bitsadmin
