// Package winpath gives Windows paths on every system: a [Path] reads, joins and
// compares local file names as Windows does, and a [Disk] keeps the files that
// they name below directories of the machine it runs on.
//
//	root, err := os.OpenRoot(dir)
//	disk, err := winpath.NewDisk(map[string]*os.Root{`C:\`: root})
//
//	p, err := winpath.ParseLocalName(`C:/Downloads/.\Setup.exe`)
//	fmt.Println(p)                            // C:\Downloads\Setup.exe
//	f, err := disk.OpenFile(p, os.O_RDONLY)   // finds downloads/SETUP.EXE too
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
// # Files
//
// A Disk maps drives, shares and directories to values of [os.Root], which no
// name and no symbolic link leaves. Names are found whatever their case, also
// where the file system of the machine minds it. A name that is written as the
// entry is costs one call; another costs a call and perhaps a reading of the
// directory for each of its parts, and so does every new name, as it must be
// known that no entry has it in another case. Nothing is remembered between
// calls: another process may change a directory at any time without a sign that
// could be relied on.
//
// All methods of a Disk may be called at once. Those that add names are served
// one by one, so that no two of them add one name in two cases. A process that
// adds names to the same directories by other means may still do so; then the
// entry written exactly as asked for is taken, else the first in byte order (C).
//
// # Evidence
//
// A letter tells what a statement rests on: D documented by Microsoft (page
// named), W asserted by Wine's tests, O observed, I inferred, C a choice of this
// project where nothing is known.
package winpath
