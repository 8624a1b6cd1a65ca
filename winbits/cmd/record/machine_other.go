//go:build !windows

package main

// thisMachine is none that can be recorded: to connect answers why.
func thisMachine() machine { return machine{} }
