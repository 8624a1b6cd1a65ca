// Package winver knows Windows builds by name, and what each of them implies
// for BITS: the BITS version it carries, whether IBitsTokenOptions exists, and
// which of the rules that changed over the years are in force.
//
// A [Build] is the number that Windows itself reports, so a build that has no
// constant here is written as a plain number and behaves like the newest named
// build not above it:
//
//	b := winver.Windows10_1607
//	fmt.Println(b, b.BITS(), b.OwnerMayUseHelperToken())
//	// Windows 10 1607 (build 14393) 5.0 true
//
//	b, err := winver.Parse("Server 2022") // also "20348", "10.0.20348", "build 20348"
//
// # Evidence
//
// Docs in this package mark each statement with the kind of evidence behind it:
// D documented by Microsoft (page named), I inferred from documented facts,
// C a choice of this project where nothing is known.
//
// # Older than Vista
//
// Numbers below 6000 are builds from before Windows Vista. BITS came to those
// systems in separate downloads, so the build does not tell its version (C):
// [Build.BITS] answers the zero [Version] and every question answers no. The
// zero Build is one of them.
package winver
