// Package transcript records what a service of BITS answers to the cases of package
// bitstest, as a text that a person can read, and compares two such recordings.
//
//	recorded := transcript.Record(c, manager, time.Minute, bitstest.Server(url), bitstest.Dir(dir, nil))
//	for _, d := range transcript.Compare(theirs, recorded) {
//		fmt.Println(d)
//	}
//
// A recording has each call in its order, with the object, the arguments, and the
// answer or the HRESULT; waits with the states seen meanwhile; and what callbacks
// were told. What differs from machine to machine and from run to run has a name in
// its place: ids, times, accounts, directories, addresses, and texts in the language
// of the machine. Passwords are never in it.
//
// The tests of this package hold the emulator to the transcripts in testdata, of
// other services. Differences that are known stand in a list beside each
// transcript, with what is known of Windows there: see [Check]. The format, and how
// to make a transcript and send it in, is in docs/transcripts.md.
package transcript
