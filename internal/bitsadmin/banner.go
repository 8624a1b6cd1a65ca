package bitsadmin

import "github.com/bitsemu/bitsemu/winver"

// banner is what every command begins with that has no /RAWRETURN: an empty line, three
// lines, and an empty line. Before Windows 10 1809 there were two more lines. The shape
// is that of bitsadmin.exe, and what it says is about us.
func banner(p *printer, build winver.Build) {
	p.line("")
	p.line("BITSADMIN version 3.0 [ bitsemu ]")
	p.line("BITS administration utility.")
	p.line("(C) Copyright the bitsemu authors; no product of Microsoft.")
	p.line("")
	if !build.AtLeast(winver.Windows10_1809) {
		p.line("BITSAdmin is deprecated on the Windows that is emulated here, and still there on all that came after it.")
		p.line("Administrative tools for the BITS service are PowerShell cmdlets there, which bitsemu has not.")
		p.line("")
	}
}
