package winpath

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Path is a full path of a file or directory, on a drive or on a share. It is a
// small value. Two that are == are equal; those that differ in case alone are
// equal by [Path.Equal]. The zero Path is no path: its texts are empty.
type Path struct {
	text   string // the volume, then a backslash before each name, or one for the root
	volume int    // length of `C:` or `\\server\share`
}

// IsZero reports whether p is the zero Path.
func (p Path) IsZero() bool { return p == Path{} }

// String returns the path as Windows writes it: with backslashes, nothing to be
// resolved, no separator at the end but that of a root. A path longer than
// MAX_PATH gets the prefix `\\?\`, without which it could not be used. [Parse]
// reads all that String writes.
func (p Path) String() string {
	switch {
	case utf16Len(p.text) <= maxPath:
		return p.text
	case p.IsUNC():
		return extendedUNC + p.text[2:]
	}
	return extended + p.text
}

// Drive returns the drive with its colon, "C:", or "" when there is none.
func (p Path) Drive() string {
	if p.IsUNC() {
		return ""
	}
	return p.text[:p.volume]
}

// Server returns the server of a UNC path, else "".
func (p Path) Server() string {
	server, _ := p.serverShare()
	return server
}

// Share returns the share of a UNC path, else "".
func (p Path) Share() string {
	_, share := p.serverShare()
	return share
}

func (p Path) serverShare() (server, share string) {
	if !p.IsUNC() {
		return "", ""
	}
	server, share, _ = strings.Cut(p.text[2:p.volume], `\`)
	return server, share
}

// IsUNC reports whether p lies on a share.
func (p Path) IsUNC() bool { return strings.HasPrefix(p.text, `\\`) }

// IsRoot reports whether p is the root of its drive or share.
func (p Path) IsRoot() bool { return !p.IsZero() && len(p.text) == p.volume+1 }

// Dir returns the directory that p lies in. A root lies in itself.
func (p Path) Dir() Path {
	end := strings.LastIndexByte(p.text, '\\')
	if end <= p.volume { // right below the root, the root itself, or no path
		end = min(p.volume+1, len(p.text))
	}
	return Path{p.text[:end], p.volume}
}

// Base returns the last name of p, or "" for a root.
func (p Path) Base() string {
	return p.text[strings.LastIndexByte(p.text, '\\')+1:]
}

// Ext returns the end of Base from its last dot on, ".exe", or "".
func (p Path) Ext() string {
	base := p.Base()
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
		return base[dot:]
	}
	return ""
}

// Equal reports whether p and q name the same file: whether they are alike but
// for case.
func (p Path) Equal(q Path) bool { return p == q || p.Key() == q.Key() }

// Key returns the path in upper case, the same for paths that are equal, to be
// used as the key of a map. It is not meant to be read, nor to be parsed.
//
// Upper case is that of Unicode, rune by rune. Two things are as in the table of
// Windows' file systems: runes beyond U+FFFF have no case, and no letter outside
// of ASCII becomes one of ASCII. Otherwise Windows' table is somewhat older and
// smaller, and a volume keeps the one it was formatted with (I).
func (p Path) Key() string { return fold(p.text) }

func fold(s string) string {
	return strings.Map(func(r rune) rune {
		upper := unicode.ToUpper(r)
		if r > 0xFFFF || r >= utf8.RuneSelf && upper < utf8.RuneSelf {
			return r
		}
		return upper
	}, s)
}

// names returns the names below the volume, from the top.
func (p Path) names() []string {
	if p.IsZero() || p.IsRoot() {
		return nil
	}
	return strings.Split(p.text[p.volume+1:], `\`)
}

// child returns the path of name in the directory p. The name is known to be good.
func (p Path) child(name string) Path {
	return Path{strings.TrimSuffix(p.text, `\`) + `\` + name, p.volume}
}

// utf16Len returns the number of UTF-16 code units of s, which is how Windows
// counts characters.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
