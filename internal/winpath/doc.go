// Package winpath gives Windows paths on every system: a [Path] reads,
// joins and compares local file names as Windows does.
//
//	p, err := winpath.ParseLocalName(`C:/Downloads/.\Setup.exe`)
//	fmt.Println(p) // C:\Downloads\Setup.exe
//
// # Names
//
// [Parse] takes what Windows takes as a full path: `C:\dir\file`,
// `\\server\share\file`, either with slashes, or behind the prefix `\\?\`.
// [ParseLocalName] takes what BITS takes as the local name of a file. What is
// refused is refused with an [*Error], which tells the place and the reason and
// stands for a HRESULT.
//
// Names are kept as they are written and compared without regard to case, by the
// simple upper-casing of Unicode; [Path.Key] says where that differs from
// Windows. Short names (`PROGRA~1`) are names like others, they stand for nothing
// longer.
//
// # Evidence
//
// A letter tells what a statement rests on: D documented by Microsoft (page
// named), W asserted by Wine's tests, O observed, I inferred, C a choice of this
// project where nothing is known.
package winpath
