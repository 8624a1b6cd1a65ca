package winver

import "strconv"

// Version is a version of BITS, major in the high byte and minor in the low
// one, so that versions compare with the operators: b.BITS() >= BITS4_0. The
// zero Version means that no version is known.
type Version uint16

// The versions that a named Windows build carries (D what-s-new.md).
const (
	BITS3_0  Version = 3 << 8    // Windows Vista, Server 2008
	BITS4_0  Version = 4 << 8    // Windows 7, Server 2008 R2: IBitsTokenOptions
	BITS5_0  Version = 5 << 8    // Windows 8 up to Windows 10 1607
	BITS10_1 Version = 10<<8 | 1 // Windows 10 1703: random access to files
	BITS10_2 Version = 10<<8 | 2 // Windows 10 1809: custom HTTP methods
	BITS10_3 Version = 10<<8 | 3 // Windows 10 1903: certificate callbacks
)

// MakeVersion composes a Version, for instance 2.5 from MakeVersion(2, 5).
func MakeVersion(major, minor uint8) Version {
	return Version(major)<<8 | Version(minor)
}

// Major is the number before the dot.
func (v Version) Major() uint8 { return uint8(v >> 8) }

// Minor is the number after the dot.
func (v Version) Minor() uint8 { return uint8(v) }

// String prints "10.3", and "unknown" for the zero Version.
func (v Version) String() string {
	if v == 0 {
		return "unknown"
	}
	b := strconv.AppendUint(make([]byte, 0, 7), uint64(v.Major()), 10)
	b = append(b, '.')
	return string(strconv.AppendUint(b, uint64(v.Minor()), 10))
}
