// Package bits is the contract between a program and the Background Intelligent
// Transfer Service: its interfaces, enumerations, flags and identifiers, as Go
// knows them and under the names that Microsoft gave them. There is no
// behaviour in it. A program that is written against this package runs on the
// service of Windows, and in its tests on an emulator.
//
//	state := bits.BG_JOB_STATE_TRANSFERRED
//	fmt.Println(state, state.Short(), state.Final()) // BG_JOB_STATE_TRANSFERRED TRANSFERRED false
//
//	flags, err := bits.Parse[bits.HelperTokenFlags]("LOCAL_FILE|NETWORK")
//	fmt.Println(flags) // BG_TOKEN_LOCAL_FILE|BG_TOKEN_NETWORK
//
// # Values
//
// Every enumeration and every set of flags is a type of its own, with the
// numbers of Windows. They print and read as text in one way everywhere: in
// dumps, in JSON and on command lines. A value without a name prints as its
// number and is read back; whether Windows knows it is what Valid tells.
//
// # Evidence
//
// Docs in this package mark each statement with the kind of evidence behind it:
// D documented by Microsoft (page named), W asserted by Wine's tests against
// Windows, O observed in the wild, I inferred from the others, C a choice of
// this project where nothing is known.
package bits
