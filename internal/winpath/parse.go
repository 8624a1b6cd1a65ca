package winpath

import (
	"strings"

	"github.com/bitsemu/bitsemu/hresult"
)

const (
	extended    = `\\?\`
	extendedUNC = `\\?\UNC\`

	// maxPath is MAX_PATH, in UTF-16 code units. Win32 counts the NUL at the end
	// (D: maximum-file-path-limitation), so that 259 are left; the limit of BITS
	// for local names is written as MAX_PATH without it (D: ns-bits-bg_file_info,
	// nf-bits1_5-ibackgroundcopyjob2-setreplyfilename). The latter is taken
	// everywhere, so that each name that BITS takes is a Path (C).
	maxPath = 260

	// maxExtended is the limit for what stands behind the prefix: 32767 with it,
	// which the page calls approximate (D: maximum-file-path-limitation).
	maxExtended = 32767 - len(extendedUNC)
)

// Parse reads a full path. It takes a drive or a share, with backslashes or
// slashes, and resolves it as Windows does (D: naming-a-file and, of the .NET
// documentation, file-path-formats):
//
//   - Separators in a row count as one; one at the end is dropped.
//   - `.` and `..` are resolved, and `..` in a root is the root.
//   - One dot at the end of a name is dropped, and all dots and spaces at the end
//     of the last name. Other names that end so could be had on Windows, but hardly
//     a program can use them, and they are refused (C).
//
// Behind `\\?\` nothing is resolved, and the names that would be are refused:
// other programs could not name such files (C). A share may stand there as
// `\\?\UNC\server\share`.
//
// The error is an [*Error] with one of these codes:
//
//   - E_INVALIDARG: s is empty, relative, rooted (`\file`), relative to a drive
//     (`C:file`) (O: AddFile answers so), or a device path (`\\.\...`) (C).
//   - ERROR_INVALID_NAME: a name has a reserved or control character, names a
//     stream (`file:stream`), is a device (NUL, COM1.txt), ends in a space, or is
//     over 255 characters (D: naming-a-file). Devices are refused in every place
//     and with every extension, as all versions of Windows before 11 do (I). Text
//     that is not valid UTF-8, such as an unpaired surrogate, is refused too (C).
//   - ERROR_BAD_PATHNAME: there is a server but no share, or a share that is no
//     directory (`\\server\pipe`) (I).
//   - ERROR_FILENAME_EXCED_RANGE: the path, resolved, has over 260 characters
//     (MAX_PATH), or with the prefix about 32767 (I; Windows has several answers).
func Parse(s string) (Path, error) {
	p, _, err := parse(s)
	if err != nil {
		return Path{}, err
	}
	return p, nil
}

// MustParse is [Parse] for names that are known to be good; it panics otherwise.
func MustParse(s string) Path {
	p, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return p
}

// ParseLocalName reads the local name of a file as AddFile, AddFileSet,
// AddFileWithRanges and SetReplyFileName take it. Beyond [Parse], the name is
// limited to 260 characters as written, and it must not have the prefix `\\?\`
// (D: nf-bits-ibackgroundcopyjob-addfile). The path may lie on a share (I).
//
// The error is an [*Error]. Its code is E_INVALIDARG whatever the matter is (D:
// nf-bits-ibackgroundcopyjob-addfile, for a bad name or a relative path), but for
// a name that ends in a separator or is a root, and so can only be a directory:
// ERROR_DIRECTORY (I; AddFile has been seen to answer this, O, though not for
// which name).
func ParseLocalName(s string) (Path, error) {
	if n := utf16Len(s); n > maxPath {
		return Path{}, refuse(s, hresult.E_INVALIDARG, "%d characters, and the limit is %d", n, maxPath)
	}
	if strings.HasPrefix(s, extended) {
		return Path{}, refuse(s, hresult.E_INVALIDARG, `BITS does not take the prefix \\?\`)
	}
	p, directory, err := parse(s)
	if err != nil {
		err.Code = hresult.E_INVALIDARG
		return Path{}, err
	}
	if directory || p.IsRoot() {
		return Path{}, refuse(s, hresult.HRESULT_FROM_WIN32_ERROR_DIRECTORY, "the name of a directory, not of a file")
	}
	return p, nil
}

// Join returns the path of name, which may have several parts, in the directory
// p. It is resolved as by [Parse], so that `..` leads up, to the root and not
// further. A name that is empty or starts with a separator is refused with
// E_INVALIDARG, others for the reasons that Parse has. The result may be as long
// as a path behind `\\?\` (C).
func (p Path) Join(name string) (Path, error) {
	var joined Path
	err := checkText(name)
	switch {
	case err != nil: // told below
	case p.IsZero():
		err = refuse(name, hresult.E_INVALIDARG, "there is no path to join to")
	case name == "", isSeparator(name[0]):
		err = refuse(name, hresult.E_INVALIDARG, "not relative")
	default:
		joined, _, err = resolve(p, name, 0, maxExtended)
	}
	if err != nil {
		err.Op = "join"
		return Path{}, err
	}
	return joined, nil
}

// parse also reports whether s ends in a separator, and so names a directory.
func parse(s string) (p Path, directory bool, err *Error) {
	if err := checkText(s); err != nil {
		return Path{}, false, err
	}
	volume, rest, err := splitVolume(s)
	if err != nil {
		return Path{}, false, err
	}
	root := Path{volume + `\`, len(volume)}
	if strings.HasPrefix(s, extended) {
		return literal(root, s, rest)
	}
	return resolve(root, s, rest, maxPath)
}

// splitVolume returns the drive or the server and share that s starts with, and
// where the names below it start.
func splitVolume(s string) (volume string, rest int, err *Error) {
	switch {
	case s == "":
		return "", 0, refuse(s, hresult.E_INVALIDARG, "empty")
	case len(s) >= len(extendedUNC) && strings.EqualFold(s[:len(extendedUNC)], extendedUNC):
		return splitShare(s, len(extendedUNC))
	case strings.HasPrefix(s, extended):
		start := len(extended)
		if !startsWithDrive(s[start:]) || len(s) == start+2 || s[start+2] != '\\' {
			return "", 0, refuseAt(s, start, hresult.HRESULT_FROM_WIN32_ERROR_INVALID_NAME, `not C:\ nor UNC\server\share`)
		}
		return s[start : start+2], start + 3, nil
	case isSeparator(s[0]) && len(s) > 1 && isSeparator(s[1]):
		if len(s) > 2 && (s[2] == '.' || s[2] == '?') && (len(s) == 3 || isSeparator(s[3])) {
			return "", 0, refuse(s, hresult.E_INVALIDARG, "the path of a device")
		}
		return splitShare(s, 2)
	case isSeparator(s[0]):
		return "", 0, refuse(s, hresult.E_INVALIDARG, "not a full path: the drive is missing")
	case !startsWithDrive(s):
		return "", 0, refuse(s, hresult.E_INVALIDARG, "not a full path: relative")
	case len(s) == 2 || !isSeparator(s[2]):
		return "", 0, refuse(s, hresult.E_INVALIDARG, "not a full path: relative to the drive %s", s[:2])
	}
	return s[:2], 3, nil
}

// splitShare reads server and share from start on.
func splitShare(s string, start int) (volume string, rest int, err *Error) {
	rest = start
	for _, what := range []string{"server", "share"} {
		end := nameEnd(s, rest)
		name := s[rest:end]
		if name == "" {
			return "", 0, refuseAt(s, rest, hresult.HRESULT_FROM_WIN32_ERROR_BAD_PATHNAME, "the name of the %s is missing", what)
		}
		if err := checkName(s, rest, name); err != nil {
			return "", 0, err
		}
		if what == "share" && (strings.EqualFold(name, "pipe") || strings.EqualFold(name, "mailslot")) {
			return "", 0, refuseAt(s, rest, hresult.HRESULT_FROM_WIN32_ERROR_BAD_PATHNAME, "%s has no files", name)
		}
		volume += `\` + name
		rest = min(end+1, len(s))
	}
	return `\` + volume, rest, nil
}

// resolve goes from the directory p along the names of s that start at rest.
func resolve(p Path, s string, rest, limit int) (_ Path, directory bool, err *Error) {
	names := p.names()
	for last := false; !last; {
		end := nameEnd(s, rest)
		name := s[rest:end]
		last = end == len(s)
		directory = last && name == ""
		switch {
		case name == "" || name == ".":
		case name == "..":
			names = names[:max(0, len(names)-1)]
		default:
			name, directory = trim(name, last)
			if name == "" {
				break
			}
			if err := checkName(s, rest, name); err != nil {
				return Path{}, false, err
			}
			names = append(names, name)
		}
		rest = end + 1
	}
	p.text = p.text[:p.volume+1] + strings.Join(names, `\`)
	return p, directory, checkLength(s, p.text, limit)
}

// trim drops the dots and spaces that Windows drops at the end of a name: one dot,
// or of the last name all. If that is all there was, then the separator before it
// ends the path. Names that still end so are refused by checkName.
func trim(name string, last bool) (trimmed string, directory bool) {
	if last {
		name = strings.TrimRight(name, ". ")
		return name, name == ""
	}
	return strings.TrimSuffix(name, "."), false
}

// literal takes the names of s that start at rest as they are.
func literal(root Path, s string, rest int) (p Path, directory bool, err *Error) {
	root.text += s[rest:]
	for rest < len(s) {
		end := nameEnd(s, rest)
		if err := checkName(s, rest, s[rest:end]); err != nil {
			return Path{}, false, err
		}
		rest = end + 1
	}
	p = root
	if directory = strings.HasSuffix(s, `\`); !p.IsRoot() {
		p.text = strings.TrimSuffix(p.text, `\`)
	}
	return p, directory, checkLength(s, p.text, maxExtended)
}

// nameEnd returns where the name that starts at start ends. Where a slash does
// not separate names, it is refused as a part of them.
func nameEnd(s string, start int) int {
	separators := `\/`
	if strings.HasPrefix(s, extended) {
		separators = `\`
	}
	if n := strings.IndexAny(s[start:], separators); n >= 0 {
		return start + n
	}
	return len(s)
}

func isSeparator(c byte) bool { return c == '\\' || c == '/' }

func startsWithDrive(s string) bool {
	return len(s) >= 2 && s[1] == ':' && ('a' <= s[0] && s[0] <= 'z' || 'A' <= s[0] && s[0] <= 'Z')
}
